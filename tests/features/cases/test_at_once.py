"""Two people at the same case in the same moment, with real commits, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.service import work
from bindeledd.features.tasks.domain import TaskNotOpen, TaskState
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Refusal
from builders import MONDAY, Followed, a_book

LATER = MONDAY + timedelta(hours=2)
AGAIN = MONDAY + timedelta(days=2)


@pytest.fixture
def followed(fresh_database: Database) -> Followed:
    with fresh_database.transaction() as session:
        return Followed(session)


def at_once(database: Database, *acts: Callable[[Session], object]) -> list[str]:
    """What became of each: "done", or the code of its refusal."""
    ready = Barrier(len(acts))

    def do(act: Callable[[Session], object]) -> str:
        ready.wait(10)
        try:
            with database.transaction() as session:
                act(session)
        except Refusal as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(do, acts))


def free_task(database: Database, followed: Followed) -> object:
    with database.transaction() as session:
        made = work.add_task(
            session,
            followed.case_id,
            due_at=AGAIN,
            words={"words": "Ring skolen"},
            by=followed.site.anna,
            at=MONDAY,
            book=a_book(),
        )
    return made.new[0].id


def completing(followed: Followed, task: object, **more: object) -> Callable[[Session], object]:
    return lambda session: work.complete_task(
        session,
        followed.case_id,
        task,  # type: ignore[arg-type]
        words={"words": "Gjort"},
        by=followed.site.anna,
        at=LATER,
        book=a_book(),
        **more,  # type: ignore[arg-type]
    )


def test_of_two_who_complete_the_same_task_one_hears_that_it_was_done(
    fresh_database: Database, followed: Followed
) -> None:
    for _ in range(5):
        task = free_task(fresh_database, followed)
        done = completing(followed, task, next_at=AGAIN)
        assert at_once(fresh_database, done, done) == ["done", TaskNotOpen.code]


def test_two_who_complete_the_last_two_tasks_leave_a_case_that_owes_something(
    fresh_database: Database, followed: Followed
) -> None:
    tasks = [free_task(fresh_database, followed) for _ in range(2)]
    with fresh_database.transaction() as session:
        _only(session, followed, tasks)

    assert at_once(fresh_database, *(completing(followed, t) for t in tasks)) == ["done", "done"]
    with fresh_database.transaction() as session:
        case = queries.get_case(session, followed.case_id, tenant_id=followed.site.tenant)
        left = [t for t in queries.tasks_of(session, followed.case_id) if t.is_open]
        assert case.next_task_id in {task.id for task in left}


def _only(session: Session, followed: Followed, tasks: list[object]) -> None:
    """By hand: everything else is done already, so that these are the last two."""
    event = queries.events_of(session, followed.case_id)[0].id
    session.execute(
        sa.text("UPDATE cases SET next_task_id = :task").bindparams(
            sa.bindparam("task", tasks[0], type_=sa.Uuid())
        )
    )
    session.execute(
        sa.update(TaskRow)
        .where(TaskRow.id.not_in(tasks))
        .values(state=TaskState.DONE.value, ended_at=MONDAY, ended_by_event_id=event)
    )


def test_who_takes_a_task_that_is_being_completed_holds_nothing_that_is_done(
    fresh_database: Database, followed: Followed
) -> None:
    anna = followed.site.anna
    for _ in range(5):
        task = free_task(fresh_database, followed)
        at_once(
            fresh_database,
            completing(followed, task),
            lambda session, task=task: work.hold_task(  # type: ignore[misc]
                session, followed.case_id, task, member_id=anna.id, by=anna, at=LATER
            ),
        )
        with fresh_database.transaction() as session:
            row = session.get_one(TaskRow, task)
            assert row.state == "done"
            assert row.held_by is None or row.version == 3
