"""How a rule becomes a moment: when something is due, and why then.

A due time outside the team's staffed hours moves to the last staffed moment *before* it, never
later, unless that would be before the moment that it is counted from (nobody asks what became of an
appointment that has not been); the reason says so in codes, for the task and for whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bindeledd.features.pathways.domain.values import Due, Pathway
from bindeledd.foundation.calendars import Calendar, Count, Period

_FIRST_PHASE = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class DueMoment:
    """`due_at` never lies after `raw_due_at`, the moment that the rule itself gives.

    `lay_before`: what is owed before a moment was to be done before the anchor already.
    `reason` holds plain codes: `form` (within, window, before, at, end_of_day), `within`, `opens`,
    `count`, `zone`, `date_only`, `raw` and `moved`: no, earlier, later, after, or
    no_staffed_moment; `not_before` is the day that was named, before which nobody does it, and
    `after` the moment (an appointment) that it is counted from and cannot be done before.
    """

    opens: datetime | None
    due_at: datetime
    raw_due_at: datetime
    moved: bool
    lay_before: bool = False
    reason: Mapping[str, str | bool] = field(default_factory=dict)


def due_moment(
    due: Due,
    anchor_at: datetime,
    date_only: bool,
    calendar: Calendar,
    *,
    facts: Mapping[str, object] | None = None,
    ignores_hours: bool = False,
) -> DueMoment:
    """When something is due that is owed `due` after `anchor_at`, for a team with this calendar.

    A date without a time (`date_only`) counts as the start of that local day. The due time stays
    where the team has no staffed moment between the anchor and it, and the reason says so;
    counted in working days it is then the beginning of that day's shift, never a night hour.
    `facts` are those of the anchoring event: a rule may count from a moment among them.
    """
    if due.of is None and anchor_at.tzinfo is UTC:
        return _of_the_anchor_alone(due, anchor_at, date_only, calendar, ignores_hours)
    return _due_moment(due, anchor_at, date_only, calendar, facts or {}, ignores_hours)


@lru_cache(maxsize=1024)
def _of_the_anchor_alone(
    due: Due, anchor_at: datetime, date_only: bool, calendar: Calendar, ignores_hours: bool
) -> DueMoment:
    """`_due_moment` where no fact decides: several rules of a routine owe something at once."""
    return _due_moment(due, anchor_at, date_only, calendar, {}, ignores_hours)


def _due_moment(
    due: Due,
    anchor_at: datetime,
    date_only: bool,
    calendar: Calendar,
    facts: Mapping[str, object],
    ignores_hours: bool,
) -> DueMoment:
    anchor = anchor_at
    if date_only:
        anchor = calendar.start_of_day(calendar.local_date(anchor_at))
    opens, raw = _raw(due, anchor, calendar, facts)
    if not ignores_hours:
        raw = _by_day(due, anchor, raw, calendar)
    ahead = _ahead(due, anchor, facts)
    staffed = raw if ignores_hours else _staffed(ahead or anchor, opens, raw, calendar)
    due_at = raw if staffed is None else staffed
    moved = "no_staffed_moment" if staffed is None else ("earlier" if due_at < raw else "no")
    then = calendar.next_staffed(raw) if staffed is None and ahead is not None else None
    if then is not None:
        due_at, moved = then, "after"
    named = _named_day(due, anchor, calendar, facts)
    later = None if named is None else _not_before(named, raw, due_at, calendar)
    if later is not None and not ignores_hours:
        due_at, moved = later, "later"
    return DueMoment(
        opens=None if opens is None else min(opens, due_at),
        due_at=due_at,
        raw_due_at=raw,
        moved=due_at < raw,
        lay_before=_lay_before(due, anchor, calendar, facts),
        reason={
            **_reason(due, raw, moved, date_only, calendar),
            **({} if named is None else {"not_before": named.isoformat()}),
            **({} if ahead is None else {"after": ahead.isoformat()}),
        },
    )


def _raw(
    due: Due, anchor: datetime, calendar: Calendar, facts: Mapping[str, object]
) -> tuple[datetime | None, datetime]:
    """When it opens and is due by the rule alone: never before the anchor."""
    base = anchor if due.of is None else _moment(facts.get(due.of))
    if base is None and due.unknown is not None:
        return _unnamed(due, calendar.after(anchor, due.unknown, due.count), calendar)
    count = calendar.before if due.backwards else calendar.after
    raw = max(count(base or anchor, due.within, due.count), anchor)
    opens = None if due.opens is None else count(base or anchor, due.opens, due.count)
    if opens is not None and due.opens is not None and due.backwards and not due.opens.time:
        opens = calendar.start_of_day(calendar.local_date(opens))
    if due.end_of_day:
        raw = calendar.start_of_day(calendar.local_date(raw) + timedelta(days=1))
    return None if opens is None else max(opens, anchor), raw


def _unnamed(due: Due, raw: datetime, calendar: Calendar) -> tuple[datetime | None, datetime]:
    """Where nobody named the moment; what waits for a day waits for the one that it falls on."""
    waits = due.opens is not None and due.never_earlier
    return calendar.start_of_day(calendar.local_date(raw)) if waits else None, raw


def _by_day(due: Due, anchor: datetime, raw: datetime, calendar: Calendar) -> datetime:
    """A working day that was counted from a time when nobody works lasts until its shift begins."""
    if due.count is not Count.WORKING_DAYS or due.backwards or due.end_of_day:
        return raw
    if calendar.last_staffed(raw, anchor) is not None:
        return raw
    begins = calendar.next_staffed(raw)
    same_day = begins and calendar.local_date(begins) == calendar.local_date(raw)
    return begins if begins and same_day else raw


def _lay_before(
    due: Due, anchor: datetime, calendar: Calendar, facts: Mapping[str, object]
) -> bool:
    base = _moment(facts.get(due.of)) if due.backwards and due.of is not None else None
    return base is not None and calendar.before(base, due.within, due.count) < anchor


def _ahead(due: Due, anchor: datetime, facts: Mapping[str, object]) -> datetime | None:
    """The moment that it is counted from, where that lies after the anchor: nobody does it before."""
    if due.of is None or due.backwards or due.never_earlier:
        return None
    base = _moment(facts.get(due.of))
    return base if base is not None and base > anchor else None


def _named_day(
    due: Due, anchor: datetime, calendar: Calendar, facts: Mapping[str, object]
) -> datetime | None:
    """When the day begins before which nobody does it, because a person named that day."""
    named = _moment(facts.get(due.of)) if due.never_earlier and due.of is not None else None
    if named is None:
        return None
    return max(anchor, calendar.start_of_day(calendar.local_date(named)))


def _not_before(
    day: datetime, raw: datetime, due_at: datetime, calendar: Calendar
) -> datetime | None:
    """The first staffed moment after a day that is closed, for what nobody does before that day."""
    if due_at > day and calendar.last_staffed(raw, day) is not None:
        return None
    return calendar.next_staffed(max(raw, day))


def _moment(fact: object) -> datetime | None:
    """A moment among facts: an instant, or its ISO 8601 text with a zone; else None."""
    if isinstance(fact, str):
        try:
            fact = datetime.fromisoformat(fact)
        except ValueError:
            return None
    return fact if isinstance(fact, datetime) and fact.tzinfo is not None else None


def _staffed(
    anchor: datetime, opens: datetime | None, raw: datetime, calendar: Calendar
) -> datetime | None:
    """The last staffed moment of the window, else of the time since the anchor."""
    inside = None if opens is None else calendar.last_staffed(raw, opens)
    return inside or calendar.last_staffed(raw, anchor)


def _reason(
    due: Due, raw: datetime, moved: str, date_only: bool, calendar: Calendar
) -> Mapping[str, str | bool]:
    reason: dict[str, str | bool] = {
        "form": due.form,
        "within": str(due.within),
        "count": str(due.count),
        "zone": calendar.zone,
        "date_only": date_only,
        "raw": raw.isoformat(),
        "moved": moved,
    }
    if due.opens is not None:
        reason["opens"] = str(due.opens)
    if due.of is not None:
        reason["of"] = due.of
    return reason


def of_the_moment(
    anchor_at: datetime, date_only: bool, calendar: Calendar, *, known_at: datetime
) -> Mapping[str, str]:
    """What the calendar itself knows of a moment: is nobody at work for 24 hours after that day?

    A short shift in between hides nothing. A gap that was over before the event was known is none
    any more.
    """
    begins = calendar.start_of_day(calendar.local_date(anchor_at)) if date_only else anchor_at
    gap = calendar.gap_ahead(begins)
    ahead = gap is not None and (gap[1] is None or gap[1] > known_at)
    return {"next_day_unstaffed": "yes" if ahead else "no"}


def silence_period(pathway: Pathway, opened_at: datetime, at: datetime) -> Period:
    """The longest time that may pass with nothing owed, in the phase in which `at` lies."""
    early = at - opened_at < _FIRST_PHASE
    silence = pathway.longest_silence
    return silence.first_30_days if early else silence.later


def longest_silence(
    pathway: Pathway, opened_at: datetime, at: datetime, calendar: Calendar
) -> DueMoment:
    """The last moment at which something has to be owed again, seen from `at`."""
    period = silence_period(pathway, opened_at, at)
    return due_moment(Due(within=period), at, False, calendar)
