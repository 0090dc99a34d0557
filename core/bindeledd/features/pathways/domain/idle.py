"""Layers that hold for nobody where a site was set up: what they ask for is owed to no one there."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.layer_values import (
    ORGANISATION_KINDS,
    End,
    Layer,
    in_order,
)
from bindeledd.features.pathways.domain.meeting import Places
from bindeledd.features.pathways.domain.versions import newest

# How alike two keys are where one is a slip of the pen for the other.
_A_SLIP = 0.85


@dataclass(frozen=True, kw_only=True)
class Idle:
    """A layer that is for nobody here, and the key of this site that may have been meant."""

    layer: Layer
    nearest: str = ""


def idle(book: Book, places: Places, own: Collection[str] = ()) -> list[Idle]:
    """Layers that hold for no unit, team or pair of this site.

    Of a pack that holds for somebody with another of its layers only what looks like a slip: it may
    be for places that this site is not. Of the files of the site itself (`own`) each.
    """
    layers = in_order(newest(book.layers, lambda layer: layer.id).values())
    busy = {one.origin.distribution for one in layers if _holds(one, places)} - set(own)
    found = (
        Idle(layer=one, nearest=_nearest(one, places)) for one in layers if not _holds(one, places)
    )
    return [one for one in found if one.nearest or one.layer.origin.distribution not in busy]


def _holds(layer: Layer, places: Places) -> bool:
    if layer.to:
        to = _receivers(layer, places)
        return any(not any(layer.asks_for_pair(end, frozenset(to))) for end in _ends(places))
    at_once = any(layer.is_for(*place) for place in places.units)
    return at_once or any(layer.is_brought_by(*team) for team in places.teams)


def _receivers(layer: Layer, places: Places) -> set[str]:
    """Those in `to` that there are: by key, by kind, and outside the installation by number."""
    return {
        name
        for name in layer.to
        if name in ORGANISATION_KINDS or name in places.kinds or name.isdecimal()
    }


def _ends(places: Places) -> Iterator[End]:
    for key, kind, organisation in places.units:
        yield End(names=places.names(organisation), units=frozenset({key, kind}))
    for organisation, units in places.teams:
        yield End(names=places.names(organisation), units=units)


def _nearest(layer: Layer, places: Places) -> str:
    for asked, there in (
        (layer.organisations, organisations_of(places)),
        (layer.units, units_of(places)),
        (layer.to, organisations_of(places)),
    ):
        for name in sorted(set(asked) - set(there)):
            near = get_close_matches(name, there, n=1, cutoff=_A_SLIP)
            if near:
                return near[0]
    return ""


def organisations_of(places: Places) -> Sequence[str]:
    """The keys of the organisations of the site."""
    return sorted(places.kinds)


def units_of(places: Places) -> Sequence[str]:
    """The keys and kinds of its units."""
    return sorted({name for key, kind, _ in places.units for name in (key, kind)} - {""})
