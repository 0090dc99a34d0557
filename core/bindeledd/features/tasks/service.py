"""What is written on a task itself. What a task *means* for its case is decided in `cases`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.tasks.domain import Seen, Task, TaskNotOpen
from bindeledd.features.tasks.tables import TaskRow


def see(
    session: Session,
    task: Task,
    *,
    by: UUID,
    at: datetime,
    until: datetime,
    plan: Sequence[Sequence[str]],
) -> Seen:
    """Write that `by` has seen the task, and the plan that lets the ladder wait until `until`.

    Acknowledgements of something overdue are counted in a row; one before the due time is not.
    Refuses a task that is done or cancelled. The task's row must be locked.
    """
    if not task.is_open:
        raise TaskNotOpen(task=task.id, state=task.state.value)
    row = session.get_one(TaskRow, task.id)
    row.seen_at, row.seen_by, row.seen_until = at, by, until
    row.seen_in_a_row += at >= task.due_at
    row.next_rung, row.next_rung_at = 0, until
    row.rung_plan = [list(entry) for entry in plan]
    row.version += 1
    session.flush()
    return Seen(task_id=task.id, by=by, at=at, until=until, in_a_row=row.seen_in_a_row)
