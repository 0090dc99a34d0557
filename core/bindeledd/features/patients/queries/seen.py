"""People looked for by whole numbers or names, among those whom the asker may see. Changes nothing.

Who may not be seen is left out by the statement itself: nothing of them is opened, so that *not
found* and *not allowed* cost the same.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.patients.domain import Listed, Patient
from bindeledd.features.patients.domain.identifiers import Identifier
from bindeledd.features.patients.domain.names import folded, matches
from bindeledd.features.patients.domain.phones import phone_key
from bindeledd.features.patients.queries import (
    NUMBER,
    PHONE,
    has_phone,
    held_by,
    open_names,
    open_patients,
)
from bindeledd.features.patients.tables import LookupRow, PatientRow
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import table
from bindeledd.foundation.sealing import keyring

P, L = table(PatientRow).c, table(LookupRow).c


def visible_with_number(session: Session, identifier: Identifier, *, by: Actor) -> list[Patient]:
    """Whom `by` may see and who have or had the number, the earliest registered first."""
    few = with_tokens(session, tokens_of(session, NUMBER, identifier.key, by=by), by=by)
    return [one for one in few if held_by(one, identifier)]


def visible_with_phone(session: Session, text: str, *, by: Actor) -> list[Patient]:
    """Whom `by` may see and who can be reached at the number, the earliest registered first."""
    key = phone_key(text)
    few = with_tokens(session, tokens_of(session, PHONE, key, by=by), by=by)
    return [one for one in few if has_phone(one, key)]


def tokens_of(session: Session, kind: str, key: str, *, by: Actor) -> set[tuple[str, int]]:
    """By what a number or phone is known in the asker's tenant: (kind, token), one for each key."""
    found = keyring.lookup_tokens(session, tenant_id=by.tenant_id, kind=kind, text=key)
    return {(kind, token) for token in found}


def with_tokens(
    session: Session, tokens: Collection[tuple[str, int]], *, by: Actor
) -> Sequence[Patient]:
    """The visible few with any of these (kind, token): candidates, still to be compared."""
    if not tokens:
        return ()
    mine = sa.select(L.patient_id).where(
        L.tenant_id == by.tenant_id, sa.tuple_(L.kind, L.token).in_(sorted(tokens))
    )
    asked = sa.select(PatientRow).where(P.id.in_(mine), access.sees_patient(by, P.id))
    return open_patients(session, session.scalars(asked.order_by(P.made_at, P.id)).all())


def find_by_name(
    session: Session, ids: Collection[UUID] | sa.Select[UUID], text: str, *, limit: int = 50
) -> list[Listed]:
    """Those of `ids` (whom the searcher may see) whose name fits every word, by name.

    Names are sealed, so that each is opened: it costs as much as there are whom one may see.
    """
    asked = sa.select(PatientRow.id, PatientRow.tenant_id, PatientRow.identity)
    rows = session.execute(asked.where(PatientRow.id.in_(ids))).all()
    names = open_names(session, rows).values()
    fitting = [listed for listed in names if matches(text, listed.name)]
    return sorted(fitting, key=lambda listed: (folded(listed.name), str(listed.id)))[:limit]
