"""What is owed without a follow-up: a message to decide or repair, a call to answer.

The same table, sweep and alerts as every other task; the subject is the message or the call.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book, Clock, core_clock, ladders
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as stored
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table
from bindeledd.foundation.ids import new_id


def clock_of(session: Session, kind: str, team_id: UUID, *, at: datetime, book: Book) -> Clock:
    """When a task of `kind` that begins `at` is due for the team, by the book's own rule."""
    if book.rule(kind).due is None:
        raise ValueError(f"the core rule '{kind}' has no clock")
    return core_clock(book, kind, at, staff.team_calendar(session, team_id))


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
    clock = clock_of(session, kind, team_id, at=at, book=book)
    due_at, reason = clock.due_at, dict(clock.reason)
    if not_after is not None and at < not_after < due_at:
        due_at, reason = not_after, {**reason, "moved": "message_age"}
    if due_by is not None and due_by < due_at:
        due_at, reason = due_by, {**reason, "moved": "takes_the_place"}
    task = Task(
        id=new_id(),
        tenant_id=by.tenant_id,
        case_id=None,
        subject_id=subject_id,
        kind=kind,
        origin=TaskOrigin.CORE,
        step_key=f"intake.{kind}",
        anchor_event_id=None,
        strength="must",
        owner_team_id=team_id,
        due_at=due_at,
        due_reason=reason,
        ladder=book.rule(kind).ladder,
        made_at=at,
    )
    _write(session, task, by=by, at=at, book=book)
    return task


def _write(session: Session, task: Task, *, by: Actor, at: datetime, book: Book) -> None:
    team = task.owner_team_id
    covered = staff.covered(session, team, at, task.due_at)
    plan = ladders.start_round(
        book.ladder(task.ladder),
        due_at=task.due_at,
        calendar=staff.team_calendar(session, team),
        at=at,
        round=1,
        covered=covered,
    )
    session.execute(
        sa.insert(table(TaskRow)).values(
            **stored.values(task),
            first_due_at=task.due_at,
            made_at=at,
            made_by=by.id,
            next_rung=plan.next_rung,
            next_rung_at=plan.next_rung_at,
            rung_plan=[list(entry) for entry in plan.entries],
            uncovered_at=None if covered else at,
        )
    )


def settle(session: Session, task_id: UUID | None, *, at: datetime) -> None:
    """The task is done. Whatever waited for it must be written as answered before."""
    session.flush()
    session.execute(
        sa.update(table(TaskRow))
        .where(TaskRow.id == task_id, TaskRow.state == "open")
        .values(state="done", ended_at=at, version=TaskRow.version + 1)
    )
