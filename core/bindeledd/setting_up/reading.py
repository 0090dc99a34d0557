"""A site's description, checked: settings, tenant, organisations, teams, units, administrator."""

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path

from bindeledd.features.staff.domain import Hours
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.setting_up.placing import place_paths
from bindeledd.setting_up.rows import Places, Points, Row, Rows
from bindeledd.settings.checking import Tables, defaults, form_of, has_form, not_toml

DIRECTORY = ("tenant", "organisation", "team", "unit", "administrator")


@dataclass(frozen=True, kw_only=True)
class Organisation:
    key: str
    name: str
    kind: str
    points: Points = ()
    at: Places = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Team:
    key: str
    name: str
    organisation: str
    zone: str = "Europe/Oslo"
    hours: tuple[Hours, ...] | None = None
    closed: tuple[date, ...] = ()
    at: Places = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Unit:
    key: str
    name: str
    kind: str
    organisation: str
    team: str | None = None
    acute_number: str | None = None
    points: Points = ()
    at: Places = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Person:
    login: str
    name: str
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a site wants to be. `settings` are the tables of the settings file that it names.

    `faults`: what is wrong with it, where it was only looked through. `file`, `source`: where it
    stands, for what is found wrong with it later.
    """

    settings: Tables
    faults: tuple[Misconfigured, ...] = ()
    file: Path | None = None
    source: str = ""
    tenant_at: Places = field(default_factory=dict)
    tenant_key: str | None = None
    tenant_name: str | None = None
    intake_team: str | None = None
    use: tuple[str, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    teams: tuple[Team, ...] = ()
    units: tuple[Unit, ...] = ()
    administrator: Person | None = None


def read_description(file: Path) -> Description:
    """Read the file of `--from`. Raises `Misconfigured` with the line of every fault."""
    found = look_through(file)
    insist_none(found.faults)
    return found


def look_through(file: Path) -> Description:
    """The same, with what is wrong in `faults`. Raises `Misconfigured` only for what is not TOML."""
    text = file.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise not_toml(file, wrong) from None
    place_paths(tables, file.absolute().parent)
    return replace(_described(tables, source=text, name=str(file)), file=file, source=text)


def describe(tables: Tables, *, name: str = "setup") -> Description:
    """The same from tables, for those who answered questions."""
    found = _described(tables, source="", name=name)
    insist_none(found.faults)
    return found


def _described(tables: Tables, *, source: str, name: str) -> Description:
    known = {*defaults(), *DIRECTORY} - {"calendar"}
    faults = [
        Misconfigured("setup.no_table", where=name, name=table, known=", ".join(sorted(known)))
        for table in tables
        if table not in known
    ]
    faults += [
        Misconfigured("settings.wrong_form", where=name, form=form_of(table))
        for table, held in tables.items()
        if table in known - {*DIRECTORY} and not has_form(table, held)
    ]
    for table in DIRECTORY:
        held = tables.get(table, {})
        if not all(isinstance(row, dict) for row in (held if isinstance(held, list) else [held])):
            faults.append(Misconfigured("setup.no_rows", where=name, name=table))
            tables = {key: each for key, each in tables.items() if key != table}
    rows = Rows(tables=tables, source=source, name=name, faults=faults)
    tenant = rows.one("tenant")
    admin = rows.one("administrator")
    return Description(
        settings={
            key: each
            for key, each in tables.items()
            if key in known - {*DIRECTORY} and has_form(key, each)
        },
        tenant_key=tenant.key() if tenant else None,
        tenant_name=tenant.text("name") if tenant else None,
        intake_team=tenant.maybe("intake_team") if tenant else None,
        use=tenant.texts("use") if tenant else (),
        organisations=tuple(_organisation(row) for row in rows.many("organisation")),
        teams=tuple(_team(row) for row in rows.many("team")),
        units=tuple(_unit(row) for row in rows.many("unit")),
        administrator=_person(admin) if admin else None,
        tenant_at=tenant.places if tenant else {},
        faults=tuple(faults),
    )


# --- each kind ------------------------------------------------------------------------------------


def _organisation(row: Row) -> Organisation:
    return Organisation(
        key=row.key(), name=row.text("name"), kind=row.text("kind"), points=row.points()
    )


def _team(row: Row) -> Team:
    zone = row.maybe("zone") or "Europe/Oslo"
    hours = None
    if "hours" in row.values:
        hours = tuple(one for text in row.texts("hours") for one in _hours(row, text))
    closed = row.values.get("closed", [])
    if not isinstance(closed, list) or not all(type(day) is date for day in closed):
        row.wrong("closed", "setup.no_dates")
        closed = []
    return Team(
        key=row.key(),
        name=row.text("name"),
        organisation=row.key("organisation"),
        zone=zone,
        hours=hours,
        closed=tuple(closed),
        at=row.places,
    )


def _unit(row: Row) -> Unit:
    return Unit(
        key=row.key(),
        name=row.text("name"),
        kind=row.text("kind"),
        organisation=row.key("organisation"),
        team=row.maybe("team"),
        acute_number=row.maybe("acute_number"),
        points=row.points(),
        at=row.places,
    )


def _person(row: Row) -> Person:
    return Person(login=row.text("login"), name=row.text("name"), email=row.maybe("email"))


_DAYS = {
    name: day for day, name in enumerate(["man", "tir", "ons", "tor", "fre", "lør", "søn"], start=1)
}
_HOURS = re.compile(
    r"(?P<first>[a-zøæå]{3}|[1-7])(?:\s*-\s*(?P<last>[a-zøæå]{3}|[1-7]))?\s+"
    r"(?P<opens>\d\d[:.]\d\d)\s*-\s*(?P<closes>\d\d[:.]\d\d)"
)


def _hours(row: Row, text: str) -> list[Hours]:
    """`man-fre 08:00-15:30`, `lør 10:00-14:00`; 00:00-00:00 is round the clock."""
    found = _HOURS.fullmatch(text.strip().lower())
    first = _day(found["first"]) if found else None
    last = _day(found["last"] or found["first"]) if found else None
    if found is None or first is None or last is None or last < first:
        row.wrong("hours", "setup.hours_unclear", text=text)
        return []
    try:
        opens = time.fromisoformat(found["opens"].replace(".", ":"))
        closes = time.fromisoformat(found["closes"].replace(".", ":"))
    except ValueError:
        row.wrong("hours", "setup.not_a_time", text=text)
        return []
    return [Hours(weekday=day, opens=opens, closes=closes) for day in range(first, last + 1)]


def _day(text: str) -> int | None:
    return int(text) if text.isdigit() else _DAYS.get(text)
