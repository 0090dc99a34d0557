"""Cannot be reached: earned by trying, not declared; and what is still missing before it is.

Tried on several days, at several times of day, in several ways, by voice and by letter, for as long
as the routine says, with an attempt at least as often as it says. Read `Tried` first.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from bindeledd.features.cases.domain import BEGINNINGS, Event, EventKind, assumed, last_of
from bindeledd.features.cases.domain.trying import channel_of, counted, is_in_vain
from bindeledd.features.pathways.domain import Unreachable
from bindeledd.foundation.calendars import Calendar, Count, Period, zone_named
from bindeledd.foundation.errors import Conflict


class NotYetUnreachable(Conflict):
    """*Cannot be reached* is earned: more attempts, days, times of day or ways are needed."""

    code = "case.not_yet_unreachable"


_IN_WRITING = frozenset({"sms", "digital", "letter"})


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A time in which nobody tried: after one attempt (or the last contact), before the next."""

    since: datetime
    until: datetime

    def days(self, calendar: Calendar) -> int:
        """How many days it lasted, by the calendar on the wall."""
        return (calendar.local_date(self.until) - calendar.local_date(self.since)).days

    def is_too_long(self, every: Period, calendar: Calendar) -> bool:
        """Whether the next attempt came on a later day than the routine has it."""
        by = calendar.after(self.since, every, Count.CALENDAR_DAYS)
        return calendar.local_date(self.until) > calendar.local_date(by)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was tried since the person last was reached or answered (or the last index event, discharge).

    `times_of_day` counts morning (before 12), afternoon (12 to 17) and evening, local time.
    `calls`: the attempts by voice or in person, not in writing. A receipt is no attempt.
    `letter`: one was sent; `relatives`, `receiver`: whether to ask them, and to tell whoever
    follows up, was considered, with the reason in words. `made`: when each attempt was, in order, also
    one that counts as the same as another.
    """

    since: datetime
    attempts: int
    days: int
    times_of_day: int
    channels: int
    calls: int = 0
    made: tuple[datetime, ...] = ()
    letter: bool = False
    relatives: bool = False
    receiver: bool = False

    def longest_hole(self, at: datetime) -> Hole:
        """The longest time without an attempt, from the last contact until now."""
        moments = (self.since, *self.made, max(at, self.since, *self.made))
        holes = (Hole(since=one, until=other) for one, other in pairwise(moments))
        return max(holes, key=lambda hole: hole.until - hole.since)

    def last_break(self, every: Period | None, calendar: Calendar) -> Hole | None:
        """The last hole between two attempts that was longer than the routine has it."""
        if every is None:
            return None
        holes = (Hole(since=one, until=other) for one, other in pairwise((self.since, *self.made)))
        return max(
            (hole for hole in holes if hole.is_too_long(every, calendar)),
            key=lambda hole: hole.until,
            default=None,
        )

    def missing(self, needed: Unreachable, calendar: Calendar, at: datetime) -> dict[str, object]:
        """What is still needed, by name; empty when it is earned.

        `earliest` is a moment; `recent` when the next attempt was due: a week without one shows
        that nobody tries any more, which is not the same as that nobody can be reached. `hole`: the
        last time that it was longer than that between two attempts. What has to last for so long
        has to last without one: `earliest` is counted from where the last of them ended.
        """
        hole = self.last_break(needed.every, calendar)
        began = self.since if hole is None else hole.until
        earliest = calendar.after(began, needed.earliest, Count.CALENDAR_DAYS)
        found: dict[str, object] = {
            name: getattr(needed, name) - getattr(self, name)
            for name in ("attempts", "days", "times_of_day", "channels", "calls")
            if getattr(self, name) < getattr(needed, name)
        }
        for name in ("letter", "relatives", "receiver"):
            if not getattr(self, name):
                found[name] = True
        if self.made and needed.every is not None:
            again = calendar.after(self.made[-1], needed.every, Count.CALENDAR_DAYS)
            if at > again:
                found["recent"] = again.isoformat()
        if at >= earliest:
            return found
        if hole is not None:
            found["hole"] = {"since": hole.since.isoformat(), "until": hole.until.isoformat()}
        return {**found, "earliest": earliest.isoformat()}


def tried(events: tuple[Event, ...], calendar: Calendar, *, apart: Period | None = None) -> Tried:
    """What was tried in vain, counted from the last two-way contact.

    Whoever answered, be it with a no or with *later*, can be reached: what was tried before counts
    no more, and the answered attempt itself is none in vain. Two that are not `apart` count as one.
    """
    start = last_of(
        assumed.without_replaced(events),
        EventKind.REACHED,
        EventKind.APPOINTMENT_KEPT,
        *BEGINNINGS,
        EventKind.DISCHARGED,
    )
    began = start.at if start is not None else min(event.at for event in events)
    valid = [event for event in events if not event.in_error]
    since = max([began, *(event.at for event in valid if event.is_answered)])
    every = [event for event in valid if is_in_vain(event) and event.at >= since]
    made = counted(every, apart)
    ways = [channel_of(event) for event in made]
    zone = zone_named(calendar.zone)
    return Tried(
        since=since,
        attempts=len(made),
        days=len({calendar.local_date(event.at) for event in made}),
        times_of_day=len({time_of_day(event.at, zone) for event in made}),
        channels=len(set(ways)),
        calls=sum(way not in _IN_WRITING for way in ways),
        made=tuple(sorted(event.at for event in every)),
        letter="letter" in ways,
        relatives=_was_said(events, EventKind.RELATIVES_CONSIDERED, since),
        receiver=_was_said(events, EventKind.RECEIVER_TOLD, since),
    )


def _was_said(events: tuple[Event, ...], kind: EventKind, since: datetime) -> bool:
    last = last_of(events, kind)
    return last is not None and last.at >= since


def time_of_day(at: datetime, zone: ZoneInfo) -> str:
    """`morning` before 12, `afternoon` before 17, then `evening`, on the wall of `zone`."""
    hour = at.astimezone(zone).hour
    return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"
