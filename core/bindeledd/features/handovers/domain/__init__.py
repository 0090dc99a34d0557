"""What a handover is, and what may happen to it.

The sender stays responsible until acceptance, which carries the receiver's first own date. No
gate blocks it: what is missing goes with it as a list, with who owes it and by when.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound


class HandoverState(StrEnum):
    SENT = "sent"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class HandoverAction(StrEnum):
    RECEIVE = "receive"
    ACCEPT = "accept"
    RETURN = "return"


class Way(StrEnum):
    """How a package left us for a receiver outside: the product itself sends nothing out."""

    E_MESSAGE = "e_message"
    LETTER = "letter"
    BY_HAND = "by_hand"


class Answered(StrEnum):
    """How we know what a receiver outside says: always from their side, never from ours."""

    PHONE = "phone"
    E_MESSAGE = "e_message"
    RECEIPT = "receipt"
    LETTER = "letter"
    MEETING = "meeting"


class HandoverNotFound(NotFound):
    code = "handover.not_found"


class HandoverRefused(Conflict):
    """The handover is in a state where this makes no sense."""

    code = "handover.action_refused"


class HandoverRuns(Conflict):
    """A handover of this case waits for an answer already."""

    code = "handover.runs_already"


class SameTeam(Invalid):
    """A case is handed over to another team."""

    code = "handover.same_team"


class NotTheReceiver(NotAllowed):
    """Only somebody of the receiving team answers for it."""

    code = "handover.not_the_receiver"


class NotTheSender(NotAllowed):
    """Only somebody of the responsible team hands the case over."""

    code = "handover.not_the_sender"


class ReasonNeeded(Invalid):
    """A handover that is returned says why."""

    code = "handover.reason_needed"


class FirstDateInPast(Invalid):
    """The receiver's first own date lies ahead."""

    code = "handover.first_date_in_past"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Something that is not in place when the case is handed over: who owes it, by when."""

    kind: str
    strength: str
    team_id: UUID
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class FirstDate:
    """The receiver's first own date: what will be done, and by when."""

    due_at: datetime
    kind: str = "call_patient"
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Handover:
    """`missing` is what was not in place when it was sent; `sealed` the words of both sides.

    To a team of the tenant, or to a receiver outside it: then `how_known` says how we know the
    last that they said, and `first_at` is the first date that they set themselves.
    """

    id: UUID
    tenant_id: UUID
    case_id: UUID
    from_team_id: UUID
    to_team_id: UUID | None = None
    to_outside_id: UUID | None = None
    package_id: UUID | None = None
    way: Way | None = None
    state: HandoverState = HandoverState.SENT
    sent_at: datetime
    received_at: datetime | None = None
    answered_at: datetime | None = None
    how_known: Answered | None = None
    first_at: datetime | None = None
    missing: tuple[Missing, ...] = ()
    sealed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_pending(self) -> bool:
        return self.state in (HandoverState.SENT, HandoverState.RECEIVED)


_S, _A = HandoverState, HandoverAction
_NEXT: Mapping[tuple[HandoverState, HandoverAction], HandoverState] = {
    (_S.SENT, _A.RECEIVE): _S.RECEIVED,
    (_S.SENT, _A.ACCEPT): _S.ACCEPTED,
    (_S.SENT, _A.RETURN): _S.RETURNED,
    (_S.RECEIVED, _A.ACCEPT): _S.ACCEPTED,
    (_S.RECEIVED, _A.RETURN): _S.RETURNED,
}


def act(handover: Handover, action: HandoverAction, at: datetime) -> Handover:
    """The handover as it stands once `action` is done at `at`."""
    state = _NEXT.get((handover.state, action))
    if state is None:
        raise HandoverRefused(handover=handover.id, state=handover.state.value, action=action.value)
    if action is _A.RECEIVE:
        return replace(handover, state=state, received_at=at)
    received = handover.received_at or at
    return replace(handover, state=state, received_at=received, answered_at=at)


def missing(tasks: Iterable[Task]) -> tuple[Missing, ...]:
    """What is not in place yet: the open tasks of gates, the earliest first."""
    gates = [task for task in tasks if task.is_open and task.step_key.startswith("gate.")]
    return tuple(
        Missing(
            kind=task.kind, strength=task.strength, team_id=task.owner_team_id, due_at=task.due_at
        )
        for task in sorted(gates, key=lambda task: (task.due_at, task.id))
    )


@dataclass(frozen=True, kw_only=True)
class Pair:
    """How many handovers went from a team to another (or outside), and what became of them."""

    from_team_id: UUID
    to_team_id: UUID | None = None
    to_outside_id: UUID | None = None
    sent: int
    accepted: int
    returned: int
    pending: int

    @property
    def adds_up(self) -> bool:
        """Nothing is lost between the two: sent is what was answered and what waits."""
        return self.sent == self.accepted + self.returned + self.pending
