"""From a handover to the first appointment that was kept, against the goal of whoever takes over."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bindeledd.foundation.calendars import Calendar

# The goal of every team that has none of its own.
EVERYBODY = "*"


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A handover to `team`, and what came after it: an appointment kept, sent back, handed on
    (`moved_at`), or an ending."""

    month: str
    team: str
    sent_at: datetime
    kept_at: datetime | None = None
    returned_at: datetime | None = None
    moved_at: datetime | None = None
    closed_at: datetime | None = None


def counted_waits(
    waits: Iterable[Wait], goals: Mapping[str, int], at: datetime
) -> Iterator[tuple[str, str, str, int]]:
    """Month, team, measure, how many: begun within the goal (in days), or beyond it.

    Neither: what was sent back, handed on or ended before anything began, what may still be in time, and teams
    without a goal.
    """
    sums: dict[tuple[str, str, str], int] = {}
    for one in waits:
        goal = goals.get(one.team, goals.get(EVERYBODY))
        measure = None if goal is None else _measure(one, goal, at)
        if measure is not None:
            key = (one.month, one.team, measure)
            sums[key] = sums.get(key, 0) + 1
    yield from ((*key, many) for key, many in sums.items())


def _measure(wait: Wait, goal: int, at: datetime) -> str | None:
    day = Calendar().local_date
    last = day(wait.sent_at) + timedelta(days=goal)
    ended = min(
        (one for one in (wait.returned_at, wait.moved_at, wait.closed_at) if one), default=None
    )
    if wait.kept_at is not None and (ended is None or wait.kept_at <= ended):
        return "wait.within" if day(wait.kept_at) <= last else "wait.beyond"
    return "wait.beyond" if ended is None and day(at) > last else None
