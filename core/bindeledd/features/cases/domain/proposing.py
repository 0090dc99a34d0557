"""When to try next, and in which way: where it was tried least. Nothing is booked by a proposal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bindeledd.features.cases.domain import Event
from bindeledd.features.cases.domain.trying import channel_of, counted
from bindeledd.features.cases.domain.unreachable import Tried, time_of_day, tried
from bindeledd.features.pathways.domain import Unreachable
from bindeledd.foundation.calendars import Calendar, Interval, zone_named

# How many of the days on which the team is at work are looked at: today where some of it is left.
_DAYS_AHEAD = 2
_STEP = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """`at`: within opening hours. `part`: of the day, with how often each part was tried in `tried`.

    `other_way`: the routine asks for more ways than were tried, and `channel` is a new one.
    """

    at: datetime
    channel: str
    part: str
    tried: Mapping[str, int]
    other_way: bool = False


def propose(
    history: Sequence[Event],
    calendar: Calendar,
    needed: Unreachable,
    *,
    ways: Sequence[str],
    at: datetime,
    not_before: datetime | None = None,
) -> Proposal | None:
    """The next attempt after one in vain: the part of the day that was tried least, as soon as may be.

    Another way is proposed when the usual one was tried at as many parts of the day as the routine
    asks, and the routine wants more ways than were tried.

    `ways`: the channels that the person has not said no to, the usual one first. `not_before`: the
    person asked to be left in peace until then. None where nothing was tried in vain since the
    person was last reached, where no way is left, or where the team has no hours.
    """
    effort = tried(tuple(history), calendar, apart=needed.apart)
    if not effort.attempts or not ways:
        return None
    zone = zone_named(calendar.zone)
    made = [e for e in counted(history, needed.apart) if e.at >= effort.since]
    parts = Counter(time_of_day(event.at, zone) for event in made)
    free = max(at, not_before or at)
    if needed.apart is not None:
        free = max(free, effort.made[-1] + needed.apart.length)
    places = [(_middle(opens, closes), opens) for opens, closes in _parts(calendar, free)]
    if not places:
        return None
    best, _ = min(places, key=lambda one: (parts[time_of_day(one[1], zone)], one[0]))
    hours = {time_of_day(e.at, zone) for e in made if channel_of(e) == ways[0]}
    is_tried = len(hours) >= needed.times_of_day
    channel, is_new = _way(made, effort, needed, ways) if is_tried else (ways[0], False)
    return Proposal(
        at=best,
        channel=channel,
        part=time_of_day(best, zone),
        tried=dict(parts),
        other_way=is_new,
    )


def _way(
    made: Sequence[Event], effort: Tried, needed: Unreachable, ways: Sequence[str]
) -> tuple[str, bool]:
    """The way, and whether it is another one, which the routine wants before it is enough."""
    used = {channel_of(event) for event in made}
    new = [way for way in ways if way not in used]
    if effort.channels < needed.channels and new and ways[0] in used:
        return new[0], True
    return ways[0], False


def _parts(calendar: Calendar, since: datetime) -> Iterator[Interval]:
    """Opening hours of the next days, cut where one part of the day becomes another."""
    zone = zone_named(calendar.zone)
    days: set[object] = set()
    opened = calendar.next_staffed(since)
    if opened is None:
        return
    for opens, closes in calendar.intervals(opened, opened + timedelta(days=14)):
        days.add(calendar.local_date(opens))
        if len(days) > _DAYS_AHEAD:
            return
        begun, now = opens, opens
        while now < closes:
            later = min(now + _STEP, closes)
            if time_of_day(later, zone) != time_of_day(begun, zone) and later < closes:
                yield begun, later
                begun = later
            now = later
        yield begun, closes


def _middle(opens: datetime, closes: datetime) -> datetime:
    """Half-way, at a whole or a half hour if there is one; never before it opens."""
    half = opens + (closes - opens) / 2
    whole = half.replace(minute=half.minute // 30 * 30, second=0, microsecond=0)
    return whole if whole >= opens else opens
