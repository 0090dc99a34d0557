"""What the invented team does on its days: most of what is owed, through the real services.

Some of it is left undone on purpose, so that there is something late to see.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.demo.people import People
from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import AppointmentAction
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import EventKind, ahead, closing
from bindeledd.features.cases.service import endings, saying, work
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.documents import service as documents
from bindeledd.features.handovers import service as handovers
from bindeledd.features.handovers.domain import FirstDate
from bindeledd.features.handovers.tables import HandoverRow
from bindeledd.features.intake import service as intake
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import VerifiedHow
from bindeledd.features.patients.queries import get_patient
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import Answer, Family
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.days import past_weekend
from bindeledd.foundation.errors import Refusal

_DONE = 0.86
_NO_CHILDREN = Family(children=(), siblings=())
_ANSWERS: Mapping[Outcome, float] = {
    Outcome.SPOKE_WITH_PATIENT: 0.72,
    Outcome.NO_ANSWER: 0.16,
    Outcome.VOICEMAIL_LEFT_DISCREET: 0.08,
    Outcome.DECLINED_THIS_TIME: 0.04,
}
_TOLD: Mapping[str, EventKind] = {
    "assess_risk": EventKind.RISK_ASSESSED,
    "offer_plan": EventKind.PLAN_OFFERED,
    "verify_number": EventKind.NUMBER_VERIFIED,
    "ask_contact_consent": EventKind.CONTACT_CONSENT_ASKED,
    "name_receiver": EventKind.RECEIVER_NAMED,
}
_FACTS: Mapping[str, Mapping[str, str]] = {
    "name_receiver": {"receiver_kind": "gp"},
    "ask_contact_consent": {"contact_consent": "yes"},
}
_LONG_ENOUGH = timedelta(days=18)


@dataclass
class Team:
    """Plays one day at a time. What a service refuses is left owed, as in life."""

    people: People
    book: Book
    random: Random
    municipal: UUID

    def day(self, session: Session, at: datetime) -> None:
        """Do most of what is due today or late; decide what lies in the queue."""
        tomorrow = at + timedelta(hours=10)
        for row in self._due(session, tomorrow):
            if self.random.random() < _DONE:
                self._try(session, lambda row=row: self._do(session, row, at))  # type: ignore[misc]
        for case in cases.open_cases(session, tenant_id=self.people.system.tenant_id):
            if at - case.opened_at > _LONG_ENOUGH and self.random.random() < 0.3:
                self._try(session, lambda case=case: self._end(session, case.id, at))  # type: ignore[misc]

    def _due(self, session: Session, until: datetime) -> list[TaskRow]:
        return list(
            session.scalars(
                sa.select(TaskRow)
                .where(
                    TaskRow.tenant_id == self.people.system.tenant_id,
                    TaskRow.state == "open",
                    TaskRow.due_at <= until,
                )
                .order_by(TaskRow.due_at, TaskRow.id)
                .limit(2000)
            )
        )

    def _try(self, session: Session, act: Callable[[], object]) -> None:
        try:
            with session.begin_nested():
                act()
        except Refusal:
            session.expire_all()

    def _do(self, session: Session, row: TaskRow, at: datetime) -> None:
        session.refresh(row)
        if row.state != "open":
            return
        task = row.read()
        by = self.people.somebody(task.owner_team_id, self.random)
        if task.case_id is None:
            self._decide(session, task, by, at)
        else:
            self._work(session, task, task.case_id, by, at)

    def _decide(self, session: Session, task: Task, by: Actor, at: datetime) -> None:
        """Most of what lies in the queue for long is not ours."""
        if task.kind == "decide_message" and at - task.made_at > timedelta(days=4):
            message = task.subject_id
            if message is not None and self.random.random() < 0.5:
                intake.decide(session, message, ours=False, by=by, at=at, book=self.book)

    def _work(self, session: Session, task: Task, case: UUID, by: Actor, at: datetime) -> None:
        if task.kind in ("call_patient", "respond_to_missed_appointment"):
            self._call(session, case, by, at)
        elif task.kind in _TOLD:
            tried = self._reach(session, task.kind, case, by, at)
            if tried is None:
                return
            saying.tell(
                session,
                case,
                _TOLD[task.kind],
                facts=_FACTS.get(task.kind, {}),
                words={"words": "Gjort i samtale.", **tried},
                by=by,
                at=at,
                book=self.book,
            )
        elif task.kind == "give_appointment":
            self._appointment(session, case, by, at)
        elif task.kind == "send_summary":
            self._summary(session, case, by, at)
        elif task.kind == "ask_relatives":
            self._ask_relatives(session, task, case, by, at)
        elif task.kind == "ask_children":
            relatives.ask_about_children(
                session, case, family=_NO_CHILDREN, by=by, at=at, book=self.book
            )
        elif task.kind == "accept_handover":
            self._accept(session, case, by, at)
        elif task.kind == "sign_closing":
            lead = self.people.leads[task.owner_team_id]
            endings.sign_closing(
                session, case, words={"words": "Lest og signert."}, by=lead, at=at, book=self.book
            )
        elif not task.satisfied_by:
            work.complete_task(
                session, case, task.id, words={"words": "Gjort."}, by=by, at=at, book=self.book
            )

    def _ask_relatives(
        self, session: Session, task: Task, case: UUID, by: Actor, at: datetime
    ) -> None:
        """Whoever wanted to wait is asked once more."""
        again = task.step_key == "core.ask_relatives"
        answer = Answer.DECLINED if again else Answer.LATER
        relatives.ask_about_relatives(session, case, answer=answer, by=by, at=at, book=self.book)

    def _reach(
        self, session: Session, kind: str, case: UUID, by: Actor, at: datetime
    ) -> dict[str, str] | None:
        """What was asked of the numbers stands on the numbers too; None where there is no number."""
        if kind not in ("verify_number", "ask_contact_consent"):
            return {}
        patient = cases.get_case(session, case, tenant_id=by.tenant_id).patient_id
        ways = get_patient(session, patient, tenant_id=by.tenant_id).contact_ways or ()
        if kind == "ask_contact_consent":
            safe = [replace(way, safe_to_call=True, safe_to_leave_message=False) for way in ways]
            patients.change_contact_ways(session, patient, safe, by=by, at=at)
            return {}
        return {"phone": ways[0].value, "how": VerifiedHow.RUNG.value} if ways else None

    def _call(self, session: Session, case: UUID, by: Actor, at: datetime) -> None:
        outcome = self.random.choices(list(_ANSWERS), list(_ANSWERS.values()))[0]
        contacts.register_contact(
            session, case, NewContact(outcome=outcome), by=by, at=at, book=self.book
        )
        if outcome is Outcome.SPOKE_WITH_PATIENT and self.random.random() < 0.08:
            self._hand_over(session, case, by, at)

    def _hand_over(self, session: Session, case: UUID, by: Actor, at: datetime) -> None:
        if self.municipal not in by.teams:
            handovers.hand_over(
                session,
                case,
                to_team_id=self.municipal,
                words={"words": "Avtalt med pasienten."},
                by=by,
                at=at,
                book=self.book,
            )

    def _accept(self, session: Session, case: UUID, by: Actor, at: datetime) -> None:
        waiting = session.scalar(
            sa.select(HandoverRow.id)
            .where(HandoverRow.case_id == case, HandoverRow.to_team_id.in_(list(by.teams)))
            .order_by(HandoverRow.sent_at.desc())
            .limit(1)
        )
        if waiting is not None:
            handovers.accept(
                session,
                waiting,
                first=FirstDate(due_at=at + timedelta(days=3)),
                words={"words": "Vi tar over."},
                by=by,
                at=at,
                book=self.book,
            )

    def _appointment(self, session: Session, case: UUID, by: Actor, at: datetime) -> None:
        starts = at.replace(hour=9, minute=30) + timedelta(days=self.random.randint(3, 9))
        appointments.book_appointment(
            session,
            case,
            starts_at=past_weekend(starts),
            detail={"where": "Poliklinikken, 2. etasje", "whom": "Behandler"},
            give=True,
            by=by,
            at=at,
            book=self.book,
        )

    def _summary(self, session: Session, case: UUID, by: Actor, at: datetime) -> None:
        filed = documents.begin_summary(session, case, by=by, at=at)
        document = filed.document
        documents.write_summary(session, document.id, by=by, at=at, book=self.book)
        documents.send_summary(
            session,
            document.id,
            [recipient.id for recipient in document.recipients],
            by=by,
            at=at,
            book=self.book,
        )

    def _settle(self, session: Session, case_id: UUID, by: Actor, at: datetime) -> None:
        """Say what became of each appointment that stands, or who answers for it now."""
        for one in ahead.standing(cases.events_of(session, case_id)):
            appointments.act(
                session,
                one.id,
                AppointmentAction.KEEP if one.starts_at <= at else AppointmentAction.HAND_ON,
                words={"whom": "Fastlegen, avtalt på telefon"} if one.starts_at > at else {},
                by=by,
                at=at,
                book=self.book,
            )

    def _end(self, session: Session, case_id: UUID, at: datetime) -> None:
        case = cases.get_case(session, case_id, tenant_id=self.people.system.tenant_id)
        by = self.people.somebody(case.responsible_team_id, self.random)
        self._settle(session, case_id, by, at)
        endings.request_closing(
            session,
            case_id,
            ending=closing.Ending.COMPLETED,
            words={"words": "Videre oppfølging hos fastlegen er på plass."},
            by=by,
            at=at,
            book=self.book,
        )
