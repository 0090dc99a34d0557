"""Showing the case on one screen: read whole, opened with one key, written down before it leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.casefile import queries
from bindeledd.features.casefile.domain import CaseFile, NotRevealed, explaining
from bindeledd.features.casefile.domain.gates import as_answered, gates, unsafe_first
from bindeledd.features.casefile.domain.noted import noted
from bindeledd.features.casefile.domain.owing import GateView, Owed, Said
from bindeledd.features.casefile.domain.shown import (
    ClosingRequest,
    HandoverView,
    Happened,
    Relation,
)
from bindeledd.features.casefile.service import naming, reading
from bindeledd.features.casefile.service.reading import Opener
from bindeledd.features.casefile.service.trying import apart
from bindeledd.features.cases.domain import (
    Case,
    Event,
    EventKind,
    assumed,
    closing,
    death_reported,
    last_of,
    never_reached_since_discharge,
    staying,
)
from bindeledd.features.cases.domain.correcting import marked_wrong
from bindeledd.features.cases.domain.early import last_told
from bindeledd.features.cases.domain.gaps import COVER, back_after
from bindeledd.features.cases.domain.trying import same_again
from bindeledd.features.cases.domain.whereabouts import in_hospital
from bindeledd.features.cases.tables import read_event
from bindeledd.features.pathways.domain import Book, PathwayUnknown
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Patient
from bindeledd.features.relatives import queries as relatives
from bindeledd.features.relatives.domain import Relative
from bindeledd.features.relatives.domain.telling import age_of, told
from bindeledd.features.relatives.tables import FamilyRow
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as tasks
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.sealing.keyring import ON_UNREADABLE
from bindeledd.foundation.spelling import OSLO


def case_file(
    session: Session,
    case_id: UUID,
    *,
    by: Actor,
    at: datetime,
    book: Book,
    reveal: bool = False,
) -> CaseFile:
    """Everything about a case that `by` may see, with the reasons in words.

    With a protected address, how to reach the person is left out unless the responsible team
    asks for it (`reveal`, raises `NotRevealed` for others), and that is written down.
    Eight statements and two for the log, however long the history is. A bundle that cannot be
    read is named, reported, and hides nothing else. Raises `OutOfSight` (not found).
    """
    case_row, patient_row, front = queries.get_front(session, case_id, by=by)
    case = case_row.read()
    opener = Opener(session=session, tenant_id=case.tenant_id, patient_id=case.patient_id)
    patient = patients.open_patient(session, patient_row)
    opener.failed += [f"patients.{purpose}" for purpose in patient.unreadable]
    opener.ways_hidden = _hides(patient, case, by, reveal=reveal)
    rows = _read(session, opener, case, patient, by=by, at=at)
    shown = _shown(opener, case, patient, front, rows, book, at)
    owed = tuple(_with_gap(session, one, at) for one in shown.owed)
    made = replace(shown, owed=owed, unreadable=tuple(dict.fromkeys(opener.failed)))
    _report(session, made, at)
    revealed = reveal and patient.address_protected
    act = "case.number_revealed" if revealed else "case.shown"
    facts = {"case": case_id, "unreadable": len(opener.failed)}
    audit.record(session, act, by=by, at=at, subjects=[case.patient_id], facts=facts)
    return made


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """What stands of one case, read and not yet put together."""

    tasks: Sequence[queries.Row]
    events: Sequence[queries.Row]
    appointments: Sequence[queries.Row]
    documents: Sequence[queries.Row]
    around: queries.Around
    handed: tuple[HandoverView, ...]
    kin: Sequence[Relative]
    family: FamilyRow | None


def _read(
    session: Session, opener: Opener, case: Case, patient: Patient, *, by: Actor, at: datetime
) -> _Rows:
    task_rows = queries.task_rows(session, case.id)
    event_rows = queries.event_rows(session, case.id)
    handed = tuple(reading.handovers(opener, queries.handover_rows(session, case.id)))
    near, family = queries.near_rows(session, case.patient_id)
    kin = [relatives.read(session, row) for row in near]
    opener.failed += ["relatives.person" for one in kin if one.unreadable]
    around = queries.directory(
        session,
        case.id,
        members=naming.members(case, task_rows, event_rows, handed, by)
        | naming.testers(patient)
        | naming.objectors(kin),
        teams=naming.teams(case, task_rows, handed),
        outside=[one.to_outside_id for one in handed if one.to_outside_id],
        at=at,
    )
    return _Rows(
        tasks=task_rows,
        events=reading.once(event_rows),
        appointments=queries.appointment_rows(session, case.id),
        documents=queries.document_rows(session, case.id),
        around=around,
        handed=handed,
        kin=kin,
        family=family,
    )


def _shown(
    opener: Opener,
    case: Case,
    patient: Patient,
    front: queries.Row,
    rows: _Rows,
    book: Book,
    at: datetime,
) -> CaseFile:
    """The screen without what follows from the history (see `_by_history`)."""
    owed = [reading.owed(opener, row, rows.around, at) for row in rows.tasks]
    open_tasks = tuple(one for one in owed if one.task.is_open)
    today = at.astimezone(OSLO).date()
    age = age_of(patient.identity, book.kin, today)
    hidden, family = opener.ways_hidden, rows.family
    found = CaseFile(
        at=at,
        age=age,
        told={one.id: told(one, age, book.kin, today) for one in rows.kin},
        case=case,
        patient=replace(patient, contact_ways=()) if hidden else patient,
        ways_hidden=hidden,
        unit=front.unit,
        team=front.team,
        relatives=tuple(sorted(rows.kin, key=lambda one: not one.nearest)),
        family=reading.family_of(opener, family),
        family_asked_at=None if family is None else family.asked_at,
        owed=open_tasks,
        done=tuple(_ended(one for one in owed if not one.task.is_open)),
        gates=(),
        timeline=reading.history(opener, rows.events),
        appointments=tuple(reading.appointments(opener, rows.appointments)),
        documents=tuple(reading.documents(opener, rows.documents)),
        handovers=rows.handed,
        relations=tuple(
            Relation(team_id=row.id, kind=row.kind, since=row.moment)
            for row in rows.around.relations
        ),
        names=rows.around.names,
        alerting=_alerting(case, open_tasks),
    )
    return _by_history(found, rows, book, at)


def _by_history(found: CaseFile, rows: _Rows, book: Book, at: datetime) -> CaseFile:
    """What follows from the history as a whole: gates, a closing, a death, when they were reached."""
    events = tuple(read_event(row) for row in rows.events)
    stored = tuple(tasks.read(row) for row in rows.tasks)
    views = _gates(book, found.case, events, stored, at)
    ways = None if found.ways_hidden else found.patient.contact_ways
    dead = death_reported(events)
    reached = last_of(events, EventKind.REACHED, EventKind.APPOINTMENT_KEPT)
    known = assumed.replaced(events)
    same = {event.id for event in same_again(events, apart(book, found.case))}
    timeline = [replace(one, same_attempt=one.id in same) for one in found.timeline]
    return replace(
        found,
        timeline=tuple(_known_better(line, known.get(line.id)) for line in timeline),
        owed=tuple(_with_early(_as_quoted(one, found.timeline), events) for one in found.owed),
        done=tuple(_as_quoted(one, found.timeline) for one in found.done),
        gates=unsafe_first(as_answered(one, found.timeline, ways) for one in views or ()),
        closing=_closing(events, stored, found.timeline),
        death=None if dead is None else dead.kind.value,
        never_reached=never_reached_since_discharge(assumed.without_replaced(events)),
        in_hospital=in_hospital(events),
        last_reached_at=None if reached is None else reached.at,
        last_reached_date_only=reached is not None and reached.date_only,
        pathway_known=views is not None,
        elsewhere=tuple(staying.others(staying.stays(events))),
        noted=tuple(noted(book.fields, found.timeline)),
    )


def _as_quoted(one: Owed, timeline: tuple[Happened, ...]) -> Owed:
    """The task, with the mark of what it quotes where that was recorded in error."""
    if one.note is None:
        return one
    return replace(one, wrong=marked_wrong(one.task.anchor_event_id, timeline))


def _with_early(one: Owed, events: Sequence[Event]) -> Owed:
    """The task, with why an answer that is there does not do it."""
    told = last_told(one.task, events)
    return one if told is None else replace(one, early=explaining.early(told))


def _with_gap(session: Session, one: Owed, at: datetime) -> Owed:
    """The task, with since when the team is back that nobody covered for."""
    if one.task.kind != COVER or not one.overdue:
        return one
    back = back_after(one.task, staff.team_calendar(session, one.task.owner_team_id))
    return replace(one, gap_over=back) if back is not None and back <= at else one


def _known_better(line: Happened, real: Event | None) -> Happened:
    """A discharge that was assumed, with the real one that counts instead."""
    if real is None:
        return line
    return replace(line, facts={**line.facts, "known_since": real.at.isoformat()})


def _hides(patient: Patient, case: Case, by: Actor, *, reveal: bool) -> bool:
    if not patient.address_protected:
        return False
    if reveal and case.responsible_team_id not in by.teams:
        raise NotRevealed(case=case.id)
    return not reveal


def _ended(ended: Iterable[Owed]) -> list[Owed]:
    return sorted(ended, key=lambda one: one.task.ended_at or one.task.made_at, reverse=True)


def _alerting(case: Case, owed: Sequence[Owed]) -> Said:
    """The answer for the whole case: that of its earliest task."""
    if not case.is_open:
        return explaining.said("closed")
    if not owed or owed[0].alerting is None:
        return explaining.said("nothing_owed")
    return owed[0].alerting


def _gates(
    book: Book, case: Case, events: Sequence[Event], stored: Sequence[Task], at: datetime
) -> list[GateView] | None:
    """The gates, or None where the pathway is not installed any more."""
    try:
        pathway = staying.here(book, case, events)
    except PathwayUnknown:
        return None
    return gates(pathway, events, stored, at)


def _closing(
    events: tuple[Event, ...], stored: Sequence[Task], timeline: Sequence[Happened]
) -> ClosingRequest | None:
    asked = closing.standing_request(events)
    if asked is None:
        return None
    line = next(one for one in timeline if one.id == asked.event_id)
    return ClosingRequest(
        event_id=asked.event_id,
        ending=asked.ending.value,
        by=asked.by,
        at=asked.at,
        override=asked.override,
        two_signatures=asked.ending in closing.SECOND_PERSON,
        words=line.note,
        blocked_by=tuple(
            sorted({one.kind for one in closing.blocking(stored, asked.ending, asked.covers)})
        ),
    )


def _report(session: Session, made: CaseFile, at: datetime) -> None:
    """What could not be read becomes a fault before a person, where nobody listens already."""
    if session.info.get(ON_UNREADABLE) is None:
        for place in made.unreadable:
            tenant_id = made.case.tenant_id
            report_fault(session, f"sealing:{place}", "unreadable", at=at, tenant_id=tenant_id)
