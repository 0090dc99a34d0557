"""Putting right what was registered on the wrong person: what moves, and what goes with it.

What moves stays at the wrong one, marked as entered in error, and is recorded at the right one
with where it came from. What was sent out of the wrong registration: `recalling.py`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind, last_of
from bindeledd.features.cases.domain.ages import MINOR
from bindeledd.features.cases.domain.whereabouts import one_fact
from bindeledd.foundation.errors import Conflict, Invalid

_K = EventKind

# What rests on tasks, signatures or another team's answer of its own follow-up. It is put right there.
STAYS = frozenset(
    {
        _K.HANDOVER_SENT,
        _K.HANDOVER_RECEIVED,
        _K.HANDOVER_ACCEPTED,
        _K.HANDOVER_RETURNED,
        _K.CLOSING_REQUESTED,
        _K.CLOSING_REFUSED,
        _K.CLOSED,
        _K.REOPENED,
        _K.REVIEWED,
        _K.CONCERN_ANSWERED,
        _K.DEATH_REFUTED,
        _K.DEATH_CONFIRMED,
        _K.TASK_ADDED,
        _K.TASK_BROUGHT_FORWARD,
        _K.TASK_MOVED_LATER,
        _K.TASK_DONE,
        _K.TASK_WITHDRAWN,
        _K.MARKED_IN_ERROR,
        _K.MOVED_HERE,
        _K.MESSAGE_HELD,
        _K.CORRECTED_EARLIER,
        _K.OBJECTION_DECIDED,
        _K.GATE_BREACHED,
        _K.ROUTINE_CHANGED,
        _K.AGE_NOTED,
    }
)

# What the product or a person wrote about a thing: it stays where it was written when that moves.
_BESIDE = frozenset({_K.MARKED_IN_ERROR, _K.TASK_ADDED})

# One thing may be told by several events; they go together.
_SAME = ("appointment_id", "document_id")


class DeathStands(Conflict):
    """A death has been reported: nobody makes contact with the person until it is refuted."""

    code = "case.death_stands"


class Outgoing(StrEnum):
    """What may leave the house: to the person, to relatives, to whoever takes over."""

    PATIENT_MESSAGE = "patient_message"
    LETTER = "letter"
    RELATIVE_MESSAGE = "relative_message"
    HANDOVER_PACKAGE = "handover_package"
    APPOINTMENT_NOTICE = "appointment_notice"
    PLAN = "plan"


class CannotMove(Conflict):
    """This is put right where it was done: it cannot be moved to another person."""

    code = "case.cannot_move"


class SamePerson(Invalid):
    """It stands on this person already."""

    code = "case.moved_to_same"


class NothingToMoveTo(Conflict):
    """The right person has no open follow-up, and nothing that is moved begins one."""

    code = "case.nothing_to_move_to"


class NotTheirNumber(Conflict):
    """That a number was tried says nothing of another person, who has not got that number."""

    code = "case.not_their_number"


class WordsUnreadable(Conflict):
    """Sealed words of it cannot be opened: moved without them, they would be lost."""

    code = "case.words_unreadable"


def movable(event: Event) -> bool:
    """Whether an event may be moved to another person."""
    return event.kind not in STAYS and not event.in_error


def going_together(history: Sequence[Event], chosen: Collection[UUID]) -> tuple[Event, ...]:
    """The chosen events and what is one with them: the same message, contact, appointment, document.

    Raises `CannotMove` where nothing is chosen, or something of it cannot be moved.
    """
    by_id = {event.id: event for event in history}
    if not chosen or any(one not in by_id for one in chosen):
        raise CannotMove()
    wanted = [by_id[one] for one in chosen]
    wanted += one_fact(history, chosen)
    ties = {tie for event in wanted for tie in _ties(event)}
    found = tuple(
        event
        for event in history
        if event in wanted
        or (not event.in_error and event.kind not in _BESIDE and ties & set(_ties(event)))
    )
    confirmed = last_of(tuple(history), _K.DEATH_CONFIRMED) is not None
    if any(
        not movable(event) or (confirmed and event.kind is _K.DEATH_REPORTED) for event in found
    ):
        raise CannotMove(events=[event.id for event in found])
    return found


def _ties(event: Event) -> Iterable[tuple[str, str]]:
    if event.kind is _K.TASK_ADDED:  # what is owed about a thing does not tell of it
        return
    if event.source_id is not None:
        yield "source", str(event.source_id)
    for name in _SAME:
        if event.facts.get(name) is not None:
            yield "source", str(event.facts[name])


def moved_facts(event: Event, from_case: UUID, renamed: dict[UUID, UUID]) -> dict[str, Any]:
    """The facts of an event as they are recorded at the right person, and where it came from.

    The age is the person's own: it does not go with them.
    """
    new = {str(old): str(one) for old, one in renamed.items()}
    facts = {name: _renamed(value, new) for name, value in event.facts.items() if name != MINOR}
    first = {"first_recorded_at": event.recorded_at.isoformat()}
    if event.recorded_by is not None:
        first["first_recorded_by"] = str(event.recorded_by)
    came = {"moved_from_case": str(from_case), "moved_from": str(event.id)}
    return {**first, **facts, **came}  # moved twice: whoever recorded it first stands


def _renamed(value: Any, new: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(one, new) for one in value]
    return new.get(value, value) if isinstance(value, str) else value


def first_recorded(facts: Mapping[str, Any]) -> tuple[UUID | None, datetime | None]:
    """Who recorded a moved event where it stood first, and when; nothing of one that was not."""
    by, at = facts.get("first_recorded_by"), facts.get("first_recorded_at")
    return (UUID(str(by)) if by else None), (datetime.fromisoformat(str(at)) if at else None)


# --- a death that was none ---------------------------------------------------------------------


class Told(Protocol):
    """What is known of an event here, however it was read."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def source_id(self) -> UUID | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def in_error(self) -> bool: ...


