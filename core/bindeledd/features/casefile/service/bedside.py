"""Writing what was asked at the bedside, in one transaction; and that somebody left unassessed."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.casefile.domain import NotRevealed, bedside
from bindeledd.features.casefile.domain.bedside import Bedside, Consent, PlanAnswer
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, may_tell
from bindeledd.features.cases.service import owing, persons
from bindeledd.features.cases.service.offering import offer_plan_again
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patient_queries
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import Patient, PatientUnreadable
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import Answer
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.spelling import OSLO


def write_bedside(
    session: Session,
    case_id: UUID,
    said: Bedside,
    *,
    happened_at: datetime | None = None,
    date_only: bool = False,
    version: int | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """Write every answer as its event, and where it stands on the person: all of them, or none.

    `version`: of the patient, where `ways` were read. A no to contact leaves the case to be
    looked through; a *not now* comes back on its day, and so does a plan that waits, and asking
    about relatives. Raises `NothingSaid`, `AnswerInWords`, `AskAgainWhen`, `PlanAgainWithoutLater`,
    `AskAgainAhead`, `OfferAgainTooSoon`, `OfferAgainTooLate`, `BornAhead`, `NotRevealed`,
    `PatientChanged`, `PatientUnreadable`, `NoSuchNumber`, `HappensLater`.
    """
    bedside.check(said, at)
    patient_id = access.require_case(session, by, case_id)
    patient_queries.lock_patient(session, patient_id)
    was = patient_queries.get_patient(session, patient_id, tenant_id=by.tenant_id)
    _write_ways(session, was, said, version, by=by, at=at)
    said = _with_the_day(session, case_id, said, by=by, at=at, book=book)
    new = bedside.events(said, was.identity, happened_at=happened_at or at, date_only=date_only)
    for one in new:
        may_tell.check_in_words(one.facts, one.note or {}, book.fields)
    if new:
        done = cases.record(session, case_id, new, by=by, at=at, book=book)
        _note_numbers(session, patient_id, said, done, by=by, at=at)
        _see_to_a_no(session, done, said, by=by, at=at, book=book)
    _write_identity(session, was, said, by=by, at=at, book=book)
    _ask_about_others(session, case_id, patient_id, said, happened_at, by=by, at=at, book=book)
    facts = {"case": case_id, "events": [event.kind.value for event in new]}
    audit.record(session, "casefile.bedside", by=by, at=at, subjects=[patient_id], facts=facts)


def _with_the_day(
    session: Session, case_id: UUID, said: Bedside, *, by: Actor, at: datetime, book: Book
) -> Bedside:
    """The answers, where the person has not made the plan with the day of the new offer."""
    if said.plan is None or not said.plan.is_offered_again:
        return said
    on, no = said.plan_again_on, said.plan is PlanAnswer.DECLINED
    again = offer_plan_again(session, case_id, on=on, declined=no, by=by, at=at, book=book)
    asked = said.facts.get(EventKind.PLAN_OFFERED, {})
    return replace(said, facts={**said.facts, EventKind.PLAN_OFFERED: {**asked, **again.facts}})


def _write_ways(
    session: Session, was: Patient, said: Bedside, version: int | None, *, by: Actor, at: datetime
) -> None:
    """The ways as they are now. With a protected address they are the responsible team's."""
    if said.ways is None and not said.tried:
        return
    responsible = patient_queries.is_responsible(session, was.id, by=by)
    if was.address_protected and not responsible:
        raise NotRevealed(patient=was.id)
    if said.ways is not None:
        patients.change_contact_ways(session, was.id, said.ways, by=by, at=at, version=version)


def _note_numbers(
    session: Session, patient_id: UUID, said: Bedside, done: Recorded, *, by: Actor, at: datetime
) -> None:
    """Each number knows when it was tried, how, by whom, and which event says so."""
    told = [event for event in done.events if event.kind is EventKind.NUMBER_VERIFIED]
    for one, event in zip(said.tried, told, strict=True):
        patients.verify_number(
            session,
            patient_id,
            one.value,
            how=one.how,
            on=event.at.astimezone(OSLO).date(),
            event_id=event.id,
            by=by,
            at=at,
        )


def _see_to_a_no(
    session: Session, done: Recorded, said: Bedside, *, by: Actor, at: datetime, book: Book
) -> None:
    """A no to contact ends nothing: somebody looks at how the person is followed up then."""
    if said.consent is Consent.NO:
        words = {"because": "contact_refused", "words": said.consent_words}
        asked = next(e for e in done.events if e.kind is EventKind.CONTACT_CONSENT_ASKED)
        owing.see_that_it_is_owed(
            session,
            done,
            "review_case",
            words=words,
            about={"quotes": asked.id},
            by=by,
            at=at,
            book=book,
        )


def _write_identity(
    session: Session, was: Patient, said: Bedside, *, by: Actor, at: datetime, book: Book
) -> None:
    if said.interpreter is None and said.language is None and said.born_on is None:
        return
    if was.identity is None:
        raise PatientUnreadable(patient=was.id, bundle="identity")
    now = was.identity
    if said.interpreter is not None:
        now = replace(now, interpreter=said.interpreter)
    if said.language is not None:
        now = replace(now, language=said.language or None)
    if said.born_on is not None:
        now = replace(now, born_on=said.born_on, born_how=said.born_how)
    if now != was.identity:
        persons.change_identity(session, was.id, now, by=by, at=at, book=book)


def _ask_about_others(
    session: Session,
    case_id: UUID,
    patient_id: UUID,
    said: Bedside,
    happened_at: datetime | None,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    if said.relatives is not None:
        relatives.ask_about_relatives(
            session,
            case_id,
            answer=said.relatives,
            words=said.relatives_words,
            asked_at=happened_at,
            ask_again_on=said.relatives_again_on,
            by=by,
            at=at,
            book=book,
        )
    if said.relative.is_named:
        unsafe = said.relative.unsafe_to_contact or said.relatives is Answer.UNSAFE
        named = {**vars(said.relative), "unsafe_to_contact": unsafe}
        relatives.add_relative(session, patient_id, **named, by=by, at=at)
    if said.children is not None:
        relatives.ask_about_children(
            session,
            case_id,
            family=said.children,
            asked_at=happened_at,
            by=by,
            at=at,
            book=book,
        )


def leave_before_assessment(
    session: Session,
    case_id: UUID,
    *,
    happened_at: datetime | None = None,
    date_only: bool = False,
    words: str = "",
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """The person left before anybody had assessed them: registered and followed, never dropped.

    What a discharge asks for is owed too, unless this stay has ended already.
    """
    access.require_case(session, by, case_id)
    case_queries.lock_cases(session, [case_id])  # a discharge that comes meanwhile is seen
    history = case_queries.events_of(session, case_id)
    new = bedside.left(history, happened_at=happened_at or at, date_only=date_only, words=words)
    return cases.record(session, case_id, new, by=by, at=at, book=book)
