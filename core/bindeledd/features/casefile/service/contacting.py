"""A contact with what was said in it of the next appointment, and both undone at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import (
    AppointmentAction,
    AppointmentNotFound,
    KnownHow,
)
from bindeledd.features.appointments.queries import get_row
from bindeledd.features.appointments.service.undoing import unconfirm
from bindeledd.features.cases.service import at_once
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import NewContact
from bindeledd.features.contacts.service import Registered
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.errors import Invalid


class SaidByNobody(Invalid):
    """Nobody was spoken with in this contact, who could have said that the appointment stands."""

    code = "contact.said_by_nobody"


def register_contact(
    session: Session,
    case_id: UUID,
    new: NewContact,
    *,
    still_stands: UUID | None = None,
    happened_at: datetime | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Registered:
    """The contact; and that the appointment `still_stands` stands, where the person said so in it:
    as of the contact. Without it nothing is said of any appointment.

    Raises what `contacts.service.register_contact` and `appointments.service.act` do,
    `SaidByNobody`, `AppointmentNotFound` where it is another follow-up's.
    """
    if still_stands is not None and not new.reached:
        raise SaidByNobody(outcome=new.outcome.value)
    if still_stands is not None and get_row(session, by, still_stands)[0].case_id != case_id:
        raise AppointmentNotFound(appointment=still_stands)
    done = contacts.register_contact(
        session, case_id, new, happened_at=happened_at, by=by, at=at, book=book
    )
    if still_stands is None:
        return done
    stands = appointments.act(
        session,
        still_stands,
        AppointmentAction.CONFIRM,
        words={},
        how=KnownHow.PATIENT_SAID,
        as_of=happened_at,
        by=by,
        at=at,
        book=book,
    )
    return replace(done, recorded=stands.recorded.after(done.recorded))


def undo_contact(
    session: Session,
    case_id: UUID,
    event_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """What `cases.service.at_once.undo_contact` does; what was said in it of an appointment falls
    too."""
    done = at_once.undo_contact(session, case_id, event_id, words=words, by=by, at=at, book=book)
    unconfirm(session, done)
    return done
