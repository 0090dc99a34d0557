"""What was recorded by mistake is marked as such; what it made somebody owe is planned anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    Case,
    CaseClosed,
    Event,
    EventKind,
    NewEvent,
    breaching,
    closing,
    entailing,
    reopening,
    telling,
    whereabouts,
)
from bindeledd.features.cases.domain.ages import MINOR
from bindeledd.features.cases.domain.whereabouts import Right
from bindeledd.features.cases.service import persons
from bindeledd.features.cases.service.reopening import locked, write_correction
from bindeledd.features.cases.service.writing import Recorded, lock, write_down
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as people
from bindeledd.features.patients import service as patients
from bindeledd.features.staff.domain import Actor


def mark_in_error(
    session: Session,
    case_id: UUID,
    event_ids: Sequence[UUID],
    *,
    words: Mapping[str, Any] | None = None,
    right: Right = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Mark events as entered in error; what they made somebody owe is planned anew.

    What tells of the same contact is marked with it. `right`: where the person is, where a wrong
    discharge leaves that open; else it is not known, and a discharge is assumed (`whereabouts.py`), unless
    it is `TOLD_BESIDE`. A closed case opens again, and its lead has to look; that it was closed may
    be such a mistake.
    A person says why (sealed). Raises `CannotMark` for events of other cases and for those with
    a door of their own: closings, handovers, appointments, what is said of a document or of the
    family (its row would tell another story), and a death, which is refuted.
    """
    patient_id = access.require_case(session, by, case_id)
    people.lock_patient(session, patient_id)
    is_open = lock(session, case_id).state != "closed"
    history = queries.events_of(session, case_id)
    found = [event for event in history if event.id in set(event_ids)]
    fixed = not all(reopening.markable(event, history, is_open=is_open) for event in found)
    if len(found) != len(set(event_ids)) or fixed:
        raise telling.CannotMark(case=case_id, events=list(event_ids))
    closing_was_wrong = any(event.kind is EventKind.CLOSED for event in found)
    if closing_was_wrong and queries.find_open_case(
        session, tenant_id=by.tenant_id, patient_id=patient_id
    ):
        raise telling.CannotMark(case=case_id, events=list(event_ids))
    together = [event.id for event in reopening.said_together(history, set(event_ids))]
    wrong = [*event_ids, *together]
    return take_back(session, case_id, wrong, words=words, right=right, by=by, at=at, book=book)


