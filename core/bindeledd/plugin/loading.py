"""Gathering what the named plugins declare: once, at start, and insisting that it fits.

`gather` gives one frozen `Gathered`, or raises `Misconfigured` that names distribution, file and
line. Read `hooks.py` first; `asking.py` says how one plugin is loaded and asked. Nobody asks a
plugin again after this.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import metadata
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from bindeledd.features.intake.domain.foreign import ForeignFormat
from bindeledd.features.pathways.domain import Book, Ladder, PathwayFolder
from bindeledd.features.pathways.domain.directory import Contact
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.rows import near
from bindeledd.features.pathways.service import catalogue, load_book, site_folders, tried_book
from bindeledd.features.reports.domain import Declared
from bindeledd.features.staff.domain import KnownOrganisation, TeamDays
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said
from bindeledd.plugin.apart import insist_apart, insist_single
from bindeledd.plugin.asking import Plugin, Yielded, ask, distribution_of, load
from bindeledd.plugin.carrying import insist_carried
from bindeledd.plugin.host.values import PluginChannel, PluginJob, PluginReader, PluginReport
from bindeledd.plugin.locking import insist_locked
from bindeledd.plugin.rows import insist_rows
from bindeledd.plugin.using import (
    insist_named_contacts,
    insist_own_names,
    insist_tasks,
    insist_used,
)

GROUP = "bindeledd.plugins"
# Days on which packs together may close a team in one year, and the years that they may speak of.
MOST_CLOSED, _YEARS = 120, range(2000, 2101)
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Hosted:
    """What one plugin has that runs in a host of its own."""

    plugin: Plugin
    channels: tuple[PluginChannel, ...] = ()
    jobs: tuple[PluginJob, ...] = ()
    readers: tuple[PluginReader, ...] = ()
    reports: tuple[PluginReport, ...] = ()

    @property
    def outside(self) -> tuple[PluginChannel | PluginJob, ...]:
        """What may reach the network, with the secrets of the site."""
        return (*self.channels, *self.jobs)

    @property
    def inside(self) -> tuple[PluginReader | PluginReport, ...]:
        """What is given messages or numbers, and reaches nobody."""
        return (*self.readers, *self.reports)


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Everything that core and plugins declare, in the order in which plugins are named."""

    book: Book
    plugins: tuple[Plugin, ...] = ()
    fields: tuple[CaseField, ...] = ()
    calendars: tuple[TeamDays, ...] = ()
    organisations: tuple[KnownOrganisation, ...] = ()
    hosted: tuple[Hosted, ...] = ()

    @property
    def foreign(self) -> tuple[ForeignFormat, ...]:
        """The formats that packs read."""
        return tuple(
            reader.format_in(one.plugin.name) for one in self.hosted for reader in one.readers
        )

    @property
    def reports(self) -> tuple[Declared, ...]:
        """The reports that packs make."""
        return tuple(
            report.declared_in(one.plugin.name) for one in self.hosted for report in one.reports
        )

    def closed_days(self, team_key: str) -> frozenset[date]:
        """Days on which plugins say that this team is closed."""
        return frozenset(
            day for said in self.calendars if said.team in ("*", team_key) for day in said.closed
        )

    def fields_asked_with(self, event_kind: str) -> tuple[CaseField, ...]:
        """The extra facts that people are asked for with an event of this kind."""
        return tuple(one for one in self.fields if event_kind in one.asked_with)


def installed() -> list[metadata.EntryPoint]:
    """Every plugin that is installed, named in the settings or not."""
    return sorted(metadata.entry_points(group=GROUP), key=lambda point: point.name)


def gather(
    names: Sequence[str] = (),
    *,
    folders: Sequence[Traversable] = (),
    points: Sequence[metadata.EntryPoint] | None = None,
    lock: Path | None = None,
    on: Collection[str] | None = None,
) -> Gathered:
    """Load the named plugins, ask each of its hooks once, and check everything that it said.

    `folders`: pathway files of the site itself. `points`: what is installed, by default what
    this environment says. `lock`: the file that says which may load; with `on` it is asked of those
    that are switched on, and the rest is only tried (`tried_book`). Raises `Misconfigured` for whatever does not
    fit; nothing is skipped.
    """
    chosen = named(names, installed() if points is None else points)
    insist_locked([one for one in chosen if on is None or one.name in on], lock)
    loaded = [load(point) for point in chosen]
    yielded = [one for plugin, thing in loaded for one in ask(plugin, thing)]
    insist_single(yielded)
    insist_apart(yielded)
    _insist_at_work(yielded)
    _insist_known(yielded)
    insist_own_names(yielded)
    insist_named_contacts(yielded)
    insist_rows(plugin for plugin, _ in loaded)
    fields = tuple(_of(yielded, CaseField))
    every, ladders = [*_folders(yielded), *site_folders(folders)], _of(yielded, Ladder)
    if on is None or set(on) == set(names):
        book = load_book(every, fields=fields, ladders=ladders)
    else:
        fewer = set(names) < set(on)
        book = tried_book(every, fields=fields, ladders=ladders, fewer=fewer)
    insist_used(yielded, book)
    insist_tasks(yielded, book)
    insist_carried(fields, book)
    return Gathered(
        book=replace(book, contacts=tuple(_of(yielded, Contact))),
        plugins=tuple(plugin for plugin, _ in loaded),
        fields=fields,
        calendars=tuple(_of(yielded, TeamDays)),
        organisations=tuple(_of(yielded, KnownOrganisation)),
        hosted=tuple(_hosted(loaded, yielded)),
    )


