"""Members, leads, duty, and who owns what is owed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import (
    Duty,
    DutyKind,
    Member,
    MemberNotFound,
    OnCall,
    Role,
)
from bindeledd.features.staff.tables import (
    ABSENCE_STANDS,
    AbsenceRow,
    DutyRow,
    GrantRow,
    MemberRow,
    MembershipRow,
    OnCallRow,
    TeamRow,
)


def _member(row: MemberRow) -> Member:
    return Member(
        id=row.id,
        tenant_id=row.tenant_id,
        login=row.login,
        name=row.name,
        email=row.email,
        phone=row.phone,
        language=row.language,
        active=row.active,
    )


def get_member(session: Session, tenant_id: UUID, member_id: UUID) -> Member:
    row = session.get(MemberRow, member_id)
    if row is None or row.tenant_id != tenant_id:
        raise MemberNotFound(member=member_id)
    return _member(row)


def languages_of(session: Session, members: Collection[UUID]) -> dict[UUID, str]:
    """The languages that members have chosen; whoever has chosen none is left out."""
    rows = session.execute(
        sa.select(MemberRow.id, MemberRow.language).where(
            MemberRow.id.in_(members), MemberRow.language.is_not(None)
        )
    )
    return {row.id: str(row.language) for row in rows}


def find_member(session: Session, tenant_id: UUID, login: str) -> Member | None:
    row = session.scalar(
        sa.select(MemberRow).where(
            MemberRow.tenant_id == tenant_id, MemberRow.login == login.strip().lower()
        )
    )
    return None if row is None else _member(row)


def member_names(session: Session, tenant_id: UUID) -> dict[UUID, str]:
    """What every member is called, those who have left included."""
    rows = session.execute(
        sa.select(MemberRow.id, MemberRow.name).where(MemberRow.tenant_id == tenant_id)
    )
    return {row.id: row.name for row in rows}


def logins_of(session: Session, members: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """The name and the login of some members, those who have left included."""
    rows = session.execute(
        sa.select(MemberRow.id, MemberRow.name, MemberRow.login).where(MemberRow.id.in_(members))
    )
    return {row.id: (row.name, row.login) for row in rows}


def everybody(
    session: Session, tenant_id: UUID, at: datetime
) -> list[tuple[Member, dict[str, Role], list[str]]]:
    """Every member of the tenant by name, with their teams now and their roles for all of it.

    Those who have left, and those without a team, stand there too.
    """
    teams: dict[UUID, dict[str, Role]] = {}
    places = (
        sa.select(MembershipRow.member_id, TeamRow.key, MembershipRow.role)
        .join(TeamRow, TeamRow.id == MembershipRow.team_id)
        .where(TeamRow.tenant_id == tenant_id, in_team_at(at))
        .order_by(TeamRow.key, MembershipRow.role.desc())
    )
    for member_id, key, role in session.execute(places):
        teams.setdefault(member_id, {})[key] = Role(role)
    roles: dict[UUID, list[str]] = {}
    granted = sa.select(GrantRow.member_id, GrantRow.role).where(GrantRow.tenant_id == tenant_id)
    for member_id, role in session.execute(granted.order_by(GrantRow.role)):
        roles.setdefault(member_id, []).append(role)
    rows = session.scalars(
        sa.select(MemberRow)
        .where(MemberRow.tenant_id == tenant_id)
        .order_by(MemberRow.active.desc(), MemberRow.name, MemberRow.login)
    )
    return [(_member(row), teams.get(row.id, {}), roles.get(row.id, [])) for row in rows]


def in_team_at(at: datetime | sa.BindParameter[datetime] | None) -> sa.ColumnElement[bool]:
    if at is None:
        return MembershipRow.until.is_(None)
    return sa.and_(
        MembershipRow.since <= at,
        sa.or_(MembershipRow.until.is_(None), MembershipRow.until > at),
    )


def members_of(
    session: Session, team_id: UUID, at: datetime | None = None, role: Role | None = None
) -> list[Member]:
    """The active members of a team at `at` (without it: those with no end), by name."""
    statement = (
        sa.select(MemberRow)
        .join(MembershipRow, MembershipRow.member_id == MemberRow.id)
        .where(MembershipRow.team_id == team_id, MemberRow.active, in_team_at(at))
        .distinct()
        .order_by(MemberRow.name)
    )
    if role is not None:
        statement = statement.where(MembershipRow.role == role)
    return [_member(row) for row in session.scalars(statement)]


def names_in_teams(session: Session, team_ids: Collection[UUID], at: datetime) -> dict[UUID, str]:
    """What the active members of some teams at `at` are called; one question."""
    rows = session.execute(
        sa.select(MemberRow.id, MemberRow.name)
        .join(MembershipRow, MembershipRow.member_id == MemberRow.id)
        .where(MembershipRow.team_id.in_(team_ids), MemberRow.active, in_team_at(at))
        .distinct()
    )
    return {row.id: row.name for row in rows}


def leads(session: Session, team_id: UUID, at: datetime | None = None) -> list[Member]:
    """Who leads the team."""
    return members_of(session, team_id, at, Role.LEAD)


def on_duty(session: Session, team_id: UUID, at: datetime) -> list[Member]:
    """Who answers for the team at `at`, stand-ins included."""
    rows = session.scalars(
        sa.select(MemberRow)
        .join(DutyRow, DutyRow.member_id == MemberRow.id)
        .where(
            DutyRow.team_id == team_id,
            DutyRow.starts_at <= at,
            DutyRow.ends_at > at,
            MemberRow.active,
        )
        .distinct()
        .order_by(MemberRow.name)
    )
    return [_member(row) for row in rows]


def covered(session: Session, team_id: UUID, since: datetime, until: datetime) -> bool:
    """Is somebody on duty for the team at some time between the two?"""
    found = session.scalar(
        sa.select(sa.literal(1))
        .where(
            DutyRow.team_id == team_id,
            DutyRow.starts_at < until,
            DutyRow.ends_at > since,
        )
        .limit(1)
    )
    return found is not None


def duty_of(session: Session, team_id: UUID, since: datetime, until: datetime) -> Sequence[Duty]:
    """Who answers for the team between two moments, in order."""
    rows = session.scalars(
        sa.select(DutyRow)
        .where(DutyRow.team_id == team_id, DutyRow.starts_at < until, DutyRow.ends_at > since)
        .order_by(DutyRow.starts_at, DutyRow.member_id)
    )
    return [
        Duty(
            team_id=row.team_id,
            member_id=row.member_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            kind=DutyKind(row.kind),
        )
        for row in rows
    ]


def is_away(session: Session, member_id: UUID, at: datetime) -> bool:
    """Has somebody said that the member is away at `at`?"""
    found = sa.exists().where(
        AbsenceRow.member_id == member_id,
        ABSENCE_STANDS,
        AbsenceRow.since <= at,
        AbsenceRow.until > at,
    )
    return bool(session.scalar(sa.select(found)))


def on_call(session: Session, team_ids: Collection[UUID], at: datetime) -> list[OnCall]:
    """Windows of these teams that run or are to come, in order."""
    rows = session.execute(
        sa.select(
            OnCallRow.id,
            OnCallRow.team_id,
            OnCallRow.member_id,
            OnCallRow.starts_at,
            OnCallRow.ends_at,
        )
        .where(
            OnCallRow.team_id.in_(team_ids),
            OnCallRow.ended_at.is_(None),
            OnCallRow.ends_at > at,
        )
        .order_by(OnCallRow.starts_at, OnCallRow.id)
    )
    return [OnCall(**row._mapping) for row in rows]


def duty_reaches(session: Session, tenant_id: UUID) -> datetime | None:
    """The end of the last interval that is materialised: `doctor` and `/healthz` look at it."""
    return session.scalar(
        sa.select(sa.func.max(DutyRow.ends_at)).where(DutyRow.tenant_id == tenant_id)
    )


def teams_through_time(
    session: Session, members: Collection[UUID]
) -> dict[UUID, list[tuple[str, datetime, datetime | None]]]:
    """The teams that these members work or worked in, by name: each with from when, and to when."""
    rows = session.execute(
        sa.select(MembershipRow.member_id, TeamRow.name, MembershipRow.since, MembershipRow.until)
        .join(TeamRow, TeamRow.id == MembershipRow.team_id)
        .where(MembershipRow.member_id.in_(members))
        .order_by(TeamRow.name, MembershipRow.since)
    )
    found: dict[UUID, list[tuple[str, datetime, datetime | None]]] = {}
    for member, team, since, until in rows:
        found.setdefault(member, []).append((team, since, until))
    return found
