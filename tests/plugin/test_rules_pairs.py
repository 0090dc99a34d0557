"""Every two of the shipped packs can be on in one installation, with a unit and a team of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

import pytest

from bindeledd.features.pathways.domain import Book, Layer
from bindeledd.features.pathways.domain.meeting import Meeting, Places, meetings
from bindeledd.plugin.loading import gather, installed


@pytest.fixture(scope="module")
def everything() -> Book:
    return gather(sorted({point.name for point in installed()})).book


def units_of(layers: Iterable[Layer]) -> Iterator[tuple[str, str, str]]:
    """A unit of each kind, of each organisation, that these layers name."""
    for layer in layers:
        for organisation in sorted(layer.organisations) or ["somewhere"]:
            for kind in sorted(layer.units) or ["ward"]:
                yield kind, kind, organisation


def met(book: Book, *packs: str) -> list[Meeting]:
    """What meets where exactly these are on, and each of their units has a team that may take over."""
    layers = tuple(one for one in book.layers if one.origin.distribution in packs)
    units = list(dict.fromkeys(units_of(layers)))
    teams = [(organisation, frozenset({kind})) for kind, _, organisation in units]
    kinds = {organisation: "trust" for _, _, organisation in units}
    places = Places(units=units, teams=teams, kinds=kinds)
    return meetings(replace(book, layers=layers), places)


def test_every_two_packs_stand_together(everything: Book) -> None:
    packs = sorted({one.origin.distribution for one in everything.layers})
    refused = {
        pair: [str(one.what) for one in found if not one.stands]
        for pair in combinations(packs, 2)
        if (found := met(everything, *pair))
    }
    assert len(packs) > 25
    assert [pair for pair, words in refused.items() if words] == []


def test_where_two_trusts_count_in_other_ways_the_earlier_time_stands(everything: Book) -> None:
    [one] = met(everything, "bindeledd-helse-sor-ost", "bindeledd-st-olavs-rusklinikken")
    layers = [
        layer
        for layer in everything.layers
        if layer.id.startswith(("helse-sor-ost", "st-olavs")) or "trust.toml" in layer.origin.file
    ]
    keys = [layer.key for layer in layers]
    routine = everything.followed("national.after-attempt", "2026.1", keys)
    assert one.stands
    assert routine.find("summary_sent").due.form == "at"  # type: ignore[union-attr]
