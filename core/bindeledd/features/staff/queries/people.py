"""Members, leads, duty, and who owns what is owed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import (
    Duty,
    DutyKind,
    Member,
    MemberNotFound,
    Owners,
    Role,
)
from bindeledd.features.staff.tables import (
    DutyRow,
    MemberRow,
    MembershipRow,
    TeamRow,
    UnitRow,
)


def _member(row: MemberRow) -> Member:
    return Member(
        id=row.id,
        tenant_id=row.tenant_id,
        login=row.login,
        name=row.name,
        email=row.email,
        phone=row.phone,
        active=row.active,
    )


def get_member(session: Session, tenant_id: UUID, member_id: UUID) -> Member:
    row = session.get(MemberRow, member_id)
    if row is None or row.tenant_id != tenant_id:
        raise MemberNotFound(member=member_id)
    return _member(row)


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


def _in_team_at(at: datetime | None) -> sa.ColumnElement[bool]:
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
        .where(MembershipRow.team_id == team_id, MemberRow.active, _in_team_at(at))
        .distinct()
        .order_by(MemberRow.name)
    )
    if role is not None:
        statement = statement.where(MembershipRow.role == role)
    return [_member(row) for row in session.scalars(statement)]


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


def duty_reaches(session: Session, tenant_id: UUID) -> datetime | None:
    """The end of the last interval that is materialised: `doctor` and `/healthz` look at it."""
    return session.scalar(
        sa.select(sa.func.max(DutyRow.ends_at)).where(DutyRow.tenant_id == tenant_id)
    )


_PLACES = (
    sa.select(TeamRow.id, TeamRow.key, UnitRow.id, UnitRow.key, UnitRow.kind)
    .select_from(TeamRow)
    .outerjoin(
        UnitRow,
        sa.and_(UnitRow.id == sa.bindparam("unit", type_=sa.Uuid()), UnitRow.team_id == TeamRow.id),
    )
    .where(
        TeamRow.active,
        TeamRow.tenant_id
        == sa.select(TeamRow.tenant_id)
        .where(TeamRow.id == sa.bindparam("team", type_=sa.Uuid()))
        .scalar_subquery(),
    )
)
_LED_BY = (
    sa.select(MemberRow.id)
    .join(MembershipRow, MembershipRow.member_id == MemberRow.id)
    .where(
        MembershipRow.team_id == sa.bindparam("team", type_=sa.Uuid()),
        MembershipRow.role == sa.literal_column("'lead'"),
        MemberRow.active,
        _in_team_at(None),
    )
    .order_by(MemberRow.name)
    .limit(1)
)


def owners(session: Session, *, team_id: UUID, unit_id: UUID | None) -> Owners:
    """Which team and member stand behind each kind of owner of a case, with two queries."""
    rows = session.execute(_PLACES, {"team": team_id, "unit": unit_id}).all()
    teams = {f"team:{key}": team for team, key, *_ in rows}
    teams |= {"responsible_team": team_id, "lead": team_id}
    unit = next((row for row in rows if row[2] is not None), None)
    if unit is not None:
        teams["discharging_unit"] = unit[0]
    led_by = session.scalar(_LED_BY, {"team": team_id})
    return Owners(
        teams=teams,
        holders={"lead": led_by} if led_by else {},
        unit_key=None if unit is None else unit[3],
        unit_kind=None if unit is None else unit[4],
    )
