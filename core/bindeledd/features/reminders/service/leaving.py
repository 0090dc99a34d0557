"""Somebody leaves, or is away: what they held falls to the team at once, and its lead hears of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow


def let_go(
    session: Session, member_id: UUID, *, by: Actor, at: datetime, code: str
) -> Sequence[UUID]:
    """Open tasks that the member holds are the team's again. A failure row tells each lead.

    `code` says why in the row: `member_left` or `member_away`. Gives the tasks.
    """
    rows = session.execute(
        sa.update(TaskRow)
        .where(
            TaskRow.tenant_id == by.tenant_id,
            TaskRow.held_by == member_id,
            IS_OPEN,
        )
        .values(held_by=None, version=TaskRow.version + 1)
        .returning(TaskRow.id, TaskRow.owner_team_id)
        .execution_options(synchronize_session="fetch")
    ).all()
    for team in sorted({row.owner_team_id for row in rows}):
        report_fault(session, f"team:{team}", code, at=at, tenant_id=by.tenant_id, each=True)
    if rows:
        facts = {"member": member_id, "tasks": [row.id for row in rows], "code": code}
        audit.record(session, "tasks.let_go", by=by, at=at, facts=facts, purpose="admin")
    return [row.id for row in rows]


def leave(session: Session, member_id: UUID, *, by: Actor, at: datetime) -> Sequence[UUID]:
    """The member no longer works here: access ends at once. Gives the tasks that they held."""
    staff.deactivate_member(session, member_id, by=by, at=at)
    access.end_access(session, member_id, by=by, at=at)
    return let_go(session, member_id, by=by, at=at, code="member_left")


def go_away(
    session: Session,
    member_id: UUID,
    *,
    since: datetime,
    until: datetime,
    stand_in_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Sequence[UUID]:
    """The member is away. Without a stand-in, what they hold is the team's from now on.

    With one, the stand-in hears what the member would have heard. Gives the tasks let go.
    """
    staff.away(session, member_id, since=since, until=until, stand_in_id=stand_in_id, by=by, at=at)
    if stand_in_id is not None or since > at:
        return []
    return let_go(session, member_id, by=by, at=at, code="member_away")
