"""Organisations, units, addresses in the messages, teams with leads and hours."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.administration.domain import (
    Directory,
    Point,
    Team,
    Unit,
    UnitNotThere,
)
from bindeledd.features.staff.domain import Role
from bindeledd.features.staff.queries.people import in_team_at
from bindeledd.features.staff.tables import (
    ContactPointRow,
    MemberRow,
    MembershipRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    UnitRow,
)

M, P, ORG = MemberRow, MembershipRow, OrganisationRow


def directory(session: Session, tenant_id: UUID, at: datetime) -> Directory:
    """Everything that is set up for the tenant; six statements."""
    organisations = session.execute(
        sa.select(ORG.key, ORG.name, ORG.kind).where(ORG.tenant_id == tenant_id).order_by(ORG.name)
    )
    return Directory(
        organisations=tuple((row.key, row.name, row.kind) for row in organisations),
        units=tuple(_units(session, tenant_id)),
        points=tuple(_points(session, tenant_id)),
        teams=tuple(_teams(session, tenant_id, at)),
    )


def unit(session: Session, tenant_id: UUID, unit_id: UUID) -> tuple[Unit, list[Point]]:
    """One unit with its addresses. Raises `UnitNotThere`."""
    found = [one for one in _units(session, tenant_id) if one.id == unit_id]
    if not found:
        raise UnitNotThere(unit=unit_id)
    return found[0], list(_points(session, tenant_id, ContactPointRow.unit_id == unit_id))


def lock_unit(session: Session, unit_id: UUID) -> None:
    """Whoever changes the unit meanwhile waits."""
    session.execute(sa.select(UnitRow.id).where(UnitRow.id == unit_id).with_for_update()).all()


def _units(session: Session, tenant_id: UUID) -> list[Unit]:
    rows = session.execute(
        sa.select(
            UnitRow.id,
            UnitRow.key,
            UnitRow.name,
            UnitRow.kind,
            ORG.name.label("organisation"),
            TeamRow.name.label("team"),
            UnitRow.acute_number,
            UnitRow.active,
            UnitRow.organisation_id,
            UnitRow.team_id,
        )
        .join(ORG, ORG.id == UnitRow.organisation_id)
        .outerjoin(TeamRow, TeamRow.id == UnitRow.team_id)
        .where(UnitRow.tenant_id == tenant_id)
        .order_by(UnitRow.name, UnitRow.key)
    )
    return [Unit(**row._mapping) for row in rows]


def _points(session: Session, tenant_id: UUID, *which: sa.ColumnElement[bool]) -> list[Point]:
    rows = session.execute(
        sa.select(
            ContactPointRow.scheme,
            ContactPointRow.value,
            sa.func.coalesce(UnitRow.name, ORG.name).label("of"),
        )
        .join(ORG, ORG.id == ContactPointRow.organisation_id)
        .outerjoin(UnitRow, UnitRow.id == ContactPointRow.unit_id)
        .where(ContactPointRow.tenant_id == tenant_id, *which)
        .order_by(ContactPointRow.scheme, ContactPointRow.value)
    )
    return [Point(**row._mapping) for row in rows]


def _teams(session: Session, tenant_id: UUID, at: datetime) -> list[Team]:
    hours: dict[UUID, list[tuple[int, str]]] = {}
    for row in session.scalars(
        sa.select(OpeningHoursRow)
        .where(OpeningHoursRow.tenant_id == tenant_id)
        .order_by(OpeningHoursRow.weekday, OpeningHoursRow.opens)
    ):
        said = f"{row.opens:%H.%M}–{row.closes:%H.%M}"
        hours.setdefault(row.team_id, []).append((row.weekday, said))
    people: dict[UUID, set[UUID]] = {}
    leads: dict[UUID, list[str]] = {}
    for team, member, name, role in session.execute(
        sa.select(P.team_id, M.id, M.name, P.role)
        .join(M, M.id == P.member_id)
        .where(M.tenant_id == tenant_id, M.active, in_team_at(at))
        .order_by(M.name)
    ):
        people.setdefault(team, set()).add(member)
        if role == Role.LEAD:
            leads.setdefault(team, []).append(name)
    rows = session.execute(
        sa.select(
            TeamRow.id, TeamRow.key, TeamRow.name, ORG.name.label("organisation"), TeamRow.active
        )
        .join(ORG, ORG.id == TeamRow.organisation_id)
        .where(TeamRow.tenant_id == tenant_id)
        .order_by(TeamRow.name, TeamRow.key)
    )
    return [
        Team(
            **row._mapping,
            leads=tuple(leads.get(row.id, ())),
            people=len(people.get(row.id, ())),
            hours=tuple(hours.get(row.id, ())),
        )
        for row in rows
    ]
