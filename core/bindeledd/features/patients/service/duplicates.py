"""Who may be the same person: noted as a hint, shown, and answered by a person."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.patients import queries
from bindeledd.features.patients.domain import (
    DuplicateHint,
    HintAnswered,
    Listed,
    Patient,
    PatientNotFound,
    may_be_one,
)
from bindeledd.features.patients.service.finding import tokens_of
from bindeledd.features.patients.service.showing import require_patient
from bindeledd.features.patients.tables import DuplicateHintRow
from bindeledd.features.staff.domain import Actor


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


def said_to_be_one(session: Session, patient_id: UUID) -> list[UUID]:
    """The ids under which a person is registered, as far as somebody has said so; itself first."""
    found = [patient_id]
    for one in found:
        answered = queries.duplicate_hints(session, one, answered=True)
        both = [(hint.patient_id, hint.other_id) for hint in answered if hint.same]
        found += dict.fromkeys(other for pair in both for other in pair if other not in found)
    return found


def write_hints(session: Session, patient: Patient, *, at: datetime) -> int:
    """Note who may be the same person, once for each pair. Gives how many are new."""
    candidates = queries.by_tokens(session, patient.tenant_id, tokens_of(session, patient))
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
