"""Tasks that no pathway asks for: owed with a reason, several of them written as one set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, CaseClosed, Event, EventKind, NewEvent
from bindeledd.features.cases.service.framing import frame_of
from bindeledd.features.cases.service.writing import (
    Recorded,
    events_from,
    insert_events,
    let_see,
    lock,
    write_down,
)
from bindeledd.features.cases.service.writing_tasks import insert_tasks
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import CONTACT_KINDS, DueInPast, Task, TaskOrigin
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import seal


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Something to be owed that no pathway asks for; `words` (why) are sealed.

    `reason`: which rule has it due then, and how (`core_clock`), or that a person chose (`CHOSEN`).
    The ladder is the one that the book gives tasks of that rule.

    `window_from`: from when on what happens does it, where that is later than now.
    `satisfied_by` names kinds of events that do it, beside a person who says that it is done; of a
    task `about` one appointment only those of that appointment.
    """

    due_at: datetime
    words: Mapping[str, Any]
    reason: Mapping[str, Any]
    kind: str = "free"
    satisfied_by: tuple[str, ...] = ()
    team_id: UUID | None = None
    about: Mapping[str, UUID] | None = None
    window_from: datetime | None = None


def add_tasks(
    session: Session,
    case_id: UUID,
    wanted: Sequence[Wanted],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Owe these beside what the pathway asks for, written as one set.

    Raises `CaseClosed`, `DueInPast` for a moment that has passed, `TeamNotFound`.
    """
    access.require_case(session, by, case_id)
    row = lock(session, case_id)
    case = row.read()
    if not case.is_open:
        raise CaseClosed(case=case.id)
    if any(one.due_at < at for one in wanted):
        raise DueInPast(due_at=min(one.due_at for one in wanted))
    for team_id in {one.team_id for one in wanted if one.team_id is not None}:
        staff.get_team(session, by.tenant_id, team_id)
    said = [_added(one, at) for one in wanted]
    added = events_from(case, said, by=by, at=at)
    tasks = [_task(case, one, event, by, book) for one, event in zip(wanted, added, strict=True)]
    notes = {
        task.id: seal(session, queries.task_note_place(task, case.patient_id), one.words)
        for one, task in zip(wanted, tasks, strict=True)
    }
    insert_events(session, case, added, said)
    frame = frame_of(session, case, book)
    insert_tasks(session, tasks, frame, book, by=by, at=at, notes=notes)
    let_see(session, case, tasks, by=by, at=at)
    done = write_down(session, row, (), by=by, at=at, book=book, nothing_new=True)
    return replace(done, events=added, new=(*tasks, *done.new))


def _added(one: Wanted, at: datetime) -> NewEvent:
    told = {name: str(about) for name, about in (one.about or {}).items()}
    return NewEvent(kind=EventKind.TASK_ADDED, at=at, facts={"kind": one.kind, **told})


def _task(case: Case, one: Wanted, added: Event, by: Actor, book: Book) -> Task:
    contact = one.kind in CONTACT_KINDS or bool(one.reason.get("contact"))
    return Task(
        id=new_id(),
        tenant_id=case.tenant_id,
        case_id=case.id,
        kind=one.kind,
        origin=TaskOrigin.PERSON,
        step_key=f"person.{added.id}",
        anchor_event_id=added.id,
        owner="responsible_team" if one.team_id is None else "team",
        owner_team_id=one.team_id or case.responsible_team_id,
        window_from=one.window_from,
        due_at=one.due_at,
        due_reason={**one.reason, "by": member_of(by), "contact": contact},
        ladder=_ladder(one, book),
        satisfied_by=one.satisfied_by,
        made_at=added.recorded_at,
    )


def member_of(by: Actor) -> str | None:
    """Whom a reason names; None where the product itself or a command does it."""
    return None if by.id is None else str(by.id)


def _ladder(one: Wanted, book: Book) -> str:
    """Of the kind, or of the rule that has it due; the common one where a person chose the time."""
    rule = book.core.get(str(one.reason["rule"]))
    if rule is not None:
        rule = book.core.get(one.kind, rule)
    return "standard" if rule is None else rule.ladder
