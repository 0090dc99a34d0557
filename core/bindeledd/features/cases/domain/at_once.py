"""What was just registered is undone at once, by whoever registered it.

A slip of the hand is seen in the same moment, and needs no reason in words. Later, or by another
person, it is a correction like any other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.reopening import markable
from bindeledd.foundation.errors import Conflict

UNDO_FOR = timedelta(minutes=1)

_FIRST = (EventKind.REACHED, EventKind.CONTACT_ATTEMPTED, EventKind.CALLED_IN)


class TooLateToUndo(Conflict):
    """It is longer ago than a minute, somebody else registered it, or it is undone in another way."""

    code = "case.too_late_to_undo"


class NotInVain(Conflict):
    """A next attempt follows one in vain that stands, and once."""

    code = "case.not_in_vain"


def just_made(history: Sequence[Event], *, by: UUID | None, at: datetime) -> Event | None:
    """The contact that `by` registered last, where it can still be undone at `at`; else None."""
    own = (event for event in history if _is_contact(event) and event.recorded_by == by)
    last = max(own, key=lambda event: event.recorded_at, default=None)
    if by is None or last is None or last.in_error or at - last.recorded_at > UNDO_FOR:
        return None
    together = _same_contact(history, last)
    return last if all(markable(event, history, is_open=True) for event in together) else None


def made_with(history: Sequence[Event], contact: Event) -> list[UUID]:
    """What is an error with this contact: all that tells of it, and what it made somebody owe."""
    owed = (
        event
        for event in history
        if event.kind is EventKind.TASK_ADDED
        and event.facts.get("about") == str(contact.source_id)
        and not event.in_error
    )
    said = (event for event in history if _is_confirmed_with(event, contact))
    return [event.id for event in (*_same_contact(history, contact), *owed, *said)]


def _is_confirmed_with(event: Event, contact: Event) -> bool:
    """Whether it was said in this contact that an appointment stands: written down as one with it."""
    return (
        event.kind is EventKind.APPOINTMENT_CONFIRMED
        and (event.recorded_at, event.recorded_by) == (contact.recorded_at, contact.recorded_by)
        and not event.in_error
    )


def tried_again(history: Iterable[Event], contact: Event) -> bool:
    """Whether a next attempt after this contact is owed already."""
    return any(
        event.kind is EventKind.TASK_ADDED
        and event.facts.get("kind") == "call_patient"
        and event.facts.get("about") == str(contact.source_id)
        and not event.in_error
        for event in history
    )


def _same_contact(history: Iterable[Event], contact: Event) -> list[Event]:
    return [
        event
        for event in history
        if event.source_id == contact.source_id
        and event.source == "person"
        and event.kind is not EventKind.TASK_ADDED
        and not event.in_error
    ]


def _is_contact(event: Event) -> bool:
    return (
        event.kind in _FIRST
        and event.source == "person"
        and event.source_id is not None
        and "direction" in event.facts
    )
