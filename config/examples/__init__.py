"""Commented files to start a site from."""
