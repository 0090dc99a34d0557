"""Helse Stavanger, and Helse Bergen."""
