"""A layer that names two grounds of sharing, for every unit."""

from __future__ import annotations

from dataclasses import replace

from bindeledd.features.pathways.domain import Basis, BasisKind, Book, Ground, Layer
from builders import a_book

CONSENT, DANGER = "town.consent", "town.danger"
LAYER = "town.sharing@1"


def a_book_that_asks(*units: str) -> Book:
    """The real book, and a town that asks on what ground something is shared, in units of these kinds
    (in all, where none is said)."""
    book = a_book()
    basis = Basis(kind=BasisKind.LOCAL, source="the plan of the town")
    layer = Layer(
        id="town.sharing",
        version="1",
        extends="national.after-attempt",
        title={"nb": "Byen"},
        level="municipality",
        units=frozenset(units),
        grounds=(
            Ground(key=CONSENT, title={"nb": "Samtykke"}, basis=basis),
            Ground(key=DANGER, title={"nb": "Fare for liv"}, reviewed=True, basis=basis),
        ),
    )
    return replace(book, layers=(*book.layers, layer), _resolved={})
