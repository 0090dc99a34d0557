"""Showing the case on one screen: read whole, opened with one key, written down before it leaves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.casefile import queries
from bindeledd.features.casefile.domain import (
    AppointmentView,
    CaseFile,
    ClosingRequest,
    ContactView,
    DocumentView,
    GateView,
    HandoverView,
    Happened,
    NotRevealed,
    Owed,
    RecipientView,
    Relation,
    Said,
    Watch,
    Words,
    explaining,
)
from bindeledd.features.casefile.domain.gates import gates
from bindeledd.features.casefile.domain.package import Sender, content
from bindeledd.features.cases.domain import (
    Case,
    Event,
    EventKind,
    closing,
    death_reported,
    last_of,
    never_reached_since_discharge,
)
from bindeledd.features.cases.domain.correcting import first_recorded
from bindeledd.features.cases.tables import read_event
from bindeledd.features.handovers import queries as handovers
from bindeledd.features.handovers.domain.outside import Package
from bindeledd.features.handovers.service import outside
from bindeledd.features.pathways.domain import Book, PathwayUnknown
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Patient
from bindeledd.features.relatives import queries as relatives
from bindeledd.features.relatives.domain import Family
from bindeledd.features.relatives.domain.bundles import read_family
from bindeledd.features.relatives.domain.telling import age_of, told
from bindeledd.features.relatives.tables import FamilyRow, family_place
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as tasks
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import ON_UNREADABLE, unseal_or_report


@dataclass(kw_only=True)
class _Opener:
    """Opens the bundles of one patient, and remembers which could not be read."""

    session: Session
    tenant_id: UUID
    patient_id: UUID
    ways_hidden: bool = False
    failed: list[str] = field(default_factory=list)

    def open(self, table: str, purpose: str, row_id: UUID, sealed: bytes | None) -> Words | None:
        """What was sealed; None where nothing was, or where it cannot be read."""
        if sealed is None:
            return None
        place = Place(self.tenant_id, table, purpose, row_id, self.patient_id)
        opened = unseal_or_report(self.session, place, sealed)
        if opened is None:
            self.failed.append(f"{table}.{purpose}")
            return None
        return _without_phones(opened) if self.ways_hidden else opened


_PHONES = frozenset({"phone", "phones"})


def _without_phones(said: Mapping[str, Any]) -> dict[str, Any]:
    """The same words without the numbers in them, however deep."""
    return {key: _hide(value) for key, value in said.items() if key not in _PHONES}


def _hide(value: Any) -> Any:
    if isinstance(value, dict):
        return _without_phones(value)
    return [_hide(one) for one in value] if isinstance(value, list) else value


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
    opener = _Opener(session=session, tenant_id=case.tenant_id, patient_id=case.patient_id)
    patient = patients.open_patient(session, patient_row)
    opener.failed += [f"patients.{purpose}" for purpose in patient.unreadable]
    hidden = opener.ways_hidden = _hides(patient, case, by, reveal=reveal)
    task_rows = queries.task_rows(session, case_id)
    event_rows = queries.event_rows(session, case_id)
    handed = tuple(_handovers(opener, queries.handover_rows(session, case_id)))
    near, family = queries.near_rows(session, case.patient_id)
    kin = [relatives.read(session, row) for row in near]
    opener.failed += ["relatives.person" for one in kin if one.unreadable]
    relation_rows, names, duty = queries.directory(
        session,
        case_id,
        members=_members(case, task_rows, event_rows, handed, by) | _testers(patient),
        teams=_teams(case, task_rows, handed),
        outside=[one.to_outside_id for one in handed if one.to_outside_id],
        at=at,
    )
    events = tuple(read_event(row) for row in _once(event_rows))
    stored = tuple(tasks.read(row) for row in task_rows)
    owed = [_owed(opener, row, duty, names, at) for row in task_rows]
    open_tasks = tuple(one for one in owed if one.task.is_open)
    timeline = tuple(_happened(opener, row) for row in reversed(_once(event_rows)))
    views = _gates(book, case, events, stored)
    dead = death_reported(events)
    reached = last_of(events, EventKind.REACHED, EventKind.APPOINTMENT_KEPT)
    today = at.astimezone(explaining.OSLO).date()
    age = age_of(patient.identity, book.kin, today)
    made = CaseFile(
        at=at,
        age=age,
        told={one.id: told(one, age, book.kin, today) for one in kin},
        case=case,
        patient=replace(patient, contact_ways=()) if hidden else patient,
        ways_hidden=hidden,
        unit=front.unit,
        team=front.team,
        relatives=tuple(sorted(kin, key=lambda one: not one.nearest)),
        family=_family(opener, family),
        family_asked_at=None if family is None else family.asked_at,
        owed=open_tasks,
        done=tuple(_ended(one for one in owed if not one.task.is_open)),
        gates=tuple(views or ()),
        timeline=timeline,
        appointments=tuple(_appointments(opener, queries.appointment_rows(session, case_id))),
        documents=tuple(_documents(opener, queries.document_rows(session, case_id))),
        handovers=handed,
        relations=tuple(
            Relation(team_id=row.id, kind=row.kind, since=row.moment) for row in relation_rows
        ),
        names=names,
        alerting=_alerting(case, open_tasks),
        closing=_closing(events, stored, timeline),
        death=None if dead is None else dead.kind.value,
        never_reached=never_reached_since_discharge(events),
        last_reached_at=None if reached is None else reached.at,
        pathway_known=views is not None,
        unreadable=tuple(dict.fromkeys(opener.failed)),
    )
    _report(session, made, at)
    shown = "case.number_revealed" if reveal and patient.address_protected else "case.shown"
    facts = {"case": case_id, "unreadable": len(opener.failed)}
    audit.record(session, shown, by=by, at=at, subjects=[case.patient_id], facts=facts)
    return made


def _hides(patient: Patient, case: Case, by: Actor, *, reveal: bool) -> bool:
    if not patient.address_protected:
        return False
    if reveal and case.responsible_team_id not in by.teams:
        raise NotRevealed(case=case.id)
    return not reveal


# --- whose names are needed -----------------------------------------------------------------------


def _members(
    case: Case,
    task_rows: Iterable[queries.Row],
    event_rows: Iterable[queries.Row],
    handovers: Iterable[HandoverView],
    by: Actor,
) -> set[UUID]:
    found = {by.id}
    for task in task_rows:
        found |= {task.held_by, task.seen_by, task.made_by}
    found |= {who for event in event_rows for who in (event.recorded_by, event.epj_by)}
    found |= {first_recorded(event.facts)[0] for event in event_rows}
    for one in handovers:
        found |= {one.sent_by, one.answered_by}
    return {member for member in found if member is not None}


def _testers(patient: Patient) -> set[UUID]:
    """Who tried the person's numbers, and who decided of them."""
    ways = patient.contact_ways or ()
    return {way.verified.by for way in ways if way.verified and way.verified.by}


