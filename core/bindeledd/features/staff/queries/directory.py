"""Installation, tenants, teams, units and their addresses."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import (
    ContactPoint,
    Team,
    TeamNotFound,
    UnitNotFound,
)
from bindeledd.features.staff.domain.values import ORGANISATION_KINDS
from bindeledd.features.staff.tables import (
    ContactPointRow,
    InstallationRow,
    OrganisationRow,
    TeamRow,
    TenantRow,
    UnitRow,
)


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


def as_team(row: TeamRow) -> Team:
    """The row as a value."""
    return Team(
        id=row.id,
        tenant_id=row.tenant_id,
        organisation_id=row.organisation_id,
        key=row.key,
        name=row.name,
        zone=row.zone,
        active=row.active,
    )


_TENANT_OF_TEAM = sa.select(TeamRow.tenant_id).where(TeamRow.id == sa.bindparam("team"))


def get_team(session: Session, tenant_id: UUID, team_id: UUID) -> Team:
    row = session.get(TeamRow, team_id)
    if row is None or row.tenant_id != tenant_id:
        raise TeamNotFound(team=team_id)
    return as_team(row)


def require_team(session: Session, tenant_id: UUID, team_id: UUID) -> None:
    """Refuse a team that is not one of the tenant's."""
    if session.scalar(_TENANT_OF_TEAM, {"team": team_id}) != tenant_id:
        raise TeamNotFound(team=team_id)


def find_team(session: Session, tenant_id: UUID, key: str) -> Team | None:
    row = session.scalar(
        sa.select(TeamRow).where(TeamRow.tenant_id == tenant_id, TeamRow.key == key)
    )
    return None if row is None else as_team(row)


def teams(session: Session, tenant_id: UUID) -> list[Team]:
    """The active teams, by name."""
    rows = session.scalars(
        sa.select(TeamRow)
        .where(TeamRow.tenant_id == tenant_id, TeamRow.active)
        .order_by(TeamRow.name)
    )
    return [as_team(row) for row in rows]


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


def units(session: Session, tenant_id: UUID) -> dict[str, tuple[str, UUID | None]]:
    """The active units by key: their kind, and the team that works for them."""
    rows = session.execute(
        sa.select(UnitRow.key, UnitRow.kind, UnitRow.team_id).where(
            UnitRow.tenant_id == tenant_id, UnitRow.active
        )
    )
    return {row.key: (row.kind, row.team_id) for row in rows}


def require_unit(session: Session, tenant_id: UUID, unit_id: UUID) -> None:
    """Refuse a unit that is not one of the tenant's."""
    if session.scalar(sa.select(UnitRow.tenant_id).where(UnitRow.id == unit_id)) != tenant_id:
        raise UnitNotFound(unit=unit_id)


def unit_places(session: Session, tenant_id: UUID) -> dict[UUID, tuple[str, str, str]]:
    """Every unit of the tenant: its key, its kind, and the key of its organisation."""
    return _unit_places(session, UnitRow.tenant_id == tenant_id)


def find_unit_place(session: Session, unit_id: UUID) -> tuple[str, str, str] | None:
    """The key of a unit, its kind, and the key of its organisation."""
    return _unit_places(session, UnitRow.id == unit_id).get(unit_id)


def _unit_places(
    session: Session, which: sa.ColumnElement[bool]
) -> dict[UUID, tuple[str, str, str]]:
    rows = session.execute(
        sa.select(UnitRow.id, UnitRow.key, UnitRow.kind, OrganisationRow.key.label("organisation"))
        .join(OrganisationRow, OrganisationRow.id == UnitRow.organisation_id)
        .where(which)
    )
    return {row.id: (row.key, row.kind, row.organisation) for row in rows}


def team_places(session: Session, tenant_id: UUID) -> dict[UUID, tuple[str, frozenset[str]]]:
    """Every team of the tenant: the key of its organisation, and keys and kinds of its units."""
    return _team_places(session, TeamRow.tenant_id == tenant_id)


def team_place(session: Session, team_id: UUID) -> tuple[str, frozenset[str]]:
    """The key of the organisation of a team, and keys and kinds of the units that it works for."""
    return _team_places(session, TeamRow.id == team_id).get(team_id, ("", frozenset()))


def _team_places(
    session: Session, which: sa.ColumnElement[bool]
) -> dict[UUID, tuple[str, frozenset[str]]]:
    rows = session.execute(
        sa.select(TeamRow.id, OrganisationRow.key.label("organisation"), UnitRow.key, UnitRow.kind)
        .join(OrganisationRow, OrganisationRow.id == TeamRow.organisation_id)
        .outerjoin(UnitRow, UnitRow.team_id == TeamRow.id)
        .where(which)
    )
    found: dict[UUID, tuple[str, frozenset[str]]] = {}
    for row in rows:
        _, units = found.get(row.id, ("", frozenset[str]()))
        found[row.id] = (row.organisation, units | {row.key, row.kind} - {None})
    return found


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


def find_organisation(session: Session, tenant_id: UUID, key: str) -> UUID | None:
    return session.scalar(
        sa.select(OrganisationRow.id).where(
            OrganisationRow.tenant_id == tenant_id, OrganisationRow.key == key
        )
    )


def organisation_kind(session: Session, team_id: UUID) -> str:
    """Which kind of organisation a team is of: trust, municipality, practice or other."""
    kind = session.scalar(
        sa.select(OrganisationRow.kind)
        .join(TeamRow, TeamRow.organisation_id == OrganisationRow.id)
        .where(TeamRow.id == team_id)
    )
    return kind if kind in ORGANISATION_KINDS else "other"


def organisation_kinds(session: Session, tenant_id: UUID) -> dict[str, str]:
    """What each organisation of the tenant is, by its key: trust, municipality, practice or other."""
    rows = session.execute(
        sa.select(OrganisationRow.key, OrganisationRow.kind).where(
            OrganisationRow.tenant_id == tenant_id
        )
    )
    return {row.key: row.kind for row in rows}


def organisation_names(session: Session, tenant_id: UUID) -> dict[str, str]:
    """What each organisation of the tenant is called, by its key."""
    rows = session.execute(
        sa.select(OrganisationRow.key, OrganisationRow.name).where(
            OrganisationRow.tenant_id == tenant_id
        )
    )
    return {row.key: row.name for row in rows}


def organisation_name(session: Session, organisation_id: UUID) -> str | None:
    return session.scalar(
        sa.select(OrganisationRow.name).where(OrganisationRow.id == organisation_id)
    )


def unit_teams(session: Session, tenant_id: UUID, units: Collection[UUID]) -> dict[UUID, UUID]:
    """The active team behind each of these units of the tenant."""
    found = session.execute(
        sa.select(UnitRow.id, TeamRow.id)
        .join(TeamRow, TeamRow.id == UnitRow.team_id)
        .where(UnitRow.id.in_(units), UnitRow.tenant_id == tenant_id, TeamRow.active)
    )
    return dict(found.all())
