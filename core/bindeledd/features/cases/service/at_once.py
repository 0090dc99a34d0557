"""What follows a contact at once: undoing it, and saying when to try next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.at_once import (
    NotInVain,
    TooLateToUndo,
    just_made,
    made_with,
    tried_again,
)
from bindeledd.features.cases.domain.entailing import FOLLOWS
from bindeledd.features.cases.domain.trying import is_in_vain
from bindeledd.features.cases.service.adding import Wanted, add_tasks
from bindeledd.features.cases.service.correcting import take_back
from bindeledd.features.cases.service.writing import Recorded, lock
from bindeledd.features.pathways.domain import CHOSEN, Book
from bindeledd.features.patients import queries as people
from bindeledd.features.staff.domain import Actor


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
    """Mark the contact that `by` registered last as entered in error, with what it made owed; what
    is owed without it is planned anew. `words`: that it was undone at once (sealed).

    Raises `TooLateToUndo`, `NotFound`.
    """
    patient_id = access.require_case(session, by, case_id)
    people.lock_patient(session, patient_id)
    lock(session, case_id)
    history = queries.events_of(session, case_id)
    last = just_made(history, by=by.id, at=at)
    if last is None or last.id != event_id:
        raise TooLateToUndo(case=case_id, event=event_id)
    wrong = made_with(history, last)
    return take_back(session, case_id, wrong, words=words, by=by, at=at, book=book)


def try_again(
    session: Session,
    case_id: UUID,
    event_id: UUID,
    *,
    due_at: datetime,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Owe the next attempt after one in vain, by `due_at`; it falls where that one was an error.

    Raises `NotInVain` where the event is no such attempt or the next one is owed already;
    `DueInPast`, `CaseClosed`, `NotFound`.
    """
    access.require_case(session, by, case_id)
    lock(session, case_id)
    history = queries.events_of(session, case_id)
    tried = next((event for event in history if event.id == event_id), None)
    if tried is None or not is_in_vain(tried) or tried_again(history, tried):
        raise NotInVain(case=case_id, event=event_id)
    wanted = Wanted(
        kind="call_patient",
        due_at=due_at,
        reason=CHOSEN,
        words=words,
        satisfied_by=(EventKind.REACHED.value,),
        about={FOLLOWS: tried.id, "about": tried.source_id or tried.id},
    )
    return add_tasks(session, case_id, [wanted], by=by, at=at, book=book)
