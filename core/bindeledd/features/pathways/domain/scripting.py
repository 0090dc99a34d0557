"""Which script a call has: of the routines that the case remembers, and of its stays elsewhere."""

from collections.abc import Iterable
from itertools import chain

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.layer_values import in_order
from bindeledd.features.pathways.domain.script_values import Script, all_of


def script_of(book: Book, layers: Iterable[str], elsewhere: Iterable[Iterable[str]] = ()) -> Script:
    """What the product itself has, with what the layers say; `elsewhere`: those of each other unit of
    the stays. Without any there are no steps."""
    every = in_order(book.remembered(dict.fromkeys(chain(layers, *elsewhere))))
    return all_of(book.script, [one.script for one in every])
