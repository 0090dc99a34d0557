"""Time as people at work count it: hours, calendar days, working days, staffed hours.

Instants are UTC; a calendar knows the zone, the opening hours of a team and the days on which it
is closed (weekends, Norwegian public holidays, half days, days that a site or plugin adds).
Read `Calendar` first. Nothing here asks for the time.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

Interval = tuple[datetime, datetime]
Hours = tuple[tuple[time, time], ...]

# How far a search for a staffed moment goes: a team with no hours must not loop for ever.
_HORIZON = 400
_DAY = timedelta(days=1)
_MIDNIGHT = time()


class Count(StrEnum):
    """In what a period is counted."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    STAFFED_HOURS = "staffed_hours"


# --- periods --------------------------------------------------------------------------------------

_PERIOD = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_MONTHS = re.compile(r"P[^T]*\d[YM]")
_LONGEST = 3660


class PeriodError(ValueError):
    """What was written is not a period that we count in; the message says what would be right."""


@dataclass(frozen=True, order=True)
class Period:
    """An ISO 8601 duration of days and time of day: `P3D`, `PT4H`, `P1DT12H`, `P2W`."""

    days: int = 0
    time: timedelta = timedelta()

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read `text`. Months and years are refused: they have no fixed length."""
        if _MONTHS.match(text):
            raise PeriodError(
                f'"{text}" counts months or years, which have no fixed length: write days, "P30D"'
            )
        found = _PERIOD.fullmatch(text)
        if found is None or text[-1] in "PT":
            raise PeriodError(
                f'"{text}" is not a period: write days or hours, "P3D", "PT4H", "P1DT12H", "P2W"'
            )
        part = {name: int(value or 0) for name, value in found.groupdict().items()}
        if any(value > _LONGEST * 24 * 3600 for value in part.values()):
            raise PeriodError(f'"{text}" is longer than ten years')
        return cls(
            part["weeks"] * 7 + part["days"],
            timedelta(hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"]),
        )._not_endless(text)

    def _not_endless(self, text: str) -> "Period":
        if self.length > timedelta(days=_LONGEST):
            raise PeriodError(f'"{text}" is longer than ten years')
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


# --- days -----------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def public_holidays(year: int) -> frozenset[date]:
    """Norway's public holidays of a year, movable ones included; Sundays are not among them."""
    import holidays  # heavy: only when a calendar is asked

    return frozenset(holidays.country_holidays("NO", years=year))


@lru_cache(maxsize=256)
def easter_sunday(year: int) -> date:
    """Easter Sunday, by the Gregorian computus of Meeus, Jones and Butcher."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    moon = (19 * golden + shift) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


@dataclass(frozen=True)
class HalfDay:
    """A day that ends early: `12-24` (month and day) or `easter-4` (days from Easter Sunday)."""

    day: str
    closes: time = time(12)

    def __post_init__(self) -> None:
        self.on(2024)

    def on(self, year: int) -> date:
        """Which date it is in a year."""
        if self.day.startswith("easter"):
            return easter_sunday(year) + timedelta(days=int(self.day.removeprefix("easter")))
        month, day = self.day.split("-")
        return date(year, int(month), int(day))


@lru_cache(maxsize=1)
def written_half_days() -> tuple[HalfDay, ...]:
    """The half days that stand as a default in `config/defaults.toml`; a site may set others."""
    text = files("bindeledd.config").joinpath("defaults.toml").read_text(encoding="utf-8")
    return tuple(
        HalfDay(entry["day"], time.fromisoformat(entry["closes"]))
        for entry in tomllib.loads(text)["calendar"]["half_days"]
    )


@lru_cache(maxsize=1024)
def _half_days_of(half_days: tuple[HalfDay, ...], year: int) -> Mapping[date, time]:
    return {half.on(year): half.closes for half in half_days}


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that IANA name."""
    return ZoneInfo(name)


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local wall-clock time.

    A time that does not exist (spring) becomes the first valid instant after it; one that comes
    twice (autumn) is the earlier.
    """
    local = datetime.combine(day, wall, tzinfo=zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), found, zone)


def _end_of_gap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the clocks were moved, to the second."""
    after = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


# --- the calendar ---------------------------------------------------------------------------------

