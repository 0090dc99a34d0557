"""Layers that meet in a unit of this site and cannot both stand: found at start, before a case is.

What the files alone show was refused when they were read; that a layer for a kind of unit and one
for a unit by its key are for the same ward is known only where the ward is set up.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.meeting import Meeting, meetings
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said
from bindeledd.plugin.holding import places_of


def disagreements(session: Session, book: Book, tenants: Iterable[UUID]) -> list[Meeting]:
    """Every clash, once, with the key of a unit in which it stands.

    Also with the layers that a team brings which may take over from there, and with what was agreed
    with a receiver that may be named. Where a take-over brings two ways of counting of which one is
    never later, that one stands for both, and there is nothing to refuse.
    """
    found: dict[tuple[str, str, str, str], Meeting] = {}
    for tenant in tenants:
        for met in meetings(book, places_of(session, tenant)):
            if not met.stands:
                found.setdefault(met.what, met)
    return list(found.values())


def insist_layers_agree(session: Session, book: Book, tenants: Iterable[UUID]) -> None:
    """Raise `Misconfigured` where two layers of one case cannot both stand; both are named, and the
    take-over or the receiver that brings them together."""
    found = disagreements(session, book, tenants)
    if found:
        met, clash = found[0], found[0].clash
        more = said("plugin.words.more_of_them", count=len(found) - 1) if len(found) > 1 else ""
        code = "plugin.layers_disagree"
        if met.taken_over_by:
            code = "plugin.layers_disagree_taken_over"
        elif met.receiver:
            code = "plugin.layers_disagree_agreed"
        raise Misconfigured(
            code,
            where=clash.said_by,
            unit=met.unit,
            organisation=met.taken_over_by,
            receiver=met.receiver,
            field=f"{clash.key}.{clash.field}",
            fault=clash.fault,
            against=clash.against,
            more=more,
        )
