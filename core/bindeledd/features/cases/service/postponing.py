"""Putting what is owed later: how far that goes, and what must not have been put later."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import postponing
from bindeledd.features.cases.service import work
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import system
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow


def put_later(session: Session, book: Book) -> Sequence[tuple[UUID, UUID]]:
    """Tenant and id of each open task that somebody put later and that nobody puts later now."""
    rows = session.scalars(
        sa.select(TaskRow)
        .where(IS_OPEN, TaskRow.case_id.is_not(None), TaskRow.due_at > TaskRow.first_due_at)
        .order_by(TaskRow.id)
    )
    found = ((row.tenant_id, row.read()) for row in rows)
    return [(tenant, task.id) for tenant, task in found if _waits_too_long(task, book)]


def bring_back(
    session: Session, tenant_id: UUID, task_id: UUID, *, at: datetime, book: Book
) -> bool:
    """Make such a task due now, as the system, so that whoever owes it hears; whether it did."""
    row = session.get(TaskRow, task_id, populate_existing=True)
    if row is None or row.case_id is None or not _waits_too_long(task := row.read(), book):
        return False
    if not task.is_open or task.due_at <= at:
        return False
    work.bring_forward(
        session, row.case_id, task_id, due_at=at, words={}, by=system(tenant_id), at=at, book=book
    )
    return True


def _waits_too_long(task: Task, book: Book) -> bool:
    return postponing.is_put_later(task) and not postponing.at_most(task, book)
