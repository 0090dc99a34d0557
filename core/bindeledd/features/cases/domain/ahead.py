"""Appointments that stand: booked or given, and nobody has said what became of them.

And which of them lie ahead of a moment (`Asked`): one that was over by then holds nobody.

While the follow-up is open somebody asks; once it is closed nobody does. So none is closed over one:
it was kept, missed, cancelled or moved, or whoever answers for it now is named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind, assumed
from bindeledd.foundation.errors import Conflict

_MADE = frozenset({EventKind.APPOINTMENT_BOOKED, EventKind.APPOINTMENT_GIVEN})
_OVER = frozenset(
    {
        EventKind.APPOINTMENT_MOVED,
        EventKind.APPOINTMENT_MISSED,
        EventKind.APPOINTMENT_KEPT,
        EventKind.APPOINTMENT_CANCELLED,
        EventKind.APPOINTMENT_HANDED_ON,
    }
)

_TAKEN_BACK = frozenset(
    {
        EventKind.APPOINTMENT_MOVED,
        EventKind.APPOINTMENT_CANCELLED,
        EventKind.APPOINTMENT_MISSED,
    }
)
# What says that there is an appointment that somebody may come to.
_TELLS_OF_ONE = _MADE | {EventKind.APPOINTMENT_CONFIRMED}
# After these the person comes to it no more. One that was handed on is kept elsewhere.
_ENDS_IT = _OVER - {EventKind.APPOINTMENT_HANDED_ON}
_WHOLE_DAY = timedelta(days=1)


class AppointmentsStand(Conflict):
    """Appointments stand that nobody would ask after any more: each is settled first."""

    code = "case.appointments_stand"


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """An appointment of which nothing says what became; `given`: the person knows of it."""

    id: UUID
    starts_at: datetime
    given: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The moment at which it is asked what lies ahead: from `at` on, and before `until` where only
    the day is known. `known`: when that was told."""

    at: datetime
    until: datetime
    known: datetime

    @classmethod
    def by(cls, event: Event) -> "Asked":
        """At this event."""
        until = event.at + (_WHOLE_DAY if event.date_only else timedelta())
        return cls(at=event.at, until=until, known=event.recorded_at)

    @classmethod
    def now(cls, at: datetime) -> "Asked":
        return cls(at=at, until=at, known=at)


def lies_ahead(told: Event, asked: Asked, history: Iterable[Event]) -> bool:
    """Whether the appointment that `told` speaks of lay ahead (or began then) and stood.

    What speaks of none is not held against it, nor is a time that nobody knows. Of the day of a
    discharge that has no hour, one counts whose outcome was not known when the discharge was told.
    """
    if told.kind not in _TELLS_OF_ONE:
        return True
    starts = told.facts.get("appointment_at")
    if starts is not None and datetime.fromisoformat(str(starts)) < asked.at:
        return False
    one = told.facts.get("appointment_id")
    return one is None or not any(
        event.facts.get("appointment_id") == one and _had_ended_it(event, asked)
        for event in history
    )


def reaches_over(told: Event, asked: Asked) -> bool:
    """Whether `told`, of an earlier stay, makes an appointment at a known time ahead: that holds for
    the next stay too. What was asked or answered in one stay says nothing of the next."""
    starts = told.facts.get("appointment_at")
    if told.kind not in _MADE or starts is None:
        return False
    return datetime.fromisoformat(str(starts)) >= asked.at


def _had_ended_it(event: Event, asked: Asked) -> bool:
    if event.in_error or event.kind not in _ENDS_IT:
        return False
    same_day = event.at < asked.until and event.recorded_at <= asked.known
    return event.at < asked.at or same_day


def standing(history: Iterable[Event]) -> tuple[Ahead, ...]:
    """The appointments that stand by what was recorded, the earliest first."""
    made: dict[UUID, Ahead] = {}
    over: set[UUID] = set()
    for event in history:
        told = event.facts.get("appointment_id")
        if event.in_error or told is None:
            continue
        if event.kind in _OVER:
            over.add(UUID(str(told)))
        elif event.kind in _MADE:
            found = _read(event, UUID(str(told)))
            known = made.get(found.id)
            made[found.id] = known if known is not None and known.given else found
    left = (one for one in made.values() if one.id not in over)
    return tuple(sorted(left, key=lambda one: (one.starts_at, one.id)))


def in_place(
    history: Iterable[Event], gate_at: str, at: datetime, *, earlier: Iterable[Event] = ()
) -> tuple[Event, ...]:
    """What may keep a gate that is asked at the last event of kind `gate_at`, else now: `history`
    without appointments that were over by then. Of `earlier` stays: those that lie ahead of it."""
    told, before = tuple(history), tuple(earlier)
    came = max(
        (
            event
            for event in assumed.without_replaced(told)
            if event.kind == gate_at and not event.in_error
        ),
        key=lambda event: (event.at, event.recorded_at),
        default=None,
    )
    asked = Asked.now(at) if came is None else Asked.by(came)
    held = (event for event in before if reaches_over(event, asked))
    return tuple(event for event in (*held, *told) if lies_ahead(event, asked, (*before, *told)))


def taken_back(history: Iterable[Event]) -> frozenset[UUID]:
    """What says that an appointment was booked or given which was missed, cancelled or moved since."""
    events = [one for one in history if not one.in_error and one.facts.get("appointment_id")]
    gone = {one.facts["appointment_id"] for one in events if one.kind in _TAKEN_BACK}
    made = (one for one in events if one.kind in _MADE)
    return frozenset(one.id for one in made if one.facts["appointment_id"] in gone)


def _read(event: Event, appointment_id: UUID) -> Ahead:
    said = event.facts.get("appointment_at")
    starts_at = event.at if said is None else datetime.fromisoformat(str(said))
    given = event.kind is EventKind.APPOINTMENT_GIVEN
    return Ahead(id=appointment_id, starts_at=starts_at, given=given)


def check_none(appointments: Sequence[Ahead]) -> None:
    """Refuse where one stands, and say which and when. No reason in words closes over it."""
    if appointments:
        raise AppointmentsStand(
            appointments=[
                {"id": str(one.id), "starts_at": one.starts_at.isoformat()} for one in appointments
            ]
        )
