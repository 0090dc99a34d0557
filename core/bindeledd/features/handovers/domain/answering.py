"""A wrong or withdrawn answer of a receiver outside, and what the handover is once it is put right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind, last_told
from bindeledd.features.handovers.domain import Answered, Handover, HandoverState
from bindeledd.foundation.errors import Conflict


class NotAnswered(Conflict):
    """Nobody has answered (any more): there is nothing to put right."""

    code = "handover.not_answered"


class AnotherSince(Conflict):
    """The case was handed over again since: this answer made way for that."""

    code = "handover.another_since"


_TOLD_BY = {
    HandoverState.RECEIVED: EventKind.HANDOVER_RECEIVED,
    HandoverState.ACCEPTED: EventKind.HANDOVER_ACCEPTED,
    HandoverState.RETURNED: EventKind.HANDOVER_RETURNED,
}


@dataclass(frozen=True, kw_only=True)
class Correction:
    """Why the answer was wrong (sealed), and what holds instead: we wait again, or it is `returned`.

    Returned: `who` of theirs says so, when, and `how` we know, as of any answer.
    """

    why: str
    returned: bool = False
    how: Answered = Answered.PHONE
    who: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """That they have received it: when, who wrote it down, how it is known, and what was said."""

    at: datetime
    by: UUID | None
    how: Answered
    said: Mapping[str, Any] = field(default_factory=dict)


def check_last(handover: Handover, history: Iterable[Event]) -> None:
    """Refuse to put right an answer after which the case was handed over again."""
    last = last_told(tuple(history), EventKind.HANDOVER_SENT)
    if last is not None and last.facts.get("handover_id") != str(handover.id):
        raise AnotherSince(handover=handover.id)


def told_by(handover: Handover, history: Iterable[Event]) -> list[UUID]:
    """The events that tell of the answer as it stands. Raises `NotAnswered`."""
    kind = _TOLD_BY.get(handover.state)
    if kind is None:
        raise NotAnswered(handover=handover.id)
    return [event.id for event in _of(handover, kind, history)]


def received_by(handover: Handover, history: Iterable[Event]) -> Event | None:
    """The event that says they had received it before they answered, where one stands."""
    if handover.state is HandoverState.RECEIVED:
        return None
    return next(iter(_of(handover, EventKind.HANDOVER_RECEIVED, history)), None)


def _of(handover: Handover, kind: EventKind, history: Iterable[Event]) -> list[Event]:
    return [
        event
        for event in history
        if event.kind is kind
        and not event.in_error
        and event.facts.get("handover_id") == str(handover.id)
    ]


def taken_back(handover: Handover, receipt: Receipt | None) -> Handover:
    """The handover as it waits again: received where that was said and stands, else only sent."""
    waits = replace(
        handover, state=HandoverState.SENT, received_at=None, answered_at=None, how_known=None
    )
    waits = replace(waits, first_at=None)
    if receipt is None:
        return waits
    return replace(
        waits, state=HandoverState.RECEIVED, received_at=receipt.at, how_known=receipt.how
    )
