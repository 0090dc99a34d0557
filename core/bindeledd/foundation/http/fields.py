"""Moments and days from outside, within the years in which anything here can happen; how long a name
may be.

At the edges of the calendar no time zone and no week can be counted.
"""

from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields

FIRST, LAST = 1850, 2199
# Of who somebody is, in characters, whichever door it comes in by.
SHORT, LONG = 200, 1000
AT_MOST = {
    "name": SHORT,
    "given": SHORT,
    "family": SHORT,
    "relation": SHORT,
    "language": SHORT,
    "municipality": SHORT,
    "assigner": SHORT,
    "acute": SHORT,
    "address": LONG,
}


def _within(value: date) -> None:
    if not FIRST <= value.year <= LAST:
        raise ValidationError(f"must be between the years {FIRST} and {LAST}")


class Moment(fields.AwareDateTime):
    """A moment with its zone."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", validate=_within, **more)


class Day(fields.Date):
    """A day."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=_within, **more)


def is_possible(value: date | datetime) -> bool:
    """Is it within the years that forms and schemas take?"""
    return FIRST <= value.year <= LAST
