"""Whether what was recorded carries an ending now, and what was tried before *cannot be reached*.

Asked when it is requested and when it is signed; whoever asks and whoever signs see the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, Event, closing
from bindeledd.features.cases.domain.unreachable import Hole, Tried, tried
from bindeledd.features.cases.service.framing import frame_of
from bindeledd.features.pathways.domain import Book
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Period
from bindeledd.foundation.errors import Conflict


def check_ending(
    session: Session,
    case: Case,
    ending: closing.Ending,
    events: tuple[Event, ...],
    tasks: Sequence[Task],
    *,
    at: datetime,
    book: Book,
) -> None:
    """Refuse an ending that this history does not carry (`closing.check_ending`)."""
    frame = frame_of(session, case, book)
    closing.check_ending(
        ending,
        events,
        tasks=tasks,
        responsible=case.responsible_team_id,
        unreachable=frame.pathway.unreachable,
        calendar=frame.calendar(case.responsible_team_id),
        at=at,
    )


def what_it_lacks(
    session: Session, case: Case, ending: closing.Ending, *, at: datetime, book: Book
) -> Conflict | None:
    """The refusal that whoever signs would meet now; None where the ending is carried.

    Whether the reader may see the case was asked before.
    """
    events = queries.events_of(session, case.id)
    tasks = queries.tasks_of(session, case.id)
    try:
        check_ending(session, case, ending, events, tasks, at=at, book=book)
    except Conflict as refused:
        return refused
    return None


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What was tried, and the longest time (`hole`, in days on the wall) in which nobody tried.

    `every`: how long the routine lets it last; `missing`: what `Tried.missing` says now.
    """

    tried: Tried
    hole: Hole
    days: int
    every: Period | None
    missing: Mapping[str, object]


def what_was_tried(session: Session, case: Case, *, at: datetime, book: Book) -> Effort:
    """As it is now. Whether the reader may see the case was asked before."""
    frame = frame_of(session, case, book)
    calendar = frame.calendar(case.responsible_team_id)
    needed = frame.pathway.unreachable
    made = tried(queries.events_of(session, case.id), calendar, apart=needed.apart)
    hole = made.longest_hole(at)
    return Effort(
        tried=made,
        hole=hole,
        days=hole.days(calendar),
        every=needed.every,
        missing=made.missing(needed, calendar, at),
    )
