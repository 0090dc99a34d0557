"""Layers that meet where a site was set up: in one unit, by a take-over, by an agreement of two."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.clashing import Clash, clashes_in
from bindeledd.features.pathways.domain.layer_values import End, Layer, in_order


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where cases begin (key, kind, organisation of each unit), who takes them over (organisation of
    each team, keys and kinds of its units), and what each organisation is."""

    units: list[tuple[str, str, str]]
    teams: list[tuple[str, frozenset[str]]]
    kinds: Mapping[str, str]

    def names(self, organisation: str) -> frozenset[str]:
        return frozenset({organisation, self.kinds.get(organisation, "")} - {""})

    def receivers(self, agreements: Iterable[Layer]) -> set[frozenset[str]]:
        """What a receiver may be called: every organisation, and whoever an agreement names."""
        known = {self.names(key) for key in self.kinds}
        named = {name for layer in agreements for name in layer.to}
        return known | {frozenset({name}) for name in named - set(self.kinds)}


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """What cannot both stand for a case that begins in `unit`.

    `taken_over_by`: only once a team of this organisation has taken it over. `receiver`: only once
    this receiver is named, with whom something is agreed. Both are empty where it is so at once.
    """

    unit: str
    clash: Clash
    taken_over_by: str = ""
    receiver: str = ""

    @property
    def stands(self) -> bool:
        """Nobody need choose: by a take-over the earlier time stands for both."""
        return bool(self.taken_over_by) and self.clash.covered

    @property
    def what(self) -> tuple[str, str, str, str]:
        """Whose word clashes with whose, whatever brings them together."""
        return self.clash.key, self.clash.field, self.clash.said_by, self.clash.against


# The layers that come on top of those of the unit, and by whom.
_Joined = tuple[str, list[Layer]]


def meetings(book: Book, places: Places) -> list[Meeting]:
    """Every clash among layers that one case may follow here, each once, by the least that it takes."""
    found: dict[tuple[str, str, str, str], Meeting] = {}
    for name in sorted({name for name, _ in book.pathways}):
        for unit, layers, team, receiver in _together(book, name, places):
            for clash in clashes_in(book.newest(name), layers):
                met = Meeting(unit=unit, clash=clash, taken_over_by=team, receiver=receiver)
                found.setdefault(met.what, met)
    return list(found.values())


def _together(book: Book, name: str, places: Places) -> Iterator[tuple[str, list[Layer], str, str]]:
    """Each set of layers that one case may follow, once, by a unit in which it would begin.

    What a team brings, and what whoever hands over has agreed with a receiver: each alone and both,
    those of the units alone first.
    """
    brought = _distinct((team[0], book.layers_brought(name, *team)) for team in places.teams)
    handed_on = _handed_on(book, name, places)
    sets: dict[frozenset[str], tuple[str, list[Layer], str, str]] = {}
    for place in places.units:
        key, kind, organisation = place
        own = book.layers_for(name, *place)
        here = End(names=places.names(organisation), units=frozenset({key, kind}))
        agreed = _distinct(
            (" ".join(sorted(to)), in_order(_with(_agreed(book, name, here, to), pair)))
            for to, pairs in handed_on
            for pair in pairs
        )
        for (team, more), (receiver, pair) in product(brought, agreed):
            same = frozenset(one.key for one in (*own, *more, *pair))
            if same not in sets:
                sets[same] = key, [*_with(own, more), *pair], team, receiver
    yield from sorted(sets.values(), key=lambda one: bool(one[2]) + bool(one[3]))


# Each receiver, and what somebody who hands over to it has agreed with it: each such set once.
_HandedOn = list[tuple[frozenset[str], list[list[Layer]]]]


def _handed_on(book: Book, name: str, places: Places) -> _HandedOn:
    agreements = book.agreements
    receivers = places.receivers(agreements) if agreements else set()
    ends = _distinct_ends(places)
    return [
        (to, _once(_agreed(book, name, end, to) for end in ends))
        for to in sorted(receivers, key=sorted)
    ]


def _agreed(book: Book, name: str, end: End, to: frozenset[str]) -> list[Layer]:
    """What this end has agreed with the receiver; nobody has agreed anything with itself."""
    return [] if end.names == to else book.layers_agreed(name, [end], to)


def _with(layers: list[Layer], more: list[Layer]) -> list[Layer]:
    there = {layer.key for layer in layers}
    return [*layers, *(layer for layer in more if layer.key not in there)]


def _once(some: Iterable[list[Layer]]) -> list[list[Layer]]:
    return list({tuple(one.key for one in layers): layers for layers in some}.values())


def _distinct(some: Iterable[_Joined]) -> list[_Joined]:
    found: dict[tuple[str, ...], _Joined] = {(): ("", [])}
    for who, layers in some:
        found.setdefault(tuple(one.key for one in layers), (who, layers))
    return list(found.values())


def _distinct_ends(places: Places) -> list[End]:
    """Who may hand over: each team by its organisation and units, none twice."""
    found = {(places.names(organisation), units) for organisation, units in places.teams}
    return [End(names=names, units=units) for names, units in found] or [End(names=frozenset())]
