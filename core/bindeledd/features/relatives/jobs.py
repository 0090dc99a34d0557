"""The clock's way in: an objection that nobody decides, and that nobody owes a decision, is owed.

Whoever writes an objection down makes it owed. It is owed by nobody again when the follow-up that
owed it was closed over it, or when no team followed the person yet.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives import queries, service
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.staff.domain import system
from bindeledd.foundation.db import Database


def owe_decisions(database: Database, book: Book, *, clock: Callable[[], datetime]) -> int:
    """Make them owed, each in a transaction of its own; gives how many. Doing it twice does no more.

    One that fails stops no other: it is a fault before a person, and tried again the next time.
    """
    with database.reading() as session:
        waiting = queries.undecided(session)
    made = 0
    for tenant_id, relative_id in waiting:
        try:
            made += _owe(database, tenant_id, relative_id, book, clock())
        except Exception:  # noqa: BLE001 (whatever it is, the others are owed theirs)
            _report(database, tenant_id, clock())
    return made


def _owe(database: Database, tenant_id: UUID, relative_id: UUID, book: Book, at: datetime) -> bool:
    with database.transaction() as session:
        return service.owe_decision(session, relative_id, by=system(tenant_id), at=at, book=book)


def _report(database: Database, tenant_id: UUID, at: datetime) -> None:
    with database.transaction() as session:
        report_fault(session, "job:objections", "relatives.not_owed", at=at, tenant_id=tenant_id)
