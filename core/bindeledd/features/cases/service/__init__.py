"""What messages and people do with cases: open, join, re-open, record, mark as an error.

What a case begins with stands in `beginning.py`. Every change is written by `writing.py`, a mistake
is marked by `correcting.py`; `work.py` is what people do with tasks, `endings.py` how a case is
handed over and closed. Nothing here commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight, RelationKind
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    Case,
    CaseState,
    EventKind,
    IndexKind,
    NewEvent,
    planning,
)
from bindeledd.features.cases.domain.ages import age_facts
from bindeledd.features.cases.service import staying
from bindeledd.features.cases.service.beginning import (
    Found,
    begun_with,
    find,
    lock_and_find,
    new_case,
    opens_again,
    with_unit,
)
from bindeledd.features.cases.service.correcting import mark_in_error, take_back
from bindeledd.features.cases.service.following import followed_today, with_agreed
from bindeledd.features.cases.service.framing import frame_today
from bindeledd.features.cases.service.writing import (
    How,
    Recorded,
    case_values,
    events_from,
    insert_events,
    lock,
    owing_teams,
    write_audit,
    write_breaches,
    write_down,
)
from bindeledd.features.cases.service.writing_tasks import insert_tasks
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.pathways.domain import Book, Pathway
from bindeledd.features.patients import queries as patients
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import table
from bindeledd.foundation.db.sets import insert_set, together

__all__ = [
    "begin",
    "mark_in_error",
    "open_case",
    "open_known",
    "record",
    "replan",
    "take_back",
]


def open_case(
    session: Session,
    *,
    patient_id: UUID,
    index_kind: IndexKind,
    index_at: datetime,
    team_id: UUID,
    by: Actor,
    at: datetime,
    book: Book,
    unit_id: UUID | None = None,
    date_only: bool = False,
    source: str = "person",
    source_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    note: Mapping[str, Any] | None = None,
    more: Sequence[NewEvent] = (),
    found: Found | None = None,
) -> Recorded:
    """Register an index event of a patient, with what is known beside it (`more`).

    Joins the patient's open case; opens the last closed one again inside the pathway's window
    (not one that was registered in error); otherwise opens a new case, linked to the last. Whether
    the person was of age then is recorded with it, where their birth date is known. Whether the
    caller may see the case is not asked: registering always succeeds. `found`: for whoever has
    asked already.
    """
    index = NewEvent(
        kind=EventKind.INDEX_EVENT,
        at=index_at,
        date_only=date_only,
        facts={"index_kind": index_kind.value, **(facts or {})},
        note=note,
        source=source,
        source_id=source_id,
    )
    return begin(
        session,
        index,
        patient_id=patient_id,
        team_id=team_id,
        unit_id=unit_id,
        more=more,
        found=found,
        by=by,
        at=at,
        book=book,
    )


def begin(
    session: Session,
    index: NewEvent,
    *,
    patient_id: UUID,
    team_id: UUID,
    by: Actor,
    at: datetime,
    book: Book,
    unit_id: UUID | None = None,
    more: Sequence[NewEvent] = (),
    found: Found | None = None,
) -> Recorded:
    """Register what a course begins with: an index event, or that the person is bereaved.

    Joins, opens again or opens as `open_case` says.
    """
    found = found or lock_and_find(session, patient_id, team_id=team_id, unit_id=unit_id, by=by)
    index = replace(index, facts={**index.facts, **age_facts(found.who, book.kin, index.at)})
    new = tuple(with_unit(event, unit_id) for event in (index, *more))
    last = found.last
    if last is not None and last.state is not CaseState.CLOSED:
        return write_down(session, lock(session, last.id), new, by=by, at=at, book=book)
    pathway = book.current(begun_with(index))
    if last is not None and opens_again(session, last, pathway, at):
        return _reopen(session, last, pathway, new, by=by, at=at, book=book)
    since = min(at, index.at)
    case = new_case(by, pathway, of=patient_id, team=team_id, unit=unit_id, after=last, since=since)
    return _begin(session, case, new, found.frame, by=by, at=at, book=book)


def open_known(
    session: Session,
    *,
    patient_id: UUID,
    team_id: UUID,
    unit_id: UUID | None = None,
    by: Actor,
    at: datetime,
    book: Book,
    **said: Any,
) -> Recorded:
    """`open_case` for whoever names a patient by id: one whom they see, or who was never followed.

    Somebody who is not seen is registered by who they are (`intake`), never by an id. Raises
    `OutOfSight`, `TeamNotFound`, `UnitNotFound`.
    """
    held = patients.find_held(session, patient_id)
    if held is None or held.tenant_id != by.tenant_id:
        raise OutOfSight(patient=patient_id)
    found = find(session, patient_id, held.who, team_id=team_id, unit_id=unit_id, by=by)
    if found.last is not None:
        access.require_case(session, by, found.last.id)
    if found.frame is None:
        staff.require_team(session, by.tenant_id, team_id)
    if unit_id is not None:
        staff.require_unit(session, by.tenant_id, unit_id)
    return open_case(
        session,
        patient_id=patient_id,
        team_id=team_id,
        unit_id=unit_id,
        found=found,
        **said,
        by=by,
        at=at,
        book=book,
    )


def _begin(
    session: Session,
    case: Case,
    new: Sequence[NewEvent],
    known: staff.Frame | None,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    case, new = with_agreed(session, case, new, book, opens=True)
    events = events_from(case, new, by=by, at=at)
    case, frame = frame_today(session, case, book, events, known)
    changes = planning.plan(frame, case, events, (), at)
    with together(session):
        insert_tasks(session, changes.new, frame, book, by=by, at=at)
        case = replace(case, next_task_id=changes.next_task_id)
        insert_set(session, table(CaseRow), [case_values(case)])
        insert_events(session, case, events, new)
        events += write_breaches(session, case, changes.new, events, by=by, at=at)
        seeing = [(team, RelationKind.PARTICIPANT) for team in owing_teams(case, changes.new)]
        access.relate_first(
            session,
            case_id=case.id,
            patient_id=case.patient_id,
            teams=[(case.responsible_team_id, RelationKind.OWNER), *seeing],
            by=by,
            at=at,
        )
        write_audit(session, "case.opened", case, events, by=by, at=at)
    return Recorded(case=case, events=events, new=changes.new, changed=(), how=How.OPENED)


def _reopen(
    session: Session,
    last: Case,
    pathway: Pathway,
    new: Sequence[NewEvent],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Open a closed case again, with the current version of its routine; nothing is forgotten."""
    row = lock(session, last.id)
    case = replace(
        row.read(),
        state=CaseState.OPEN,
        pathway_id=pathway.id,
        pathway_version=pathway.version,
        closed_at=None,
        closure_id=None,
        closing_number=last.closing_number + 1,
    )
    history = queries.events_of(session, last.id)
    today = followed_today(session, case, book, history)
    case = replace(case, layers=today.layers)
    facts = {**today.facts, **staying.followed_today(session, case, book, history)}
    reopened = NewEvent(kind=EventKind.REOPENED, at=at, source="core", facts=facts)
    done = write_down(session, row, (*new, reopened), by=by, at=at, book=book, as_if=case)
    return replace(done, how=How.REOPENED)


def record(
    session: Session,
    case_id: UUID,
    events: Sequence[NewEvent],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Write down what happened, and what is owed now.

    Raises `NotFound` when `by` may not see the case, `CaseClosed` when it is closed.
    """
    access.require_case(session, by, case_id)
    return write_down(session, lock(session, case_id), events, by=by, at=at, book=book)


def replan(session: Session, case_id: UUID, *, by: Actor, at: datetime, book: Book) -> Recorded:
    """Plan anew without a new event (an event was marked, a team changed)."""
    return write_down(
        session, lock(session, case_id), (), by=by, at=at, book=book, nothing_new=True
    )
