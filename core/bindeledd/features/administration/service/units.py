"""Units with their addresses in the messages. Nothing is deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access.domain import require_grant
from bindeledd.features.administration import queries
from bindeledd.features.administration.domain import (
    ADMIN,
    KeyTaken,
    Unit,
    UnitPage,
    Why,
    insist_address,
    insist_answered,
    insist_key,
    insist_kind,
    insist_unchanged,
)
from bindeledd.features.administration.service.seeing import shown
from bindeledd.features.administration.service.telling import told
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import UNIT_KINDS, Actor


def show_unit(session: Session, unit_id: UUID, *, by: Actor, at: datetime) -> UnitPage:
    """One unit with its addresses in the messages. Raises `GrantMissing`, `UnitNotThere`."""
    shown(session, "unit", by=by, at=at)
    unit, points = queries.unit(session, by.tenant_id, unit_id)
    teams = queries.teams(session, by.tenant_id, at)
    able = tuple(one for one in teams if one.answers or one.id == unit.team_id)
    return UnitPage(unit=unit, points=points, teams=able)


def add_unit(
    session: Session,
    *,
    key: str,
    name: str,
    kind: str,
    organisation_id: UUID,
    team_id: UUID | None,
    acute_number: str | None,
    address: tuple[str, str] | None = None,
    why: Why,
    by: Actor,
    at: datetime,
) -> UUID:
    """A new unit, with the team that answers for those who leave it, and its first address.

    Raises `KeyWrong`, `KeyTaken`, `KindUnknown`, `UnitUnanswered`, `TeamSilent`, `AddressWrong`,
    `PointTaken`, `OrganisationNotThere`, `TeamNotFound`.
    """
    require_grant(by, ADMIN)
    insist_key(key)
    insist_kind(kind, UNIT_KINDS)
    queries.lock_directory(session, by.tenant_id)
    if key in {held for held, _, _ in staff.unit_places(session, by.tenant_id).values()}:
        raise KeyTaken()
    queries.organisation(session, by.tenant_id, organisation_id)
    _insist_answered(session, team_id, by=by, at=at)
    made = staff_work.set_unit(
        session,
        key=key,
        name=name,
        kind=kind,
        organisation_id=organisation_id,
        team_id=team_id,
        acute_number=acute_number,
        by=by,
        at=at,
    )
    if address is not None:
        put_address(session, *address, organisation_id, made.id, by=by, at=at)
    told(session, "unit_added", {"unit": made.id}, why, by=by, at=at)
    return made.id


def change_unit(
    session: Session,
    unit_id: UUID,
    *,
    name: str,
    kind: str | None = None,
    team_id: UUID | None,
    acute_number: str | None,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """What a unit is called, of which kind it is (None: as it stands), which team works for it from
    now, and its number for an acute concern.

    Follow-ups that stand keep their team and their routine. Raises `ChangedMeanwhile`,
    `KindUnknown`, `TeamNotFound`, `UnitUnanswered`, `TeamSilent`.
    """
    unit = _locked_unit(session, unit_id, seen, by=by)
    insist_kind(kind or unit.kind, (*UNIT_KINDS, unit.kind))
    if team_id is not None or unit.team_id is not None:
        _insist_answered(session, team_id, before=unit.team_id, by=by, at=at)
    staff_work.set_unit(
        session,
        key=unit.key,
        name=name,
        kind=kind or unit.kind,
        organisation_id=unit.organisation_id,
        team_id=team_id,
        acute_number=acute_number,
        by=by,
        at=at,
    )
    told(session, "unit_changed", {"unit": unit_id}, why, by=by, at=at)


def add_address(
    session: Session,
    unit_id: UUID,
    *,
    scheme: str,
    value: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """An address of a unit in the messages. Raises `AddressWrong`, `PointTaken`."""
    require_grant(by, ADMIN)
    unit, _ = queries.unit(session, by.tenant_id, unit_id)
    put_address(session, scheme, value, unit.organisation_id, unit_id, by=by, at=at)
    told(session, "address_added", {"unit": unit_id}, why, by=by, at=at)


def put_address(
    session: Session,
    scheme: str,
    value: str,
    organisation_id: UUID,
    unit_id: UUID | None = None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """An address of a unit, or without one of the organisation as a whole. Raises `AddressWrong`,
    `PointTaken`."""
    insist_address(scheme, value)
    staff_work.set_contact_point(
        session,
        scheme=scheme,
        value=value,
        organisation_id=organisation_id,
        unit_id=unit_id,
        by=by,
        at=at,
    )


def _insist_answered(
    session: Session, team_id: UUID | None, *, before: UUID | None = None, by: Actor, at: datetime
) -> None:
    team = None if team_id is None else queries.team(session, by.tenant_id, team_id, at)
    insist_answered(team, before=before)


def _locked_unit(session: Session, unit_id: UUID, seen: str, *, by: Actor) -> Unit:
    require_grant(by, ADMIN)
    queries.lock_unit(session, unit_id)
    unit, _ = queries.unit(session, by.tenant_id, unit_id)
    insist_unchanged(seen, unit.standing)
    return unit
