"""Units and their addresses in the messages. Nothing is deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access.domain import require_grant
from bindeledd.features.administration import queries
from bindeledd.features.administration.domain import (
    ADMIN,
    Point,
    Unit,
    Why,
    insist_address,
    insist_unchanged,
)
from bindeledd.features.administration.service.seeing import shown
from bindeledd.features.administration.service.telling import told
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import Actor


def show_unit(
    session: Session, unit_id: UUID, *, by: Actor, at: datetime
) -> tuple[Unit, list[Point]]:
    """One unit with its addresses in the messages. Raises `GrantMissing`, `UnitNotThere`."""
    shown(session, "unit", by=by, at=at)
    return queries.unit(session, by.tenant_id, unit_id)


def change_unit(
    session: Session,
    unit_id: UUID,
    *,
    name: str,
    team_id: UUID | None,
    acute_number: str | None,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """What a unit is called, which team works for it from now, and its number for an acute concern.

    Follow-ups that stand keep their team. Raises `ChangedMeanwhile`, `TeamNotFound`.
    """
    unit = _locked_unit(session, unit_id, seen, by=by)
    if team_id is not None:
        staff.require_team(session, by.tenant_id, team_id)
    staff_work.set_unit(
        session,
        key=unit.key,
        name=name,
        kind=unit.kind,
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
    insist_address(scheme, value)
    unit, _ = queries.unit(session, by.tenant_id, unit_id)
    staff_work.set_contact_point(
        session,
        scheme=scheme,
        value=value,
        organisation_id=unit.organisation_id,
        unit_id=unit_id,
        by=by,
        at=at,
    )
    told(session, "address_added", {"unit": unit_id}, why, by=by, at=at)


def _locked_unit(session: Session, unit_id: UUID, seen: str, *, by: Actor) -> Unit:
    require_grant(by, ADMIN)
    queries.lock_unit(session, unit_id)
    unit, _ = queries.unit(session, by.tenant_id, unit_id)
    insist_unchanged(seen, unit.standing)
    return unit
