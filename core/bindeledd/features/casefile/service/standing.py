"""In a contact the person said that the next appointment still stands: that is written down with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import (
    AppointmentAction,
    AppointmentNotFound,
    KnownHow,
)
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor


def confirm_in_contact(
    session: Session,
    case_id: UUID,
    appointment_id: UUID,
    *,
    as_of: datetime | None,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """The appointment of this follow-up stands: the person said so, as of the contact. Raises what
    `appointments.service.act` does, `AppointmentNotFound` where it is another follow-up's."""
    done = appointments.act(
        session,
        appointment_id,
        AppointmentAction.CONFIRM,
        words={},
        how=KnownHow.PATIENT_SAID,
        as_of=as_of,
        by=by,
        at=at,
        book=book,
    )
    if done.appointment.case_id != case_id:
        raise AppointmentNotFound(appointment=appointment_id)
