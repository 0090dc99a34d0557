"""Questions about patients. Nothing here changes anything.

`get_names` is the lean way for lists: one query, one sealed bundle for each row. Whoever looks for
somebody among those whom they may see: `seen.py`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.patients.domain import (
    DuplicateHint,
    Identity,
    Listed,
    Patient,
    PatientNotFound,
)
from bindeledd.features.patients.domain.identifiers import Identifier, classify
from bindeledd.features.patients.domain.phones import phone_key
from bindeledd.features.patients.tables import (
    DuplicateHintRow,
    LookupRow,
    PatientRow,
    place,
    read_contact_ways,
    read_identity,
)
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import table
from bindeledd.foundation.sealing import keyring
from bindeledd.foundation.sealing.tables import FIRST_KEY, DataKeyRow, first_key_of

NUMBER, PHONE, NAME_BORN = "number", "phone", "name_born"

_Row: TypeAlias = sa.Row[*tuple[Any, ...]]
_Some = TypeVar("_Some")

_COLUMNS = (
    PatientRow.id,
    PatientRow.tenant_id,
    PatientRow.identity,
    PatientRow.contact_ways,
    PatientRow.version,
    PatientRow.made_at,
)
_MANY = sa.select(*_COLUMNS).where(PatientRow.id.in_(sa.bindparam("ids", expanding=True)))
_NAMES = sa.select(PatientRow.id, PatientRow.tenant_id, PatientRow.identity).where(
    PatientRow.id.in_(sa.bindparam("ids", expanding=True))
)
_BY_TOKEN = sa.select(*_COLUMNS).where(
    PatientRow.id.in_(
        sa.select(LookupRow.patient_id).where(
            LookupRow.tenant_id == sa.bindparam("tenant"),
            sa.tuple_(LookupRow.kind, LookupRow.token).in_(sa.bindparam("tokens", expanding=True)),
        )
    ),
    PatientRow.tenant_id == sa.bindparam("tenant"),
)


def get_patient(session: Session, patient_id: UUID, *, tenant_id: UUID | None = None) -> Patient:
    """The patient, of `tenant_id` where it is given. Raises `PatientNotFound`."""
    found = get_patients(session, [patient_id]).get(patient_id)
    if found is None or tenant_id not in (None, found.tenant_id):
        raise PatientNotFound(patient=patient_id)
    return found


def get_patients(session: Session, ids: Collection[UUID]) -> dict[UUID, Patient]:
    """Whole patients, both bundles opened: one query, and one for data keys not opened lately."""
    if not ids:
        return {}
    rows = session.execute(_MANY, {"ids": list(set(ids))}).all()
    return {patient.id: patient for patient in open_patients(session, rows)}


def get_names(session: Session, ids: Collection[UUID]) -> dict[UUID, Listed]:
    """What lists show of many patients: one query, and one for data keys not opened lately."""
    if not ids:
        return {}
    return open_names(session, session.execute(_NAMES, {"ids": list(set(ids))}).all())


def open_names(session: Session, rows: Iterable[Sequence[Any]]) -> dict[UUID, Listed]:
    """The same for rows of (patient id, tenant id, sealed identity) that a join has fetched."""
    found: dict[UUID, Listed] = {}
    for batch in batches(rows):
        said = keyring.unseal_all(
            session, [(place(row[1], "identity", row[0]), row[2]) for row in batch if row[2]]
        )
        opened = iter(said)
        for row in batch:
            found[row[0]] = listed(row[0], next(opened)) if row[2] else nobody(row[0])
    return found


def batches(rows: Iterable[_Some]) -> Iterator[list[_Some]]:
    """Rows in as many as have their data keys at hand at once."""
    rest = iter(rows)
    while batch := list(islice(rest, keyring.BATCH)):
        yield batch


def nobody(patient_id: UUID) -> Listed:
    """A patient of whom nothing was ever said."""
    return Listed(patient_id, "", None, None, protected_address=False)


def listed(patient_id: UUID, said: dict[str, Any] | None) -> Listed:
    """What a list shows of an identity that was opened; `None` where it cannot be read."""
    if said is None:
        return Listed(patient_id, "", None, None, protected_address=True, unreadable=True)
    name = said["full"].strip() or f"{said['given']} {said['family']}".strip()
    return Listed(patient_id, name, said["born_on"], said["interpreter"], said["protected"])


def open_patients(session: Session, rows: Iterable[_Row | PatientRow]) -> list[Patient]:
    opened: list[Patient] = []
    for batch in batches(rows):
        keyring.open_keys(session, [row.id for row in batch])
        opened.extend(open_patient(session, row) for row in batch)
    return opened


def open_patient(session: Session, row: _Row | PatientRow) -> Patient:
    """The patient of a row; a bundle that cannot be read is left out and named."""
    identity = _bundle(session, row, "identity")
    ways = _bundle(session, row, "contact_ways")
    said = {"identity": identity, "contact_ways": ways}
    return Patient(
        id=row.id,
        tenant_id=row.tenant_id,
        identity=None if identity is None else read_identity(identity),
        contact_ways=None if ways is None else read_contact_ways(ways),
        version=row.version,
        made_at=row.made_at,
        unreadable=tuple(name for name, bundle in said.items() if bundle is None),
    )


def _bundle(session: Session, row: _Row | PatientRow, purpose: str) -> dict[str, Any] | None:
    """The opened bundle, empty where nothing was ever said; `None` where it cannot be read."""
    sealed: bytes | None = getattr(row, purpose)
    if sealed is None:
        return {}
    return keyring.unseal_or_report(session, place(row.tenant_id, purpose, row.id), sealed)


def find_by_number(session: Session, tenant_id: UUID, identifier: Identifier) -> list[Patient]:
    """Patients of the tenant who have or had the number, the earliest registered first."""
    candidates = by_token(session, tenant_id, NUMBER, [identifier.key])
    return [one for one in candidates if held_by(one, identifier)]


def find_by_phone(session: Session, tenant_id: UUID, text: str) -> list[Patient]:
    """Patients of the tenant who can be reached at the number, the earliest registered first."""
    key = phone_key(text)
    candidates = by_token(session, tenant_id, PHONE, [key])
    return [one for one in candidates if has_phone(one, key)]


def by_token(session: Session, tenant_id: UUID, kind: str, keys: Iterable[str]) -> list[Patient]:
    """The few whose truncated token fits any of `keys`: candidates, still to be compared."""
    return by_tokens(
        session,
        tenant_id,
        {
            (kind, token)
            for key in keys
            for token in keyring.lookup_tokens(session, tenant_id=tenant_id, kind=kind, text=key)
        },
    )


def by_tokens(
    session: Session, tenant_id: UUID, tokens: Collection[tuple[str, int]]
) -> list[Patient]:
    """Those with any of these (kind, token), the earliest registered first: one query."""
    if not tokens:
        return []
    asked = {"tenant": tenant_id, "tokens": sorted(tokens)}
    found = open_patients(session, session.execute(_BY_TOKEN, asked).all())
    return sorted(found, key=lambda p: (p.made_at, str(p.id)))


def held_by(one: Patient, identifier: Identifier) -> bool:
    """Whether the patient has or had the number."""
    held = one.identity.identifiers if one.identity else ()
    return any(each.identifier.key == identifier.key for each in held)


def has_phone(one: Patient, key: str) -> bool:
    """Whether the patient can be reached at the number."""
    return any(way.key == key for way in one.contact_ways or ())


def is_responsible(session: Session, patient_id: UUID, *, by: Actor) -> bool:
    """True if a team of `by` owns a case of the patient now, or `by` is bound by tenant only."""
    if by.sees_all:
        return True
    owns = sa.select(CareRelationRow.id).where(
        CareRelationRow.tenant_id == by.tenant_id,
        CareRelationRow.patient_id == patient_id,
        CareRelationRow.kind == "owner",
        CareRelationRow.team_id.in_(sorted(by.teams)),
        CareRelationRow.until.is_(None),
    )
    return session.scalar(owns.limit(1)) is not None


def read_number(session: Session, text: str, *, assigner: str | None = None) -> Identifier:
    """What somebody typed as a number; a synthetic one only where no real patients are.

    Raises as `identifiers.classify` does.
    """
    allowed = staff.environment(session) not in (None, "production")
    return classify(text, allow_synthetic=allowed, assigner=assigner)


def duplicate_hints(
    session: Session, patient_id: UUID, *, answered: bool = False
) -> list[DuplicateHint]:
    """Who may be the same person as `patient_id`, whichever was registered first."""
    asked = sa.select(DuplicateHintRow).where(
        sa.or_(DuplicateHintRow.patient_id == patient_id, DuplicateHintRow.other_id == patient_id)
    )
    if not answered:
        asked = asked.where(DuplicateHintRow.answered_at.is_(None))
    rows = session.scalars(asked.order_by(DuplicateHintRow.seen_at, DuplicateHintRow.other_id))
    return [row.read() for row in rows]


def visible_hints(session: Session, patient_id: UUID, *, by: Actor) -> list[DuplicateHint]:
    """Hints that nobody has answered, where `by` may see the other patient too."""
    hints = duplicate_hints(session, patient_id)
    others = {(h.other_id if h.patient_id == patient_id else h.patient_id): h for h in hints}
    if by.sees_all or not others:
        return hints
    seen = session.scalars(
        sa.select(PatientRow.id).where(
            PatientRow.id.in_(sorted(others)), access.sees_patient(by, PatientRow.__table__.c.id)
        )
    ).all()
    return [hint for other, hint in others.items() if other in set(seen)]


def patients_after(session: Session, tenant_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """Ids of the tenant's patients in order, for a sweep that goes on where it stopped."""
    asked = sa.select(PatientRow.id).where(PatientRow.tenant_id == tenant_id)
    if after is not None:
        asked = asked.where(PatientRow.id > after)
    return list(session.scalars(asked.order_by(PatientRow.id).limit(limit)))


