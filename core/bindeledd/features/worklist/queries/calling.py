"""Whose number is marked as not safe to call: said in the row that leads to a call."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.patients.domain import ContactKind
from bindeledd.features.patients.queries import batches
from bindeledd.features.patients.tables import PatientRow, place, read_contact_ways
from bindeledd.foundation.db import table
from bindeledd.foundation.sealing import keyring

P = table(PatientRow).c
_WAYS = sa.select(P.id, P.tenant_id, P.contact_ways).where(
    P.id.in_(sa.bindparam("ids", expanding=True)), P.contact_ways.is_not(None)
)


def not_safe_to_call(session: Session, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these people of whom a number is marked as not safe to call.

    One query, and one for data keys not opened lately.
    """
    if not ids:
        return frozenset()
    found = set[UUID]()
    for batch in batches(session.execute(_WAYS, {"ids": list(ids)}).all()):
        sealed = [(place(row[1], "contact_ways", row[0]), row[2]) for row in batch]
        for row, said in zip(batch, keyring.unseal_all(session, sealed), strict=True):
            ways = () if said is None else read_contact_ways(said)
            if any(way.kind is ContactKind.PHONE and way.safe_to_call is False for way in ways):
                found.add(row[0])
    return frozenset(found)