_WORKDAY: Hours = ((time(8), time(15, 30)),)


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """When a team is at work.

    `hours`: seven entries, Monday first, each a tuple of (opens, closes) in local time; `closes`
    at or before `opens` means on the next day, so (00:00, 00:00) is round the clock. `closed`:
    days beyond weekends and public holidays. A team with hours on Sundays keeps its Sunday hours
    on public holidays and has no half days; any other team is closed on public holidays.
    """

    zone: str = "Europe/Oslo"
    hours: tuple[Hours, ...] = (_WORKDAY,) * 5 + ((), ())
    closed: frozenset[date] = frozenset()
    half_days: tuple[HalfDay, ...] = field(default_factory=written_half_days)

    def __post_init__(self) -> None:
        if len(self.hours) != 7:
            raise ValueError("a calendar has hours for seven weekdays, Monday first")
        key = (self.zone, self.hours, self.closed, self.half_days)
        object.__setattr__(self, "_hash", hash(key))

    def __hash__(self) -> int:
        value: int = object.__getattribute__(self, "_hash")
        return value

    @classmethod
    def of(
        cls,
        hours: Iterable[tuple[int, time, time]],
        *,
        zone: str = "Europe/Oslo",
        closed: Iterable[date] = (),
    ) -> "Calendar":
        """From rows of (weekday 1 Monday … 7 Sunday, opens, closes)."""
        days: list[list[tuple[time, time]]] = [[] for _ in range(7)]
        for weekday, opens, closes in sorted(hours):
            days[weekday - 1].append((opens, closes))
        return cls(zone=zone, hours=tuple(tuple(day) for day in days), closed=frozenset(closed))

    # -- days

    def local_date(self, at: datetime) -> date:
        """The date on the wall of this team."""
        return at.astimezone(zone_named(self.zone)).date()

    def local(self, at: datetime) -> datetime:
        """The same instant with the zone of this team."""
        return at.astimezone(zone_named(self.zone))

    def start_of_day(self, day: date) -> datetime:
        """The first instant of a local day: what a date without a time counts as."""
        return instant(day, _MIDNIGHT, zone_named(self.zone))

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday, no public holiday, not closed. Half days are working days."""
        return day.weekday() < 5 and day not in self.closed and day not in public_holidays(day.year)

    # -- staffed time

    def intervals(self, start: datetime, until: datetime) -> Iterator[Interval]:
        """Staffed intervals between two instants, in order, cut to them; ends are exclusive."""
        start, until = start.astimezone(UTC), until.astimezone(UTC)
        day = self.local_date(start) - _DAY
        last = self.local_date(until)
        while day <= last:
            for opens, closes in _intervals_on(self, day):
                opened, closed = max(opens, start), min(closes, until)
                if opened < closed:
                    yield opened, closed
            day += _DAY

    def staffed(self, at: datetime) -> bool:
        """Is the team at work at this instant? The closing moment itself is not."""
        today = self.local_date(at)
        return any(
            opens <= at < closes
            for day in (today - _DAY, today)
            for opens, closes in _intervals_on(self, day)
        )

    def next_staffed(self, start: datetime) -> datetime | None:
        """The first staffed instant from `start` on; None where there is none within 400 days."""
        until = start + _HORIZON * _DAY
        return next((opens for opens, _ in self.intervals(start, until)), None)

    def last_staffed(self, until: datetime, not_before: datetime) -> datetime | None:
        """The last staffed moment that is not after `until` and not before `not_before`.

        A closing moment counts (a deadline may fall on it). None where nobody was at work.
        """
        until, not_before = until.astimezone(UTC), not_before.astimezone(UTC)
        day = self.local_date(until)
        first = max(self.local_date(not_before) - _DAY, day - _HORIZON * _DAY)
        while day >= first:
            for opens, closes in reversed(_intervals_on(self, day)):
                end = min(closes, until)
                if opens <= end and (end > not_before or end == until):
                    return end
            day -= _DAY
        return None

    def next_day_unstaffed(self, at: datetime) -> bool:
        """Are the next 24 hours wholly unstaffed?"""
        return next(self.intervals(at, at + _DAY), None) is None

    # -- counting

    def after(self, start: datetime, period: Period, count: Count) -> datetime:
        """The moment that lies `period` after `start`.

        Calendar and working days keep the time on the wall; the time part of a period is elapsed
        time. Staffed hours are counted while the team is at work; where 400 days do not hold
        enough of them, the rest is counted as plain hours.
        """
        start = start.astimezone(UTC)
        if count is Count.STAFFED_HOURS:
            return self._staffed_after(start, period.length)
        return self._days(start, period.days, count) + period.time

    def before(self, moment: datetime, period: Period, count: Count) -> datetime:
        """The moment that lies `period` before `moment`, counted as in `after`."""
        moment = moment.astimezone(UTC)
        if count is Count.STAFFED_HOURS:
            return self._staffed_before(moment, period.length)
        return self._days(moment, -period.days, count) - period.time

    def _days(self, start: datetime, days: int, count: Count) -> datetime:
        if days == 0:
            return start
        if count is Count.HOURS:
            return start + days * _DAY
        local = start.astimezone(zone_named(self.zone))
        day = local.date()
        if count is Count.CALENDAR_DAYS:
            day += days * _DAY
        else:
            day = self._working_days(day, days)
        return instant(day, local.time(), zone_named(self.zone))

    def _working_days(self, day: date, days: int) -> date:
        step = _DAY if days > 0 else -_DAY
        left = abs(days)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def _staffed_after(self, start: datetime, left: timedelta) -> datetime:
        if not left:
            return start
        until = start + _HORIZON * _DAY
        for opens, closes in self.intervals(start, until):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return start + left

    def _staffed_before(self, moment: datetime, left: timedelta) -> datetime:
        if not left:
            return moment
        day = self.local_date(moment)
        first = day - _HORIZON * _DAY
        while day >= first:
            for opens, closes in reversed(_intervals_on(self, day)):
                end = min(closes, moment)
                if end - opens >= left:
                    return end - left
                left -= max(end - opens, timedelta())
            day -= _DAY
        return moment - left


ROUND_THE_CLOCK: tuple[Hours, ...] = (((_MIDNIGHT, _MIDNIGHT),),) * 7


@lru_cache(maxsize=65536)
def _intervals_on(calendar: Calendar, day: date) -> tuple[Interval, ...]:
    """The staffed intervals that begin on a local day, in UTC, overlaps joined."""
    zone = zone_named(calendar.zone)
    found: list[Interval] = []
    for opens, closes in sorted(_hours_on(calendar, day)):
        begins = instant(day, opens, zone)
        ends = instant(day if closes > opens else day + _DAY, closes, zone)
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        elif begins < ends:
            found.append((begins, ends))
    return tuple(found)


def _hours_on(calendar: Calendar, day: date) -> Hours:
    if day in calendar.closed:
        return ()
    sundays = calendar.hours[6]
    if day in public_holidays(day.year):
        return sundays
    hours = calendar.hours[day.weekday()]
    early = None if sundays else _half_days_of(calendar.half_days, day.year).get(day)
    if early is None:
        return hours
    return tuple(
        (opens, min(closes, early) if closes > opens else early)
        for opens, closes in hours
        if opens < early
    )
