"""How a case is written: locked, events in, the pure plan asked, tasks in the order that the law
asks for: what becomes open, the pointer, what ends. Used by this floor only.
"""

from collections.abc import Collection, Mapping, Sequence
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
    breaching,
    planning,
)
from bindeledd.features.cases.domain.joining import Places as Standing
from bindeledd.features.cases.domain.joining import joined
from bindeledd.features.cases.domain.resuming import TAKEOVER
from bindeledd.features.cases.domain.staying import stays
from bindeledd.features.cases.service.following import followed_today, with_agreed
from bindeledd.features.cases.service.staying import with_stays
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.pathways.domain import Book, ladders
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, Owners
from bindeledd.features.tasks import tables as stored
from bindeledd.features.tasks.domain import HELD, Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.calendars import Calendar
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
    case, new = with_agreed(session, case, new, book)
    new = with_stays(session, case, new, book)
    events = events_from(case, new, by=by, at=at)
    insert_events(session, case, events, new)
    history = queries.events_of(session, case.id)
    frame = frame_of(session, case, book, history)
    before = queries.tasks_of(session, case.id)
    changes = planning.plan(frame, case, history, before, at)
    held = frozenset() if new else held_in(session, case.id, changes.new, history)
    case = write_tasks(session, row, case, changes, frame, by=by, at=at, book=book)
    keep_held(session, held)
    events += write_breaches(session, case, changes.new, history, by=by, at=at)
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
    _insert_set(
        session,
        _EVENTS,
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


def write_breaches(
    session: Session,
    case: Case,
    tasks: Sequence[Task],
    history: Sequence[Event],
    *,
    by: Actor,
    at: datetime,
) -> tuple[Event, ...]:
    """Write down every gate without exception that these new tasks say was not kept."""
    found = breaching.breaches(tasks, history)
    events = events_from(case, found, by=by, at=at)
    insert_events(session, case, events, found)
    return events


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
    row.pathway_layers = " ".join(case.layers)
    row.closure_id, row.closing_number = case.closure_id, case.closing_number
    row.next_task_id, row.version = case.next_task_id, case.version
    session.flush()
    for task in changes.changed:
        if not task.is_open:
            end_task(session, task)
    return case


def held_in(
    session: Session, case_id: UUID, new: Sequence[Task], history: Sequence[Event]
) -> frozenset[UUID]:
    """What raises nothing before a lead has signed the take-over that the case came with: the
    tasks that wait for it, and of new ones those that are owed by what was taken over.

    Asked before they are written; the case is locked, as it is where somebody signs.
    """
    waiting = frozenset(
        session.scalars(
            sa.select(TaskRow.id).where(
                TaskRow.case_id == case_id, TaskRow.state == "open", TaskRow.next_rung_at == HELD
            )
        )
    )
    taken = {event.id for event in history if event.source == TAKEOVER} if waiting else set()
    return waiting | {task.id for task in new if task.anchor_event_id in taken}


def keep_held(session: Session, task_ids: Collection[UUID]) -> None:
    """Let these raise nothing, whatever their plan and due time are by now."""
    if task_ids:
        session.execute(
            sa.update(table(TaskRow))
            .where(TaskRow.id.in_(task_ids), TaskRow.state == "open")
            .values(
                next_rung=0,
                next_rung_at=HELD,
                rung_plan=[[ladders.written(HELD), ladders.REPEAT]],
                uncovered_at=None,
            )
        )


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
    watching: dict[tuple[object, ...], dict[str, Any]] = {}  # several fall due at once
    for task in tasks:
        same = _watched_alike(task)
        if same not in watching:
            watching[same] = watched(
                task, frame.calendar(task.owner_team_id), book, at=at, made=True
            )
    rows = [
        {
            **stored.values(task),
            **watching[_watched_alike(task)],
            "first_due_at": task.due_at,
            "made_at": at,
            "made_by": by.id,
        }
        for task in tasks
    ]
    if notes:
        rows = [{**row, "note": notes.get(row["id"])} for row in rows]
    if rows:
        _insert_task_rows(session, rows)


def _watched_alike(task: Task) -> tuple[object, ...]:
    named = ladders.named_day(task.due_reason, task.due_at)
    return task.ladder, task.owner_team_id, task.due_at, named


def _insert_task_rows(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    began = {"round": 1, "seen_in_a_row": 0, "version": 1}
    _insert_set(session, _TASKS, [{**began, **row} for row in rows])


_TASKS, _EVENTS = table(TaskRow), table(EventRow)


def _insert_set(session: Session, into: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """One statement for all rows on PostgreSQL, where each execution is a message."""
    if session.get_bind().dialect.name != "postgresql":
        session.execute(sa.insert(into), list(rows))
        return
    plain = orjson.dumps(rows, default=_in_hex).decode()
    session.execute(_as_set(into.name, tuple(rows[0])), {"rows": plain})


def _in_hex(value: object) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(type(value).__name__)


@lru_cache(maxsize=16)
def _as_set(into: str, columns: tuple[str, ...]) -> sa.TextClause:
    names = ", ".join(columns)
    return sa.text(
        f"INSERT INTO {into} ({names}) SELECT {names} "  # noqa: S608
        f"FROM jsonb_populate_recordset(CAST(NULL AS {into}), CAST(:rows AS jsonb))"
    )


def let_see(
    session: Session, case: Case, tasks: Sequence[Task], *, by: Actor, at: datetime
) -> None:
    """A team that owes a case something sees it (the ward with its summary). Handovers see to
    their receivers themselves."""
    for team_id in owing_teams(case, tasks):
        access.relate(
            session,
            case_id=case.id,
            patient_id=case.patient_id,
            team_id=team_id,
            kind=RelationKind.PARTICIPANT,
            by=by,
            at=at,
        )


def owing_teams(case: Case, tasks: Sequence[Task]) -> list[UUID]:
    """The other teams that owe the case something, receivers of a handover left out."""
    teams = {task.owner_team_id for task in tasks if task.owner != "receiving_team"}
    return sorted(teams - {case.responsible_team_id})


def watched(
    task: Task, calendar: Any, book: Book, *, at: datetime, made: bool = False
) -> dict[str, Any]:
    """The columns of the running round: a ladder starts with the task, not with its lateness.

    `made`: the task is made now, and did not change.
    """
    plan = ladders.start_round(
        book.ladder(task.ladder),
        due_at=task.due_at,
        calendar=calendar,
        at=at,
        round=1,
        covered=True,
        not_before=ladders.named_day(task.due_reason, task.due_at),
        made=made,
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
        "pathway_layers": " ".join(case.layers),
        "responsible_team_id": case.responsible_team_id,
        "unit_id": case.unit_id,
        "previous_case_id": case.previous_case_id,
        "opened_at": case.opened_at,
        "next_task_id": case.next_task_id,
        "closing_number": case.closing_number,
        "version": case.version,
    }


Places = dict[tuple[UUID, UUID | None], tuple[Owners, dict[UUID, Calendar]]]


def frame_of(
    session: Session,
    case: Case,
    book: Book,
    history: Sequence[Event] = (),
    known: Places | None = None,
) -> planning.Frame:
    """The pathway that this case follows, its teams and their calendars.

    `history` names the units of its stays: each owes what is owed after its own discharge.
    `known` keeps what was asked of a team and unit, for work over many cases.
    """
    known, where = {} if known is None else known, (case.responsible_team_id, case.unit_id)
    if where not in known:
        known[where] = staff.frame(session, team_id=where[0], unit_id=where[1])
    place, calendars = known[where]
    return _framed(session, case, book, history, place, calendars)


def frame_today(
    session: Session, case: Case, book: Book, history: Sequence[Event] = ()
) -> tuple[Case, planning.Frame]:
    """The case with the local routines that are for its unit today, and its frame."""
    place, calendars = staff.frame(session, team_id=case.responsible_team_id, unit_id=case.unit_id)
    unit = None if case.unit_id is None else (place.unit_key, place.unit_kind, place.organisation)
    alone = Standing(unit=unit, team=(place.team_organisation, place.team_units))
    case = replace(case, layers=followed_today(session, case, book, history, alone).layers)
    return case, _framed(session, case, book, history, place, calendars)


def _framed(
    session: Session,
    case: Case,
    book: Book,
    history: Sequence[Event],
    place: Owners,
    calendars: Mapping[UUID, Calendar],
) -> planning.Frame:
    return planning.Frame(
        book=book,
        pathway=book.followed(case.pathway_id, case.pathway_version, case.layers),
        teams=place.teams,
        holders=place.holders,
        units=_unit_teams(session, case, place.teams, history),
        calendars=calendars,
        layers=case.layers,
        joined=joined(history),
        stays=stays(history),
    )


def _unit_teams(
    session: Session, case: Case, teams: Mapping[str, UUID], history: Sequence[Event]
) -> dict[UUID, UUID]:
    """The team behind each unit of the history; asked only where there is another than the case's."""
    known = {}
    if case.unit_id is not None and "discharging_unit" in teams:
        known[case.unit_id] = teams["discharging_unit"]
    named = {UUID(str(e.facts["unit_id"])) for e in history if e.facts.get("unit_id")}
    others = named - known.keys()
    return known if not others else known | staff.unit_teams(session, case.tenant_id, others)


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
