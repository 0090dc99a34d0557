"""Organisations and their own addresses in the messages. Nothing is deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access.domain import require_grant
from bindeledd.features.administration import queries
from bindeledd.features.administration.domain import (
    ADMIN,
    KeyTaken,
    Organisation,
    Point,
    Why,
    insist_key,
    insist_kind,
    insist_unchanged,
)
from bindeledd.features.administration.service.seeing import shown
from bindeledd.features.administration.service.telling import told
from bindeledd.features.administration.service.units import put_address
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import ORGANISATION_KINDS, Actor


def show_organisation(
    session: Session, organisation_id: UUID, *, by: Actor, at: datetime
) -> tuple[Organisation, list[Point]]:
    """One organisation with its own addresses. Raises `GrantMissing`, `OrganisationNotThere`."""
    shown(session, "organisation", by=by, at=at)
    return queries.organisation(session, by.tenant_id, organisation_id)


def add_organisation(
    session: Session,
    *,
    key: str,
    name: str,
    kind: str,
    address: tuple[str, str] | None = None,
    why: Why,
    by: Actor,
    at: datetime,
) -> UUID:
    """A new organisation, with its first address. Raises `KeyWrong`, `KeyTaken`, `KindUnknown`,
    `AddressWrong`, `PointTaken`."""
    require_grant(by, ADMIN)
    insist_key(key)
    insist_kind(kind, ORGANISATION_KINDS)
    queries.lock_directory(session, by.tenant_id)
    if staff.find_organisation(session, by.tenant_id, key) is not None:
        raise KeyTaken()
    made = staff_work.set_organisation(session, key=key, name=name, kind=kind, by=by, at=at)
    if address is not None:
        put_address(session, *address, made.id, by=by, at=at)
    told(session, "organisation_added", {"organisation": made.id}, why, by=by, at=at)
    return made.id


def change_organisation(
    session: Session,
    organisation_id: UUID,
    *,
    name: str,
    kind: str,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """What an organisation is called and of which kind it is. Raises `ChangedMeanwhile`,
    `KindUnknown`."""
    require_grant(by, ADMIN)
    queries.lock_organisation(session, organisation_id)
    stands, _ = queries.organisation(session, by.tenant_id, organisation_id)
    insist_unchanged(seen, stands.standing)
    insist_kind(kind, (*ORGANISATION_KINDS, stands.kind))
    staff_work.set_organisation(session, key=stands.key, name=name, kind=kind, by=by, at=at)
    told(session, "organisation_changed", {"organisation": organisation_id}, why, by=by, at=at)


def add_own_address(
    session: Session,
    organisation_id: UUID,
    *,
    scheme: str,
    value: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """An address of the organisation as a whole in the messages. Raises `AddressWrong`,
    `PointTaken`."""
    require_grant(by, ADMIN)
    queries.organisation(session, by.tenant_id, organisation_id)
    put_address(session, scheme, value, organisation_id, by=by, at=at)
    told(session, "address_added", {"organisation": organisation_id}, why, by=by, at=at)
