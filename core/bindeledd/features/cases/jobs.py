"""The clock's way in: what has a clock of its own and was put later once is due now."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.service import postponing
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.db import Database


def bring_back(database: Database, book: Book, *, clock: Callable[[], datetime]) -> int:
    """Make each due now, in a transaction of its own; gives how many. Doing it twice does no more."""
    with database.reading() as session:
        waiting = postponing.put_later(session, book)
    return sum(_bring(database, tenant, task, book, clock()) for tenant, task in waiting)


def _bring(database: Database, tenant_id: UUID, task_id: UUID, book: Book, at: datetime) -> bool:
    with database.transaction() as session:
        return postponing.bring_back(session, tenant_id, task_id, at=at, book=book)
