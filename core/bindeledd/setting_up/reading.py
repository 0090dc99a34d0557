"""A site's description, checked: settings, tenant, organisations, teams, units, administrator."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, NoReturn

from bindeledd.features.staff.domain import Hours
from bindeledd.foundation.errors import Misconfigured
from bindeledd.setting_up.placing import place_paths
from bindeledd.settings.checking import Tables, defaults, not_toml

DIRECTORY = ("tenant", "organisation", "team", "unit", "administrator")
SCHEMES = {"her": "HER", "resh": "RESH", "orgnr": "ENH", "local": "local"}
Points = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Organisation:
    key: str
    name: str
    kind: str
    points: Points = ()


@dataclass(frozen=True, kw_only=True)
class Team:
    key: str
    name: str
    organisation: str
    zone: str = "Europe/Oslo"
    hours: tuple[Hours, ...] | None = None
    closed: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unit:
    key: str
    name: str
    kind: str
    organisation: str
    team: str | None = None
    acute_number: str | None = None
    points: Points = ()


@dataclass(frozen=True, kw_only=True)
class Person:
    login: str
    name: str
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a site wants to be. `settings` are the tables of the settings file that it names."""

    settings: Tables
    tenant_key: str | None = None
    tenant_name: str | None = None
    intake_team: str | None = None
    use: tuple[str, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    teams: tuple[Team, ...] = ()
    units: tuple[Unit, ...] = ()
    administrator: Person | None = None


def read_description(file: Path) -> Description:
    """Read the file of `--from`. Raises `Misconfigured` with the line of the first fault."""
    text = file.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise not_toml(file, wrong) from None
    place_paths(tables, file.absolute().parent)
    return describe(tables, source=text, name=str(file))


def describe(tables: Tables, *, source: str = "", name: str = "setup") -> Description:
    """The same from tables, for those who answered questions."""
    known = {*defaults(), *DIRECTORY} - {"calendar"}
    for table in tables:
        if table not in known:
            raise Misconfigured(
                "setup.no_table", where=name, name=table, known=", ".join(sorted(known))
            )
    rows = _Rows(tables=tables, source=source, name=name)
    tenant = rows.one("tenant")
    admin = rows.one("administrator")
    return Description(
        settings={key: value for key, value in tables.items() if key not in DIRECTORY},
        tenant_key=tenant.key() if tenant else None,
        tenant_name=tenant.text("name") if tenant else None,
        intake_team=tenant.maybe("intake_team") if tenant else None,
        use=tenant.texts("use") if tenant else (),
        organisations=tuple(_organisation(row) for row in rows.many("organisation")),
        teams=tuple(_team(row) for row in rows.many("team")),
        units=tuple(_unit(row) for row in rows.many("unit")),
        administrator=_person(admin) if admin else None,
    )


# --- one row, with its place ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One table of the file: each value asked for by its kind; what nobody asked for is refused."""

    table: str
    number: int
    values: Mapping[str, Any]
    source: str
    name: str
    keys: frozenset[str]

    def __post_init__(self) -> None:
        for key in self.values:
            if key not in self.keys:
                self.wrong(key, "setup.no_key", known=", ".join(sorted(self.keys)))

    def wrong(self, key: str, code: str, /, **values: object) -> NoReturn:
        where = f"{self.name}:{self._line(key)} [{self.table}] {key}"
        raise Misconfigured(code, where=where, **values)

    def _line(self, key: str) -> int:
        seen = 0
        first = 1
        for number, line in enumerate(self.source.splitlines(), start=1):
            head = re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line)
            if head:
                seen += head[1] == self.table
                first = number if head[1] == self.table and seen == self.number else first
            elif seen == self.number and re.match(rf"\s*{re.escape(key)}\s*=", line):
                return number
        return first

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, "setup.no_text", name=key)
        return value.strip()

    def maybe(self, key: str) -> str | None:
        return self.text(key) if self.values.get(key) not in (None, "") else None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            self.wrong(key, "setup.no_texts", name=key)
        return tuple(one.strip() for one in listed if one.strip())

    def key(self, key: str = "key") -> str:
        text = self.text(key)
        if not re.fullmatch(r"[a-z0-9æøå][a-z0-9æøå._-]*", text):
            self.wrong(key, "setup.not_a_key", text=text)
        return text

    def points(self) -> Points:
        found = [
            (scheme, re.sub(r"\s", "", value))
            for name, scheme in SCHEMES.items()
            for value in self.texts(name)
        ]
        for scheme, value in found:
            if scheme == "ENH" and not re.fullmatch(r"\d{9}", value):
                self.wrong("orgnr", "setup.not_an_orgnr", value=value)
            if scheme in ("HER", "RESH") and not value.isdigit():
                self.wrong(scheme.lower(), "setup.not_an_id", value=value, scheme=scheme)
        return tuple(found)


