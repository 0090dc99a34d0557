"""What somebody sees of a patient. Each look is written down."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.audit import service as audit
from bindeledd.features.patients import queries
from bindeledd.features.patients.domain import (
    ContactWay,
    Patient,
    PatientUnreadable,
    ResponsibleTeamOnly,
)
from bindeledd.features.staff.domain import Actor


def show_patient(session: Session, patient_id: UUID, *, by: Actor, at: datetime) -> Patient:
    """The patient as `by` may see them, written down as a read.

    With a protected address the contact ways are left out: `reveal_contact_ways` shows them.
    """
    require_patient(session, patient_id, by=by)
    patient = queries.get_patient(session, patient_id, tenant_id=by.tenant_id)
    audit.record(session, "patient.shown", by=by, at=at, subjects=[patient_id])
    if patient.address_protected:
        return replace(patient, contact_ways=None)
    return patient


def reveal_contact_ways(
    session: Session, patient_id: UUID, *, by: Actor, at: datetime
) -> tuple[ContactWay, ...]:
    """The contact ways of a person with a protected address: to the responsible team, logged.

    Raises `ResponsibleTeamOnly`; `PatientUnreadable` where they cannot be read.
    """
    require_patient(session, patient_id, by=by)
    patient = queries.get_patient(session, patient_id, tenant_id=by.tenant_id)
    if patient.address_protected and not queries.is_responsible(session, patient_id, by=by):
        raise ResponsibleTeamOnly(patient=patient_id)
    audit.record(session, "patient.contact_ways_revealed", by=by, at=at, subjects=[patient_id])
    if patient.contact_ways is None:
        raise PatientUnreadable(patient=patient_id, bundle="contact_ways")
    return patient.contact_ways


def require_patient(session: Session, patient_id: UUID, *, by: Actor) -> None:
    """Refuse as not found unless a team of the member may see the patient.

    The system and commands see the whole tenant, patients without a case too.
    """
    if not by.sees_all:
        access.require_patient(session, by, patient_id)