def take_back(
    session: Session,
    case_id: UUID,
    event_ids: Sequence[UUID],
    *,
    words: Mapping[str, Any] | None,
    moved_to: UUID | None = None,
    about: Mapping[str, Any] | None = None,
    right: Right = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """What `mark_in_error` does, for a feature that puts right its own rows at the same time.

    `moved_to`: the follow-up of the right person, where they are recorded instead. `about`: plain
    facts of what is put right where no event told of it. A number that one of them said was tried
    is verified as it was before, an interpreter needed as was known. A closed case opens again.
    `right`: as `mark_in_error` takes it. Raises `DischargeNotAsked`, `LeftWhenNeeded`.
    """
    patient_id = access.require_case(session, by, case_id)
    if by.id is not None:
        telling.check_words(words or {})
    row = locked(session, case_id, patient_id, by=by)
    if not event_ids and about is None:
        return write_down(session, row, (), by=by, at=at, book=book, nothing_new=True)
    history = queries.events_of(session, case_id)
    event_ids = _with_what_falls(history, event_ids)
    beside, place = _in_place(history, event_ids, right, by=by)
    about = {**(about or {}), **beside} or None
    marked = mark(session, case_id, event_ids, moved_to=moved_to, about=about, by=by, at=at)
    said = _said(session, row, marked, words, by=by, at=at)
    new = [said, *place]
    done = write_correction(session, row, new, wrong=event_ids, by=by, at=at, book=book)
    wrong = [e for e in history if e.id in event_ids and not e.in_error]
    _put_back(session, done.case, history, wrong, by=by, at=at)
    if any(MINOR in event.facts for event in wrong):
        persons.settle_age(session, row.patient_id, by=by, at=at, book=book)
    return done


def _with_what_falls(history: Sequence[Event], event_ids: Sequence[UUID]) -> list[UUID]:
    """These, and what the core itself said because of them."""
    wrong = [*event_ids, *breaching.fallen_with(history, event_ids)]
    return [*wrong, *entailing.fallen_with(history, wrong)]


def _said(
    session: Session,
    row: CaseRow,
    marked: Mapping[str, Any],
    words: Mapping[str, Any] | None,
    *,
    by: Actor,
    at: datetime,
) -> NewEvent:
    """The event that says what was `marked` as an error. Written in the access log too."""
    facts = {"case": row.id, "events": marked["events"]}
    subjects = [row.patient_id]
    audit.record(session, "case.marked_in_error", by=by, at=at, subjects=subjects, facts=facts)
    return NewEvent(
        kind=EventKind.MARKED_IN_ERROR,
        at=at,
        facts=marked,
        note=words or None,
        source="person" if by.id is not None else "core",
    )


def _in_place(
    history: Sequence[Event], wrong: Sequence[UUID], right: Right, *, by: Actor
) -> tuple[dict[str, Any], list[NewEvent]]:
    """What stands beside the mark, and in the place of a discharge that leaves it open where the
    person is. Of a follow-up that was registered in error nothing is assumed."""
    if right is whereabouts.TOLD_BESIDE:
        return {}, []
    if right is not None:
        whereabouts.check(right)
    left = whereabouts.left_open(history, wrong)
    if left is None:
        if right is not None:
            raise whereabouts.DischargeNotAsked()
        return {}, []
    if not reopening.opens(history, wrong):
        return {}, []
    said, known = right or whereabouts.UNKNOWN, "person" if by.id is not None else "message"
    place = whereabouts.instead(left, history, wrong, said, known=known)
    asked = {whereabouts.WHERE: said.where.value, whereabouts.ASKED_OF: str(left.id)}
    return {**asked, "how_known": known}, place


def mark(
    session: Session,
    case_id: UUID,
    event_ids: Sequence[UUID],
    *,
    moved_to: UUID | None = None,
    about: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    """Mark these events; gives the facts of the event that says so."""
    session.execute(
        sa.update(EventRow)
        .where(
            EventRow.case_id == case_id,
            EventRow.id.in_(event_ids),
            EventRow.in_error_at.is_(None),
        )
        .values(in_error_at=at, in_error_by=by.id)
    )
    in_epj = queries.in_the_epj(session, event_ids)
    return {
        **(about or {}),
        "events": [str(event_id) for event_id in event_ids],
        **({"moved_to": str(moved_to)} if moved_to else {}),
        **({"in_epj": [str(one) for one in in_epj]} if in_epj else {}),
    }


def refuted_after_closing(
    session: Session, row: CaseRow, refuted: NewEvent, *, by: Actor, at: datetime, book: Book
) -> Recorded:
    """Somebody is alive of whom the follow-up was closed, locked as `row`: it opens again.

    Where it was closed because they had died, that it was closed is marked as an error too: what
    the signature ended is owed again. Raises `CaseClosed` where another follow-up is open.
    """
    case = row.read()
    others = queries.find_open_case(session, tenant_id=case.tenant_id, patient_id=case.patient_id)
    if others is not None:
        raise CaseClosed(case=case.id)
    closure = reopening.standing_closure(queries.events_of(session, case.id))
    if closure is None or closure.facts.get("ending") != closing.Ending.DIED.value:
        return write_correction(session, row, [refuted], by=by, at=at, book=book)
    marked = mark(session, case.id, [closure.id], by=by, at=at)
    said = NewEvent(kind=EventKind.MARKED_IN_ERROR, at=at, facts=marked, source="core")
    return write_correction(
        session, row, [refuted, said], wrong=[closure.id], by=by, at=at, book=book
    )


def corrected_in_epj(
    session: Session, case_id: UUID, *, by: Actor, at: datetime, book: Book
) -> Recorded | None:
    """End what is owed for notes in the EPJ that were wrong, where none of them stands there now.

    None where nothing ends by it.
    """
    access.require_case(session, by, case_id)
    row = lock(session, case_id)
    owed = {
        task.anchor_event_id: task
        for task in queries.tasks_of(session, case_id)
        if task.is_open and task.kind == closing.CORRECT_EPJ and task.anchor_event_id
    }
    wrong = {
        event.id: {UUID(one) for one in event.facts.get("in_epj", ())}
        for event in queries.events_of(session, case_id)
        if event.id in owed
    }
    stands = set(queries.in_the_epj(session, {one for ids in wrong.values() for one in ids}))
    done = [
        NewEvent(
            kind=EventKind.TASK_DONE,
            at=at,
            facts={
                "task_id": str(owed[anchor].id),
                "kind": owed[anchor].kind,
                "corrects": str(anchor),
            },
        )
        for anchor, ids in wrong.items()
        if not ids & stands
    ]
    return write_down(session, row, done, by=by, at=at, book=book) if done else None


def _put_back(
    session: Session,
    case: Case,
    history: Sequence[Event],
    wrong: Sequence[Event],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """What stands on the person because of these events is as it was before them."""
    numbers = {event.id for event in wrong if event.kind is EventKind.NUMBER_VERIFIED}
    if numbers:
        patients.take_back_verified(session, case.patient_id, numbers, by=by, at=at)
    asked = [e for e in history if e.kind is EventKind.INTERPRETER_ASKED and not e.in_error]
    last = max(asked, key=lambda event: event.recorded_at, default=None)
    if last is None or last not in wrong:
        return
    note = queries.words_of(session, {last.id: case}).get(last.id, {})
    if "interpreter_was" in note:
        patients.take_back_interpreter(
            session,
            case.patient_id,
            said=last.facts.get("interpreter") == "yes",
            was=note["interpreter_was"],
            by=by,
            at=at,
        )
