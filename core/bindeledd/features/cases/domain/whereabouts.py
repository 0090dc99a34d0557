"""Where the person is, once a discharge turns out to be wrong and nothing else says it.

Not known is not the same as still in hospital: until somebody knows, what is owed after a discharge
is owed. The assumption takes the place of the discharge that was marked, as one does that is made
when somebody registers and does not know (`assumed.py`).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from bindeledd.features.cases.domain import (
    BEGINNINGS,
    NOT_KNOWN,
    Event,
    EventKind,
    NewEvent,
    assumed,
    last_of,
)
from bindeledd.features.tasks.domain import Task, TaskState
from bindeledd.foundation.errors import Conflict, Invalid

# A fact of a discharge: the one that was marked, in whose place it stands.
INSTEAD_OF = "instead_of"
# Of a mark: of which discharge it was said where the person is.
ASKED_OF = "asked_of"
# A fact of what says that something was marked: what a person said instead.
WHERE = "whereabouts"

_WHOLE_DAY = timedelta(days=1)
_BEGINS = (EventKind.INDEX_EVENT, EventKind.ADMITTED)
# What says later than the discharge that the person is in hospital.
_IS_IN = frozenset(
    {EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE, EventKind.DISCHARGE_WITHDRAWN}
)


_SAYS = _IS_IN | {EventKind.DISCHARGED}


class Where(StrEnum):
    """What is right instead of a discharge that was wrong."""

    NOT_KNOWN = "not_known"
    STILL_IN = "still_in"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """What whoever marks says. `left_at`: when the person really left, of `left` only."""

    where: Where = Where.NOT_KNOWN
    left_at: datetime | None = None
    date_only: bool = False


UNKNOWN = Whereabouts()


class Told(Enum):
    """Whoever marks tells it in another way."""

    BESIDE = "beside"


# What is recorded next in the same transaction says where the person is: nothing takes the place.
TOLD_BESIDE: Final = Told.BESIDE

# What is right instead of what was marked; None where nobody said.
Right: TypeAlias = Whereabouts | Literal[Told.BESIDE] | None


class DischargeNotAsked(Conflict):
    """What is marked leaves no discharge open: what is right is told where it belongs."""

    code = "case.discharge_not_asked"


class LeftWhenNeeded(Invalid):
    """Whoever says that the person left at another time says when; nobody else gives a time."""

    code = "case.left_when_needed"


@dataclass(frozen=True, kw_only=True)
class InHospital:
    """The person is in hospital by what was recorded, or (`known` is False) nobody knows whether they
    have left. `since`: from when, as the first admission of the stay says; None where none does."""

    since: datetime | None
    date_only: bool = False
    known: bool = True


def said(
    where: Where | None, left_at: datetime | None, *, date_only: bool = False
) -> Whereabouts | None:
    """As it was told; None where nothing was. A time alone says that they left then."""
    if where is None and left_at is None:
        return None
    return Whereabouts(where=where or Where.LEFT, left_at=left_at, date_only=date_only)


def check(said: Whereabouts) -> None:
    """Refuse a time without a discharge, and a discharge without a time."""
    if (said.where is Where.LEFT) != (said.left_at is not None):
        raise LeftWhenNeeded()


def left_open(history: Sequence[Event], wrong: Collection[UUID]) -> Event | None:
    """The last discharge that is wrong, where nothing that stands says where the person is now.

    Asked of what is marked now (`wrong`): a discharge, or what said since one that was marked before
    where they are; in whatever order they are marked, it comes to the same. An admission before it
    says nothing of where they are since. Where nothing stands that begins a course there is nobody
    to follow up.
    """
    known = tuple(replace(one, in_error=one.in_error or one.id in set(wrong)) for one in history)
    standing = tuple(one for one in known if not one.in_error)
    now = (one for one in history if one.id in set(wrong) and not one.in_error)
    if not any(one.kind in _SAYS for one in now) or last_of(standing, *BEGINNINGS) is None:
        return None
    unanswered = (one for one in _not_replaced(known) if not _said_still_in(one, known))
    left = max(unanswered, key=lambda one: (one.at, one.recorded_at), default=None)
    if left is None:
        return None
    began = _began(left, standing)
    return None if any(_tells(one, left, began) for one in standing) else left


def _not_replaced(history: Sequence[Event]) -> tuple[Event, ...]:
    """The discharges that are wrong, in whose place none was written."""
    replaced = {str(one.facts[INSTEAD_OF]) for one in history if one.facts.get(INSTEAD_OF)}
    wrong = (one for one in history if one.kind is EventKind.DISCHARGED and one.in_error)
    return tuple(one for one in wrong if str(one.id) not in replaced)


def _said_still_in(left: Event, history: Sequence[Event]) -> bool:
    """Whether somebody said so when this discharge was marked, and the stay still stands."""
    standing = tuple(one for one in history if not one.in_error)
    said = any(
        one.kind is EventKind.MARKED_IN_ERROR
        and one.facts.get(WHERE) == Where.STILL_IN.value
        and str(left.id) in (one.facts.get(ASKED_OF), *one.facts.get("events", ()))
        for one in standing
    )
    began = _began(left, standing)
    return said and began is not None and any(_admits(one, began, left) for one in standing)


def _began(left: Event, standing: tuple[Event, ...]) -> Event | None:
    """What the stay began with that this discharge was said to end."""
    return last_of(tuple(e for e in standing if e.at <= _until(left)), *_BEGINS)


def _until(event: Event) -> datetime:
    return event.at + (_WHOLE_DAY if event.date_only else timedelta())


def _tells(one: Event, left: Event, began: Event | None) -> bool:
    if one.kind is EventKind.DISCHARGED:
        return began is None or _until(one) >= began.at
    return one.kind in _IS_IN and one.at > left.at


def instead(
    left: Event, history: Sequence[Event], wrong: Collection[UUID], said: Whereabouts, *, known: str
) -> list[NewEvent]:
    """What takes the place of a discharge that leaves it open where the person is.

    `known`: how we know. Still in hospital is written down as an admission where none stands, from
    when the stay began; nothing is assumed then.
    """
    if said.where is Where.STILL_IN:
        standing = tuple(e for e in history if not (e.in_error or e.id in set(wrong)))
        began = _began(left, standing)
        if began is None or any(_admits(one, began, left) for one in standing):
            return []
        facts = {**_unit(left), "how_known": known}
        admitted = NewEvent(
            kind=EventKind.ADMITTED, at=began.at, date_only=began.date_only, facts=facts
        )
        return [admitted]
    facts = {**_unit(left), "how_known": known, INSTEAD_OF: str(left.id)}
    home = NewEvent(kind=EventKind.DISCHARGED, at=left.at, date_only=left.date_only, facts=facts)
    if said.where is Where.LEFT and said.left_at is not None:
        return [replace(home, at=said.left_at, date_only=said.date_only)]
    return [replace(home, facts={**facts, NOT_KNOWN: True})]


def _admits(one: Event, began: Event, left: Event) -> bool:
    return one.kind is EventKind.ADMITTED and one.at <= _until(left) and _until(one) >= began.at


def _unit(left: Event) -> dict[str, Any]:
    return {"unit_id": left.facts["unit_id"]} if left.facts.get("unit_id") else {}


def done_before(tasks: Iterable[Task], history: Sequence[Event]) -> Callable[[Task], bool]:
    """Whether somebody said of the same task of the discharge that was wrong that it is done.

    It is done still where that was after the discharge that stands in its place.
    """
    by_id = {event.id: event for event in history}
    before = {e.id: UUID(str(e.facts[INSTEAD_OF])) for e in history if e.facts.get(INSTEAD_OF)}
    done = {}
    for task in tasks if before else ():
        said = by_id.get(task.ended_by_event_id) if task.ended_by_event_id else None
        if said is not None and task.state is TaskState.DONE and said.kind is EventKind.TASK_DONE:
            done[task.anchor_event_id, task.step_key, task.kind] = said.at

    def is_done(task: Task) -> bool:
        anchor = by_id.get(task.anchor_event_id) if task.anchor_event_id else None
        was = before.get(anchor.id) if anchor is not None else None
        while anchor is not None and was is not None:
            at = done.get((was, task.step_key, task.kind))
            if at is not None and at >= anchor.at:
                return True
            was = before.get(was)
        return False

    return is_done


def one_fact(history: Iterable[Event], chosen: Collection[UUID]) -> tuple[Event, ...]:
    """What was recorded together with these as one fact: that somebody left before anybody had
    assessed them, and the discharge that it was."""
    known = tuple(history)
    wanted = [event for event in known if event.id in chosen]
    return tuple(
        event
        for event in known
        if event.id not in chosen
        and not event.in_error
        and any(_left_at_once(event, one) for one in wanted)
    )


_LEFT_UNASSESSED = frozenset({EventKind.LEFT_BEFORE_ASSESSMENT, EventKind.DISCHARGED})


def _left_at_once(event: Event, one: Event) -> bool:
    return {event.kind, one.kind} == _LEFT_UNASSESSED and all(
        getattr(event, name) == getattr(one, name)
        for name in ("at", "date_only", "recorded_at", "recorded_by")
    )


def in_hospital(history: tuple[Event, ...]) -> InHospital | None:
    """Whether the person is in hospital now; None where they are not, or nothing says so."""
    standing = tuple(one for one in assumed.without_replaced(history) if not one.in_error)
    left = last_of(standing, EventKind.DISCHARGED)
    since = tuple(one for one in standing if left is None or _came_after(one, left))
    if last_of(since, EventKind.ADMITTED) is not None:
        return _stay(since)
    if left is None:
        return None
    known = last_of(since, *_IS_IN) is not None
    if not known and not left.is_assumed:
        return None
    return replace(_stay(_of_the_stay(left, standing)), known=known)


def _of_the_stay(left: Event, standing: tuple[Event, ...]) -> tuple[Event, ...]:
    before = tuple(one for one in standing if one.id != left.id and not _came_after(one, left))
    last = last_of(before, EventKind.DISCHARGED)
    return tuple(one for one in before if last is None or _came_after(one, last))


def _stay(events: Iterable[Event]) -> InHospital:
    admitted = (one for one in events if one.kind is EventKind.ADMITTED)
    first = min(admitted, key=lambda one: one.at, default=None)
    if first is None:
        return InHospital(since=None)
    return InHospital(since=first.at, date_only=first.date_only)


def _came_after(one: Event, left: Event) -> bool:
    """On a day of which no hour is known, what was recorded last came last."""
    whole_day = one.date_only or left.date_only
    if whole_day and one.at < _until(left) and left.at < _until(one):
        return one.recorded_at > left.recorded_at
    return (one.at, one.recorded_at) > (left.at, left.recorded_at)
