"""A team's week: its appointments by day and hour, what became of each, and who is not there.

Nothing here knows of HTTP, of the database or of the clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from bindeledd.features.patients.domain import Listed
from bindeledd.features.staff.domain import Absence
from bindeledd.features.worklist.domain import Cursor
from bindeledd.foundation.calendars import Calendar, instant, public_holidays, zone_named
from bindeledd.foundation.errors import Invalid

# How many appointments stand on one page of a week.
MOST = 200
# Of these the calendar tells. One that was moved stands at its new time, a cancelled one nowhere.
SHOWN = ("booked", "given", "kept", "missed", "handed_on")
# Those that are no more, in the file of a member: there they are taken back.
WITHDRAWN = ("moved", "cancelled", "handed_on")
ZONE = "Europe/Oslo"
_DAY = timedelta(days=1)


class BadWeek(Invalid):
    """A week is written as 2026-W48."""

    code = "worklist.bad_week"


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday on, on a Norwegian wall."""

    monday: date

    def __str__(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @classmethod
    def of(cls, at: datetime) -> "Week":
        """The week in which the moment is."""
        day = at.astimezone(zone_named(ZONE)).date()
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Of `2026-W48`. Raises `BadWeek`."""
        year, sign, week = text.partition("-W")
        if not (sign and year.isascii() and year.isdigit() and week.isascii() and week.isdigit()):
            raise BadWeek()
        try:
            found = cls(date.fromisocalendar(int(year), int(week), 1))
            if not 2000 <= found.monday.year <= 2200:
                raise BadWeek()
        except ValueError:
            raise BadWeek() from None
        return found

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.monday + n * _DAY for n in range(7))

    @property
    def since(self) -> datetime:
        return instant(self.monday, time(), zone_named(ZONE))

    @property
    def until(self) -> datetime:
        return self.next.since

    @property
    def next(self) -> "Week":
        return Week(self.monday + 7 * _DAY)

    @property
    def previous(self) -> "Week":
        return Week(self.monday - 7 * _DAY)

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Of which team of one's own, and of whom; `nobody`: that none of us is to meet the person."""

    team: UUID | None = None
    person: UUID | None = None
    nobody: bool = False


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One appointment. `where` and `whom` as it was typed; both empty where it cannot be read.

    `soft`: it is over, and nobody has said what became of it.
    """

    id: UUID
    case_id: UUID
    starts_at: datetime
    state: str
    team_id: UUID
    member_id: UUID | None
    who: Listed | None = None
    where: str = ""
    whom: str = ""
    unreadable: bool = False
    soft: bool = False

    @property
    def has_no_place(self) -> bool:
        return not (self.where or self.unreadable)

    @property
    def meets_nobody(self) -> bool:
        return not (self.whom or self.member_id or self.unreadable)

    @property
    def local(self) -> datetime:
        return self.starts_at.astimezone(zone_named(ZONE))


@dataclass(frozen=True, kw_only=True)
class Shut:
    """A team is closed that day: `why` is holiday, weekend or closed."""

    team_id: UUID
    why: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the week with its appointments by hour; who of us is away some of it."""

    on: date
    hours: tuple[tuple[int, tuple[Slot, ...]], ...]
    shut: tuple[Shut, ...]
    away: tuple[Absence, ...]

    @property
    def is_quiet(self) -> bool:
        """A day of a weekend on which nothing stands: a narrow week does without it."""
        return not self.hours and self.on.weekday() >= 5


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A week as it is shown; `next` is where its appointments go on, where one page does not hold
    them. `hours`: every hour at which something stands, in order."""

    week: Week
    days: tuple[Day, ...]
    next: Cursor | None = None

    @property
    def hours(self) -> tuple[int, ...]:
        return tuple(sorted({hour for day in self.days for hour, _ in day.hours}))

    @property
    def members(self) -> frozenset[UUID]:
        """Those of us who stand somewhere on it."""
        kept = {one.member_id for one in self.slots if one.member_id is not None}
        return frozenset(kept | {one.member_id for day in self.days for one in day.away})

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(one for day in self.days for _, some in day.hours for one in some)


def is_soft(state: str, starts_at: datetime, at: datetime) -> bool:
    """Whether it is over, and nobody has said what became of it."""
    return state in ("booked", "given") and starts_at <= at


def days_of(
    week: Week,
    slots: Sequence[Slot],
    calendars: Mapping[UUID, Calendar],
    absences: Iterable[Absence],
) -> tuple[Day, ...]:
    """The days of a week, in order, with what stands on each; `slots` by time."""
    away = [one for one in absences if one.cancelled_at is None]
    by_day = {on: tuple(some) for on, some in groupby(slots, key=lambda one: one.local.date())}
    return tuple(
        Day(
            on=on,
            hours=tuple(
                (hour, tuple(some))
                for hour, some in groupby(by_day.get(on, ()), key=lambda one: one.local.hour)
            ),
            shut=tuple(
                Shut(team_id=team, why=why)
                for team, calendar in calendars.items()
                if (why := _shut(calendar, on))
            ),
            away=tuple(one for one in away if _overlaps(one, on)),
        )
        for on in week.days
    )


def _overlaps(one: Absence, on: date) -> bool:
    begins = instant(on, time(), zone_named(ZONE))
    return one.since < instant(on + _DAY, time(), zone_named(ZONE)) and one.until > begins


def _shut(calendar: Calendar, on: date) -> str:
    """Why nobody of the team is at work that day; empty where somebody is."""
    begins = calendar.start_of_day(on)
    if next(calendar.intervals(begins, calendar.start_of_day(on + _DAY)), None) is not None:
        return ""
    if on in public_holidays(on.year):
        return "holiday"
    return "weekend" if on.weekday() >= 5 and on not in calendar.closed else "closed"
