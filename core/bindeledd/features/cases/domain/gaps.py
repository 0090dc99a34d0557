"""When a team is back after the time without staff that a task asks cover for."""

from datetime import datetime

from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Calendar

COVER = "cover_gap"


def back_after(task: Task, calendar: Calendar) -> datetime | None:
    """The moment at which the team is back; None for another task, and where nobody knows when.

    Nobody can answer for what lies before it any more.
    """
    if task.kind != COVER:
        return None
    gap = calendar.gap_ahead(task.due_at)
    return calendar.next_staffed(task.due_at) if gap is None else gap[1]
