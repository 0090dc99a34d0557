"""A closed follow-up that is corrected: written down, and opened again where something may be owed.

The routine is the one that it followed. A person who has another open follow-up by now is followed
there: the closed one is corrected and stays closed, and the lead of the open one has to look.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    BEGINNINGS,
    Case,
    CaseState,
    Event,
    EventKind,
    IndexKind,
    NewEvent,
    last_of,
    reopening,
)
from bindeledd.features.cases.service.beginning import begun_with
from bindeledd.features.cases.service.following import corrected
from bindeledd.features.cases.service.writing import (
    How,
    Recorded,
    events_from,
    insert_events,
    lock,
    write_audit,
    write_down,
)
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.pathways.domain import Book, PathwayUnknown
from bindeledd.features.patients import queries as people
from bindeledd.features.staff.domain import Actor


def write_correction(
    session: Session,
    row: CaseRow,
    new: Sequence[NewEvent],
    *,
    wrong: Sequence[UUID] = (),
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Write down a correction of a case, locked as `row`: planned anew, opened again if it is closed.

    `wrong`: the events that were marked. Nothing of a case that was registered in error is owed.
    Where it is closed, the person was locked before it.
    """
    case, new = corrected(session, row.read(), new, wrong, book)
    row.pathway_layers = " ".join(case.layers)
    if case.is_open:
        return write_down(session, row, new, by=by, at=at, book=book, as_if=case)
    history = queries.events_of(session, case.id)
    if not reopening.opens(history, wrong):
        return _stays_closed(session, row, new, by=by, at=at)
    other = queries.find_open_case(session, tenant_id=case.tenant_id, patient_id=case.patient_id)
    if other is not None:
        done = _stays_closed(session, row, new, by=by, at=at)
        _tell_the_open_one(session, other, done, by=by, at=at, book=book)
        return done
    return _open_again(session, row, history, new, by=by, at=at, book=book)


def _open_again(
    session: Session,
    row: CaseRow,
    history: Sequence[Event],
    new: Sequence[NewEvent],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    case = row.read()
    opened = replace(
        _followed(case, history, book),
        state=CaseState.OPEN,
        closed_at=None,
        closure_id=None,
        closing_number=case.closing_number + 1,
    )
    because = {"because": reopening.CORRECTED}
    again = NewEvent(kind=EventKind.REOPENED, at=at, facts=because, source="core")
    done = write_down(session, row, [*new, again], by=by, at=at, book=book, as_if=opened)
    return replace(done, how=How.REOPENED)


def _followed(case: Case, history: Sequence[Event], book: Book) -> Case:
    """The case by its own routine; by today's, where that one is not installed any more."""
    try:
        book.followed(case.pathway_id, case.pathway_version, case.layers)
    except PathwayUnknown:
        index = last_of(tuple(history), *BEGINNINGS)
        kind = IndexKind.SUICIDE_ATTEMPT.value if index is None else begun_with(index)
        pathway = book.current(kind)
        return replace(case, pathway_id=pathway.id, pathway_version=pathway.version)
    return case


def _stays_closed(
    session: Session, row: CaseRow, new: Sequence[NewEvent], *, by: Actor, at: datetime
) -> Recorded:
    """It stands in the history, and the signatures stand."""
    case = row.read()
    events = events_from(case, new, by=by, at=at)
    insert_events(session, case, events, new)
    row.version = case.version + 1
    session.flush()
    write_audit(session, "case.recorded", case, events, by=by, at=at)
    return Recorded(case=row.read(), events=events, new=(), changed=())


def record_answer(
    session: Session, case_id: UUID, answer: NewEvent, *, by: Actor, at: datetime, book: Book
) -> Recorded:
    """Write down what was answered of a case, also of one that was closed while nobody had answered.

    A closed one stays closed. Where the person has an open follow-up by now, its lead looks at what
    was answered, once. Raises `NotFound` where `by` may not see the case.
    """
    patient_id = access.require_case(session, by, case_id)
    row = locked(session, case_id, patient_id, by=by)
    if row.state != "closed":
        return write_down(session, row, [answer], by=by, at=at, book=book)
    done = _stays_closed(session, row, [answer], by=by, at=at)
    other = queries.find_open_case(session, tenant_id=by.tenant_id, patient_id=patient_id)
    if other is not None and not _is_looked_at(session, other, case_id):
        _tell_the_open_one(session, other, done, by=by, at=at, book=book)
    return done


def locked(session: Session, case_id: UUID, patient_id: UUID, *, by: Actor) -> CaseRow:
    """The case, locked; the person before a closed one, which may open or concern another of theirs."""
    if not queries.get_case(session, case_id, tenant_id=by.tenant_id).is_open:
        people.lock_patient(session, patient_id)
    return lock(session, case_id)


def _is_looked_at(session: Session, other: Case, case_id: UUID) -> bool:
    """Whether a lead of the open one has to look at the closed one already."""
    asked = {
        event.id
        for event in queries.events_of(session, other.id)
        if event.kind is EventKind.CORRECTED_EARLIER and event.facts.get("case") == str(case_id)
    }
    tasks = queries.tasks_of(session, other.id)
    return any(
        task.is_open and task.kind == reopening.LOOK and task.anchor_event_id in asked
        for task in tasks
    )


def _tell_the_open_one(
    session: Session, other: Case, done: Recorded, *, by: Actor, at: datetime, book: Book
) -> None:
    """Without the words: they are for those who see the closed one."""
    facts = {"case": str(done.case.id), "events": [str(event.id) for event in done.events]}
    said = NewEvent(kind=EventKind.CORRECTED_EARLIER, at=at, facts=facts, source="core")
    write_down(session, lock(session, other.id), [said], by=by, at=at, book=book)
