"""Layers that meet in a unit of this site and cannot both stand: found at start, before a case is.

What the files alone show was refused when they were read; that a layer for a kind of unit and one
for a unit by its key are for the same ward is known only where the ward is set up.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.clashing import Clash, clashes_in
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said


def disagreements(session: Session, book: Book, tenants: Iterable[UUID]) -> list[tuple[str, Clash]]:
    """Every clash with the key of the unit in which it stands."""
    found = []
    pathways = sorted({name for name, _ in book.pathways})
    for tenant in tenants:
        for place in staff.unit_places(session, tenant).values():
            for name in pathways:
                layers = book.layers_for(name, *place)
                found += [(place[0], clash) for clash in clashes_in(book.newest(name), layers)]
    return found


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
