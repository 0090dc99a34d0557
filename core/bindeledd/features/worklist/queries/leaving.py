"""Which follow-ups are about somebody who goes home, and what falls due while a team is closed."""

from collections.abc import Sequence
from datetime import datetime
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


def going_home(session: Session, since: datetime, *, by: Actor) -> dict[UUID, str]:
    """Open follow-ups of which something was said since then about going home → the unit's name."""
    rows = session.execute(
        sa.select(CaseRow.id, UnitRow.name)
        .outerjoin(UnitRow, UnitRow.id == CaseRow.unit_id)
        .where(
            CaseRow.id.in_(
                sa.select(EventRow.case_id).where(
                    EventRow.tenant_id == by.tenant_id, LEAVES, EventRow.at >= since
                )
            ),
            CaseRow.state == "open",
            CaseRow.id.in_(visible_cases(by)),
        )
    )
    return {row.id: row.name or "" for row in rows}


def due_between(
    session: Session, team_id: UUID, since: datetime, until: datetime
) -> Sequence[Ahead]:
    """What a team owes between two moments, by time; one more than is shown where there is more."""
    rows = session.execute(
        sa.select(
            TaskRow.id.label("task_id"),
            TaskRow.case_id,
            TaskRow.subject_id,
            TaskRow.kind,
            TaskRow.due_at,
            TaskRow.held_by,
        )
        .where(
            TaskRow.owner_team_id == team_id,
            IS_OPEN,
            TaskRow.due_at > since,
            TaskRow.due_at < until,
        )
        .order_by(TaskRow.due_at, TaskRow.id)
        .limit(MOST + 1)
    )
    return [Ahead(**row._mapping) for row in rows]
