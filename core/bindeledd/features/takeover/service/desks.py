"""What a take-over knows while it is made: who works in the team, its units, its hours."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover.service.rows import Desk, known_staff
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table


def a_desk(session: Session, team_id: UUID, *, by: Actor, at: datetime, book: Book) -> Desk:
    """The desk of a team. Raises `TeamNotFound`."""
    team = staff.get_team(session, by.tenant_id, team_id)
    units: dict[str, UUID] = {}
    for unit, name in staff.unit_names(session, by.tenant_id).items():
        units[folded(name)] = unit
    return Desk(
        session=session,
        by=by,
        at=at,
        book=book,
        team_id=team.id,
        calendar=staff.team_calendar(session, team.id),
        staff=known_staff(session, team.id, at),
        units=units,
        name="" if by.id is None else staff.get_member(session, by.tenant_id, by.id).name,
    )


def hold_by(desk: Desk, member_id: UUID, case_ids: Sequence[UUID]) -> None:
    """Whom the file names holds what the team owes in these follow-ups."""
    desk.session.execute(
        sa.update(table(TaskRow))
        .where(
            TaskRow.case_id.in_(case_ids),
            TaskRow.owner_team_id == desk.team_id,
            TaskRow.state == "open",
        )
        .values(held_by=member_id, version=TaskRow.version + 1)
    )
