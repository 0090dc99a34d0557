"""Attempts to reach the patient, and calls that come in."""
