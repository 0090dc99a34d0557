"""Showing a note for the EPJ, and saying that it stands there. Each is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.service import correcting
from bindeledd.features.cases.tables import EpjMarkRow, EventRow
from bindeledd.features.epj import queries
from bindeledd.features.epj.domain import (
    ALL,
    Asked,
    Note,
    NoteNotFound,
    Wrong,
    said_wrong,
    sheet,
    write_cursor,
)
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Listed
from bindeledd.features.plans import queries as plans
from bindeledd.features.plans.domain import paper
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, NotYours
from bindeledd.foundation.printing import Sheet
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import unseal_or_report

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One page of what is not in the EPJ yet, what was put there last, and whom it is about.

    `wrong`: what stands there and was an error, or another person's. `count`, `count_wrong`: how
    many there are in all. `oldest_at`: when what waits longest was. `next`: where the next page begins. Beside `waiting`, the rest stands on
    the first page only.
    """

    waiting: Sequence[Note]
    lately: Sequence[Note]
    wrong: Sequence[Note]
    names: Mapping[UUID, Listed]
    count: int = 0
    oldest_at: datetime | None = None
    count_wrong: int = 0
    next: str = ""


def show_waiting(session: Session, asked: Asked = ALL, *, by: Actor, at: datetime) -> Waiting:
    """The list of the teams of `by`, a `PAGE` at a time, as `asked`. Written down."""
    found = queries.bare(queries.not_yet(session, by, asked, limit=PAGE + 1))
    waiting, first = found[:PAGE], asked.after is None
    last = queries.bare(queries.lately(session, by, asked, limit=10)) if first else []
    waiting, last = _followed(session, by, waiting), _followed(session, by, last)
    wrong = queries.bare(queries.to_correct(session, by, asked, limit=PAGE)) if first else []
    patient_ids = {note.patient_id for note in (*waiting, *last, *wrong)}
    names = patients.get_names(session, patient_ids)
    facts = {"waiting": len(waiting), "wrong": len(wrong)}
    count, oldest_at = queries.count_not_yet(session, by, asked)
    audit.record(session, "epj.listed", by=by, at=at, subjects=sorted(patient_ids), facts=facts)
    return Waiting(
        waiting=waiting,
        lately=last,
        wrong=wrong,
        names=names,
        count=count,
        oldest_at=oldest_at,
        count_wrong=queries.count_to_correct(session, by, asked) if wrong else 0,
        next=write_cursor(waiting[-1]) if len(found) > PAGE else "",
    )


def _followed(session: Session, by: Actor, notes: Sequence[Note]) -> list[Note]:
    """The notes, with whether `by` sees the follow-up of each."""
    seen = queries.followed(session, by, {note.case_id for note in notes}) if notes else set()
    return [replace(note, follows=note.case_id in seen) for note in notes]


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A note that is ready to be copied or printed."""

    note: Note
    sheet: Sheet


def show_note(
    session: Session, event_id: UUID, *, form: str = "page", by: Actor, at: datetime
) -> Ready:
    """The note of an event, opened. Written down before it leaves (`form`: page, pdf)."""
    row = queries.get_row(session, by, event_id)
    [note] = _followed(session, by, [queries.opened(session, row)])
    who = patients.get_names(session, [note.patient_id])[note.patient_id]
    names = staff.member_names(session, by.tenant_id)
    facts = {"case": note.case_id, "event": event_id, "form": form}
    audit.record(session, "epj.shown", by=by, at=at, subjects=[note.patient_id], facts=facts)
    plan = plans.find_of_event(session, event_id, patient_id=note.patient_id)
    made = sheet(
        note,
        name=who.name,
        born_on=who.born_on,
        by=names.get(note.recorded_by, "") if note.recorded_by else "",
        first=names.get(note.first_by, "") if note.first_by else "",
        team=staff.team_names(session, by.tenant_id).get(row.team_id, ""),
        more=paper.for_record(plan) if plan else (),
        wrong=_wrong(session, note, names),
        environment=staff.environment(session),
    )
    return Ready(note=note, sheet=made)


def _wrong(session: Session, note: Note, names: Mapping[UUID, str]) -> Wrong | None:
    """Who said that the note was wrong, when and why, opened."""
    found = said_wrong(note, cases.events_of(session, note.case_id) if note.in_error else ())
    if found is None:
        return None
    why, event = found
    said = _words(session, event.id, note.patient_id)
    return Wrong(
        why=why,
        at=event.recorded_at,
        by=names.get(event.recorded_by, "") if event.recorded_by else "",
        words=None if said is None else str(said.get("words", "")),
        moved=bool(event.facts.get("moved_to")),
    )


def _words(session: Session, event_id: UUID, patient_id: UUID) -> Mapping[str, Any] | None:
    """What was said with an event, opened; None where it cannot be read, which is reported."""
    row = session.get_one(EventRow, event_id)
    if row.note is None:
        return {}
    place = Place(row.tenant_id, "events", "note", event_id, patient_id)
    return unseal_or_report(session, place, row.note)


def mark(
    session: Session, event_id: UUID, *, entered: bool, by: Actor, at: datetime, book: Book
) -> UUID:
    """Say that the note stands in the EPJ, by name; or take that back. Gives the case.

    Of one that was an error: that it is corrected there, and stands there no more, which ends
    what was owed for it. One that was an error and that nobody said stands there is not found.
    """
    if by.id is None:
        raise NotYours(event=event_id)
    cases.lock_cases(session, [queries.get_row(session, by, event_id).case_id])
    row = queries.get_row(session, by, event_id)  # marked as an error meanwhile, perhaps
    if row.in_error_at is not None and row.entered_at is None:
        raise NoteNotFound(event=event_id)
    marked = session.get(EpjMarkRow, event_id, with_for_update=True)
    if marked is None:
        marked = EpjMarkRow(event_id=event_id, tenant_id=row.tenant_id, case_id=row.case_id)
        session.add(marked)
    if entered != (marked.entered_at is not None):
        marked.entered_at, marked.entered_by = (at, by.id) if entered else (None, None)
        undone = "epj.corrected" if row.wrong else "epj.taken_back"
        act = "epj.entered" if entered else undone
        facts = {"case": row.case_id, "event": event_id}
        audit.record(session, act, by=by, at=at, subjects=[row.patient_id], facts=facts)
    session.flush()
    case_id: UUID = row.case_id
    if row.wrong:
        correcting.corrected_in_epj(session, case_id, by=by, at=at, book=book)
    return case_id
