"""The plugins' processes of one worker: each is told what the site says to it, and nothing of ours."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import sqlalchemy as sa

from bindeledd.features.reminders.jobs import report
from bindeledd.features.staff.tables import TeamRow, UnitRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database, sqlite_file
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.logs import log
from bindeledd.plugin.host.process import Host
from bindeledd.plugin.host.values import HostTrouble, Limits, Start, Trouble
from bindeledd.plugin.host.work import HostedChannel, HostedJob, HostedReader, HostedReport
from bindeledd.plugin.loading import Gathered, Hosted
from bindeledd.settings import PluginSetting, Settings

# What SQLite keeps beside a database while it works.
_BESIDE = ("wal", "shm", "journal")
Tell = Callable[[str, Trouble], None]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Hosts:
    """The processes, and what is done through them."""

    hosts: tuple[Host, ...] = ()
    channels: tuple[HostedChannel, ...] = ()
    jobs: tuple[HostedJob, ...] = ()
    readers: tuple[HostedReader, ...] = ()
    reports: tuple[HostedReport, ...] = ()

    def open(self) -> None:
        """Start them all. One that cannot be started, or says that it is set up wrongly, is a
        fault, and is tried again: nothing waits for it, and nothing else stops.
        """
        self._each(Host.begin)

    def look(self) -> int:
        """How many are not well, after trying to start them again."""
        return sum(not well for well in self._each(Host.look))

    def close(self) -> None:
        self._each(Host.close)

    def _each(self, does: Callable[[Host], T]) -> list[T]:
        """Of all at once: what one takes its time for, no other waits for."""
        if not self.hosts:
            return []
        with ThreadPoolExecutor(len(self.hosts), thread_name_prefix="host") as pool:
            return list(pool.map(does, self.hosts))


def hosts_of(
    settings: Settings, gathered: Gathered, *, tell: Tell, names: Sequence[str] = ()
) -> Hosts:
    """The hosts of the plugins that need one; none is started yet."""
    outside = [
        (one, _outside(settings, one, tell, names)) for one in gathered.hosted if one.outside
    ]
    inside = [(one, _inside(settings, one, tell)) for one in gathered.hosted if one.inside]
    return Hosts(
        hosts=tuple(host for _, host in (*outside, *inside)),
        channels=tuple(HostedChannel(host, c) for one, host in outside for c in one.channels),
        jobs=tuple(HostedJob(host, job) for one, host in outside for job in one.jobs),
        readers=tuple(HostedReader(host, r) for one, host in inside for r in one.readers),
        reports=tuple(HostedReport(host, r) for one, host in inside for r in one.reports),
    )


def site_hosts(
    settings: Settings,
    gathered: Gathered,
    database: Database,
    *,
    clock: Callable[[], datetime] = now,
) -> Hosts:
    """As the worker has them: trouble is a fault of the plugin, in front of a person.

    Whoever has seen it is told again at each start that finds it still there.
    """
    found: set[tuple[str, Trouble]] = set()

    def tell(plugin: str, trouble: Trouble) -> None:
        first = (plugin, trouble) not in found
        found.add((plugin, trouble))
        try:
            report(database, f"plugin:{plugin}", trouble.value, clock=clock, each=first)
        except sa.exc.SQLAlchemyError as wrong:  # the log has it; the call still ends in order
            log().error("worker.fault_not_kept", error=type(wrong).__name__)

    names = names_of(database) if gathered.hosted else []
    return hosts_of(settings, gathered, tell=tell, names=names)


def tried(
    settings: Settings, gathered: Gathered, database: Database | None
) -> Iterator[tuple[str, Misconfigured | None]]:
    """Each plugin that works in a host, opened once and closed: what is wrong with it, or None.

    Without a database it is told the name of no team.
    """
    if not gathered.hosted or settings.environment == "demo":
        return
    hosts = hosts_of(
        settings, gathered, tell=lambda *_: None, names=names_of(database) if database else ()
    )
    try:
        for host in hosts.hosts:
            yield host.start.plugin, _tried(host)
    finally:
        hosts.close()


def _tried(host: Host) -> Misconfigured | None:
    try:
        host.open()
    except Misconfigured as wrong:
        return Misconfigured(
            "plugin.told_at", where=wrong.where, place=wrong.where, fault=wrong.fault
        )
    except HostTrouble as wrong:
        what = f"{wrong.trouble.value} {wrong.error} {wrong.where}".strip()
        return Misconfigured("plugin.in_trouble", trouble=what)
    return None


def base_url(settings: Settings) -> str:
    """Where people log in, as a message says it."""
    return settings.public_url or f"http://127.0.0.1:{settings.port}"


def _outside(settings: Settings, one: Hosted, tell: Tell, names: Sequence[str]) -> Host:
    """The host of channels and jobs: it has the site's secrets, and the network."""
    said = settings.of_plugin(one.plugin.name)
    start = Start(
        plugin=one.plugin.name,
        run={each.place: each.run for each in one.outside},
        settings=dict(said.settings),
        secrets=dict(said.secrets),
        names=tuple(names),
        base_url=base_url(settings),
        callback_urls={
            channel.place: f"{base_url(settings)}/callbacks/{channel.key}/{quote(said.callback)}"
            for channel in one.channels
            if said.callback
        },
        closed=tuple(_closed(settings)),
        reads=tuple(map(str, said.reads)),
        writes=tuple(map(str, said.writes)),
    )
    return _host(start, said, tell)


def _inside(settings: Settings, one: Hosted, tell: Tell) -> Host:
    """The host of readers and reports: it reaches nobody, and has no secret to tell."""
    said = settings.of_plugin(one.plugin.name)
    start = Start(
        plugin=one.plugin.name,
        run={each.place: each.run for each in one.inside},
        settings=dict(said.settings),
        closed=tuple(_closed(settings)),
        reads=tuple(map(str, said.reads)),
        inside=True,
    )
    return _host(start, said, tell)


def _host(start: Start, said: PluginSetting, tell: Tell) -> Host:
    limits = Limits(seconds=said.seconds, memory_mb=said.memory_mb)
    return Host(
        start=start,
        limits=limits,
        tell=lambda trouble: tell(start.plugin, trouble),
        file=said.file,
    )


def _closed(settings: Settings) -> list[str]:
    """Files that no plugin has any business with."""
    paths = [settings.key_folder]
    if settings.file is not None:
        paths.append(settings.file)
    data = sqlite_file(settings.database_url) if settings.database_url else None
    if data is not None:
        paths += [data, *(data.with_name(f"{data.name}-{one}") for one in _BESIDE)]
    return [str(path) for path in paths]


def names_of(database: Database) -> list[str]:
    """What the units and teams are called: no message may say any of it."""
    with database.transaction() as session:
        every = sa.union(sa.select(UnitRow.name), sa.select(TeamRow.name))
        return sorted(session.scalars(every))
