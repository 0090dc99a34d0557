"""By what a patient is found again: numbers that are held, and tokens of them."""

import hashlib
from collections.abc import Iterable
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.patients import queries
from bindeledd.features.patients.domain import ContactKind, Patient, days_born
from bindeledd.features.patients.domain.identifiers import Identifier
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.patients.domain.phones import phone_key
from bindeledd.features.patients.tables import LookupRow
from bindeledd.foundation.sealing import keyring

_LOOKUP = sa.insert(cast(sa.Table, LookupRow.__table__))


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
            write_lookups(session, patient, anew=True)
    return ids[-1] if len(ids) == limit else None


def _keys(patient: Patient) -> list[tuple[str, str]]:
    """What the patient is found by. Numbers that have ended are still found.

    The name with the day of birth finds who may be the same person, and answers no search.
    """
    numbers = patient.identity.identifiers if patient.identity else ()
    days = days_born(patient.identity) if patient.identity and folded(patient.name) else ()
    ways = patient.contact_ways or ()
    return [
        *((queries.NUMBER, held.identifier.key) for held in numbers),
        *((queries.PHONE, phone_key(w.value)) for w in ways if w.kind is ContactKind.PHONE),
        *((queries.NAME_BORN, f"{folded(patient.name)} {day}") for day in days),
    ]


def tokens_of(session: Session, patient: Patient) -> set[tuple[str, int]]:
    """Kind and token of whatever the patient is found by, for every version of the key."""
    return {
        (kind, token)
        for kind, key in _keys(patient)
        for token in keyring.lookup_tokens(
            session, tenant_id=patient.tenant_id, kind=kind, text=key
        )
    }


def write_lookups(session: Session, patient: Patient, *, anew: bool) -> None:
    """Write what is missing; with `anew`, tokens that are over go away."""
    mine = LookupRow.patient_id == patient.id
    wanted = tokens_of(session, patient)
    rows = session.execute(sa.select(LookupRow.kind, LookupRow.token).where(mine))
    there = {(kind, token) for kind, token in rows}
    if anew and there - wanted:
        over = sa.tuple_(LookupRow.kind, LookupRow.token).in_(sorted(there - wanted))
        session.execute(sa.delete(LookupRow).where(mine, over))
    insert_lookups(session, patient, wanted - there)


def insert_lookups(session: Session, patient: Patient, tokens: set[tuple[str, int]]) -> None:
    rows = [
        {"patient_id": patient.id, "tenant_id": patient.tenant_id, "kind": kind, "token": token}
        for kind, token in sorted(tokens)
    ]
    if rows:
        session.connection().execute(_LOOKUP, rows)
