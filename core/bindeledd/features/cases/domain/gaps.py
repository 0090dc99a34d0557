"""When a team is back after the time without staff that a task asks cover for."""

from datetime import datetime

from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Calendar

COVER = "cover_gap"


def gap_of(task: Task, calendar: Calendar) -> tuple[datetime, datetime | None]:
    """The time without staff for which the task asks cover; its end is None where nobody knows."""
    gap = calendar.gap_ahead(task.due_at)
    return (task.due_at, calendar.next_staffed(task.due_at)) if gap is None else gap


def back_after(task: Task, calendar: Calendar) -> datetime | None:
    """The moment at which the team is back; None for another task, and where nobody knows when.

    Nobody can answer for what lies before it any more.
    """
    if task.kind != COVER:
        return None
    return gap_of(task, calendar)[1]
