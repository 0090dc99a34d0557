"""How a round of a ladder becomes moments at which somebody hears of a late task.

A round always ends with a "repeat": the moment at which the next round begins. So there is no
last round, and no plan is ever empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bindeledd.features.pathways.domain.ladder_values import Ladder, Rung
from bindeledd.foundation.calendars import Calendar

LEAD = "lead"
REPEAT = "repeat"

_APART = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class RungPlan:
    """The running round, as a task carries it: `entries` are [moment, audience], in order.

    A moment is written `YYYY-MM-DD HH:MM:SS.ffffff` in UTC; the last entry is "repeat".
    `next_rung_at` is the moment of entry `next_rung`.
    """

    round: int
    next_rung: int
    next_rung_at: datetime
    entries: list[list[str]]


def written(moment: datetime) -> str:
    """A moment as it stands in a plan: it sorts as text and reads the same on both databases."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def read(moment: str) -> datetime:
    """The instant of an entry of a plan."""
    return datetime.strptime(moment, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)


def start_round(
    ladder: Ladder,
    *,
    due_at: datetime,
    calendar: Calendar,
    at: datetime,
    round: int,
    covered: bool,
    lead_only: bool = False,
    said: Sequence[Sequence[str]] = (),
    not_before: datetime | None = None,
    made: bool = False,
) -> RungPlan:
    """The round that begins at `at` for something that is due at `due_at`.

    The first round counts from the due time, a later one from its own beginning. Rungs that have
    passed already become one word to each audience now; where all have passed, the ladder starts
    at once from its first rung after the due time. Where nobody is on duty before the due time
    (`covered` is False) the lead hears at once; the next round waits for `repeat_every`.
    `said`: entries of the same round that have been said already, when it is the running one.
    `not_before`: the day on which it is to be done (`named_day`): a reminder waits for that day.
    `made`: it is made at this moment, so that a reminder whose moment has passed by then is none;
    a ladder that tells at once tells it.
    """
    begins = None if not_before is None else _as_it_opens(not_before, due_at, calendar)
    if lead_only:
        moments = [(at, LEAD)]
    elif not covered:
        moments = _uncovered(ladder, due_at, calendar, at, first=round <= 1)
    else:
        if made and at < due_at and not (ladder.at_once or ladder.ignores_hours):
            ladder = _without_past(ladder, due_at, calendar, at, begins)
        moments = _moments(ladder, due_at, calendar, at, first=round <= 1, begins=begins)
    return _plan(round, _apart(moments), ladder, calendar, at, said)


def named_day(reason: Mapping[str, object], due_at: datetime) -> datetime | None:
    """The day, or the moment, before which nobody does a task, by the reason for its due time; None
    where there is none, or where somebody has moved it to before that."""
    said = reason.get("not_before") or reason.get("after")
    day = datetime.fromisoformat(said) if isinstance(said, str) else None
    return None if day is None or due_at < day else day


def _as_it_opens(day: datetime, due_at: datetime, calendar: Calendar) -> datetime:
    return min(calendar.next_staffed(day) or day, due_at)


def acknowledged(
    ladder: Ladder, calendar: Calendar, at: datetime, *, round: int = 1
) -> tuple[datetime, RungPlan]:
    """Until when an acknowledgement holds, and the plan till then: one "repeat" at its end.

    It ends while the team is at work: at the moment that the ladder gives, else at the last
    staffed moment before it; where there is none, when that day's shift begins. A ladder that
    ignores hours keeps its minutes.
    """
    seen_until = calendar.after(at, ladder.seen_for, ladder.seen_count)
    if not ladder.ignores_hours:
        seen_until = _at_work(seen_until, at, calendar)
    seen_until = max(seen_until, at + _APART)
    entries = [[written(seen_until), REPEAT]]
    return seen_until, RungPlan(round=round, next_rung=0, next_rung_at=seen_until, entries=entries)


