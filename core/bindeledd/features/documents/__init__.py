"""Discharge summaries and other documents: due, written, sent, received."""
