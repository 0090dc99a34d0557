"""A discharge that was assumed because nobody knew, and the real one that takes its place.

What is owed after a discharge was owed by the assumption, so that nobody was lost. Once somebody
tells when the person really left, it is owed by that: the assumption stands in the history, and
begins nothing any more.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind

# Somebody owes it to find out when the person really left; only a discharge that is told does it.
FIND_OUT = "find_discharge"

_WHOLE_DAY = timedelta(days=1)


def replaced(history: tuple[Event, ...]) -> Mapping[UUID, Event]:
    """Assumed discharge → the real one of the same stay, the first that was told after it."""
    assumed = [event for event in history if event.is_assumed and not event.in_error]
    if not assumed:
        return {}
    real = [
        event
        for event in history
        if event.kind is EventKind.DISCHARGED and not (event.in_error or event.is_assumed)
    ]
    told = sorted(real, key=lambda event: event.recorded_at)
    found = {
        one.id: next((event for event in told if _same_stay(one, event, history)), None)
        for one in assumed
    }
    return {one: event for one, event in found.items() if event is not None}


def found_out(assumption: UUID | None, history: tuple[Event, ...]) -> Event | None:
    """The real discharge that was told after this assumption: of the same stay, or of a later one."""
    found = replaced(history).get(assumption) if assumption is not None else None
    guess = next((event for event in history if event.id == assumption), None)
    if found is not None or guess is None:
        return found
    later = (
        event
        for event in history
        if event.kind is EventKind.DISCHARGED
        and not (event.in_error or event.is_assumed)
        and event.at >= guess.at
        and event.recorded_at >= guess.recorded_at
    )
    return min(later, key=lambda event: event.recorded_at, default=None)


def without_replaced(history: tuple[Event, ...]) -> tuple[Event, ...]:
    """What counts: the history without assumptions that somebody has told better of."""
    gone = replaced(history)
    return tuple(event for event in history if event.id not in gone) if gone else history


def _same_stay(assumed: Event, real: Event, history: tuple[Event, ...]) -> bool:
    """Whether it was told after the assumption, and nothing new happened to the person in between."""
    if real.recorded_at < assumed.recorded_at:
        return False
    left = real.at + (_WHOLE_DAY if real.date_only else timedelta())
    began = [
        event.at for event in history if event.kind is EventKind.INDEX_EVENT and not event.in_error
    ]
    if left <= assumed.at:
        return not any(left < at <= assumed.at for at in began)
    return not any(assumed.at < at <= real.at for at in began)
