"""The pure planner: what is owed after which events, with the real national pathway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.features.cases.domain import Case, CaseState, Event, EventKind
from bindeledd.features.cases.domain.planning import (
    REVIEW,
    Changes,
    Frame,
    facts_of,
    in_order,
    plan,
    rules_after,
    task_for,
)
from bindeledd.features.cases.domain.silence import phase_began, review
from bindeledd.features.pathways.domain import (
    Basis,
    BasisKind,
    Due,
    Gate,
    Step,
    longest_silence,
)
from bindeledd.features.tasks.domain import Task, TaskOrigin, TaskState
from bindeledd.foundation.calendars import Calendar, Period
from builders import MONDAY, a_book

K = EventKind
TEAM, OTHER, WARD = uuid4(), uuid4(), uuid4()
LEAD, OTHER_LEAD = uuid4(), uuid4()
HOURS = Calendar.of([(day, time(8), time(16)) for day in range(1, 6)])
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_frame(team: UUID = TEAM, lead: UUID = LEAD) -> Frame:
    book = a_book()
    return Frame(
        book=book,
        pathway=book.resolve("national.after-attempt", "2026.1"),
        teams={"responsible_team": team, "lead": team, "discharging_unit": WARD},
        holders={"lead": lead},
        calendars={TEAM: HOURS, OTHER: HOURS, WARD: HOURS},
    )


@dataclass
class History:
    """A case in memory: events are told, plans are kept, as the service would."""

    frame: Frame = field(default_factory=a_frame)
    events: list[Event] = field(default_factory=list)
    tasks: dict[UUID, Task] = field(default_factory=dict)
    case: Case = field(
        default_factory=lambda: Case(
            id=uuid4(),
            tenant_id=uuid4(),
            patient_id=uuid4(),
            pathway_id="national.after-attempt",
            pathway_version="2026.1",
            responsible_team_id=TEAM,
            opened_at=MONDAY,
        )
    )

    def tell(
        self,
        kind: EventKind,
        at: datetime,
        *,
        known: datetime | None = None,
        date_only: bool = False,
        **facts: Any,
    ) -> Event:
        event = Event(
            id=uuid4(),
            case_id=self.case.id,
            kind=kind,
            at=at,
            date_only=date_only,
            recorded_at=known or at,
            recorded_by=uuid4(),
            facts=facts,
        )
        self.events.append(event)
        self.plan(known or at)
        return event

    def plan(self, at: datetime) -> Changes:
        changes = plan(self.frame, self.case, self.events, self.tasks.values(), at)
        self.tasks |= {task.id: task for task in (*changes.new, *changes.changed)}
        self.case = replace(self.case, next_task_id=changes.next_task_id)
        return changes

    def in_error(self, event: Event, at: datetime) -> Changes:
        self.events = [replace(e, in_error=True) if e.id == event.id else e for e in self.events]
        return self.plan(at)

    def open(self, *kinds: str) -> list[Task]:
        found = [task for task in self.tasks.values() if task.is_open]
        return sorted(
            (task for task in found if not kinds or task.kind in kinds), key=lambda t: t.due_at
        )

    def close(self, at: datetime) -> None:
        event = self.tell(K.CLOSED, at)
        self.case = replace(self.case, state=CaseState.CLOSED, closed_at=at)
        for task in self.open():
            self.tasks[task.id] = replace(
                task, state=TaskState.CANCELLED, ended_at=at, ended_by_event_id=event.id
            )

    def reopen(self, at: datetime) -> None:
        self.case = replace(self.case, state=CaseState.OPEN, closed_at=None)
        self.tell(K.INDEX_EVENT, at, index_kind="self_harm")


def discharged(at: datetime = MONDAY) -> History:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.DISCHARGED, at)
    return history


# --- what was over before anybody could know -------------------------------------------------------


def with_steps(*steps: Step) -> Frame:
    frame = a_frame()
    return replace(frame, pathway=replace(frame.pathway, steps=(*frame.pathway.steps, *steps)))


def a_step(kind: str, due: Due) -> Step:
    ours = Basis(kind=BasisKind.DEFAULT, source="ours")
    return Step(key="ours", task="assess_risk", after=kind, due=due, basis=ours)


def ours(history: History) -> Task:
    return next(task for task in history.tasks.values() if task.step_key == "ours")


def a_stay(
    kind: str, known: datetime, due: Due, *, left: datetime | None = MONDAY, wrong: bool = False
) -> Task:
    """What a stay that began five days before Monday owes, told of at `known`, in one message.

    `wrong`: the discharge in it was an error.
    """
    history = History(frame=with_steps(a_step(kind, due)))
    began = MONDAY - 5 * DAY
    more = [] if left is None else [(K.DISCHARGED, left)]
    for what, at in [(K.INDEX_EVENT, began), (K.ADMITTED, began), *more]:
        event = Event(
            id=uuid4(),
            case_id=history.case.id,
            kind=what,
            at=at,
            recorded_at=known,
            facts={},
            in_error=wrong and what is K.DISCHARGED,
        )
        history.events.append(event)
    history.plan(known)
    return ours(history)


@pytest.mark.parametrize("kind", ["admitted", "index_event"])
def test_what_a_stay_owed_is_due_from_when_it_was_known_where_it_was_over_then(kind: str) -> None:
    owed = a_stay(kind, MONDAY + HOUR, Due(within=Period(1)))
    assert owed.due_at > MONDAY + HOUR
    assert owed.due_at <= MONDAY + HOUR + DAY
    assert owed.due_reason["moved"] == owed.due_reason["counted_anew"] == "stay_over"
    assert datetime.fromisoformat(owed.due_reason["was_due_at"]) < MONDAY


def test_what_is_due_after_it_was_known_keeps_the_time_of_its_rule() -> None:
    owed = a_stay("admitted", MONDAY + HOUR, Due(within=Period(7)))
    assert owed.due_at <= MONDAY + 2 * DAY
    assert owed.due_reason["moved"] != "stay_over"


def test_somebody_who_is_still_there_is_owed_it_by_its_own_time() -> None:
    owed = a_stay("admitted", MONDAY + HOUR, Due(within=Period(1)), left=None)
    assert owed.due_at <= MONDAY - 4 * DAY


def test_a_discharge_by_mistake_ends_no_stay() -> None:
    owed = a_stay("admitted", MONDAY + HOUR, Due(within=Period(1)), wrong=True)
    assert owed.due_at <= MONDAY - 4 * DAY


def test_what_is_owed_from_going_home_keeps_its_time_however_late_it_is_told() -> None:
    owed = a_stay("discharged", MONDAY + 5 * DAY, Due(within=Period(1)))
    assert owed.due_at <= MONDAY + DAY


# --- once, and the same every time ---------------------------------------------------------------


def test_planning_twice_changes_nothing() -> None:
    history = discharged()

    again = history.plan(MONDAY + HOUR)

    assert (again.new, again.changed) == ((), ())


def test_a_task_has_one_natural_key() -> None:
    history = discharged()
    keys = [task.natural_key for task in history.tasks.values()]

    assert len(keys) == len(set(keys))


def test_every_step_and_gate_that_applies_has_a_task() -> None:
    history = discharged()
    owed = (rule for rule in history.frame.pathway.owed if rule.anchor == "discharged")
    # A Monday: nobody asks who answers over the weekend.
    wanted = {rule.task for rule in owed if "next_day_unstaffed" not in rule.when}

    assert wanted <= {task.kind for task in history.open()}


def test_a_task_says_why_it_is_due_then() -> None:
    [first, *_] = discharged().open("call_patient")

    assert first.due_reason["rule"] == "first-contact"
    assert first.due_reason["default"] is True
    assert "national.toml" in first.due_reason["origin"]


# --- what satisfies -------------------------------------------------------------------------------


def test_one_call_does_not_do_the_next_ones() -> None:
    history = discharged()

    history.tell(K.REACHED, MONDAY + DAY)

    assert [task.step_key for task in history.open("call_patient")] == [
        "second-contact",
        "third-contact",
    ]


def test_what_happens_before_a_window_does_not_count_inside_it() -> None:
    history = discharged()
    history.tell(K.REACHED, MONDAY + DAY)
    history.tell(K.REACHED, MONDAY + 5 * DAY)
    assert "second-contact" in [task.step_key for task in history.open()]

    history.tell(K.REACHED, MONDAY + 8 * DAY)
    assert "second-contact" not in [task.step_key for task in history.open()]


def test_an_attempt_satisfies_nothing() -> None:
    history = discharged()
    before = history.open("call_patient")

    history.tell(K.CONTACT_ATTEMPTED, MONDAY + DAY)

    assert [t for t in history.open("call_patient") if t.step_key != "next-attempt"] == before


def test_after_an_attempt_that_reached_nobody_the_next_is_owed_within_a_week() -> None:
    history = discharged()
    for week in range(4):
        history.tell(K.CONTACT_ATTEMPTED, MONDAY + (1 + 7 * week) * DAY)
        [again] = [t for t in history.open("call_patient") if t.step_key == "next-attempt"]
        assert again.due_at <= MONDAY + (8 + 7 * week) * DAY

    history.tell(K.REACHED, MONDAY + 25 * DAY)

    assert not [t for t in history.open("call_patient") if t.step_key == "next-attempt"]


def test_a_phoned_summary_satisfies_nothing() -> None:
    history = discharged()

    history.tell(K.SUMMARY_INTERIM, MONDAY + HOUR)

    assert len(history.open("send_summary")) == 1


def test_a_gate_that_was_kept_before_discharge_leaves_nothing_owed() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.CHILDREN_ASKED, MONDAY + HOUR)
    history.tell(K.DISCHARGED, MONDAY + DAY)

    assert history.open("ask_children") == []


def appoint(
    history: History,
    given: datetime,
    starts: datetime | None,
    became: EventKind | None = None,
    *,
    said: datetime | None = None,
) -> None:
    """The person is given an appointment, and this became of it."""
    facts = {"appointment_id": str(uuid4())}
    facts |= {} if starts is None else {"appointment_at": starts.isoformat()}
    history.tell(K.APPOINTMENT_GIVEN, given, **facts)
    if became is not None:
        history.tell(became, said or starts or given, known=said, **facts)


def go_home(history: History, at: datetime = MONDAY) -> History:
    history.tell(K.DISCHARGED, at)
    return history


def gate_owed(history: History) -> bool:
    return any(task.step_key == "gate.appointment_given" for task in history.open())


def in_the_ward() -> History:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY - 5 * DAY)
    return history


@pytest.mark.parametrize("became", [K.APPOINTMENT_KEPT, K.APPOINTMENT_MISSED, None])
def test_an_appointment_that_was_over_at_discharge_keeps_no_gate(became: EventKind | None) -> None:
    history = in_the_ward()
    appoint(history, MONDAY - 3 * DAY, MONDAY - DAY, became)

    assert gate_owed(go_home(history))


@pytest.mark.parametrize("became", [K.APPOINTMENT_CANCELLED, K.APPOINTMENT_MOVED])
def test_an_appointment_that_was_taken_back_before_discharge_keeps_no_gate(
    became: EventKind,
) -> None:
    history = in_the_ward()
    appoint(history, MONDAY - 3 * DAY, MONDAY + DAY, became, said=MONDAY - DAY)

    assert gate_owed(go_home(history))


def test_an_appointment_that_was_never_cancelled_after_all_keeps_its_gate() -> None:
    history = in_the_ward()
    appoint(history, MONDAY - 3 * DAY, MONDAY + DAY, K.APPOINTMENT_CANCELLED, said=MONDAY - DAY)
    history.in_error(history.events[-1], MONDAY - HOUR)

    assert not gate_owed(go_home(history))


@pytest.mark.parametrize("hours", [0, 24])
def test_an_appointment_that_begins_at_discharge_or_later_keeps_its_gate(hours: int) -> None:
    history = in_the_ward()
    appoint(history, MONDAY - 3 * DAY, MONDAY + hours * HOUR)

    assert not gate_owed(go_home(history))


def test_an_appointment_of_which_nobody_knows_when_it_begins_keeps_its_gate() -> None:
    history = in_the_ward()
    appoint(history, MONDAY - 3 * DAY, None)

    assert not gate_owed(go_home(history))


def test_what_became_of_an_appointment_after_discharge_leaves_its_gate_kept() -> None:
    history = in_the_ward()
    appoint(history, MONDAY - 3 * DAY, MONDAY + DAY)
    go_home(history)
    made = next(event for event in history.events if event.kind is K.APPOINTMENT_GIVEN)
    history.tell(K.APPOINTMENT_KEPT, MONDAY + DAY, **made.facts)

    assert not gate_owed(history)


def test_another_that_lies_ahead_keeps_the_gate_beside_one_that_is_over() -> None:
    history = in_the_ward()
    appoint(history, MONDAY - 3 * DAY, MONDAY - DAY, K.APPOINTMENT_KEPT)
    appoint(history, MONDAY - DAY, MONDAY + DAY)

    assert not gate_owed(go_home(history))


def test_an_appointment_given_after_discharge_is_what_the_gate_waited_for() -> None:
    history = in_the_ward()
    appoint(history, MONDAY - 3 * DAY, MONDAY - DAY, K.APPOINTMENT_KEPT)
    go_home(history)
    appoint(history, MONDAY + HOUR, MONDAY + DAY)

    assert not gate_owed(history)


def home_twice(given: datetime, starts: datetime | None) -> History:
    """Home, in hospital again and home: the appointment is of before the second stay."""
    history = go_home(in_the_ward())
    appoint(history, given, starts)
    history.tell(K.ADMITTED, MONDAY + 2 * DAY)
    return history


@pytest.mark.parametrize("given", [MONDAY - DAY, MONDAY + DAY], ids=["first stay", "between"])
def test_an_appointment_of_before_a_stay_that_lies_ahead_of_its_end_keeps_the_gate(
    given: datetime,
) -> None:
    history = home_twice(given, MONDAY + 9 * DAY)

    assert not gate_owed(go_home(history, MONDAY + 4 * DAY))


@pytest.mark.parametrize("starts", [MONDAY + 3 * DAY, None], ids=["over", "nobody knows when"])
def test_one_of_before_a_stay_that_is_not_known_to_lie_ahead_of_its_end_keeps_no_gate(
    starts: datetime | None,
) -> None:
    history = home_twice(MONDAY - DAY, starts)

    assert gate_owed(go_home(history, MONDAY + 4 * DAY))


@pytest.mark.parametrize("became", [K.APPOINTMENT_CANCELLED, K.APPOINTMENT_MOVED])
def test_one_of_before_a_stay_that_was_taken_back_in_it_keeps_no_gate(became: EventKind) -> None:
    history = home_twice(MONDAY - DAY, MONDAY + 9 * DAY)
    made = next(event for event in history.events if event.kind is K.APPOINTMENT_GIVEN)
    history.tell(became, MONDAY + 3 * DAY, **made.facts)

    assert gate_owed(go_home(history, MONDAY + 4 * DAY))


def test_one_of_before_a_stay_that_was_another_persons_is_owed_after_all() -> None:
    history = go_home(home_twice(MONDAY - DAY, MONDAY + 9 * DAY), MONDAY + 4 * DAY)
    made = next(event for event in history.events if event.kind is K.APPOINTMENT_GIVEN)

    history.in_error(made, MONDAY + 5 * DAY)

    assert gate_owed(history)


def test_one_of_before_a_stay_that_is_cancelled_after_it_leaves_a_new_time_owed() -> None:
    history = go_home(home_twice(MONDAY - DAY, MONDAY + 9 * DAY), MONDAY + 4 * DAY)
    made = next(event for event in history.events if event.kind is K.APPOINTMENT_GIVEN)

    history.tell(K.APPOINTMENT_CANCELLED, MONDAY + 5 * DAY, **made.facts)

    assert [task.kind for task in history.open("give_appointment")] == ["give_appointment"]


@pytest.mark.parametrize(("known", "owed"), [(HOUR, True), (20 * HOUR, False)])
def test_on_the_day_of_a_discharge_without_an_hour_an_outcome_counts_that_was_known(
    known: timedelta, owed: bool
) -> None:
    """`known`: how long after the appointment somebody said that the person came."""
    history = in_the_ward()
    facts = {
        "appointment_id": str(uuid4()),
        "appointment_at": (MONDAY + HOUR).isoformat(),
    }
    history.tell(K.APPOINTMENT_GIVEN, MONDAY - DAY, **facts)
    history.tell(K.APPOINTMENT_KEPT, MONDAY + HOUR, known=MONDAY + HOUR + known, **facts)
    history.tell(K.DISCHARGED, MONDAY, known=MONDAY + 5 * HOUR, date_only=True)

    assert gate_owed(history) is owed


def test_a_gate_that_is_kept_after_discharge_is_done_then() -> None:
    history = discharged()
    [owed] = history.open("ask_children")

    kept = history.tell(K.CHILDREN_ASKED, MONDAY + DAY)

    assert history.tasks[owed.id].state is TaskState.DONE
    assert history.tasks[owed.id].ended_by_event_id == kept.id


def test_what_was_in_place_for_one_stay_does_not_keep_the_gate_of_the_next() -> None:
    history = discharged()
    history.tell(K.SUMMARY_SENT, MONDAY + HOUR)
    assert history.open("send_summary") == []

    history.tell(K.ADMITTED, MONDAY + 10 * DAY)
    history.tell(K.DISCHARGED, MONDAY + 12 * DAY)

    assert len(history.open("send_summary")) == 1


def test_two_discharges_are_each_owed_their_calls() -> None:
    """One at a time: the first stands, and the second is owed by what says nothing of it."""
    history = discharged()
    second = history.tell(K.DISCHARGED, MONDAY + 2 * DAY)

    def firsts() -> list[Task]:
        return [task for task in history.open("call_patient") if task.step_key == "first-contact"]

    [first] = firsts()
    history.tell(K.REACHED, MONDAY + DAY, known=MONDAY + 3 * DAY)
    assert history.tasks[first.id].state is TaskState.DONE
    assert [task.anchor_event_id for task in firsts()] == [second.id]


def test_an_unknown_fact_applies_and_a_known_one_decides() -> None:
    def owed(**facts: Any) -> bool:
        history = History()
        history.tell(K.ADMITTED, MONDAY, **facts)
        return any(task.step_key == "specialist-assessment" for task in history.open())

    assert owed()
    assert owed(minor=False, inpatient=True)
    assert not owed(minor=True, inpatient=True)


def of_a_municipality(frame: Frame) -> Frame:
    """The routine with a step of whoever took over, if that is a municipality."""
    basis = Basis(kind=BasisKind.LOCAL, source="a test")
    step = Step(
        key="theirs",
        task="call_patient",
        after="handover_accepted",
        due=Due(within=Period(days=3)),
        when={"taken_over_by": frozenset({"municipality"})},
        basis=basis,
    )
    return replace(frame, pathway=replace(frame.pathway, steps=(*frame.pathway.steps, step)))


def test_who_took_over_the_second_time_says_nothing_of_the_first() -> None:
    history = History(frame=of_a_municipality(a_frame()))
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.HANDOVER_ACCEPTED, MONDAY + DAY, taken_over_by="trust")
    second = history.tell(K.HANDOVER_ACCEPTED, MONDAY + 30 * DAY, taken_over_by="municipality")
    theirs = [task for task in history.open() if task.step_key == "theirs"]
    assert [task.anchor_event_id for task in theirs] == [second.id]
    history.tell(K.HANDOVER_ACCEPTED, MONDAY + 60 * DAY, taken_over_by="trust")
    assert [task.anchor_event_id for task in history.open() if task.step_key == "theirs"] == [
        second.id
    ]


def test_what_is_settled_by_another_word_counts_for_what_was_told_before() -> None:
    """Whether somebody was an inpatient is told by the stay, and may be put right later."""
    history = History()
    history.tell(K.ADMITTED, MONDAY, inpatient="no")
    history.tell(K.RISK_ASSESSED, MONDAY + 31 * DAY, inpatient="yes")
    assert facts_of(tuple(history.events))["inpatient"] == "yes"
    late = history.tell(K.ADMITTED, MONDAY + 40 * DAY)
    assert late.id in {
        t.anchor_event_id for t in history.open() if t.step_key == "specialist-assessment"
    }


def test_s066_each_no_show_is_owed_an_answer_of_its_own() -> None:
    history = discharged()
    for day in (3, 4):
        history.tell(K.APPOINTMENT_MISSED, MONDAY + day * DAY, appointment_id=str(uuid4()))

    assert len(history.open("respond_to_missed_appointment")) == 2
    history.tell(K.REACHED, MONDAY + 5 * DAY)
    assert history.open("respond_to_missed_appointment") == []


def test_s068_a_no_show_makes_an_answer_owed_and_nothing_else() -> None:
    history = discharged()
    before = {task.id for task in history.open()}
    history.tell(K.APPOINTMENT_MISSED, MONDAY + 3 * DAY, appointment_id=str(uuid4()))

    more = [task.kind for task in history.open() if task.id not in before]
    assert more == ["respond_to_missed_appointment"]


def test_the_answer_to_one_appointment_ends_no_other() -> None:
    history = discharged()
    one, two = str(uuid4()), str(uuid4())
    when = {"appointment_at": (MONDAY + 9 * DAY).isoformat()}
    history.tell(K.APPOINTMENT_GIVEN, MONDAY + HOUR, appointment_id=one, **when)
    history.tell(K.APPOINTMENT_GIVEN, MONDAY + 2 * HOUR, appointment_id=two, **when)
    about = ("confirm_appointment", "record_outcome")
    assert [len(history.open(kind)) for kind in about] == [2, 2]

    history.tell(K.APPOINTMENT_CANCELLED, MONDAY + DAY, appointment_id=one)

    assert [len(history.open(kind)) for kind in about] == [1, 1]


# --- late, wrong, and marked as an error ------------------------------------------------------------


def test_a_late_message_makes_what_is_owed_due_at_once_and_says_when_it_was() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.DISCHARGED, MONDAY + HOUR, known=MONDAY + 6 * DAY)

    [first] = [task for task in history.open() if task.step_key == "first-contact"]
    assert first.due_at < MONDAY + 6 * DAY
    assert first.made_at == MONDAY + 6 * DAY


def test_a_late_message_of_what_was_done_in_between_owes_nothing_twice() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.REACHED, MONDAY + 2 * DAY)
    history.tell(K.DISCHARGED, MONDAY + DAY, known=MONDAY + 6 * DAY)

    assert "first-contact" not in [task.step_key for task in history.open()]


def test_what_rested_on_an_error_falls_away_and_names_it() -> None:
    history = discharged()
    wrong = history.events[-1]

    history.in_error(wrong, MONDAY + DAY)

    assert history.open("call_patient") == []
    ended = [task for task in history.tasks.values() if task.anchor_event_id == wrong.id]
    assert {task.state for task in ended} == {TaskState.CANCELLED}
    assert {task.ended_by_event_id for task in ended} == {wrong.id}
    assert history.open()


def test_what_an_error_had_done_is_owed_again_with_its_first_due_time() -> None:
    history = discharged()
    [before] = history.open("ask_children")
    wrong = history.tell(K.CHILDREN_ASKED, MONDAY + HOUR)

    history.in_error(wrong, MONDAY + DAY)

    assert history.open("ask_children") == [before]


def test_a_gate_that_an_error_had_kept_is_owed() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    wrong = history.tell(K.CHILDREN_ASKED, MONDAY + HOUR)
    history.tell(K.DISCHARGED, MONDAY + DAY)
    assert history.open("ask_children") == []

    history.in_error(wrong, MONDAY + DAY)

    assert len(history.open("ask_children")) == 1


def test_everything_may_be_an_error_and_somebody_still_looks() -> None:
    history = discharged()
    for number, event in enumerate(list(history.events)):
        history.in_error(event, MONDAY + DAY + number * HOUR)

    assert [task.kind for task in history.open()] == ["review_case"]


def test_a_review_whose_record_was_an_error_is_owed_anew() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    [first] = history.open("review_case")
    done = history.tell(K.REVIEWED, MONDAY + DAY, task_id=str(first.id))

    history.in_error(done, MONDAY + 2 * DAY)
    history.in_error(history.events[0], MONDAY + 2 * DAY)

    keys = [task.natural_key for task in history.tasks.values()]
    assert len(keys) == len(set(keys))
    assert history.open("review_case")


# --- death ------------------------------------------------------------------------------------------


def test_a_reported_death_ends_what_reaches_out_and_keeps_the_rest() -> None:
    history = discharged()
    kept = {task.id for task in history.open() if not task.due_reason.get("contact")}

    report = history.tell(K.DEATH_REPORTED, MONDAY + DAY)

    still = {task.id for task in history.open()}
    assert kept <= still
    assert history.open("call_patient", "offer_plan", "ask_relatives") == []
    ended = [task for task in history.tasks.values() if task.state is TaskState.CANCELLED]
    assert {task.ended_by_event_id for task in ended} == {report.id}
    assert len(history.open("confirm_death")) == 1


def test_nothing_that_reaches_out_is_owed_anew_while_it_stands() -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + DAY)

    history.tell(K.APPOINTMENT_MISSED, MONDAY + DAY + HOUR, appointment_id=str(uuid4()))

    assert history.open("respond_to_missed_appointment") == []


def test_a_death_that_is_refuted_gives_everything_back() -> None:
    history = discharged()
    before = {task.natural_key for task in history.open()}
    history.tell(K.DEATH_REPORTED, MONDAY + DAY)

    history.tell(K.DEATH_REFUTED, MONDAY + DAY + HOUR)

    assert before <= {task.natural_key for task in history.open()}
    assert history.open("confirm_death") == []


def test_a_confirmed_death_that_was_an_error_gives_everything_back() -> None:
    history = discharged()
    before = {task.natural_key for task in history.open()}
    reported = history.tell(K.DEATH_REPORTED, MONDAY + DAY)
    confirmed = history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)

    history.in_error(confirmed, MONDAY + 2 * DAY)
    history.in_error(reported, MONDAY + 2 * DAY)

    assert before <= {task.natural_key for task in history.open()}


def test_what_was_held_is_looked_over_only_where_something_was_held() -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + DAY)
    history.tell(K.DEATH_REFUTED, MONDAY + DAY + HOUR)
    assert history.open("review_held") == []

    history.tell(K.DEATH_REPORTED, MONDAY + 2 * DAY)
    history.tell(K.MESSAGE_HELD, MONDAY + 2 * DAY + HOUR, what="letter")
    refuted = history.tell(K.DEATH_REFUTED, MONDAY + 2 * DAY + 2 * HOUR)
    [look] = history.open("review_held")
    assert look.anchor_event_id == refuted.id

    history.tell(K.TASK_DONE, MONDAY + 2 * DAY + 3 * HOUR, task_id=str(look.id))
    history.tell(K.DEATH_REPORTED, MONDAY + 3 * DAY)
    history.tell(K.DEATH_REFUTED, MONDAY + 3 * DAY + HOUR)
    assert history.open("review_held") == [], "what the former report held was looked over"


def test_what_the_report_of_another_persons_death_held_is_looked_over() -> None:
    for held in (False, True):
        history = discharged()
        reported = history.tell(K.DEATH_REPORTED, MONDAY + DAY)
        if held:
            history.tell(K.MESSAGE_HELD, MONDAY + DAY + HOUR, what="letter")
        history.in_error(reported, MONDAY + 2 * DAY)
        history.tell(K.MARKED_IN_ERROR, MONDAY + 2 * DAY, events=[str(reported.id)])
        assert len(history.open("review_held")) == held


@pytest.mark.parametrize("answer", [K.DEATH_REFUTED, K.DEATH_CONFIRMED])
def test_a_number_is_not_tried_while_a_death_is_reported_and_is_once_it_is_refuted(
    answer: EventKind,
) -> None:
    history = discharged()
    wrong = history.tell(K.TASK_ADDED, MONDAY + HOUR)
    [gate] = history.open("verify_number")
    number = replace(
        gate,
        id=uuid4(),
        origin=TaskOrigin.PERSON,
        step_key=f"person.{wrong.id}",
        anchor_event_id=wrong.id,
        due_reason={"rule": "a routine that does not call it contact"},
    )
    history.tasks[number.id] = number

    history.tell(K.DEATH_REPORTED, MONDAY + 2 * HOUR)
    assert history.open("verify_number") == []

    history.tell(answer, MONDAY + 3 * HOUR)
    assert len(history.open("verify_number")) == (2 if answer is K.DEATH_REFUTED else 0)


@pytest.mark.parametrize(
    ("offered", "kind"),
    [
        (K.BEREAVED_OFFERED, "support_bereaved"),
        (K.BEREAVED_CHILDREN_OFFERED, "support_bereaved_children"),
    ],
)
def test_the_bereaved_who_say_not_now_are_asked_on_the_day_that_was_agreed(
    offered: EventKind, kind: str
) -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * HOUR)
    day = datetime(2027, 3, 23, 23, tzinfo=UTC)  # the beginning of the 24th in Oslo

    history.tell(
        offered, MONDAY + 3 * HOUR, bereaved="later", offer_again_at=(day + 7 * DAY).isoformat()
    )
    moved = history.tell(
        offered, MONDAY + 4 * HOUR, bereaved="later", offer_again_at=day.isoformat()
    )
    [again] = history.open(kind)
    assert again.anchor_event_id == moved.id, "the later word stands"
    assert day < again.due_at < day + DAY

    history.tell(K.DEATH_REFUTED, MONDAY + 5 * HOUR)
    assert history.open(kind) == []


def test_the_bereaved_who_answer_for_good_are_asked_again_only_on_a_day_they_agreed_to() -> None:
    for answer in ("accepted", "declined", "none"):
        history = discharged()
        history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
        history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * HOUR)
        history.tell(K.BEREAVED_OFFERED, MONDAY + 3 * HOUR, bereaved=answer)
        assert history.open("support_bereaved") == []
    agreed = (MONDAY + 30 * DAY).isoformat()
    history.tell(K.BEREAVED_OFFERED, MONDAY + 4 * HOUR, bereaved="declined", offer_again_at=agreed)
    assert len(history.open("support_bereaved")) == 1
    history.tell(K.BEREAVED_OFFERED, MONDAY + 5 * DAY, bereaved="accepted")
    assert history.open("support_bereaved") == []


# --- whoever is responsible for children ------------------------------------------------------------


def test_s090_whoever_is_responsible_for_children_and_was_not_told_is_told_within_a_working_day() -> (
    None
):
    history = discharged()
    history.tell(K.CHILDREN_ASKED, MONDAY + HOUR, minors=True, child_contact="no")

    [owed] = history.open("tell_child_contact")
    assert (owed.owner_team_id, owed.strength) == (TEAM, "should")
    assert owed.due_at == MONDAY + DAY + HOUR


def test_not_told_said_once_more_moves_nothing() -> None:
    history = discharged()
    first = history.tell(K.CHILDREN_ASKED, MONDAY + HOUR, minors=True, child_contact="no")
    history.tell(K.CHILDREN_ASKED, MONDAY + DAY, minors=True)
    again = history.tell(K.CHILDREN_ASKED, MONDAY + 2 * DAY, minors=True, child_contact="no")

    assert [one.anchor_event_id for one in history.open("tell_child_contact")] == [first.id]
    history.in_error(first, MONDAY + 2 * DAY)
    assert [one.anchor_event_id for one in history.open("tell_child_contact")] == [again.id]


@pytest.mark.parametrize("said", ["yes", "nobody"])
def test_that_they_were_told_or_that_there_is_nobody_to_tell_of_ends_it(said: str) -> None:
    history = discharged()
    history.tell(K.CHILDREN_ASKED, MONDAY + HOUR, minors=True, child_contact="no")
    history.tell(K.CHILDREN_ASKED, MONDAY + 2 * HOUR, child_contact=said)

    assert history.open("tell_child_contact") == []


def not_told_before_a_closing() -> tuple[History, Event]:
    history = discharged()
    first = history.tell(K.CHILDREN_ASKED, MONDAY + HOUR, minors=True, child_contact="no")
    history.close(MONDAY + DAY)
    return history, first


def test_not_told_is_owed_anew_in_a_course_that_a_new_index_event_begins() -> None:
    history, _ = not_told_before_a_closing()
    history.reopen(MONDAY + 9 * DAY)
    history.tell(K.REOPENED, MONDAY + 9 * DAY)
    assert history.open("tell_child_contact") == []

    again = history.tell(K.CHILDREN_ASKED, MONDAY + 10 * DAY, minors=True, child_contact="no")

    assert [one.anchor_event_id for one in history.open("tell_child_contact")] == [again.id]


def test_not_told_before_a_closing_that_a_correction_opened_is_owed_once_however_often_it_is_said() -> (
    None
):
    history, first = not_told_before_a_closing()
    history.case = replace(history.case, state=CaseState.OPEN, closed_at=None)
    history.tell(K.REOPENED, MONDAY + 2 * DAY, because="corrected")
    history.tell(K.CHILDREN_ASKED, MONDAY + 3 * DAY, minors=True, child_contact="no")

    assert [one.anchor_event_id for one in history.open("tell_child_contact")] == [first.id]


# --- a plan that was offered, and waits ---------------------------------------------------------------

A_WEEK_ON = datetime(2027, 3, 9, 23, tzinfo=UTC)  # the beginning of the 10th in Oslo


def waits(history: History, at: datetime, again: datetime = A_WEEK_ON) -> Event:
    return history.tell(K.PLAN_OFFERED, at, plan_later=True, offer_again_at=again.isoformat())


def test_a_plan_that_waits_is_offered_again_on_its_day_and_not_gone_through_anew() -> None:
    history = discharged()
    waits(history, MONDAY + HOUR)

    [again] = history.open("offer_plan")
    assert again.step_key == "core.offer_plan"
    assert A_WEEK_ON < again.due_at < A_WEEK_ON + DAY
    assert again.strength == "should"


def test_a_plan_that_the_person_said_no_to_is_offered_again_and_not_gone_through_anew() -> None:
    history = discharged()
    history.tell(
        K.PLAN_OFFERED, MONDAY + HOUR, plan_declined=True, offer_again_at=A_WEEK_ON.isoformat()
    )

    [again] = history.open("offer_plan")
    assert again.step_key == "core.offer_plan"
    assert A_WEEK_ON < again.due_at < A_WEEK_ON + DAY


def test_whoever_waits_once_more_is_offered_it_on_the_later_day_only() -> None:
    history = discharged()
    waits(history, MONDAY + HOUR)
    later = waits(history, MONDAY + DAY, A_WEEK_ON + 7 * DAY)

    assert [task.anchor_event_id for task in history.open("offer_plan")] == [later.id]


def test_a_plan_that_is_made_after_the_wait_is_gone_through_anew_as_any_other() -> None:
    history = discharged()
    waits(history, MONDAY + HOUR)
    history.tell(K.PLAN_OFFERED, A_WEEK_ON + 12 * HOUR)

    assert [task.step_key for task in history.open("offer_plan")] == ["plan-revised"]


def test_a_no_to_a_call_leaves_the_day_of_the_plan() -> None:
    history = discharged()
    waits(history, MONDAY + HOUR)
    history.tell(K.DECLINED, MONDAY + DAY, offer_again_at=(A_WEEK_ON + 7 * DAY).isoformat())

    assert [task.step_key for task in history.open("offer_plan")] == ["core.offer_plan"]


# --- handover -----------------------------------------------------------------------------------------


def hand_over(history: History, at: datetime) -> str:
    handover = str(uuid4())
    history.tell(K.HANDOVER_SENT, at, handover_id=handover, to_team=str(OTHER))
    return handover


def accept(history: History, handover: str, at: datetime) -> None:
    history.frame = a_frame(OTHER, OTHER_LEAD)
    history.tell(K.HANDOVER_ACCEPTED, at, handover_id=handover, to_team=str(OTHER))


def test_both_ends_of_a_handover_have_a_clock() -> None:
    history = discharged()
    hand_over(history, MONDAY + HOUR)

    owners = {
        task.kind: task.owner_team_id
        for task in history.open("accept_handover", "follow_up_handover")
    }
    assert owners == {"accept_handover": OTHER, "follow_up_handover": TEAM}


def test_exactly_the_tasks_of_the_responsible_team_move() -> None:
    history = discharged()
    handover = hand_over(history, MONDAY + HOUR)
    before = {task.id: task for task in history.open()}

    accept(history, handover, MONDAY + 2 * HOUR)

    for task in history.open():
        if task.id not in before:
            continue
        named = before[task.id].owner not in ("responsible_team", "lead")
        assert task.owner_team_id == (before[task.id].owner_team_id if named else OTHER)
    assert {task.owner_team_id for task in history.open("send_summary")} == {WARD}


def test_what_the_lead_holds_is_held_by_the_new_lead() -> None:
    history = discharged()
    history.tell(K.CLOSING_REQUESTED, MONDAY + HOUR, ending="completed")
    assert {task.held_by for task in history.open("sign_closing")} == {LEAD}

    accept(history, hand_over(history, MONDAY + 2 * HOUR), MONDAY + 3 * HOUR)

    assert {task.held_by for task in history.open("sign_closing")} == {OTHER_LEAD}


def test_a_returned_handover_ends_only_its_own_clocks() -> None:
    history = discharged()
    first = hand_over(history, MONDAY + HOUR)
    history.tell(K.HANDOVER_RETURNED, MONDAY + 2 * HOUR, handover_id=first, to_team=str(OTHER))
    hand_over(history, MONDAY + 3 * HOUR)

    assert len(history.open("accept_handover")) == 1
    assert len(history.open("follow_up_handover")) == 1


# --- closing and opening again --------------------------------------------------------------------------


def test_a_closed_case_owes_nothing() -> None:
    history = discharged()
    history.close(MONDAY + DAY)

    assert history.plan(MONDAY + 2 * DAY) == Changes(next_task_id=None)


def test_what_was_signed_stays_signed_when_the_case_opens_again() -> None:
    history = discharged()
    signed = {task.natural_key for task in history.tasks.values()}
    history.close(MONDAY + 60 * DAY)

    history.reopen(MONDAY + 90 * DAY)

    again = history.open()
    assert again
    assert not signed & {task.natural_key for task in again}
    assert all(task.due_at > MONDAY + 90 * DAY for task in again)


def test_a_new_index_event_begins_the_close_phase_anew() -> None:
    history = discharged()
    history.close(MONDAY + 60 * DAY)

    history.reopen(MONDAY + 90 * DAY)

    assert history.open()[0].due_at <= MONDAY + 97 * DAY


def test_a_new_index_event_on_an_open_case_leaves_older_obligations() -> None:
    history = discharged()
    before = {task.id for task in history.open()}

    history.tell(K.INDEX_EVENT, MONDAY + 2 * DAY, index_kind="self_harm")

    assert before <= {task.id for task in history.open()}


def test_a_request_makes_the_lead_owe_a_signature_and_a_no_ends_it() -> None:
    history = discharged()
    history.tell(K.CLOSING_REQUESTED, MONDAY + HOUR, ending="completed")
    assert len(history.open("sign_closing")) == 1

    history.tell(K.CLOSING_REFUSED, MONDAY + 2 * HOUR)

    assert history.open("sign_closing") == []


def test_what_is_owed_far_away_ends_no_silence() -> None:
    history = discharged()
    [*_, last] = history.open()
    far = replace(last, due_at=MONDAY + 60 * DAY)

    looked = review(history.frame, history.case, tuple(history.events), (far,), MONDAY)

    assert looked is not None
    assert looked.due_at <= MONDAY + 7 * DAY


def test_the_close_first_phase_begins_at_the_real_discharge_and_not_at_the_assumed() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.DISCHARGED, MONDAY + 20 * DAY, not_known=True)
    real = history.tell(K.DISCHARGED, MONDAY + 2 * DAY, known=MONDAY + 21 * DAY)

    assert phase_began(history.case, tuple(history.events)) == real.at


# --- no history ends in silence ---------------------------------------------------------------------------

_FREE = [
    kind
    for kind in EventKind
    if kind not in (K.CLOSED, K.REOPENED, K.TASK_ADDED, K.TASK_WITHDRAWN, K.TASK_DONE, K.REVIEWED)
]
_STEP = st.tuples(
    st.sampled_from([*_FREE, "review", "tick", "error", "replan"]),
    st.integers(min_value=1, max_value=40 * 24),
    st.integers(min_value=0, max_value=20 * 24),
)


def take(history: History, step: tuple[Any, int, int], at: datetime) -> None:
    what, _, ago = step
    done = [task for task in history.open() if not task.satisfied_by]
    if what in ("review", "tick"):
        if done:
            kind = K.REVIEWED if what == "review" else K.TASK_DONE
            history.tell(kind, at, task_id=str(done[0].id))
    elif what == "error":
        history.in_error(history.events[ago % len(history.events)], at)
    elif what == "replan":
        history.plan(at)
    else:
        ids = {"handover_id": str(uuid4()), "to_team": str(OTHER), "appointment_id": str(uuid4())}
        history.tell(what, max(MONDAY, at - ago * HOUR), known=at, **ids, ending="completed")


def no_silence(history: History, at: datetime) -> None:
    last = max(
        (
            e.at
            for e in history.events
            if not e.in_error and e.kind in (K.INDEX_EVENT, K.DISCHARGED)
        ),
        default=MONDAY,
    )
    silence = longest_silence(history.frame.pathway, max(last, MONDAY), at, HOURS).due_at
    first = history.open()[0]
    assert first.due_at <= silence
    assert history.case.next_task_id == min(history.open(), key=in_order).id
    keys = [task.natural_key for task in history.tasks.values()]
    assert len(keys) == len(set(keys))
    for task in history.tasks.values():
        assert (task.ended_by_event_id is None) is task.is_open


@settings(max_examples=150, deadline=None)
@given(st.lists(_STEP, max_size=14))
def test_after_every_history_something_is_owed_within_the_longest_silence(
    steps: list[tuple[Any, int, int]],
) -> None:
    history = History()
    at = MONDAY
    history.tell(K.INDEX_EVENT, at, index_kind="suicide_attempt")
    for step in steps:
        at += step[1] * HOUR
        take(history, step, at)
        no_silence(history, at)
        again = history.plan(at)
        assert (again.new, again.changed) == ((), ())


@settings(max_examples=60, deadline=None)
@given(st.permutations([K.DISCHARGED, K.CHILDREN_ASKED, K.REACHED, K.SUMMARY_SENT, K.ADMITTED]))
def test_what_is_owed_does_not_depend_on_the_order_in_which_it_became_known(
    order: list[EventKind],
) -> None:
    told = {kind: MONDAY + (number + 1) * HOUR for number, kind in enumerate(sorted(order))}
    known = MONDAY + 3 * DAY

    def owed(kinds: Iterable[EventKind]) -> set[tuple[str, datetime]]:
        history = History()
        history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
        for kind in kinds:
            history.tell(kind, told[kind], known=known)
        found = [task for task in history.open() if not task.step_key.startswith(REVIEW)]
        return {(task.step_key, task.due_at) for task in found}

    assert owed(order) == owed(sorted(order))


@pytest.mark.parametrize("origin", [TaskOrigin.STEP, TaskOrigin.GATE, TaskOrigin.CORE])
def test_nothing_but_an_event_ends_what_the_routine_owes(origin: TaskOrigin) -> None:
    history = discharged()
    hand_over(history, MONDAY + HOUR)
    before = [task for task in history.open() if task.origin is origin]

    history.plan(datetime(2099, 1, 1, tzinfo=UTC))

    assert before
    assert [task for task in history.open() if task.origin is origin] == before


# --- calls that nobody answers --------------------------------------------------------------------


def try_to_call(history: History, *hours: float, channel: str = "phone") -> list[Event]:
    return [
        history.tell(K.CONTACT_ATTEMPTED, MONDAY + hour * HOUR, channel=channel) for hour in hours
    ]


def decisions(history: History) -> list[UUID | None]:
    return [task.anchor_event_id for task in history.open("clinician_decides")]


def test_one_unanswered_call_is_no_decision() -> None:
    history = discharged()
    try_to_call(history, 1)
    assert decisions(history) == []


def test_the_second_unanswered_call_makes_a_clinician_decide_the_same_working_day() -> None:
    history = discharged()
    _, second = try_to_call(history, 1, 3)

    [task] = history.open("clinician_decides")

    assert task.anchor_event_id == second.id
    assert task.strength == "must"
    assert task.due_at == datetime(2027, 3, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(("apart", "owed"), [(72, 1), (72 + 1 / 3600, 0)])
def test_two_calls_within_72_hours_count_and_no_more(apart: float, owed: int) -> None:
    history = discharged()
    try_to_call(history, 1, 1 + apart)
    assert len(decisions(history)) == owed


def test_being_reached_in_between_begins_the_count_anew() -> None:
    history = discharged()
    try_to_call(history, 1)
    history.tell(K.REACHED, MONDAY + 2 * HOUR)
    try_to_call(history, 3)
    assert decisions(history) == []


@pytest.mark.parametrize(("channel", "owed"), [("video", 1), ("letter", 0), ("sms", 0)])
def test_only_calls_count(channel: str, owed: int) -> None:
    history = discharged()
    try_to_call(history, 1)
    try_to_call(history, 2, channel=channel)
    assert len(decisions(history)) == owed


def test_a_call_that_was_entered_in_error_does_not_count() -> None:
    history = discharged()
    [first] = try_to_call(history, 1)
    history.in_error(first, MONDAY + 2 * HOUR)
    try_to_call(history, 3)
    assert decisions(history) == []


def test_the_third_call_is_the_first_of_two_and_the_fourth_asks_again() -> None:
    history = discharged()
    _, second, _ = try_to_call(history, 1, 2, 3)
    assert decisions(history) == [second.id]
    [fourth] = try_to_call(history, 4)
    assert decisions(history) == [second.id, fourth.id]


def test_reaching_the_person_or_saying_what_was_decided_ends_it() -> None:
    for kind in (K.REACHED, K.TASK_DONE):
        history = discharged()
        try_to_call(history, 1, 2)
        [task] = history.open("clinician_decides")
        history.tell(kind, MONDAY + 3 * HOUR, task_id=str(task.id))
        assert decisions(history) == []


def test_nobody_decides_how_to_reach_one_who_is_reported_dead() -> None:
    history = discharged()
    try_to_call(history, 1, 2)
    history.tell(K.DEATH_REPORTED, MONDAY + 3 * HOUR)
    assert decisions(history) == []
    history.tell(K.DEATH_REFUTED, MONDAY + 4 * HOUR)
    assert len(decisions(history)) == 1


# --- what stands in the patient record and was wrong ------------------------------------------------


def test_one_thing_is_corrected_in_the_record_by_one_task() -> None:
    history = discharged()
    one, other = str(uuid4()), str(uuid4())
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
    history.tell(K.DEATH_REFUTED, MONDAY + 2 * HOUR, in_epj=[one])
    [first] = history.open("correct_epj")

    history.tell(K.MARKED_IN_ERROR, MONDAY + 3 * HOUR, events=[one], in_epj=[one])
    assert history.open("correct_epj") == [first], "the same note, told of twice"

    both = history.tell(K.MARKED_IN_ERROR, MONDAY + 4 * HOUR, events=[one], in_epj=[one, other])
    assert {t.anchor_event_id for t in history.open("correct_epj")} == {
        first.anchor_event_id,
        both.id,
    }, "another note is another task"


def test_a_note_that_was_corrected_and_stands_wrong_again_is_owed_again() -> None:
    history = discharged()
    note, other = str(uuid4()), str(uuid4())
    for hours, wrong in ((1, other), (2, note)):
        at = MONDAY + hours * HOUR
        history.tell(K.MARKED_IN_ERROR, at, events=[wrong], in_epj=[wrong])
    by_note = {task.anchor_event_id: task for task in history.open("correct_epj")}
    marked = [event for event in history.events if event.kind is K.MARKED_IN_ERROR]

    def corrected(event: Event, hours: int) -> None:
        own = str(by_note[event.id].id)
        history.tell(K.TASK_DONE, MONDAY + hours * HOUR, task_id=own, corrects=str(event.id))

    corrected(marked[0], 3)
    history.tell(K.MARKED_IN_ERROR, MONDAY + 4 * HOUR, events=[note], in_epj=[note])
    assert [t.anchor_event_id for t in history.open("correct_epj")] == [marked[1].id]
    corrected(marked[1], 5)
    again = history.tell(K.MARKED_IN_ERROR, MONDAY + 6 * HOUR, events=[note], in_epj=[note])
    assert [t.anchor_event_id for t in history.open("correct_epj")] == [again.id]


def test_what_a_refused_request_covered_is_owed_by_the_mistake_itself() -> None:
    history = discharged()
    note = str(uuid4())
    history.tell(K.CLOSING_REQUESTED, MONDAY + HOUR, ending="registered_in_error", in_epj=[note])
    marked = history.tell(K.MARKED_IN_ERROR, MONDAY + 2 * HOUR, events=[note], in_epj=[note])
    assert len(history.open("correct_epj")) == 1

    history.tell(K.CLOSING_REFUSED, MONDAY + 3 * HOUR)
    assert [t.anchor_event_id for t in history.open("correct_epj")] == [marked.id]


# --- life after a reported death ------------------------------------------------------------------


@pytest.mark.parametrize("kind", [K.ADMITTED, K.DISCHARGED, K.INDEX_EVENT, K.REACHED])
def test_a_sign_of_life_after_a_death_that_stands_is_the_leads_to_settle(kind: EventKind) -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * HOUR)

    alive = history.tell(kind, MONDAY + DAY)

    [task] = history.open("confirm_death")
    assert (task.anchor_event_id, task.owner, task.held_by) == (alive.id, "lead", LEAD)
    assert task.strength == "must"
    history.tell(K.DEATH_REFUTED, MONDAY + DAY + HOUR)
    assert history.open("confirm_death") == []


def test_what_happened_before_the_death_contradicts_nothing() -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + 2 * HOUR)
    history.tell(K.REACHED, MONDAY + HOUR, known=MONDAY + 3 * HOUR)
    assert len(history.open("confirm_death")) == 1


def test_a_death_that_closed_the_case_is_asked_about_when_it_opens_again() -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * HOUR)
    history.tell(K.CLOSED, MONDAY + 3 * HOUR)
    index = history.tell(K.INDEX_EVENT, MONDAY + 9 * DAY, index_kind="self_harm")

    [task] = history.open("confirm_death")

    assert task.anchor_event_id == index.id


def test_a_refusal_of_the_death_before_the_sign_of_life_settles_it_too() -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
    history.tell(K.REACHED, MONDAY + 5 * HOUR)
    history.tell(K.DEATH_REFUTED, MONDAY + 3 * HOUR, known=MONDAY + 6 * HOUR)
    assert history.open("confirm_death") == []


def test_a_report_after_a_refusal_is_a_new_one_whenever_the_person_is_said_to_have_died() -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
    history.tell(K.DEATH_REFUTED, MONDAY + DAY)

    again = history.tell(K.DEATH_REPORTED, MONDAY + 2 * HOUR, known=MONDAY + 2 * DAY)

    [task] = history.open("confirm_death")
    assert task.anchor_event_id == again.id
    assert history.open("call_patient") == []


def test_an_answer_to_a_report_holds_whatever_moment_it_names() -> None:
    for answer in (K.DEATH_REFUTED, K.DEATH_CONFIRMED):
        history = discharged()
        calls = len(history.open("call_patient"))
        history.tell(K.DEATH_REPORTED, MONDAY + DAY)

        history.tell(answer, MONDAY + HOUR, known=MONDAY + DAY + HOUR)

        assert history.open("confirm_death") == []
        assert len(history.open("call_patient")) == (calls if answer is K.DEATH_REFUTED else 0)


# --- what lies before its event -------------------------------------------------------------------


def test_a_time_that_is_given_the_day_before_is_not_asked_about_at_that_very_second() -> None:
    history = discharged()
    history.tell(
        K.APPOINTMENT_GIVEN,
        MONDAY + 2 * HOUR,
        appointment_id=str(uuid4()),
        appointment_at=(MONDAY + DAY).isoformat(),
    )
    assert history.open("confirm_appointment") == []
    assert len(history.open("record_outcome")) == 1


def test_a_no_show_on_a_friday_is_asked_about_before_they_go_home() -> None:
    history, friday = discharged(), MONDAY + 4 * DAY
    starts = datetime.combine(friday.date(), time(12), UTC)
    history.tell(
        K.APPOINTMENT_GIVEN,
        MONDAY + 2 * HOUR,
        appointment_id=str(uuid4()),
        appointment_at=starts.isoformat(),
    )

    [asked] = history.open("record_outcome")
    assert asked.due_at == datetime.combine(friday.date(), time(15), UTC), "16 in Oslo"
    assert asked.window_from == starts


# --- whose discharge it was -----------------------------------------------------------------------


def test_what_is_owed_after_a_discharge_is_owed_by_its_own_unit() -> None:
    first, second = uuid4(), uuid4()
    frame = replace(a_frame(), units={first: WARD, second: OTHER})
    history = History(frame=frame)
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt", unit_id=str(first))
    history.tell(K.DISCHARGED, MONDAY + HOUR)
    history.tell(K.INDEX_EVENT, MONDAY + 5 * DAY, index_kind="self_harm", unit_id=str(second))
    history.tell(K.DISCHARGED, MONDAY + 6 * DAY)
    history.tell(K.DISCHARGED, MONDAY + 9 * DAY, unit_id=str(first))

    assert [task.owner_team_id for task in history.open("send_summary")] == [WARD, OTHER, WARD]


# --- what only a mutation would show --------------------------------------------------------------


def test_what_happened_before_a_closing_is_not_planned_anew_without_its_tasks() -> None:
    history = discharged()
    history.tell(K.CLOSED, MONDAY + DAY)
    history.tasks = {}

    history.tell(K.INDEX_EVENT, MONDAY + 5 * DAY, index_kind="self_harm")

    assert history.open("call_patient", "send_summary", "assess_risk") == []


# --- what was answered ----------------------------------------------------------------------------


def a_question(**changes: Any) -> Step:
    """A step that is owed after the answer `meeting = held`, and done by the next answer to it."""
    said = {
        "key": "meeting",
        "task": "free",
        "after": "answered",
        "given": {"meeting": frozenset({"held"})},
        "due": Due(within=Period.parse("P30D")),
        "satisfied_by": ("answered",),
        "evidence": {"meeting": frozenset({"held", "over"})},
        "basis": Basis(kind=BasisKind.DEFAULT, source="ours"),
    }
    return Step(**{**said, **changes})


def asking(*steps: Step) -> History:
    history = History()
    path = replace(history.frame.pathway, steps=(*history.frame.pathway.steps, *steps))
    history.frame = replace(history.frame, pathway=path)
    history.tell(K.INDEX_EVENT, MONDAY)
    return history


def of_key(history: History, key: str) -> list[Task]:
    return [task for task in history.tasks.values() if task.step_key == key and task.is_open]


def test_an_answer_makes_owed_what_it_says_and_nothing_else() -> None:
    history = asking(a_question())
    history.tell(K.ANSWERED, MONDAY + HOUR, other="yes")
    assert of_key(history, "meeting") == []
    history.tell(K.ANSWERED, MONDAY + 2 * HOUR, meeting="held")
    assert [task.satisfied_by for task in of_key(history, "meeting")] == [("answered",)]


def test_each_answer_owes_the_next_until_one_says_that_it_is_over() -> None:
    history = asking(a_question())
    for month in range(3):
        history.tell(K.ANSWERED, MONDAY + DAY * 30 * month, meeting="held")
        assert len(of_key(history, "meeting")) == 1
    history.tell(K.ANSWERED, MONDAY + DAY * 90, meeting="over")
    assert of_key(history, "meeting") == []


def test_an_answer_that_was_an_error_owes_nothing() -> None:
    history = asking(a_question())
    wrong = history.tell(K.ANSWERED, MONDAY + HOUR, meeting="held")
    history.events = [replace(e, in_error=e.id == wrong.id) for e in history.events]
    history.plan(MONDAY + 2 * HOUR)
    assert of_key(history, "meeting") == []


def asked_once_more(**changes: Any) -> Step:
    """A step that asks again in the week after next, because the answer was *not now*."""
    said = {
        "given": {"meeting": frozenset({"not_now"})},
        "due": Due(opens=Period.parse("P7D"), within=Period.parse("P14D")),
        "evidence": {"meeting": frozenset({"held", "over", "not_now"})},
    }
    return a_question(**{**said, **changes})


@pytest.mark.parametrize("answer", ["held", "over"])
def test_who_answers_after_not_now_is_not_asked_again(answer: str) -> None:
    history = asking(asked_once_more())
    history.tell(K.ANSWERED, MONDAY, meeting="not_now")
    [task] = of_key(history, "meeting")

    said = history.tell(K.ANSWERED, MONDAY + 3 * DAY, meeting=answer)

    ended = history.tasks[task.id]
    assert (ended.state, ended.ended_by_event_id) == (TaskState.DONE, said.id)
    assert of_key(history, "meeting") == []


def test_not_now_and_silence_is_still_owed_and_due() -> None:
    history = asking(asked_once_more())
    history.tell(K.ANSWERED, MONDAY, meeting="not_now")
    history.tell(K.REACHED, MONDAY + 3 * DAY)
    history.tell(K.ANSWERED, MONDAY + 3 * DAY, other="yes")
    history.plan(MONDAY + 20 * DAY)
    [task] = of_key(history, "meeting")
    assert task.due_at <= MONDAY + 14 * DAY


def test_not_now_said_twice_is_asked_again_once() -> None:
    history = asking(asked_once_more())
    history.tell(K.ANSWERED, MONDAY, meeting="not_now")
    later = history.tell(K.ANSWERED, MONDAY + 3 * DAY, meeting="not_now")
    assert [task.anchor_event_id for task in of_key(history, "meeting")] == [later.id]


def test_an_answer_that_its_rule_does_not_count_leaves_the_question_owed() -> None:
    history = asking(asked_once_more())
    history.tell(K.ANSWERED, MONDAY, meeting="not_now")
    history.tell(K.ANSWERED, MONDAY + 3 * DAY, meeting="not_offered")
    assert len(of_key(history, "meeting")) == 1


def test_an_answer_from_before_not_now_does_not_answer_it() -> None:
    history = asking(asked_once_more())
    history.tell(K.ANSWERED, MONDAY + DAY, meeting="not_now")
    history.tell(K.ANSWERED, MONDAY, known=MONDAY + 2 * DAY, meeting="over")
    assert len(of_key(history, "meeting")) == 1


def test_a_no_that_was_an_error_is_asked_again_after_all() -> None:
    history = asking(asked_once_more())
    history.tell(K.ANSWERED, MONDAY, meeting="not_now")
    wrong = history.tell(K.ANSWERED, MONDAY + 3 * DAY, meeting="over")
    history.in_error(wrong, MONDAY + 4 * DAY)
    assert len(of_key(history, "meeting")) == 1


def test_another_question_is_answered_in_its_window() -> None:
    history = asking(asked_once_more(evidence={"method": frozenset({"known"})}))
    history.tell(K.ANSWERED, MONDAY, meeting="not_now")
    history.tell(K.ANSWERED, MONDAY + 3 * DAY, method="known")
    assert len(of_key(history, "meeting")) == 1
    history.tell(K.ANSWERED, MONDAY + 8 * DAY, method="known")
    assert of_key(history, "meeting") == []


def test_a_day_of_a_new_offer_stands_when_the_person_is_reached_before_it() -> None:
    history = discharged()
    day = MONDAY + 10 * DAY
    history.tell(K.DECLINED, MONDAY + DAY, offer_again_at=day.isoformat())
    history.tell(K.REACHED, MONDAY + 3 * DAY)
    assert "offer-again" in [task.step_key for task in history.open("call_patient")]


# --- those who are left behind --------------------------------------------------------------------


def test_where_nobody_is_left_behind_nobody_is_asked_how_they_are_until_somebody_is() -> None:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + HOUR)
    history.tell(K.DEATH_CONFIRMED, MONDAY + 2 * HOUR)
    assert len(history.open("follow_up_bereaved")) == 1

    history.tell(K.BEREAVED_OFFERED, MONDAY + 3 * HOUR, bereaved="none")
    assert history.open("follow_up_bereaved") == []

    history.tell(K.BEREAVED_OFFERED, MONDAY + DAY, bereaved="accepted")
    assert len(history.open("follow_up_bereaved")) == 1


# --- whatever is due while nobody is at work ------------------------------------------------------

THURSDAY = datetime(2026, 1, 8, tzinfo=UTC)
_NAMED = ("appointment_at", "offer_again_at", "ask_again_at", "receiver_first_at")


def badly_due(rule: Step | Gate, kind: EventKind, at: datetime, named: timedelta) -> bool:
    """Whether it falls due while nobody is at work, although somebody was since it began; or on an
    earlier day than the moment that it is counted from."""
    history = History()
    facts = {name: (at + named).isoformat() for name in _NAMED}
    anchor = Event(
        id=uuid4(), case_id=history.case.id, kind=kind, at=at, recorded_at=at, facts=facts
    )
    task = task_for(history.frame, history.case, rule, anchor, (anchor,), at)
    if task is None or history.frame.book.ladder(rule.ladder).ignores_hours:
        return False
    raw = datetime.fromisoformat(str(task.due_reason["raw"]))
    staffed = HOURS.last_staffed(task.due_at, task.due_at) == task.due_at
    day = HOURS.start_of_day(HOURS.local_date(at + named))
    counted_on = rule.due.of is not None and not rule.due.backwards
    early = counted_on and task.due_at < (day if rule.due.never_earlier else at + named)
    return early or (not staffed and HOURS.last_staffed(raw, at) is not None)


def test_nothing_falls_due_while_nobody_is_at_work_if_somebody_was_before_nor_too_early() -> None:
    """Every rule of the national routine and of the product itself, across a weekend."""
    frame = a_frame()
    told = [
        Event(id=uuid4(), case_id=uuid4(), kind=kind, at=THURSDAY, recorded_at=THURSDAY)
        for kind in EventKind
    ]
    rules = [(event.kind, rule) for event in told for rule in rules_after(frame, event)]
    keys = {rule.key for _, rule in rules}
    assert {"open-return", "next-attempt", "core.follow_up_handover"} <= keys

    wrong = {
        (rule.key, at)
        for kind, rule in rules
        for at in (THURSDAY + hours * HOUR for hours in range(0, 5 * 24, 3))
        for named in ((20, 75, 219) if rule.due.of else (20,))
        if badly_due(rule, kind, at, named * HOUR)
    }
    assert wrong == set()


# --- a person who declines twice ------------------------------------------------------------------


def test_a_later_no_takes_the_place_of_the_open_return_of_the_former() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt", intoxication="yes")

    def returns() -> list[UUID | None]:
        return [t.anchor_event_id for t in history.open() if t.step_key == "open-return"]

    first = history.tell(K.DECLINED, MONDAY + HOUR)
    [former] = [task for task in history.open() if task.step_key == "open-return"]
    second = history.tell(K.DECLINED, MONDAY + 3 * HOUR)

    assert returns() == [second.id]
    ended = history.tasks[former.id]
    assert (ended.state, ended.ended_by_event_id) == (TaskState.CANCELLED, second.id)
    history.in_error(second, MONDAY + 4 * HOUR)
    assert returns() == [first.id]


def test_a_no_by_mistake_leaves_the_day_that_was_promised_before_it() -> None:
    history = discharged()
    day = (A_WEEK_ON + 7 * DAY).isoformat()
    first = history.tell(K.DECLINED, MONDAY + DAY, offer_again_at=A_WEEK_ON.isoformat())
    mistake = history.tell(K.DECLINED, MONDAY + 2 * DAY, offer_again_at=day)

    history.in_error(mistake, MONDAY + 2 * DAY + HOUR)

    promised = [task.anchor_event_id for task in history.open() if task.step_key == "offer-again"]
    assert promised == [first.id]


def test_an_open_return_over_a_weekend_is_seen_to_before_they_go_home() -> None:
    history, contact, friday = History(), uuid4(), MONDAY + 4 * DAY
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt", intoxication="yes")
    before = {task.id for task in history.open()}
    told: list[tuple[EventKind, dict[str, Any]]] = [
        (K.CONTACT_ATTEMPTED, {"person_answered": "yes", "channel": "phone"}),
        (K.DECLINED, {"offer_again_at": (friday + 5 * DAY).isoformat()}),
    ]
    for kind, facts in told:
        said = history.tell(kind, friday, **facts)
        history.events[-1] = replace(said, source_id=contact)
        history.tasks = {key: task for key, task in history.tasks.items() if key in before}
    history.plan(friday)

    calls = {task.step_key: task for task in history.open("call_patient") if task.id not in before}
    assert calls.keys() == {"open-return", "offer-again"}
    back = calls["open-return"]
    assert back.due_reason["raw"] == (friday + 2 * DAY).isoformat(), "a Sunday"
    assert back.due_at == datetime.combine(friday.date(), time(15), UTC), "Friday, 16 in Oslo"
    assert back.due_reason["moved"] == "earlier"
    assert calls["offer-again"].due_at > friday + 5 * DAY


def test_a_later_no_that_owes_no_open_return_leaves_the_former() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt", intoxication="yes")
    first = history.tell(K.DECLINED, MONDAY + HOUR)
    history.tell(K.DECLINED, MONDAY + 3 * HOUR, intoxication="no")

    left = [t.anchor_event_id for t in history.open() if t.step_key == "open-return"]
    assert left == [first.id]


def test_of_tasks_due_at_the_same_moment_the_first_owed_is_always_the_same() -> None:
    firsts = set()
    for _ in range(12):
        history = History()
        history.tell(K.INDEX_EVENT, MONDAY, index_kind="self_harm")
        history.tell(K.DISCHARGED, MONDAY, date_only=True)
        first = history.tasks[history.case.next_task_id]
        same = [one for one in history.tasks.values() if one.due_at == first.due_at and one.is_open]
        assert len(same) > 1
        firsts.add(first.step_key)
    assert len(firsts) == 1


def test_whether_it_was_an_intoxication_is_known_of_the_event_it_was_said_of() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="self_harm", intoxication="no")
    assert facts_of(tuple(history.events))["intoxication"] == "no"

    history.tell(K.INDEX_EVENT, MONDAY + DAY, index_kind="self_harm")
    assert "intoxication" not in facts_of(tuple(history.events))
