"""How a case is written: locked, events in, the pure plan asked, tasks in the order that the law
asks for: what becomes open, the pointer, what ends. Used by this floor only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import RelationKind
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    Case,
    CaseClosed,
    Event,
    HappensLater,
    NewEvent,
    NoEvent,
    planning,
)
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.pathways.domain import Book, ladders
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as stored
from bindeledd.features.tasks.domain import (
    Task,
)
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.ids import new_id
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


def lock(session: Session, case_id: UUID) -> CaseRow:
    row = session.get(CaseRow, case_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(case=case_id)
    return row


def write_down(
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
    events = events_from(case, new, by=by, at=at)
    insert_events(session, case, events, new)
    frame = frame_of(session, case, book)
    before = queries.tasks_of(session, case.id)
    changes = planning.plan(frame, case, (*queries.events_of(session, case.id),), before, at)
    case = write_tasks(session, row, case, changes, frame, by=by, at=at, book=book)
    write_audit(session, "case.recorded", case, events, by=by, at=at)
    return Recorded(case=case, events=events, new=changes.new, changed=changes.changed)


def events_from(
    case: Case, new: Sequence[NewEvent], *, by: Actor, at: datetime
) -> tuple[Event, ...]:
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


def insert_events(
    session: Session, case: Case, events: Sequence[Event], new: Sequence[NewEvent]
) -> None:
    if not events:
        return
    session.execute(
        sa.insert(table(EventRow)),
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


def write_tasks(
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
    insert_tasks(session, changes.new, frame, book, by=by, at=at)
    let_see(session, case, changes.new, by=by, at=at)
    for task in changes.changed:
        if task.is_open:
            update_task(session, task, frame, book, at=at)
    case = replace(case, next_task_id=changes.next_task_id, version=row.version + 1)
    for name in ("state", "pathway_id", "pathway_version", "responsible_team_id", "closed_at"):
        setattr(row, name, getattr(case, name))
    row.closure_id, row.closing_number = case.closure_id, case.closing_number
    row.next_task_id, row.version = case.next_task_id, case.version
    session.flush()
    for task in changes.changed:
        if not task.is_open:
            end_task(session, task)
    return case


def insert_tasks(
    session: Session,
    tasks: Sequence[Task],
    frame: planning.Frame,
    book: Book,
    *,
    by: Actor,
    at: datetime,
    notes: Mapping[UUID, bytes] | None = None,
) -> None:
    rows = [
        {
            **stored.values(task),
            **watched(task, frame.calendar(task.owner_team_id), book, at=at),
            "first_due_at": task.due_at,
            "made_at": at,
            "made_by": by.id,
        }
        for task in tasks
    ]
    if notes:
        rows = [{**row, "note": notes.get(row["id"])} for row in rows]
    if rows:
        _insert_task_rows(session, rows, sealed=bool(notes))


def _insert_task_rows(session: Session, rows: Sequence[Mapping[str, Any]], *, sealed: bool) -> None:
    """One statement for all of them on PostgreSQL, where each execution is a message."""
    if sealed or session.get_bind().dialect.name != "postgresql":
        session.execute(sa.insert(table(TaskRow)), list(rows))
        return
    began = {"round": 1, "seen_in_a_row": 0, "version": 1}
    plain = orjson.dumps([{**began, **row} for row in rows]).decode()
    session.execute(_task_set((*began, *rows[0])), {"rows": plain})


@lru_cache(maxsize=8)
def _task_set(columns: tuple[str, ...]) -> sa.TextClause:
    names = ", ".join(columns)
    return sa.text(
        f"INSERT INTO tasks ({names}) SELECT {names} "  # noqa: S608
        "FROM jsonb_populate_recordset(CAST(NULL AS tasks), CAST(:rows AS jsonb))"
    )


def let_see(
    session: Session, case: Case, tasks: Sequence[Task], *, by: Actor, at: datetime
) -> None:
    """A team that owes a case something sees it (the ward with its summary). Handovers see to
    their receivers themselves."""
    owing = {task.owner_team_id for task in tasks if task.owner != "receiving_team"}
    for team_id in sorted(owing - {case.responsible_team_id}):
        access.relate(
            session,
            case_id=case.id,
            patient_id=case.patient_id,
            team_id=team_id,
            kind=RelationKind.PARTICIPANT,
            by=by,
            at=at,
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


def update_task(
    session: Session, task: Task, frame: planning.Frame, book: Book, *, at: datetime
) -> None:
    """Write an open task that changed; its ladder starts anew, so that whoever owes it now hears."""
    columns = stored.values(task)
    for fixed in ("id", "tenant_id", "case_id", "subject_id"):
        del columns[fixed]
    session.execute(
        sa.update(table(TaskRow))
        .where(TaskRow.id == task.id)
        .values(
            **columns,
            **watched(task, frame.calendar(task.owner_team_id), book, at=at),
            round=TaskRow.round + 1,
            seen_at=None,
            seen_until=None,
            seen_by=None,
            seen_in_a_row=0,
            uncovered_at=None,
            version=TaskRow.version + 1,
        )
    )


def end_task(session: Session, task: Task) -> None:
    session.execute(
        sa.update(table(TaskRow))
        .where(TaskRow.id == task.id, TaskRow.state == "open")
        .values(
            state=task.state.value,
            ended_at=task.ended_at,
            ended_by_event_id=task.ended_by_event_id,
            version=TaskRow.version + 1,
        )
    )


def case_values(case: Case) -> dict[str, Any]:
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
        book=book,
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


def write_audit(
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