def of_no_death(history: Iterable[Told], *, refuted_at: datetime | None = None) -> set[UUID]:
    """What told of a death, alone or in a call of the same contact, and was refuted since.

    `refuted_at`: when somebody says so now. A report that was an error still tells what its call
    says.
    """
    known = list(history)
    reports = {one.source_id for one in known if one.kind == _K.DEATH_REPORTED and one.source_id}
    said = [one.recorded_at for one in known if one.kind == _K.DEATH_REFUTED and not one.in_error]
    last = max([*said, *([] if refuted_at is None else [refuted_at])], default=None)
    return {
        one.id
        for one in known
        if (one.kind == _K.DEATH_REPORTED or one.source_id in reports)
        and last is not None
        and one.recorded_at <= last
    }


# --- what a task quotes ------------------------------------------------------------------------

# By which a task that was added says whose words it carries: a contact, or an event; and which
# task was decided with them.
QUOTES, DECIDES = ("about", "quotes"), "decides"

Line = TypeVar("Line", bound=Told)


def marked_wrong(anchor_event_id: UUID | None, history: Sequence[Line]) -> Line | None:
    """The mark by which what a task quotes was recorded in error; None where it stands.

    `anchor_event_id`: of the task, the event that added it. What it made somebody owe is owed until
    a person says otherwise, but nobody reads its words as if they had been said.
    """
    made = next((one for one in history if one.id == anchor_event_id), None)
    if made is None or made.kind != _K.TASK_ADDED:
        return None
    quoted = [one for one in history if _quotes(made, one)]
    if not quoted or not all(one.in_error for one in quoted):
        return None
    ids = {str(one.id) for one in quoted}
    marks = (one for one in history if one.kind == _K.MARKED_IN_ERROR)
    return next((one for one in marks if ids & set(one.facts.get("events", ()))), None)


def _quotes(made: Told, one: Told) -> bool:
    named = {str(made.facts[name]) for name in QUOTES if made.facts.get(name)}
    if one.id == made.id or one.kind == _K.MARKED_IN_ERROR:
        return False
    if {str(one.id), str(one.source_id)} & named:
        return True
    decided = made.facts.get(DECIDES)
    return one.kind == _K.TASK_DONE and decided is not None and one.facts["task_id"] == decided
