"""Was the person met by the receiver outside? What may be answered, and when.

A *yes* says when: it is believed on any day since they took over, also before their own first date,
for then they met earlier. A *no* is believed once that date has passed, and never before it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bindeledd.features.cases.domain import Event
from bindeledd.features.handovers.domain import Answered
from bindeledd.features.handovers.domain.outside import KnownInFuture, ReceiptOnly, WhoNeeded
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.errors import Conflict, Invalid

# The task of asking, once the first date of a receiver outside has passed, whether they met.
ASK_WHETHER_MET = "ask_whether_met"


class NotAsked(Conflict):
    """Nobody asks (any more) whether the receiver met the person: there is nothing to answer."""

    code = "handover.not_asked"


class MetWhen(Invalid):
    """That the person was met is known with the day on which it was."""

    code = "handover.met_when"


class NotMetHasNoDay(Invalid):
    """There is no moment at which somebody was not met."""

    code = "handover.not_met_has_no_day"


class MetBeforeAccepted(Invalid):
    """It is asked whether they met since they took over."""

    code = "handover.met_before_accepted"


class NotMetYet(Conflict):
    """Their first date has not passed: that nobody met the person is no answer to it yet."""

    code = "handover.not_met_yet"

    def __init__(self, *, first_at: datetime, asked_at: datetime) -> None:
        super().__init__(first_at=first_at, asked_at=asked_at)
        self.first_at, self.asked_at = first_at, asked_at


@dataclass(frozen=True, kw_only=True)
class Promise:
    """When the receiver said that they take over, and the first date that they set themselves.

    `local_date`: the day of a moment where the sender is.
    """

    accepted_at: datetime
    first_at: datetime | None
    local_date: Callable[[datetime], date]

    def is_before_first(self, when: datetime, *, date_only: bool) -> bool:
        """Whether they met earlier than they had said."""
        if self.first_at is None:
            return False
        if date_only:
            return self.local_date(when) < self.local_date(self.first_at)
        return when < self.first_at

    def is_before_accepted(self, when: datetime, *, date_only: bool) -> bool:
        if date_only:
            return self.local_date(when) < self.local_date(self.accepted_at)
        return when < self.accepted_at


def promised(
    task: Task, history: Iterable[Event], local_date: Callable[[datetime], date]
) -> Promise:
    """What the question is asked about. Raises `NotAsked` for any other task, or one that is done."""
    anchor = next((event for event in history if event.id == task.anchor_event_id), None)
    if task.kind != ASK_WHETHER_MET or not task.is_open or anchor is None:
        raise NotAsked(task=task.id)
    first = anchor.facts.get("receiver_first_at")
    return Promise(
        accepted_at=anchor.at,
        first_at=None if first is None else datetime.fromisoformat(str(first)),
        local_date=local_date,
    )


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the receiver said: whether they met, when (or on which day), who says so, how we know."""

    met: bool
    met_at: datetime | None = None
    met_date_only: bool = False
    who: str
    how: Answered

    def note(self, promise: Promise) -> dict[str, Any]:
        """What is sealed of it; `met_instead_of`: the first date, where they met before it."""
        said: dict[str, Any] = {
            "met": "yes" if self.met else "no",
            "who": self.who.strip(),
            "how": self.how.value,
        }
        if self.met_at is None:
            return said
        said |= {"met_at": self.met_at.isoformat(), "met_date_only": self.met_date_only}
        early = promise.is_before_first(self.met_at, date_only=self.met_date_only)
        if early and promise.first_at is not None:
            said["met_instead_of"] = promise.first_at.isoformat()
        return said


def check_told(told: Told, task: Task, promise: Promise, at: datetime) -> None:
    """Refuse an answer by a receipt, by nobody, without its day, or ahead of what it tells of."""
    if told.how is Answered.RECEIPT:
        raise ReceiptOnly(task=task.id)
    if not told.who.strip():
        raise WhoNeeded(task=task.id)
    if told.met:
        _check_met(told, task, promise, at)
        return
    if told.met_at is not None:
        raise NotMetHasNoDay(task=task.id)
    if promise.first_at is not None and at < promise.first_at:
        raise NotMetYet(first_at=promise.first_at, asked_at=task.due_at)


def _check_met(told: Told, task: Task, promise: Promise, at: datetime) -> None:
    if told.met_at is None:
        raise MetWhen(task=task.id)
    if told.met_at > at:
        raise KnownInFuture(as_of=told.met_at)
    if promise.is_before_accepted(told.met_at, date_only=told.met_date_only):
        raise MetBeforeAccepted(task=task.id, accepted_at=promise.accepted_at)
