"""Which rows the core and each pack say that they answer: gathered from what they declare."""

from collections.abc import Iterator
from importlib import metadata
from importlib.resources import files

from bindeledd.features.pathways.domain import Book, Layer, Origin, PlanForm, Script
from bindeledd.features.pathways.domain.coverage import Cover, Said, read_cover
from bindeledd.features.pathways.service import catalogue
from bindeledd.features.staff.domain import KnownOrganisation
from bindeledd.plugin.asking import Yielded, ask, load
from bindeledd.plugin.loading import gather

# What each hook gives, in one word.
_CALLED = {
    "fields": "field",
    "rungs": "ladder",
    "calendars": "calendar",
    "units": "organisation",
    "contacts": "contact",
    "channels": "channel",
    "jobs": "job",
    "intakes": "reader",
    "reports": "report",
}


def core_said() -> list[Said]:
    """What the core's own routine, ladders and rules say."""
    return list(_of_book(gather().book, "bindeledd"))


def core_cover() -> Cover:
    """What answers a row in the core without being a key, and what is not there yet."""
    text = (files("bindeledd.config") / "coverage.toml").read_text(encoding="utf-8")
    known = catalogue().rows
    return read_cover(text, distribution="bindeledd", file="coverage.toml", known=known, core=True)


def pack_said(point: metadata.EntryPoint) -> list[Said]:
    """What an installed pack says: its layers and whatever its hooks give."""
    plugin, thing = load(point)
    book = gather([point.name], points=[point]).book
    found = list(_of_book(book, plugin.distribution))
    return [*found, *(one for value in ask(plugin, thing) for one in _of_value(value))]


# --- what says it ---------------------------------------------------------------------------------


def _of_book(book: Book, distribution: str) -> Iterator[Said]:
    for pathway in book.pathways.values():
        if pathway.origin.distribution == distribution:
            yield from _each(pathway.rows, "routine", pathway.id, pathway.origin)
            for gate in pathway.gates:
                yield from _each(gate.rows, "gate", gate.key, gate.origin)
            for step in pathway.steps:
                yield from _each(step.rows, "step", step.key, step.origin)
    for layer in book.layers:
        if layer.origin.distribution == distribution:
            yield from _of_layer(layer)
    if distribution == "bindeledd":
        yield from _of_core(book)


def _of_layer(layer: Layer) -> Iterator[Said]:
    yield from _each(layer.rows, "layer", layer.id, layer.origin)
    for gate in layer.gates:
        yield from _each(gate.rows, "gate", gate.key, gate.origin)
    for step in layer.steps:
        yield from _each(step.rows, "step", step.key, step.origin)
    for word in layer.tightenings:
        what = "gate, tightened" if word.gate else "step, tightened"
        yield from _each(word.rows, what, word.key, word.origin)
    yield from _of_plan(layer.plan)
    yield from _of_script(layer.script)
    for ground in layer.grounds:
        yield from _each(ground.rows, "ground of sharing", ground.key, ground.origin)
    for letter in layer.letters:
        yield from _each(letter.rows, "letter", letter.key, letter.origin)


def _of_core(book: Book) -> Iterator[Said]:
    for ladder in book.ladders.values():
        yield from _each(ladder.rows, "ladder", ladder.key, ladder.origin)
    for rule in book.core.values():
        yield from _each(rule.rows, "rule of the core", rule.kind, rule.origin)
    if book.kin is not None:
        yield from _each(book.kin.rows, "who is told what", "kin", book.kin.origin)
    yield from _of_plan(book.plan)
    yield from _of_script(book.script)


def _of_plan(plan: PlanForm | None) -> Iterator[Said]:
    if plan is not None:
        yield from _each(plan.rows, "plan", "plan", plan.origin)
        for one in plan.sections:
            yield from _each(one.rows, "section of the plan", one.key, one.origin)


def _of_script(script: Script | None) -> Iterator[Said]:
    if script is not None:
        yield from _each(script.rows, "script of a call", "script", script.origin)
        for one in script.steps:
            yield from _each(one.rows, "step of a call", one.key, one.origin)


def _of_value(one: Yielded) -> Iterator[Said]:
    value, called = one.value, _CALLED.get(one.hook)
    if called is None:  # pathways: read as a book above
        return
    distribution, _, rest = one.where.partition(":")
    file, _, line = rest.rpartition(":")
    origin = Origin(distribution=distribution, file=file, line=int(line or 0))
    key = str(getattr(value, "key", getattr(value, "team", "")))
    yield from _each(getattr(value, "rows", ()), called, key, origin)
    if isinstance(value, KnownOrganisation):
        for unit in value.units:
            yield from _each(unit.rows, "unit", unit.key, origin)
        for team in value.teams:
            yield from _each(team.rows, "team", team.key, origin)


def _each(rows: tuple[str, ...], what: str, key: str, origin: Origin) -> Iterator[Said]:
    yield from (Said(row=row, what=what, key=key, origin=origin) for row in rows)
