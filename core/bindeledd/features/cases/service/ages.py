"""Who a person is, changed; and what their follow-up knows of their age with it."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind, NewEvent, planning
from bindeledd.features.cases.domain.ages import MINOR, age_facts
from bindeledd.features.cases.service.writing import Recorded, lock, write_down
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as people
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import BornHow, Identity, Patient
from bindeledd.features.staff.domain import Actor


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
    """Write who the person is; where their age is another than the follow-up knew, it plans anew.

    Raises what `patients.service.change_identity` raises.
    """
    changed = patients.change_identity(session, patient_id, identity, by=by, at=at, version=version)
    settle_age(session, patient_id, who=changed.identity, by=by, at=at, book=book)
    return changed


def note_birth_date(
    session: Session,
    patient_id: UUID,
    born_on: date,
    *,
    how: BornHow,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """A birth date that a message or somebody who registers stated, where none is known yet.

    What is known is only replaced by a person who changes it. Nothing is written where the
    identity cannot be read.
    """
    who = people.lock_identity(session, patient_id)
    if who is None or who.born_on is not None or born_on > at.date():
        return
    known = replace(who, born_on=born_on, born_how=how)
    change_identity(session, patient_id, known, by=by, at=at, book=book)


def settle_age(
    session: Session,
    patient_id: UUID,
    *,
    who: Identity | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded | None:
    """The open follow-up knows whether the person is of age, as the birth date says; None if it did.

    `who`: the identity, where it is open already. One that cannot be read changes nothing.
    """
    case = queries.find_open_case(session, tenant_id=by.tenant_id, patient_id=patient_id)
    if case is None:
        return None
    if who is None:
        who = people.get_patient(session, patient_id, tenant_id=by.tenant_id).identity
    if who is None:
        return None
    row = lock(session, case.id)
    known = planning.facts_of(queries.events_of(session, case.id)).get(MINOR)
    facts = age_facts(who, book.kin, at)
    if facts.get(MINOR) == known:
        return None
    event = NewEvent(
        kind=EventKind.AGE_NOTED,
        at=at,
        facts=facts,
        source="person" if by.id is not None else "core",
    )
    return write_down(session, row, [event], by=by, at=at, book=book)
