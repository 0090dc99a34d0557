"""What was said of an appointment by mistake is taken back: it stands as before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import domain, queries
from bindeledd.features.appointments.service.owed import owe_cover, owe_telling
from bindeledd.features.appointments.service.writing import Arranged, write_audit
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.entailing import fallen_with
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor


def undo(
    session: Session,
    appointment_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Arranged:
    """Take back that it was kept, missed, cancelled or handed on: it stands as before, planned anew.

    Whoever was told that it is cancelled is told that it stands; where whoever is to keep it has
    gone away since, somebody owes cover. `words` say why (sealed). Raises `UndoReason`, `AppointmentRefused`, `NotFound`.
    """
    row, patient_id = queries.get_row(session, by, appointment_id, for_update=True)
    if not any(str(word).strip() for word in words.values()):
        raise domain.UndoReason(appointment=appointment_id)
    after, kind = domain.undo(queries.opened(session, row, patient_id))
    wrong = case_queries.telling_of(session, row.case_id, "appointment_id", appointment_id, {kind})
    knows = kind is EventKind.APPOINTMENT_CANCELLED and _knows(session, row.case_id, wrong)
    recorded = cases.take_back(session, row.case_id, wrong, words=words, by=by, at=at, book=book)
    row.write(after)
    session.flush()
    write_audit(session, "appointment.undone", after, patient_id, by=by, at=at)
    if knows and recorded.case.is_open:
        recorded = owe_telling(session, recorded, after, told=False, by=by, at=at, book=book)
    recorded = owe_cover(session, recorded, after, by=by, at=at, book=book)
    return Arranged(appointment=after, recorded=recorded)


def unconfirm(session: Session, done: Recorded) -> None:
    """Of the appointments of which it was an error that they stand, nobody has found that now, or
    whoever said so before: as the events that stand tell."""
    history = case_queries.events_of(session, done.case.id)
    said = [event for event in history if event.kind is EventKind.APPOINTMENT_CONFIRMED]
    for row in queries.standing_rows(session, done.case.id):
        about = [one for one in said if one.facts.get("appointment_id") == str(row.id)]
        stand = [one.at for one in about if not one.in_error]
        last = max(stand, default=None)
        if about and row.confirmed_at != last:
            row.confirmed_at, row.how_known, row.as_of = last, None, None
    session.flush()


def _knows(session: Session, case_id: UUID, cancelled: Sequence[UUID]) -> bool:
    """Whether the person knows of it: nobody owes it any more to tell them."""
    left = fallen_with(case_queries.events_of(session, case_id), cancelled)
    tasks = case_queries.tasks_of(session, case_id)
    return not any(
        task.is_open and task.kind == "free" and task.anchor_event_id in left for task in tasks
    )
