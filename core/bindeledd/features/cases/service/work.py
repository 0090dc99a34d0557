"""What people do with tasks: complete, add, bring forward, hold, give back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    EventKind,
    NewEvent,
    correcting,
    deciding,
    looking_after,
    planning,
    postponing,
    recalling,
)
from bindeledd.features.cases.service.adding import Wanted, add_tasks, member_of
from bindeledd.features.cases.service.framing import frame_of
from bindeledd.features.cases.service.writing import Recorded, lock, write_down
from bindeledd.features.cases.service.writing_tasks import update_task
from bindeledd.features.pathways.domain import CHOSEN, Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import (
    DueEarlierOnly,
    DueInPast,
    HolderAway,
    NotOfTheTeam,
    Task,
    TaskNotOpen,
    TaskTouched,
)
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table
from bindeledd.foundation.errors import NotFound


def get_task(session: Session, case_id: UUID, task_id: UUID, *, by: Actor) -> Task:
    """A task of a follow-up that `by` may see. Anything else: `NotFound`, the same either way."""
    access.require_case(session, by, case_id)
    return _task(session, case_id, task_id)


def _task(session: Session, case_id: UUID, task_id: UUID) -> Task:
    row = session.get(TaskRow, task_id, populate_existing=True)
    if row is None or row.case_id != case_id:
        raise NotFound(task=task_id)
    return row.read()


def _open_task(session: Session, case_id: UUID, task_id: UUID) -> Task:
    task = _task(session, case_id, task_id)
    if not task.is_open:
        raise TaskNotOpen(task=task_id, state=task.state.value)
    return task


def complete_task(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    *,
    words: Mapping[str, Any],
    next_at: datetime | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Say that a task is done, and what was done (sealed); with `next_at`, somebody looks again.

    A task that only an event can satisfy (a contact, a summary) is refused: record the event.
    Raises `ReasonNeeded` where nothing is said, `DueInPast` for a `next_at` that has passed.
    """
    access.require_case(session, by, case_id)
    row = lock(session, case_id)
    task = _open_task(session, case_id, task_id)
    recalling.check_done(task.kind, words)
    if task.kind == looking_after.REVIEW_SHARING:
        looking_after.check_other(task, queries.events_of(session, case_id), by.id)
    if not planning.done_in_words(task) and task.kind == deciding.DECIDES:
        raise deciding.DecidedByChoice(task=task_id)
    if not planning.done_in_words(task):
        raise planning.SatisfiedByEventOnly(task=task_id, needs=list(task.satisfied_by))
    kind = {
        "review_case": EventKind.REVIEWED,
        "acute_concern": EventKind.CONCERN_ANSWERED,
    }.get(task.kind, EventKind.TASK_DONE)
    done = NewEvent(
        kind=kind, at=at, facts={"task_id": str(task_id), "kind": task.kind}, note=words
    )
    ended = write_down(session, row, [done], by=by, at=at, book=book)
    if next_at is None:
        return ended
    again = "review_case" if task.kind == "review_case" else "free"
    more = add_task(
        session, case_id, kind=again, due_at=next_at, words=words, by=by, at=at, book=book
    )
    return more.after(ended)


