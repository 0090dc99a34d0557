"""What people do with contacts: register one, and see to it that nothing ends with it silently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.correcting import WordsUnreadable
from bindeledd.features.cases.domain.entailing import FOLLOWS
from bindeledd.features.cases.service import owing
from bindeledd.features.cases.service.adding import Wanted
from bindeledd.features.cases.service.moving import Moved
from bindeledd.features.cases.service.offering import Again, offer_again, see_that_it_is_offered
from bindeledd.features.cases.service.outgoing import check_alive
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.contacts import domain, queries
from bindeledd.features.contacts.domain import Contact, NewContact
from bindeledd.features.contacts.tables import ContactRow, detail_place
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.queries import get_patient
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import seal, unseal_or_report


@dataclass(frozen=True, kw_only=True)
class Registered:
    """The contact, and the case with what is owed after it."""

    contact: Contact
    recorded: Recorded


def register_contact(
    session: Session,
    case_id: UUID,
    new: NewContact,
    *,
    happened_at: datetime | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Registered:
    """Write down that somebody was reached, or that it was tried, or that somebody called.

    An attempt that reaches nobody leaves what is owed as it was. Raises `ContactInFuture`,
    `ChannelContradicts`, `NextInPast`, `CallBackWhen`, `MessageNotSafe`, `OfferAgainTooSoon`, `OfferAgainTooLate`;
    `DeathStands` for an attempt since a death was reported; `NotFound` when `by` may not see the
    case.
    """
    patient_id = access.require_case(session, by, case_id)
    when = happened_at or at
    domain.check(new, when, at)
    if new.turns_to:
        check_alive(session, case_id, happened_at=when, by=by)
    ways = get_patient(session, patient_id, tenant_id=by.tenant_id).contact_ways or ()
    harmful = domain.check_message(new, ways)
    contact_id = new_id()
    again = Again()
    if new.declined:
        on, called = new.offer_again_on, new.next_attempt
        again = offer_again(session, case_id, on=on, named=called, by=by, at=at, book=book)
    told = _events(new, contact_id, when, again.facts)
    recorded = cases.record(session, case_id, told, by=by, at=at, book=book)
    contact = _write(session, case_id, patient_id, contact_id, new, recorded, when, by, at)
    _audit(session, contact, patient_id, by=by, at=at)
    if again.is_called and again.gave_way_to is not None:
        new = replace(new, next_attempt=None, offer_again_on=again.gave_way_to)
    recorded = _owe(session, recorded, new, contact_id, by=by, at=at, book=book)
    if not again.is_called or new.next_attempt is None:
        words = {"because": new.outcome.value, "words": new.words}
        recorded = see_that_it_is_offered(
            session, recorded, words=words, about=contact_id, by=by, at=at, book=book
        )
    if harmful:
        recorded = _look_at(session, recorded, new, contact_id, by=by, at=at, book=book)
    return Registered(contact=contact, recorded=recorded)


def _look_at(
    session: Session,
    recorded: Recorded,
    new: NewContact,
    contact_id: UUID,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """A message was left where it is not safe: whether it did harm is somebody's to look at."""
    kind = "clinician_decides"
    clock = owing.clock_of(session, recorded.case, kind, at=at, book=book)
    wanted = Wanted(
        kind=kind,
        due_at=clock.due_at,
        reason=clock.reason,
        words={"because": "message_left_unsafe", "words": new.although},
        about={"about": contact_id},
    )
    return owing.owe_all(session, recorded, [wanted], by=by, at=at, book=book)


def _events(
    new: NewContact, contact_id: UUID, when: datetime, again: Mapping[str, Any]
) -> list[NewEvent]:
    facts: dict[str, Any] = {"channel": new.way.value, "direction": new.direction.value}
    if new.outcome.is_receipt:
        facts["receipt"] = True
    if new.outcome.is_answered:
        facts["person_answered"] = "yes"
    note = {"outcome": new.outcome.value, "words": new.words}
    if new.although:
        note["although"] = new.although
    return [
        NewEvent(
            kind=kind,
            at=when,
            facts={**facts, **again} if kind is EventKind.DECLINED else facts,
            note=note,
            source_id=contact_id,
        )
        for kind in domain.events_of(new)
    ]


