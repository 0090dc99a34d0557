"""The clock's way in: the roll is called every ten minutes, and each morning for a lead to read."""

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.rollcall import queries, service
from bindeledd.features.rollcall.domain import Kept, Kind, silences_of
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.calendars import Calendar, zone_named
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database

MORNING = time(6)


def call_the_roll(
    database: Database, *, book: Book, clock: Callable[[], datetime] = now
) -> list[Kept]:
    """Call the roll of every tenant: a look that nobody waits for, then one short transaction.

    The first call after six in the morning, local time, is the one that a lead reads and signs.
    """
    at = clock()
    silences = silences_of(book)
    kept = []
    with database.transaction() as session:
        tenants = staff.tenant_ids(session)
    for tenant_id in tenants:
        with database.reading() as session:
            statement = queries.derive(session, tenant_id, silences=silences, at=at)
        with database.transaction() as session:
            kept.append(service.keep(session, statement, kind=_kind(session, tenant_id, at)))
    return kept


def _kind(session: Session, tenant_id: UUID, at: datetime) -> Kind:
    calendar = Calendar()
    today = calendar.start_of_day(calendar.local_date(at))
    last = queries.find_latest(session, tenant_id, Kind.MORNING)
    read_already = last is not None and last.statement.at >= today
    early = at.astimezone(zone_named(calendar.zone)).time() < MORNING
    return Kind.RUN if read_already or early else Kind.MORNING
