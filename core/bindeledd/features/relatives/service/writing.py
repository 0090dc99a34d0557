"""How a relative is written: the row locked, changed, sealed, and written down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit import service as audit
from bindeledd.features.patients.service.showing import require_patient
from bindeledd.features.relatives import queries
from bindeledd.features.relatives.domain import (
    Relative,
    RelativeChanged,
    RelativeNotFound,
    RelativeUnreadable,
)
from bindeledd.features.relatives.domain.bundles import person_bundle
from bindeledd.features.relatives.tables import RelativeRow, person_place
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing import keyring


def change_row(
    session: Session,
    relative_id: UUID,
    change: Callable[[Relative], Relative],
    act: str,
    *,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Relative:
    row = session.get(RelativeRow, relative_id, with_for_update=True, populate_existing=True)
    if row is None or row.tenant_id != by.tenant_id:
        raise RelativeNotFound(relative=relative_id)
    try:
        require_patient(session, row.patient_id, by=by)
    except OutOfSight:  # an id of somebody else's answers as one of nobody's
        raise RelativeNotFound(relative=relative_id) from None
    if version is not None and version != row.version:
        raise RelativeChanged(relative=relative_id, version=row.version)
    was = queries.read(session, row)
    if was.unreadable:
        raise RelativeUnreadable(relative=relative_id)
    changed = replace(change(was), version=row.version + 1)
    row.person, row.version = sealed_person(session, changed), changed.version
    row.undecided = changed.waits_for_a_decision
    session.flush()
    write_log(session, act, changed, by=by, at=at)
    return changed


def lock_relative(session: Session, relative_id: UUID, *, tenant_id: UUID) -> Relative:
    """The relative, whom nobody else changes before this transaction ends."""
    row = session.get(RelativeRow, relative_id, with_for_update=True, populate_existing=True)
    if row is None or row.tenant_id != tenant_id:
        raise RelativeNotFound(relative=relative_id)
    return queries.read(session, row)


def sealed_person(session: Session, relative: Relative) -> bytes:
    at = person_place(relative.tenant_id, relative.id, relative.patient_id)
    return keyring.seal(session, at, person_bundle(relative))


def write_log(session: Session, act: str, relative: Relative, *, by: Actor, at: datetime) -> None:
    facts = {"relative": relative.id, "version": relative.version}
    audit.record(session, act, by=by, at=at, subjects=[relative.patient_id], facts=facts)
