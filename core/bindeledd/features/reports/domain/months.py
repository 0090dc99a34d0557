"""Whole months, as a report counts them."""

from collections.abc import Mapping, Sequence
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


def years_before(at: datetime, many: int) -> tuple[Month, ...]:
    """The months of the `many` whole years before the one that `at` is in, the earliest first."""
    calendar = Calendar()
    year = calendar.local_date(at).replace(month=1, day=1)
    return months_before(calendar.start_of_day(year), many * 12)


def periods(months: Sequence[Month], years: int) -> Mapping[str, tuple[str, ...]]:
    """What is counted together → the months of it: one month each, or running periods of `years`."""
    keys = [one.key for one in months]
    if not years:
        return {key: (key,) for key in keys}
    length = years * 12
    windows = [keys[start : start + length] for start in range(0, len(keys) - length + 1, 12)]
    return {_years_of(one): tuple(one) for one in windows}


def _years_of(months: Sequence[str]) -> str:
    first, last = months[0][:4], months[-1][:4]
    return first if first == last else f"{first}–{last}"


def _back(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
