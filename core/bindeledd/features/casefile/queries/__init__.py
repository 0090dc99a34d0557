"""Everything that the screen of a case needs, with eight statements. Changes nothing.

Contacts come with the events that tell of them, recipients with their documents, names with the
relations; all bundles are opened with the one data key of the patient, which comes with the case.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.casefile.queries.around import Around, Duty, Row, directory
from bindeledd.features.cases.tables import CaseRow, EpjMarkRow, EventRow
from bindeledd.features.contacts.tables import ContactRow
from bindeledd.features.documents.tables import DocumentRow, RecipientRow
from bindeledd.features.handovers.tables import HandoverRow
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.relatives.tables import FamilyRow, RelativeRow
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import MemberRow, TeamRow, UnitRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Utc
from bindeledd.foundation.sealing.envelope import Unreadable
from bindeledd.foundation.sealing.keyring import ring
from bindeledd.foundation.sealing.tables import DataKeyRow

Rows = Sequence[Row]
__all__ = [
    "Around",
    "Duty",
    "Row",
    "Rows",
    "appointment_rows",
    "case_of_relative",
    "directory",
    "document_rows",
    "event_rows",
    "get_front",
    "handover_rows",
    "near_rows",
    "task_rows",
]

CASE = sa.bindparam("case", type_=sa.Uuid())


def get_front(session: Session, case_id: UUID, *, by: Actor) -> tuple[CaseRow, PatientRow, Row]:
    """The case, its patient and where it stands, if `by` may see it. Else `OutOfSight`.

    The patient's data key comes with it and is kept open, so that no bundle asks for it again.
    """
    seen = access.sees_case(by, CaseRow.__table__.c.id)
    row = session.execute(
        sa.select(
            CaseRow,
            PatientRow,
            TeamRow.name.label("team"),
            UnitRow.name.label("unit"),
            DataKeyRow.version.label("key_version"),
            DataKeyRow.tenant_key_version,
            DataKeyRow.wrapped,
        )
        .join(PatientRow, PatientRow.id == CaseRow.patient_id)
        .join(TeamRow, TeamRow.id == CaseRow.responsible_team_id)
        .outerjoin(UnitRow, UnitRow.id == CaseRow.unit_id)
        .outerjoin(
            DataKeyRow,
            sa.and_(DataKeyRow.subject_id == PatientRow.id, DataKeyRow.state == "active"),
        )
        .where(CaseRow.id == case_id, CaseRow.tenant_id == by.tenant_id, seen)
        .order_by(DataKeyRow.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise OutOfSight(case=case_id)
    _keep_key(session, row)
    return row.CaseRow, row.PatientRow, row


def _keep_key(session: Session, row: Row) -> None:
    """Open the patient's data key; one that is damaged shows with each bundle."""
    keys, patient = ring(session), row.PatientRow
    if row.key_version is None or keys.kept(patient.id, row.key_version) is not None:
        return
    try:
        keys.unwrap(
            patient.tenant_id, patient.id, row.key_version, row.tenant_key_version, row.wrapped
        )
    except Unreadable:
        return


_T = TaskRow.__table__
_TASKS = (
    sa.select(
        *_T.c,
        sa.select(sa.func.max(AlertRow.raised_at, type_=Utc()))
        .where(AlertRow.task_id == _T.c.id)
        .scalar_subquery()
        .label("told_at"),
    )
    .where(_T.c.case_id == CASE)
    .order_by(_T.c.due_at, _T.c.kind, _T.c.id)
)


def task_rows(session: Session, case_id: UUID) -> Sequence[Row]:
    """Every task with its sealed note, its running round, and when somebody was last told."""
    return session.execute(_TASKS, {"case": case_id}).all()


