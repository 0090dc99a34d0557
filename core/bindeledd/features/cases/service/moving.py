"""What was registered on the wrong person is moved to the right one; nothing disappears.

It stays at the wrong one, marked as entered in error; at the right one it is recorded with where
it came from, its sealed words under the right person's key, and both are planned anew. The rows
of contacts, appointments, documents and messages are moved by `casefile.service.moving`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import (
    BEGINNINGS,
    Case,
    Event,
    EventKind,
    NewEvent,
    correcting,
    telling,
)
from bindeledd.features.cases.domain.whereabouts import Whereabouts
from bindeledd.features.cases.queries.opening import latest_case
from bindeledd.features.cases.service import persons
from bindeledd.features.cases.service.writing import Recorded, lock, write_down
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients import service as people
from bindeledd.features.patients.domain import VerifiedHow
from bindeledd.features.patients.domain.phones import phone_key
from bindeledd.features.staff.domain import Actor


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Both follow-ups after a move. `events`: what was moved → what it is at the right person."""

    wrong: Recorded
    right: Recorded
    events: Mapping[UUID, UUID]


def locked_version(session: Session, case_id: UUID, *, to_patient_id: UUID, by: Actor) -> int:
    """The version of the case, with both persons and then the case locked for a move.

    Raises `OutOfSight`, `SamePerson`.
    """
    wrong_patient = access.require_case(session, by, case_id)
    if to_patient_id == wrong_patient:
        raise correcting.SamePerson(case=case_id)
    _target(session, to_patient_id, by)
    for patient_id in sorted((wrong_patient, to_patient_id)):  # two opposite moves wait in turn
        patients.lock_patient(session, patient_id)
    return lock(session, case_id).version


def what_moves(
    session: Session, case_id: UUID, event_ids: Sequence[UUID], *, to_patient_id: UUID, by: Actor
) -> tuple[Event, ...]:
    """The events that go together with these, both persons locked. Whoever moves sees both.

    Raises `OutOfSight`, `SamePerson`, `CannotMove`.
    """
    locked_version(session, case_id, to_patient_id=to_patient_id, by=by)
    return correcting.going_together(queries.events_of(session, case_id), event_ids)


