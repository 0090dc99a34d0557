"""What a team owes, whole, for its list on paper. Changes nothing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.staff.tables import TenantRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table

T, R = table(TaskRow).c, table(CareRelationRow).c


def tenants(session: Session) -> list[tuple[str, UUID]]:
    """Key and id of each tenant."""
    rows = session.execute(sa.select(TenantRow.key, TenantRow.id).order_by(TenantRow.key))
    return [(row.key, row.id) for row in rows]


def owed_by(session: Session, team_id: UUID) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """The team's open tasks by due time, with the patient where the team may see the follow-up."""
    seen = (
        sa.select(R.patient_id)
        .where(R.case_id == T.case_id, R.team_id == team_id, R.until.is_(None))
        .limit(1)
        .scalar_subquery()
    )
    return session.execute(
        sa.select(
            T.id, T.case_id, T.kind, T.step_key, T.due_at, T.held_by, seen.label("patient_id")
        )
        .where(T.owner_team_id == team_id, T.state == "open")
        .order_by(T.due_at, T.id)
    ).all()
