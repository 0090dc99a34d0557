"""Responsibility that moves to another team when that team accepts."""
