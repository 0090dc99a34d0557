"""What people say has happened (assessed, offered, asked, died), and a case shown to one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    Case,
    Event,
    EventKind,
    NewEvent,
    ahead,
    closing,
    offering,
    telling,
)
from bindeledd.features.cases.service.correcting import refuted_after_closing
from bindeledd.features.cases.service.offering import offer_again
from bindeledd.features.cases.service.writing import Recorded, lock, write_down
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A case as it is shown: what happened, without words, and everything that was ever owed."""

    case: Case
    events: tuple[Event, ...]
    tasks: tuple[Task, ...]
    request: closing.Request | None = None

    @property
    def blocking(self) -> list[UUID]:
        """The tasks that keep the ending that was asked for from being signed."""
        if self.request is None:
            return []
        found = closing.blocking(self.tasks, self.request.ending, self.request.covers)
        return [task.id for task in found]

    @property
    def appointments(self) -> tuple[ahead.Ahead, ...]:
        """Those that stand: each has to be settled before an ending can be asked for."""
        return ahead.standing(self.events)


# What is said here stands on the person too: the person is locked before the case.
_OF_THE_PERSON = frozenset({EventKind.NUMBER_VERIFIED, EventKind.INTERPRETER_ASKED})


def tell(
    session: Session,
    case_id: UUID,
    kind: EventKind,
    *,
    happened_at: datetime | None = None,
    date_only: bool = False,
    facts: Mapping[str, telling.Fact] | None = None,
    offer_again_on: date | None = None,
    words: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Record that something was done or happened, with sealed words. What is owed is planned anew.

    A death is confirmed by another person than the one who reported it. That it was not true opens
    a closed case again: the person is alive, and nobody follows them up. `offer_again_on`: the day
    on which a person who declined is offered again, else the routine's own. Raises `NotTellable`,
    `BadFact`, `HappensLater`, `NoDeathReported`, `DeathNotConfirmed`, `SecondPersonNeeded`,
    `OfferAgainTooSoon`, `OfferAgainTooLate`.
    """
    telling.check(kind, facts or {})
    if offer_again_on is not None and kind is not EventKind.DECLINED:
        raise telling.BadFact(fact=offering.MOMENT)
    patient_id = access.require_case(session, by, case_id)
    if kind in _OF_THE_PERSON or kind is EventKind.DEATH_REFUTED:
        patients.lock_patient(session, patient_id)
    row = lock(session, case_id)
    if kind in (EventKind.DEATH_CONFIRMED, EventKind.DEATH_REFUTED):
        closing.check_death(queries.events_of(session, case_id), kind, by.id)
    if kind in telling.OF_THE_BEREAVED:
        closing.check_confirmed(queries.events_of(session, case_id))
    if kind is EventKind.DECLINED:
        again = offer_again(session, case_id, on=offer_again_on, by=by, at=at, book=book)
        facts = {**(facts or {}), **again.facts}
    event = NewEvent(
        kind=kind,
        at=happened_at or at,
        date_only=date_only,
        facts=facts or {},
        note=dict(words) if words else None,
    )
    if kind is EventKind.DEATH_REFUTED and row.state == "closed":
        return refuted_after_closing(session, row, event, by=by, at=at, book=book)
    return write_down(session, row, [event], by=by, at=at, book=book)


def show_case(session: Session, case_id: UUID, *, by: Actor, at: datetime) -> Shown:
    """The case for one who may see it. A read that is written down."""
    access.require_case(session, by, case_id)
    case = queries.get_case(session, case_id, tenant_id=by.tenant_id)
    audit.record(
        session, "case.shown", by=by, at=at, subjects=[case.patient_id], facts={"case": case_id}
    )
    events = queries.events_of(session, case_id)
    return Shown(
        case=case,
        events=events,
        tasks=queries.tasks_of(session, case_id),
        request=closing.standing_request(events) if case.is_open else None,
    )


def locked_version(session: Session, case_id: UUID, *, by: Actor) -> int:
    """The version of the case, which nobody else changes before this transaction ends."""
    access.require_case(session, by, case_id)
    return lock(session, case_id).version
