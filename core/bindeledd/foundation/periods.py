"""Lengths of time as a routine writes them, and in what they are counted."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bindeledd.foundation.texts import said


class Count(StrEnum):
    """In what a period is counted."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    STAFFED_HOURS = "staffed_hours"


# --- periods --------------------------------------------------------------------------------------

_PERIOD = re.compile(
    r"P(?:(?P<weeks>\d+)W|(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?)",
    re.ASCII,
)
_MIXED_WEEKS = re.compile(r"P\d+W.+")
_MONTHS = re.compile(r"P[^T]*\d[YM]")
_PART_OF_A_DAY = re.compile(r"P\d*[.,]\d+D")
_LONGEST = 3660


class PeriodError(ValueError):
    """What was written is not a period that we count in; its words say what would be right."""


@dataclass(frozen=True, order=True)
class Period:
    """An ISO 8601 duration of days and time of day: `P3D`, `PT4H`, `P1DT12H`, `P2W`."""

    days: int = 0
    time: timedelta = timedelta()

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read `text`. Months and years are refused: they have no fixed length; so are
        weeks together with days or hours, which ISO 8601 does not know."""
        if _MONTHS.match(text):
            raise PeriodError(said("commands.periods.months", text=text))
        if _PART_OF_A_DAY.fullmatch(text):
            raise PeriodError(said("commands.periods.part_of_a_day", text=text))
        if _MIXED_WEEKS.fullmatch(text):
            raise PeriodError(said("commands.periods.mixed_weeks", text=text))
        found = _PERIOD.fullmatch(text)
        if found is None or text[-1] in "PT":
            raise PeriodError(said("commands.periods.no_period", text=text))
        part = {name: int(value or 0) for name, value in found.groupdict().items()}
        if any(value > _LONGEST * 24 * 3600 for value in part.values()):
            raise PeriodError(said("commands.periods.too_long", text=text))
        return cls(
            part["weeks"] * 7 + part["days"],
            timedelta(hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"]),
        )._not_endless(text)

    def _not_endless(self, text: str) -> "Period":
        if self.length > timedelta(days=_LONGEST):
            raise PeriodError(said("commands.periods.too_long", text=text))
        return self

    @property
    def length(self) -> timedelta:
        """How long it is, with days of 24 hours: to compare with, not to add."""
        return timedelta(days=self.days) + self.time

    def __bool__(self) -> bool:
        return bool(self.days or self.time)

    def __str__(self) -> str:
        seconds = int(self.time.total_seconds())
        hours, minutes = divmod(seconds // 60, 60)
        parts = ((hours, "H"), (minutes, "M"), (seconds % 60, "S"))
        tail = "".join(f"{number}{letter}" for number, letter in parts if number)
        head = f"{self.days}D" if self.days else ""
        if not head and not tail:
            return "PT0S"
        return f"P{head}" + (f"T{tail}" if tail else "")


def says_it(count: str, period: str) -> bool:
    """Whether a period (ISO 8601) says itself how it is counted: hours of the clock, in hours,
    minutes or seconds."""
    return count == Count.HOURS and period.startswith("PT")
