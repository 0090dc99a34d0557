"""Which local routines are for the units of stays elsewhere. Used by this floor only."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import Case, NewEvent, staying
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