def _hosted(
    loaded: Sequence[tuple[Plugin, object]], yielded: Sequence[Yielded]
) -> Iterator[Hosted]:
    for plugin, _ in loaded:
        own = [one for one in yielded if one.plugin is plugin]
        hosted = Hosted(
            plugin=plugin,
            channels=tuple(_of(own, PluginChannel)),
            jobs=tuple(_of(own, PluginJob)),
            readers=tuple(_of(own, PluginReader)),
            reports=tuple(_of(own, PluginReport)),
        )
        if hosted.outside or hosted.inside:
            yield hosted


def _folders(yielded: Iterable[Yielded]) -> Iterator[PathwayFolder]:
    """The folders of routines and layers, each of the distribution that it came with, whatever the
    pack calls itself."""
    for one in yielded:
        if isinstance(one.value, PathwayFolder):
            yield replace(one.value, distribution=one.plugin.distribution, held=True)


def _of(yielded: Iterable[Yielded], kind: type[T]) -> list[T]:
    return [one.value for one in yielded if isinstance(one.value, kind)]


def named(names: Sequence[str], points: Sequence[metadata.EntryPoint]) -> list[metadata.EntryPoint]:
    """The entry point of each name; a name that is missing, doubled or claimed twice is refused."""
    return [_one_named(name, names, points) for name in names]


def _one_named(
    name: str, names: Sequence[str], points: Sequence[metadata.EntryPoint]
) -> metadata.EntryPoint:
    found = [point for point in points if point.name == name]
    if not found:
        there = ", ".join(point.name for point in points) or said("plugin.words.none")
        raise Misconfigured(
            "plugin.not_installed",
            where="[site] plugins",
            name=name,
            there=there,
        )
    if names.count(name) > 1:
        raise Misconfigured("plugin.named_twice", where="[site] plugins", name=name)
    owners = sorted({distribution_of(point) for point in found})
    if len(owners) > 1:
        raise Misconfigured(
            "plugin.same_name",
            where="[site] plugins",
            name=name,
            known=said("plugin.words.and", first=", ".join(owners[:-1]), last=owners[-1]),
        )
    return found[0]


# --- what plugins say together ------------------------------------------------------------------


def _insist_at_work(yielded: Sequence[Yielded]) -> None:
    """No team is closed for most of a year: what is owed in working days would be owed far away.

    Counted for each team over all packs, with what they say of every team.
    """
    said = [(one, one.value) for one in yielded if isinstance(one.value, TeamDays)]
    for team in sorted({value.team for _, value in said}):
        closed: dict[int, set[date]] = {}
        for one, value in said:
            if value.team not in ("*", team):
                continue
            for day in value.closed:
                closed.setdefault(day.year, set()).add(day)
            odd = sorted(year for year in closed if year not in _YEARS)
            full = sorted(year for year, days in closed.items() if len(days) > MOST_CLOSED)
            if odd or full:
                raise Misconfigured(
                    "plugin.closed_far_away" if odd else "plugin.closed_too_much",
                    where=one.where,
                    team=team,
                    days=len(closed[full[0]]) if full else 0,
                    year=odd[0] if odd else full[0],
                    most=MOST_CLOSED,
                    first=_YEARS[0],
                    last=_YEARS[-1],
                )


def _insist_known(yielded: Sequence[Yielded]) -> None:
    """What says which rows it answers, names rows that there are."""
    known = catalogue().rows
    for one in yielded:
        for row in getattr(one.value, "rows", ()):
            if row not in known:
                raise Misconfigured(
                    "plugin.row_unknown", where=one.where, row=row, known=near(row, known)
                )


__all__ = ["Gathered", "Hosted", "Plugin", "gather", "installed", "named"]
