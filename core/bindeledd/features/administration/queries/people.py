"""One member with places, roles and how much they hold; and what keeps two changes apart."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bindeledd.features.administration.domain import ADMIN, Person, Place
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Member, Role
from bindeledd.features.staff.queries.people import in_team_at
from bindeledd.features.staff.tables import GrantRow, MemberRow, MembershipRow, TeamRow
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow

M, P = MemberRow, MembershipRow


def person(session: Session, tenant_id: UUID, member_id: UUID, at: datetime) -> Person:
    """A member with places, roles and how much they hold. Raises `MemberNotFound`."""
    member: Member = staff.get_member(session, tenant_id, member_id)
    grants = session.scalars(
        sa.select(GrantRow.role).where(GrantRow.member_id == member_id).order_by(GrantRow.role)
    )
    held = session.execute(
        sa.select(TeamRow.name, sa.func.count())
        .join(TaskRow, TaskRow.owner_team_id == TeamRow.id)
        .where(TaskRow.held_by == member_id, IS_OPEN)
        .group_by(TeamRow.id, TeamRow.name)
        .order_by(TeamRow.name)
    )
    return Person(
        member=member,
        places=tuple(_places(session, member_id, at)),
        grants=tuple(grants),
        held={row[0]: row[1] for row in held},
    )


def _places(session: Session, member_id: UUID, at: datetime) -> Iterator[Place]:
    """Their places now, and whether somebody else leads the team of each."""
    other, also = aliased(MembershipRow), aliased(MemberRow)
    led_by_another = (
        sa.select(other.id)
        .join(also, also.id == other.member_id)
        .where(
            other.team_id == P.team_id,
            other.member_id != member_id,
            other.role == Role.LEAD,
            also.active,
            other.since <= at,
            sa.or_(other.until.is_(None), other.until > at),
        )
        .exists()
    )
    places = session.execute(
        sa.select(P.team_id, TeamRow.name, P.role, P.since, led_by_another.label("led"))
        .join(TeamRow, TeamRow.id == P.team_id)
        .where(P.member_id == member_id, in_team_at(at))
        .order_by(TeamRow.name, P.role)
    )
    for row in places:
        yield Place(
            team_id=row.team_id,
            team=row.name,
            role=Role(row.role),
            since=row.since,
            alone=not row.led,
        )


def lock_places(session: Session, tenant_id: UUID, member_id: UUID) -> None:
    """Whoever changes places of this tenant's people meanwhile waits: a team cannot lose two leads
    at once."""
    session.execute(
        sa.select(TeamRow.id)
        .where(TeamRow.tenant_id == tenant_id)
        .order_by(TeamRow.id)
        .with_for_update()
    ).all()
    session.execute(sa.select(M.id).where(M.id == member_id).with_for_update()).all()
    session.expire_all()


def is_login_taken(session: Session, tenant_id: UUID, login: str) -> bool:
    """Whether somebody has the log-in name, here now or before."""
    return staff.find_member(session, tenant_id, login) is not None


def admins(session: Session, tenant_id: UUID) -> int:
    """How many who work here have the role of an administrator."""
    found = session.scalar(
        sa.select(sa.func.count())
        .select_from(GrantRow)
        .join(M, M.id == GrantRow.member_id)
        .where(GrantRow.tenant_id == tenant_id, GrantRow.role == ADMIN, M.active)
    )
    return int(found or 0)
