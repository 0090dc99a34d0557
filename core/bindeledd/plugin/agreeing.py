"""Layers that meet in a unit of this site and cannot both stand: found at start, before a case is.

What the files alone show was refused when they were read; that a layer for a kind of unit and one
for a unit by its key are for the same ward is known only where the ward is set up.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book, Layer
from bindeledd.features.pathways.domain.clashing import Clash, clashes_in
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said


def disagreements(session: Session, book: Book, tenants: Iterable[UUID]) -> list[tuple[str, Clash]]:
    """Every clash with the key of the unit in which it stands.

    Also with the layers that a team brings which may take over from there.
    """
    found: dict[tuple[str, str, str, str], tuple[str, Clash]] = {}
    pathways = sorted({name for name, _ in book.pathways})
    for tenant in tenants:
        units = staff.unit_places(session, tenant).values()
        teams = staff.team_places(session, tenant).values()
        for name in pathways:
            for unit, layers in _together(book, name, units, teams):
                for clash in clashes_in(book.newest(name), layers):
                    what = (clash.key, clash.field, clash.said_by, clash.against)
                    found.setdefault(what, (unit, clash))
    return list(found.values())


def _together(
    book: Book,
    name: str,
    units: Iterable[tuple[str, str, str]],
    teams: Iterable[tuple[str, frozenset[str]]],
) -> list[tuple[str, list[Layer]]]:
    """Each set of layers that one case may follow, once, by a unit in which it would begin."""
    by_teams = [book.layers_brought(name, *place) for place in teams]
    brought = {tuple(layer.key for layer in some): some for some in ([], *by_teams)}
    sets: dict[frozenset[str], tuple[str, list[Layer]]] = {}
    for place in units:
        own = book.layers_for(name, *place)
        for more in brought.values():
            both = [*own, *(layer for layer in more if layer not in own)]
            sets.setdefault(frozenset(layer.key for layer in both), (place[0], both))
    return list(sets.values())


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
