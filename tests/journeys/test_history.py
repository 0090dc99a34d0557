"""Any history at all: people do whatever they may, in any order, while the clock jumps.

A model says what must be true afterwards. After every step: an open case points at the earliest
of its open tasks, which lies within the longest silence or is overdue; no event is lost; a case
is closed only by the signatures that its ending needs; what was sent was answered or waits; and
the sweep and the roll call, by their own queries, leave nobody unseen.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bindeledd.features.access import service as access
from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import AppointmentAction
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, Event, EventKind, IndexKind, ahead, last_of
from bindeledd.features.cases.domain.closing import TWO_SIGNATURES, Ending
from bindeledd.features.cases.domain.planning import in_order
from bindeledd.features.cases.domain.telling import FIXED, TELLABLE
from bindeledd.features.cases.service import endings, saying, work
from bindeledd.features.cases.service.writing import How, Recorded
from bindeledd.features.cases.tables import ClosureRow, EventRow
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import Channel, Direction, NewContact, Outcome
from bindeledd.features.documents import service as documents
from bindeledd.features.documents.domain import HowKnown
from bindeledd.features.handovers import queries as handover_queries
from bindeledd.features.handovers import service as handovers
from bindeledd.features.handovers.domain import FirstDate
from bindeledd.features.pathways.domain import longest_silence
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders import service as reminders
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service.leaving import go_away
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import silences_of
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.db import Database, open_database
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.sealing.keyring import Keyring
from builders import MONDAY, a_book, a_cover, a_site, an_open_case
from conftest import RolledBack

# What nobody tells without what was answered.
ANSWERS = {
    EventKind.CONTACT_CONSENT_ASKED: {"contact_consent": "later"},
    EventKind.INTERPRETER_ASKED: {"interpreter": "yes"},
    EventKind.RELATIVES_ASKED: {"relatives_later": True},
    EventKind.RECEIVER_NAMED: {"receiver_kind": "gp"},
    EventKind.GAP_COVERED: {"cover": "accepted", "number_answered": "yes"},
    EventKind.BEREAVED_OFFERED: {"bereaved": "accepted"},
    EventKind.BEREAVED_CHILDREN_OFFERED: {"bereaved": "accepted"},
}
HOURS = st.integers(min_value=0, max_value=30 * 24)
WHICH = st.integers(min_value=0, max_value=50)
WORDS = {"words": "Slik gikk det"}


class Histories(RuleBasedStateMachine):
    """One person, two teams, four colleagues, and a clock that only goes forward."""

    engine: sa.Engine
    keyring: Keyring
    accounted: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.keyring.forget()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.database: Database = RolledBack(
            self.engine, {Keyring: self.keyring, "connection": self.connection}
        )
        self.session = self.database.session()
        self.at: datetime = MONDAY
        self.known: set[UUID] = set()
        self.closed = False
        self.asked_by: UUID | None = None

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    # --- the model's own hands ----------------------------------------------------------------

    @initialize()
    def a_person_is_registered(self) -> None:
        self.site = a_site(self.session, self.at)
        done = an_open_case(self.session, self.site, at=self.at, unit=True)
        self.case_id, self.patient_id = done.case.id, done.case.patient_id
        self.known |= {event.id for event in done.events}
        self.session.commit()

    def do(self, act: Callable[[], Any]) -> Any:
        """One request: done whole, or refused and nothing of it is kept."""
        self.at += timedelta(minutes=1)
        try:
            done = act()
        except Refusal:
            self.session.rollback()
            return None
        self.session.commit()
        self._remember(done)
        return done

    def _remember(self, done: Any) -> None:
        recorded = done if isinstance(done, Recorded) else getattr(done, "recorded", None)
        if recorded is not None:
            self.known |= {event.id for event in recorded.events}
            if recorded.how is How.REOPENED:
                self.closed, self.asked_by = False, None

    @property
    def case(self) -> Case:
        return queries.get_case(self.session, self.case_id, tenant_id=self.site.tenant)

    @property
    def ours(self) -> Actor:
        """Somebody of the team that is responsible now."""
        mine = self.case.responsible_team_id == self.site.team
        return self.site.anna if mine else self.site.carl

    @property
    def lead(self) -> Actor:
        mine = self.case.responsible_team_id == self.site.team
        return self.site.berit if mine else self.site.dina

    def tasks(self) -> list[Task]:
        return [task for task in queries.tasks_of(self.session, self.case_id) if task.is_open]

    def events(self) -> tuple[Event, ...]:
        return queries.events_of(self.session, self.case_id)

    def pick(self, which: int) -> Task:
        tasks = self.tasks()
        return tasks[which % len(tasks)]

    def told(self) -> dict[str, Any]:
        return {"by": self.ours, "at": self.at, "book": a_book()}

    # --- time ---------------------------------------------------------------------------------

    @rule(hours=st.one_of(st.integers(0, 30), st.integers(0, 24 * 60)))
    def the_clock_goes_on(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    # --- what happens and is told ---------------------------------------------------------------

    @rule(kind=st.sampled_from(sorted(TELLABLE)), ago=HOURS)
    def somebody_tells(self, kind: EventKind, ago: int) -> None:
        when = max(MONDAY, self.at - timedelta(hours=ago))
        said = {"facts": ANSWERS.get(kind), "words": {"words": "Sagt"}, "happened_at": when}
        if kind is EventKind.GAP_COVERED:
            said["covers"] = a_cover(self.at)
        self.do(lambda: saying.tell(self.session, self.case_id, kind, **said, **self.told()))

    @rule(kind=st.sampled_from(IndexKind), ago=HOURS)
    def another_index_event(self, kind: IndexKind, ago: int) -> None:
        done = self.do(
            lambda: cases.open_case(
                self.session,
                patient_id=self.patient_id,
                index_kind=kind,
                index_at=max(MONDAY, self.at - timedelta(hours=ago)),
                team_id=self.site.team,
                **self.told(),
            )
        )
        assert done is not None, "registering always succeeds"
        if done.case.id != self.case_id:
            self.case_id = done.case.id
            self.known = {event.id for event in done.events}
        self.closed, self.asked_by = False, None

    @rule(
        outcome=st.sampled_from(Outcome),
        channel=st.sampled_from(Channel),
        direction=st.sampled_from(Direction),
        again=st.none() | st.integers(1, 24 * 20),
    )
    def a_contact(
        self, outcome: Outcome, channel: Channel, direction: Direction, again: int | None
    ) -> None:
        before = {task.id for task in self.tasks() if task.step_key != "next-attempt"}
        new = NewContact(
            outcome=outcome,
            channel=channel,
            direction=direction,
            next_attempt=None if again is None else self.at + timedelta(hours=again),
        )
        done = self.do(
            lambda: contacts.register_contact(self.session, self.case_id, new, **self.told())
        )
        if done is not None and outcome is Outcome.NO_ANSWER:
            assert before <= {task.id for task in self.tasks()}, (
                "an attempt ends only the attempt that was owed"
            )

    @rule(ahead=st.integers(1, 24 * 30), give=st.booleans())
    def an_appointment(self, ahead: int, give: bool) -> None:
        self.do(
            lambda: appointments.book_appointment(
                self.session,
                self.case_id,
                starts_at=self.at + timedelta(hours=ahead),
                detail=WORDS,
                give=give,
                **self.told(),
            )
        )

    @rule(action=st.sampled_from(AppointmentAction), which=WHICH)
    def something_becomes_of_an_appointment(self, action: AppointmentAction, which: int) -> None:
        ids = self.session.scalars(sa.select(AppointmentRow.id).order_by(AppointmentRow.made_at))
        found = list(ids)
        if not found:
            return
        one = found[which % len(found)]
        before = [task.id for task in self.tasks() if task.kind == "respond_to_missed_appointment"]
        done = self.do(
            lambda: appointments.act(
                self.session, one, action, words={**WORDS, "whom": "Fastlegen"}, **self.told()
            )
        )
        if done is not None and action is AppointmentAction.MISS:
            self._a_no_show_is_owed(before)

    def _a_no_show_is_owed(self, before: list[UUID]) -> None:
        after = [task.id for task in self.tasks() if task.kind == "respond_to_missed_appointment"]
        reached = last_of(self.events(), EventKind.REACHED)
        missed = last_of(self.events(), EventKind.APPOINTMENT_MISSED)
        assert missed is not None
        answered = reached is not None and reached.at >= missed.at
        dead = any(task.kind == "confirm_death" for task in self.tasks())
        died = last_of(self.events(), EventKind.DEATH_REPORTED, EventKind.DEATH_CONFIRMED)
        assert len(after) > len(before) or answered or dead or died

    @rule(received=st.booleans())
    def a_summary(self, received: bool) -> None:
        def act() -> Any:
            begun = documents.begin_summary(
                self.session, self.case_id, by=self.ours, at=self.at
            ).document
            who = [one.id for one in begun.recipients]
            documents.write_summary(self.session, begun.id, **self.told())
            if not received:
                return documents.send_summary(self.session, begun.id, who, **self.told())
            return documents.receive_summary(
                self.session, begun.id, who, how=HowKnown.RECEIPT, **self.told()
            )

        written = len(self.known)
        if self.do(act) is not None:
            self.known |= {event.id for event in self.events()}
            assert len(self.known) >= written + 2

    @rule(which=WHICH)
    def an_event_was_wrong(self, which: int) -> None:
        fixed = FIXED - {EventKind.CLOSED}  # that it was closed may be the mistake
        found = [event for event in self.events() if event.kind not in fixed]
        if found:
            wrong = found[which % len(found)].id
            self.do(
                lambda: cases.mark_in_error(
                    self.session, self.case_id, [wrong], words=WORDS, **self.told()
                )
            )

    # --- tasks ------------------------------------------------------------------------------------

    @precondition(lambda self: not self.closed)
    @rule(which=WHICH)
    def a_task_is_done(self, which: int) -> None:
        one = self.pick(which).id
        self.do(
            lambda: work.complete_task(self.session, self.case_id, one, words=WORDS, **self.told())
        )

    @precondition(lambda self: not self.closed)
    @rule(hours=st.integers(1, 24 * 40))
    def a_task_is_added(self, hours: int) -> None:
        due_at = self.at + timedelta(hours=hours)
        done = self.do(
            lambda: work.add_task(
                self.session, self.case_id, due_at=due_at, words=WORDS, **self.told()
            )
        )
        assert done is not None

    @precondition(lambda self: not self.closed)
    @rule(which=WHICH, hours=st.integers(1, 24 * 90), later=st.booleans())
    def a_task_is_moved(self, which: int, hours: int, later: bool) -> None:
        one = self.pick(which).id
        move = work.move_later if later else work.bring_forward
        due_at = self.at + timedelta(hours=hours)
        self.do(
            lambda: move(self.session, self.case_id, one, due_at=due_at, words=WORDS, **self.told())
        )

    @precondition(lambda self: not self.closed)
    @rule(which=WHICH)
    def a_task_is_held(self, which: int) -> None:
        one, who = self.pick(which).id, self.ours
        self.do(
            lambda: work.hold_task(
                self.session, self.case_id, one, member_id=who.id, by=who, at=self.at
            )
        )

    @precondition(lambda self: not self.closed)
    @rule(which=WHICH)
    def a_task_is_acknowledged(self, which: int) -> None:
        one = self.pick(which).id
        self.do(
            lambda: reminders.acknowledge(
                self.session, one, by=self.ours, at=self.at, book=a_book()
            )
        )

    @rule(hours=st.integers(1, 24 * 10))
    def somebody_is_away(self, hours: int) -> None:
        who = self.ours
        assert who.id is not None
        member, until = who.id, self.at + timedelta(hours=hours, minutes=5)
        since = self.at + timedelta(minutes=1)
        self.do(lambda: go_away(self.session, member, since=since, until=until, by=who, at=self.at))

    # --- handovers ----------------------------------------------------------------------------------

    @rule()
    def it_is_handed_over(self) -> None:
        here = self.case.responsible_team_id
        to = self.site.other_team if here == self.site.team else self.site.team
        self.do(
            lambda: handovers.hand_over(
                self.session, self.case_id, to_team_id=to, words=WORDS, **self.told()
            )
        )

    @rule(answer=st.sampled_from(["receive", "accept", "return"]), hours=st.integers(1, 24 * 20))
    def a_handover_is_answered(self, answer: str, hours: int) -> None:
        pending = handover_queries.find_pending(self.session, self.case_id)
        if pending is None:
            return
        theirs = self.site.carl if self.ours is self.site.anna else self.site.anna
        told = {"by": theirs, "at": self.at, "book": a_book()}
        before = self.case.responsible_team_id
        if answer == "receive":
            self.do(lambda: handovers.receive(self.session, pending, **told))
        elif answer == "return":
            self.do(lambda: handovers.send_back(self.session, pending, words=WORDS, **told))
            assert self.case.responsible_team_id == before
        else:
            self._accept(pending, told, before, hours)

    def _accept(self, pending: UUID, told: dict[str, Any], before: UUID, hours: int) -> None:
        owned = {task.id: task for task in self.tasks()}
        first = FirstDate(due_at=self.at + timedelta(hours=hours))
        done = self.do(
            lambda: handovers.accept(self.session, pending, first=first, words=WORDS, **told)
        )
        now = self.case.responsible_team_id
        assert (now != before) is (done is not None)
        for task in self.tasks():
            if done is None or task.id not in owned:
                continue
            moves = task.owner in ("responsible_team", "lead")
            assert task.owner_team_id == (now if moves else owned[task.id].owner_team_id)

    # --- endings ------------------------------------------------------------------------------------

    @rule(ending=st.sampled_from(Ending), override=st.booleans(), by_lead=st.booleans())
    def an_ending_is_asked_for(self, ending: Ending, override: bool, by_lead: bool) -> None:
        who = self.lead if by_lead else self.ours
        done = self.do(
            lambda: endings.request_closing(
                self.session,
                self.case_id,
                ending=ending,
                words=WORDS,
                override=override,
                by=who,
                at=self.at,
                book=a_book(),
            )
        )
        if done is not None:
            self.asked_by = who.id
            assert any(task.kind == "sign_closing" for task in self.tasks())

    @rule(signs=st.booleans(), lead=st.booleans())
    def an_ending_is_answered(self, signs: bool, lead: bool) -> None:
        who = self.lead if lead else self.ours
        answer = endings.sign_closing if signs else endings.refuse_closing
        done = self.do(
            lambda: answer(
                self.session, self.case_id, words=WORDS, by=who, at=self.at, book=a_book()
            )
        )
        if done is not None:
            assert lead, "only a lead answers"
            self.closed = signs

    # --- what is true after every step ------------------------------------------------------------------

    @invariant()
    def an_open_case_owes_within_the_longest_silence_or_is_overdue(self) -> None:
        case, tasks = self.case, self.tasks()
        assert case.is_open is not self.closed
        if self.closed:
            assert tasks == []
            assert case.next_task_id is None
            assert ahead.standing(self.events()) == (), "nobody watches it any more"
            return
        first = min(tasks, key=in_order)
        assert case.next_task_id == first.id
        calendar = staff.team_calendar(self.session, case.responsible_team_id)
        book = a_book()
        path = book.resolve(case.pathway_id, case.pathway_version)
        began = last_of(self.events(), EventKind.INDEX_EVENT, EventKind.DISCHARGED)
        since = case.opened_at if began is None else max(began.at, case.opened_at)
        assert first.due_at <= longest_silence(path, since, self.at, calendar).due_at

    @invariant()
    def no_event_is_lost(self) -> None:
        stored = set(
            self.session.scalars(sa.select(EventRow.id).where(EventRow.case_id == self.case_id))
        )
        assert self.known <= stored

    @invariant()
    def what_ended_names_the_event_that_ended_it(self) -> None:
        events = {event.id for event in self.events()}
        for task in queries.tasks_of(self.session, self.case_id):
            assert task.is_open or task.ended_by_event_id in events

    @invariant()
    def it_is_closed_only_by_the_signatures_that_it_needs(self) -> None:
        for made in self.session.scalars(sa.select(ClosureRow)):
            if Ending(made.ending) in TWO_SIGNATURES:
                assert made.second_signed_by not in (None, made.signed_by)

    @invariant()
    def what_was_sent_was_answered_or_waits(self) -> None:
        pairs = handover_queries.pairs(self.session, self.site.tenant)
        assert all(pair.adds_up for pair in pairs)
        waits = handover_queries.find_pending(self.session, self.case_id) is not None
        assert waits is (sum(pair.pending for pair in pairs) == 1)

    @invariant()
    def whoever_is_responsible_sees_the_case(self) -> None:
        assert access.require_case(self.session, self.ours, self.case_id)

    @invariant()
    def the_sweep_and_the_roll_call_leave_nobody_unseen(self) -> None:
        book = a_book()
        self.session.commit()
        jobs.sweep(self.database, book, rules=Rules(), clock=lambda: self.at)
        said = rollcall.derive(
            self.session, self.site.tenant, silences=silences_of(book), at=self.at
        )
        self.session.commit()
        assert said.registered >= 1
        assert said.unseen == 0, said.remainder
        assert said.remainder == ()
        assert said.pointer_wrong == ()
        type(self).accounted += 1


@pytest.fixture(scope="module")
def history_engine(sqlite_template: Path, scratch: Path) -> Any:
    file = scratch / "histories.db"
    shutil.copy(sqlite_template, file)
    database = open_database(f"sqlite:///{file}")
    yield database.engine
    database.close()


def prove(
    engine: sa.Engine, keyring: Keyring, *, examples: int, steps: int, shrink: bool = False
) -> int:
    """Try so many histories; gives how often everybody was accounted for after a step of one.

    Shrinking a failing one takes minutes: only the long proof does it.
    """
    machine = type("Tried", (Histories,), {"engine": engine, "keyring": keyring})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[*([Phase.shrink] if shrink else []), Phase.generate],
            print_blob=False,
            database=None,
        ),
    )
    return machine.accounted


def test_no_history_loses_anybody(history_engine: sa.Engine, keyring: Keyring) -> None:
    assert prove(history_engine, keyring, examples=20, steps=25) >= 20


@pytest.mark.prove
def test_no_long_history_loses_anybody(history_engine: sa.Engine, keyring: Keyring) -> None:
    assert prove(history_engine, keyring, examples=400, steps=80, shrink=True) >= 400
