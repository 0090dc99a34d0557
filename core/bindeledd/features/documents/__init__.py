"""A discharge summary: due, written, sent, received, and how we know.

Read `domain.py` first: who should have it, and why sent is not received.
"""
