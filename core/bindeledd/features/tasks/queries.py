"""Questions about single tasks. Lists stand in `worklist`, what waits for a person in `reminders`."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.tasks.domain import Task, TaskNotFound, TaskState
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
    return row.read()


def open_tasks(session: Session, case_id: UUID) -> Sequence[Task]:
    """What a case owes, the earliest first."""
    rows = session.scalars(
        sa.select(TaskRow)
        .where(TaskRow.case_id == case_id, TaskRow.state == TaskState.OPEN.value)
        .order_by(TaskRow.due_at, TaskRow.id)
    )
    return [row.read() for row in rows]
