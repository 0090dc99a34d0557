"""Administration for IT: who works where, what runs and how it is, without a patient.

Read `domain/` first: what is refused, what counts as late, how a stale form is known.
"""
