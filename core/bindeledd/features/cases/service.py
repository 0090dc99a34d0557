"""What people, messages and the clock do with cases.

Every change goes through `record` (or opens, hands over, closes): the case is locked, events are
written, the pure `plan` says what is owed, and tasks are written in the order that the law asks
for: what becomes open, the pointer, what ends. Nothing here commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    Case,
    CaseClosed,
    CaseState,
    Event,
    EventKind,
    HappensLater,
    IndexKind,
    NewEvent,
    NoEvent,
    closing,
    planning,
)
from bindeledd.features.cases.tables import CaseRow, ClosureRow, EventRow
from bindeledd.features.pathways.domain import Book, Pathway, ladders
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as stored
from bindeledd.features.tasks.domain import (
    DueEarlierOnly,
    Task,
    TaskNotOpen,
    TaskOrigin,
    TaskState,
)
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import seal


class How(StrEnum):
    """What an index event did."""

    OPENED = "opened"
    JOINED = "updated"
    REOPENED = "reopened"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A case after something was recorded, with what became of its tasks."""

    case: Case
    events: tuple[Event, ...]
    new: tuple[Task, ...]
    changed: tuple[Task, ...]
    how: How = How.JOINED

    @property
    def ended(self) -> tuple[Task, ...]:
        return tuple(task for task in self.changed if not task.is_open)


# --- an index event: a new case, an open one, or a closed one that opens again --------------------


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
) -> Recorded:
    """Register an index event of a patient, with what is known beside it (`more`).

    Joins the patient's open case; opens the last closed one again inside the pathway's window;
    otherwise opens a new case, linked to the last. Whether the caller may see the case is not
    asked: registering always succeeds.
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
    tenant_id = by.tenant_id
    running = queries.find_open_case(session, tenant_id=tenant_id, patient_id=patient_id)
    if running is not None:
        return _record(session, _lock(session, running.id), (index, *more), by=by, at=at, book=book)
    pathway = book.current(index_kind.value)
    last = queries.last_closed_case(session, tenant_id=tenant_id, patient_id=patient_id)
    if last is not None and last.closed_at is not None:
        calendar = staff.team_calendar(session, last.responsible_team_id)
        if calendar.after(last.closed_at, pathway.reopen_within) >= at:
            return _reopen(session, last, pathway, (index, *more), by=by, at=at, book=book)
    case = Case(
        id=new_id(),
        tenant_id=tenant_id,
        patient_id=patient_id,
        pathway_id=pathway.id,
        pathway_version=pathway.version,
        responsible_team_id=team_id,
        unit_id=unit_id,
        previous_case_id=None if last is None else last.id,
        opened_at=min(at, index_at),
    )
    return _begin(session, case, (index, *more), by=by, at=at, book=book)


def _begin(
    session: Session, case: Case, new: Sequence[NewEvent], *, by: Actor, at: datetime, book: Book
) -> Recorded:
    events = _events(case, new, by=by, at=at)
    frame = frame_of(session, case, book)
    changes = planning.plan(frame, case, events, (), at)
    _insert_tasks(session, changes.new, frame, book, by=by, at=at)
    case = replace(case, next_task_id=changes.next_task_id)
    session.execute(sa.insert(CaseRow), [_case_values(case)])
    _insert_events(session, case, events, new)
    access.relate(
        session,
        case_id=case.id,
        patient_id=case.patient_id,
        team_id=case.responsible_team_id,
        kind="owner",
        tenant_id=case.tenant_id,
        at=at,
    )
    _audit(session, "case.opened", case, events, by=by, at=at)
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
    """Open a closed case again, with the current version of its pathway; nothing is forgotten."""
    row = _lock(session, last.id)
    reopened = NewEvent(kind=EventKind.REOPENED, at=at, source="core")
    case = replace(
        row.read(),
        state=CaseState.OPEN,
        pathway_id=pathway.id,
        pathway_version=pathway.version,
        closed_at=None,
        closure_id=None,
        closing_number=last.closing_number + 1,
    )
    done = _record(session, row, (*new, reopened), by=by, at=at, book=book, as_if=case)
    return replace(done, how=How.REOPENED)


# --- recording what happened ----------------------------------------------------------------------


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
    return _record(session, _lock(session, case_id), events, by=by, at=at, book=book)


def replan(session: Session, case_id: UUID, *, by: Actor, at: datetime, book: Book) -> Recorded:
    """Plan anew without a new event (an event was marked, a team changed)."""
    return _record(session, _lock(session, case_id), (), by=by, at=at, book=book, nothing_new=True)


def mark_in_error(
    session: Session,
    case_id: UUID,
    event_ids: Sequence[UUID],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Mark events as entered in error; what they made somebody owe is planned anew."""
    row = _lock(session, case_id)
    session.execute(
        sa.update(EventRow)
        .where(
            EventRow.case_id == case_id,
            EventRow.id.in_(event_ids),
            EventRow.in_error_at.is_(None),
        )
        .values(in_error_at=at, in_error_by=by.id)
    )
    return _record(session, row, (), by=by, at=at, book=book, nothing_new=True)


