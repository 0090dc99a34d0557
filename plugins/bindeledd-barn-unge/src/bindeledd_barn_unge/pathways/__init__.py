"""Everybody who is young, units for the young, the home hospital, Tromsø."""
