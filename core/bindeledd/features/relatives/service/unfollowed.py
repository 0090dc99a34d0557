"""A decision that is owed of somebody who is not followed up: a task without a case, with its clock.

The team that followed the person last has it: they see the person still, and nobody else does.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries as cases
from bindeledd.features.pathways.domain import Book, due_moment, ladders
from bindeledd.features.relatives.domain import DECIDE_OBJECTION, Relative
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as stored
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.db import table
from bindeledd.foundation.ids import new_id

_OF_THE_RELATIVE = TaskRow.kind == DECIDE_OBJECTION


def is_owed(session: Session, relative_id: UUID) -> bool:
    """Whether the decision about this relative is owed without a follow-up."""
    asked = sa.select(TaskRow.id).where(
        TaskRow.subject_id == relative_id, _OF_THE_RELATIVE, IS_OPEN
    )
    return session.scalar(asked.limit(1)) is not None


def owe(
    session: Session, relative: Relative, *, by: Actor, at: datetime, book: Book
) -> Task | None:
    """Owe the decision; None where no team has ever followed the person, who is seen by nobody."""
    last = cases.latest_case(session, tenant_id=relative.tenant_id, patient_id=relative.patient_id)
    if last is None:
        return None
    team = last.responsible_team_id
    calendar = staff.team_calendar(session, team)
    task = _task(relative, team, calendar, _before(session, relative.id), at=at, book=book)
    _write(session, task, calendar, by=by, at=at, book=book)
    return task


def settle(session: Session, relative_ids: Sequence[UUID], *, at: datetime) -> None:
    """There is nothing left to decide about these."""
    session.execute(
        sa.update(table(TaskRow))
        .where(TaskRow.subject_id.in_(relative_ids), _OF_THE_RELATIVE, TaskRow.state == "open")
        .values(state="done", ended_at=at, version=TaskRow.version + 1)
    )


def _before(session: Session, relative_id: UUID) -> int:
    """How often it was owed before: each objection is decided on its own."""
    counted = sa.select(sa.func.count(TaskRow.id))
    return session.scalar(counted.where(TaskRow.subject_id == relative_id, _OF_THE_RELATIVE)) or 0


def _task(
    relative: Relative, team: UUID, calendar: Calendar, before: int, *, at: datetime, book: Book
) -> Task:
    rule = book.rule(DECIDE_OBJECTION)
    if rule.due is None:
        raise ValueError(f"the core rule '{DECIDE_OBJECTION}' has no clock")
    due = due_moment(rule.due, at, False, calendar)
    why = {"rule": DECIDE_OBJECTION, "source": rule.basis.source, "default": True}
    return Task(
        id=new_id(),
        tenant_id=relative.tenant_id,
        case_id=None,
        subject_id=relative.id,
        kind=DECIDE_OBJECTION,
        origin=TaskOrigin.CORE,
        step_key=f"relatives.{DECIDE_OBJECTION}.{before + 1}",
        anchor_event_id=None,
        owner_team_id=team,
        due_at=due.due_at,
        due_reason={**due.reason, **why},
        ladder=rule.ladder,
        made_at=at,
    )


def _write(
    session: Session, task: Task, calendar: Calendar, *, by: Actor, at: datetime, book: Book
) -> None:
    covered = staff.covered(session, task.owner_team_id, at, task.due_at)
    plan = ladders.start_round(
        book.ladder(task.ladder),
        due_at=task.due_at,
        calendar=calendar,
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
            round=1,
            seen_in_a_row=0,
            version=1,
        )
    )
