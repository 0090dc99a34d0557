"""Questions about teams, members and duty. Nothing here changes anything."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import (
    ContactPoint,
    Duty,
    DutyKind,
    Member,
    MemberNotFound,
    Owners,
    Role,
    Team,
    TeamNotFound,
)
from bindeledd.features.staff.tables import (
    ClosedDayRow,
    ContactPointRow,
    DutyRow,
    InstallationRow,
    MemberRow,
    MembershipRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    TenantRow,
    UnitRow,
)
from bindeledd.foundation.calendars import Calendar

# --- installation and tenants ---------------------------------------------------------------------


def environment(session: Session) -> str | None:
    """What this database is for; None before it was set up."""
    return session.scalar(sa.select(InstallationRow.environment))


def tenant_ids(session: Session) -> list[UUID]:
    """Every tenant, in a stable order."""
    return list(session.scalars(sa.select(TenantRow.id).order_by(TenantRow.key)))


def find_tenant(session: Session, key: str) -> UUID | None:
    return session.scalar(sa.select(TenantRow.id).where(TenantRow.key == key))


def tenant_settings(session: Session, tenant_id: UUID) -> Mapping[str, object]:
    """The plain choices of the site: pathways, routes."""
    found = session.scalar(sa.select(TenantRow.settings).where(TenantRow.id == tenant_id))
    return found or {}


def intake_team(session: Session, tenant_id: UUID) -> UUID | None:
    """Who decides about messages whose unit nobody knows."""
    return session.scalar(sa.select(TenantRow.intake_team_id).where(TenantRow.id == tenant_id))


# --- teams and units ------------------------------------------------------------------------------


def _team(row: TeamRow) -> Team:
    return Team(
        id=row.id,
        tenant_id=row.tenant_id,
        organisation_id=row.organisation_id,
        key=row.key,
        name=row.name,
        zone=row.zone,
        active=row.active,
    )


def get_team(session: Session, tenant_id: UUID, team_id: UUID) -> Team:
    row = session.get(TeamRow, team_id)
    if row is None or row.tenant_id != tenant_id:
        raise TeamNotFound(team=team_id)
    return _team(row)


def find_team(session: Session, tenant_id: UUID, key: str) -> Team | None:
    row = session.scalar(
        sa.select(TeamRow).where(TeamRow.tenant_id == tenant_id, TeamRow.key == key)
    )
    return None if row is None else _team(row)


def teams(session: Session, tenant_id: UUID) -> list[Team]:
    """The active teams, by name."""
    rows = session.scalars(
        sa.select(TeamRow)
        .where(TeamRow.tenant_id == tenant_id, TeamRow.active)
        .order_by(TeamRow.name)
    )
    return [_team(row) for row in rows]


def team_names(session: Session, tenant_id: UUID) -> dict[UUID, str]:
    """What every team is called, those that no longer work included."""
    rows = session.execute(
        sa.select(TeamRow.id, TeamRow.name).where(TeamRow.tenant_id == tenant_id)
    )
    return {row.id: row.name for row in rows}


def unit_names(session: Session, tenant_id: UUID) -> dict[UUID, str]:
    """The active units by id."""
    rows = session.execute(
        sa.select(UnitRow.id, UnitRow.name)
        .where(UnitRow.tenant_id == tenant_id, UnitRow.active)
        .order_by(UnitRow.name)
    )
    return {row.id: row.name for row in rows}


def team_of_unit(session: Session, unit_id: UUID) -> UUID | None:
    """Which team works for the unit."""
    return session.scalar(sa.select(UnitRow.team_id).where(UnitRow.id == unit_id))


def acute_number(session: Session, unit_id: UUID) -> str | None:
    """The unit's own number for an acute concern, to be shown beside 113 and 116 117."""
    return session.scalar(sa.select(UnitRow.acute_number).where(UnitRow.id == unit_id))


def acute_numbers(session: Session, team_ids: Iterable[UUID]) -> dict[str, str]:
    """Unit name → its acute number, for the units that the teams work for."""
    rows = session.execute(
        sa.select(UnitRow.name, UnitRow.acute_number)
        .where(UnitRow.team_id.in_(list(team_ids)), UnitRow.acute_number.is_not(None))
        .order_by(UnitRow.name)
    )
    return {row.name: row.acute_number for row in rows}


