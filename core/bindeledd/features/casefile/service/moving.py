"""What was registered on the wrong person is moved to the right one, with all rows behind it.

What was sent out of a wrong registration: `recalling.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments.service import moving as appointments
from bindeledd.features.appointments.service.absence import COVER, see_to
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases import service
from bindeledd.features.cases.domain import Event, EventKind, NewEvent
from bindeledd.features.cases.domain.whereabouts import Whereabouts
from bindeledd.features.cases.queries.rows import rows_among
from bindeledd.features.cases.service import moving
from bindeledd.features.cases.service.moving import Moved
from bindeledd.features.cases.service.offering import see_that_it_is_offered
from bindeledd.features.contacts import queries as contact_rows
from bindeledd.features.contacts import service as contacts
from bindeledd.features.documents import queries as document_rows
from bindeledd.features.documents.service import moving as documents
from bindeledd.features.documents.tables import DocumentRow
from bindeledd.features.intake.service import moving as messages
from bindeledd.features.pathways.domain import Book
from bindeledd.features.plans import queries as plan_rows
from bindeledd.features.plans import service as plans
from bindeledd.features.relatives import service as relatives
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id


def move_to_right_person(
    session: Session,
    case_id: UUID,
    event_ids: Sequence[UUID],
    *,
    to_patient_id: UUID,
    words: Mapping[str, Any],
    right_here: Whereabouts | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Moved:
    """Move events with everything that is one with them (contact, appointment, document, message).

    Whoever moves sees both persons. At the wrong one it stands, marked, with the reason; at the
    right one it is recorded, sealed under that person's key. `right_here`: as `moving.move` takes
    it. Raises what `moving.move` raises.
    """
    chosen = moving.what_moves(session, case_id, event_ids, to_patient_id=to_patient_id, by=by)
    renamed = _renamed(session, case_id, chosen)
    moved = moving.move(
        session,
        case_id,
        chosen,
        to_patient_id=to_patient_id,
        renamed=renamed,
        words=words,
        right_here=right_here,
        by=by,
        at=at,
        book=book,
    )
    wrong = moved.wrong.case.patient_id
    sources = [event.source_id for event in chosen if event.source_id is not None]
    messages.move_to_person(session, moved, sources)
    contacts.move_contacts(session, moved, renamed, wrong_patient_id=wrong, by=by, at=at, book=book)
    see_that_it_is_offered(
        session, moved.right, words={"because": "declined"}, by=by, at=at, book=book
    )
    appointments.move_to_person(
        session, moved, renamed, wrong_patient_id=wrong, by=by, at=at, book=book
    )
    documents.move_to_person(session, moved, renamed, wrong_patient_id=wrong, by=by, at=at)
    plans.move_to_person(session, moved, renamed, wrong_patient_id=wrong, by=by, at=at)
    if any(event.facts.get("family") for event in chosen):
        for patient_id in (wrong, to_patient_id):
            relatives.settle_family(session, patient_id, by=by, at=at)
    _withdraw_what_it_left(session, moved, renamed, words=words, by=by, at=at, book=book)
    return moved


def _withdraw_what_it_left(
    session: Session,
    moved: Moved,
    renamed: Mapping[UUID, UUID],
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """What a moved contact, appointment or no left owed here is owed to the right person instead.

    Here nobody calls, and nobody reads, what another person was promised.
    """
    here = moved.wrong.case.id
    left = {
        event.id: UUID(str(event.facts["about"]))
        for event in cases.events_of(session, here)
        if event.kind is EventKind.TASK_ADDED and event.facts.get("about")
    }
    gone: list[NewEvent] = []
    to_cover: list[UUID] = []
    for task in cases.tasks_of(session, here):
        about = left.get(task.anchor_event_id) if task.anchor_event_id else None
        if not task.is_open or about not in {*renamed, *moved.events}:
            continue
        if about in renamed and task.kind == COVER:
            to_cover.append(renamed[about])
        facts = {"task_id": str(task.id), "kind": task.kind}
        gone.append(NewEvent(kind=EventKind.TASK_WITHDRAWN, at=at, facts=facts, note=words))
    see_to(session, moved.right.case.id, to_cover, by=by, at=at, book=book)
    if gone:
        service.record(session, here, gone, by=by, at=at, book=book)


def _renamed(session: Session, case_id: UUID, chosen: Iterable[Event]) -> dict[UUID, UUID]:
    """A new id for the copy of each row that the events tell of."""
    events = list(chosen)
    told = {UUID(str(e.facts[name])) for e in events for name in _TOLD if e.facts.get(name)}
    told |= {e.source_id for e in events if e.source_id is not None}
    rows = {row.id for row in contact_rows.of_events(session, [event.id for event in events])}
    rows |= {row.id for row in plan_rows.rows_of_events(session, [event.id for event in events])}
    booked = rows_among(session, AppointmentRow, case_id, told, order="starts_at")
    filed = [row.id for row in rows_among(session, DocumentRow, case_id, told, order="made_at")]
    rows |= {row.id for row in booked}
    rows |= {*filed, *(one.id for one in document_rows.recipient_rows(session, filed))}
    return {row: new_id() for row in sorted(rows)}


_TOLD = ("appointment_id", "document_id")
