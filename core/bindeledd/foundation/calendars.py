"""Time as people at work count it: hours, calendar days, working days, staffed hours.

Instants are UTC; a calendar knows the zone, the opening hours of a team and the days on which it
is closed (weekends, Norwegian public holidays, half days, days that a site or plugin adds).
Read `Calendar` first. Nothing here asks for the time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from bindeledd.foundation.days import (
    HalfDay,
    half_days_in,
    instant,
    public_holidays,
    written_half_days,
    zone_named,
)
from bindeledd.foundation.periods import Count, Period, PeriodError

__all__ = [
    "ROUND_THE_CLOCK",
    "Calendar",
    "Count",
    "HalfDay",
    "Hours",
    "Period",
    "PeriodError",
    "instant",
    "public_holidays",
    "zone_named",
]

Interval = tuple[datetime, datetime]
Hours = tuple[tuple[time, time], ...]

# How far a search for a staffed moment goes: a team with no hours must not loop for ever.
_HORIZON = 400
_DAY = timedelta(days=1)
_MIDNIGHT = time()


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

    def gap_ahead(self, at: datetime) -> tuple[datetime, datetime | None] | None:
        """The first 24 hours or more with nobody at work before the team is back as usual.

        Looked for from the end of what is left of this day's staffed time until a shift begins on
        a working day: a short shift in between (a Saturday morning) does not hide what follows
        it. None where there is no such time; its end is None where nobody comes within 400 days.
        """
        today = self.local_date(at)
        since = self.last_staffed(self.start_of_day(today + _DAY), at) or at
        for opens, closes in self.intervals(since, since + _HORIZON * _DAY):
            if opens - since >= _DAY:
                return since, opens
            day = self.local_date(opens)
            if day > today and self.is_working_day(day):
                return None
            since = closes
        return since, None

    # -- counting

    def after(self, start: datetime, period: Period, count: Count) -> datetime:
        """The moment that lies `period` after `start`.

        Calendar and working days keep the time on the wall; the time part of a period is elapsed
        time. Staffed hours are counted while the team is at work; where 400 days do not hold
        enough of them, the rest is counted as plain hours from the last of them.
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
        until, reached = start + _HORIZON * _DAY, start
        for opens, closes in self.intervals(start, until):
            if closes - opens >= left:
                return opens + left
            left, reached = left - (closes - opens), closes
        return reached + left

    def _staffed_before(self, moment: datetime, left: timedelta) -> datetime:
        if not left:
            return moment
        day, reached = self.local_date(moment), moment
        first = day - _HORIZON * _DAY
        while day >= first:
            for opens, closes in reversed(_intervals_on(self, day)):
                end = min(closes, moment)
                if end - opens >= left:
                    return end - left
                if opens < end:
                    left, reached = left - (end - opens), opens
            day -= _DAY
        return reached - left


ROUND_THE_CLOCK: tuple[Hours, ...] = (((_MIDNIGHT, _MIDNIGHT),),) * 7


@lru_cache(maxsize=16384)
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
    early = None if sundays else half_days_in(calendar.half_days, day.year).get(day)
    if early is None:
        return hours
    return tuple(
        (opens, min(closes, early) if closes > opens else early)
        for opens, closes in hours
        if opens < early
    )
