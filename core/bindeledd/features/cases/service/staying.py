"""Which local routines are for the units of stays elsewhere. Used by this floor only."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import Case, Event, NewEvent, staying
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff


def with_stays(
    session: Session, case: Case, new: Sequence[NewEvent], book: Book
) -> Sequence[NewEvent]:
    """The events; those of a stay in another unit than the case's with the layers for that unit."""
    units = staying.elsewhere(case, new)
    if not units:
        return new
    places = staff.unit_places(session, case.tenant_id)
    return staying.with_layers(new, staying.for_units(book, case.pathway_id, units, places))


def followed_today(
    session: Session, case: Case, book: Book, history: Sequence[Event]
) -> Mapping[str, Any]:
    """What a case that opens again says of its stays in other units: they follow what is for those
    units today, as the case itself does."""
    known = staying.stays(history)
    units = {stay.unit_id for stay in known if stay.layers is not None}
    if not units:
        return {}
    places = staff.unit_places(session, case.tenant_id)
    today = staying.for_units(book, case.pathway_id, units, places)
    return staying.following(staying.behind(known, today))