def find_contact_point(
    session: Session, tenant_id: UUID, scheme: str, value: str
) -> ContactPoint | None:
    """The unit or organisation with this address, and the team that works for it."""
    row = session.execute(
        sa.select(
            ContactPointRow.scheme,
            ContactPointRow.value,
            ContactPointRow.organisation_id,
            ContactPointRow.unit_id,
            UnitRow.team_id,
        )
        .outerjoin(UnitRow, UnitRow.id == ContactPointRow.unit_id)
        .where(
            ContactPointRow.tenant_id == tenant_id,
            ContactPointRow.scheme == scheme,
            ContactPointRow.value == value.replace(" ", ""),
        )
    ).one_or_none()
    if row is None:
        return None
    return ContactPoint(
        scheme=row.scheme,
        value=row.value,
        organisation_id=row.organisation_id,
        unit_id=row.unit_id,
        team_id=row.team_id,
    )


def organisation_name(session: Session, organisation_id: UUID) -> str | None:
    return session.scalar(
        sa.select(OrganisationRow.name).where(OrganisationRow.id == organisation_id)
    )


# --- calendars ------------------------------------------------------------------------------------


def team_calendar(session: Session, team_id: UUID, closed: Iterable[date] = ()) -> Calendar:
    """When the team is at work; `closed` adds days that a plugin knows. Refuses an unknown team."""
    zone = session.scalar(sa.select(TeamRow.zone).where(TeamRow.id == team_id))
    if zone is None:
        raise TeamNotFound(team=team_id)
    hours = session.execute(
        sa.select(OpeningHoursRow.weekday, OpeningHoursRow.opens, OpeningHoursRow.closes).where(
            OpeningHoursRow.team_id == team_id
        )
    )
    days = session.scalars(sa.select(ClosedDayRow.day).where(ClosedDayRow.team_id == team_id))
    return Calendar.of(
        [(row.weekday, row.opens, row.closes) for row in hours],
        zone=zone,
        closed={*days, *closed},
    )


def calendars(
    session: Session, tenant_id: UUID, closed: Mapping[UUID, Iterable[date]] | None = None
) -> dict[UUID, Calendar]:
    """The calendar of every active team of the tenant, with three queries."""
    zones = session.execute(
        sa.select(TeamRow.id, TeamRow.zone).where(TeamRow.tenant_id == tenant_id, TeamRow.active)
    ).all()
    hours: dict[UUID, list[tuple[int, time, time]]] = {}
    for row in session.execute(
        sa.select(
            OpeningHoursRow.team_id,
            OpeningHoursRow.weekday,
            OpeningHoursRow.opens,
            OpeningHoursRow.closes,
        ).where(OpeningHoursRow.tenant_id == tenant_id)
    ):
        hours.setdefault(row.team_id, []).append((row.weekday, row.opens, row.closes))
    days: dict[UUID, set[date]] = {team: set(dates) for team, dates in (closed or {}).items()}
    for found in session.execute(
        sa.select(ClosedDayRow.team_id, ClosedDayRow.day).where(ClosedDayRow.tenant_id == tenant_id)
    ):
        days.setdefault(found.team_id, set()).add(found.day)
    return {
        row.id: Calendar.of(hours.get(row.id, ()), zone=row.zone, closed=days.get(row.id, ()))
        for row in zones
    }


def teams_without_hours(session: Session, tenant_id: UUID) -> list[Team]:
    """Active teams that nobody ever staffs: `doctor` says so."""
    rows = session.scalars(
        sa.select(TeamRow)
        .where(
            TeamRow.tenant_id == tenant_id,
            TeamRow.active,
            ~sa.exists().where(OpeningHoursRow.team_id == TeamRow.id),
        )
        .order_by(TeamRow.name)
    )
    return [_team(row) for row in rows]


# --- members and duty -----------------------------------------------------------------------------


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


# --- who owns what is owed ------------------------------------------------------------------------


def owners(session: Session, *, team_id: UUID, unit_id: UUID | None) -> Owners:
    """Which team and member stand behind each kind of owner of a case, with two queries."""
    rows = session.execute(
        sa.select(TeamRow.id, TeamRow.key, UnitRow.id, UnitRow.key, UnitRow.kind)
        .select_from(TeamRow)
        .outerjoin(UnitRow, sa.and_(UnitRow.id == unit_id, UnitRow.team_id == TeamRow.id))
        .where(
            TeamRow.active,
            TeamRow.tenant_id
            == sa.select(TeamRow.tenant_id).where(TeamRow.id == team_id).scalar_subquery(),
        )
    ).all()
    teams = {f"team:{key}": team for team, key, *_ in rows}
    teams |= {"responsible_team": team_id, "lead": team_id}
    unit = next((row for row in rows if row[2] is not None), None)
    if unit is not None:
        teams["discharging_unit"] = unit[0]
    led_by = leads(session, team_id)
    return Owners(
        teams=teams,
        holders={"lead": led_by[0].id} if led_by else {},
        unit_key=None if unit is None else unit[3],
        unit_kind=None if unit is None else unit[4],
    )
