"""Once the first date of a receiver outside has passed: was the person met? A person says so.

The sender asks, and is responsible until a lead has signed the ending. *Not met* leaves a call to
the person owed before the team goes home; not knowing yet is no answer, and the question stays.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service import owing, saying
from bindeledd.features.cases.service.work import get_task
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.handovers.domain import meeting as rules
from bindeledd.features.handovers.domain.meeting import Promise, Told
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task


def say_whether_met(
    session: Session,
    case_id: UUID,
    task_id: UUID,
    told: Told,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """End the task `ask_whether_met` with what the receiver said, who said it, and how we know.

    Not met: somebody of ours calls the person before the team goes home. Raises `NotFound`,
    `NotAsked`, and what `rules.check_told` refuses.
    """
    saying.locked_version(session, case_id, by=by)
    task = get_task(session, case_id, task_id, by=by)
    promise = _promised(session, case_id, task)
    rules.check_told(told, task, promise, at)
    done = NewEvent(
        kind=EventKind.TASK_DONE,
        at=at,
        facts={"task_id": str(task_id), "kind": rules.ASK_WHETHER_MET},
        note={**told.note(promise), **words},
    )
    recorded = cases.record(session, case_id, [done], by=by, at=at, book=book)
    if told.met:
        return recorded
    return owing.see_that_it_is_owed(
        session,
        recorded,
        "call_patient",
        words={"because": "not_met", **words},
        about={"quotes": recorded.events[0].id},
        satisfied_by=("reached", "appointment_kept"),
        after=EventKind.TASK_DONE,
        by=by,
        at=at,
        book=book,
    )


def _promised(session: Session, case_id: UUID, task: Task) -> Promise:
    history = case_queries.events_of(session, case_id)
    calendar = staff.team_calendar(session, task.owner_team_id)
    return rules.promised(task, history, calendar.local_date)
