"""A running caseload is taken over from a list: rows become real follow-ups, which raise nothing
until a lead has signed that the rows in are the cases and the refused.

Read `domain/__init__.py`, `domain/reading.py`, then `service`. Design 2 and 10; docs/takeover.md.
"""
