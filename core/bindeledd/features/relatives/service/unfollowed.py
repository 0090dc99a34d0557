"""A decision that is owed of somebody who is not followed up: a task without a case, with its clock.

The team that followed the person last has it: they see the person still, and nobody else does.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.queries.opening import latest_case
from bindeledd.features.cases.service import caseless
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives.domain import DECIDE_OBJECTION, Relative
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow

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
    last = latest_case(session, tenant_id=relative.tenant_id, patient_id=relative.patient_id)
    if last is None:
        return None
    team = last.responsible_team_id
    return caseless.owe(
        session,
        subject_id=relative.id,
        kind=DECIDE_OBJECTION,
        step_key=f"relatives.{DECIDE_OBJECTION}.{_before(session, relative.id) + 1}",
        team_id=team,
        clock=caseless.clock_of(session, DECIDE_OBJECTION, team, at=at, book=book),
        strength="should",
        by=by,
        at=at,
        book=book,
    )


def settle(session: Session, relative_ids: Sequence[UUID], *, at: datetime) -> None:
    """There is nothing left to decide about these."""
    which = sa.and_(TaskRow.subject_id.in_(relative_ids), _OF_THE_RELATIVE)
    caseless.settle(session, which, at=at)


def _before(session: Session, relative_id: UUID) -> int:
    """How often it was owed before: each objection is decided on its own."""
    counted = sa.select(sa.func.count(TaskRow.id))
    return session.scalar(counted.where(TaskRow.subject_id == relative_id, _OF_THE_RELATIVE)) or 0
