"""What people say has happened (assessed, offered, asked, died), and a case shown to one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    correcting,
    covering,
    may_tell,
    offering,
    telling,
)
from bindeledd.features.cases.domain.deaths import CONFIRM
from bindeledd.features.cases.queries.signers import signers
from bindeledd.features.cases.service import persons
from bindeledd.features.cases.service.correcting import refuted_after_closing
from bindeledd.features.cases.service.covering import see_that_it_is_covered
from bindeledd.features.cases.service.offering import (
    offer_again,
    offer_bereaved_again,
    offer_plan_again,
    see_that_it_is_offered,
)
from bindeledd.features.cases.service.writing import Recorded, lock, write_down
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A case as it is shown: what happened, without words, and everything that was ever owed."""

    case: Case
    events: tuple[Event, ...]
    tasks: tuple[Task, ...]
    request: closing.Request | None = None
    signers: closing.Signers | None = None

    @property
    def nobody_signs(self) -> bool:
        """Whether an ending was asked for that nobody may sign."""
        return self.signers is not None and not self.signers.names

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
# What may be declined for now, with a day on which it is offered again.
_OFFERED = telling.OF_THE_BEREAVED | {EventKind.DECLINED, EventKind.PLAN_OFFERED}


def tell(
    session: Session,
    case_id: UUID,
    kind: EventKind,
    *,
    happened_at: datetime | None = None,
    date_only: bool = False,
    facts: Mapping[str, telling.Fact] | None = None,
    offer_again_on: date | None = None,
    unit_id: UUID | None = None,
    covers: covering.Cover | None = None,
    words: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Record that something was done or happened, with sealed words. What is owed is planned anew.

    Where nobody can answer while nobody is on duty, that somebody does is owed. A death is
    confirmed by another person than the one who reported it. That it was not true opens a closed
    case again: the person is alive, and nobody follows them up. `offer_again_on`: the day on which
    a person who declined is offered again, else the routine's own; so of those who are left behind,
    and of a plan with which the person wants to wait (`plan_later`, or a day alone says so). A plan
    to which the person said no (`plan_declined`) is offered again without one.
    A number that was tried is one of the person's own, and knows it. `unit_id`: where a stay was,
    else where the one before it was. `covers`: who answers while nobody is on duty, and when; what
    that leaves open of the time without staff is owed still.

    Raises `NotTellable`, `BadFact`, `FactNotAsked`, `AnswerNotListed`, `AnswerNeeded`, `AnswerInWords`,
    `UnitNotFound`, `ReasonNeeded`, `NumberNeeded`, `NoSuchNumber`, `HappensLater`, `NoDeathReported`, `DeathRefuted`,
    `DeathConfirmed`, `DeathNotConfirmed`, `SecondPersonNeeded`, `OfferAgainTooSoon`, `OfferAgainTooLate`,
    `NobodyCovers`, `CoverEndsFirst`.
    """
    said = _Said(
        kind=kind,
        at=happened_at or at,
        date_only=date_only,
        facts=facts or {},
        offer_again_on=offer_again_on,
        unit_id=unit_id,
        covers=covers,
        words=words or {},
    )
    how: dict[str, Any] = {"by": by, "at": at, "book": book}
    _check(said, book)
    number = telling.number_tried(said.words) if kind is EventKind.NUMBER_VERIFIED else None
    row = _locked(session, case_id, kind, by=by)
    telling.check_worded(kind, said.note, said.plain)
    may_tell.check_in_words(said.facts, said.words, book.fields)
    before = persons.known_before(session, row.patient_id, kind, by=by)
    said = replace(said, words={**said.words, **before})
    event = _event(session, case_id, said, how)
    if kind is EventKind.DEATH_REFUTED and row.state == "closed":
        return refuted_after_closing(session, row, event, **how)
    done = write_down(session, row, [event], **how)
    if number is not None:
        persons.note_number(session, done, number, by=by, at=at)
    if kind is EventKind.INTERPRETER_ASKED:
        persons.note_interpreter(session, done, by=by, at=at)
    done = see_that_it_is_covered(session, done, words=said.words, **how)
    because = {"because": kind.value, **said.words}
    return see_that_it_is_offered(session, done, words=because, **how)


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What a person tells, as it was said."""

    kind: EventKind
    at: datetime
    date_only: bool
    facts: Mapping[str, telling.Fact]
    offer_again_on: date | None
    unit_id: UUID | None
    covers: covering.Cover | None
    words: Mapping[str, Any]

    @property
    def plain(self) -> dict[str, telling.Fact]:
        """What stands in the open, as far as it was said: with the day and the times."""
        day = self.offer_again_on
        again = {} if day is None else {offering.MOMENT: day.isoformat()}
        return {**self.facts, **again, **({} if self.covers is None else self.covers.facts)}

    @property
    def note(self) -> dict[str, Any]:
        """What is sealed: the words, and who answers while nobody is on duty."""
        who = {} if self.covers is None else {covering.WHO: self.covers.who.strip()}
        return {**self.words, **who}


def _event(session: Session, case_id: UUID, said: _Said, how: Mapping[str, Any]) -> NewEvent:
    """What is written down: what was said, the unit, and what follows from it."""
    covers = {} if said.covers is None else said.covers.facts
    told = {**said.facts, **_unit_of_ours(session, said.unit_id, how["by"]), **covers}
    beside = _known_beside(session, case_id, said, how)
    return NewEvent(
        kind=said.kind,
        at=said.at,
        date_only=said.date_only,
        facts={**told, **beside},
        note=said.note or None,
    )


def _locked(session: Session, case_id: UUID, kind: EventKind, *, by: Actor) -> CaseRow:
    """The case of one who may see it, locked; the person before it, where they are concerned."""
    patient_id = access.require_case(session, by, case_id)
    if kind in _OF_THE_PERSON or kind is EventKind.DEATH_REFUTED:
        patients.lock_patient(session, patient_id)
    return lock(session, case_id)


def _unit_of_ours(session: Session, unit_id: UUID | None, by: Actor) -> dict[str, telling.Fact]:
    if unit_id is None:
        return {}
    staff.require_unit(session, by.tenant_id, unit_id)
    return {"unit_id": str(unit_id)}


def _check(said: _Said, book: Book) -> None:
    """Whether a person may tell this, with these facts, whatever stands in the case."""
    telling.check(said.kind, said.facts, book.fields)
    telling.check_unit(said.kind, said.unit_id)
    covering.check(said.kind, said.facts, said.covers)
    if said.offer_again_on is not None and said.kind not in _OFFERED:
        raise telling.BadFact(fact=offering.MOMENT)
    if said.kind is EventKind.PLAN_OFFERED:
        offering.check_plan(said.facts, said.offer_again_on)


def _known_beside(
    session: Session, case_id: UUID, said: _Said, how: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The facts that follow from what is told, once it is seen that it may be told of this case."""
    kind, when = said.kind, {"on": said.offer_again_on, **how}
    if kind in (EventKind.DEATH_CONFIRMED, EventKind.DEATH_REFUTED):
        _check_death(session, case_id, kind, by=how["by"])
    if kind is EventKind.DEATH_REFUTED:
        return _in_the_epj(session, case_id, how["at"])
    if kind in telling.OF_THE_BEREAVED:
        closing.check_confirmed(queries.events_of(session, case_id))
        answer = said.facts.get("bereaved")
        return offer_bereaved_again(session, case_id, kind, answer=answer, **when).facts
    if kind is EventKind.PLAN_OFFERED and (when["on"] or offering.is_unmade(said.facts)):
        declined = offering.declines(said.facts)
        return offer_plan_again(session, case_id, declined=declined, **when).facts
    if kind is EventKind.DECLINED:
        return offer_again(session, case_id, **when).facts
    return {}


def answer_death(
    session: Session, case_id: UUID, kind: EventKind, *, seen: str | None, by: Actor, **told: Any
) -> Recorded:
    """What `tell` records about a death, by one who saw that this stood (None: not said).

    Raises what `tell` does; `DeathConfirmed` where somebody has confirmed it since.
    """
    _locked(session, case_id, kind, by=by)
    if kind is not EventKind.DEATH_REPORTED:
        _check_death(session, case_id, kind, by=by, seen=seen)
    return tell(session, case_id, kind, by=by, **told)


def _check_death(
    session: Session, case_id: UUID, kind: EventKind, *, by: Actor, seen: str | None = None
) -> None:
    """Whether it may be confirmed or refuted by this person; the case is locked."""
    open_tasks = (task for task in queries.tasks_of(session, case_id) if task.is_open)
    asked = any(task.kind == CONFIRM for task in open_tasks)
    events = queries.events_of(session, case_id)
    closing.check_death(events, kind, by.id, asked=asked, seen=seen)


def _in_the_epj(session: Session, case_id: UUID, at: datetime) -> dict[str, list[str]]:
    """The notes of a death that stand in the EPJ: once it is refuted they are corrected there."""
    history = queries.events_of(session, case_id)
    wrong = {event.id for event in history if event.in_error}
    ids = correcting.of_no_death(history, refuted_at=at) - wrong
    found = queries.in_the_epj(session, ids)
    return {"in_epj": [str(one) for one in found]} if found else {}


def show_case(session: Session, case_id: UUID, *, by: Actor, at: datetime) -> Shown:
    """The case for one who may see it. A read that is written down."""
    access.require_case(session, by, case_id)
    case = queries.get_case(session, case_id, tenant_id=by.tenant_id)
    audit.record(
        session, "case.shown", by=by, at=at, subjects=[case.patient_id], facts={"case": case_id}
    )
    events = queries.events_of(session, case_id)
    request = closing.standing_request(events) if case.is_open else None
    return Shown(
        case=case,
        events=events,
        tasks=queries.tasks_of(session, case_id),
        request=request,
        signers=None if request is None else signers(session, case, request, at),
    )


def locked_version(session: Session, case_id: UUID, *, by: Actor) -> int:
    """The version of the case, which nobody else changes before this transaction ends."""
    access.require_case(session, by, case_id)
    return lock(session, case_id).version


def expected(session: Session, case_id: UUID, *, by: Actor) -> int:
    """The same before any act on the case: the person is locked first, as acts on the person do."""
    patients.lock_patient(session, access.require_case(session, by, case_id))
    return lock(session, case_id).version
