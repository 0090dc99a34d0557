"""What people and messages do with patients: register, change, verify.

By what they are found again stands in `finding.py`, who may be one in `duplicates.py`, what
somebody sees of them in `showing.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.patients import queries
from bindeledd.features.patients.domain import (
    ContactWay,
    Identity,
    NobodyToRegister,
    Patient,
    PatientChanged,
    PatientNotFound,
    PatientUnreadable,
    ResponsibleTeamOnly,
    Verified,
    VerifiedHow,
    tidy_all,
    with_history,
)
from bindeledd.features.patients.domain.identifiers import SyntheticRefused
from bindeledd.features.patients.domain.verifying import carry_verification, take_back, verify
from bindeledd.features.patients.service.duplicates import write_hints
from bindeledd.features.patients.service.finding import (
    hold_numbers,
    insert_lookups,
    tokens_of,
    write_lookups,
)
from bindeledd.features.patients.service.showing import require_patient
from bindeledd.features.patients.tables import PatientRow, contact_bundle, identity_bundle, place
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing import keyring

_PATIENT = sa.insert(cast(sa.Table, PatientRow.__table__))


def register_patient(
    session: Session,
    *,
    tenant_id: UUID,
    identity: Identity,
    contact_ways: Sequence[ContactWay] = (),
    by: Actor,
    at: datetime,
) -> Patient:
    """A new patient with a data key of their own; also without any number.

    Whoever may be the same person is noted as a hint that a person answers. Call `hold_numbers`
    and `queries.find_by_number` before, where a match shall be used instead.
    """
    ways = tidy_all(tuple(contact_ways))
    if not (identity.name or identity.identifiers or ways):
        raise NobodyToRegister()
    _refuse_synthetic(session, identity)
    hold_numbers(session, tenant_id, [held.identifier for held in identity.identifiers])
    patient = Patient(
        id=new_id(),
        tenant_id=tenant_id,
        identity=identity,
        contact_ways=ways,
        version=1,
        made_at=at,
    )
    keyring.new_subject(session, tenant_id=tenant_id, subject_id=patient.id, at=at)
    session.connection().execute(_PATIENT, _sealed(session, patient))
    insert_lookups(session, patient, tokens_of(session, patient))
    hints = write_hints(session, patient, at=at)
    facts = {"numbers": len(identity.identifiers), "ways": len(ways), "hints": hints}
    audit.record(session, "patient.registered", by=by, at=at, subjects=[patient.id], facts=facts)
    return patient


def change_identity(
    session: Session,
    patient_id: UUID,
    identity: Identity,
    *,
    by: Actor,
    at: datetime,
    version: int | None = None,
    replace_unreadable: bool = False,
) -> Patient:
    """Write the identity anew. Numbers that it leaves out are kept as ended.

    Raises `PatientChanged` when `version` is not the stored one, `PatientUnreadable` when what
    stands there cannot be read (its history would be lost) unless `replace_unreadable`.
    """
    row, was = _held(session, patient_id, by=by, version=version)
    _refuse_synthetic(session, identity)
    if was.identity is not None:
        identity = with_history(was.identity, identity, at)
    elif row.identity is not None and not replace_unreadable:
        raise PatientUnreadable(patient=patient_id, bundle="identity")
    row.identity = keyring.seal(
        session, place(row.tenant_id, "identity", row.id), identity_bundle(identity)
    )
    return _changed(session, row, "patient.identity_changed", by=by, at=at)


def change_contact_ways(
    session: Session,
    patient_id: UUID,
    contact_ways: Sequence[ContactWay],
    *,
    by: Actor,
    at: datetime,
    version: int | None = None,
    replace_unreadable: bool = False,
) -> Patient:
    """Write the ways to reach the person anew; a number that stays keeps that it was verified.

    With a protected address they are the responsible team's: nobody writes over what they may not
    see (`ResponsibleTeamOnly`).
    """
    row, was = _held(session, patient_id, by=by, version=version)
    if was.address_protected and not queries.is_responsible(session, patient_id, by=by):
        raise ResponsibleTeamOnly(patient=patient_id)
    ways = tidy_all(tuple(contact_ways))
    if was.contact_ways is not None:
        ways = carry_verification(was.contact_ways, ways)
    elif row.contact_ways is not None and not replace_unreadable:
        raise PatientUnreadable(patient=patient_id, bundle="contact_ways")
    return _write_ways(session, row, ways, "patient.contact_ways_changed", by=by, at=at)


def add_contact_ways(
    session: Session, patient_id: UUID, more: Sequence[ContactWay], *, by: Actor, at: datetime
) -> bool:
    """Write `more` ways beside those that are there; False where those cannot be read."""
    row, was = _held(session, patient_id, by=by, version=None)
    if was.contact_ways is None and row.contact_ways is not None:
        return False
    there = was.contact_ways or ()
    known = {way.key for way in there}
    new = tuple(way for way in tidy_all(tuple(more)) if way.key not in known)
    if new:
        _write_ways(session, row, (*there, *new), "patient.contact_ways_changed", by=by, at=at)
    return True


def verify_number(
    session: Session,
    patient_id: UUID,
    value: str,
    *,
    how: VerifiedHow,
    on: date | None = None,
    event_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Patient:
    """The number was tried by `by` and it is the person's: verified `on` (the day of `at`).

    `event_id`: the event of a case that says so; `take_back_verified` undoes it with that event.
    """
    row, was = _held(session, patient_id, by=by, version=None)
    if was.contact_ways is None and row.contact_ways is not None:
        raise PatientUnreadable(patient=patient_id, bundle="contact_ways")
    verified = Verified(on=on or at.date(), how=how, by=by.id, event=event_id)
    ways = verify(was.contact_ways or (), value, verified)
    return _write_ways(session, row, ways, "patient.number_verified", by=by, at=at)


def take_back_verified(
    session: Session, patient_id: UUID, events: Collection[UUID], *, by: Actor, at: datetime
) -> None:
    """These events were entered in error: the numbers are verified as they were before them.

    Nothing is written where the ways cannot be read: that is a fault of its own.
    """
    row, was = _held(session, patient_id, by=by, version=None)
    if was.contact_ways is None:
        return
    ways = take_back(was.contact_ways, events)
    if ways != was.contact_ways:
        _write_ways(session, row, ways, "patient.verification_taken_back", by=by, at=at)


def take_back_interpreter(
    session: Session, patient_id: UUID, *, said: bool, was: bool | None, by: Actor, at: datetime
) -> None:
    """That an interpreter is needed, or not, was entered in error: what was known before stands.

    Nothing is written where something else has been said since, or the identity cannot be read.
    """
    _, patient = _held(session, patient_id, by=by, version=None)
    who = patient.identity
    if who is not None and who.interpreter is said and was is not said:
        before = replace(who, interpreter=was)
        change_identity(session, patient_id, before, by=by, at=at)


def _refuse_synthetic(session: Session, identity: Identity) -> None:
    """No person of a test series among real patients, whoever registers them."""
    synthetic = any(held.identifier.synthetic for held in identity.identifiers)
    if synthetic and staff.environment(session) == "production":
        raise SyntheticRefused()


def _held(
    session: Session, patient_id: UUID, *, by: Actor, version: int | None
) -> tuple[PatientRow, Patient]:
    """The row, locked, and what stands in it. `PatientNotFound` where `by` may not see it."""
    require_patient(session, patient_id, by=by)
    queries.lock_patient(session, patient_id)  # what only points at the person goes on meanwhile
    row = session.get(PatientRow, patient_id, populate_existing=True)
    if row is None or row.tenant_id != by.tenant_id:
        raise PatientNotFound(patient=patient_id)
    if version is not None and version != row.version:
        raise PatientChanged(patient=patient_id, version=row.version)
    return row, queries.open_patient(session, row)


def _write_ways(
    session: Session,
    row: PatientRow,
    ways: tuple[ContactWay, ...],
    act: str,
    *,
    by: Actor,
    at: datetime,
) -> Patient:
    row.contact_ways = keyring.seal(
        session, place(row.tenant_id, "contact_ways", row.id), contact_bundle(ways)
    )
    return _changed(session, row, act, by=by, at=at)


def _changed(session: Session, row: PatientRow, act: str, *, by: Actor, at: datetime) -> Patient:
    row.version += 1
    session.flush()
    patient = queries.open_patient(session, row)
    write_lookups(session, patient, anew=not patient.unreadable)
    hints = write_hints(session, patient, at=at)
    facts = {"version": row.version, "hints": hints}
    audit.record(session, act, by=by, at=at, subjects=[row.id], facts=facts)
    return patient


def _sealed(session: Session, patient: Patient) -> dict[str, object]:
    assert patient.identity is not None  # noqa: S101  (a new patient is whole)
    identity = place(patient.tenant_id, "identity", patient.id)
    ways = place(patient.tenant_id, "contact_ways", patient.id)
    return {
        "id": patient.id,
        "tenant_id": patient.tenant_id,
        "identity": keyring.seal(session, identity, identity_bundle(patient.identity)),
        "contact_ways": keyring.seal(session, ways, contact_bundle(patient.contact_ways or ())),
        "version": patient.version,
        "made_at": patient.made_at,
    }
