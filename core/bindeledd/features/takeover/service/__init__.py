"""What people do with take-overs: take a file over, look, sign, undo.

`taking.py` a file becomes follow-ups and refused rows · `rows.py` one row becomes a follow-up ·
`signing.py` a lead signs, or two people undo it · `deciding.py` what becomes of a refused row ·
`showing.py` the comparison, written down.
"""

from bindeledd.features.takeover.service.deciding import refuse_row, say_followed, take_in
from bindeledd.features.takeover.service.rows import known_staff
from bindeledd.features.takeover.service.showing import (
    RefusedRow,
    Shown,
    may_have_original,
    show_original,
    show_refused,
    show_takeover,
    show_takeovers,
    who_confirms,
)
from bindeledd.features.takeover.service.signing import ask_undo, sign, undo
from bindeledd.features.takeover.service.taking import TookOver, note_tried, take_over

__all__ = [
    "RefusedRow",
    "Shown",
    "TookOver",
    "ask_undo",
    "known_staff",
    "may_have_original",
    "note_tried",
    "refuse_row",
    "say_followed",
    "show_original",
    "show_refused",
    "show_takeover",
    "show_takeovers",
    "sign",
    "take_in",
    "take_over",
    "who_confirms",
    "undo",
]
