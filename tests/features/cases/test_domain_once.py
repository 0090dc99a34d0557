"""One open task for each thing that is owed, whatever comes back: a stay, a cancelled appointment."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.cases.domain import EventKind
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

    gates = [t.step_key for t in history.open() if t.step_key.startswith("gate.")]
    twice = {key for key, count in Counter(gates).items() if count > 1}
    assert twice <= {"gate.summary_sent"}


@given(st.lists(st.tuples(_TOLD, st.integers(1, 20)), max_size=8))
def test_planning_once_more_changes_nothing(told: list[tuple[EventKind, int]]) -> None:
    history = discharged()
    for kind, hours in told:
        history.tell(kind, max(event.at for event in history.events) + hours * HOUR)

    again = history.plan(max(event.at for event in history.events))

    assert (again.new, again.changed) == ((), ())
