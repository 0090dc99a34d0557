"""Organisations, units, addresses in the messages, teams with leads and hours."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.administration.domain import (
    Directory,
    Organisation,
    OrganisationNotThere,
    Point,
    Team,
    Unit,
    UnitNotThere,
)
from bindeledd.features.staff.domain import Role, TeamNotFound, opening_words
from bindeledd.features.staff.queries.people import in_team_at
from bindeledd.features.staff.tables import (
    ContactPointRow,
    MemberRow,
    MembershipRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    TenantRow,
    UnitRow,
)

M, P, ORG = MemberRow, MembershipRow, OrganisationRow


def directory(session: Session, tenant_id: UUID, at: datetime) -> Directory:
    """Everything that is set up for the tenant; six statements."""
    return Directory(
        organisations=tuple(organisations(session, tenant_id)),
        units=tuple(_units(session, tenant_id)),
        points=tuple(_points(session, tenant_id)),
        teams=tuple(teams(session, tenant_id, at)),
    )


def organisations(session: Session, tenant_id: UUID) -> list[Organisation]:
    """Every organisation of the tenant, by name."""
    rows = session.execute(
        sa.select(ORG.id, ORG.key, ORG.name, ORG.kind)
        .where(ORG.tenant_id == tenant_id)
        .order_by(ORG.name, ORG.key)
    )
    return [Organisation(**row._mapping) for row in rows]


def organisation(
    session: Session, tenant_id: UUID, organisation_id: UUID
) -> tuple[Organisation, list[Point]]:
    """One organisation with its own addresses. Raises `OrganisationNotThere`."""
    found = [one for one in organisations(session, tenant_id) if one.id == organisation_id]
    if not found:
        raise OrganisationNotThere(organisation=organisation_id)
    own = ContactPointRow.organisation_id == organisation_id, ContactPointRow.unit_id.is_(None)
    return found[0], _points(session, tenant_id, *own)


def team(session: Session, tenant_id: UUID, team_id: UUID, at: datetime) -> Team:
    """One team with leads and hours. Raises `TeamNotFound`."""
    found = [one for one in teams(session, tenant_id, at) if one.id == team_id]
    if not found:
        raise TeamNotFound(team=team_id)
    return found[0]


def unit(session: Session, tenant_id: UUID, unit_id: UUID) -> tuple[Unit, list[Point]]:
    """One unit with its addresses. Raises `UnitNotThere`."""
    found = [one for one in _units(session, tenant_id) if one.id == unit_id]
    if not found:
        raise UnitNotThere(unit=unit_id)
    return found[0], list(_points(session, tenant_id, ContactPointRow.unit_id == unit_id))


def lock_unit(session: Session, unit_id: UUID) -> None:
    """Whoever changes the unit meanwhile waits."""
    _hold(session, UnitRow, unit_id)


def lock_organisation(session: Session, organisation_id: UUID) -> None:
    """Whoever changes the organisation meanwhile waits."""
    _hold(session, ORG, organisation_id)


def lock_team(session: Session, team_id: UUID) -> None:
    """Whoever changes the team or makes its duty anew meanwhile waits."""
    _hold(session, TeamRow, team_id)


def lock_directory(session: Session, tenant_id: UUID) -> None:
    """Whoever adds to the tenant's directory meanwhile waits: a short name or a log-in name is given once."""
    _hold(session, TenantRow, tenant_id)


def _hold(
    session: Session,
    table: type[UnitRow | OrganisationRow | TeamRow | TenantRow],
    row_id: UUID,
) -> None:
    """Nobody else holds or changes the row before the end; rows that point at it are written."""
    asked = sa.select(table.id).where(table.id == row_id)
    session.execute(asked.with_for_update(key_share=True)).all()


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


def teams(session: Session, tenant_id: UUID, at: datetime) -> list[Team]:
    """Every team with leads and hours, by name."""
    hours = _hours(session, tenant_id)
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
            TeamRow.id,
            TeamRow.key,
            TeamRow.name,
            ORG.name.label("organisation"),
            TeamRow.active,
            TeamRow.organisation_id,
            TeamRow.zone,
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


def _hours(session: Session, tenant_id: UUID) -> dict[UUID, list[tuple[int, str]]]:
    """When each team is open: weekday and words, in order."""
    found: dict[UUID, list[tuple[int, str]]] = {}
    for row in session.scalars(
        sa.select(OpeningHoursRow)
        .where(OpeningHoursRow.tenant_id == tenant_id)
        .order_by(OpeningHoursRow.weekday, OpeningHoursRow.opens)
    ):
        said = opening_words(row.opens, row.closes)
        found.setdefault(row.team_id, []).append((row.weekday, said))
    return found
