"""One open task for each thing that is owed, whatever comes back: a stay, a cancelled appointment."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.once import without_owed
from bindeledd.features.tasks.domain import Task
from builders import MONDAY
from features.cases.test_domain_planning import DAY, HOUR, History, discharged

K = EventKind
WHEN = (MONDAY + 20 * DAY).isoformat()


def back_and_home_again(history: History) -> History:
    history.tell(K.ADMITTED, MONDAY + 5 * DAY)
    history.tell(K.DISCHARGED, MONDAY + 8 * DAY)
    return history


def cancelled(history: History, booked: timedelta, after: timedelta, kind: EventKind) -> None:
    facts = {"appointment_id": str(uuid4()), "appointment_at": WHEN}
    history.tell(kind, MONDAY + booked, **facts)
    history.tell(K.APPOINTMENT_CANCELLED, MONDAY + after, **facts)


@pytest.mark.parametrize("kind", ["ask_relatives", "ask_children", "verify_number", "offer_plan"])
def test_what_nobody_asked_after_the_first_stay_is_asked_once_after_the_second(kind: str) -> None:
    first = discharged()
    before = [task.id for task in first.open(kind)]

    history = back_and_home_again(first)

    assert [task.id for task in history.open(kind)] == before


def test_each_stay_has_a_summary_of_its_own() -> None:
    assert len(back_and_home_again(discharged()).open("send_summary")) == 2


def test_one_answer_after_the_second_stay_leaves_nothing_of_either() -> None:
    history = back_and_home_again(discharged())

    history.tell(K.RELATIVES_ASKED, MONDAY + 9 * DAY)

    assert history.open("ask_relatives") == []


def test_an_answer_of_the_first_stay_that_is_told_late_leaves_the_second_to_be_asked() -> None:
    history = back_and_home_again(discharged())
    [first] = history.open("ask_relatives")

    history.tell(K.RELATIVES_ASKED, MONDAY + 2 * DAY, known=MONDAY + 9 * DAY)

    [second] = history.open("ask_relatives")
    assert second.anchor_event_id != first.anchor_event_id


def test_the_first_discharge_having_been_an_error_leaves_the_second_to_ask() -> None:
    history = discharged()
    wrong = history.events[-1]
    back_and_home_again(history)

    history.in_error(wrong, MONDAY + 9 * DAY)

    [asked] = history.open("ask_relatives")
    assert asked.anchor_event_id == history.events[-1].id


CALLS = ["first-contact", "second-contact", "third-contact"]


def calls(history: History) -> list[str]:
    return [task.step_key for task in history.open("call_patient") if task.step_key in CALLS]


def test_after_a_second_stay_each_call_is_owed_once_and_by_the_earlier_time() -> None:
    first = discharged()
    before = {task.step_key: task.due_at for task in first.open("call_patient")}

    history = back_and_home_again(first)

    assert sorted(calls(history)) == sorted(CALLS)
    assert {task.step_key: task.due_at for task in history.open("call_patient")} == before


def test_a_call_after_the_second_stay_is_the_first_of_both_and_the_rest_is_owed_still() -> None:
    history = back_and_home_again(discharged())
    second = history.events[-1]

    history.tell(K.REACHED, MONDAY + 9 * DAY)

    owed = [(t.step_key, t.anchor_event_id) for t in history.open("call_patient")]
    assert "first-contact" not in {key for key, _ in owed}
    assert ("second-contact", second.id) in owed, "it came before its window of the second stay"
    assert "third-contact" in {key for key, _ in owed}


def test_whoever_was_reached_in_between_is_owed_a_first_call_after_the_second_stay() -> None:
    history = discharged()
    history.tell(K.REACHED, MONDAY + 2 * DAY)
    back_and_home_again(history)
    second = history.events[-1]

    [owed] = [task for task in history.open("call_patient") if task.step_key == "first-contact"]

    assert owed.anchor_event_id == second.id


def test_a_call_that_a_person_put_later_does_not_stand_for_that_of_the_second_stay() -> None:
    history = discharged()
    [first] = [task for task in history.open("call_patient") if task.step_key == "first-contact"]
    history.tasks[first.id] = replace(first, due_at=MONDAY + 40 * DAY)

    back_and_home_again(history)

    assert Counter(calls(history))["first-contact"] == 2


@pytest.mark.parametrize(
    ("more", "stands"),
    [
        ({}, False),
        ({"step_key": "mine.call"}, True),
        ({"ladder": "acute"}, True),
        ({"strength": "must"}, True),
        ({"due_at": MONDAY + DAY}, True),
        ({"satisfied_by": ("reached", "appointment_kept")}, True),
        ({"owner_team_id": uuid4()}, True),
    ],
)
def test_only_the_same_call_that_asks_no_more_is_asked_for_already(
    more: dict[str, Any], stands: bool
) -> None:
    history = back_and_home_again(discharged())
    [owed] = [task for task in history.open("call_patient") if task.step_key == "first-contact"]
    second = history.events[-1].id
    task = replace(owed, **{"due_at": owed.due_at + DAY, "anchor_event_id": second, **more})
    before = replace(owed, step_key=task.step_key)

    assert bool(without_owed([task], [before], history.events)) is stands


RETURNED = K.HANDOVER_RETURNED


def twice_returned() -> History:
    history = discharged()
    for days in (1, 2):
        history.tell(RETURNED, MONDAY + days * DAY, handover_id=str(uuid4()))
    return history


def assesses(history: History) -> list[Task]:
    key = "reassess-after-returned-handover"
    return [task for task in history.open("assess_risk") if task.step_key == key]


def test_two_handovers_that_come_back_ask_for_one_new_assessment_by_the_earlier_time() -> None:
    history = twice_returned()
    first, _ = [event for event in history.events if event.kind is RETURNED]

    [owed] = assesses(history)

    assert owed.anchor_event_id == first.id


def test_an_assessment_between_two_that_came_back_leaves_one_for_the_second() -> None:
    history = twice_returned()
    _, second = [event for event in history.events if event.kind is RETURNED]

    history.tell(K.RISK_ASSESSED, MONDAY + DAY + HOUR, known=MONDAY + 2 * DAY + HOUR)

    [owed] = assesses(history)
    assert owed.anchor_event_id == second.id


def test_that_the_first_came_back_in_error_leaves_the_second_to_ask() -> None:
    history = twice_returned()
    first, second = [event for event in history.events if event.kind is RETURNED]

    history.in_error(first, MONDAY + 3 * DAY)

    [owed] = assesses(history)
    assert owed.anchor_event_id == second.id


def test_one_assessment_after_both_came_back_leaves_nothing_of_either() -> None:
    history = twice_returned()

    history.tell(K.RISK_ASSESSED, MONDAY + 3 * DAY)

    assert assesses(history) == []


def gives(history: History) -> list[Task]:
    return history.open("give_appointment")


def test_one_that_is_cancelled_before_discharge_is_owed_once_after_it() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY)
    cancelled(history, HOUR, 2 * HOUR, K.APPOINTMENT_GIVEN)
    assert [task.step_key for task in gives(history)] == ["appointment-cancelled"]

    history.tell(K.DISCHARGED, MONDAY + 3 * HOUR)

    assert [task.step_key for task in gives(history)] == ["gate.appointment_given"]


def test_one_that_is_cancelled_before_it_was_given_leaves_what_the_discharge_owes() -> None:
    history = discharged()

    cancelled(history, HOUR, 2 * HOUR, K.APPOINTMENT_BOOKED)

    assert [task.step_key for task in gives(history)] == ["gate.appointment_given"]


def test_one_that_is_cancelled_after_it_was_given_is_owed_a_new_time() -> None:
    history = discharged()

    cancelled(history, HOUR, 2 * HOUR, K.APPOINTMENT_GIVEN)

    assert [task.step_key for task in gives(history)] == ["appointment-cancelled"]


_TOLD = st.sampled_from(
    [K.ADMITTED, K.DISCHARGED, K.INDEX_EVENT, K.RELATIVES_ASKED, K.CHILDREN_ASKED, K.REACHED]
)


@given(st.lists(st.tuples(_TOLD, st.integers(1, 20)), max_size=8))
def test_no_question_of_a_discharge_is_open_twice_however_often_somebody_comes_back(
    told: list[tuple[EventKind, int]],
) -> None:
    history = discharged()
    for kind, hours in told:
        history.tell(kind, max(event.at for event in history.events) + hours * HOUR)

    asked = [t.step_key for t in history.open() if t.step_key.startswith("gate.")]
    asked += calls(history)
    twice = {key for key, count in Counter(asked).items() if count > 1}
    assert twice <= {"gate.summary_sent"}


@given(st.lists(st.tuples(_TOLD, st.integers(1, 20)), max_size=8))
def test_every_call_of_every_discharge_is_owed_or_done_or_asked_for_by_an_earlier_one(
    told: list[tuple[EventKind, int]],
) -> None:
    history = discharged()
    for kind, hours in told:
        history.tell(kind, max(event.at for event in history.events) + hours * HOUR)

    last = max((e for e in history.events if e.kind is K.DISCHARGED), key=lambda e: e.at)
    reached = [e for e in history.events if e.kind is K.REACHED and e.at >= last.at]
    first = [t for t in history.open("call_patient") if t.step_key == "first-contact"]
    assert first or reached


@given(st.lists(st.tuples(_TOLD, st.integers(1, 20)), max_size=8))
def test_planning_once_more_changes_nothing(told: list[tuple[EventKind, int]]) -> None:
    history = discharged()
    for kind, hours in told:
        history.tell(kind, max(event.at for event in history.events) + hours * HOUR)

    again = history.plan(max(event.at for event in history.events))

    assert (again.new, again.changed) == ((), ())
