"""How the tasks of a case are written: each with the running round of its ladder."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import Event, planning
from bindeledd.features.cases.domain.resuming import TAKEOVER
from bindeledd.features.pathways.domain import Book, ladders
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as stored
from bindeledd.features.tasks.domain import HELD, Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table
from bindeledd.foundation.db.sets import insert_set


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
    alike = [_watched_alike(task) for task in tasks]
    for task, same in zip(tasks, alike, strict=True):
        if same not in watching:
            watching[same] = watched(
                task, frame.calendar(task.owner_team_id), book, at=at, made=True
            )
    rows = [
        {
            **stored.values(task),
            **watching[same],
            "first_due_at": task.due_at,
            "made_at": at,
            "made_by": by.id,
        }
        for task, same in zip(tasks, alike, strict=True)
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
    insert_set(session, table(TaskRow), [{**began, **row} for row in rows])


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
