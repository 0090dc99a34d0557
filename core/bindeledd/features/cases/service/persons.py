"""Who a person is, changed; and what their follow-up knows with it: of age, interpreter needed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind, NewEvent, planning
from bindeledd.features.cases.domain.ages import MINOR, age_facts
from bindeledd.features.cases.domain.telling import NumberNeeded
from bindeledd.features.cases.service.writing import Recorded, lock, write_down
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.facts import fact_word
from bindeledd.features.patients import queries as people
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import BornHow, Identity, Patient, VerifiedHow
from bindeledd.features.patients.domain.identifiers import Identifier
from bindeledd.features.patients.service.showing import require_patient
from bindeledd.features.staff.domain import Actor

_YES_NO = {"yes": True, "no": False}


def change_identity(
    session: Session,
    patient_id: UUID,
    identity: Identity,
    *,
    by: Actor,
    at: datetime,
    book: Book,
    version: int | None = None,
) -> Patient:
    """Write who the person is; where the follow-up knew it otherwise, what is owed is planned anew.

    Raises what `patients.service.change_identity` raises.
    """
    require_patient(session, patient_id, by=by)
    was = people.lock_identity(session, patient_id)
    changed = patients.change_identity(session, patient_id, identity, by=by, at=at, version=version)
    if changed.identity is not None:
        _settle(session, patient_id, was, changed.identity, by=by, at=at, book=book)
    return changed


def note_number(
    session: Session, done: Recorded, tried: tuple[str, str], *, by: Actor, at: datetime
) -> None:
    """The number knows when it was tried, how, by whom, and which event says so.

    Raises `NumberNeeded` where that is no way of trying one, `NoSuchNumber` where it is not theirs.
    """
    number, how = tried
    if how not in list(VerifiedHow):
        raise NumberNeeded()
    patients.verify_number(
        session,
        done.case.patient_id,
        number,
        how=VerifiedHow(how),
        event_id=done.events[0].id,
        by=by,
        at=at,
    )


def known_before(
    session: Session, patient_id: UUID, kind: EventKind, *, by: Actor
) -> dict[str, bool | None]:
    """What was known of an interpreter: it stands again if the answer was a mistake."""
    if kind is not EventKind.INTERPRETER_ASKED:
        return {}
    who = people.get_patient(session, patient_id, tenant_id=by.tenant_id).identity
    return {} if who is None else {"interpreter_was": who.interpreter}


def note_interpreter(session: Session, done: Recorded, *, by: Actor, at: datetime) -> None:
    """What was answered stands on the person too, where it can be read; no answer changes nothing."""
    asked = next((e for e in done.events if e.kind is EventKind.INTERPRETER_ASKED), None)
    answer = None if asked is None else _YES_NO.get(fact_word(asked.facts.get("interpreter")))
    who = people.get_patient(session, done.case.patient_id, tenant_id=by.tenant_id).identity
    if answer is not None and who is not None and who.interpreter is not answer:
        said = replace(who, interpreter=answer)
        patients.change_identity(session, done.case.patient_id, said, by=by, at=at)


def note_birth_date(
    session: Session,
    patient_id: UUID,
    born_on: date,
    *,
    how: BornHow,
    number: Identifier,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """A birth date that a message or somebody who registers stated, where none is known yet.

    It is that of whoever has this `number`: where a person said whom else a message is about, its
    date goes nowhere. What is known is only replaced by a person who changes it. Nothing is written where the
    identity cannot be read.
    """
    who = people.lock_identity(session, patient_id)
    if who is None or who.born_on is not None or born_on > at.date():
        return
    if number.key not in {held.identifier.key for held in who.identifiers}:
        return
    known = replace(who, born_on=born_on, born_how=how)
    change_identity(session, patient_id, known, by=by, at=at, book=book)


def settle_age(
    session: Session, patient_id: UUID, *, by: Actor, at: datetime, book: Book
) -> Recorded | None:
    """The open follow-up knows whether the person is of age, as the birth date says; None if it did.

    An identity that cannot be read changes nothing.
    """
    who = people.get_patient(session, patient_id, tenant_id=by.tenant_id).identity
    if who is None:
        return None
    return _settle(session, patient_id, who, who, by=by, at=at, book=book)


def _settle(
    session: Session,
    patient_id: UUID,
    was: Identity | None,
    who: Identity,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded | None:
    case = queries.find_open_case(session, tenant_id=by.tenant_id, patient_id=patient_id)
    if case is None:
        return None
    row = lock(session, case.id)
    known = planning.facts_of(queries.events_of(session, case.id))
    source = "person" if by.id is not None else "core"
    said = [*_of_age(who, known, at, book), *_interpreter(was, who, known)]
    new = [
        NewEvent(kind=kind, at=at, facts=facts, note=note, source=source)
        for kind, facts, note in said
    ]
    return write_down(session, row, new, by=by, at=at, book=book) if new else None


_Line = tuple[EventKind, dict[str, str], dict[str, Any] | None]


def _of_age(who: Identity, known: Mapping[str, Any], at: datetime, book: Book) -> Iterator[_Line]:
    facts = age_facts(who, book.kin, at)
    if facts.get(MINOR) != known.get(MINOR):
        yield EventKind.AGE_NOTED, facts, None


def _interpreter(was: Identity | None, who: Identity, known: Mapping[str, Any]) -> Iterator[_Line]:
    """An answer that was changed with the person is an answer: what was known before stands beside."""
    if who.interpreter is None or (was is not None and was.interpreter is who.interpreter):
        return
    answer = "yes" if who.interpreter else "no"
    if known.get("interpreter") != answer:
        before = None if was is None else {"interpreter_was": was.interpreter}
        yield EventKind.INTERPRETER_ASKED, {"interpreter": answer}, before
