"""What the page of IT shows of the installation while it works: only what is quick to look at.

Whole databases, every fact and the start of each pack are for `bindeledd doctor`.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from bindeledd.checkup.downtime import of_downtime
from bindeledd.checkup.findings import Check
from bindeledd.checkup.machine import of_environment, of_settings
from bindeledd.checkup.tenants import of_keys, of_teams
from bindeledd.checkup.work import of_worker
from bindeledd.features.administration.domain import Given, Pack, Rhythm
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.rollcall.domain import CALLED_WITHIN
from bindeledd.foundation.clock import now
from bindeledd.foundation.console import Site
from bindeledd.foundation.db import Database, said_of
from bindeledd.foundation.errors import Misconfigured, Refusal
from bindeledd.foundation.texts import refusal_text, t
from bindeledd.plugin import locking
from bindeledd.plugin.loading import Gathered, installed
from bindeledd.settings import Settings
from bindeledd.watching import STALE_AFTER, measures

_CHANNEL = Rhythm(every=timedelta(minutes=1), limit=timedelta(minutes=5))


def given(settings: Settings, database: Database, gathered: Gathered) -> Given:
    """What this installation tells the pages of administration."""
    site = Site(
        open_settings=lambda: settings,
        open_database=lambda _: database,
        gather=lambda *_: gathered,
    )

    def measured() -> Mapping[str, float]:
        with database.transaction() as session:
            return measures(session, now())

    return Given(
        rhythms=_rhythms(settings, gathered),
        measures=measured,
        examine=lambda tenant: examine_at_work(site, tenant),
        packs=lambda: list(_packs(settings, gathered)),
        closed_days=gathered.closed_days,
    )


def _rhythms(settings: Settings, gathered: Gathered) -> dict[str, Rhythm]:
    """The jobs that write down when they came to their end, as the worker does them."""
    channels = [channel.key for one in gathered.hosted for channel in one.channels]
    return {
        reminders.SWEEP: Rhythm(every=timedelta(seconds=30), limit=STALE_AFTER),
        reminders.DELIVER: Rhythm(every=timedelta(seconds=5), limit=settings.alerts.stuck_after),
        reminders.ROLL_CALL: Rhythm(every=timedelta(minutes=10), limit=CALLED_WITHIN),
    } | {f"{reminders.CHANNEL}{key}": _CHANNEL for key in channels}


def examine_at_work(site: Site, tenant: UUID) -> Sequence[Check]:
    """The quick checks, for one tenant. One that cannot be made is a finding, never a crash."""
    looks: dict[str, Callable[[], Iterator[Check]]] = {
        "settings": lambda: of_settings(site.settings),
        "environment": lambda: of_environment(site),
        "worker": lambda: of_worker(site),
        "downtime": lambda: of_downtime(site),
        "keys": lambda: of_keys(site, tenant),
        "teams": lambda: of_teams(site, tenant),
    }
    checks: list[Check] = []
    for name, look in looks.items():
        try:
            checks.extend(look())
        except (Misconfigured, Refusal, sa.exc.SQLAlchemyError, OSError) as wrong:
            do = t("maintenance.doctor.log")
            checks.append(Check(name=name, ok=False, found=_said(wrong), do=do))
    return checks


def _said(wrong: Exception) -> str:
    if isinstance(wrong, Refusal):
        return refusal_text(wrong.code)
    if isinstance(wrong, sa.exc.SQLAlchemyError):
        return said_of(wrong).partition(" · ")[0]
    return type(wrong).__name__


def _packs(settings: Settings, gathered: Gathered) -> Iterator[Pack]:
    """What is loaded, and whether its files are those of the lock file."""
    lock = settings.plugins_lock
    known = None if lock is None or not lock.exists() else locking.read(lock)
    points = {point.name: point for point in installed()}
    for plugin in gathered.plugins:
        point = points.get(plugin.name)
        held = None if point is None else locking.held(point)
        yield Pack(
            name=plugin.name,
            distribution=plugin.distribution,
            version=plugin.version,
            fingerprint="" if held is None else _fingerprint(held),
            locked=None if known is None else held is not None and known.get(plugin.name) == held,
        )


def _fingerprint(held: locking.Held) -> str:
    """One word for all files of a pack: another word, another file."""
    lines = (f"{name} {told}\n" for name, told in held.files.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]
