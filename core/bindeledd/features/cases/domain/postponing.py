"""Until when a person may put a task later, and who may put it later than that."""

from datetime import datetime

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.postponing import later_at_most
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Period
from bindeledd.foundation.errors import Conflict, NotAllowed

LATER = EventKind.TASK_MOVED_LATER.value


class NeverLater(Conflict):
    """What is owed at once, or has a clock of its own, is not put later by anybody."""

    code = "task.never_later"


class LaterByLead(NotAllowed):
    """Later than the routine lets a member put it: a lead of the team does that."""

    code = "task.later_by_lead"


def is_put_later(task: Task) -> bool:
    """Whether the last who moved it put it later."""
    return task.due_reason.get("moved") == LATER


def at_most(task: Task, book: Book) -> Period:
    """How far after its first due time a member may put it; of what a pack left behind no further
    than the pack let it (`later_at_most` of its reason)."""
    now, kept = later_at_most(book, task.kind, task.ladder), task.due_reason.get("later_at_most")
    return min(now, Period.parse(kept), key=lambda one: one.length) if kept else now


def latest(task: Task, first_due_at: datetime, at_most: Period) -> datetime | None:
    """The latest a member may put it to, counted from its first due time so that many small moves
    come no further than one; None where nobody puts it later."""
    if not at_most:
        return None
    base = first_due_at if is_put_later(task) else max(first_due_at, task.due_at)
    return base + at_most.length


def check_later(task: Task, due_at: datetime, latest: datetime | None, *, leads: bool) -> None:
    """Raises `NeverLater`, and `LaterByLead` beyond `latest` for whoever does not lead the team."""
    if latest is None:
        raise NeverLater(task=task.id, kind=task.kind, due_at=task.due_at)
    if due_at > latest and not leads:
        raise LaterByLead(task=task.id, latest=latest)
