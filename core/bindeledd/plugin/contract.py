"""What every pack keeps, whatever it brings: asked of one that can be imported. Opens no database.

`faults_in("my-pack")` says in words what is wrong, where, and what to do. `bindeledd plugins check`
and `test` ask it, and a pack's own tests by the fixture `contract`.
"""

import ast
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module, metadata, util
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from packaging.version import InvalidVersion, Version

from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.features.pathways.domain.layer_values import an_end
from bindeledd.features.pathways.domain.simulating import Simulated, simulate
from bindeledd.features.pathways.domain.values import Origin
from bindeledd.features.staff.domain.values import UNIT_KINDS
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import Fault as Said
from bindeledd.foundation.texts import set_site_language
from bindeledd.foundation.usage import command_language
from bindeledd.plugin.loading import Gathered, Hosted, gather, installed, named
from bindeledd.plugin.noticing import unread_of
from bindeledd.plugin.speaking import wrong_words

# A discharge at the worst of times: the Friday afternoon before Palm Sunday.
FRIDAY = datetime(2027, 3, 19, 15, tzinfo=ZoneInfo("Europe/Oslo"))
_DOOR = "bindeledd.plugin"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that does not fit, where it stands, and what would be right."""

    where: str
    what: str
    do: str


def _fault(where: str, code: str, /, **values: object) -> Fault:
    said = Said(code, values)
    return Fault(where=where, what=said.what, do=said.do)


def faults_in(
    name: str, points: Sequence[metadata.EntryPoint] | None = None
) -> list[Mapping[str, str]]:
    """Everything that is wrong with a pack; nothing where it keeps the contract."""
    there = installed() if points is None else points
    aside: list[dict[str, str]] = []
    try:
        (point,) = named([name], there)
        aside = unread_of(point)
        gathered = gather([name], points=there)
        found = [asdict(fault) for fault in _of_pack(name, gathered, point)]
    except Misconfigured as wrong:
        return [*aside, *_told(wrong)]
    return [*aside, *found, *wrong_words(gathered.plugins[0])]


def faults_together(names: Sequence[str]) -> list[Mapping[str, str]]:
    """What these packs cannot say together; what one says alone is `faults_in`."""
    try:
        gather(names)
    except Misconfigured as wrong:
        return _told(wrong)
    return []


def _told(wrong: Misconfigured) -> list[Mapping[str, str]]:
    return [{"where": one.where, "what": one.what, "do": one.do} for one in wrong.faults]


def _of_pack(name: str, gathered: Gathered, point: metadata.EntryPoint) -> Iterator[Fault]:
    distribution = gathered.plugins[0].distribution
    yield from _version(gathered.plugins[0].version, distribution)
    yield from _says_something(gathered, distribution)
    for layer in gathered.book.layers:
        if layer.origin.distribution == distribution:
            yield from _holds_nowhere(layer, gathered)
    yield from _keys(gathered.book, distribution, name)
    yield from _drawn(gathered, distribution)
    yield from _door(point.module, distribution)
    for hosted in gathered.hosted:
        yield from _runs(hosted, distribution)


def _version(version: str, distribution: str) -> Iterator[Fault]:
    try:
        Version(version)
    except InvalidVersion:
        yield _fault(f"{distribution}: pyproject.toml", "plugin.no_version", version=version)


def _says_something(gathered: Gathered, distribution: str) -> Iterator[Fault]:
    own: list[Layer | Pathway] = [*gathered.book.layers, *gathered.book.pathways.values()]
    declared = any(one.origin.distribution == distribution for one in own)
    others = (gathered.fields, gathered.calendars, gathered.organisations, gathered.hosted)
    ladders = any(one.origin.distribution == distribution for one in gathered.book.ladders.values())
    contacts = gathered.book.contacts
    if not (declared or ladders or contacts or any(others)):
        yield _fault(distribution, "plugin.declares_nothing")


def _keys(book: Book, distribution: str, name: str) -> Iterator[Fault]:
    """What a pack adds carries its name, so that two packs never mean different things by one key."""
    for written, key, origin in _named(book):
        if origin.distribution == distribution and not key.startswith(f"{name}."):
            right = written.format(f"{name}.{key.rpartition('.')[2]}")
            yield _fault(str(origin), "plugin.key_without_name", added=key, right=right)


def _named(book: Book) -> Iterator[tuple[str, str, Origin]]:
    """Every id and key that a file adds: how it is written there, what it is, and where."""
    routines: list[Pathway | Layer] = [*book.pathways.values(), *book.layers]
    for one in routines:
        yield 'id = "{}"', one.id, one.stands.get("id", one.origin)
        for owed in (*one.steps, *one.gates):
            yield 'key = "{}"', owed.key, owed.origin
    for layer in book.layers:
        for ground in layer.grounds:
            yield 'key = "{}"', ground.key, ground.origin
        for section in layer.plan.sections if layer.plan else ():
            yield 'key = "{}"', section.key, section.origin
        for step in layer.script.steps if layer.script else ():
            yield 'key = "{}"', step.key, step.origin
    for ladder in book.ladders.values():
        yield '[ladder."{}"]', ladder.key, ladder.origin


def _holds_nowhere(layer: Layer, gathered: Gathered) -> Iterator[Fault]:
    """A layer for units of which none is a kind that there is, nor a unit that the pack brings."""
    own = [unit for one in gathered.organisations for unit in one.units]
    known = {*UNIT_KINDS, *(unit.key for unit in own), *(unit.kind for unit in own)}
    if layer.units and not layer.units & known:
        units, kinds = ", ".join(sorted(layer.units)), ", ".join(UNIT_KINDS)
        where = str(layer.stands.get("applies_to", layer.origin))
        yield _fault(where, "plugin.holds_nowhere", units=units, known=kinds)


def _drawn(gathered: Gathered, distribution: str) -> Iterator[Fault]:
    """A timeline can be drawn for every kind of unit, and each thing owed has a ladder."""
    layers = [one for one in gathered.book.layers if one.origin.distribution == distribution]
    units = {unit for layer in layers for unit in layer.units} | {"acute_ward"}
    for layer in layers:
        for unit, organisation in {*places_of(layer), *((unit, None) for unit in units)}:
            if not drawn(gathered.book, layer, unit, organisation):
                yield _fault(distribution, "plugin.nothing_owed", place=unit or organisation or "")


def places_of(layer: Layer) -> Iterator[tuple[str | None, str | None]]:
    """Each unit and organisation for which it is; nobody in particular where it is for all."""
    yield from product(sorted(layer.units) or (None,), sorted(layer.organisations) or (None,))


def drawn(
    book: Book, layer: Layer, unit: str | None, organisation: str | None
) -> Sequence[Simulated]:
    """What a discharge there owes; by an agreement where the receiver it is for was named before."""
    routine = book.newest(layer.extends)
    end = an_end(unit, unit, organisation, {})
    return simulate(
        book.resolve(*routine.key, unit, unit, organisation, ends=[end], to=layer.to),
        discharged_at=FRIDAY,
        calendar=Calendar(),
        at=FRIDAY,
        facts={},
        ladders=book.ladders,
    )


def _door(module: str, distribution: str) -> Iterator[Fault]:
    """Of the core a pack imports the door, and nothing behind it."""
    found = util.find_spec(module.partition(".")[0])
    folders = list(found.submodule_search_locations or ()) if found else []
    for file in sorted(file for folder in folders for file in Path(folder).rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"), filename=file.name)
        for node in ast.walk(tree):
            for imported in _imported(node):
                inside = imported == _DOOR or imported.startswith(f"{_DOOR}.")
                if imported.partition(".")[0] == "bindeledd" and not inside:
                    where = f"{distribution}:{file.name}:{getattr(node, 'lineno', 1)}"
                    yield _fault(where, "plugin.behind_the_door", imported=imported)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        if node.module == "bindeledd":
            return [f"bindeledd.{one.name}" for one in node.names]
        return [node.module]
    return []


def _runs(hosted: Hosted, distribution: str) -> Iterator[Fault]:
    """What is to run in the host is there to be run."""
    for one in (*hosted.outside, *hosted.inside):
        module, _, function = one.run.partition(":")
        try:
            found = getattr(import_module(module), function, None)
        except Exception as wrong:  # noqa: BLE001  (a pack's own Python)
            found, why = None, f": {type(wrong).__name__}"
        else:
            why = ""
        if not callable(found):
            where = f"{distribution}: {one.place}"
            yield _fault(where, "plugin.not_runnable", run=one.run, why=why)


if __name__ == "__main__":
    set_site_language(command_language(os.environ))
    asked = sys.argv[1:]
    found = faults_in(asked[0]) if len(asked) == 1 else faults_together(asked)
    sys.stdout.write(json.dumps(found, ensure_ascii=True))
