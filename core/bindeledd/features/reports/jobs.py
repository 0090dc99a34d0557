"""The clock's way in: each report once a day, from numbers that are counted anew."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.reports import queries, service
from bindeledd.features.reports.domain import Maker
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.db import Database


def make_report(
    database: Database,
    maker: Maker,
    *,
    least: int,
    clock: Callable[[], datetime],
    waits: Mapping[str, int] = queries.NO_GOALS,
    book: Book | None = None,
) -> int:
    """Make it for each tenant that has none of today; gives how many were made.

    The pack is asked outside every transaction. What it could not make, it is asked for again.
    """
    at, made = clock(), 0
    with database.reading() as session:
        owed = [one for one in staff.tenant_ids(session) if _is_owed(session, one, maker, at)]
    if book is not None and maker.declared.review_every:
        for tenant_id in owed:
            with database.transaction() as session:
                service.owe_reviews(session, tenant_id, maker.declared, at=at, book=book)
    if not owed or not maker.is_ready():
        return 0
    for tenant_id in owed:
        with database.reading() as session:
            declared = maker.declared
            numbers = queries.count(
                session,
                tenant_id,
                months=declared.months,
                years=declared.years,
                answers=declared.answers,
                least=least,
                waits=waits,
                at=at,
            )
        table = maker.make(numbers)
        if table is None:
            continue
        with database.transaction() as session:
            service.keep(session, tenant_id, maker.declared.name, table, numbers=numbers, at=at)
        made += 1
    return made


def _is_owed(session: Session, tenant_id: UUID, maker: Maker, at: datetime) -> bool:
    calendar = Calendar()
    today = calendar.start_of_day(calendar.local_date(at))
    name = maker.declared.name
    last = queries.made_last(session, tenant_id, [name]).get(name)
    return last is None or last.made_at < today