def _teams(
    case: Case, task_rows: Iterable[queries.Row], handovers: Iterable[HandoverView]
) -> set[UUID]:
    both = {team for one in handovers for team in (one.from_team_id, one.to_team_id) if team}
    return {case.responsible_team_id, *(row.owner_team_id for row in task_rows), *both}


# --- what is owed ---------------------------------------------------------------------------------


def _owed(
    opener: _Opener,
    row: queries.Row,
    duty: Mapping[UUID, datetime],
    names: Mapping[UUID, str],
    at: datetime,
) -> Owed:
    note = opener.open("tasks", "note", row.id, row.note)
    unreadable = note is None and row.note is not None
    return replace(owed_by(row, duty, names, at), note=note, unreadable=unreadable)


def owed_by(row: queries.Row, duty: queries.Duty, names: Mapping[UUID, str], at: datetime) -> Owed:
    """The task with why it is due then and whom it has told; nothing sealed is opened."""
    task, watch = tasks.read(row), watch_of(row, duty)
    reason = task.due_reason
    alerting = explaining.alerting(task, watch, at, name=lambda one: names.get(one, ""))
    return Owed(
        task=task,
        overdue=task.is_open and at > task.due_at,
        default=bool(reason.get("default", False)),
        rule=str(reason.get("rule", task.step_key)),
        source=str(reason.get("source", "")),
        basis=str(reason.get("basis", "")),
        due_because=explaining.due_because(task),
        alerting=alerting if task.is_open else None,
        watch=watch,
    )


def watch_of(row: queries.Row, duty: queries.Duty) -> Watch:
    """The running round of a task's ladder, and when its team is next on duty."""
    plan: Sequence[Sequence[str]] = row.rung_plan
    here = plan[row.next_rung] if 0 <= row.next_rung < len(plan) else None
    return Watch(
        round=row.round,
        next_at=row.next_rung_at,
        next_audience=None if here is None else here[1],
        seen_until=row.seen_until,
        seen_by=row.seen_by,
        covered_from=duty.get(row.owner_team_id),
        told_at=row.told_at,
    )


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
    book: Book, case: Case, events: Sequence[Event], stored: Sequence[Task]
) -> list[GateView] | None:
    """The gates, or None where the pathway is not installed any more."""
    try:
        pathway = book.followed(case.pathway_id, case.pathway_version, case.layers)
    except PathwayUnknown:
        return None
    return gates(pathway, events, stored)


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


# --- what happened ----------------------------------------------------------------------------------


def _once(rows: Sequence[queries.Row]) -> list[queries.Row]:
    """Each event once, also where two contacts name it."""
    return list({row.id: row for row in rows}.values())


