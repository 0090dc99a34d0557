"""How a case ends: six endings, each by a person, some with a second signature.

None is reachable by time, import, merge or role change. The request is an event and a task of
the lead; the case stays open until it is signed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind, last_of
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.errors import Conflict


class Ending(StrEnum):
    COMPLETED = "completed"
    MOVED_ON = "moved_on"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    DIED = "died"
    REGISTERED_IN_ERROR = "registered_in_error"


TWO_SIGNATURES = frozenset(
    {Ending.DECLINED, Ending.UNREACHABLE, Ending.DIED, Ending.REGISTERED_IN_ERROR}
)


class NothingToSign(Conflict):
    """Nobody has asked for this case to be closed (or the request was refused)."""

    code = "case.no_closing_requested"


class SecondPersonNeeded(Conflict):
    """This ending needs a second, different person than the one who asked."""

    code = "case.second_person_needed"


class MustStillOwed(Conflict):
    """Something that must be in place is missing: it blocks closing."""

    code = "case.must_still_owed"


@dataclass(frozen=True, kw_only=True)
class Request:
    """That somebody asked for the case to be closed with this ending."""

    event_id: UUID
    ending: Ending
    by: UUID
    at: datetime
    override: bool = False


def standing_request(events: tuple[Event, ...]) -> Request | None:
    """The request that waits for a signature, if one does."""
    asked = last_of(events, EventKind.CLOSING_REQUESTED)
    answered = last_of(
        events,
        EventKind.CLOSING_REFUSED,
        EventKind.CLOSED,
        EventKind.REOPENED,
        EventKind.INDEX_EVENT,
    )
    if asked is None or asked.recorded_by is None:
        return None
    if answered is not None and answered.recorded_at > asked.recorded_at:
        return None
    return Request(
        event_id=asked.id,
        ending=Ending(asked.facts["ending"]),
        by=asked.recorded_by,
        at=asked.recorded_at,
        override=bool(asked.facts.get("override")),
    )


def still_owed(tasks: Iterable[Task]) -> list[Task]:
    """Open tasks of the strength *must*: they block closing unless a lead overrides in writing."""
    return [
        task
        for task in tasks
        if task.is_open
        and task.strength == "must"
        and task.kind not in ("review_case", "sign_closing")
    ]


def sign(request: Request | None, tasks: Iterable[Task], by: UUID) -> Request:
    """The request, if `by` may sign it now. Raises what stands in the way."""
    if request is None:
        raise NothingToSign()
    if request.ending in TWO_SIGNATURES and by == request.by:
        raise SecondPersonNeeded(ending=request.ending.value)
    owed = still_owed(tasks)
    if owed and not request.override and request.ending is not Ending.REGISTERED_IN_ERROR:
        raise MustStillOwed(tasks=[task.kind for task in owed])
    return request
