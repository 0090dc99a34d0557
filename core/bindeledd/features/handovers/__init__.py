"""A handover: sent to another team, received, then accepted or returned with a reason.

Read `domain.py` first: the sender stays responsible until the receiver accepts.
"""
