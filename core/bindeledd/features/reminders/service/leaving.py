"""Somebody leaves, or is away: what they held falls to the team at once, and its lead hears of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.reminders.domain.inbox import of_member
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import Absence, Actor, system
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow


def let_go(
    session: Session, member_id: UUID, *, by: Actor, at: datetime, code: str
) -> Sequence[UUID]:
    """Open tasks that the member holds are the team's again. A failure row tells each lead.

    `code` says why in the row: `member_left` or `member_away`. Gives the tasks.
    """
    return _let_go(session, {member_id}, by=by, at=at, code=code)


def _let_go(
    session: Session, members: Collection[UUID], *, by: Actor, at: datetime, code: str
) -> list[UUID]:
    """The same for some members of one tenant: two statements, and one audit row for each."""
    held = _held_by(session, members, by)
    if not held:
        return []
    session.execute(
        sa.update(TaskRow)
        .where(TaskRow.id.in_([row.id for row in held]))
        .values(held_by=None, version=TaskRow.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    _tell_leads(session, held, code, by=by, at=at)
    _write_down(session, held, "tasks.let_go", code, by=by, at=at)
    return [row.id for row in held]


@dataclass(frozen=True, kw_only=True)
class _Held:
    """An open task that somebody holds."""

    id: UUID
    owner_team_id: UUID
    held_by: UUID


def _held_by(session: Session, members: Collection[UUID], by: Actor) -> list[_Held]:
    """The open tasks that these members of one tenant hold, which nobody else changes now."""
    rows = session.execute(
        sa.select(TaskRow.id, TaskRow.owner_team_id, TaskRow.held_by)
        .where(TaskRow.tenant_id == by.tenant_id, TaskRow.held_by.in_(members), IS_OPEN)
        .order_by(TaskRow.id)
        .with_for_update()
    )
    return [_Held(**row._mapping) for row in rows]


def _tell_leads(
    session: Session, held: Sequence[_Held], code: str, *, by: Actor, at: datetime
) -> None:
    """One failure for each member and team, which says who it is."""
    for team, member in sorted({(one.owner_team_id, one.held_by) for one in held}):
        source = of_member(team, member)
        report_fault(session, source, code, at=at, tenant_id=by.tenant_id, each=True)


def _write_down(
    session: Session, held: Sequence[_Held], act: str, code: str, *, by: Actor, at: datetime
) -> None:
    """One row in the log for each member."""
    for member in sorted({one.held_by for one in held}):
        theirs = [one.id for one in held if one.held_by == member]
        facts = {"member": member, "tasks": theirs, "code": code}
        audit.record(session, act, by=by, at=at, facts=facts, purpose="admin")


def leave(session: Session, member_id: UUID, *, by: Actor, at: datetime) -> Sequence[UUID]:
    """The member no longer works here: access ends at once. Gives the tasks that they held."""
    staff.deactivate_member(session, member_id, by=by, at=at)
    access.end_access(session, member_id, by=by, at=at)
    return let_go(session, member_id, by=by, at=at, code="member_left")


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The absence that stands now, and the tasks that are the team's at once."""

    absence: Absence
    tasks: Sequence[UUID] = ()


def go_away(
    session: Session,
    member_id: UUID,
    *,
    since: datetime,
    until: datetime,
    stand_in_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Gone:
    """The member is away. Without a stand-in, what they hold is the team's when it begins.

    With one, the stand-in hears what the member would have heard, until the stand-in leaves or is
    away too. What is not let go now is let go by `begin_absences`.
    """
    absence = staff.away(
        session, member_id, since=since, until=until, stand_in_id=stand_in_id, by=by, at=at
    )
    if stand_in_id is not None or since > at or until <= at:
        return Gone(absence=absence)
    staff.begin_absences(session, at=at, member_id=member_id)
    tasks = let_go(session, member_id, by=by, at=at, code="member_away")
    return Gone(absence=absence, tasks=tasks)


def begin_absences(session: Session, *, at: datetime) -> int:
    """What is held by those whose absence has begun without a stand-in is the team's: how many.

    Each absence once: what the member takes on while away, they keep. A worker that was down does
    it when it is back, as long as the member still is away. Where it is over by then, they keep what
    they hold, and the leads hear that nobody else had it meanwhile.
    """
    let = 0
    for tenant, members in sorted(staff.begin_absences(session, at=at).items()):
        let += len(_let_go(session, members, by=system(tenant), at=at, code="member_away"))
    for tenant, members in sorted(staff.end_unbegun(session, at=at).items()):
        _tell_of_those_who_were_away(session, members, by=system(tenant), at=at)
    return let


def _tell_of_those_who_were_away(
    session: Session, members: Collection[UUID], *, by: Actor, at: datetime
) -> None:
    """Each lead of a team whose tasks they hold hears of it, and it is written down."""
    held = _held_by(session, members, by)
    _tell_leads(session, held, "member_was_away", by=by, at=at)
    _write_down(session, held, "tasks.kept_while_away", "member_was_away", by=by, at=at)
