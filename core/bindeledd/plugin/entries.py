"""The entries of a pack's files: fields, calendars, contacts, organisations with units and teams."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from bindeledd.features.pathways.domain.facts import Condition
from bindeledd.features.pathways.domain.fields import ANSWER, FIELD_KEY, SHOWN_IN
from bindeledd.features.pathways.domain.reading_rules import (
    once,
    read_condition,
    read_words,
    stands,
)
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Table
from bindeledd.features.pathways.domain.words import FACTS, Words
from bindeledd.features.pathways.service import words
from bindeledd.features.patients.domain.identifiers import organisation_number
from bindeledd.features.staff.domain import ORGANISATION_KINDS, may_be_address
from bindeledd.foundation.errors import Invalid
from bindeledd.plugin.hooks import (
    CaseField,
    Contact,
    Hours,
    KnownOrganisation,
    KnownTeam,
    KnownUnit,
    Option,
    TeamDays,
)

LINK = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(/[A-Za-z0-9./_~%#?&=+-]*)?")
PHONE = re.compile(r"\+?[0-9][0-9 ]{2,19}")
# What begins with a line below is the product's own in every form, and is told as that (`using.py`).
QUESTION = re.compile(f"_?{FIELD_KEY.pattern}")
SCHEMES = ("HER", "RESH", "ENH", "local")


def _words(table: Table, key: str) -> Mapping[str, str]:
    return read_words(table, key, "plugin.no_norwegian")


def _rows(table: Table) -> tuple[str, ...]:
    return read_rows(table, words().rows)


def said_under(key: str, tables: Iterable[Table]) -> list[tuple[str, Table]]:
    """What stands under `key` in each; those in which it is no text are told where they are read."""
    found = [(table.content.get(key), table) for table in tables]
    return [(said, table) for said, table in found if isinstance(said, str)]


def field_of(table: Table) -> CaseField:
    table.call(str(table.content.get("key", "")))
    table.only("key", "label", "help", "asked_with", "used_by", "shown_in", "option", "rows")
    asked = table.tables("option")
    once(said_under("value", asked), "value", "plugin.option_twice")
    options = tuple(
        Option(
            value=option.matching("value", ANSWER, "held"),
            label=_words(option, "label"),
            follows_from=_follows(option),
            in_words=option.flag("in_words"),
        )
        for option in asked
    )
    if len(options) < 2:
        table.wrong("option", "plugin.few_options")
    return CaseField(
        key=table.matching("key", QUESTION, "my_pack_meeting"),
        label=_words(table, "label"),
        help=_words(table, "help") if "help" in table.content else {},
        options=options,
        asked_with=table.some_texts("asked_with"),
        used_by=table.some_texts("used_by"),
        shown_in=table.choices("shown_in", SHOWN_IN, "shown_in", missing=()),
        rows=_rows(table),
        origin=table.origin(),
        stands=stands(table),
    )


def _follows(option: Table) -> Condition:
    """What a saved plan says by itself: its facts, and no others."""
    option.only("value", "label", "follows_from", "in_words")
    facts = {name: values for name, values in FACTS.items() if name.startswith("plan_")}
    return read_condition(option, "follows_from", Words(facts=facts))


def days_of(table: Table) -> TeamDays:
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


def contact_of(table: Table) -> Contact:
    table.call(str(table.content.get("key", "")))
    table.only(
        "key",
        "label",
        "tasks",
        "phone",
        "link",
        "version",
        "on_paper",
        "hours",
        "units",
        "organisations",
        "to",
        "rows",
    )
    phone, link = table.text("phone", ""), table.text("link", "")
    if phone and not PHONE.fullmatch(phone):
        table.wrong("phone", "plugin.no_phone")
    if link and not LINK.fullmatch(link):
        table.wrong("link", "plugin.no_link")
    hours = tuple((one.weekday, one.opens, one.closes) for one in _hours(table))
    return Contact(
        key=table.text("key"),
        label=_words(table, "label"),
        tasks=frozenset(table.some_texts("tasks")),
        phone=phone,
        link=link,
        version=table.text("version", ""),
        on_paper=table.flag("on_paper"),
        hours=hours,
        units=table.named_texts("units"),
        organisations=table.named_texts("organisations"),
        to=table.named_texts("to"),
        rows=_rows(table),
        origin=str(table.origin()),
        stands={name: str(place) for name, place in stands(table).items()},
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
    inner = table.table("points") if "points" in table.content else None
    if inner is None:
        return ()
    for scheme, value in inner.content.items():
        if scheme not in SCHEMES:
            inner.wrong(scheme, "plugin.no_scheme", known=" · ".join(SCHEMES))
        elif isinstance(value, str) and not _is_point(scheme, value):
            inner.wrong(scheme, "plugin.no_orgnr" if scheme == "ENH" else "plugin.no_point")
    return tuple((scheme, inner.text(scheme)) for scheme in inner.content)


def _is_point(scheme: str, value: str) -> bool:
    """Whether it can be an address of this kind; an organisation number has its check digit."""
    try:
        return may_be_address(scheme, value) and (
            scheme != "ENH" or bool(organisation_number(value))
        )
    except Invalid:
        return False


def organisation_of(table: Table) -> KnownOrganisation:
    table.call(str(table.content.get("key", "")))
    table.only("key", "name", "kind", "points", "unit", "team", "rows")
    return KnownOrganisation(
        key=table.text("key"),
        name=table.text("name"),
        kind=table.choice("kind", ORGANISATION_KINDS),
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