def _happened(opener: _Opener, row: queries.Row) -> Happened:
    note = opener.open("events", "note", row.id, row.note)
    return Happened(
        id=row.id,
        kind=row.kind,
        at=row.at,
        date_only=row.date_only,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        source=row.source,
        facts=row.facts,
        note=note,
        unreadable=note is None and row.note is not None,
        in_error=row.in_error_at is not None,
        source_id=row.source_id,
        epj_at=row.epj_at,
        epj_by=row.epj_by,
        contact=None if row.contact_id is None else _contact(opener, row),
    )


def _contact(opener: _Opener, row: queries.Row) -> ContactView:
    detail = opener.open("contacts", "detail", row.contact_id, row.detail)
    return ContactView(
        id=row.contact_id,
        direction=row.direction,
        channel=row.channel,
        detail=detail,
        unreadable=detail is None,
    )


def _appointments(opener: _Opener, rows: Iterable[queries.Row]) -> Iterator[AppointmentView]:
    for row in rows:
        detail = opener.open("appointments", "detail", row.id, row.detail)
        yield AppointmentView(
            id=row.id,
            starts_at=row.starts_at,
            state=row.state,
            given_at=row.given_at,
            ended_at=row.ended_at,
            previous_id=row.previous_id,
            detail=detail,
            unreadable=detail is None,
            how_known=row.how_known,
            as_of=row.as_of,
            confirmed_at=row.confirmed_at,
        )


def _documents(opener: _Opener, rows: Iterable[queries.Row]) -> Iterator[DocumentView]:
    for first, *rest in _grouped(rows):
        yield DocumentView(
            id=first.of_document,
            kind=first.document_kind,
            written_at=first.written_at,
            made_at=first.made_at,
            recipients=tuple(_recipient(opener, row) for row in (first, *rest) if row.id),
        )


def _grouped(rows: Iterable[queries.Row]) -> Iterable[list[queries.Row]]:
    found: dict[UUID, list[queries.Row]] = {}
    for row in rows:
        found.setdefault(row.of_document, []).append(row)
    return found.values()


def _recipient(opener: _Opener, row: queries.Row) -> RecipientView:
    detail = opener.open("document_recipients", "detail", row.id, row.detail)
    return RecipientView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        sent_at=row.sent_at,
        received_at=row.received_at,
        how_known=row.how_known,
        as_of=row.as_of,
        detail=detail,
        unreadable=detail is None and row.detail is not None,
    )


def _handovers(opener: _Opener, rows: Iterable[queries.Row]) -> Iterator[HandoverView]:
    for row in rows:
        note = opener.open("handovers", "note", row.id, row.note)
        answer = opener.open("handovers", "answer", row.id, row.answer)
        lost = (row.note is not None and note is None) or (
            row.answer is not None and answer is None
        )
        yield HandoverView(
            id=row.id,
            from_team_id=row.from_team_id,
            to_team_id=row.to_team_id,
            state=row.state,
            sent_at=row.sent_at,
            sent_by=row.sent_by,
            received_at=row.received_at,
            answered_at=row.answered_at,
            answered_by=row.answered_by,
            missing=tuple(row.missing),
            note=note,
            answer=answer,
            unreadable=lost,
            to_outside_id=row.to_outside_id,
            package_id=row.package_id,
            way=row.way,
            how_known=row.how_known,
            first_at=row.first_at,
        )


def _family(opener: _Opener, row: FamilyRow | None) -> Family | None:
    if row is None:
        return None
    place = family_place(row.tenant_id, row.patient_id)
    said = opener.open(place.table, place.purpose, place.row, row.family)
    return None if said is None else read_family(said)


def _report(session: Session, made: CaseFile, at: datetime) -> None:
    """What could not be read becomes a fault before a person, where nobody listens already."""
    if session.info.get(ON_UNREADABLE) is None:
        for place in made.unreadable:
            tenant_id = made.case.tenant_id
            report_fault(session, f"sealing:{place}", "unreadable", at=at, tenant_id=tenant_id)


# --- for a receiver outside -------------------------------------------------------------------------


def prepare_package(
    session: Session,
    case_id: UUID,
    *,
    outside_id: UUID,
    phone: str,
    words: str,
    by: Actor,
    at: datetime,
    book: Book,
) -> Package:
    """Keep what this receiver may see of the case, sealed, with the number to ask at.

    Made is not sent. Raises what `handovers.service.outside.prepare` refuses.
    """
    file = case_file(session, case_id, by=by, at=at, book=book)
    team = staff.get_team(session, by.tenant_id, file.case.responsible_team_id)
    sender = Sender(
        organisation=staff.organisation_name(session, team.organisation_id) or "",
        team=team.name,
        person=file.names.get(by.id, "") if by.id else "",
        phone=phone,
    )
    receiver = handovers.get_outside(session, by.tenant_id, outside_id)
    said = content(file, sender=sender, outside=receiver, words=words, at=at)
    return outside.prepare(session, case_id, outside_id=outside_id, content=said, by=by, at=at)