def _at_work(bound: datetime, at: datetime, calendar: Calendar) -> datetime:
    if calendar.staffed(bound):
        return bound
    before = calendar.last_staffed(bound, at)
    if before is not None and before > at:
        return before
    opens = calendar.next_staffed(bound)
    same_day = opens and calendar.local_date(opens) == calendar.local_date(bound)
    return opens if opens and same_day else bound


def _uncovered(
    ladder: Ladder, due_at: datetime, calendar: Calendar, at: datetime, *, first: bool
) -> list[tuple[datetime, str]]:
    """The lead now. Then the ladder's own rungs, if it falls due before the lead would hear again."""
    if ladder.ignores_hours:
        own = _moments(ladder, due_at, calendar, at, first=first)
        return [(at, LEAD), *(one for one in own if one[0] > at and one[1] != LEAD)]
    if at < due_at < calendar.after(at, ladder.repeat_every, ladder.repeat_count):
        late = [rung for rung in ladder.rungs if not rung.before]
        return [(at, LEAD), *_counted_from(due_at, late, calendar)]
    return [(at, LEAD)]


def _moments(
    ladder: Ladder,
    due_at: datetime,
    calendar: Calendar,
    at: datetime,
    *,
    first: bool,
    begins: datetime | None = None,
) -> list[tuple[datetime, str]]:
    if first:
        counted = _counted_from(due_at, ladder.rungs, calendar)
        found = [(max(moment, begins or moment), audience) for moment, audience in counted]
        if any(moment > at for moment, _ in found):
            return _collapsed(found, at)
    late = [rung for rung in ladder.rungs if not rung.before]
    return _collapsed(_counted_from(at, late or ladder.rungs[-1:], calendar), at)


def _without_past(
    ladder: Ladder, due_at: datetime, calendar: Calendar, at: datetime, begins: datetime | None
) -> Ladder:
    """The ladder without those reminders before the due time whose moment has come by `at`."""
    ahead = [
        rung
        for rung in ladder.rungs
        if not rung.before
        or max(calendar.before(due_at, rung.offset, rung.count), begins or at) > at
    ]
    return replace(ladder, rungs=tuple(ahead or ladder.rungs))


def _counted_from(
    base: datetime, rungs: Iterable[Rung], calendar: Calendar
) -> list[tuple[datetime, str]]:
    """Each rung's moment, the earliest first; rungs of one moment keep the order of the file."""
    found = [
        (
            (calendar.before if rung.before else calendar.after)(base, rung.offset, rung.count),
            rung.audience,
        )
        for rung in rungs
    ]
    return sorted(found, key=lambda entry: entry[0])


def _collapsed(moments: Iterable[tuple[datetime, str]], at: datetime) -> list[tuple[datetime, str]]:
    """What has passed is said now, once to each audience."""
    moments = list(moments)
    passed = dict.fromkeys(audience for moment, audience in moments if moment <= at)
    return [
        *((at, audience) for audience in passed),
        *((moment, audience) for moment, audience in moments if moment > at),
    ]


def _apart(moments: Iterable[tuple[datetime, str]]) -> list[tuple[datetime, str]]:
    """The same entries, each strictly later than the one before it."""
    found: list[tuple[datetime, str]] = []
    for moment, audience in moments:
        earliest = found[-1][0] + _APART if found else moment
        found.append((max(moment, earliest), audience))
    return found


def _plan(
    round: int,
    moments: list[tuple[datetime, str]],
    ladder: Ladder,
    calendar: Calendar,
    at: datetime,
    said: Sequence[Sequence[str]],
) -> RungPlan:
    last = moments[-1][0]
    repeat = calendar.after(last, ladder.repeat_every, ladder.repeat_count)
    entries = [*moments, (max(repeat, last + _APART, at + _APART), REPEAT)]
    return RungPlan(
        round=round,
        next_rung=len(said),
        next_rung_at=entries[0][0],
        entries=[
            *(list(entry) for entry in said),
            *([written(moment), audience] for moment, audience in entries),
        ],
    )
