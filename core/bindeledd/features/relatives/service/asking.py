"""Asking the person about relatives, children and siblings; the last answer that stands is known."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Event, EventKind, NewEvent, child_contact, telling
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives import domain
from bindeledd.features.relatives.domain import Answer, Family, again
from bindeledd.features.relatives.domain.bundles import family_bundle
from bindeledd.features.relatives.tables import FamilyRow, family_place
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing import keyring


def ask_about_relatives(
    session: Session,
    case_id: UUID,
    *,
    answer: Answer,
    words: str = "",
    asked_at: datetime | None = None,
    ask_again_on: date | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """The person was asked about relatives at `asked_at` (now). The answer is sealed.

    *Later* is asked again on `ask_again_on`, else after the product's own week. Raises
    `AskAgainAhead`.
    """
    again.check_again(answer, ask_again_on, at)
    event = NewEvent(
        kind=EventKind.RELATIVES_ASKED,
        at=asked_at or at,
        facts=again.asked_again(answer, ask_again_on),
        note={"answer": answer.value, "words": words},
    )
    return cases.record(session, case_id, [event], by=by, at=at, book=book)


def ask_about_children(
    session: Session,
    case_id: UUID,
    *,
    family: Family,
    asked_at: datetime | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """The person was asked about children and siblings. The last answer is kept, sealed.

    What was answered before stays in the history of the case. Where whoever answers for children
    here has not been told of them, telling them is owed.
    """
    domain.check_family(family, at.date())
    event = NewEvent(
        kind=EventKind.CHILDREN_ASKED,
        at=asked_at or at,
        facts={"family": True, **_plain(family, at, book)},
        note=family_bundle(family),
    )
    recorded = cases.record(session, case_id, [event], by=by, at=at, book=book)
    case, said = recorded.case, recorded.events[0]
    _write_family(session, case.tenant_id, case.patient_id, said, family_bundle(family))
    return recorded


def _plain(family: Family, at: datetime, book: Book) -> dict[str, Any]:
    """Whether there are minor children or siblings, and whether whoever answers for them here was
    told: what routines ask of the answer, and no more."""
    under = None if book.kin is None else book.kin.responsibility.years
    known = None if under is None else domain.has_minors(family, at.date(), under=under)
    told = domain.child_contact(family, minors=known)
    return {
        **({} if known is None else {"minors": known}),
        **({} if told is None else {child_contact.FACT: told}),
    }


def take_back_children(
    session: Session,
    case_id: UUID,
    event_ids: Collection[UUID],
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """These answers about children were entered in error: the one before them stands, if any does.

    `words` say why (sealed). Raises `ReasonNeeded`, `NotFound`, and `CannotMark` for anything else.
    """
    access.require_case(session, by, case_id)
    found = [e for e in case_queries.events_of(session, case_id) if e.id in set(event_ids)]
    if len(found) != len(set(event_ids)) or not all(_is_answer(event) for event in found):
        raise telling.CannotMark(case=case_id, events=list(event_ids))
    ids = [event.id for event in found]
    recorded = cases.take_back(session, case_id, ids, words=words, by=by, at=at, book=book)
    settle_family(session, recorded.case.patient_id, by=by, at=at)
    return recorded


def _is_answer(event: Event) -> bool:
    return event.kind is EventKind.CHILDREN_ASKED and bool(event.facts.get("family"))


def settle_family(session: Session, patient_id: UUID, *, by: Actor, at: datetime) -> None:
    """What is known of the family is what the latest answer that stands says: none, nobody asked.

    For whoever marks or moves answers. An answer that cannot be read is kept as unreadable.
    """
    mine = case_queries.cases_of(session, tenant_id=by.tenant_id, patient_id=patient_id)
    answers = [
        (event, case)
        for case in mine
        for event in case_queries.events_of(session, case.id)
        if _is_answer(event) and not event.in_error
    ]
    if answers:
        event, case = max(answers, key=lambda one: (one[0].recorded_at, one[0].at))
        said = case_queries.words_of(session, {event.id: case}).get(event.id)
        _write_family(session, by.tenant_id, patient_id, event, said)
    else:
        row = session.get(FamilyRow, patient_id, with_for_update=True)
        if row is not None:
            row.family = row.asked_at = row.asked_by = None
            session.flush()
    audit.record(session, "relatives.family_settled", by=by, at=at, subjects=[patient_id])


def _write_family(
    session: Session,
    tenant_id: UUID,
    patient_id: UUID,
    event: Event,
    said: Mapping[str, Any] | None,
) -> None:
    """What the event says is what is known; `None`: it cannot be read."""
    row = session.get(FamilyRow, patient_id, with_for_update=True)
    if row is None:
        row = FamilyRow(patient_id=patient_id, tenant_id=tenant_id)
        session.add(row)
    place = family_place(tenant_id, patient_id)
    row.family = None if said is None else keyring.seal(session, place, said)
    row.asked_at, row.asked_by = event.at, event.recorded_by
    session.flush()
