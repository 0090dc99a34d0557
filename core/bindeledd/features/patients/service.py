"""What people and messages do with patients. One function for each thing they do."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.audit import service as audit
from bindeledd.features.patients import queries
from bindeledd.features.patients.domain import (
    ContactKind,
    ContactWay,
    DuplicateHint,
    HintAnswered,
    Identity,
    Listed,
    NobodyToRegister,
    Patient,
    PatientChanged,
    PatientNotFound,
    PatientUnreadable,
    ResponsibleTeamOnly,
    Verified,
    VerifiedHow,
    may_be_one,
    tidy_all,
    with_history,
)
from bindeledd.features.patients.domain.identifiers import Identifier, SyntheticRefused
from bindeledd.features.patients.domain.phones import phone_key
from bindeledd.features.patients.domain.verifying import carry_verification, take_back, verify
from bindeledd.features.patients.tables import (
    DuplicateHintRow,
    LookupRow,
    PatientRow,
    contact_bundle,
    identity_bundle,
    place,
)
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing import keyring

_PATIENT = sa.insert(cast(sa.Table, PatientRow.__table__))
_LOOKUP = sa.insert(cast(sa.Table, LookupRow.__table__))


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
    _insert_lookups(session, patient, _tokens(session, patient))
    hints = _write_hints(session, patient, at=at)
    facts = {"numbers": len(identity.identifiers), "ways": len(ways), "hints": hints}
    audit.record(session, "patient.registered", by=by, at=at, subjects=[patient.id], facts=facts)
    return patient


def hold_numbers(session: Session, tenant_id: UUID, identifiers: Iterable[Identifier]) -> None:
    """Until the transaction ends nobody else registers these numbers.

    SQLite has one writer; PostgreSQL gets an advisory lock on each token, in one order.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    held = set()
    for identifier in identifiers:
        tokens = keyring.lookup_tokens(
            session, tenant_id=tenant_id, kind=queries.NUMBER, text=identifier.key
        )
        held.add(_lock_id(tenant_id, tokens[0]))
    for lock in sorted(held):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))


