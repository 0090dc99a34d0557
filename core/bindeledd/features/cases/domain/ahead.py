"""Appointments that stand: booked or given, and nobody has said what became of them.

While the follow-up is open somebody asks; once it is closed nobody does. So none is closed over one:
it was kept, missed, cancelled or moved, or whoever answers for it now is named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
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

_TAKEN_BACK = frozenset({EventKind.APPOINTMENT_MOVED, EventKind.APPOINTMENT_CANCELLED})


class AppointmentsStand(Conflict):
    """Appointments stand that nobody would ask after any more: each is settled first."""

    code = "case.appointments_stand"


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """An appointment of which nothing says what became; `given`: the person knows of it."""

    id: UUID
    starts_at: datetime
    given: bool = False


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


def taken_back(history: Iterable[Event]) -> frozenset[UUID]:
    """What says that an appointment was booked or given which was cancelled or moved since."""
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