@dataclass(frozen=True, kw_only=True)
class Held:
    """A patient of a tenant, locked, and who they are; `None` where that cannot be read."""

    tenant_id: UUID
    who: Identity | None


_P = table(PatientRow)
_HELD = (
    sa.select(_P.c.id, _P.c.tenant_id, _P.c.identity, *FIRST_KEY)
    .select_from(_P.outerjoin(table(DataKeyRow), first_key_of(_P.c.id)))
    .where(_P.c.id == sa.bindparam("patient"))
    .with_for_update(key_share=True, of=_P)
)


def find_held(session: Session, patient_id: UUID) -> Held | None:
    """`lock_patient`, and of which tenant the person is, and who."""
    row = session.execute(_HELD, {"patient": patient_id}).one_or_none()
    if row is None:
        return None
    keyring.keep_key(session, row.tenant_id, patient_id, *row[3:])
    said = _bundle(session, row, "identity")
    return Held(tenant_id=row.tenant_id, who=None if said is None else read_identity(said))


def lock_identity(session: Session, patient_id: UUID) -> Identity | None:
    """`lock_patient`, and who the person is; `None` where that cannot be read."""
    held = find_held(session, patient_id)
    return None if held is None else held.who


def lock_patient(session: Session, patient_id: UUID) -> None:
    """Let one at a time register something about the patient, until the transaction ends."""
    session.execute(_HELD, {"patient": patient_id})
