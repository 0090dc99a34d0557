"""A contact: one attempt to reach the patient, or one call in, with one outcome.

Read `domain.py` first: which outcomes there are, and which of them count as reached.
"""
