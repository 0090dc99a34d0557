"""A discharge that was assumed, and the real one that is told later: planned anew, nobody lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.assumed import replaced
from bindeledd.features.cases.domain.planning import in_order
from bindeledd.features.cases.domain.standing import done_in_words
from bindeledd.features.pathways.domain import longest_silence
from bindeledd.features.tasks.domain import Task, TaskState
from builders import MONDAY
from features.cases.test_domain_planning import DAY, HOUR, History

K = EventKind


def assumed_home() -> tuple[History, Event]:
    """Registered by hand; nobody knows whether the person has left."""
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    return history, history.tell(K.DISCHARGED, MONDAY, not_known=True)


def owed_by(history: History, event: Event) -> list[Task]:
    return [task for task in history.open() if task.anchor_event_id == event.id]


def ended_by(history: History, event: Event) -> list[Task]:
    return [task for task in history.tasks.values() if task.ended_by_event_id == event.id]


def test_an_assumed_discharge_owes_somebody_to_find_out_the_real_one() -> None:
    history, guess = assumed_home()

    [find] = history.open("find_discharge")

    assert find.anchor_event_id == guess.id
    assert MONDAY < find.due_at <= MONDAY + 2 * DAY
    assert not done_in_words(find)
    history.tell(K.DISCHARGED, MONDAY, known=MONDAY + 2 * DAY, not_known=True)
    history.plan(MONDAY + 40 * DAY)
    assert find.id in {task.id for task in history.open("find_discharge")}, "no time does it"


def test_a_discharge_that_was_told_before_somebody_assumed_another_is_not_that_one() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.DISCHARGED, MONDAY + HOUR)
    history.tell(K.ADMITTED, MONDAY + 2 * DAY)
    guess = history.tell(K.DISCHARGED, MONDAY + 3 * DAY, not_known=True)

    assert [task.anchor_event_id for task in history.open("find_discharge")] == [guess.id]


def test_it_is_found_out_from_when_it_was_registered() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt", known=MONDAY + 9 * DAY)
    history.tell(K.DISCHARGED, MONDAY, not_known=True, known=MONDAY + 9 * DAY)

    [find] = history.open("find_discharge")
    assert find.due_at > MONDAY + 9 * DAY


@pytest.mark.parametrize("left", [MONDAY, MONDAY + HOUR, MONDAY + 3 * DAY])
def test_the_real_discharge_does_it_and_an_error_in_it_owes_it_again(left: datetime) -> None:
    history, _ = assumed_home()
    [find] = history.open("find_discharge")

    real = history.tell(K.DISCHARGED, left, known=max(left, MONDAY + DAY))
    done = history.tasks[find.id]
    assert (done.state, done.ended_by_event_id) == (TaskState.DONE, real.id)

    history.in_error(real, MONDAY + 5 * DAY)
    assert [task.id for task in history.open("find_discharge")] == [find.id]


def test_the_discharge_of_a_later_stay_leaves_nothing_to_find_out() -> None:
    history, _ = assumed_home()
    history.tell(K.INDEX_EVENT, MONDAY + 10 * DAY, index_kind="self_harm")
    assert history.open("find_discharge")

    history.tell(K.DISCHARGED, MONDAY + 11 * DAY)
    assert history.open("find_discharge") == []


@pytest.mark.parametrize("left", [MONDAY + HOUR, MONDAY + 3 * DAY])
def test_what_was_owed_by_the_assumption_is_owed_by_the_real_one_instead(left: datetime) -> None:
    history, guess = assumed_home()
    before = {task.kind for task in owed_by(history, guess)} - {"find_discharge"}
    assert {"call_patient", "send_summary", "give_appointment"} <= before

    real = history.tell(K.DISCHARGED, left, known=max(left, MONDAY + DAY))

    assert owed_by(history, guess) == []
    assert {task.kind for task in owed_by(history, real)} == before
    ended = [task for task in ended_by(history, real) if task.kind != "find_discharge"]
    assert {task.state for task in ended} == {TaskState.CANCELLED}
    assert {task.kind for task in ended} == before
    calls = [task.due_at for task in history.open("call_patient")]
    assert min(calls) > left


def test_what_was_done_meanwhile_stays_done_and_counts_for_the_real_discharge() -> None:
    history, guess = assumed_home()
    history.tell(K.RISK_ASSESSED, MONDAY + DAY)
    history.tell(K.REACHED, MONDAY + 2 * DAY)
    history.tell(K.RELATIVES_ASKED, MONDAY + 2 * DAY)

    real = history.tell(K.DISCHARGED, MONDAY + HOUR, known=MONDAY + 3 * DAY)

    done = [task for task in history.tasks.values() if task.state is TaskState.DONE]
    assert {"assess_risk", "ask_relatives", "call_patient"} <= {task.kind for task in done}
    owed = {(task.kind, task.step_key) for task in owed_by(history, real)}
    assert not {"assess_risk", "ask_relatives"} & {kind for kind, _ in owed}
    assert ("call_patient", "first-contact") not in owed
    assert ("send_summary", "gate.summary_sent") in owed
    assert owed_by(history, guess) == []


def test_a_call_from_before_the_person_really_left_is_owed_again() -> None:
    history, _ = assumed_home()
    history.tell(K.REACHED, MONDAY + DAY)

    real = history.tell(K.DISCHARGED, MONDAY + 4 * DAY)

    assert "first-contact" in {task.step_key for task in owed_by(history, real)}


def test_a_real_discharge_that_was_an_error_gives_the_assumption_back() -> None:
    history, guess = assumed_home()
    before = {task.id for task in owed_by(history, guess)}
    real = history.tell(K.DISCHARGED, MONDAY + 4 * DAY)

    history.in_error(real, MONDAY + 5 * DAY)

    assert {task.id for task in owed_by(history, guess)} == before
    assert owed_by(history, real) == []


def test_another_stay_replaces_nothing() -> None:
    history, guess = assumed_home()
    history.tell(K.INDEX_EVENT, MONDAY + 10 * DAY, index_kind="self_harm")
    history.tell(K.DISCHARGED, MONDAY + 11 * DAY)
    assert owed_by(history, guess)

    earlier = history.tell(K.DISCHARGED, MONDAY - 20 * DAY, known=MONDAY + 12 * DAY)
    assert owed_by(history, guess)
    assert guess.id not in replaced(tuple(history.events))
    assert earlier.id not in replaced(tuple(history.events)).values()


def test_a_day_without_a_time_is_of_the_same_stay() -> None:
    history, guess = assumed_home()
    day = Event(
        id=guess.case_id,
        case_id=guess.case_id,
        kind=K.DISCHARGED,
        at=MONDAY - 8 * HOUR,
        date_only=True,
        recorded_at=MONDAY + DAY,
    )

    assert replaced((*history.events, day)) == {guess.id: day}
    assert replaced((*history.events, replace(day, date_only=False))) == {}


@settings(max_examples=40, deadline=None)
@given(
    left=st.integers(0, 20 * 24),
    told=st.integers(0, 30 * 24),
    done=st.lists(
        st.tuples(
            st.sampled_from([K.REACHED, K.RISK_ASSESSED, K.CONTACT_ATTEMPTED, K.SUMMARY_SENT]),
            st.integers(0, 30 * 24),
        ),
        max_size=6,
    ),
)
def test_whenever_the_real_one_is_told_the_case_owes_something_soon_enough(
    left: int, told: int, done: list[tuple[EventKind, int]]
) -> None:
    history, guess = assumed_home()
    known = MONDAY + max(left, told) * HOUR
    events = [(MONDAY + hour * HOUR, kind) for kind, hour in done]
    for at, kind in sorted(events):
        if at <= known:
            history.tell(kind, at, channel="phone")
    real = history.tell(K.DISCHARGED, MONDAY + left * HOUR, known=known)

    assert owed_by(history, guess) == []
    first = min(history.open(), key=in_order)
    assert history.case.next_task_id == first.id
    team = history.frame.calendar(history.frame.team("responsible_team"))
    silence = longest_silence(history.frame.pathway, real.at, known, team)
    assert first.due_at <= silence.due_at
    again = history.plan(known)
    assert (again.new, again.changed) == ((), ())