def _lock_id(tenant_id: UUID, token: int) -> int:
    digest = hashlib.sha256(b"patient.number" + tenant_id.bytes + token.to_bytes(4, "big")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


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


def show_patient(session: Session, patient_id: UUID, *, by: Actor, at: datetime) -> Patient:
    """The patient as `by` may see them, written down as a read.

    With a protected address the contact ways are left out: `reveal_contact_ways` shows them.
    """
    require_patient(session, patient_id, by=by)
    patient = queries.get_patient(session, patient_id, tenant_id=by.tenant_id)
    audit.record(session, "patient.shown", by=by, at=at, subjects=[patient_id])
    if patient.address_protected:
        return replace(patient, contact_ways=None)
    return patient


def reveal_contact_ways(
    session: Session, patient_id: UUID, *, by: Actor, at: datetime
) -> tuple[ContactWay, ...]:
    """The contact ways of a person with a protected address: to the responsible team, logged.

    Raises `ResponsibleTeamOnly`; `PatientUnreadable` where they cannot be read.
    """
    require_patient(session, patient_id, by=by)
    patient = queries.get_patient(session, patient_id, tenant_id=by.tenant_id)
    if patient.address_protected and not queries.is_responsible(session, patient_id, by=by):
        raise ResponsibleTeamOnly(patient=patient_id)
    audit.record(session, "patient.contact_ways_revealed", by=by, at=at, subjects=[patient_id])
    if patient.contact_ways is None:
        raise PatientUnreadable(patient=patient_id, bundle="contact_ways")
    return patient.contact_ways


def show_duplicate_hints(
    session: Session, patient_id: UUID, *, by: Actor, at: datetime
) -> list[tuple[DuplicateHint, Listed]]:
    """Who may be the same person, with the name of the other, among those whom `by` may see."""
    require_patient(session, patient_id, by=by)
    queries.get_patient(session, patient_id, tenant_id=by.tenant_id)
    hints = queries.visible_hints(session, patient_id, by=by)
    others = {
        (hint.other_id if hint.patient_id == patient_id else hint.patient_id): hint
        for hint in hints
    }
    names = queries.get_names(session, others)
    audit.record(session, "patient.duplicates_shown", by=by, at=at, subjects=[patient_id, *others])
    return [(hint, names[other]) for other, hint in others.items()]


def answer_duplicate_hint(
    session: Session, patient_id: UUID, other_id: UUID, *, same: bool, by: Actor, at: datetime
) -> None:
    """A person says whether the two are one. Nothing is merged: that is a decision of its own."""
    for one in (patient_id, other_id):
        require_patient(session, one, by=by)
    row = session.scalar(
        sa.select(DuplicateHintRow)
        .where(
            DuplicateHintRow.tenant_id == by.tenant_id,
            DuplicateHintRow.patient_id.in_((patient_id, other_id)),
            DuplicateHintRow.other_id.in_((patient_id, other_id)),
        )
        .with_for_update()
    )
    if row is None:
        raise PatientNotFound(patient=patient_id, other=other_id)
    if row.answered_at is not None:
        raise HintAnswered(patient=patient_id, other=other_id)
    row.same, row.answered_at, row.answered_by = same, at, by.id
    session.flush()
    both = [patient_id, other_id]
    audit.record(
        session, "patient.duplicate_answered", by=by, at=at, subjects=both, facts={"same": same}
    )


def refresh_lookups(
    session: Session, tenant_id: UUID, *, after: UUID | None = None, limit: int = 500
) -> UUID | None:
    """Write the tokens of the next patients anew, for every version of the tenant's key.

    Gives the last patient done, to go on from; `None` at the end. Run after a key version was
    added, and again after one was taken away. Patients that cannot be read keep their tokens.
    """
    ids = queries.patients_after(session, tenant_id, after, limit)
    for patient in queries.get_patients(session, ids).values():
        if not patient.unreadable:
            _write_lookups(session, patient, anew=True)
    return ids[-1] if len(ids) == limit else None


def require_patient(session: Session, patient_id: UUID, *, by: Actor) -> None:
    """Refuse as not found unless a team of the member may see the patient.

    The system and commands see the whole tenant, patients without a case too.
    """
    if not by.sees_all:
        access.require_patient(session, by, patient_id)


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
    _write_lookups(session, patient, anew=not patient.unreadable)
    hints = _write_hints(session, patient, at=at)
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


def _keys(patient: Patient) -> list[tuple[str, str]]:
    """What the patient is found by. Numbers that have ended are still found."""
    numbers = patient.identity.identifiers if patient.identity else ()
    ways = patient.contact_ways or ()
    return [
        *((queries.NUMBER, held.identifier.key) for held in numbers),
        *((queries.PHONE, phone_key(w.value)) for w in ways if w.kind is ContactKind.PHONE),
    ]


def _tokens(session: Session, patient: Patient) -> set[tuple[str, int]]:
    """Kind and token of whatever the patient is found by, for every version of the key."""
    return {
        (kind, token)
        for kind, key in _keys(patient)
        for token in keyring.lookup_tokens(
            session, tenant_id=patient.tenant_id, kind=kind, text=key
        )
    }


def _write_lookups(session: Session, patient: Patient, *, anew: bool) -> None:
    """Write what is missing; with `anew`, tokens that are over go away."""
    mine = LookupRow.patient_id == patient.id
    wanted = _tokens(session, patient)
    rows = session.execute(sa.select(LookupRow.kind, LookupRow.token).where(mine))
    there = {(kind, token) for kind, token in rows}
    if anew and there - wanted:
        over = sa.tuple_(LookupRow.kind, LookupRow.token).in_(sorted(there - wanted))
        session.execute(sa.delete(LookupRow).where(mine, over))
    _insert_lookups(session, patient, wanted - there)


def _insert_lookups(session: Session, patient: Patient, tokens: set[tuple[str, int]]) -> None:
    rows = [
        {"patient_id": patient.id, "tenant_id": patient.tenant_id, "kind": kind, "token": token}
        for kind, token in sorted(tokens)
    ]
    if rows:
        session.connection().execute(_LOOKUP, rows)


def _write_hints(session: Session, patient: Patient, *, at: datetime) -> int:
    """Note who may be the same person, once for each pair. Gives how many are new."""
    candidates = queries.by_tokens(session, patient.tenant_id, _tokens(session, patient))
    alike = [p for p in candidates if p.id != patient.id and may_be_one(patient, p)]
    if not alike:
        return 0
    known = {
        other
        for hint in queries.duplicate_hints(session, patient.id, answered=True)
        for other in (hint.patient_id, hint.other_id)
    }
    rows = [
        {"patient_id": patient.id, "other_id": p.id, "tenant_id": p.tenant_id, "seen_at": at}
        for p in alike
        if p.id not in known
    ]
    if rows:
        session.execute(sa.insert(DuplicateHintRow), rows)
    return len(rows)
