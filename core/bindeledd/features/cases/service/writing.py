"""How a case is written: locked, events in, the pure plan asked, tasks in the order that the law
asks for: what becomes open, the pointer, what ends. Used by this floor only.

By what it is planned stands in `framing.py`, how its tasks are written in `writing_tasks.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

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
from bindeledd.features.cases.domain.early import Early, early
from bindeledd.features.cases.service.following import with_agreed
from bindeledd.features.cases.service.framing import frame_of
from bindeledd.features.cases.service.staying import with_stays
from bindeledd.features.cases.service.writing_tasks import (
    end_task,
    held_in,
    insert_tasks,
    keep_held,
    update_task,
)
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.db import table
from bindeledd.foundation.db.sets import insert_set
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
    """A case after something was recorded, with what became of its tasks.

    `early`: open tasks that it would have done, had their window been open.
    """

    case: Case
    events: tuple[Event, ...]
    new: tuple[Task, ...]
    changed: tuple[Task, ...]
    how: How = How.JOINED
    early: tuple[Early, ...] = ()

    @property
    def ended(self) -> tuple[Task, ...]:
        return tuple(task for task in self.changed if not task.is_open)

    def after(self, first: "Recorded") -> "Recorded":
        """This, with what was recorded of the same case just before it."""
        return replace(
            self,
            events=(*first.events, *self.events),
            new=(*first.new, *self.new),
            changed=(*first.changed, *self.changed),
            early=(*first.early, *self.early),
        )


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
    stand = {task.id: task for task in (*before, *changes.changed, *changes.new)}
    return Recorded(
        case=case,
        events=events,
        new=changes.new,
        changed=changes.changed,
        early=tuple(early(stand.values(), events, history)),
    )


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
    insert_set(
        session,
        table(EventRow),
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