def move(
    session: Session,
    case_id: UUID,
    moving: Sequence[Event],
    *,
    to_patient_id: UUID,
    renamed: Mapping[UUID, UUID],
    words: Mapping[str, Any],
    right_here: Whereabouts | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Moved:
    """Mark these events as errors here, and record them at the right person.

    `right_here`: where the person is from whom the last discharge is moved away; else not known.

    `renamed`: the rows that the events tell of → their copies there. That a number was tried is
    recorded there only where it is theirs. Raises `OutOfSight`, `NotTheirNumber`, `ReasonNeeded`, `NothingToMoveTo`, `WordsUnreadable`.
    """
    telling.check_words(words)
    wrong_patient = access.require_case(session, by, case_id)
    to_case = _target(session, to_patient_id, by)
    wrong = queries.get_case(session, case_id, tenant_id=by.tenant_id)
    new = _theirs(session, _as_new(session, wrong, moving, renamed), to_patient_id, by)
    right = _record(
        session, to_case, wrong, to_patient_id, new, words=words, by=by, at=at, book=book
    )
    _knows_its_numbers(session, right, by=by, at=at)
    how: dict[str, Any] = {"words": words, "right": right_here, "by": by, "at": at, "book": book}
    here = _taken_away(session, wrong, moving, right.case, **how)
    persons.settle_age(session, to_patient_id, by=by, at=at, book=book)
    made = {
        UUID(str(event.facts["moved_from"])): event.id
        for event in right.events
        if "moved_from" in event.facts
    }
    facts = {"from": case_id, "to": right.case.id, "events": sorted(str(one) for one in made)}
    subjects = [wrong_patient, to_patient_id]
    audit.record(session, "case.moved", by=by, at=at, subjects=subjects, facts=facts)
    return Moved(wrong=here, right=right, events=made)


def _target(session: Session, patient_id: UUID, by: Actor) -> Case | None:
    """The right person's open follow-up, for one who sees it.

    Where none is open, what is moved may open the one that was closed last again: whoever moves
    sees that one, and not only some follow-up of long ago.
    """
    access.require_patient(session, by, patient_id)
    last = latest_case(session, tenant_id=by.tenant_id, patient_id=patient_id)
    if last is not None:
        access.require_case(session, by, last.id)
    return last if last is not None and last.is_open else None


def _as_new(
    session: Session, wrong: Case, moving: Sequence[Event], renamed: Mapping[UUID, UUID]
) -> list[NewEvent]:
    words = queries.words_of(session, {event.id: wrong for event in moving})
    sealed = set(
        session.scalars(
            sa.select(EventRow.id).where(
                EventRow.id.in_([event.id for event in moving]), EventRow.note.is_not(None)
            )
        )
    )
    if sealed - words.keys():
        raise correcting.WordsUnreadable(case=wrong.id)
    return [
        NewEvent(
            kind=event.kind,
            at=event.at,
            date_only=event.date_only,
            facts=correcting.moved_facts(event, wrong.id, dict(renamed)),
            note=words.get(event.id),
            source=event.source,
            source_id=None
            if event.source_id is None
            else renamed.get(event.source_id, event.source_id),
        )
        for event in moving
    ]


def _theirs(
    session: Session, new: Sequence[NewEvent], patient_id: UUID, by: Actor
) -> list[NewEvent]:
    """Without the numbers that are not the right person's: that they were tried says nothing of
    theirs, and they stay with whoever has them. Raises `NotTheirNumber` where nothing else moves.
    """
    ways = patients.get_patient(session, patient_id, tenant_id=by.tenant_id).contact_ways or ()
    keys = {way.key for way in ways}
    kept = [
        event
        for event in new
        if event.kind is not EventKind.NUMBER_VERIFIED
        or phone_key(str((event.note or {}).get("phone", ""))) in keys
    ]
    if not kept:
        raise correcting.NotTheirNumber(patient=patient_id)
    return kept


def _knows_its_numbers(session: Session, right: Recorded, *, by: Actor, at: datetime) -> None:
    """A number that was tried, and is the right person's, knows it."""
    tried = {e.id: right.case for e in right.events if e.kind is EventKind.NUMBER_VERIFIED}
    for event_id, words in queries.words_of(session, tried).items():
        people.verify_number(
            session,
            right.case.patient_id,
            str(words["phone"]),
            how=VerifiedHow(words["how"]),
            event_id=event_id,
            by=by,
            at=at,
        )


def _record(
    session: Session,
    to_case: Case | None,
    wrong: Case,
    patient_id: UUID,
    new: Sequence[NewEvent],
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    said = NewEvent(
        kind=EventKind.MOVED_HERE,
        at=at,
        facts={
            "moved_from_case": str(wrong.id),
            "moved": sorted(str(event.facts["moved_from"]) for event in new),
        },
        note=words,
    )
    if to_case is not None:
        row = lock(session, to_case.id)
        return write_down(session, row, [*new, said], by=by, at=at, book=book)
    return _open(session, wrong, patient_id, new, said, by=by, at=at, book=book)


def _open(
    session: Session,
    wrong: Case,
    patient_id: UUID,
    new: Sequence[NewEvent],
    said: NewEvent,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """What began the course is moved, and opens the right person's follow-up, or opens it again."""
    index = next((event for event in new if event.kind in BEGINNINGS), None)
    if index is None:
        raise correcting.NothingToMoveTo(case=wrong.id)
    unit = index.facts.get("unit_id")
    rest = [event for event in new if event is not index]
    return cases.begin(
        session,
        index,
        patient_id=patient_id,
        team_id=wrong.responsible_team_id,
        unit_id=wrong.unit_id if unit is None else UUID(str(unit)),
        more=[*rest, said],
        by=by,
        at=at,
        book=book,
    )


def _taken_away(
    session: Session,
    wrong: Case,
    moving: Sequence[Event],
    to: Case,
    **how: Any,
) -> Recorded:
    """Marked as entered in error where it stood, with where it went; nothing is deleted."""
    done = cases.take_back(
        session,
        wrong.id,
        [event.id for event in moving],
        moved_to=to.id,
        **how,
    )
    return replace(done, case=queries.get_case(session, wrong.id, tenant_id=wrong.tenant_id))
