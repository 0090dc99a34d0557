"""A death that is told of more than once, and what speaks against it: one question, and one answer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import (
    BEGINNINGS,
    Event,
    EventKind,
    death_reported,
    said_of_death,
)
from bindeledd.features.cases.domain.correcting import first_recorded
from bindeledd.features.cases.domain.framing import Frame
from bindeledd.foundation.errors import Conflict

# Whether a reported death is true, or whether one stands in spite of a sign of life.
CONFIRM = "confirm_death"
_TAKEOVER = "takeover"
_OF_A_DEATH = (EventKind.DEATH_REPORTED, EventKind.DEATH_CONFIRMED, EventKind.DEATH_REFUTED)
_ALIVE = (
    EventKind.ADMITTED,
    *BEGINNINGS,
    EventKind.DISCHARGED,
    EventKind.REACHED,
)


class NoDeathReported(Conflict):
    """There is no report of a death to confirm or to refute."""

    code = "case.no_death_reported"


class DeathRefuted(NoDeathReported):
    """Somebody has said since that it was not true: `by` whom, `at` when."""

    code = "case.death_refuted"


class DeathConfirmed(Conflict):
    """Somebody has confirmed the death already: `by` whom, `at` when."""

    code = "case.death_confirmed"


def check_asked(
    events: tuple[Event, ...],
    answer: EventKind,
    *,
    asked: bool = False,
    seen: str | None = None,
) -> Event:
    """The word about a death that an answer answers, where it may be answered.

    A confirmed death is confirmed anew only where somebody is `asked` to, because of a sign of
    life. `seen`: what stood when whoever answers looked; an answer to a report does not refute what
    was confirmed since. Raises `NoDeathReported`, `DeathRefuted`, `DeathConfirmed`.
    """
    said = said_of_death(events)
    if said is None:
        raise NoDeathReported()
    if said.kind is EventKind.DEATH_REFUTED:
        raise DeathRefuted(by=said.recorded_by, at=said.recorded_at)
    if said.kind is not EventKind.DEATH_CONFIRMED:
        return said
    again = answer is EventKind.DEATH_CONFIRMED and not asked
    if again or (seen is not None and seen != said.kind):
        raise DeathConfirmed(by=said.recorded_by, at=said.recorded_at)
    return said


def stood_for(said: Event) -> frozenset[UUID]:
    """Who said it: whoever recorded it, here or where it stood first, and whoever moved it here.

    Whoever moved a report said alone whose death it is; whoever made it said alone that somebody
    died. Neither is the second person.
    """
    first, _ = first_recorded(said.facts)
    return frozenset(one for one in (said.recorded_by, first) if one is not None)


def told_again(events: Iterable[Event]) -> frozenset[UUID]:
    """The reports, and the confirmations, of a death that stood so already when they were told.

    They stay in the history and begin nothing of their own: one is asked once whether a death is
    true, and what is owed because of it is owed once.
    """
    stands: EventKind | None = None
    found = set()
    told = (one for one in events if one.kind in _OF_A_DEATH and not one.in_error)
    for event in sorted(told, key=_in_turn):
        if event.kind is EventKind.DEATH_REFUTED:
            stands = None
        elif event.kind is stands or stands is EventKind.DEATH_CONFIRMED:
            found.add(event.id)
        else:
            stands = event.kind
    return frozenset(found)


def _in_turn(event: Event) -> tuple[datetime, int, datetime]:
    return event.recorded_at, _OF_A_DEATH.index(event.kind), event.at


def from_when_told(event: Event) -> Event:
    """The event as whether a death is true is counted from it: nobody could ask before they knew.

    What is taken over counts as all that is taken over does (`resuming.py`).
    """
    if event.source == _TAKEOVER or event.recorded_at <= event.at:
        return event
    return replace(event, at=event.recorded_at, date_only=False)


def contradicts_death(history: tuple[Event, ...], frame: Frame) -> Event | None:
    """The first sign of life after the death that was reported last, which nobody has refuted."""
    dead = death_reported(history)
    if dead is None:
        return None
    local_date = frame.calendar(frame.team("responsible_team")).local_date
    for event in history:
        if event.in_error or event.is_assumed or event.kind not in _ALIVE or event.at <= dead.at:
            continue
        by_day = dead.date_only or event.date_only
        if not by_day or local_date(event.at) > local_date(dead.at):
            return event
    return None
