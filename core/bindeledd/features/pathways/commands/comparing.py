"""`bindeledd pathways diff A B`: what is another between two versions, or with and without packs."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import click

from bindeledd.features.pathways.commands.placing import Unit, find_unit
from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.features.pathways.domain.comparing import Difference, differences
from bindeledd.features.pathways.domain.explaining import Field
from bindeledd.features.pathways.service.wording import place_words, step_words, value_words
from bindeledd.foundation.console import Site, answer_json, answer_table, pass_site
from bindeledd.foundation.texts import t

CURRENT, NO_PACKS = "current", "none"


@click.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--pathway", "pathway_id")
@click.option("--unit", "unit_key")
@click.option("--unit-kind")
@click.option("--organisation")
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
    as_json: bool,
) -> None:
    """What differs? A and B are a version (2026.1), current, or this with other packs:

    current+none (no packs) · current+helse-vest · 2026.1+helse-vest,example
    """
    unit = Unit(key=unit_key, kind=unit_kind, organisation=organisation)
    if unit_key is not None and unit_kind is None and organisation is None:
        unit = find_unit(site, unit_key)
    books = [_book_of(site, said) for said in (one, other)]
    sides = [
        _routine(book, said, pathway_id, unit)
        for book, said in zip(books, (one, other), strict=True)
    ]
    found = differences(*sides)
    out = _left_out(books, sides[0].id, unit)
    if as_json:
        answer_json(
            {
                "a": _side(one, sides[0]),
                "b": _side(other, sides[1]),
                "differences": [each.as_json() for each in found],
                "left_out": [
                    {"layer": layer.key, "organisations": at, "units": units}
                    for layer, (at, units) in out
                ],
            }
        )
        return
    if found:
        columns = [t(f"pathways.diff.{name}") for name in ("step", "field", "a", "b", "said_by")]
        answer_table(
            t("pathways.diff.title", a=one, b=other), columns, [_row(each) for each in found]
        )
    else:
        click.echo(t("pathways.diff.same"))
    for layer, asks in out:
        click.echo(t("pathways.diff.left_out", layer=layer.key, give=_to_give(*asks)))


Asks = tuple[tuple[str, ...], tuple[str, ...]]


def _left_out(books: Iterable[Book], pathway_id: str, unit: Unit) -> list[tuple[Layer, Asks]]:
    """The layers of either side that are not for the unit, and what they ask for."""
    found = {layer.key: layer for book in books for layer in book.left_out(pathway_id, *unit.where)}
    return [(layer, layer.asks_for(*unit.where)) for layer in found.values()]


def _to_give(organisations: tuple[str, ...], units: tuple[str, ...]) -> str:
    """The options with which it would be there."""
    options = (("--organisation", organisations), ("--unit-kind", units))
    return " ".join(f"{name} {'|'.join(values)}" for name, values in options if values)


def _side(said: str, routine: Pathway) -> dict[str, str]:
    return {"said": said, "pathway": routine.id, "version": routine.version}


def _book_of(site: Site, said: str) -> Book:
    """The packs of one side: those that are named, or those that are switched on."""
    _, plus, packs = said.partition("+")
    return _book(site, packs) if plus else site.book


def _routine(book: Book, said: str, pathway_id: str | None, unit: Unit) -> Pathway:
    """What one side means: a version of a routine, with the layers that are for the unit."""
    version = said.partition("+")[0]
    named = _named(book, pathway_id)
    if version == CURRENT:
        version = book.newest(named).version
    if (named, version) not in book.pathways:
        known = ", ".join(number for name, number in sorted(book.pathways) if name == named)
        raise click.BadParameter(t("pathways.diff.unknown", version=version, known=known))
    return book.resolve(named, version, *unit.where)


def _book(site: Site, packs: str) -> Book:
    """The book with exactly these packs, switched on here or not."""
    names = tuple(name for name in packs.split(",") if name and name != NO_PACKS)
    settings: Any = site.settings
    gathered: Any = site.gather(replace(settings, plugins=names))
    found: Book = gathered.book
    return found


def _named(book: Book, pathway_id: str | None) -> str:
    known = sorted({name for name, _ in book.pathways})
    if pathway_id is None and len(known) == 1:
        return known[0]
    if pathway_id in known:
        return pathway_id
    raise click.BadParameter(t("pathways.show.unknown", id=pathway_id, known=", ".join(known)))


def _row(found: Difference) -> tuple[str, ...]:
    said_by = place_words(found.after or found.before)
    if found.what != "changed":
        shown = t(f"pathways.diff.{found.what}")
        before, after = _whole(found.before), _whole(found.after)
        return step_words(found.key), shown, before, after, said_by
    before, after = (_cell(found, side) for side in (found.before, found.after))
    return step_words(found.key), t(f"pathways.fields.{found.field}"), before, after, said_by


def _whole(side: Field | None) -> str:
    return "" if side is None else value_words("due", side.value)


def _cell(found: Difference, side: Field | None) -> str:
    if side is None:
        return ""
    if found.field in ("basis", "due_basis"):
        return f"{t(f'pathways.basis.{side.basis.kind}')}: {side.basis.source}"
    return value_words(found.field, side.value)
