"""Questions about relatives. Nothing here changes anything."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.relatives.domain import (
    Family,
    Relative,
    RelativeNotFound,
)
from bindeledd.features.relatives.domain.bundles import read_family, with_person
from bindeledd.features.relatives.tables import (
    FamilyRow,
    RelativeRow,
    family_place,
    person_place,
)
from bindeledd.foundation.sealing import keyring


def relatives_of(session: Session, patient_id: UUID, *, tenant_id: UUID) -> list[Relative]:
    """The patient's relatives, the nearest first, then in the order in which they were named."""
    rows = session.scalars(
        sa.select(RelativeRow)
        .where(RelativeRow.patient_id == patient_id, RelativeRow.tenant_id == tenant_id)
        .order_by(RelativeRow.made_at, RelativeRow.id)
    )
    return sorted((read(session, row) for row in rows), key=lambda relative: not relative.nearest)


def undecided(session: Session) -> Sequence[tuple[UUID, UUID]]:
    """(tenant, relative) where an objection waits for a decision. Nothing is opened."""
    asked = sa.select(RelativeRow.tenant_id, RelativeRow.id).where(RelativeRow.undecided)
    return [(row.tenant_id, row.id) for row in session.execute(asked.order_by(RelativeRow.id))]


def get_relative(session: Session, relative_id: UUID, *, tenant_id: UUID) -> Relative:
    """The relative. Raises `RelativeNotFound`."""
    row = session.get(RelativeRow, relative_id)
    if row is None or row.tenant_id != tenant_id:
        raise RelativeNotFound(relative=relative_id)
    return read(session, row)


def read(session: Session, row: RelativeRow) -> Relative:
    """The relative of a row; marked where the bundle cannot be read."""
    bare = Relative(
        id=row.id,
        tenant_id=row.tenant_id,
        patient_id=row.patient_id,
        version=row.version,
        made_at=row.made_at,
        unreadable=True,
    )
    if row.person is None:
        return bare
    at = person_place(row.tenant_id, row.id, row.patient_id)
    bundle = keyring.unseal_or_report(session, at, row.person)
    if bundle is None:
        return bare
    readable = with_person(bare, bundle)
    return Relative(**{**vars(readable), "unreadable": False})


def find_family(
    session: Session, patient_id: UUID, *, tenant_id: UUID
) -> tuple[Family | None, datetime] | None:
    """What was last said of children and siblings, and when; `None` where nobody has asked.

    The family itself is `None` when the bundle cannot be read.
    """
    row = session.get(FamilyRow, patient_id)
    if row is None or row.tenant_id != tenant_id or row.asked_at is None:
        return None
    if row.family is None:
        return None, row.asked_at
    at = family_place(tenant_id, patient_id)
    bundle = keyring.unseal_or_report(session, at, row.family)
    return (None if bundle is None else read_family(bundle)), row.asked_at
