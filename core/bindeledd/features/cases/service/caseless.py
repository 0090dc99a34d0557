"""What is owed without a follow-up: about a message, a call, a relative of somebody not followed now.

The same table, sweep and alerts as every other task; `subject_id` says what it is about.
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
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
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
    step_key: str,
    team_id: UUID,
    clock: Clock,
    strength: str = "must",
    by: Actor,
    at: datetime,
    book: Book,
) -> Task:
    """Write an open task of `kind` about `subject_id`, with its ladder running."""
    task = Task(
        id=new_id(),
        tenant_id=by.tenant_id,
        case_id=None,
        subject_id=subject_id,
        kind=kind,
        origin=TaskOrigin.CORE,
        step_key=step_key,
        anchor_event_id=None,
        strength=strength,
        owner_team_id=team_id,
        due_at=clock.due_at,
        due_reason=clock.reason,
        ladder=book.rule(kind).ladder,
        made_at=at,
    )
    _insert(session, task, by=by, at=at, book=book)
    return task


def _insert(session: Session, task: Task, *, by: Actor, at: datetime, book: Book) -> None:
    """Its row; its ladder runs from now on, whether or not somebody is on duty before it is due."""
    covered = staff.covered(session, task.owner_team_id, at, task.due_at)
    plan = ladders.start_round(
        book.ladder(task.ladder),
        due_at=task.due_at,
        calendar=staff.team_calendar(session, task.owner_team_id),
        at=at,
        round=1,
        covered=covered,
        made=True,
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


def settle(session: Session, which: sa.ColumnElement[bool], *, at: datetime) -> None:
    """These are done. Whatever waited for them must be written as answered before."""
    session.flush()
    session.execute(
        sa.update(table(TaskRow))
        .where(which, IS_OPEN)
        .values(state="done", ended_at=at, version=TaskRow.version + 1)
    )
