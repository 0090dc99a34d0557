"""A pack that is data only: TOML files beside one line of Python, `plugin = DataPack(__name__)`.

What it looks for in the package: `pathways/*.toml` (routines and layers), `fields.toml`,
`ladders.toml`, `calendars.toml`, `units.toml`, `contacts.toml`. Each only if it is there.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from bindeledd.features.pathways.domain.reading import PathwayInvalid, read_file
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Sheet, Table
from bindeledd.features.pathways.service import words
from bindeledd.plugin.hooks import (
    API,
    CaseField,
    Contact,
    Hours,
    KnownOrganisation,
    KnownTeam,
    KnownUnit,
    Ladder,
    Option,
    PathwayFolder,
    TeamDays,
    hookimpl,
)

_PHONE = re.compile(r"\+?[0-9][0-9 ]{2,19}")
SCHEMES = ("HER", "RESH", "ENH", "local")


@dataclass(frozen=True)
class DataPack:
    """All hooks of a package of TOML files. `api` is what the pack was written for."""

    package: str
    api: tuple[int, int] = (API, API)

    @property
    def distribution(self) -> str:
        """The name of the distribution, by the habit that both names are one."""
        return self.package.replace("_", "-")

    @hookimpl
    def pathways(self) -> Iterator[PathwayFolder]:
        folder = files(self.package) / "pathways"
        if folder.is_dir():
            yield PathwayFolder(distribution=self.distribution, folder=folder)

    @hookimpl
    def fields(self) -> Iterator[CaseField]:
        with _Reading(self, "fields.toml") as root:
            yield from [_field(table) for table in root.tables("field")]

    @hookimpl
    def rungs(self) -> Iterator[Ladder]:
        file = files(self.package) / "ladders.toml"
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            read = read_file(text, distribution=self.distribution, file=file.name, words=words())
            if read.findings:
                raise PathwayInvalid(read.findings)
            yield from read.ladders

    @hookimpl
    def calendars(self) -> Iterator[TeamDays]:
        with _Reading(self, "calendars.toml") as root:
            yield from [_days(table) for table in root.tables("calendar")]

    @hookimpl
    def units(self) -> Iterator[KnownOrganisation]:
        with _Reading(self, "units.toml") as root:
            yield from [_organisation(table) for table in root.tables("organisation")]

    @hookimpl
    def contacts(self) -> Iterator[Contact]:
        with _Reading(self, "contacts.toml") as root:
            yield from [_contact(table) for table in root.tables("contact")]


class _Reading:
    """One file of a pack while it is read; whatever is wrong in it is raised together."""

    def __init__(self, pack: DataPack, name: str) -> None:
        self.file: Traversable = files(pack.package) / name
        text = self.file.read_text(encoding="utf-8") if self.file.is_file() else ""
        self.sheet = Sheet(text, distribution=pack.distribution, file=name)
        self.text = text

    def __enter__(self) -> Table:
        try:
            return Table(self.sheet, tomllib.loads(self.text))
        except tomllib.TOMLDecodeError as wrong:
            self.sheet.broken(wrong)
            raise PathwayInvalid(self.sheet.findings) from None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self.sheet.findings:
            raise PathwayInvalid(self.sheet.findings)


# --- what stands in the files -------------------------------------------------------------------


def _words(table: Table, key: str) -> Mapping[str, str]:
    """Words in several languages; Norwegian is not left out."""
    inner = table.table(key)
    if inner is None:
        return {}
    found = {language: inner.text(language) for language in inner.content}
    if not found.get("nb"):
        inner.wrong("nb", "plugin.no_norwegian")
    return found


def _rows(table: Table) -> tuple[str, ...]:
    return read_rows(table, words().rows)


def _field(table: Table) -> CaseField:
    table.only("key", "label", "help", "asked_with", "used_by", "option", "rows")
    options = tuple(
        Option(value=option.text("value"), label=_words(option, "label"))
        for option in table.tables("option")
    )
    if len(options) < 2:
        table.wrong("option", "plugin.few_options")
    return CaseField(
        key=table.text("key"),
        label=_words(table, "label"),
        help=_words(table, "help") if "help" in table.content else {},
        options=options,
        asked_with=table.texts("asked_with"),
        used_by=table.texts("used_by"),
        rows=_rows(table),
        origin=table.origin(),
    )


def _days(table: Table) -> TeamDays:
    table.only("team", "closed", "hours", "reason", "rows")
    closed: Any = table.content.get("closed", [])
    if not isinstance(closed, list) or not all(type(day) is date for day in closed):
        table.wrong("closed", "plugin.no_dates")
        closed = []
    return TeamDays(
        team=table.text("team", "*"),
        closed=frozenset(closed),
        hours=_hours(table),
        reason=table.text("reason", ""),
        rows=_rows(table),
        origin=str(table.origin()),
    )


def _contact(table: Table) -> Contact:
    table.only("key", "label", "tasks", "phone", "hours", "units", "organisations", "rows")
    phone = table.text("phone", "")
    if phone and not _PHONE.fullmatch(phone):
        table.wrong("phone", "plugin.no_phone")
    hours = tuple((one.weekday, one.opens, one.closes) for one in _hours(table))
    return Contact(
        key=table.text("key"),
        label=_words(table, "label"),
        tasks=frozenset(table.texts("tasks")),
        phone=phone,
        hours=hours,
        units=frozenset(table.texts("units", ())),
        organisations=frozenset(table.texts("organisations", ())),
        rows=_rows(table),
        origin=str(table.origin()),
    )


def _hours(table: Table) -> tuple[Hours, ...]:
    found = []
    for entry in table.tables("hours"):
        entry.only("weekdays", "opens", "closes")
        opens, closes = entry.content.get("opens"), entry.content.get("closes")
        days = entry.content.get("weekdays", [])
        fits = isinstance(days, list) and days and all(day in range(1, 8) for day in days)
        if not fits or not isinstance(opens, time) or not isinstance(closes, time):
            entry.wrong("", "plugin.no_hours")
            continue
        found += [Hours(weekday=day, opens=opens, closes=closes) for day in days]
    return tuple(found)


def _points(table: Table) -> tuple[tuple[str, str], ...]:
    found = []
    for scheme in table.content.get("points", {}):
        inner = table.table("points")
        if inner is None:
            return ()
        if scheme not in SCHEMES:
            inner.wrong(scheme, "plugin.no_scheme", known=" · ".join(SCHEMES))
        found.append((scheme, inner.text(scheme)))
    return tuple(found)


def _organisation(table: Table) -> KnownOrganisation:
    table.only("key", "name", "kind", "points", "unit", "team", "rows")
    return KnownOrganisation(
        key=table.text("key"),
        name=table.text("name"),
        kind=table.text("kind"),
        points=_points(table),
        units=tuple(_unit(unit) for unit in table.tables("unit")),
        teams=tuple(_team(team) for team in table.tables("team")),
        rows=_rows(table),
        origin=str(table.origin()),
    )


def _unit(table: Table) -> KnownUnit:
    table.only("key", "name", "kind", "points", "team", "rows")
    return KnownUnit(
        key=table.text("key"),
        name=table.text("name"),
        kind=table.text("kind"),
        points=_points(table),
        team=table.text("team", "") or None,
        rows=_rows(table),
    )


def _team(table: Table) -> KnownTeam:
    table.only("key", "name", "hours", "rows")
    return KnownTeam(
        key=table.text("key"),
        name=table.text("name"),
        hours=_hours(table),
        rows=_rows(table),
    )


__all__ = ["DataPack"]
