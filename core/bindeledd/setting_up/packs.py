"""What packs know of organisations, before what the site says itself."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bindeledd.features.staff.domain import KnownOrganisation
from bindeledd.foundation.errors import Misconfigured
from bindeledd.installation import unknown_ways
from bindeledd.plugin.loading import Gathered
from bindeledd.setting_up.reading import Description, Organisation, Team, Unit
from bindeledd.settings import Settings
from bindeledd.settings.checking import Tables, line_of

_NAMED = "[site] plugins"


def with_packs(
    wanted: Description, gathered: Gathered | None
) -> tuple[list[Organisation], list[Team], list[Unit]]:
    """What the site describes, after what the packs know of the organisations it uses.

    What both describe is one thing: as the site says it, with what only the pack says of it.
    """
    organisations: list[Organisation] = []
    teams: list[Team] = []
    units: list[Unit] = []
    known = {one.key: one for one in gathered.organisations} if gathered else {}
    for key in wanted.use:
        if key in known:
            _add_known(known[key], organisations, teams, units)
    return (
        _over(organisations, wanted.organisations, _organisation),
        _over(teams, wanted.teams, _team),
        _over(units, wanted.units, _unit),
    )


def unknown_to_packs(wanted: Description, gathered: Gathered) -> list[Misconfigured]:
    """The organisations that the site would use, and that no pack knows."""
    known = sorted(one.key for one in gathered.organisations)
    return [
        Misconfigured(
            "setup.unknown_to_packs" if known else "setup.no_pack_knows",
            where=wanted.tenant_at.get("use", "[tenant] use"),
            name=key,
            known=", ".join(known),
        )
        for key in wanted.use
        if key not in known
    ]


def placed(wrong: Misconfigured, told: tuple[str, str] | None) -> Misconfigured:
    """What is wrong with the packs that are named, with the line of the file (its name and text)."""
    if told is None or wrong.where != _NAMED:
        return wrong
    file, text = told
    lines = enumerate(text.splitlines(), start=1)
    line = next((number for number, one in lines if re.match(r"\s*plugins\s*=", one)), None)
    at = "" if line is None else f":{line}"
    return Misconfigured(wrong.code, where=f"{file}{at} {_NAMED}", **wrong.fault.values)


def odd_ways(
    settings: Settings, gathered: Gathered, *files: tuple[str, str] | None
) -> list[Misconfigured]:
    """The channels in the order of the site that no pack has, with the line of the first of the
    `files` (name and text) in which the order stands."""
    found = ((file[0], line_of(file[1], "alerts", "ways")) for file in files if file is not None)
    at = next((f"{file}:{line} [alerts] ways" for file, line in found if line is not None), None)
    return [
        one if at is None else Misconfigured(one.code, where=at, **one.fault.values)
        for one in unknown_ways(settings, gathered)
    ]


# What the lock says of packs that are switched on by this very setup.
_NOT_LOCKED = frozenset({"plugin.no_lock", "plugin.not_locked"})


def locked_first(wrong: Misconfigured, tables: Tables, settings: Path) -> Misconfigured:
    """What is not locked yet, with the way out: `plugins lock` reads the settings that stand, and
    these packs are named in none as long as setup has not been done."""
    if wrong.code not in _NOT_LOCKED:
        return wrong
    site = tables["site"]
    lines = [f"{key} = {json.dumps(site[key])}" for key in _OF_LOCK if key in site]
    return Misconfigured(
        "setup.lock_first", where=wrong.where, file=settings.absolute(), lines=" · ".join(lines)
    )


# What `plugins lock` needs of [site].
_OF_LOCK = ("environment", "plugins", "plugins_lock")


Described = TypeVar("Described", Organisation, Team, Unit)


def _over(
    packs: Sequence[Described],
    own: Sequence[Described],
    joined: Callable[[Described, Described], Described],
) -> list[Described]:
    """Each key once, in the order in which it was first said."""
    found = {one.key: one for one in packs}
    for one in own:
        found[one.key] = joined(found[one.key], one) if one.key in found else one
    return list(found.values())


def _organisation(pack: Organisation, own: Organisation) -> Organisation:
    return replace(own, points=tuple(dict.fromkeys((*pack.points, *own.points))))


def _team(pack: Team, own: Team) -> Team:
    return replace(own, hours=pack.hours if own.hours is None else own.hours)


def _unit(pack: Unit, own: Unit) -> Unit:
    points = tuple(dict.fromkeys((*pack.points, *own.points)))
    return replace(own, team=own.team or pack.team, points=points)


def _add_known(
    one: KnownOrganisation,
    organisations: list[Organisation],
    teams: list[Team],
    units: list[Unit],
) -> None:
    organisations.append(Organisation(key=one.key, name=one.name, kind=one.kind, points=one.points))
    teams += [
        Team(key=team.key, name=team.name, organisation=one.key, hours=team.hours or None)
        for team in one.teams
    ]
    units += [
        Unit(
            key=unit.key,
            name=unit.name,
            kind=unit.kind,
            organisation=one.key,
            team=unit.team,
            points=unit.points,
        )
        for unit in one.units
    ]
