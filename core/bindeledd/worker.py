"""The worker: a ticker that asks, again and again, what has become due.

APScheduler only ticks, and keeps nothing: what is due is a question about rows, so a worker that
was away catches up with everything. `create_worker(settings).run()` runs until it is stopped;
`run_once` does each job once, for tests and the demonstration.
"""

import logging
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from types import FrameType
from uuid import UUID

import sqlalchemy as sa
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bindeledd.features.access.service import forget_tries
from bindeledd.features.intake.jobs import read_by_pack
from bindeledd.features.intake.service import Rules as IntakeRules
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives.jobs import owe_decisions
from bindeledd.features.reminders import jobs, queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import EMAIL, Channel
from bindeledd.features.reminders.jobs import receipts
from bindeledd.features.reminders.jobs.delivering import DEMO, Deliverer, only_inside, phoned
from bindeledd.features.reminders.jobs.mail import FolderChannel, SmtpChannel
from bindeledd.features.reminders.jobs.morning import send_digests
from bindeledd.features.reports.jobs import make_report
from bindeledd.features.restricted.jobs import tell_left
from bindeledd.features.rollcall.jobs import call_the_roll
from bindeledd.features.staff.service.duty import materialise_all
from bindeledd.features.staff.tables import TeamRow
from bindeledd.foundation import idempotency
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.logs import log
from bindeledd.foundation.texts import set_site_language
from bindeledd.hosting import Hosts, base_url, site_hosts
from bindeledd.plugin.host.work import HostedChannel, HostedJob, HostedReader, HostedReport
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.settings import Settings, open_site

# A sweep that has not moved for so long hangs: the process ends and is started again.
HANGS_AFTER = 120.0
_HUNG = 70
_SOON = timedelta(seconds=1)
_LOOKS_EVERY = 0.5  # seconds: whether it was asked to stop

