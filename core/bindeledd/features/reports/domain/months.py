"""Whole months, as a report counts them."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from bindeledd.foundation.calendars import Calendar


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month on the wall here, as moments."""

    key: str
    begins: datetime
    ends: datetime


def months_before(at: datetime, many: int) -> tuple[Month, ...]:
    """The `many` whole months before the one that `at` is in, the earliest first."""
    calendar = Calendar()
    first = calendar.local_date(at).replace(day=1)
    begins = [_back(first, number) for number in range(many, -1, -1)]
    return tuple(
        Month(
            key=on.strftime("%Y-%m"),
            begins=calendar.start_of_day(on),
            ends=calendar.start_of_day(after),
        )
        for on, after in pairwise(begins)
    )


def _back(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
