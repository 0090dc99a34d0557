"""A record of a follow-up that only those named in it may open: a review after a suicide, for one.

Read `domain.py` first: who may open it, and that it is never without somebody who can.
"""
