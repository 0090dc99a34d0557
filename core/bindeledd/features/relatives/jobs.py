"""The clock's way in: an objection that nobody decides, and that nobody owes a decision, is owed.

It finds those from before the product owed them. Objections are sealed: each relative is opened, a
few at a time, so it is done when a worker starts and once a day.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives import queries, service
from bindeledd.features.staff.domain import system
from bindeledd.foundation.db import Database

_MANY = 200


def owe_decisions(database: Database, book: Book, *, clock: Callable[[], datetime]) -> int:
    """Make them owed, each in a transaction of its own; gives how many. Doing it twice does no more."""
    made = 0
    for tenant_id, relative_id in _undecided(database):
        with database.transaction() as session:
            by = system(tenant_id)
            made += service.owe_decision(session, relative_id, by=by, at=clock(), book=book)
    return made


def _undecided(database: Database) -> Iterator[tuple[UUID, UUID]]:
    after: UUID | None = None
    while True:
        with database.transaction() as session:
            page = queries.some_relatives(session, after=after, many=_MANY)
        yield from ((one.tenant_id, one.id) for one in page if one.waits_for_a_decision)
        if len(page) < _MANY:
            return
        after = page[-1].id