_KEYS = {
    "tenant": frozenset({"key", "name", "intake_team", "use"}),
    "organisation": frozenset({"key", "name", "kind", *SCHEMES}),
    "team": frozenset({"key", "name", "organisation", "zone", "hours", "closed"}),
    "unit": frozenset({"key", "name", "kind", "organisation", "team", "acute_number", *SCHEMES}),
    "administrator": frozenset({"login", "name", "email"}),
}


@dataclass(frozen=True, kw_only=True)
class _Rows:
    tables: Tables
    source: str
    name: str

    def many(self, table: str) -> Sequence[_Row]:
        found = self.tables.get(table, [])
        listed = found if isinstance(found, list) else [found]
        return [
            _Row(
                table=table,
                number=number,
                values=values,
                source=self.source,
                name=self.name,
                keys=_KEYS[table],
            )
            for number, values in enumerate(listed, start=1)
        ]

    def one(self, table: str) -> _Row | None:
        return next(iter(self.many(table)), None)


# --- each kind ------------------------------------------------------------------------------------


def _organisation(row: _Row) -> Organisation:
    return Organisation(
        key=row.key(), name=row.text("name"), kind=row.text("kind"), points=row.points()
    )


def _team(row: _Row) -> Team:
    zone = row.maybe("zone") or "Europe/Oslo"
    hours = None
    if "hours" in row.values:
        hours = tuple(one for text in row.texts("hours") for one in _hours(row, text))
    closed = row.values.get("closed", [])
    if not isinstance(closed, list) or not all(type(day) is date for day in closed):
        row.wrong("closed", "setup.no_dates")
    return Team(
        key=row.key(),
        name=row.text("name"),
        organisation=row.key("organisation"),
        zone=zone,
        hours=hours,
        closed=tuple(closed),
    )


def _unit(row: _Row) -> Unit:
    return Unit(
        key=row.key(),
        name=row.text("name"),
        kind=row.text("kind"),
        organisation=row.key("organisation"),
        team=row.maybe("team"),
        acute_number=row.maybe("acute_number"),
        points=row.points(),
    )


def _person(row: _Row) -> Person:
    return Person(login=row.text("login"), name=row.text("name"), email=row.maybe("email"))


_DAYS = {
    name: day for day, name in enumerate(["man", "tir", "ons", "tor", "fre", "lør", "søn"], start=1)
}
_HOURS = re.compile(
    r"(?P<first>[a-zøæå]{3}|[1-7])(?:\s*-\s*(?P<last>[a-zøæå]{3}|[1-7]))?\s+"
    r"(?P<opens>\d\d[:.]\d\d)\s*-\s*(?P<closes>\d\d[:.]\d\d)"
)


def _hours(row: _Row, text: str) -> list[Hours]:
    """`man-fre 08:00-15:30`, `lør 10:00-14:00`; 00:00-00:00 is round the clock."""
    found = _HOURS.fullmatch(text.strip().lower())
    first = _day(found["first"]) if found else None
    last = _day(found["last"] or found["first"]) if found else None
    if found is None or first is None or last is None or last < first:
        row.wrong("hours", "setup.hours_unclear", text=text)
    try:
        opens = time.fromisoformat(found["opens"].replace(".", ":"))
        closes = time.fromisoformat(found["closes"].replace(".", ":"))
    except ValueError:
        row.wrong("hours", "setup.not_a_time", text=text)
    return [Hours(weekday=day, opens=opens, closes=closes) for day in range(first, last + 1)]


def _day(text: str) -> int | None:
    return int(text) if text.isdigit() else _DAYS.get(text)
