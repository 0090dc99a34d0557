"""An appointment: booked, given to the patient, then kept, missed, moved or cancelled.

Read `domain.py` first: its states, and what each step of it makes known.
"""
