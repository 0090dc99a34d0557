"""`bindeledd pathways diff A B`: what is another between two versions, or with and without packs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import click

from bindeledd.features.pathways.commands.placing import Unit, find_unit
from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.features.pathways.domain.comparing import (
    Difference,
    differences,
    ground_differences,
    letter_differences,
)
from bindeledd.features.pathways.service.differing import difference_words
from bindeledd.foundation.console import Site, answer_json, answer_table, pass_site
from bindeledd.foundation.texts import t

CURRENT, NO_PACKS = "current", "none"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a comparison: a version of a routine, with the layers that are for the unit and
    what is agreed with the receiver."""

    said: str
    book: Book
    routine: Pathway
    layers: list[Layer]

    def as_json(self) -> dict[str, str]:
        return {"said": self.said, "pathway": self.routine.id, "version": self.routine.version}


@click.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--pathway", "pathway_id")
@click.option("--unit", "unit_key")
@click.option("--unit-kind")
@click.option("--organisation")
@click.option("--to", "receiver")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def diff(
    site: Site,
    one: str,
    other: str,
    pathway_id: str | None,
    unit_key: str | None,
    unit_kind: str | None,
    organisation: str | None,
    receiver: str | None,
    as_json: bool,
) -> None:
    """What differs? A and B are a version (2026.1), current, or this with other packs:

    current+none (no packs) · current+helse-vest · 2026.1+helse-vest,example
    """
    unit = Unit(key=unit_key, kind=unit_kind, organisation=organisation)
    if unit_key is not None and unit_kind is None and organisation is None:
        unit = find_unit(site, unit_key)
    to = unit.names(receiver)
    before, after = (_side(site, said, pathway_id, unit, to) for said in (one, other))
    found = [
        *differences(before.routine, after.routine),
        *ground_differences(before.layers, after.layers),
        *letter_differences(before.layers, after.layers),
    ]
    out = _left_out((before, after), unit, to)
    if as_json:
        answer_json(
            {
                "a": before.as_json(),
                "b": after.as_json(),
                "differences": [each.as_json() for each in found],
                "left_out": [{"layer": layer.key, **asks} for layer, asks in out],
                "resting": {
                    name: [layer.key for layer in side.book.resting]
                    for name, side in (("a", before), ("b", after))
                },
            }
        )
    else:
        _show(before, after, found, out)


# What a layer is for, by name, where this is not it.
Asks = Mapping[str, tuple[str, ...]]
_OPTIONS = {"organisations": "--organisation", "units": "--unit-kind", "to": "--to"}


def _show(
    before: Side, after: Side, found: Sequence[Difference], out: Iterable[tuple[Layer, Asks]]
) -> None:
    out = list(out)
    if found:
        columns = [t(f"pathways.diff.{name}") for name in ("step", "field", "a", "b", "said_by")]
        title = t("pathways.diff.title", a=before.said, b=after.said)
        books = before.book, after.book
        answer_table(title, columns, [difference_words(each, books) for each in found])
    for layer, asks in out:
        said = "agreement_left_out" if layer.to else "left_out"
        click.echo(t(f"pathways.diff.{said}", layer=layer.key, give=_to_give(asks)))
    for side in (before, after):
        for layer in side.book.resting:
            click.echo(t("pathways.diff.resting", layer=layer.key, side=side.said))
    if not found:
        click.echo(t(f"pathways.diff.{'same_without' if out else 'same'}"))


def _left_out(sides: Iterable[Side], unit: Unit, to: frozenset[str]) -> list[tuple[Layer, Asks]]:
    """The layers and agreements of either side that are not for unit and receiver, and what they
    ask for."""
    found = {
        layer.key: layer
        for side in sides
        for layer in (
            *side.book.left_out(side.routine.id, *unit.where),
            *side.book.agreements_left_out(side.routine.id, unit.end, to),
        )
    }
    return [(layer, _asks(layer, unit, to)) for layer in found.values()]


def _asks(layer: Layer, unit: Unit, to: frozenset[str]) -> Asks:
    asked = layer.asks_for_pair(unit.end, to) if layer.to else (*layer.asks_for(*unit.where), ())
    return dict(zip(_OPTIONS, asked, strict=True))


def _to_give(asks: Asks) -> str:
    """The options with which it would be there."""
    return " ".join(f"{_OPTIONS[name]} {'|'.join(some)}" for name, some in asks.items() if some)


def _side(site: Site, said: str, pathway_id: str | None, unit: Unit, to: frozenset[str]) -> Side:
    book = _book_of(site, said)
    key = _version(book, said, pathway_id)
    agreed = book.layers_agreed(key[0], [unit.end], to)
    return Side(
        said=said,
        book=book,
        routine=book.resolve(*key, *unit.where, ends=[unit.end], to=to),
        layers=[*book.layers_for(key[0], *unit.where), *agreed],
    )


def _book_of(site: Site, said: str) -> Book:
    """The packs of one side: those that are named, or those that are switched on."""
    _, plus, packs = said.partition("+")
    return _book(site, packs) if plus else site.book


def _version(book: Book, said: str, pathway_id: str | None) -> tuple[str, str]:
    """Which version of which routine one side means."""
    version = said.partition("+")[0]
    named = _named(book, pathway_id)
    if version == CURRENT:
        version = book.newest(named).version
    if (named, version) not in book.pathways:
        known = ", ".join(number for name, number in sorted(book.pathways) if name == named)
        raise click.BadParameter(t("pathways.diff.unknown", version=version, known=known))
    return named, version


def _book(site: Site, packs: str) -> Book:
    """The book with exactly these packs, switched on here or not."""
    names = tuple(name for name in packs.split(",") if name and name != NO_PACKS)
    found: Book = site.book_with(names)
    return found


def _named(book: Book, pathway_id: str | None) -> str:
    known = sorted({name for name, _ in book.pathways})
    if pathway_id is None and len(known) == 1:
        return known[0]
    if pathway_id in known:
        return pathway_id
    raise click.BadParameter(t("pathways.show.unknown", id=pathway_id, known=", ".join(known)))