Clock = Callable[[], datetime]
Work = Callable[[], int]


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something that is done every so often. `work` gives how much it did."""

    name: str
    every: timedelta
    work: Work


@dataclass(kw_only=True)
class Watchdog:
    """Ends the process when a sweep has not moved for too long: a hanging worker is a silent one."""

    limit: float = HANGS_AFTER
    seconds: Callable[[], float] = time.monotonic
    end: Callable[[int], None] = os._exit
    _moved: float | None = None

    def begin(self) -> None:
        self._moved = self.seconds()

    def moved(self) -> None:
        """The sweep came a batch further."""
        if self._moved is not None:
            self._moved = self.seconds()

    def done(self) -> None:
        self._moved = None

    def look(self) -> None:
        """Asked every second by a thread of its own."""
        moved = self._moved
        if moved is not None and self.seconds() - moved > self.limit:
            log().critical("worker.hung", job="sweep")
            self.end(_HUNG)


@dataclass(kw_only=True)
class Worker:
    """What ticks, and what it ticks. `intake` looks through the watched folder, if there is one."""

    settings: Settings
    database: Database
    gathered: Gathered
    channels: Sequence[Channel]
    clock: Clock = now
    rules: Rules = field(default_factory=Rules)
    hosts: Hosts = field(default_factory=Hosts)
    intake: Work | None = None
    watchdog: Watchdog = field(default_factory=Watchdog)
    ping: Callable[[str], None] | None = None
    _deliverers: dict[str, Deliverer] = field(init=False, repr=False)
    _clock_watch: jobs.ClockWatch = field(init=False, repr=False)
    _began: datetime = field(init=False, repr=False)
    _pinged: datetime | None = field(default=None, repr=False)
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)
    _asked: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        only_inside(self.settings.environment, self.every_channel)
        self._began = self.clock()
        self._clock_watch = jobs.ClockWatch(self.rules)
        own = {one.key: self._deliverer([one]) for one in self.hosts.channels}
        self._deliverers = {"": self._deliverer(self.channels), **own}

    def _deliverer(self, channels: Sequence[Channel]) -> Deliverer:
        """One that sends through these, and addresses alerts to all."""
        keys = {one.key for one in channels}
        return Deliverer(
            self.database,
            channels,
            self.base_url,
            self.rules,
            lambda: self.clock(),
            beside=[one for one in self.every_channel if one.key not in keys],
            day_and_night=self.book.day_and_night,
        )

    @property
    def every_channel(self) -> list[Channel]:
        """The core's own, and those of plugins."""
        return [*self.channels, *self.hosts.channels]

    @property
    def base_url(self) -> str:
        """What stands in an e-mail: where to log in."""
        return base_url(self.settings)

    @property
    def book(self) -> Book:
        return self.gathered.book

    # --- the jobs

    def jobs(self) -> list[Job]:
        """Everything that ticks, in the order in which `run_once` does it."""
        made = [
            Job(name="duty", every=timedelta(hours=6), work=self.materialise),
            Job(name="absences", every=timedelta(seconds=30), work=self.begin_absences),
            Job(name="sweep", every=timedelta(seconds=30), work=self.sweep),
            Job(name="channels", every=timedelta(minutes=1), work=self.say_channels),
            Job(name="deliver", every=timedelta(seconds=5), work=self.deliver),
            Job(name="receipts", every=timedelta(seconds=30), work=self.miss_receipts),
            Job(name="morning", every=timedelta(minutes=1), work=self.send_digests),
            Job(name="rollcall", every=timedelta(minutes=10), work=self.roll_call),
            Job(name="faults", every=timedelta(minutes=1), work=self.tell_faults),
            Job(name="objections", every=timedelta(days=1), work=self.owe_decisions),
            Job(name="records", every=timedelta(hours=6), work=self.tell_left),
            Job(name="tidy", every=timedelta(minutes=10), work=self.tidy),
            Job(name="clock", every=timedelta(seconds=30), work=self.look_at_clocks),
        ]
        if self.intake is not None:
            made.insert(1, Job(name="intake", every=timedelta(seconds=10), work=self.intake))
        made += self._hosted_jobs()
        if self.settings.ping_url:
            made.append(Job(name="ping", every=timedelta(seconds=60), work=self.ping_outside))
        return made

    def _hosted_jobs(self) -> Iterable[Job]:
        """What is done through plugins: each in a job of its own, so that nothing waits for it."""
        five, ten = timedelta(seconds=5), timedelta(seconds=10)
        if self.hosts.hosts:
            yield Job(name="hosts", every=timedelta(seconds=30), work=self.hosts.look)
        for one in self.hosts.channels:
            yield Job(name=f"deliver:{one.key}", every=five, work=partial(self._send, one.key))
            if one.receipt_within is not None:
                yield Job(name=f"receipts:{one.key}", every=ten, work=partial(self._read, one))
        for reader in self.hosts.readers:
            yield Job(name=f"read:{reader.format}", every=ten, work=partial(self._read_by, reader))
        for report in self.hosts.reports:
            name = f"report:{report.declared.name}"
            yield Job(name=name, every=timedelta(minutes=30), work=partial(self._make, report))
        for job in self.hosts.jobs:
            work = partial(self._do, job)
            yield Job(name=f"plugin:{job.name}", every=job.declared.every, work=work)

    def _send(self, key: str) -> int:
        done = self._deliverers[key].run()
        return done.sent + done.accepted

    def _read(self, channel: HostedChannel) -> int:
        return receipts.read_callbacks(self.database, channel.key, channel.read, clock=self.clock)

    def _read_by(self, reader: HostedReader) -> int:
        return read_by_pack(self.database, reader, rules=self._intake_rules, clock=self.clock)

    @cached_property
    def _intake_rules(self) -> IntakeRules:
        return IntakeRules.said(self.settings, self.book, self.gathered.foreign)

    def _make(self, report: HostedReport) -> int:
        least, waits = self.settings.reports_least, self.settings.reports_waits
        return make_report(
            self.database, report, least=least, waits=waits, clock=self.clock, book=self.book
        )

    def _do(self, job: HostedJob) -> int:
        return job.work(self.clock())

    def miss_receipts(self) -> int:
        return receipts.miss(self.database, rules=self.rules, clock=self.clock)

    def sweep(self) -> int:
        """Notice what is due and put it into the inboxes."""
        self.watchdog.begin()
        try:
            done = jobs.sweep(
                self.database,
                self.book,
                rules=self.rules,
                clock=self.clock,
                channels=[channel.key for channel in self.every_channel],
                phoned=phoned(self.every_channel),
                closed=self._closed(),
                moved=self.watchdog.moved,
            )
        finally:
            self.watchdog.done()
        return done.alerts

    def deliver(self) -> int:
        """Send what is due; counts what reached a channel."""
        begun = time.monotonic()
        sent = self._deliverers[""].run().sent
        jobs.beat(self.database, queries.DELIVER, clock=self.clock, begun=begun, count=sent)
        return sent

    def send_digests(self) -> int:
        """The numbers of the morning, once a day to whoever works."""
        return send_digests(
            self.database,
            self.channels,
            base_url=self.base_url,
            rules=self.rules,
            clock=self.clock,
        )

    def roll_call(self) -> int:
        begun = time.monotonic()
        called = len(call_the_roll(self.database, book=self.book, clock=self.clock))
        jobs.beat(self.database, queries.ROLL_CALL, clock=self.clock, begun=begun, count=called)
        return called

    def materialise(self) -> int:
        closed = self._closed()
        with self.database.transaction() as session:
            return materialise_all(session, at=self.clock(), closed=closed)

    def begin_absences(self) -> int:
        return jobs.begin_absences(self.database, clock=self.clock)

    def owe_decisions(self) -> int:
        """Objections of which nobody owes the decision."""
        return owe_decisions(self.database, self.book, clock=self.clock)

    def tell_left(self) -> int:
        """Records of those named in them that nobody can open any more."""
        return tell_left(self.database, clock=self.clock)

    def tell_faults(self) -> int:
        return jobs.tell_faults(self.database, clock=self.clock)

    def tidy(self) -> int:
        """Clear the standing lists; delete old log-in tries and keys of requests, nothing else."""
        with self.database.transaction() as session:
            forget_tries(session, at=self.clock())
            idempotency.tidy(session, at=self.clock())
        self.database.learn()
        if self.clock() - self._began >= receipts.GONE_AFTER:  # the others have said what they have
            receipts.stop_abandoned(
                self.database, self._own_keys(), known=self._known_keys(), clock=self.clock
            )
        return jobs.tidy(self.database, clock=self.clock)

    def say_channels(self) -> int:
        return receipts.say_channels(self.database, self._own_keys(), clock=self.clock)

    def _own_keys(self) -> list[str]:
        return [one.key for one in self.every_channel]

    def _known_keys(self) -> list[str]:
        """The channels that the settings name, whether this worker has them or not."""
        mail = [EMAIL] if self.settings.mail else []
        return mail + [one.key for pack in self.gathered.hosted for one in pack.channels]

    def look_at_clocks(self) -> int:
        return int(self._clock_watch.look(self.database, clock=self.clock) > self.rules.skew)

    def ping_outside(self) -> int:
        """Call the outside watcher, only if a sweep was completed since the last call."""
        with self.database.transaction() as session:
            last = queries.heartbeat(session)
        if last is None or last.at == self._pinged:
            return 0
        try:
            (self.ping or _call)(self.settings.ping_url)
        except OSError:
            jobs.report(self.database, "outside", "worker.ping_failed", clock=self.clock)
            return 0
        self._pinged = last.at
        return 1

    def _closed(self) -> Mapping[UUID, Iterable[date]]:
        if not self.gathered.calendars:
            return {}
        with self.database.transaction() as session:
            rows = session.execute(sa.select(TeamRow.id, TeamRow.key)).all()
        return {row.id: self.gathered.closed_days(row.key) for row in rows}

    # --- running

    def run_once(self) -> dict[str, int]:
        """Each job once, in order; gives how much each did. What fails is raised."""
        return {job.name: job.work() for job in self.jobs() if job.name not in ("clock", "ping")}

    def run(self) -> None:
        """Tick until SIGTERM or SIGINT. What was running is let finish.

        Plugins are started beside it: sweeps never wait for them, and none of them ends it.
        """
        self._say_how_long_it_was()
        scheduler = self._scheduler()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        threading.Thread(target=self._watch, daemon=True, name="watchdog").start()
        scheduler.start()
        log().info("worker.started", worker=jobs.worker_name())
        threading.Thread(target=self.hosts.open, daemon=True, name="opening").start()
        try:
            while not (self._asked or self._stop.wait(_LOOKS_EVERY)):
                continue
        finally:
            self.stop()
            scheduler.pause()
            self.hosts.close()
            scheduler.shutdown(wait=True)
        self.database.learn()

    def stop(self) -> None:
        """Let `run` come to its end."""
        self._stop.set()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        """In a signal's handler, which may stand in the middle of any lock: it takes none."""
        self._asked = True

    def _watch(self) -> None:
        while not self._stop.wait(1.0):
            self.watchdog.look()

    def _scheduler(self) -> BackgroundScheduler:
        made = self.jobs()
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(made))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        start = datetime.now(UTC)
        for place, job in enumerate(made):
            scheduler.add_job(
                job.work,
                "interval",
                seconds=job.every.total_seconds(),
                id=job.name,
                next_run_time=start + place * _SOON / 10,
            )
        scheduler.add_listener(self.learn, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        return scheduler

    def learn(self, event: JobEvent) -> None:
        """A job failed or was not run: a row in front of a person, and a line in the log."""
        failed = event.code == EVENT_JOB_ERROR
        code = "worker.job_failed" if failed else "worker.job_missed"
        error = type(event.exception).__name__ if failed else ""
        log().error(code, job=event.job_id, error=error)
        with suppress(sa.exc.SQLAlchemyError):
            jobs.report(self.database, f"job:{event.job_id}", code, clock=self.clock)

    def _say_how_long_it_was(self) -> None:
        gone = jobs.resumed(self.database, rules=self.rules, clock=self.clock)
        if gone is not None:
            took = int(gone.lasted.total_seconds() * 1000)
            log().warning("worker.was_down", took_ms=took, count=gone.due)


def _call(url: str) -> None:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 (http or https: settings)
        answer.read(1)


def channels_of(settings: Settings, environment: str | None) -> list[Channel]:
    """The ways out of this installation. A demonstration has a folder, whatever else is set."""
    if DEMO in (settings.environment, environment):
        return [FolderChannel(settings.home / "mail")]
    return [SmtpChannel(settings.mail)] if settings.mail else []


def _environment(database: Database) -> str | None:
    with database.transaction() as session:
        return queries.environment(session)


def create_worker(
    settings: Settings,
    *,
    database: Database | None = None,
    gathered: Gathered | None = None,
    channels: Sequence[Channel] | None = None,
    hosts: Hosts | None = None,
    intake: Work | None = None,
    clock: Clock = now,
    rules: Rules | None = None,
) -> Worker:
    """The worker of an installation. Raises `Misconfigured` if a demonstration could send."""
    set_site_language(settings.language)
    database = database or open_site(settings)
    gathered = gathered or gather(
        settings.plugins, folders=list(settings.pathways), lock=settings.plugins_lock
    )
    environment = _environment(database)
    if channels is None:
        channels = channels_of(settings, environment)
    if hosts is None:
        demo = DEMO in (settings.environment, environment)
        hosts = Hosts() if demo else site_hosts(settings, gathered, database, clock=clock)
    return Worker(
        settings=settings,
        database=database,
        gathered=gathered,
        hosts=hosts,
        channels=channels,
        clock=clock,
        rules=rules or settings.alerts,
        intake=intake,
    )


def run_once(
    settings: Settings,
    *,
    at: datetime,
    database: Database | None = None,
    gathered: Gathered | None = None,
    channels: Sequence[Channel] | None = None,
    intake: Work | None = None,
) -> dict[str, int]:
    """Do every job once, as if it were `at`: for tests and the demonstration."""
    worker = create_worker(
        settings,
        database=database,
        gathered=gathered,
        channels=channels,
        intake=intake,
        clock=lambda: at,
    )
    try:
        return worker.run_once()
    finally:
        worker.hosts.close()
