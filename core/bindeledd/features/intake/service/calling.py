"""Somebody called: owner and clock are there before saving ends, whoever called.

A call that is known to be about a running follow-up stands on it as an event; any other is a call
of its own, owed by a team, until somebody says what was done or which follow-up it is about.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases import service as casework
from bindeledd.features.cases.domain import Case, EventKind, NewEvent
from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.queue import Called, CallEnded, NoTeam, WordsMissing
from bindeledd.features.intake.service.owed import owe, settle
from bindeledd.features.intake.tables import CallRow, call_place
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.service.showing import require_patient
from bindeledd.features.reminders.service import tell_now
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing import keyring

CALL, ACUTE = "call", "acute_concern"


def call_in(
    session: Session,
    *,
    words: Mapping[str, Any],
    acute: bool,
    by: Actor,
    at: datetime,
    book: Book,
    called_at: datetime | None = None,
    patient_id: UUID | None = None,
    team_id: UUID | None = None,
) -> Called:
    """Somebody called. `words` (who, number, whom about, what was said) are sealed.

    `patient_id` is one that the asker sees. With a running follow-up it becomes an event there;
    otherwise a call that `team_id` (else a team of the asker) answers for. *Acute* is due in
    minutes on a ladder of its own, and stands in the inboxes before this ends. Raises `WordsMissing` when nothing was said.
    """
    _require_words(words)
    when = min(called_at or at, at)
    if patient_id is not None:
        running = _running(session, patient_id, by=by)
        if running is not None:
            return _on_case(session, running, words, acute, when, by=by, at=at, book=book)
    return _on_its_own(session, words, acute, when, patient_id, team_id, by=by, at=at, book=book)


def _running(session: Session, patient_id: UUID, *, by: Actor) -> Case | None:
    """The patient's running follow-up, if the asker sees it. Refuses a patient they do not see.

    One that another team follows unseen leaves the call with the asker's own team: it is owed.
    """
    require_patient(session, patient_id, by=by)
    found = cases.find_open_case(session, tenant_id=by.tenant_id, patient_id=patient_id)
    if found is not None:
        try:
            access.require_case(session, by, found.id)
        except OutOfSight:
            return None
    return found


def _require_words(words: Mapping[str, Any], **facts: object) -> None:
    if not any(str(said).strip() for said in words.values() if said is not None):
        raise WordsMissing(**facts)


def _on_case(
    session: Session,
    case: Case,
    words: Mapping[str, Any],
    acute: bool,
    when: datetime,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Called:
    kind = EventKind.ACUTE_CONCERN if acute else EventKind.CALLED_IN
    recorded = casework.record(
        session, case.id, [NewEvent(kind=kind, at=when, note=words)], by=by, at=at, book=book
    )
    if acute:
        made = [task.id for task in recorded.new if task.kind == ACUTE]
        tell_now(session, made, at=at, book=book)
    due = min((task.due_at for task in recorded.new), default=None)
    return Called(call_id=None, case_id=case.id, due_at=due)


def _on_its_own(
    session: Session,
    words: Mapping[str, Any],
    acute: bool,
    when: datetime,
    patient_id: UUID | None,
    team_id: UUID | None,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Called:
    call_id, team = new_id(), _team(session, team_id, by)
    keyring.new_subject(session, tenant_id=by.tenant_id, subject_id=call_id, at=at)
    task = owe(
        session,
        subject_id=call_id,
        kind=ACUTE if acute else "answer_call",
        team_id=team,
        by=by,
        at=at,
        book=book,
    )
    session.add(
        CallRow(
            id=call_id,
            tenant_id=by.tenant_id,
            kind=ACUTE if acute else CALL,
            team_id=team,
            task_id=task.id,
            patient_id=patient_id,
            words=keyring.seal(session, call_place(by.tenant_id, call_id, "words"), words),
            called_at=when,
            taken_by=by.id,
        )
    )
    session.flush()
    if acute:
        tell_now(session, [task.id], at=at, book=book)
    facts = {"call": call_id, "team": team}
    audit.record(session, "call.taken", by=by, at=at, subjects=[patient_id or call_id], facts=facts)
    return Called(call_id=call_id, case_id=None, due_at=task.due_at)


def _team(session: Session, team_id: UUID | None, by: Actor) -> UUID:
    if team_id is not None:
        return staff.get_team(session, by.tenant_id, team_id).id
    intake = staff.intake_team(session, by.tenant_id)
    own = sorted(by.teams)
    if own:
        return intake if intake in by.teams and intake is not None else own[0]
    if intake is None:
        raise NoTeam(tenant=by.tenant_id)
    return intake


def match_call(
    session: Session, call_id: UUID, *, patient_id: UUID, by: Actor, at: datetime, book: Book
) -> Called:
    """Say whom the call is about. On a running follow-up it becomes an event and is owed there.

    Without one the call stays with its team, with the patient written on it.
    """
    row = _open(session, call_id, by=by)
    running = _running(session, patient_id, by=by)
    row.patient_id = patient_id
    done = Called(call_id=row.id, case_id=None, due_at=None)
    if running is not None:
        words = keyring.unseal(session, row.place("words"), row.words)
        moved = _on_case(
            session, running, words, row.kind == ACUTE, row.called_at, by=by, at=at, book=book
        )
        row.case_id, row.ended_at, row.ended_by = running.id, at, by.id
        settle(session, row.task_id, at=at)
        done = Called(call_id=row.id, case_id=running.id, due_at=moved.due_at)
    session.flush()
    facts = {"call": row.id, "case": row.case_id}
    audit.record(session, "call.matched", by=by, at=at, subjects=[patient_id], facts=facts)
    return done


def answer_call(
    session: Session, call_id: UUID, *, words: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """The call ends, with what was done (sealed). Nothing else ends it."""
    row = _open(session, call_id, by=by)
    _require_words(words, call=call_id)
    row.answer = keyring.seal(session, row.place("answer"), words)
    row.ended_at, row.ended_by = at, by.id
    settle(session, row.task_id, at=at)
    subject = row.patient_id or row.id
    audit.record(
        session, "call.answered", by=by, at=at, subjects=[subject], facts={"call": call_id}
    )


def _open(session: Session, call_id: UUID, *, by: Actor) -> CallRow:
    row = queries.get_call(session, call_id, by=by, for_update=True)
    if row.ended_at is not None:
        raise CallEnded(call=call_id)
    return row
