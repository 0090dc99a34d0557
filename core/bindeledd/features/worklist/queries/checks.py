"""Which appointment a check on the list asks of: ids and times, and nobody's name."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.tables import EventRow
from bindeledd.features.tasks.tables import TaskRow


def appointments_asked_of(session: Session, tasks: Collection[UUID]) -> dict[UUID, datetime]:
    """Task → when the appointment begins that it was made for, where that is known."""
    if not tasks:
        return {}
    said, owed = EventRow.__table__.c, TaskRow.__table__.c
    rows = session.execute(
        sa.select(owed.id, said.facts)
        .join(EventRow.__table__, said.id == owed.anchor_event_id)
        .where(owed.id.in_(tasks))
    )
    found = [(row.id, row.facts.get("appointment_at")) for row in rows]
    return {task: datetime.fromisoformat(at) for task, at in found if isinstance(at, str)}
