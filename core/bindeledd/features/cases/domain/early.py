"""What was told before the window of a task opens: it is written down, and does not do the task."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import Event
from bindeledd.features.cases.domain.belonging import belongs
from bindeledd.features.cases.domain.standing import does
from bindeledd.features.cases.domain.telling import TELLABLE
from bindeledd.features.tasks.domain import Task


@dataclass(frozen=True, kw_only=True)
class Early:
    """`event_id` would do the open task, which is done by what happens from `window_from` on."""

    task_id: UUID
    kind: str
    window_from: datetime
    event_id: UUID
    told_at: datetime


def early(
    tasks: Iterable[Task], told: Iterable[Event], history: Sequence[Event]
) -> Iterator[Early]:
    """Each open task that what was `told` would have done, had its window been open.

    What lies before the event that the task is counted from is about something else.
    """
    events = [event for event in told if not event.in_error]
    for task in tasks:
        if not task.is_open or task.window_from is None:
            continue
        anchor = next((event for event in history if event.id == task.anchor_event_id), None)
        for event in events:
            if _is_early(task, task.window_from, anchor, event):
                yield Early(
                    task_id=task.id,
                    kind=task.kind,
                    window_from=task.window_from,
                    event_id=event.id,
                    told_at=event.at,
                )


def _is_early(task: Task, opens: datetime, anchor: Event | None, event: Event) -> bool:
    if event.at >= opens or not does(task, event) or event.id == task.anchor_event_id:
        return False
    return anchor is None or (event.at >= anchor.at and belongs(anchor, event))


def last_told(task: Task, history: Sequence[Event]) -> Early | None:
    """The latest answer of this kind, of those that somebody tells in so many words. (A contact has
    an outcome of its own, and one does not stand for the next.)"""
    told = (event for event in history if event.kind in TELLABLE)
    return max(early([task], told, history), key=lambda one: one.told_at, default=None)
