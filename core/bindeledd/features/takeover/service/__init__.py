"""What people do with take-overs: take a file over, look, sign, undo.

`taking.py` a file becomes follow-ups and refused rows · `rows.py` one row becomes a follow-up ·
`signing.py` a lead signs, or two people undo it · `showing.py` the comparison, written down.
"""

from bindeledd.features.takeover.service.showing import (
    may_have_original,
    show_original,
    show_takeover,
    show_takeovers,
)
from bindeledd.features.takeover.service.signing import ask_undo, sign, undo
from bindeledd.features.takeover.service.taking import TookOver, take_over

__all__ = [
    "TookOver",
    "ask_undo",
    "may_have_original",
    "show_original",
    "show_takeover",
    "show_takeovers",
    "sign",
    "take_over",
    "undo",
]
