"""What an appointment is, and what may happen to it. By which way the person hears: `ways.py`.

One that was another person's ends as `in_error`, and stands with that person.

Booked is not given: it is in the patient's hand when somebody has told them. One that is missed
is owed an answer, each time. One that somebody else answers for is handed on: they see whether the
person comes, and we do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import EventKind
from bindeledd.foundation.errors import Conflict, Invalid, NotFound


class AppointmentState(StrEnum):
    BOOKED = "booked"
    GIVEN = "given"
    KEPT = "kept"
    MISSED = "missed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    HANDED_ON = "handed_on"
    IN_ERROR = "in_error"


class KnownHow(StrEnum):
    """How we know what became of an appointment, or that it stands.

    By a `MESSAGE` or a `LIST` that was taken over, nobody says so by hand.
    """

    SELF = "self"
    PATIENT_SAID = "patient_said"
    RECEIVER_SAID = "receiver_said"
    COLLEAGUE_SAID = "colleague_said"
    SYSTEM = "system"
    MESSAGE = "message"
    LIST = "list"


class AppointmentAction(StrEnum):
    GIVE = "give"
    CONFIRM = "confirm"
    KEEP = "keep"
    MISS = "miss"
    MOVE = "move"
    CANCEL = "cancel"
    HAND_ON = "hand_on"
    SEND = "send"


class AppointmentNotFound(NotFound):
    code = "appointment.not_found"


class AppointmentRefused(Conflict):
    """The appointment is in a state where this makes no sense."""

    code = "appointment.action_refused"


class AppointmentInPast(Invalid):
    """A new appointment lies ahead."""

    code = "appointment.in_past"


class AppointmentNotYet(Invalid):
    """An appointment that has not begun was neither kept nor missed."""

    code = "appointment.not_yet"


class KnownInFuture(Invalid):
    """Something is known as of a moment that has been."""

    code = "appointment.known_in_future"


class WhomNeeded(Invalid):
    """Whoever hands an appointment on, or has it kept outside, says by whom."""

    code = "appointment.whom_needed"


class CoverIsAway(Invalid):
    """Whoever is to keep it instead is away then too, or works here no more."""

    code = "appointment.cover_is_away"


class UndoReason(Invalid):
    """What was registered by mistake is undone with a reason in words."""

    code = "appointment.undo_reason"


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """`starts_at` is a moment with a zone. `sealed` holds where, with whom and what was said.

    `member_id`: who of the staff keeps it, where that is known; when they are away, the team has to
    do something about it. `how_known` and `as_of`: how we know the state that it has, and as of
    when. `confirmed_at`: the last time that somebody found that it still stands.
    """

    id: UUID
    tenant_id: UUID
    case_id: UUID
    starts_at: datetime
    member_id: UUID | None = None
    state: AppointmentState = AppointmentState.BOOKED
    given_at: datetime | None = None
    ended_at: datetime | None = None
    previous_id: UUID | None = None
    how_known: KnownHow | None = None
    as_of: datetime | None = None
    confirmed_at: datetime | None = None
    sealed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_ahead(self) -> bool:
        """Whether it still stands: nothing has ended it."""
        return self.state in (AppointmentState.BOOKED, AppointmentState.GIVEN)


_S, _A = AppointmentState, AppointmentAction
# The whole state machine. A pair that is not here is refused.
_NEXT: Mapping[tuple[AppointmentState, AppointmentAction], AppointmentState] = {
    (_S.BOOKED, _A.GIVE): _S.GIVEN,
    (_S.BOOKED, _A.KEEP): _S.KEPT,
    (_S.BOOKED, _A.MISS): _S.MISSED,
    (_S.BOOKED, _A.MOVE): _S.MOVED,
    (_S.BOOKED, _A.CANCEL): _S.CANCELLED,
    (_S.BOOKED, _A.HAND_ON): _S.HANDED_ON,
    (_S.BOOKED, _A.CONFIRM): _S.BOOKED,
    (_S.GIVEN, _A.CONFIRM): _S.GIVEN,
    (_S.BOOKED, _A.SEND): _S.BOOKED,
    (_S.GIVEN, _A.SEND): _S.GIVEN,
    (_S.GIVEN, _A.KEEP): _S.KEPT,
    (_S.GIVEN, _A.MISS): _S.MISSED,
    (_S.GIVEN, _A.MOVE): _S.MOVED,
    (_S.GIVEN, _A.CANCEL): _S.CANCELLED,
    (_S.GIVEN, _A.HAND_ON): _S.HANDED_ON,
}

EVENT: Mapping[AppointmentAction, EventKind] = {
    _A.GIVE: EventKind.APPOINTMENT_GIVEN,
    _A.CONFIRM: EventKind.APPOINTMENT_CONFIRMED,
    _A.KEEP: EventKind.APPOINTMENT_KEPT,
    _A.MISS: EventKind.APPOINTMENT_MISSED,
    _A.MOVE: EventKind.APPOINTMENT_MOVED,
    _A.CANCEL: EventKind.APPOINTMENT_CANCELLED,
    _A.HAND_ON: EventKind.APPOINTMENT_HANDED_ON,
    _A.SEND: EventKind.APPOINTMENT_SENT,
}


def check_ahead(starts_at: datetime, at: datetime) -> None:
    """Refuse a new appointment that does not lie ahead."""
    if starts_at <= at:
        raise AppointmentInPast(starts_at=starts_at)


def check_standing(appointment: Appointment) -> None:
    """Refuse what asks for an appointment that stands, where this one has ended."""
    if not appointment.is_ahead:
        raise AppointmentRefused(appointment=appointment.id, state=appointment.state.value)


def check_words(action: AppointmentAction, words: Mapping[str, Any]) -> None:
    """Refuse to hand an appointment on to nobody."""
    if action is AppointmentAction.HAND_ON and not str(words.get("whom") or "").strip():
        raise WhomNeeded()


def check_outside(words: Mapping[str, Any], *, outside: bool) -> None:
    """Refuse that nobody of us meets the person, and nobody else is named."""
    if outside and not str(words.get("whom") or "").strip():
        raise WhomNeeded()


def kept_by(before: Appointment, member_id: UUID | None, *, outside: bool) -> UUID | None:
    """Who of us meets the person at the new time: whoever was to, unless somebody else is chosen."""
    return None if outside else member_id or before.member_id


def is_to_be_told(ended: Appointment, at: datetime, *, told: bool) -> bool:
    """Whether the person still thinks that one which was cancelled or moved ahead of time stands."""
    return ended.given_at is not None and ended.starts_at > at and not told


def moved_detail(
    before: Appointment, words: Mapping[str, Any], member_id: UUID | None
) -> dict[str, Any]:
    """What is said of the new time; who was named goes with them where somebody else meets."""
    kept = dict(before.sealed)
    if member_id != before.member_id:
        kept.pop("whom", None)
    return {**kept, **words}


def act(
    appointment: Appointment,
    action: AppointmentAction,
    at: datetime,
    *,
    how: KnownHow = KnownHow.SELF,
    as_of: datetime | None = None,
) -> Appointment:
    """The appointment as it stands once `action` is said at `at`; we know `how`, `as_of` when."""
    known = as_of or at
    if known > at:
        raise KnownInFuture(as_of=known)
    after = _acted(appointment, action, at)
    if action is AppointmentAction.SEND:
        return after
    return replace(after, how_known=how, as_of=known)


def _acted(appointment: Appointment, action: AppointmentAction, at: datetime) -> Appointment:
    state = _NEXT.get((appointment.state, action))
    if state is None:
        raise AppointmentRefused(
            appointment=appointment.id, state=appointment.state.value, action=action.value
        )
    if action in (_A.KEEP, _A.MISS) and appointment.starts_at > at:
        raise AppointmentNotYet(appointment=appointment.id, starts_at=appointment.starts_at)
    if action is _A.SEND:
        check_ahead(appointment.starts_at, at)
        return appointment
    if action is _A.GIVE:
        check_ahead(appointment.starts_at, at)
        return replace(appointment, state=state, given_at=at)
    if action is _A.CONFIRM:
        check_ahead(appointment.starts_at, at)
        return replace(appointment, state=state, confirmed_at=at)
    return replace(appointment, state=state, ended_at=at)


# What may have been registered by mistake. One that was moved has another in its place.
_UNDONE = {
    _S.KEPT: EventKind.APPOINTMENT_KEPT,
    _S.MISSED: EventKind.APPOINTMENT_MISSED,
    _S.CANCELLED: EventKind.APPOINTMENT_CANCELLED,
    _S.HANDED_ON: EventKind.APPOINTMENT_HANDED_ON,
}


def undo(appointment: Appointment) -> tuple[Appointment, EventKind]:
    """The appointment as it stood before it ended, and the kind of event that said that it had."""
    kind = _UNDONE.get(appointment.state)
    if kind is None:
        raise AppointmentRefused(appointment=appointment.id, state=appointment.state.value)
    state = _S.BOOKED if appointment.given_at is None else _S.GIVEN
    back = replace(appointment, state=state, ended_at=None, how_known=None, as_of=None)
    return back, kind


def happened_at(
    appointment: Appointment, action: AppointmentAction, at: datetime, as_of: datetime | None = None
) -> datetime:
    """When it happened: kept and missed at its own time, sent `as_of`, all else when it is said."""
    if action is _A.SEND:
        return as_of or at
    return appointment.starts_at if action in (_A.KEEP, _A.MISS) else at


def facts(appointment: Appointment, way: str | None = None) -> dict[str, str]:
    """The plain facts of an event about it, by which tasks find their appointment."""
    return {
        "appointment_id": str(appointment.id),
        "appointment_at": appointment.starts_at.isoformat(),
        **({} if way is None else {"appointment_way": way}),
    }
