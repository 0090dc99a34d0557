"""Which follow-ups are about somebody who goes home, and what falls due while a team is closed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.queries import visible_cases
from bindeledd.features.cases.tables import LEAVES, CaseRow, EventRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import UnitRow
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.features.worklist.domain.leaving import Ahead

MOST = 200


class Home(NamedTuple):
    """The unit that somebody goes home from, and the routine that the follow-up follows."""

    unit: str
    pathway_id: str
    pathway_version: str
    layers: tuple[str, ...]


def going_home(session: Session, today: datetime, *, by: Actor) -> dict[UUID, Home]:
    """Open follow-ups of those who are ready to go home, or of whom it is said, since `today` began,
    that they went.

    Whoever is ready stays until something later is said of it, however long that takes. A few
    more than that: `domain.leaving.last_word` says of each what was said last.
    """
    later = sa.orm.aliased(EventRow)
    answered = sa.exists().where(
        later.case_id == EventRow.case_id,
        later.kind.in_(["discharged", "discharge_withdrawn"]),
        later.in_error_at.is_(None),
        later.at > EventRow.at,
    )
    ready = sa.and_(EventRow.kind == "ready_for_discharge", sa.not_(answered))
    went = sa.and_(EventRow.kind == "discharged", EventRow.at >= today)
    told = sa.and_(EventRow.kind == "discharged", EventRow.recorded_at >= today)
    said = sa.exists().where(EventRow.case_id == CaseRow.id, LEAVES, sa.or_(ready, went, told))
    rows = session.execute(
        sa.select(
            CaseRow.id,
            UnitRow.name,
            CaseRow.pathway_id,
            CaseRow.pathway_version,
            CaseRow.pathway_layers,
        )
        .outerjoin(UnitRow, UnitRow.id == CaseRow.unit_id)
        .where(CaseRow.id.in_(visible_cases(by)), CaseRow.state == "open", said)
    )
    return {
        row.id: Home(
            row.name or "", row.pathway_id, row.pathway_version, tuple(row.pathway_layers.split())
        )
        for row in rows
    }


def owed_until(
    session: Session,
    team_id: UUID,
    leaves: datetime,
    until: datetime,
    *,
    cases: Collection[UUID],
    steps: Collection[str],
) -> Sequence[Ahead]:
    """What a team owes that falls due from `leaves` on and before `until`; of these `cases` and
    `steps` also what is due before `leaves`, however late. By time; one more than is shown where
    there is more."""
    earlier = sa.or_(TaskRow.case_id.in_(cases), TaskRow.step_key.in_(steps))
    rows = session.execute(
        sa.select(
            TaskRow.id.label("task_id"),
            TaskRow.case_id,
            TaskRow.subject_id,
            TaskRow.kind,
            TaskRow.due_at,
            TaskRow.held_by,
            TaskRow.step_key,
        )
        .where(
            TaskRow.owner_team_id == team_id,
            IS_OPEN,
            TaskRow.due_at < until,
            sa.or_(TaskRow.due_at >= leaves, earlier),
        )
        .order_by(TaskRow.due_at, TaskRow.id)
        .limit(MOST + 1)
    )
    return [Ahead(**row._mapping) for row in rows]


def overdue(session: Session, team_id: UUID, at: datetime) -> int:
    """How much a team owes that was due before `at`."""
    asked = sa.select(sa.func.count()).select_from(TaskRow)
    owed = asked.where(TaskRow.owner_team_id == team_id, IS_OPEN, TaskRow.due_at < at)
    return int(session.scalar(owed) or 0)
