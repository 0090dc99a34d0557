"""The clock's way in: each job asks the time, opens transactions and calls the services.

Read `sweep` first, then `deliver`. Every batch is a transaction of its own, so that a worker
that dies in the middle leaves nothing half done. Sending stands outside every transaction.
"""

import os
import socket
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import Rules, Swept
from bindeledd.features.reminders.service import beginning, faults, leaving, sweeping
from bindeledd.features.reminders.service.addressing import address
from bindeledd.features.reminders.service.delivering import clear_inbox
from bindeledd.features.reminders.service.rounds import Rounds
from bindeledd.foundation.db import Database

Clock = Callable[[], datetime]


def worker_name() -> str:
    """Which process on which machine: for the heartbeat."""
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True, kw_only=True)
class Outage:
    """How long nothing was noticed before this start, and how much became due meanwhile."""

    since: datetime | None
    lasted: timedelta
    due: int


def resumed(database: Database, *, rules: Rules, clock: Clock) -> Outage | None:
    """Asked once at the start: was the worker away for long? Then it is written as a fault."""
    at = clock()
    with database.transaction() as session:
        last = queries.heartbeat(session)
        due = queries.due_now(session, at)
        if last is None:
            return Outage(since=None, lasted=timedelta(), due=due) if due else None
        lasted = at - last.at
        if lasted <= rules.outage:
            return None
        faults.report_fault(session, "job:sweep", "worker.was_down", at=at)
    return Outage(since=last.at, lasted=lasted, due=due)


def sweep(
    database: Database,
    book: Book,
    *,
    rules: Rules,
    clock: Clock,
    channels: Sequence[str] = (),
    phoned: Collection[str] = (),
    closed: Mapping[UUID, Iterable[date]] | None = None,
    moved: Callable[[], None] = lambda: None,
) -> Swept:
    """Notice everything that is due, however late, and put it into the inboxes.

    Rungs first, then the next rounds and what nobody covers, then the people. The heartbeat is the
    last thing that is written: whoever reads it knows that all of this was done. `moved` is
    called after each batch, for a watchdog.
    """
    begun, at = time.monotonic(), clock()
    done = notice(database, book, rules=rules, at=at, closed=closed, moved=moved)
    addressed = _until_done(
        database,
        lambda session: address(
            session, at=at, batch=rules.batch, channels=channels, phoned=phoned
        ),
        moved,
    )
    beat(database, queries.SWEEP, clock=clock, begun=begun, count=done.alerts)
    return replace(done, addressed=addressed)


def notice(
    database: Database,
    book: Book,
    *,
    rules: Rules,
    at: datetime,
    closed: Mapping[UUID, Iterable[date]] | None = None,
    moved: Callable[[], None] = lambda: None,
) -> Swept:
    """The first half of a sweep: every alert that is due at `at` is raised, nobody told yet."""
    rounds = Rounds(book=book, fallback_repeat=rules.fallback_repeat, closed=closed or {})
    # SQLite pays for each commit and has one writer at a time: fewer and larger batches.
    batch = rules.batch if database.dialect == "postgresql" else 4 * rules.batch

    def run(step: Callable[[Session], int]) -> int:
        return _until_done(database, step, moved)

    alerts = run(lambda s: sweeping.climb(s, at=at, batch=batch))
    next_rounds = run(lambda s: beginning.begin_next_rounds(s, rounds, at=at, batch=batch))
    uncovered = run(lambda s: beginning.begin_uncovered(s, rounds, at=at, batch=batch))
    if next_rounds or uncovered:
        alerts += run(lambda s: sweeping.climb(s, at=at, batch=batch))
    return Swept(alerts=alerts, rounds=next_rounds, uncovered=uncovered)


def _until_done(
    database: Database, step: Callable[[Session], int], moved: Callable[[], None]
) -> int:
    total = 0
    while True:
        with database.transaction() as session:
            done = step(session)
        total += done
        moved()
        if not done:
            return total


def beat(database: Database, name: str, *, clock: Clock, begun: float, count: int = 0) -> None:
    """Write that the job `name`, begun at the monotonic moment `begun`, came to its end."""
    took = int((time.monotonic() - begun) * 1000)
    with database.transaction() as session:
        faults.beat(session, name, worker=worker_name(), took_ms=took, count=count, at=clock())


def begin_absences(database: Database, *, clock: Clock) -> int:
    """Let the team have what is held by those whose absence has begun; how many tasks."""
    with database.transaction() as session:
        return leaving.begin_absences(session, at=clock())


def tell_faults(database: Database, *, clock: Clock) -> int:
    """Put failures that nobody has been told of into the inboxes of those who answer for them."""
    with database.transaction() as session:
        return faults.tell_faults(session, at=clock())


def tidy(database: Database, *, clock: Clock) -> int:
    """Take what has ended off the standing lists. Nothing is deleted."""
    with database.transaction() as session:
        return clear_inbox(session, at=clock())


def report(database: Database, source: str, code: str, *, clock: Clock, each: bool = False) -> None:
    """Write a failure of a job or of a channel in a transaction of its own; see `report_fault`."""
    with database.transaction() as session:
        faults.report_fault(session, source, code, at=clock(), each=each)


@dataclass
class ClockWatch:
    """Compares the machine's clock with the database's, and with time that only goes forward."""

    rules: Rules
    monotonic: Callable[[], float] = time.monotonic
    _last: tuple[datetime, float] | None = field(default=None, repr=False)

    def look(self, database: Database, *, clock: Clock) -> timedelta:
        """The largest difference found; beyond the limit it becomes a fault. Never stops a sweep."""
        with database.transaction() as session:
            at, elsewhere = clock(), queries.database_clock(session)
        found = abs(at - elsewhere)
        ticks = self.monotonic()
        if self._last is not None:
            before, then = self._last
            found = max(found, abs((at - before) - timedelta(seconds=ticks - then)))
        self._last = (at, ticks)
        if found > self.rules.skew:
            report(database, "clock", "worker.clock_jumped", clock=clock)
        return found
