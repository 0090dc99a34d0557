"""When a person has declined the follow-up for good: a no today, and the same no at its date.

What the ending *declined* rests on (`closing.py`).
"""

from collections.abc import Sequence
from datetime import datetime

from bindeledd.features.cases.domain import BEGINNINGS, Event, EventKind
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Conflict


class NotDeclined(Conflict):
    """*Declined* needs that the person has declined, recorded as such."""

    code = "case.not_declined"


class NotOfferedAgain(Conflict):
    """*Declined* needs that it was offered again at its date, and that the answer was the same."""

    code = "case.not_offered_again"


def check_declined(events: tuple[Event, ...], tasks: Sequence[Task], calendar: Calendar) -> None:
    """A person declines today, and is asked again at a date: only a no then ends the follow-up.

    The date is what was agreed with a no; else when the routine has it offered again. A no that
    was followed by a yes counts no more.
    """
    answers = [e for e in events if e.kind is EventKind.DECLINED and not e.in_error]
    dates = [(answer, offered_again_at(answer, tasks)) for answer in answers]
    yes = _taken_up(events, dates, calendar)
    dates = [(no, date) for no, date in dates if yes is None or no.at > yes]
    answers = [no for no, _ in dates]
    if not answers:
        raise NotDeclined()
    if not any(
        date is not None
        and answer.at > first.at
        and calendar.local_date(answer.at) >= calendar.local_date(date)
        for first, date in dates
        for answer in answers
    ):
        said = [date for _, date in dates if date is not None]
        raise NotOfferedAgain(at=max(said).isoformat() if said else None)


def _taken_up(
    events: tuple[Event, ...],
    dates: Sequence[tuple[Event, datetime | None]],
    calendar: Calendar,
) -> datetime | None:
    """When the person last took up the follow-up after all: from then on a no is a first one.

    They came to an appointment, or were spoken with when it was offered again and said no no that
    day. A new index event or bereavement begins anew too.
    """
    day = calendar.local_date
    noes = {day(no.at) for no, _ in dates}
    again = min((day(date) for _, date in dates if date is not None), default=None)

    def is_yes(event: Event) -> bool:
        if event.kind is EventKind.REACHED:
            return again is not None and day(event.at) >= again and day(event.at) not in noes
        return event.kind in (EventKind.APPOINTMENT_KEPT, *BEGINNINGS)

    said = (event.at for event in events if not event.in_error and is_yes(event))
    return max(said, default=None)


def offered_again_at(declined: Event, tasks: Sequence[Task]) -> datetime | None:
    """When the offer comes again: as it was agreed, else by what the routine owes after a no."""
    said = declined.facts.get("offer_again_at")
    if said is not None:
        return datetime.fromisoformat(str(said))
    owed = [task for task in tasks if task.anchor_event_id == declined.id]
    return max((task.window_from or task.due_at for task in owed), default=None)
