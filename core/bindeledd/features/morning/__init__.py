"""The lead's morning: what a lead looks at before the day begins, without naming a patient.

Read `domain.py` first: what came to a lead, what a person's load is, and how it was. The roll call
itself stands in `rollcall`; who is away in `staff`.
"""
