"""How far apart two attempts have to be, and whether one counts as the same as the last before it."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, Event
from bindeledd.features.cases.domain.trying import same_again
from bindeledd.features.pathways.domain import Book, PathwayUnknown
from bindeledd.foundation.calendars import Period


def apart(book: Book, case: Case) -> Period | None:
    """How far apart two attempts have to be; None where the routine says nothing, or is gone."""
    try:
        routine = book.followed(case.pathway_id, case.pathway_version, case.layers)
    except PathwayUnknown:
        return None
    return routine.unreachable.apart


def counts_as_the_last(session: Session, case: Case, new: Collection[Event], *, book: Book) -> bool:
    """Whether what was just recorded holds an attempt that counts as the same as one before it."""
    told = same_again(queries.events_of(session, case.id), apart(book, case))
    return not {event.id for event in new}.isdisjoint(event.id for event in told)
