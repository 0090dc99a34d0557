"""A gate that knows no exception and was not kept: the breach is a fact of its own.

It cannot hold somebody who has left. It says, with the true time, that what the gate asks for was
not known to be in place; what comes later makes it good and does not unsay it.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind, NewEvent
from bindeledd.features.tasks.domain import Task


def breaches(new: Iterable[Task], history: Iterable[Event]) -> list[NewEvent]:
    """One event for each new task of a gate without exception, at the time of the gate's event."""
    events = {event.id: event for event in history}
    return [
        NewEvent(
            kind=EventKind.GATE_BREACHED,
            at=anchor.at,
            date_only=anchor.date_only,
            facts={"gate": str(task.due_reason.get("rule", "")), "anchor": str(anchor.id)},
            source="core",
        )
        for task in new
        if task.due_reason.get("hard") and task.anchor_event_id is not None
        if (anchor := events.get(task.anchor_event_id)) is not None
    ]


def fallen_with(history: Iterable[Event], marked: Collection[UUID]) -> list[UUID]:
    """The breaches of events that are marked as entered in error: they never were."""
    gone = {str(event_id) for event_id in marked}
    return [
        event.id
        for event in history
        if event.kind is EventKind.GATE_BREACHED
        and not event.in_error
        and event.facts.get("anchor") in gone
    ]
