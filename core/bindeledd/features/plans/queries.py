"""Questions about plans. Nothing here changes anything."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import Case
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.plans.domain import Version, VersionNotFound, current
from bindeledd.features.plans.tables import PlanVersionRow, content_place
from bindeledd.features.relatives import queries as relatives
from bindeledd.features.relatives.domain.telling import Topic, age_of, may_know, told
from bindeledd.foundation.sealing.keyring import unseal_or_report

_ROWS = sa.select(PlanVersionRow, EventRow.in_error_at).join(
    EventRow, EventRow.id == PlanVersionRow.event_id
)


def versions_of(session: Session, case_id: UUID) -> list[Version]:
    """Every version of the plan, the newest first, without its words."""
    rows = session.execute(
        _ROWS.where(PlanVersionRow.case_id == case_id).order_by(PlanVersionRow.number.desc())
    ).all()
    return [row.read(in_error=wrong is not None) for row, wrong in rows]


def opened(session: Session, version_id: UUID, *, patient_id: UUID) -> Version:
    """A version with its words; without them where they cannot be read, which is reported."""
    found = session.execute(_ROWS.where(PlanVersionRow.id == version_id)).one_or_none()
    if found is None:
        raise VersionNotFound(version=version_id)
    row, wrong = found
    place = content_place(row.tenant_id, row.id, patient_id)
    said = unseal_or_report(session, place, row.content)
    return row.read(in_error=wrong is not None, said=said)


def find_current(session: Session, case_id: UUID, *, patient_id: UUID) -> Version | None:
    """The plan of a follow-up, opened. The caller writes down the read."""
    found = current(versions_of(session, case_id))
    return None if found is None else opened(session, found.id, patient_id=patient_id)


def find_of_event(session: Session, event_id: UUID, *, patient_id: UUID) -> Version | None:
    """The version that an event tells of, opened. The caller writes down the read."""
    found = session.scalar(sa.select(PlanVersionRow.id).where(PlanVersionRow.event_id == event_id))
    return None if found is None else opened(session, found, patient_id=patient_id)


def rows_of_events(session: Session, event_ids: Collection[UUID]) -> Sequence[PlanVersionRow]:
    """The versions that these events tell of, the oldest first, for the service."""
    return session.scalars(
        sa.select(PlanVersionRow)
        .where(PlanVersionRow.event_id.in_(list(event_ids)))
        .order_by(PlanVersionRow.case_id, PlanVersionRow.number)
    ).all()


def relatives_may_be_told(session: Session, case: Case, book: Book, *, on: date) -> bool:
    """Whether some relative may be told of the plan that day: by consent, or by age and care."""
    patient = patients.get_patient(session, case.patient_id, tenant_id=case.tenant_id)
    age = age_of(patient.identity, book.kin, on)
    return any(
        Topic.PLAN in may_know(told(one, age, book.kin, on))
        for one in relatives.relatives_of(session, case.patient_id, tenant_id=case.tenant_id)
    )
