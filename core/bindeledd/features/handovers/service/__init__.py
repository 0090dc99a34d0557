"""What people do with handovers within the tenant: send, receive, accept, return.

The sender stays responsible until acceptance. Both ends have a clock: the sender's
`follow_up_handover` and the receiver's `accept_handover`. To receivers outside: `outside.py`.
Who sees the case meanwhile: `seeing.py`; what is written down: `writing.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, EventKind, death_reported, staying
from bindeledd.features.cases.domain.entailing import FOLLOWS
from bindeledd.features.cases.service import endings, owing, saying
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.handovers import domain, queries
from bindeledd.features.handovers.domain import FirstDate, Handover, HandoverAction, sharing
from bindeledd.features.handovers.service.seeing import (
    keep_participants,
    let_receiver_see,
    receiver_has_answered,
)
from bindeledd.features.handovers.service.writing import (
    event_of,
    insert,
    write_answer,
    write_audit,
)
from bindeledd.features.handovers.tables import HandoverRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, TeamNotFound
from bindeledd.foundation.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Handed:
    """The handover and its case after the act.

    `nobody_on_duty`: nobody of the receiving team is on duty before it should have answered;
    its lead is told at once by the ladder of `accept_handover`.
    """

    handover: Handover
    recorded: Recorded
    nobody_on_duty: bool = False


def hand_over(
    session: Session,
    case_id: UUID,
    *,
    to_team_id: UUID,
    words: Mapping[str, Any],
    ground: str = "",
    why: str = "",
    by: Actor,
    at: datetime,
    book: Book,
) -> Handed:
    """Ask another team of the tenant to take the case. Nothing that is missing blocks it.

    `ground`: on what it is shared, where a routine of the case asks; `why`: where that is looked at
    afterwards. Raises `NotTheSender`, `SameTeam`, `HandoverRuns`, `TeamNotFound`, `NotFound`,
    `GroundNeeded`, `GroundUnknown`, `WhyNeeded`.
    """
    patient_id = access.require_case(session, by, case_id)
    saying.locked_version(session, case_id, by=by)
    case = case_queries.get_case(session, case_id, tenant_id=by.tenant_id)
    _check_sending(session, by, case.responsible_team_id, to_team_id, case_id)
    stayed = staying.others(staying.stays(case_queries.events_of(session, case_id)))
    shared = sharing.shared_on(sharing.named(book.grounds(case.layers, stayed), ground))
    words = words if shared is None else {**words, **shared.said(why)}
    handover = _to_be_sent(session, case, to_team_id, at)
    let_receiver_see(session, case, to_team_id, by=by, at=at)
    called = staff.team_place(session, to_team_id)[0], staff.organisation_kind(session, to_team_id)
    sent = EventKind.HANDOVER_SENT
    event = event_of(sent, handover, at, words, shared=shared, receiver=called)
    recorded = cases.record(session, case_id, [event], by=by, at=at, book=book)
    insert(session, handover, patient_id, words, by=by)
    write_audit(session, handover, patient_id, by=by, at=at)
    alone = _uncovered(session, recorded, to_team_id, at)
    return Handed(handover=handover, recorded=recorded, nobody_on_duty=alone)


def _to_be_sent(session: Session, case: Case, to_team_id: UUID, at: datetime) -> Handover:
    return Handover(
        id=new_id(),
        tenant_id=case.tenant_id,
        case_id=case.id,
        from_team_id=case.responsible_team_id,
        to_team_id=to_team_id,
        sent_at=at,
        missing=domain.missing(case_queries.tasks_of(session, case.id)),
    )


def _check_sending(
    session: Session, by: Actor, from_team_id: UUID, to_team_id: UUID, case_id: UUID
) -> None:
    check_sender(session, by, from_team_id, case_id)
    if to_team_id == from_team_id:
        raise domain.SameTeam(team=to_team_id)
    if not staff.get_team(session, by.tenant_id, to_team_id).active:
        raise TeamNotFound(team=to_team_id)


def check_sender(session: Session, by: Actor, from_team_id: UUID, case_id: UUID) -> None:
    """Only the responsible team hands over, and one handover of a case waits at a time."""
    if not by.sees_all and from_team_id not in by.teams:
        raise domain.NotTheSender(case=case_id, team=from_team_id)
    if queries.find_pending(session, case_id) is not None:
        raise domain.HandoverRuns(case=case_id)


def _uncovered(session: Session, recorded: Recorded, to_team_id: UUID, at: datetime) -> bool:
    answers = [t.due_at for t in recorded.new if t.owner_team_id == to_team_id and t.due_at > at]
    return bool(answers) and not staff.covered(session, to_team_id, at, min(answers))


def receive(session: Session, handover_id: UUID, *, by: Actor, at: datetime, book: Book) -> Handed:
    """Somebody of the receiving team has read it. Nobody has accepted anything by that."""
    row, patient_id, _ = _row_of_receiver(session, handover_id, by)
    handover = domain.act(row.read(), HandoverAction.RECEIVE, at)
    event = event_of(EventKind.HANDOVER_RECEIVED, handover, at, {})
    recorded = cases.record(session, row.case_id, [event], by=by, at=at, book=book)
    row.write(handover)
    session.flush()
    write_audit(session, handover, patient_id, by=by, at=at)
    return Handed(handover=handover, recorded=recorded)


def accept(
    session: Session,
    handover_id: UUID,
    *,
    first: FirstDate,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Handed:
    """Take the case, with the first own date: from now on the receiver is responsible.

    Exactly the open tasks of the responsible team move; a sender who still owes something of its
    own (the ward's summary) goes on seeing the case as a participant. Nobody calls where a death is
    said: the first own date is then one on which the receiver looks at it again.
    """
    row, patient_id, to_team = _row_of_receiver(session, handover_id, by)
    handover = domain.act(row.read(), HandoverAction.ACCEPT, at)
    if first.due_at <= at:
        raise domain.FirstDateInPast(due_at=first.due_at)
    kind = staff.organisation_kind(session, to_team)
    event = event_of(EventKind.HANDOVER_ACCEPTED, handover, at, words, taken_over_by=kind)
    recorded = endings.take_over(
        session, row.case_id, team_id=to_team, event=event, by=by, at=at, book=book
    )
    recorded = _first_date(session, recorded, first, by=by, at=at, book=book)
    row.first_task_id = _person_task(recorded)
    write_answer(session, row, handover, words, patient_id, by=by)
    receiver_has_answered(session, row.case_id, to_team, by=by, at=at)
    keep_participants(session, row.case_id, patient_id, by=by, at=at)
    write_audit(session, handover, patient_id, by=by, at=at)
    return Handed(handover=handover, recorded=recorded)


def _first_date(
    session: Session, recorded: Recorded, first: FirstDate, *, by: Actor, at: datetime, book: Book
) -> Recorded:
    history = case_queries.events_of(session, recorded.case.id)
    kind = first.kind if death_reported(history) is None else "free"
    ends = ("reached", "appointment_kept") if kind == "call_patient" else ()
    return owing.owe(
        session,
        recorded,
        kind,
        due_at=first.due_at,
        words={"because": "handover_accepted", "words": first.words},
        satisfied_by=ends,
        by=by,
        at=at,
        book=book,
    )


def _person_task(recorded: Recorded) -> UUID:
    return next(task.id for task in recorded.new if task.step_key.startswith("person."))


def send_back(
    session: Session,
    handover_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Handed:
    """Return the case with a reason: the sender has been responsible all along, and has work."""
    row, patient_id, to_team = _row_of_receiver(session, handover_id, by)
    if not any(str(word).strip() for word in words.values()):
        raise domain.ReasonNeeded(handover=handover_id)
    handover = domain.act(row.read(), HandoverAction.RETURN, at)
    event = event_of(EventKind.HANDOVER_RETURNED, handover, at, words)
    recorded = cases.record(session, row.case_id, [event], by=by, at=at, book=book)
    recorded = owe_receiver(session, recorded, words, by=by, at=at, book=book)
    write_answer(session, row, handover, words, patient_id, by=by)
    receiver_has_answered(session, row.case_id, to_team, by=by, at=at)
    write_audit(session, handover, patient_id, by=by, at=at)
    return Handed(handover=handover, recorded=recorded)


def owe_receiver(
    session: Session,
    recorded: Recorded,
    words: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """After a return the sender owes the case a receiver again."""
    return owing.see_that_it_is_owed(
        session,
        recorded,
        "name_receiver",
        words={"because": "handover_returned", **words},
        about={FOLLOWS: recorded.events[0].id},
        satisfied_by=("receiver_named", "handover_sent"),
        after=EventKind.HANDOVER_RETURNED,
        by=by,
        at=at,
        book=book,
    )


def _row_of_receiver(
    session: Session, handover_id: UUID, by: Actor
) -> tuple[HandoverRow, UUID, UUID]:
    """The row, the patient, and the team of ours that was asked."""
    row, patient_id = queries.get_row(session, by, handover_id, for_update=True)
    if row.to_team_id is None or not (by.sees_all or row.to_team_id in by.teams):
        raise domain.NotTheReceiver(handover=handover_id)
    return row, patient_id, row.to_team_id


def show_handovers(
    session: Session, case_id: UUID, *, by: Actor, at: datetime
) -> Sequence[Handover]:
    """The handovers of a case, opened, for one who may see it. A read that is written down."""
    patient_id = access.require_case(session, by, case_id)
    audit.record(
        session, "handovers.shown", by=by, at=at, subjects=[patient_id], facts={"case": case_id}
    )
    return queries.handovers_of(session, case_id, patient_id=patient_id)
