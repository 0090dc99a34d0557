"""Whom the searcher may see and what was typed fits. Changes nothing.

Who may not be seen is left out by the statement itself: nothing of them is opened, so that *not
found* and *not allowed* cost the same.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.patients.domain import Listed
from bindeledd.features.patients.domain.names import folded, matches
from bindeledd.features.patients.queries import batches, listed
from bindeledd.features.patients.tables import PatientRow, place
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist.domain.searching import FoundCase, bare, has_number
from bindeledd.foundation.db import table
from bindeledd.foundation.sealing import keyring

P, C = table(PatientRow).c, table(CaseRow).c
_SEALED = (P.id, P.tenant_id, P.identity)


def fitting(session: Session, text: str, *, by: Actor) -> list[Listed]:
    """Everybody visible whose name or other number fits, by name.

    Names and local numbers have no index: each is opened, with one query for the data keys of
    `BATCH` people.
    """
    rows = session.execute(sa.select(*_SEALED).where(P.id.in_(access.visible_patients(by)))).all()
    found = [listed(row[0], said) for row, said in _opened(session, rows) if _fits(said, text)]
    return sorted(found, key=lambda one: (folded(one.name), str(one.id)))


def _opened(session: Session, rows: Sequence[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    for batch in batches(row for row in rows if row.identity):
        places = [(place(row.tenant_id, "identity", row.id), row.identity) for row in batch]
        for row, said in zip(batch, keyring.unseal_all(session, places), strict=True):
            if said is not None:
                yield row, said


def _fits(said: dict[str, Any], text: str) -> bool:
    if matches(text, f"{said['full']} {said['given']} {said['family']}"):
        return True
    numbers = said["ids"] if has_number(text) else ()
    return any(bare(held["value"]) == bare(text) for held in numbers)


def cases_of(
    session: Session, ids: Collection[UUID], *, by: Actor
) -> dict[UUID, tuple[FoundCase, ...]]:
    """The visible follow-ups of these people, the open one first, then the latest."""
    asked = (
        sa.select(C.id, C.patient_id, C.responsible_team_id, C.opened_at, C.closed_at)
        .where(C.patient_id.in_(sorted(ids)), access.sees_case(by, C.id))
        .order_by(C.closed_at.is_not(None), C.opened_at.desc())
    )
    found: dict[UUID, tuple[FoundCase, ...]] = {}
    for row in session.execute(asked) if ids else ():
        one = FoundCase(
            id=row.id,
            team_id=row.responsible_team_id,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
        )
        found[row.patient_id] = (*found.get(row.patient_id, ()), one)
    return found
