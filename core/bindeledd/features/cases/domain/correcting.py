"""Putting right what was registered on the wrong person: what moves, and what has gone out.

What moves stays at the wrong one, marked as entered in error, and is recorded at the right one
with where it came from. What was sent out of the wrong registration cannot be taken back by a
program: it is listed, and a person owes it an answer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind, last_of
from bindeledd.features.cases.domain.ages import MINOR
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
        _K.GATE_BREACHED,
        _K.ROUTINE_CHANGED,
        _K.AGE_NOTED,
    }
)

# What the product or a person wrote about a thing: it stays where it was written when that moves.
_BESIDE = frozenset({_K.MARKED_IN_ERROR, _K.TASK_ADDED})

# One thing may be told by several events; they go together.
_SAME = ("appointment_id", "document_id")

# Begins a course or ends a stay: where it was wrong, what was sent because of it was wrong too.
_BEGINS = frozenset({_K.INDEX_EVENT, _K.ADMITTED, _K.DISCHARGED})
_LEAVES = frozenset(
    {
        _K.SUMMARY_SENT_TO_SOME,
        _K.SUMMARY_SENT,
        _K.SUMMARY_INTERIM,
        _K.HANDOVER_SENT,
        _K.APPOINTMENT_GIVEN,
    }
)
_WRITTEN = frozenset({"sms", "digital", "letter"})

# What is owed to those who were sent what was wrong.
RECALL = "recall_sent"


class Outgoing(StrEnum):
    """What may leave the house: to the person, to relatives, to whoever takes over."""

    PATIENT_MESSAGE = "patient_message"
    LETTER = "letter"
    RELATIVE_MESSAGE = "relative_message"
    HANDOVER_PACKAGE = "handover_package"
    APPOINTMENT_NOTICE = "appointment_notice"


class CannotMove(Conflict):
    """This is put right where it was done: it cannot be moved to another person."""

    code = "case.cannot_move"


class SamePerson(Invalid):
    """It stands on this person already."""

    code = "case.moved_to_same"


class NothingToMoveTo(Conflict):
    """The right person has no open follow-up, and nothing that is moved begins one."""

    code = "case.nothing_to_move_to"


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


# --- what has gone out ----------------------------------------------------------------------------


def goes_out(event: Event) -> bool:
    """Whether something written left the house by it: to the person, a receiver, another service."""
    if event.kind in _LEAVES:
        return True
    out = event.facts.get("direction") == "out"
    return out and event.facts.get("channel") in _WRITTEN


def went_out(history: Sequence[Event], wrong: Event) -> tuple[Event, ...]:
    """What went out of a wrong registration until it was found to be wrong.

    `wrong` says so: events were moved away, an index event or a stay was marked as an error, or
    the ending *registered in error* was asked for. What an earlier find listed is not listed again.
    """
    return recalls(history).get(wrong.id, ())


def recalls(history: Sequence[Event]) -> dict[UUID, tuple[Event, ...]]:
    """The events that make somebody owe an answer to those who were sent what was wrong.

    Each with what was sent; nothing where nothing was sent. What becomes known only once somebody
    has told them all is owed an answer of its own.
    """
    found: dict[UUID, tuple[Event, ...]] = {}
    listed: set[UUID] = set()
    for wrong in sorted(history, key=lambda event: event.recorded_at):
        out = _sent_out_of(history, wrong, listed)
        if not out:
            continue
        told_at = _all_told_at(history, wrong)
        late = [event for event in out if told_at is not None and event.recorded_at > told_at]
        first = tuple(event for event in out if event not in late)
        if first:
            found[wrong.id] = first
        found.update({event.id: (event,) for event in late})
        listed |= {event.id for event in out}
    return found


def _all_told_at(history: Sequence[Event], wrong: Event) -> datetime | None:
    """When somebody first said, after it was found to be wrong, that everybody was told."""
    return min(
        (
            event.recorded_at
            for event in history
            if event.kind is _K.TASK_DONE
            and not event.in_error
            and event.facts.get("kind") == RECALL
            and event.recorded_at >= wrong.recorded_at
        ),
        default=None,
    )


def _sent_out_of(
    history: Sequence[Event], wrong: Event, listed: Collection[UUID]
) -> tuple[Event, ...]:
    since = _known_since(history, wrong)
    if since is None:
        return ()
    moved = set(wrong.facts["events"]) if wrong.facts.get("moved_to") else set()
    return tuple(
        event
        for event in history
        if goes_out(event)
        and event.id not in listed
        and (
            since <= event.recorded_at <= wrong.recorded_at
            or (since <= event.at <= wrong.recorded_at < event.recorded_at)  # told of afterwards
        )
        and (not event.in_error or str(event.id) in moved)
    )


def _known_since(history: Sequence[Event], wrong: Event) -> datetime | None:
    """Since when the wrong registration stood, if `wrong` says that there was one."""
    if wrong.in_error:
        return None
    if wrong.kind is EventKind.CLOSING_REQUESTED:
        asked = wrong.facts.get("ending") == "registered_in_error" and not _refused(history, wrong)
        return min(event.recorded_at for event in history) if asked else None
    if wrong.kind is not EventKind.MARKED_IN_ERROR:
        return None
    ids = set(wrong.facts.get("events", ()))
    marked = [event for event in history if str(event.id) in ids]
    if not wrong.facts.get("moved_to"):
        marked = [event for event in marked if event.kind in _BEGINS]
    return min((event.recorded_at for event in marked), default=None)


def _refused(history: Sequence[Event], asked: Event) -> bool:
    """Whether a lead said no to this very request: then nothing was wrong."""
    later = [event for event in history if event.recorded_at > asked.recorded_at]
    answers = (_K.CLOSING_REFUSED, _K.CLOSING_REQUESTED, _K.CLOSED)
    first = min(
        (event for event in later if event.kind in answers),
        key=lambda event: event.recorded_at,
        default=None,
    )
    return first is not None and first.kind is _K.CLOSING_REFUSED
