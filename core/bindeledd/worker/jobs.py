"""What the worker does, one job after the other. Each asks what has become due."""

import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from uuid import UUID

import sqlalchemy as sa

from bindeledd.features.access.service import forget_tries
from bindeledd.features.casefile.jobs import tell_of_no_cover, tell_of_unsigned
from bindeledd.features.cases.jobs import bring_back
from bindeledd.features.intake.jobs import read_by_pack
from bindeledd.features.intake.service import Rules as IntakeRules
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives.jobs import owe_decisions
from bindeledd.features.reminders import jobs, queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import EMAIL, Channel
from bindeledd.features.reminders.jobs import receipts
from bindeledd.features.reminders.jobs.delivering import Deliverer, only_inside, phoned
from bindeledd.features.reminders.jobs.morning import send_digests
from bindeledd.features.reports.jobs import make_report
from bindeledd.features.restricted.jobs import tell_left
from bindeledd.features.rollcall.jobs import call_the_roll
from bindeledd.features.staff.service.duty import materialise_all
from bindeledd.features.staff.tables import TeamRow
from bindeledd.features.worklist.jobs import write_due
from bindeledd.foundation import idempotency
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.hosting import Hosts, base_url
from bindeledd.plugin.host.work import HostedChannel, HostedJob, HostedReader, HostedReport
from bindeledd.plugin.loading import Gathered
from bindeledd.settings import Settings
from bindeledd.watching import STALE_AFTER
from bindeledd.worker.watchdog import Watchdog

Clock = Callable[[], datetime]
Work = Callable[[], int]


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something that is done every so often. `work` gives how much it did."""

    name: str
    every: timedelta
    work: Work


@dataclass(kw_only=True)
class Jobs:
    """What an installation does by the clock. `intake` looks through the watched folder, if any."""

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
    _sweeping: threading.RLock = field(default_factory=threading.RLock, repr=False)

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
            given_up=lambda: {key for one in self._deliverers.values() for key in one.failing()},
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

    def jobs(self) -> list[Job]:
        """Everything that ticks, in the order in which `run_once` does it."""
        moved = partial(bring_back, self.database, self.book, clock=self.clock)
        left = partial(tell_left, self.database, clock=self.clock)
        unsigned = partial(tell_of_unsigned, self.database, clock=self.clock)
        nobody = partial(tell_of_no_cover, self.database, clock=self.clock)
        made = [
            Job(name="duty", every=timedelta(hours=6), work=self.materialise),
            Job(name="absences", every=timedelta(seconds=30), work=self.begin_absences),
            Job(name="put_later", every=timedelta(hours=1), work=moved),
            Job(name="no_cover", every=timedelta(minutes=1), work=nobody),
            Job(name="sweep", every=timedelta(seconds=30), work=self.sweep),
            Job(name="channels", every=timedelta(minutes=1), work=self.say_channels),
            Job(name="deliver", every=timedelta(seconds=5), work=self.deliver),
            Job(name="receipts", every=timedelta(seconds=30), work=self.miss_receipts),
            Job(name="morning", every=timedelta(minutes=1), work=self.send_digests),
            Job(name="rollcall", every=timedelta(minutes=10), work=self.roll_call),
            Job(name="faults", every=timedelta(minutes=1), work=self.tell_faults),
            Job(name="objections", every=timedelta(days=1), work=self.owe_decisions),
            Job(name="records", every=timedelta(hours=6), work=left),
            Job(name="closings", every=timedelta(minutes=10), work=unsigned),
            Job(name="tidy", every=timedelta(minutes=10), work=self.tidy),
            Job(name="clock", every=timedelta(seconds=30), work=self.look_at_clocks),
        ]
        if self.intake is not None:
            made.insert(1, Job(name="intake", every=timedelta(seconds=10), work=self.intake))
        made += self._hosted_jobs()
        if (said := self.settings.downtime).folder is not None:
            lists = partial(write_due, self.database, said, self.book, clock=self.clock)
            made.append(Job(name="downtime", every=timedelta(minutes=5), work=lists))
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
        with self._sweeping:
            self.watchdog.begin()
            try:
                done = jobs.sweep(
                    self.database,
                    self.book,
                    rules=self.rules,
                    clock=self.clock,
                    channels=self._own_keys(),
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
        ways, link = self.channels, self.base_url
        return send_digests(self.database, ways, base_url=link, rules=self.rules, clock=self.clock)

    def roll_call(self) -> int:
        """Count who is accounted for; after a hole in the sweeps, what was due in it is raised first."""
        with self._sweeping:
            with self.database.transaction() as session:
                behind = queries.stale(session, self.clock(), STALE_AFTER)
            if behind:
                self.sweep()
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

    def tell_faults(self) -> int:
        return jobs.tell_faults(self.database, clock=self.clock)

    def tidy(self) -> int:
        """Clear the standing lists; delete old log-in tries and keys of requests, nothing else."""
        with self.database.transaction() as session:
            forget_tries(session, at=self.clock())
            idempotency.tidy(session, at=self.clock())
        self.database.learn()
        if self.clock() - self._began >= receipts.GONE_AFTER:  # the others have said what they have
            own, known = self._own_keys(), self._known_keys()
            receipts.stop_abandoned(self.database, own, known=known, clock=self.clock)
        return jobs.tidy(self.database, clock=self.clock)

    def say_channels(self) -> int:
        return receipts.say_channels(self.database, self._own_keys(), clock=self.clock)

    def _own_keys(self) -> list[str]:
        return [one.key for one in self.every_channel]

    def _known_keys(self) -> list[str]:
        """The channels that the settings name, whether this worker has them or not."""
        hosted = [one.key for pack in self.gathered.hosted for one in pack.channels]
        return [EMAIL, *hosted] if self.settings.mail else hosted

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

    def run_once(self) -> dict[str, int]:
        """Each job once, in order; gives how much each did. What fails is raised."""
        return {job.name: job.work() for job in self.jobs() if job.name not in ("clock", "ping")}


def _call(url: str) -> None:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 (http or https: settings)
        answer.read(1)
