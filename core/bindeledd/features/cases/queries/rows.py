"""Rows that hang on a case, for the features that keep them: in sight, locked, among some ids."""

from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import Base, table
from bindeledd.foundation.errors import NotFound

R = TypeVar("R", bound=Base)


class OfCase(Protocol):
    """A row that says whose it is."""

    @property
    def tenant_id(self) -> UUID: ...

    @property
    def case_id(self) -> UUID: ...


Hangs = TypeVar("Hangs", bound=OfCase)


def find_row(session: Session, kind: type[R], row_id: UUID, *, for_update: bool) -> R | None:
    """The row, whosever it is; to be changed, as `locked_row` gives it."""
    return locked_row(session, kind, row_id) if for_update else session.get(kind, row_id)


def in_sight(
    session: Session, by: Actor, row: Hangs | None, unknown: NotFound
) -> tuple[Hangs, UUID]:
    """The row and the patient of its case. `unknown` is raised where there is none, and where `by`
    may not see it: an id of somebody else's answers as one of nobody's."""
    if row is None or row.tenant_id != by.tenant_id:
        raise unknown
    try:
        return row, access.require_case(session, by, row.case_id)
    except OutOfSight:
        raise unknown from None


def rows_among(
    session: Session, kind: type[R], case_id: UUID, ids: Collection[UUID], *, order: str
) -> Sequence[R]:
    """Those of these ids that are rows of the case, by the column `order`."""
    rows = table(kind)
    return session.scalars(
        sa.select(kind)
        .where(rows.c.case_id == case_id, rows.c.id.in_(ids))
        .order_by(rows.c[order], rows.c.id)
    ).all()


def locked_row(session: Session, kind: type[R], row_id: UUID) -> R | None:
    """A row of a case as it stands now, to be changed: its case is locked first, then the row.

    Whoever moves things to another person, or hands a case over, locks in that order too. The
    person of a case that is closed comes first: what is put right there may open it again.
    """
    rows = table(kind)
    of = session.execute(
        sa.select(CaseRow.id, CaseRow.patient_id, CaseRow.state)
        .join(rows, rows.c.case_id == CaseRow.id)
        .where(rows.c.id == row_id)
    ).one_or_none()
    if of is None:
        return None
    if of.state == "closed":
        patients.lock_patient(session, of.patient_id)
    session.execute(sa.select(CaseRow.id).where(CaseRow.id == of.id).with_for_update())
    return session.get(kind, row_id, with_for_update=True, populate_existing=True)
