"""Ten plugins that do wrong in one worker: everything else goes on, and a named person sees it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.intake import service
from bindeledd.features.intake.service import Rules
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.reminders import queries
from bindeledd.features.reminders.service.faults import see_notice
from bindeledd.features.reminders.tables import DeliveryRow, FaultRow
from bindeledd.features.reports.tables import ReportRow
from bindeledd.features.staff.domain import Actor, ActorKind, system
from bindeledd.features.staff.tables import MemberRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.hosting import Hosts, site_hosts, tried
from bindeledd.plugin.host.values import Limits
from bindeledd.plugin.loading import gather
from bindeledd.settings import read_settings
from bindeledd.worker import Worker
from bindeledd.worker.jobs import Job
from features.reminders.builders import TUESDAY, FakeChannel, Site, a_site, a_task, heard, states
from plugin.packs import Shelf, a_shelf
from plugin.troubles import put, put_inside

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")

TEN = {
    "raises": "plugin.raised",
    "hangs": "plugin.hung",
    "exits": "plugin.ended",
    "forks": "plugin.forked",
    "leaks": "plugin.memory",
    "rubbish": "plugin.rubbish",
    "writes": "plugin.rubbish",
    "stops": "plugin.hung",
    "deaf": "plugin.hung",
    "huge": "plugin.rubbish",
}
SLOW = ("hangs", "stops", "deaf", "reads_hangs")

# Packs whose reader and whose report do wrong: how each begins its messages, and the fault.
READING = {
    "raises": ("RAI|", "plugin.raised"),
    "hangs": ("HAN|", "plugin.hung"),
    "rubbish": ("RUB|", "plugin.rubbish"),
    "huge": ("HUG|", "plugin.rubbish"),
}
GOOD = "GOO|"

WAYS = ("inbox", "email", "good")


# One for each way in which a failure is noticed: a call that raises or never ends, a process that
# ended while nothing was asked, one that cannot be opened.
NOTICED = {
    "raises": "plugin.raised",
    "hangs": "plugin.hung",
    "late": "plugin.ended",
    "breaks": "plugin.raised",
}


class Hasty(Worker):
    """A worker that does everything every two seconds, and what is done once a day every ten."""

    def jobs(self) -> list[Job]:
        return [
            replace(job, every=timedelta(seconds=10 if job.name.startswith("report:") else 2))
            for job in super().jobs()
        ]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    yield from a_shelf(tmp_path / "shelf")


def a_clock() -> Callable[[], datetime]:
    """A clock that begins on that Tuesday and goes as time goes."""
    begun = time.monotonic()
    return lambda: TUESDAY + timedelta(seconds=time.monotonic() - begun)


def a_worker(
    database: Database, shelf: Shelf, home: Path, *kinds: str, more: Sequence[str] = ()
) -> Hasty:
    for kind in kinds:
        put(shelf, kind, name=kind, key=kind)
    gathered = gather([*kinds, *more], points=shelf.points)
    settings = replace(read_settings({"BINDELEDD_HOME": str(home)}), environment="test")
    clock = a_clock()
    hosts = site_hosts(settings, gathered, database, clock=clock)
    for host in hosts.hosts:
        slow = host.start.plugin in SLOW
        host.limits = replace(host.limits, seconds=2.0 if slow else 20.0)
    return Hasty(
        settings=settings,
        database=database,
        gathered=gathered,
        channels=[FakeChannel()],
        hosts=hosts,
        clock=clock,
    )


def readers_on(shelf: Shelf) -> list[str]:
    """The packs whose readers and reports do wrong, and one that does right."""
    for kind, begins in [*((kind, said[0]) for kind, said in READING.items()), ("good", GOOD)]:
        put_inside(shelf, kind, name=f"reads_{kind}", begins=begins)
    return [f"reads_{kind}" for kind in (*READING, "good")]


def take_in(database: Database, worker: Worker, site: Site) -> None:
    """A message for each reader."""
    rules = Rules.said(worker.settings, worker.book, worker.gathered.foreign)
    for begins in (GOOD, *(said[0] for said in READING.values())):
        letter = service.read_letter(f"{begins}17|Nordmann".encode(), rules=rules)
        with database.transaction() as session:
            service.receive_letter(
                session, letter, rules=rules, by=system(site.tenant), at=worker.clock()
            )


def waiting(database: Database) -> dict[str, tuple[str, str]]:
    """How each message stands, by the pack that reads it, where it is owed by somebody."""
    with database.reading() as session:
        rows = session.execute(
            sa.select(MessageRow.format, MessageRow.status, MessageRow.reason)
            .join(TaskRow, TaskRow.id == MessageRow.task_id)
            .where(TaskRow.state == "open", TaskRow.next_rung_at.is_not(None))
        )
        return {row.format.partition(":")[0]: (row.status, row.reason) for row in rows}


def a_site_that_owes(database: Database, *, acute: bool = False) -> Site:
    """A site in which Anna holds one task; one that is `acute` goes by every channel at once."""
    with database.transaction() as session:
        site = a_site(session)
        make_acute(session, a_task(session, site, held_by="anna"), acute=acute)
    return site


def make_acute(session: Session, task: UUID, *, acute: bool = True) -> None:
    kind = "acute_concern" if acute else "call_patient"
    session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(kind=kind))


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def told(database: Database, site: Site) -> set[tuple[str, str]]:
    """What the administrator has been told of plugins."""
    with database.reading() as session:
        notices = queries.notices(session, site.tenant, site.ada)
    return {
        (one.source.removeprefix("plugin:"), one.code)
        for one in notices
        if one.source.startswith("plugin:")
    }


def test_ten_that_do_wrong_stop_nothing_and_a_person_sees_each(
    fresh_database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    site = a_site_that_owes(fresh_database, acute=True)
    more = readers_on(shelf)
    worker = a_worker(fresh_database, shelf, tmp_path, *TEN, "good", more=more)
    take_in(fresh_database, worker, site)
    scheduler = worker._scheduler()
    scheduler.start()
    expected = {*TEN.items(), *((f"reads_{kind}", said[1]) for kind, said in READING.items())}
    try:
        worker.hosts.open()
        until(lambda: told(fresh_database, site) >= expected)
        assert worker.clock() - TUESDAY < timedelta(minutes=5)

        with fresh_database.transaction() as session:
            later = a_task(session, site, held_by="bo", due_at=worker.clock())
            make_acute(session, later)
        begun = worker.clock()
        until(lambda: all(told_of(fresh_database, site, later, way) for way in WAYS))
        for name in (queries.SWEEP, queries.ROLL_CALL, queries.DELIVER):
            until(lambda name=name: beat(fresh_database, name) > begun)  # type: ignore[misc]
        wrong = {f"reads_{kind}": ("refused", "intake.reader_failed") for kind in READING}
        right = {"reads_good": ("to_decide", "intake.read_by_pack")}
        until(lambda: waiting(fresh_database) == right | wrong)
        until(lambda: reports(fresh_database) == ["reads_good:table"])
    finally:
        scheduler.pause()
        worker.hosts.close()
        scheduler.shutdown(wait=True)
    with fresh_database.transaction() as session:
        assert not session.scalars(
            sa.select(FaultRow.code).where(FaultRow.code.like("worker.job_%"))
        ).all()


def test_a_person_sees_it_within_five_minutes_by_the_pace_of_the_worker(
    fresh_database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    """Each job at its own interval, on a clock that is moved; what hangs takes its whole time."""
    site = a_site_that_owes(fresh_database, acute=True)
    hasty = a_worker(fresh_database, shelf, tmp_path, *NOTICED)
    moment = TUESDAY
    worker = replace(hasty, clock=lambda: moment)
    seen: dict[tuple[str, str], timedelta] = {}
    worker.hosts.open()
    try:
        due = [(TUESDAY, place, job) for place, job in enumerate(Worker.jobs(worker))]
        while len(seen) < len(NOTICED):
            at, place, job = min(due)[:3]
            moment = max(moment, at)
            assert moment - TUESDAY < timedelta(minutes=5), seen
            job.work()
            if job.name == "deliver:hangs":
                moment += timedelta(seconds=Limits().seconds)
            due[place] = (moment + job.every, place, job)
            for one in told(fresh_database, site) & set(NOTICED.items()):
                seen.setdefault(one, moment - TUESDAY)
    finally:
        worker.hosts.close()
    print({name: str(after) for (name, _), after in seen.items()})


def reports(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(sa.select(ReportRow.name)))


def told_of(database: Database, site: Site, task: UUID, channel: str) -> bool:
    """Bo has it, and it did reach him; what a second sweep said of the same was told already."""
    with database.reading() as session:
        rows = session.execute(
            sa.select(DeliveryRow.member_id, DeliveryRow.state, DeliveryRow.reason).where(
                DeliveryRow.task_id == task, DeliveryRow.channel == channel
            )
        ).all()
    again = (site.bo, "stopped", "already_told")
    return {row[:2] for row in rows if tuple(row) != again} == {(site.bo, "delivered")}


def beat(database: Database, name: str) -> datetime:
    with database.reading() as session:
        found = queries.heartbeat(session, name)
    return TUESDAY - timedelta(days=1) if found is None else found.at


def test_one_that_is_set_up_wrongly_stops_nothing_and_is_told_at_every_start(
    database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    site = a_site_that_owes(database)
    for _ in range(2):
        worker = a_worker(database, shelf, tmp_path, "unfit")
        worker.clock = lambda: TUESDAY
        worker.hosts.open()
        worker.sweep()
        worker.deliver()
        worker.tell_faults()
        worker.hosts.close()

        assert told(database, site) == {("unfit", "plugin.unfit")}
        see_all(database, site)
        assert told(database, site) == set()
    assert set(states(database)) == {"delivered"}


def see_all(database: Database, site: Site) -> None:
    """The administrator has seen what she was told."""
    ada = Actor(kind=ActorKind.MEMBER, tenant_id=site.tenant, id=site.ada)
    with database.transaction() as session:
        for one in queries.notices(session, site.tenant, site.ada):
            see_notice(session, one.fault_id, by=ada, at=TUESDAY)


def test_a_channel_that_is_gone_leaves_nothing_waiting(
    database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    a_site_that_owes(database)
    worker = a_worker(database, shelf, tmp_path, "good")
    worker.sweep()
    worker.say_channels()
    without = without_packs(worker, at=TUESDAY + timedelta(hours=1))

    without.tidy()

    assert states(database, "good") == {"stopped": 2}
    assert states(database) == {"ready": 2}
    with database.transaction() as session:
        assert "reminders.channel_gone" in session.scalars(sa.select(FaultRow.code)).all()


@pytest.mark.parametrize("who", ["another worker has it", "the settings name it"])
def test_a_channel_that_is_there_and_not_here_is_left_alone_and_told_of(
    database: Database, shelf: Shelf, tmp_path: Path, who: str
) -> None:
    a_site_that_owes(database)
    worker = a_worker(database, shelf, tmp_path, "good")
    worker.sweep()
    later = TUESDAY + timedelta(hours=1)
    without = without_packs(worker, at=later)
    if who == "another worker has it":
        worker.clock = lambda: later - timedelta(minutes=1)
        worker.say_channels()
    else:
        without.gathered = worker.gathered

    without.tidy()

    assert states(database, "good") == {"ready": 2}
    with database.transaction() as session:
        codes = set(session.scalars(sa.select(FaultRow.code)))
    assert "reminders.channel_left" in codes
    assert "reminders.channel_gone" not in codes


def test_nothing_is_stopped_before_the_other_workers_had_time_to_start(
    database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    a_site_that_owes(database)
    worker = a_worker(database, shelf, tmp_path, "good")
    worker.sweep()
    later = TUESDAY + timedelta(hours=1)

    without = replace(worker, hosts=Hosts(), gathered=gather(()), clock=lambda: later)
    without.tidy()

    assert states(database, "good") == {"ready": 2}


def test_what_waits_within_its_time_elsewhere_is_no_fault(
    database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    a_site_that_owes(database)
    worker = a_worker(database, shelf, tmp_path, "good")
    worker.sweep()
    worker.say_channels()

    without_packs(worker, at=TUESDAY + timedelta(minutes=4)).tidy()

    assert states(database, "good") == {"ready": 2}
    with database.transaction() as session:
        assert not [c for c in session.scalars(sa.select(FaultRow.code)) if "channel" in c]


def without_packs(worker: Hasty, *, at: datetime) -> Hasty:
    """Another worker of the same site, whose settings name no pack; it has run for some minutes."""
    begun = at - timedelta(minutes=5)
    without = replace(worker, hosts=Hosts(), gathered=gather(()), clock=lambda: begun)
    without.clock = lambda: at
    return without


def test_whoever_has_no_number_is_told_by_the_other_ways(
    database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
        session.execute(sa.update(MemberRow).values(email=None))
    worker = a_worker(database, shelf, tmp_path, "good")
    worker.sweep()
    worker.hosts.close()
    with database.transaction() as session:
        assert heard(session, site, task, "good") == set()
        assert heard(session, site, task) == {"anna"}


@pytest.mark.parametrize(
    ("kind", "found"),
    [("good", None), ("unfit", "pack.toml:3: står galt"), ("breaks", "plugin.raised RuntimeError")],
)
def test_the_doctor_opens_each_once_and_says_what_is_wrong(
    database: Database, shelf: Shelf, tmp_path: Path, kind: str, found: str | None
) -> None:
    put(shelf, kind, name=kind, key=kind)
    settings = replace(read_settings({"BINDELEDD_HOME": str(tmp_path)}), environment="test")
    gathered = gather([kind], points=shelf.points)
    ((plugin, wrong),) = tried(settings, gathered, database)
    assert plugin == kind
    assert (wrong is None) if found is None else (wrong is not None and found in wrong.what)
    assert list(tried(replace(settings, environment="demo"), gathered, database)) == []


def test_a_worker_that_is_asked_to_stop_waits_for_no_pack_that_is_being_opened(
    database: Database, shelf: Shelf, tmp_path: Path
) -> None:
    a_site_that_owes(database)
    worker = a_worker(database, shelf, tmp_path, "sleeps")
    (host,) = worker.hosts.hosts
    host.limits = replace(host.limits, opening_seconds=120.0)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def ask() -> None:
        until(lambda: host.pid is not None)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=ask, daemon=True).start()
    begun = time.monotonic()
    try:
        worker.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert time.monotonic() - begun < 60
    assert host.pid is None
