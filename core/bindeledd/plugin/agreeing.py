"""Layers that meet in a unit of this site and cannot both stand: found at start, before a case is.

What the files alone show was refused when they were read; that a layer for a kind of unit and one
for a unit by its key are for the same ward is known only where the ward is set up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book, End, Layer
from bindeledd.features.pathways.domain.clashing import Clash, clashes_in
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said


def disagreements(session: Session, book: Book, tenants: Iterable[UUID]) -> list[tuple[str, Clash]]:
    """Every clash with the key of the unit in which it stands.

    Also with the layers that a team brings which may take over from there, and with what was agreed
    with a receiver that may be named.
    """
    found: dict[tuple[str, str, str, str], tuple[str, Clash]] = {}
    pathways = sorted({name for name, _ in book.pathways})
    for tenant in tenants:
        site = _Site(
            units=list(staff.unit_places(session, tenant).values()),
            teams=list(staff.team_places(session, tenant).values()),
            kinds=staff.organisation_kinds(session, tenant),
        )
        for name in pathways:
            for unit, layers in _together(book, name, site):
                for clash in clashes_in(book.newest(name), layers):
                    what = (clash.key, clash.field, clash.said_by, clash.against)
                    found.setdefault(what, (unit, clash))
    return list(found.values())


@dataclass(frozen=True, kw_only=True)
class _Site:
    """Where cases begin, who takes them over, and whom an agreement may be with."""

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


def _together(book: Book, name: str, site: _Site) -> list[tuple[str, list[Layer]]]:
    """Each set of layers that one case may follow, once, by a unit in which it would begin.

    What a team brings, and what whoever hands over has agreed with a receiver: each alone and both.
    """
    brought = _distinct(book.layers_brought(name, *place) for place in site.teams)
    ends = _distinct_ends(site)
    agreements = book.agreements
    receivers = site.receivers(agreements) if agreements else set()
    sets: dict[frozenset[str], tuple[str, list[Layer]]] = {}
    for place in site.units:
        key, kind, organisation = place
        own = book.layers_for(name, *place)
        here = End(names=site.names(organisation), units=frozenset({key, kind}))
        agreed = _distinct(
            book.layers_agreed(name, [end for end in (here, sender) if end.names != to], to)
            for to in receivers
            for sender in ends
        )
        for more, pair in product(brought, agreed):
            all_of_them = [*own, *(layer for layer in more if layer not in own), *pair]
            sets.setdefault(frozenset(one.key for one in all_of_them), (key, all_of_them))
    return list(sets.values())


def _distinct(some: Iterable[list[Layer]]) -> list[list[Layer]]:
    return list({tuple(one.key for one in layers): layers for layers in ([], *some)}.values())


def _distinct_ends(site: _Site) -> list[End]:
    """Who may hand over: each team by its organisation and units, none twice."""
    found = {(site.names(organisation), units) for organisation, units in site.teams}
    return [End(names=names, units=units) for names, units in found] or [End(names=frozenset())]


def insist_layers_agree(session: Session, book: Book, tenants: Iterable[UUID]) -> None:
    """Raise `Misconfigured` where two layers of one unit cannot both stand; both are named."""
    found = disagreements(session, book, tenants)
    if found:
        unit, clash = found[0]
        more = said("plugin.words.more_of_them", count=len(found) - 1) if len(found) > 1 else ""
        raise Misconfigured(
            "plugin.layers_disagree",
            where=clash.said_by,
            unit=unit,
            field=f"{clash.key}.{clash.field}",
            fault=clash.fault,
            against=clash.against,
            more=more,
        )