_E, _C, _M = EventRow.__table__, ContactRow.__table__, EpjMarkRow.__table__
_EVENTS = (
    sa.select(
        *_E.c,
        _C.c.id.label("contact_id"),
        _C.c.direction,
        _C.c.channel,
        _C.c.detail,
        _M.c.entered_at.label("epj_at"),
        _M.c.entered_by.label("epj_by"),
    )
    .outerjoin(_C, _C.c.event_id == _E.c.id)
    .outerjoin(_M, _M.c.event_id == _E.c.id)
    .where(_E.c.case_id == CASE)
    .order_by(_E.c.at, _E.c.recorded_at, _E.c.id)
)


def event_rows(session: Session, case_id: UUID) -> Sequence[Row]:
    """The history with its sealed words, the contact that each tells of, and its mark of the EPJ."""
    return session.execute(_EVENTS, {"case": case_id}).all()


_APPOINTMENTS = (
    sa.select(*AppointmentRow.__table__.c, MemberRow.name.label("member"))
    .outerjoin(MemberRow, MemberRow.id == AppointmentRow.member_id)
    .where(AppointmentRow.case_id == CASE)
    .order_by(AppointmentRow.starts_at, AppointmentRow.id)
)


def appointment_rows(session: Session, case_id: UUID) -> Sequence[Row]:
    """Every appointment with its sealed words, and what whoever of us keeps it is called."""
    return session.execute(_APPOINTMENTS, {"case": case_id}).all()


_R = RecipientRow.__table__
_DOCUMENTS = (
    sa.select(
        DocumentRow.id.label("of_document"),
        DocumentRow.kind.label("document_kind"),
        DocumentRow.written_at,
        DocumentRow.made_at,
        *_R.c,
    )
    .outerjoin(_R, _R.c.document_id == DocumentRow.id)
    .where(DocumentRow.case_id == CASE, DocumentRow.in_error_at.is_(None))
    .order_by(DocumentRow.made_at.desc(), DocumentRow.id, _R.c.kind, _R.c.id)
)


def document_rows(session: Session, case_id: UUID) -> Sequence[Row]:
    """One row for each recipient; a document without any has one row without."""
    return session.execute(_DOCUMENTS, {"case": case_id}).all()


_HANDOVERS = (
    sa.select(HandoverRow.__table__)
    .where(HandoverRow.case_id == CASE)
    .order_by(HandoverRow.sent_at.desc(), HandoverRow.id)
)


def handover_rows(session: Session, case_id: UUID) -> Sequence[Row]:
    return session.execute(_HANDOVERS, {"case": case_id}).all()


_NEAR = (
    sa.select(RelativeRow, FamilyRow)
    .select_from(PatientRow)
    .outerjoin(RelativeRow, RelativeRow.patient_id == PatientRow.id)
    .outerjoin(FamilyRow, FamilyRow.patient_id == PatientRow.id)
    .where(PatientRow.id == sa.bindparam("patient", type_=sa.Uuid()))
    .order_by(RelativeRow.made_at, RelativeRow.id)
)


def near_rows(session: Session, patient_id: UUID) -> tuple[list[RelativeRow], FamilyRow | None]:
    """Relatives, and what was said of children and siblings."""
    rows = session.execute(_NEAR, {"patient": patient_id}).all()
    return [row[0] for row in rows if row[0] is not None], rows[0][1] if rows else None


def case_of_relative(session: Session, relative_id: UUID, *, by: Actor) -> UUID:
    """The follow-up that `by` sees a relative's person by, the latest. Raises `OutOfSight`."""
    found = session.scalar(
        sa.select(CaseRow.id)
        .join(RelativeRow, RelativeRow.patient_id == CaseRow.patient_id)
        .where(
            RelativeRow.id == relative_id,
            RelativeRow.tenant_id == by.tenant_id,
            access.sees_case(by, CaseRow.__table__.c.id),
        )
        .order_by(CaseRow.opened_at.desc(), CaseRow.id)
        .limit(1)
    )
    if found is None:
        raise OutOfSight(relative=relative_id)
    return found
