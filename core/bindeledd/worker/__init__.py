"""The worker: a ticker that asks, again and again, what has become due.

APScheduler only ticks, and keeps nothing: what is due is a question about rows, so a worker that
was away catches up with everything. `create_worker(settings).run()` runs until it is stopped;
`run_once` does each job once, for tests and the demonstration. What is done stands in `jobs.py`.
"""

import logging
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import FrameType

import sqlalchemy as sa
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import Channel
from bindeledd.features.reminders.jobs import report, resumed, worker_name
from bindeledd.features.reminders.jobs.delivering import DEMO
from bindeledd.features.reminders.jobs.mail import FolderChannel, SmtpChannel
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.logs import log
from bindeledd.foundation.texts import set_site_language
from bindeledd.hosting import Hosts, site_hosts
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.settings import Settings, open_site
from bindeledd.worker.jobs import Clock, Jobs, Work

_SOON = timedelta(seconds=1)
_LOOKS_EVERY = 0.5  # seconds: whether it was asked to stop


@dataclass(kw_only=True)
class Worker(Jobs):
    """The jobs of an installation, and what ticks them."""

    _stop: threading.Event = field(default_factory=threading.Event, repr=False)
    _asked: bool = field(default=False, repr=False)

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
        log().info("worker.started", worker=worker_name())
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
            report(self.database, f"job:{event.job_id}", code, clock=self.clock)

    def _say_how_long_it_was(self) -> None:
        gone = resumed(self.database, rules=self.rules, clock=self.clock)
        if gone is not None:
            took = int(gone.lasted.total_seconds() * 1000)
            log().warning("worker.was_down", took_ms=took, count=gone.due)


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
