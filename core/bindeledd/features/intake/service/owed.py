"""What is owed of a message or a call before a follow-up is known: to decide, to repair, to answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases.service import caseless
from bindeledd.features.pathways.domain import Book, Clock
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow

__all__ = ["owe", "settle"]


def owe(
    session: Session,
    *,
    subject_id: UUID,
    kind: str,
    team_id: UUID,
    by: Actor,
    at: datetime,
    book: Book,
    not_after: datetime | None = None,
    due_by: datetime | None = None,
) -> Task:
    """Write an open task of `kind` about `subject_id`, with its ladder running.

    `not_after` brings it forward where that is still ahead (the 96 hours of a message); `due_by`
    also where it has passed: of what it takes the place of, nothing becomes less late.
    """
    clock = caseless.clock_of(session, kind, team_id, at=at, book=book)
    due_at, reason = clock.due_at, dict(clock.reason)
    if not_after is not None and at < not_after < due_at:
        due_at, reason = not_after, {**reason, "moved": "message_age"}
    if due_by is not None and due_by < due_at:
        due_at, reason = due_by, {**reason, "moved": "takes_the_place"}
    return caseless.owe(
        session,
        subject_id=subject_id,
        kind=kind,
        step_key=f"intake.{kind}",
        team_id=team_id,
        clock=Clock(due_at=due_at, reason=reason),
        by=by,
        at=at,
        book=book,
    )


def settle(session: Session, task_id: UUID | None, *, at: datetime) -> None:
    """The task is done. Whatever waited for it must be written as answered before."""
    caseless.settle(session, TaskRow.id == task_id, at=at)
