"""Responsibility that moves, and cases that end: asked for, refused, signed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import RelationKind
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    Case,
    CaseClosed,
    Event,
    EventKind,
    NewEvent,
    closing,
)
from bindeledd.features.cases.service.carrying import check_ending
from bindeledd.features.cases.service.following import with_brought
from bindeledd.features.cases.service.writing import (
    Recorded,
    events_from,
    insert_events,
    lock,
    write_audit,
    write_down,
)
from bindeledd.features.cases.service.writing_tasks import end_task
from bindeledd.features.cases.tables import CaseRow, ClosureRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor, LeadOnly
from bindeledd.features.tasks.domain import (
    Task,
    TaskState,
)
from bindeledd.foundation.db import table
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import seal


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
    """Make `team_id` responsible: exactly the open tasks of `responsible_team` move with it.

    The local routines that the team brings join those of the case, and count from now on.
    """
    access.require_case(session, by, case_id)
    row = lock(session, case_id)
    before = row.read()
    access.end_relation(
        session,
        case_id=case_id,
        team_id=before.responsible_team_id,
        kind=RelationKind.OWNER,
        by=by,
        at=at,
    )
    access.relate(
        session,
        case_id=case_id,
        patient_id=before.patient_id,
        team_id=team_id,
        kind=RelationKind.OWNER,
        by=by,
        at=at,
    )
    after, event = with_brought(session, replace(before, responsible_team_id=team_id), event, book)
    return write_down(session, row, [event], by=by, at=at, book=book, as_if=after)


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
    """Ask for the case to be closed: an event, and a task of the lead. It stays open until signed.

    `override` covers what is owed now and nothing that comes later. Raises what the ending still
    lacks: `MustStillOwed`, `NotYetUnreachable`, `NobodyAccepted`, `AppointmentsStand`…
    """
    access.require_case(session, by, case_id)
    _signer(by)
    row = lock(session, case_id)
    events = queries.events_of(session, case_id)
    if closing.standing_request(events) is not None:
        raise closing.ClosingRequested(case=case_id)
    tasks = queries.tasks_of(session, case_id)
    check_ending(session, row.read(), ending, events, tasks, at=at, book=book)
    covers = [task.id for task in closing.still_owed(tasks)] if override else []
    owed = [
        task
        for task in closing.blocking(tasks, ending, covers)
        if task.kind not in closing.BEFORE_AN_ERROR
    ]
    if owed:
        raise closing.MustStillOwed(case=case_id, tasks=sorted({task.kind for task in owed}))
    asked = NewEvent(
        kind=EventKind.CLOSING_REQUESTED,
        at=at,
        facts={
            "ending": ending.value,
            "override": override,
            "covers": sorted(str(task) for task in covers),
            **_in_the_epj(session, ending, events),
        },
        note=words,
    )
    return write_down(session, row, [asked], by=by, at=at, book=book)


def _in_the_epj(
    session: Session, ending: closing.Ending, events: Sequence[Event]
) -> dict[str, list[str]]:
    """The notes in the EPJ of a follow-up that was an error: what stands there is wrong with it."""
    if ending is not closing.Ending.REGISTERED_IN_ERROR:
        return {}
    found = queries.in_the_epj(session, [event.id for event in events if not event.in_error])
    return {"in_epj": [str(one) for one in found]} if found else {}


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
    access.require_case(session, by, case_id)
    row = lock(session, case_id)
    access.require_lead(by, row.responsible_team_id)
    request = closing.standing_request(queries.events_of(session, case_id))
    waiting = [t for t in queries.tasks_of(session, case_id) if t.kind == "sign_closing"]
    if request is None and not any(task.is_open for task in waiting):
        raise closing.NothingToSign(case=case_id)
    refused = NewEvent(kind=EventKind.CLOSING_REFUSED, at=at, note=words)
    return write_down(session, row, [refused], by=by, at=at, book=book)


def sign_closing(
    session: Session,
    case_id: UUID,
    *,
    words: Mapping[str, Any],
    seen: str | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Sign the ending that was asked for: the case is closed, by name, and its open tasks end.

    `seen`: the version of the case on the page that is signed (None: whoever calls has asked).
    Raises `NothingToSign`, `SecondPersonNeeded`, `MustStillOwed`, what the ending lacks now, and
    `ChangedSinceSeen`.
    """
    row = for_a_lead(session, case_id, by)
    case = row.read()
    tasks = queries.tasks_of(session, case_id)
    events = queries.events_of(session, case_id)
    request = closing.sign(closing.standing_request(events), tasks, _signer(by))
    check_ending(session, case, request.ending, events, tasks, at=at, book=book)
    _check_seen(seen, case, events)
    closed = NewEvent(
        kind=EventKind.CLOSED, at=at, facts={"ending": request.ending.value}, note=words
    )
    event = events_from(case, [closed], by=by, at=at)[0]
    insert_events(session, case, [event], [closed])
    closure_id = _insert_closure(session, case, request, words, by=_signer(by), at=at)
    row.state, row.closure_id, row.closed_at = "closed", closure_id, at
    row.next_task_id, row.version = None, case.version + 1
    session.flush()
    ended = _close_tasks(session, tasks, event, at)
    write_audit(session, "case.closed", case, [event], by=by, at=at)
    return Recorded(case=row.read(), events=(event,), new=(), changed=ended)


def _check_seen(seen: str | None, case: Case, events: Sequence[Event]) -> None:
    """Refuse a signature under another version of the case: nobody signs what they did not see."""
    if seen is None or seen == str(case.version):
        return
    last = max(events, key=lambda event: event.recorded_at)
    raise closing.ChangedSinceSeen(case=case.id, by=last.recorded_by, at=last.recorded_at)


def for_a_lead(session: Session, case_id: UUID, by: Actor) -> CaseRow:
    """The open case, locked, for a lead of the team that answers for it.

    Raises `NotFound`, `LeadOnly`, `CaseClosed`.
    """
    access.require_case(session, by, case_id)
    row = lock(session, case_id)
    access.require_lead(by, row.responsible_team_id)
    if not row.read().is_open:
        raise CaseClosed(case=case_id)
    return row


def _signer(by: Actor) -> UUID:
    """A signature is a person's: neither the product nor a command can sign."""
    if by.id is None:
        raise LeadOnly(actor=by.kind.value)
    return by.id


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
        sa.insert(table(ClosureRow)).values(
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
    session: Session, tasks: Sequence[Task], event: Event, at: datetime
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
        end_task(session, task)
    return ended
