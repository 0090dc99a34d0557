"""Taking a pack out of open cases: first seen, then done case by case, by a named person.

Every task that rests on it stays open with its owner, its due time and its words; the case no
longer follows the pack's layers. Nothing ends by it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, EventKind, NewEvent, planning, telling
from bindeledd.features.cases.domain.rehoming import Away, Rehomed, rehomed, words_of
from bindeledd.features.cases.domain.staying import LET_GO, followed_by_stays
from bindeledd.features.cases.service.framing import frame_of
from bindeledd.features.cases.service.writing import lock, write_down
from bindeledd.features.cases.service.writing_tasks import held_in, keep_held, update_task
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table
from bindeledd.foundation.sealing.keyring import seal


def preview(session: Session, cases: Iterable[Case], away: Away, *, at: datetime) -> list[Rehomed]:
    """What would become of those of these cases that rest on the pack. Writes nothing."""
    every = list(cases)
    tasks = queries.tasks_of_all(session, [case.id for case in every])
    told = queries.histories_of(session, [case.id for case in every])
    found = (
        rehomed(case, tuple(tasks[case.id]), followed_by_stays(told[case.id]), away, at)
        for case in every
    )
    return [one for one in found if one is not None]


def rehome_case(
    session: Session,
    case_id: UUID,
    away: Away,
    *,
    reason: str,
    language: str,
    by: Actor,
    at: datetime,
) -> Rehomed | None:
    """Do it to one open case. None where it is closed by now, or nothing of it rests on the pack.

    What waits for the signature of a take-over goes on waiting. The reason is sealed with the
    case's own event. Raises `ReasonNeeded` without one.
    """
    telling.check_words({"reason": reason})
    row = lock(session, case_id)
    case = row.read()
    history = queries.events_of(session, case_id)
    tasks = tuple(queries.tasks_of(session, case_id))
    found = rehomed(case, tasks, followed_by_stays(history), away, at)
    if found is None or not case.is_open:
        return None
    held = held_in(session, case_id, (), history)
    frame = frame_of(session, found.after, away.book, history)
    for was, task in found.tasks:
        _write(session, was, task, frame, away, at=at)
        if task.origin is TaskOrigin.PERSON:  # a rule of the core has words of its own
            _keep_words(session, case, was, words_of(was, away, language))
    said = _said(found, away, reason, at)
    write_down(session, row, [said], by=by, at=at, book=away.book, as_if=found.after)
    keep_held(session, held)
    told = [str(task.id) for task, _ in found.tasks]
    audit.record(
        session,
        "case.rehomed",
        by=by,
        at=at,
        subjects=[case.patient_id],
        facts={
            "case": case_id,
            "pack": away.pack,
            "tasks": told,
            "layers": [*found.layers, *found.stays],
        },
    )
    return found


def _write(
    session: Session,
    was: Task,
    task: Task,
    frame: planning.Frame,
    away: Away,
    *,
    at: datetime,
) -> None:
    """Its ladder begins anew only where it is another one: nobody is alerted for a word."""
    if task.ladder != was.ladder:
        update_task(session, task, frame, away.book, at=at)
        return
    session.execute(
        sa.update(table(TaskRow))
        .where(TaskRow.id == task.id, TaskRow.state == "open")
        .values(
            kind=task.kind,
            origin=task.origin.value,
            satisfied_by=list(task.satisfied_by),
            due_reason=dict(task.due_reason),
            version=TaskRow.version + 1,
        )
    )


def _keep_words(session: Session, case: Case, task: Task, words: str) -> None:
    """What it was called, sealed with the task; words that it has already stand."""
    if words:
        note = seal(session, queries.task_note_place(task, case.patient_id), {"words": words})
        session.execute(
            sa.update(table(TaskRow))
            .where(TaskRow.id == task.id, TaskRow.note.is_(None))
            .values(note=note)
        )


def _said(found: Rehomed, away: Away, reason: str, at: datetime) -> NewEvent:
    return NewEvent(
        kind=EventKind.ROUTINE_CHANGED,
        at=at,
        facts={
            "from": found.case.pathway_version,
            "to": found.case.pathway_version,
            "layers_from": list(found.case.layers),
            "layers_to": list(found.after.layers),
            "pack": away.pack,
            "rehomed": len(found.tasks),
            **({LET_GO: list(found.stays)} if found.stays else {}),
        },
        note={"words": reason},
    )