def decide_task(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    *,
    words: Mapping[str, Any],
    then: Wanted,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Say what was decided (sealed), and owe what follows from it: first that, so that there is no
    moment in between. Raises `TaskNotOpen`, `NothingToChoose`, and what `add_tasks` raises."""
    access.require_case(session, by, case_id)
    row = lock(session, case_id)
    task = _open_task(session, case_id, task_id)
    if task.kind != deciding.DECIDES:
        raise deciding.NothingToChoose(task=task_id)
    then = replace(then, about={**(then.about or {}), correcting.DECIDES: task_id})
    more = add_tasks(session, case_id, [then], by=by, at=at, book=book)
    facts = {"task_id": str(task_id), "kind": task.kind}
    said = NewEvent(kind=EventKind.TASK_DONE, at=at, facts=facts, note=words)
    ended = write_down(session, row, [said], by=by, at=at, book=book)
    return ended.after(more)


def add_task(
    session: Session,
    case_id: UUID,
    *,
    kind: str = "free",
    due_at: datetime,
    words: Mapping[str, Any],
    satisfied_by: tuple[str, ...] = (),
    team_id: UUID | None = None,
    about: Mapping[str, UUID] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Owe one thing that no pathway asks for, due when a person chose. Raises what `add_tasks` does.

    What a rule has due is owed by `owing`.
    """
    wanted = Wanted(
        kind=kind,
        due_at=due_at,
        words=words,
        satisfied_by=satisfied_by,
        team_id=team_id,
        about=about,
        reason=CHOSEN,
    )
    return add_tasks(session, case_id, [wanted], by=by, at=at, book=book)


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
    """Move a task later: only a person, with a reason; the roll call counts it.

    Raises `NeverLater` for what has a clock of its own, `LaterByLead` beyond `latest`.
    """
    return _move(session, case_id, task_id, EventKind.TASK_MOVED_LATER, due_at, words, by, at, book)


def latest(session: Session, task: Task, book: Book) -> datetime | None:
    """Until when a member may put it later; None where nobody puts it later."""
    first = session.scalars(sa.select(TaskRow.first_due_at).where(TaskRow.id == task.id)).one()
    return postponing.latest(task, first, postponing.at_most(task, book))


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
    row = lock(session, case_id)
    task = _open_task(session, case_id, task_id)
    earlier = due_at < task.due_at
    if earlier is not (kind is EventKind.TASK_BROUGHT_FORWARD):
        raise DueEarlierOnly(task=task_id, due_at=task.due_at)
    if due_at < at:
        raise DueInPast(due_at=due_at)
    if not earlier:
        leads = by.sees_all or task.owner_team_id in by.leads
        postponing.check_later(task, due_at, latest(session, task, book), leads=leads)
    case = row.read()
    moved = replace(
        task,
        due_at=due_at,
        due_reason={**task.due_reason, "moved_by": member_of(by), "moved": kind.value},
    )
    update_task(session, moved, frame_of(session, case, book), book, at=at)
    said = NewEvent(
        kind=kind,
        at=at,
        facts={"task_id": str(task_id), "from": task.due_at.isoformat(), "to": due_at.isoformat()},
        note=words,
    )
    done = write_down(session, row, [said], by=by, at=at, book=book)
    stands = [one for one in queries.tasks_of(session, case_id) if one.id == task_id]
    others = [one for one in done.changed if one.id != task_id]
    return replace(done, changed=(*stands, *others))


def hold_task(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    *,
    member_id: UUID | None,
    version: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Take a task (or give it back to its team with `None`). The team goes on owning it.

    `version`: of the task as it was shown. Raises `NotOfTheTeam` for a member of another team,
    `HolderAway` for a colleague who is away, `TaskTouched` where it is another version.
    """
    patient_id = access.require_case(session, by, case_id)
    lock(session, case_id)
    task = _open_task(session, case_id, task_id)
    if version is not None and task.version != version:
        raise TaskTouched(task=task_id, version=task.version)
    if member_id is not None:
        there = {member.id for member in staff.members_of(session, task.owner_team_id, at)}
        if member_id not in there:
            raise NotOfTheTeam(task=task_id, team=task.owner_team_id)
        if member_id != by.id and staff.is_away(session, member_id, at):
            raise HolderAway(task=task_id, member=member_id)
    session.execute(
        sa.update(table(TaskRow))
        .where(TaskRow.id == task.id)
        .values(held_by=member_id, version=TaskRow.version + 1)
    )
    audit.record(
        session,
        "task.held",
        by=by,
        at=at,
        subjects=[patient_id],
        facts={"case": case_id, "task": task_id, "by": member_id},
    )
