"""How a case ends: six endings, each by a person, some with a second signature.

None is reachable by time, import, merge or role change. The request is an event and a task of
the lead; the case stays open until it is signed. What an ending rests on is asked twice: when it
is requested and when it is signed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bindeledd.features.cases.domain import (
    BEGINNINGS,
    Event,
    EventKind,
    ahead,
    declining,
    last_of,
    last_told,
    recalling,
    reopening,
    said_of_death,
)
from bindeledd.features.cases.domain.deaths import check_asked, stood_for
from bindeledd.features.cases.domain.unreachable import NotYetUnreachable, tried
from bindeledd.features.pathways.domain import Unreachable
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Conflict


class Ending(StrEnum):
    COMPLETED = "completed"
    MOVED_ON = "moved_on"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    DIED = "died"
    REGISTERED_IN_ERROR = "registered_in_error"


# The database insists on these two signatures.
TWO_SIGNATURES = frozenset(
    {Ending.DECLINED, Ending.UNREACHABLE, Ending.DIED, Ending.REGISTERED_IN_ERROR}
)
# Who signs is somebody else than who asked. *Moved on* too: that a receiver outside took over is
# written down by the team that asks, and one person's word does not end it.
SECOND_PERSON = TWO_SIGNATURES | {Ending.MOVED_ON}

# Somebody waits for an answer at once: no reason in words closes over it.
_NEVER_OVERRIDDEN = frozenset({"acute_concern", "confirm_death", "answer_call"})
# Those who were sent what was wrong have to be told before it is signed that it was an error.
# And what stands in another's record (EPJ) has to be corrected there.
CORRECT_EPJ = "correct_epj"
BEFORE_AN_ERROR = frozenset({recalling.RECALL, CORRECT_EPJ})


class NothingToSign(Conflict):
    """Nobody has asked for this case to be closed (or the request was refused)."""

    code = "case.no_closing_requested"


class ClosingRequested(Conflict):
    """Somebody has asked for it already: it waits for a signature."""

    code = "case.closing_requested_already"


class SecondPersonNeeded(Conflict):
    """This ending, or what is missing under it, needs a second person than the one who asked."""

    code = "case.second_person_needed"


class ChangedSinceSeen(Conflict):
    """What is to be signed is another than what was shown: `by` whom, `at` when, of the last event."""

    code = "case.changed_since_seen"


class MustStillOwed(Conflict):
    """Something that must be in place is missing: it blocks closing."""

    code = "case.must_still_owed"


class HandoverPending(Conflict):
    """A handover was sent and nobody has answered: the case is not closed under it."""

    code = "case.handover_pending"


class NobodyAccepted(Conflict):
    """*Moved on* needs a receiver who has accepted."""

    code = "case.nobody_accepted"


class ReceiverFollowsUp(Conflict):
    """Whoever accepted is responsible for this very follow-up: nobody else goes on with it."""

    code = "case.receiver_follows_up"


class DeathNotConfirmed(Conflict):
    """*Died*, and what is said of the bereaved, need a death that a second person has confirmed."""

    code = "case.death_not_confirmed"


# --- the request and its signature ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Request:
    """That somebody asked for this ending; `covers`: the tasks that were overridden then."""

    event_id: UUID
    ending: Ending
    by: UUID
    at: datetime
    override: bool = False
    covers: frozenset[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Signers:
    """The names of those who may sign; where nobody may, of the `admins` who can name a lead."""

    names: tuple[str, ...]
    admins: tuple[str, ...] = ()


def standing_request(events: tuple[Event, ...]) -> Request | None:
    """The request that waits for a signature, if one does."""
    asked = last_of(events, EventKind.CLOSING_REQUESTED)
    answered = last_of(
        events,
        EventKind.CLOSING_REFUSED,
        EventKind.CLOSED,
        EventKind.REOPENED,
        *BEGINNINGS,
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
        covers=frozenset(UUID(task) for task in asked.facts.get("covers", ())),
    )


def still_owed(tasks: Iterable[Task]) -> list[Task]:
    """Open tasks that block closing: what *must* be done, and whoever waits for an answer."""
    return [
        task
        for task in tasks
        if task.is_open
        and (task.strength == "must" or task.kind in _NEVER_OVERRIDDEN)
        and task.kind not in ("review_case", "sign_closing")
    ]


def may_override(tasks: Iterable[Task]) -> bool:
    """Whether a reason in words may stand for what is missing: never for who waits for an answer."""
    return all(task.kind not in _NEVER_OVERRIDDEN for task in still_owed(tasks))


def ended_by_signing(tasks: Iterable[Task]) -> list[Task]:
    """The open tasks that fall away when a closing is signed, by due time; the signing is done."""
    open_still = [task for task in tasks if task.is_open and task.kind != "sign_closing"]
    return sorted(open_still, key=lambda task: (task.due_at, str(task.id)))


def blocking(tasks: Iterable[Task], ending: Ending, covers: Collection[UUID] = ()) -> list[Task]:
    """What blocks this ending although the tasks `covers` were overridden in writing.

    A concern, a reported death and a call that nobody has answered block every ending; what was
    sent out of a wrong registration blocks the signature under *registered in error*.
    """
    return [
        task
        for task in still_owed(tasks)
        if task.kind in _NEVER_OVERRIDDEN
        or (task.kind in BEFORE_AN_ERROR and ending is Ending.REGISTERED_IN_ERROR)
        or (task.id not in covers and ending is not Ending.REGISTERED_IN_ERROR)
    ]


def needs_second(request: Request, by: UUID | None) -> bool:
    """Whether another person than `by` has to sign: whoever sets aside what must be done never
    signs it alone."""
    return request.by == by and (request.ending in SECOND_PERSON or bool(request.covers))


def sign(request: Request | None, tasks: Iterable[Task], by: UUID) -> Request:
    """The request, if `by` may sign it now. Raises what stands in the way."""
    if request is None:
        raise NothingToSign()
    if needs_second(request, by):
        raise SecondPersonNeeded(ending=request.ending.value)
    owed = blocking(tasks, request.ending, request.covers)
    if owed:
        raise MustStillOwed(tasks=sorted({task.kind for task in owed}))
    return request


# --- what each ending rests on ----------------------------------------------------------------------


def check_ending(
    ending: Ending,
    events: tuple[Event, ...],
    *,
    tasks: Sequence[Task] = (),
    responsible: UUID,
    unreachable: Unreachable,
    calendar: Calendar,
    at: datetime,
) -> None:
    """Refuse an ending that what was recorded does not carry. No override: it has to be true.

    `responsible`: the team that answers for the case. Nor does any ending close over an
    appointment that stands (`ahead.AppointmentsStand`).
    """
    handed = _handed(events)
    if handed is not None and handed.kind is EventKind.HANDOVER_SENT:
        raise HandoverPending()
    if ending is Ending.MOVED_ON and (
        handed is None or handed.kind is not EventKind.HANDOVER_ACCEPTED
    ):
        raise NobodyAccepted()
    if ending is Ending.MOVED_ON and receiver_follows_up(events, responsible):
        raise ReceiverFollowsUp()
    if ending is Ending.DECLINED:
        declining.check_declined(reopening.since_begun(events), tasks, calendar)
    if ending is Ending.DIED:
        check_confirmed(events)
    if ending is Ending.UNREACHABLE:
        earned = tried(events, calendar, apart=unreachable.apart)
        missing = earned.missing(unreachable, calendar, at)
        if missing:
            every = unreachable.every
            raise NotYetUnreachable(missing=missing, every=every and str(every))
    ahead.check_none(ahead.standing(events))


def _handed(events: tuple[Event, ...]) -> Event | None:
    """What was said of a handover last, in this course of the follow-up."""
    return last_told(
        tuple(event for event in events if not reopening.by_correction(event)),
        EventKind.HANDOVER_SENT,
        EventKind.HANDOVER_ACCEPTED,
        EventKind.HANDOVER_RETURNED,
        EventKind.REOPENED,
    )


def receiver_follows_up(events: tuple[Event, ...], responsible: UUID) -> bool:
    """Whether whoever accepted is the team that answers for this case: to end it ends their own."""
    handed = _handed(events)
    accepted = handed is not None and handed.kind is EventKind.HANDOVER_ACCEPTED
    return accepted and handed is not None and handed.facts.get("to_team") == str(responsible)


def _death(events: tuple[Event, ...]) -> EventKind | None:
    last = said_of_death(events)
    return None if last is None else last.kind


def check_confirmed(events: tuple[Event, ...]) -> None:
    """Refuse what rests on a death that no second person has confirmed."""
    if _death(events) is not EventKind.DEATH_CONFIRMED:
        raise DeathNotConfirmed()


def check_death(
    events: tuple[Event, ...],
    answer: EventKind,
    by: UUID | None,
    *,
    asked: bool = False,
    seen: str | None = None,
) -> None:
    """Refuse to confirm a report that one made or moved, and what `deaths.check_asked` refuses."""
    reported = check_asked(events, answer, asked=asked, seen=seen)
    if answer is not EventKind.DEATH_CONFIRMED:
        return
    if by is None or by in stood_for(reported):
        raise SecondPersonNeeded(ending=Ending.DIED.value)
