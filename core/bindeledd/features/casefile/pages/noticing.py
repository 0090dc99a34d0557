"""Which notice says what came of something that was told: saved, and perhaps still owed."""

from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.appointments.domain import AppointmentState
from bindeledd.features.appointments.service.writing import Arranged
from bindeledd.features.casefile.service.at_once import tell_at_once
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book

# Where nobody can answer: who has it now, or that nobody does.
_NO_COVER = {True: "no_cover", False: "no_cover_nobody", None: "said"}


def what_came_of_it(
    session: Session, done: Recorded, fact: str, value: str, *, at: datetime, book: Book
) -> str:
    """The key of the notice. Of the answer that there is nobody it says what is owed still."""
    told = tell_at_once(session, done, at=at, book=book)
    if fact == "cover" and value == "none":
        return _NO_COVER[told.lead]
    if fact == "receiver_kind" and value == "none" and _is_owed(session, done):
        return "no_receiver"
    return "said_early" if done.early else "said"


# What the notice of these says that somebody owes; without it, another notice.
_LEFT = {
    AppointmentState.MISSED: "respond_to_missed_appointment",
    AppointmentState.CANCELLED: "give_appointment",
}


def what_is_left(session: Session, done: Arranged) -> str:
    """The key of the notice of an appointment that ended, or was given: it says that something is
    owed only where it is."""
    state = done.appointment.state
    said = f"appointment_{state.value}"
    if state not in _LEFT:
        return said
    tasks = queries.tasks_of(session, done.appointment.case_id)
    left = any(task.is_open and task.kind == _LEFT[state] for task in tasks)
    return said if left else f"{said}_only"


def _is_owed(session: Session, done: Recorded) -> bool:
    """Whether somebody has to name a receiver still."""
    tasks = queries.tasks_of(session, done.case.id)
    return any(task.is_open and EventKind.RECEIVER_NAMED in task.satisfied_by for task in tasks)