def _write(
    session: Session,
    case_id: UUID,
    patient_id: UUID,
    contact_id: UUID,
    new: NewContact,
    recorded: Recorded,
    when: datetime,
    by: Actor,
    at: datetime,
) -> Contact:
    said = _sealed(new)
    row = ContactRow(
        id=contact_id,
        tenant_id=by.tenant_id,
        case_id=case_id,
        event_id=recorded.events[0].id,
        at=when,
        made_at=at,
        made_by=by.id,
        direction=new.direction.value,
        channel=new.way.value,
        detail=seal(session, detail_place(by.tenant_id, contact_id, patient_id), said),
    )
    session.add(row)
    session.flush()
    return row.read(said)


def _sealed(new: NewContact) -> Mapping[str, Any]:
    said = {
        "outcome": new.outcome.value,
        "words": new.words,
        "whom": new.whom,
        "although": new.although,
        "detail": new.detail,
        "next_attempt": None if new.next_attempt is None else new.next_attempt.isoformat(),
        "offer_again_on": None if new.offer_again_on is None else new.offer_again_on.isoformat(),
    }
    return {name: value for name, value in said.items() if value}


def _owe(
    session: Session,
    recorded: Recorded,
    new: NewContact,
    contact_id: UUID,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """What this outcome leaves owed beside what was owed before: nothing ends silently."""
    words = {"because": new.outcome.value, "words": new.words}
    about = {"about": contact_id}
    left = domain.leaves_owed(new)
    if left is not None:
        kind, ends = left
        recorded = owing.see_that_it_is_owed(
            session,
            recorded,
            kind,
            words=words,
            satisfied_by=ends,
            about=about,
            by=by,
            at=at,
            book=book,
        )
    if domain.tries_again(new) and new.next_attempt is not None:
        recorded = owing.owe(
            session,
            recorded,
            "call_patient",
            due_at=new.next_attempt,
            words=words,
            satisfied_by=("reached",),
            about={**about, **_said_no(recorded)},
            by=by,
            at=at,
            book=book,
        )
    return recorded


def _said_no(recorded: Recorded) -> Mapping[str, UUID]:
    """The no that a day was agreed with: where that was an error, so was the day."""
    noes = [event.id for event in recorded.events if event.kind is EventKind.DECLINED]
    return {FOLLOWS: noes[0]} if noes else {}


def move_contacts(
    session: Session,
    moved: Moved,
    renamed: Mapping[UUID, UUID],
    *,
    wrong_patient_id: UUID,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """The contacts that moved events tell of, at the right person too, and what they leave owed.

    Those of the wrong person stand, with their events marked as errors. Raises `WordsUnreadable`.
    """
    case = moved.right.case
    for old in queries.of_events(session, list(moved.events)):
        said = unseal_or_report(
            session, detail_place(old.tenant_id, old.id, wrong_patient_id), old.detail
        )
        if said is None:
            raise WordsUnreadable(case=old.case_id)
        contact_id = renamed[old.id]
        session.add(
            ContactRow(
                id=contact_id,
                tenant_id=old.tenant_id,
                case_id=case.id,
                event_id=moved.events[old.event_id],
                at=old.at,
                made_at=at,
                made_by=by.id,
                direction=old.direction,
                channel=old.channel,
                detail=seal(
                    session, detail_place(old.tenant_id, contact_id, case.patient_id), said
                ),
            )
        )
        session.flush()
        new = domain.as_said(old.direction, old.channel, said, at)
        _owe(session, moved.right, new, contact_id, by=by, at=at, book=book)


def _audit(
    session: Session, contact: Contact, patient_id: UUID, *, by: Actor, at: datetime
) -> None:
    audit.record(
        session,
        "contact.registered",
        by=by,
        at=at,
        subjects=[patient_id],
        facts={"case": contact.case_id, "contact": contact.id, "channel": contact.channel.value},
    )


def show_contacts(session: Session, case_id: UUID, *, by: Actor, at: datetime) -> Sequence[Contact]:
    """The contacts of a case, opened, for one who may see it. A read that is written down."""
    patient_id = access.require_case(session, by, case_id)
    audit.record(
        session, "contacts.shown", by=by, at=at, subjects=[patient_id], facts={"case": case_id}
    )
    return queries.contacts_of(session, case_id, patient_id=patient_id)