def _lock(session: Session, case_id: UUID) -> CaseRow:
    row = session.get(CaseRow, case_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(case=case_id)
    return row


def _record(
    session: Session,
    row: CaseRow,
    new: Sequence[NewEvent],
    *,
    by: Actor,
    at: datetime,
    book: Book,
    as_if: Case | None = None,
    nothing_new: bool = False,
) -> Recorded:
    case = as_if or row.read()
    if not new and not nothing_new:
        raise NoEvent(case=case.id)
    if not case.is_open:
        raise CaseClosed(case=case.id)
    events = _events(case, new, by=by, at=at)
    _insert_events(session, case, events, new)
    frame = frame_of(session, case, book)
    before = queries.tasks_of(session, case.id)
    changes = planning.plan(frame, case, (*queries.events_of(session, case.id),), before, at)
    case = _write(session, row, case, changes, frame, by=by, at=at, book=book)
    _audit(session, "case.recorded", case, events, by=by, at=at)
    return Recorded(case=case, events=events, new=changes.new, changed=changes.changed)


def _events(case: Case, new: Sequence[NewEvent], *, by: Actor, at: datetime) -> tuple[Event, ...]:
    for event in new:
        if event.at > at:
            raise HappensLater(case=case.id, kind=event.kind.value)
    return tuple(
        Event(
            id=new_id(),
            case_id=case.id,
            kind=event.kind,
            at=event.at,
            date_only=event.date_only,
            recorded_at=at,
            recorded_by=by.id,
            source=event.source,
            source_id=event.source_id,
            facts=event.facts,
        )
        for event in new
    )


def _insert_events(
    session: Session, case: Case, events: Sequence[Event], new: Sequence[NewEvent]
) -> None:
    if not events:
        return
    session.execute(
        sa.insert(EventRow.__table__),
        [
            {
                "id": event.id,
                "tenant_id": case.tenant_id,
                "case_id": case.id,
                "kind": event.kind.value,
                "at": event.at,
                "date_only": event.date_only,
                "recorded_at": event.recorded_at,
                "recorded_by": event.recorded_by,
                "source": event.source,
                "source_id": event.source_id,
                "facts": dict(event.facts),
                "note": None
                if said.note is None
                else seal(session, queries.note_place(case, event.id), said.note),
            }
            for event, said in zip(events, new, strict=True)
        ],
    )


# --- writing tasks: what becomes open, the pointer, what ends ------------------------------------


def _write(
    session: Session,
    row: CaseRow,
    case: Case,
    changes: planning.Changes,
    frame: planning.Frame,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Case:
    _insert_tasks(session, changes.new, frame, book, by=by, at=at)
    for task in changes.changed:
        if task.is_open:
            _update_task(session, task, frame, book, at=at)
    case = replace(case, next_task_id=changes.next_task_id, version=row.version + 1)
    for name in ("state", "pathway_id", "pathway_version", "responsible_team_id", "closed_at"):
        setattr(row, name, getattr(case, name))
    row.closure_id, row.closing_number = case.closure_id, case.closing_number
    row.next_task_id, row.version = case.next_task_id, case.version
    session.flush()
    for task in changes.changed:
        if not task.is_open:
            _end_task(session, task)
    return case


def _insert_tasks(
    session: Session,
    tasks: Sequence[Task],
    frame: planning.Frame,
    book: Book,
    *,
    by: Actor,
    at: datetime,
    notes: Mapping[UUID, bytes] | None = None,
) -> None:
    if tasks:
        session.execute(
            sa.insert(TaskRow.__table__),
            [
                {
                    **stored.values(task),
                    **watched(task, frame.calendar(task.owner_team_id), book, at=at),
                    "first_due_at": task.due_at,
                    "note": (notes or {}).get(task.id),
                    "made_at": at,
                    "made_by": by.id,
                }
                for task in tasks
            ],
        )


def watched(task: Task, calendar: Any, book: Book, *, at: datetime) -> dict[str, Any]:
    """The columns of the running round: a ladder starts with the task, not with its lateness."""
    plan = ladders.start_round(
        book.ladder(task.ladder),
        due_at=task.due_at,
        calendar=calendar,
        at=at,
        round=1,
        covered=True,
    )
    return {
        "next_rung": plan.next_rung,
        "next_rung_at": plan.next_rung_at,
        "rung_plan": [list(entry) for entry in plan.entries],
    }


def _update_task(
    session: Session, task: Task, frame: planning.Frame, book: Book, *, at: datetime
) -> None:
    """Write an open task that changed; its ladder starts anew, so that whoever owes it now hears."""
    columns = stored.values(task)
    for fixed in ("id", "tenant_id", "case_id", "subject_id"):
        del columns[fixed]
    session.execute(
        sa.update(TaskRow.__table__)
        .where(TaskRow.id == task.id)
        .values(
            **columns,
            **watched(task, frame.calendar(task.owner_team_id), book, at=at),
            round=TaskRow.round + 1,
            seen_at=None,
            seen_until=None,
            seen_by=None,
            seen_in_a_row=0,
            version=TaskRow.version + 1,
        )
    )


def _end_task(session: Session, task: Task) -> None:
    session.execute(
        sa.update(TaskRow.__table__)
        .where(TaskRow.id == task.id, TaskRow.state == "open")
        .values(
            state=task.state.value,
            ended_at=task.ended_at,
            ended_by_event_id=task.ended_by_event_id,
            version=TaskRow.version + 1,
        )
    )


def _case_values(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "tenant_id": case.tenant_id,
        "patient_id": case.patient_id,
        "state": case.state.value,
        "pathway_id": case.pathway_id,
        "pathway_version": case.pathway_version,
        "responsible_team_id": case.responsible_team_id,
        "unit_id": case.unit_id,
        "previous_case_id": case.previous_case_id,
        "opened_at": case.opened_at,
        "next_task_id": case.next_task_id,
        "closing_number": case.closing_number,
        "version": case.version,
    }


def frame_of(session: Session, case: Case, book: Book) -> planning.Frame:
    """The pathway as it applies to this case, its teams and their calendars."""
    place = staff.owners(session, team_id=case.responsible_team_id, unit_id=case.unit_id)
    return planning.Frame(
        pathway=book.resolve(
            case.pathway_id,
            case.pathway_version,
            unit_key=place.unit_key,
            unit_kind=place.unit_kind,
        ),
        teams=place.teams,
        holders=place.holders,
        calendars=staff.calendars(session, case.tenant_id),
    )


def _audit(
    session: Session, act: str, case: Case, events: Sequence[Event], *, by: Actor, at: datetime
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subjects=[case.patient_id],
        facts={"case": case.id, "events": [event.kind.value for event in events]},
    )


# --- what people do with tasks ---------------------------------------------------------------------


def get_task(session: Session, case_id: UUID, task_id: UUID) -> Task:
    row = session.get(TaskRow, task_id, populate_existing=True)
    if row is None or row.case_id != case_id:
        raise NotFound(task=task_id)
    return row.read()


def _open_task(session: Session, case_id: UUID, task_id: UUID) -> Task:
    task = get_task(session, case_id, task_id)
    if not task.is_open:
        raise TaskNotOpen(task=task_id, state=task.state.value)
    return task


def complete_task(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Say that a task is done, and what was done (sealed).

    A task that only an event can satisfy (a contact, a summary) is refused: record the event.
    """
    access.require_case(session, by, case_id)
    task = _open_task(session, case_id, task_id)
    if task.satisfied_by and task.origin is not TaskOrigin.PERSON:
        raise planning.SatisfiedByEventOnly(task=task_id, needs=list(task.satisfied_by))
    kind = {
        "review_case": EventKind.REVIEWED,
        "acute_concern": EventKind.CONCERN_ANSWERED,
    }.get(task.kind, EventKind.TASK_DONE)
    done = NewEvent(
        kind=kind, at=at, facts={"task_id": str(task_id), "kind": task.kind}, note=words
    )
    return record(session, case_id, [done], by=by, at=at, book=book)


def add_task(
    session: Session,
    case_id: UUID,
    *,
    kind: str = "free",
    due_at: datetime,
    words: Mapping[str, Any],
    team_id: UUID | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Owe something that no pathway asks for, with a reason in words (sealed)."""
    access.require_case(session, by, case_id)
    row = _lock(session, case_id)
    case = row.read()
    added = _events(
        case, [NewEvent(kind=EventKind.TASK_ADDED, at=at, facts={"kind": kind})], by=by, at=at
    )[0]
    frame = frame_of(session, case, book)
    task = Task(
        id=new_id(),
        tenant_id=case.tenant_id,
        case_id=case.id,
        kind=kind,
        origin=TaskOrigin.PERSON,
        step_key=f"person.{added.id}",
        anchor_event_id=added.id,
        owner="responsible_team" if team_id is None else "team",
        owner_team_id=team_id or case.responsible_team_id,
        due_at=due_at,
        due_reason={"rule": "person", "by": str(by.id)},
        made_at=at,
    )
    if not case.is_open:
        raise CaseClosed(case=case.id)
    _insert_events(session, case, [added], [NewEvent(kind=added.kind, at=at, facts=added.facts)])
    sealed = seal(session, queries.task_note_place(task, case.patient_id), words)
    _insert_tasks(session, [task], frame, book, by=by, at=at, notes={task.id: sealed})
    done = _record(session, row, (), by=by, at=at, book=book, nothing_new=True)
    return replace(done, events=(added,), new=(task, *done.new))


def bring_forward(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    *,
    due_at: datetime,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Move a task earlier, with a reason. Raises `DueEarlierOnly` for a later time."""
    return _move(
        session, case_id, task_id, EventKind.TASK_BROUGHT_FORWARD, due_at, words, by, at, book
    )


def move_later(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    *,
    due_at: datetime,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Move a task later: only a person, with a reason; the roll call counts it."""
    return _move(session, case_id, task_id, EventKind.TASK_MOVED_LATER, due_at, words, by, at, book)


def _move(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    kind: EventKind,
    due_at: datetime,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    access.require_case(session, by, case_id)
    row = _lock(session, case_id)
    task = _open_task(session, case_id, task_id)
    earlier = due_at < task.due_at
    if earlier is not (kind is EventKind.TASK_BROUGHT_FORWARD):
        raise DueEarlierOnly(task=task_id, due_at=task.due_at)
    case = row.read()
    moved = replace(
        task,
        due_at=due_at,
        due_reason={**task.due_reason, "moved_by": str(by.id), "moved": kind.value},
    )
    _update_task(session, moved, frame_of(session, case, book), book, at=at)
    said = NewEvent(
        kind=kind,
        at=at,
        facts={"task_id": str(task_id), "from": task.due_at.isoformat(), "to": due_at.isoformat()},
        note=words,
    )
    return _record(session, row, [said], by=by, at=at, book=book)


def hold_task(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    *,
    member_id: UUID | None,
    by: Actor,
    at: datetime,
) -> None:
    """Take a task (or give it back to its team with `None`). The team goes on owning it."""
    access.require_case(session, by, case_id)
    task = _open_task(session, case_id, task_id)
    session.execute(
        sa.update(TaskRow.__table__)
        .where(TaskRow.id == task.id)
        .values(held_by=member_id, version=TaskRow.version + 1)
    )
    audit.record(
        session,
        "task.held",
        by=by,
        at=at,
        facts={"case": case_id, "task": task_id, "by": member_id},
    )


def release_tasks(session: Session, member_id: UUID, *, by: Actor, at: datetime) -> list[UUID]:
    """Give every open task that a member holds back to its team (away today, deactivated).

    Also those without a case. Their next rung is not moved: nobody gets less time by it.
    """
    held = list(
        session.scalars(
            sa.select(TaskRow.id).where(TaskRow.held_by == member_id, TaskRow.state == "open")
        )
    )
    if held:
        session.execute(
            sa.update(TaskRow.__table__)
            .where(TaskRow.held_by == member_id, TaskRow.state == "open")
            .values(held_by=None, version=TaskRow.version + 1)
        )
        audit.record(
            session, "task.released", by=by, at=at, facts={"member": member_id, "tasks": held}
        )
    return held


# --- responsibility that moves -----------------------------------------------------------------------


def take_over(
    session: Session,
    case_id: UUID,
    *,
    team_id: UUID,
    event: NewEvent,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Make `team_id` responsible: exactly the open tasks of `responsible_team` move with it."""
    access.require_case(session, by, case_id)
    row = _lock(session, case_id)
    before = row.read()
    access.end_relations(session, case_id=case_id, kind="owner", at=at)
    access.relate(
        session,
        case_id=case_id,
        patient_id=before.patient_id,
        team_id=team_id,
        kind="owner",
        tenant_id=before.tenant_id,
        at=at,
    )
    after = replace(before, responsible_team_id=team_id)
    return _record(session, row, [event], by=by, at=at, book=book, as_if=after)


# --- endings --------------------------------------------------------------------------------------------


def request_closing(
    session: Session,
    case_id: UUID,
    *,
    ending: closing.Ending,
    words: Mapping[str, Any],
    override: bool = False,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Ask for the case to be closed: an event, and a task of the lead. It stays open until signed."""
    access.require_case(session, by, case_id)
    owed = closing.still_owed(queries.tasks_of(session, case_id))
    if owed and not override and ending is not closing.Ending.REGISTERED_IN_ERROR:
        raise closing.MustStillOwed(case=case_id, tasks=sorted({task.kind for task in owed}))
    asked = NewEvent(
        kind=EventKind.CLOSING_REQUESTED,
        at=at,
        facts={"ending": ending.value, "override": override},
        note=words,
    )
    return record(session, case_id, [asked], by=by, at=at, book=book)


def refuse_closing(
    session: Session,
    case_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """The lead says no: the case goes on, and somebody owes it the next thing."""
    case = queries.get_case(session, case_id, tenant_id=by.tenant_id)
    access.require_lead(session, by, case.responsible_team_id)
    if closing.standing_request(queries.events_of(session, case_id)) is None:
        raise closing.NothingToSign(case=case_id)
    refused = NewEvent(kind=EventKind.CLOSING_REFUSED, at=at, note=words)
    return record(session, case_id, [refused], by=by, at=at, book=book)


def sign_closing(
    session: Session,
    case_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Sign the ending that was asked for: the case is closed, by name, and its open tasks end.

    Raises `NothingToSign`, `SecondPersonNeeded`, `MustStillOwed`.
    """
    access.require_case(session, by, case_id)
    row = _lock(session, case_id)
    case = row.read()
    access.require_lead(session, by, case.responsible_team_id)
    if not case.is_open:
        raise CaseClosed(case=case_id)
    tasks = queries.tasks_of(session, case_id)
    assert by.id is not None
    request = closing.sign(
        closing.standing_request(queries.events_of(session, case_id)), tasks, by.id
    )
    closed = NewEvent(
        kind=EventKind.CLOSED, at=at, facts={"ending": request.ending.value}, note=words
    )
    event = _events(case, [closed], by=by, at=at)[0]
    _insert_events(session, case, [event], [closed])
    closure_id = _insert_closure(session, case, request, words, by=by.id, at=at)
    row.state, row.closure_id, row.closed_at = "closed", closure_id, at
    row.next_task_id, row.version = None, case.version + 1
    session.flush()
    ended = _close_tasks(session, tasks, request, event, at)
    _audit(session, "case.closed", case, [event], by=by, at=at)
    return Recorded(case=row.read(), events=(event,), new=(), changed=ended)


def _insert_closure(
    session: Session,
    case: Case,
    request: closing.Request,
    words: Mapping[str, Any],
    *,
    by: UUID,
    at: datetime,
) -> UUID:
    closure_id = new_id()
    second = by != request.by
    place = Place(case.tenant_id, "closures", "note", closure_id, case.patient_id)
    session.execute(
        sa.insert(ClosureRow.__table__).values(
            id=closure_id,
            tenant_id=case.tenant_id,
            case_id=case.id,
            number=case.closing_number,
            ending=request.ending.value,
            signed_by=request.by,
            signed_at=request.at,
            second_signed_by=by if second else None,
            second_signed_at=at if second else None,
            note=seal(session, place, words),
        )
    )
    return closure_id


def _close_tasks(
    session: Session, tasks: Sequence[Task], request: closing.Request, event: Event, at: datetime
) -> tuple[Task, ...]:
    ended = tuple(
        replace(
            task,
            state=TaskState.DONE if task.kind == "sign_closing" else TaskState.CANCELLED,
            ended_at=at,
            ended_by_event_id=event.id,
        )
        for task in tasks
        if task.is_open
    )
    for task in ended:
        _end_task(session, task)
    return ended
