"""Which attempts count: two through the same channel, one just after the other, are one attempt."""

from collections.abc import Iterable
from datetime import datetime

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.foundation.calendars import Period

# After these the count begins anew.
_MET = (EventKind.REACHED, EventKind.APPOINTMENT_KEPT)


def channel_of(attempt: Event) -> str:
    return str(attempt.facts.get("channel", "phone"))


def is_in_vain(event: Event) -> bool:
    """Whether it is an attempt of its own that the person did not answer; a receipt is none."""
    attempted = event.kind is EventKind.CONTACT_ATTEMPTED and not event.in_error
    return attempted and not (event.is_receipt or event.is_answered)


def counted(history: Iterable[Event], apart: Period | None) -> tuple[Event, ...]:
    """The attempts in vain that count, in the order in which they were made, whenever they were told.

    One counts that was made `apart` or longer after the last that counted through its channel; None
    counts each. Whoever was reached in between is tried anew.
    """
    found, last = [], dict[str, datetime]()
    for event in sorted(history, key=lambda one: (one.at, one.recorded_at)):
        if event.kind in _MET and not event.in_error:
            last = {}
        if not is_in_vain(event):
            continue
        way = channel_of(event)
        if apart is None or way not in last or event.at - last[way] >= apart.length:
            last[way] = event.at
            found.append(event)
    return tuple(found)


def same_again(history: Iterable[Event], apart: Period | None) -> tuple[Event, ...]:
    """The attempts in vain that count as the same one as the last before them."""
    told = tuple(history)
    own = {event.id for event in counted(told, apart)}
    return tuple(event for event in told if is_in_vain(event) and event.id not in own)
