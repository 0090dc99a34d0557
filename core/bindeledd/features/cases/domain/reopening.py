"""A closed follow-up that is corrected: it opens again, and a lead looks at it.

What was signed was signed on what stood then. Once some of that turns out to be wrong nobody has
signed what stands now, so everything that was not done is owed again, and a look of a lead. Only a
follow-up that was registered in error stays closed: it was none, whatever else of it was wrong.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind, last_of
from bindeledd.features.cases.domain.telling import FIXED, rests_on_a_row
from bindeledd.features.cases.domain.whereabouts import one_fact

LOOK = "review_correction"
CORRECTED = "corrected"


def by_correction(event: Event) -> bool:
    """Whether it opened a closed follow-up because something of it was corrected."""
    return event.kind is EventKind.REOPENED and event.facts.get("because") == CORRECTED


def asks_for_a_look(event: Event) -> bool:
    """Whether a lead has to look at what a correction of something signed means now."""
    return event.kind is EventKind.CORRECTED_EARLIER or by_correction(event)


def standing_closure(history: Iterable[Event]) -> Event | None:
    """The event that closed the follow-up, where it was not an error itself."""
    return last_of(tuple(history), EventKind.CLOSED)


def markable(event: Event, history: Iterable[Event], *, is_open: bool) -> bool:
    """Whether a person may mark it where it stands; what rests on a row is put right there.

    That it was closed may be marked for as long as it is: it is open again by that.
    """
    if event.kind is EventKind.CLOSED and not is_open:
        return event == standing_closure(history)
    return event.kind not in FIXED and not rests_on_a_row(event.facts)


def said_together(history: Iterable[Event], marked: Collection[UUID]) -> tuple[Event, ...]:
    """What else tells of the same contact and is an error with these: an attempt, and the *no* in it;
    that somebody left unassessed, and the discharge that it was.

    One click wrote both. What has a door of its own (a death that was told of) stays behind it.
    """
    known = tuple(history)
    one = {event.source_id for event in known if event.id in marked and _by_a_person(event)}
    at_once = one_fact(known, marked)
    return tuple(
        event
        for event in known
        if (event in at_once or (event.source_id in one and _by_a_person(event)))
        and event.id not in marked
        and not event.in_error
        and markable(event, known, is_open=True)
    )


def _by_a_person(event: Event) -> bool:
    return event.source == "person" and event.source_id is not None


def undid(history: Iterable[Event], closed: Event) -> bool:
    """Whether a correction opened what this closing had ended: what was not done is owed again.

    A new index event that opened it begins anew instead: what was signed away stays signed.
    """
    later = [
        event
        for event in history
        if event.kind is EventKind.REOPENED
        and not event.in_error
        and event.recorded_at > closed.recorded_at
    ]
    first = min(later, key=lambda event: event.recorded_at, default=None)
    return closed.kind is EventKind.CLOSED and first is not None and by_correction(first)


def opens(history: Iterable[Event], wrong: Collection[UUID]) -> bool:
    """Whether the follow-up opens again when these events were wrong."""
    known = tuple(history)
    if any(event.kind is EventKind.CLOSED and event.id in wrong for event in known):
        return True
    closure = standing_closure(known)
    return closure is None or closure.facts.get("ending") != "registered_in_error"


def since_begun(history: tuple[Event, ...]) -> tuple[Event, ...]:
    """What was recorded since the course began that runs now: a new index event begins one.

    A correction begins none: what was said before it counts still.
    """
    begun = [
        event.recorded_at
        for event in history
        if event.kind is EventKind.REOPENED and not (event.in_error or by_correction(event))
    ]
    closed = [
        event.recorded_at
        for event in history
        if event.kind is EventKind.CLOSED
        and not event.in_error
        and begun
        and event.recorded_at <= max(begun)
    ]
    return tuple(event for event in history if not closed or event.recorded_at >= max(closed))


def as_signed(history: tuple[Event, ...]) -> tuple[Event, ...] | None:
    """The history as it stood when it was closed last; None where nothing of it was corrected since.

    By it one sees what was signed as done, and was not.
    """
    closure = standing_closure(history)
    if closure is None:
        return None
    wrong = {
        str(one)
        for event in history
        if event.kind is EventKind.MARKED_IN_ERROR and event.recorded_at > closure.recorded_at
        for one in event.facts.get("events", ())
    }
    if not wrong:
        return None
    return tuple(
        replace(event, in_error=False) if str(event.id) in wrong else event
        for event in history
        if event.recorded_at <= closure.recorded_at
    )
