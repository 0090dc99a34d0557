"""Time as people at work count it: hours, calendar days, working days, staffed hours.

Instants are UTC; a calendar knows the zone, the opening hours of a team and the days on which it
is closed (weekends, Norwegian public holidays, half days, days that a site or plugin adds).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Count(StrEnum):
    """In what a period is counted."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    STAFFED_HOURS = "staffed_hours"


@dataclass(frozen=True, order=True)
class Period:
    """An ISO 8601 duration of days and time of day: `P3D`, `PT4H`, `P1DT12H`, `P2W`."""

    days: int = 0
    time: timedelta = timedelta()
