"""Questions about single tasks. Lists stand in `worklist`, what waits for a person in `reminders`."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.tasks.domain import Task, TaskNotFound, TaskOrigin, TaskState
from bindeledd.features.tasks.tables import TaskRow


def get_task(session: Session, task_id: UUID, *, tenant_id: UUID, for_update: bool = False) -> Task:
    """The task, locked until the end of the transaction when `for_update`; refuses an unknown one.

    Says nothing of who may see it: that is asked where the case or the team is known.
    """
    asked = sa.select(TaskRow).where(TaskRow.id == task_id, TaskRow.tenant_id == tenant_id)
    if for_update:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(asked)
    if row is None:
        raise TaskNotFound(task=task_id)
    return read(row)


def open_tasks(session: Session, case_id: UUID) -> Sequence[Task]:
    """What a case owes, the earliest first."""
    rows = session.scalars(
        sa.select(TaskRow)
        .where(TaskRow.case_id == case_id, TaskRow.state == TaskState.OPEN.value)
        .order_by(TaskRow.due_at, TaskRow.id)
    )
    return [read(row) for row in rows]


def read(row: TaskRow) -> Task:
    """The value of a row; what was said in words stays sealed in the row."""
    return Task(
        id=row.id,
        tenant_id=row.tenant_id,
        case_id=row.case_id,
        subject_id=row.subject_id,
        kind=row.kind,
        origin=TaskOrigin(row.origin),
        step_key=row.step_key,
        anchor_event_id=row.anchor_event_id,
        strength=row.strength,
        owner=row.owner,
        owner_team_id=row.owner_team_id,
        held_by=row.held_by,
        window_from=row.window_from,
        due_at=row.due_at,
        due_reason=row.due_reason,
        satisfied_by=tuple(row.satisfied_by),
        ladder=row.ladder,
        state=TaskState(row.state),
        ended_at=row.ended_at,
        ended_by_event_id=row.ended_by_event_id,
        made_at=row.made_at,
        seen_until=row.seen_until,
        version=row.version,
    )
