"""Is an appointment still valid? It is asked before it; once it is over, what is owed is what became
of it. A check that nobody made is no check that was done: it fell away, by what was told instead."""

from collections.abc import Iterable
from datetime import datetime

from bindeledd.features.cases.domain import Event
from bindeledd.features.tasks.domain import Task

CHECK = "confirm_appointment"


def begins_at(task: Task, history: Iterable[Event]) -> datetime | None:
    """When the appointment begins that the check asks of; None for any other task, or not known."""
    if task.kind != CHECK:
        return None
    made = next((event for event in history if event.id == task.anchor_event_id), None)
    said = None if made is None else made.facts.get("appointment_at")
    return None if said is None else datetime.fromisoformat(str(said))


def never_made(task: Task, ended_by: Event, history: Iterable[Event]) -> bool:
    """Whether what ends the check happened when the appointment had begun: nobody made it."""
    begins = begins_at(task, history)
    return begins is not None and ended_by.at >= begins
