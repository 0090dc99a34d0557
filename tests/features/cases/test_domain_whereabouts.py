"""A discharge that was wrong, and nobody knows where the person is: nobody is lost by correcting."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.features.cases.domain import Event, EventKind, NewEvent
from bindeledd.features.cases.domain.correcting import going_together
from bindeledd.features.cases.domain.reopening import said_together
from bindeledd.features.cases.domain.whereabouts import (
    UNKNOWN,
    InHospital,
    LeftWhenNeeded,
    Where,
    Whereabouts,
    check,
    in_hospital,
    instead,
    left_open,
)
from bindeledd.features.tasks.domain import Task
from builders import MONDAY
from features.cases.test_domain_planning import DAY, HOUR, History, discharged

K = EventKind
FOUND = MONDAY + DAY
WARD_UNIT = str(uuid4())


def the_last(history: History, kind: EventKind) -> Event:
    return [event for event in history.events if event.kind is kind][-1]


def place(history: History, wrong: Event, said: Whereabouts = UNKNOWN) -> list[NewEvent]:
    left = left_open(history.events, {wrong.id})
    assert left is not None
    return instead(left, history.events, {wrong.id}, said, known="person")


def correct(
    history: History, wrong: Event, said: Whereabouts = UNKNOWN, *, at: datetime = FOUND
) -> None:
    """As the service does: both in one act."""
    new = place(history, wrong, said)
    history.in_error(wrong, at)
    for one in new:
        history.tell(one.kind, one.at, known=at, **one.facts)


def owed(history: History) -> set[tuple[str, str, datetime]]:
    return {(t.kind, t.step_key, t.due_at) for t in history.open() if t.kind != "find_discharge"}


def anchors(tasks: list[Task]) -> set[UUID | None]:
    return {task.anchor_event_id for task in tasks}


def is_open_after(history: History, *wrong: Event) -> bool:
    return left_open(history.events, {one.id for one in wrong}) is not None


def test_what_was_owed_after_a_discharge_is_owed_still_where_it_was_wrong() -> None:
    history = discharged()
    before = owed(history)
    assert {"call_patient", "send_summary"} <= {kind for kind, _, _ in before}

    correct(history, the_last(history, K.DISCHARGED))

    assert before <= owed(history)


def test_somebody_finds_out_when_the_person_really_left() -> None:
    history = discharged()

    correct(history, the_last(history, K.DISCHARGED))

    [find] = history.open("find_discharge")
    assert find.due_at > FOUND


def test_the_assumption_stands_at_the_time_and_in_the_unit_of_the_one_that_was_wrong() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    wrong = history.tell(K.DISCHARGED, MONDAY + HOUR, unit_id=WARD_UNIT)

    [home] = place(history, wrong)

    assert (home.kind, home.at, home.facts["unit_id"]) == (K.DISCHARGED, wrong.at, WARD_UNIT)
    assert home.facts["not_known"] is True


def test_what_was_done_since_then_is_not_owed_again() -> None:
    history = discharged()
    history.tell(K.SUMMARY_SENT, MONDAY + HOUR)
    history.tell(K.REACHED, MONDAY + 2 * HOUR)
    before = owed(history)

    correct(history, the_last(history, K.DISCHARGED))

    assert owed(history) == before


def test_what_somebody_said_was_done_is_not_owed_again() -> None:
    history = discharged()
    [call, *_] = history.open("call_patient")
    history.tell(K.TASK_DONE, MONDAY + HOUR, task_id=str(call.id))

    correct(history, the_last(history, K.DISCHARGED))

    assert (call.kind, call.step_key, call.due_at) not in owed(history)


def test_what_was_done_before_the_person_really_left_is_owed_again() -> None:
    history = discharged()
    [call, *_] = history.open("call_patient")
    history.tell(K.TASK_DONE, MONDAY + HOUR, task_id=str(call.id))
    right = Whereabouts(where=Where.LEFT, left_at=MONDAY + 3 * HOUR)

    correct(history, the_last(history, K.DISCHARGED), right)

    assert call.step_key in {task.step_key for task in history.open("call_patient")}


def test_an_assumption_that_was_wrong_too_leaves_another() -> None:
    history = discharged()
    [call, *_] = history.open("call_patient")
    history.tell(K.TASK_DONE, MONDAY + HOUR, task_id=str(call.id))
    correct(history, the_last(history, K.DISCHARGED))
    before = owed(history)

    correct(history, the_last(history, K.DISCHARGED), at=FOUND + HOUR)

    assert owed(history) == before


def test_another_time_is_a_real_discharge() -> None:
    history = discharged()
    right = Whereabouts(where=Where.LEFT, left_at=MONDAY + 3 * HOUR)

    correct(history, the_last(history, K.DISCHARGED), right)

    home = the_last(history, K.DISCHARGED)
    assert (home.at, home.is_assumed) == (MONDAY + 3 * HOUR, False)
    assert history.open("find_discharge") == []
    assert home.id in anchors(history.open("call_patient"))


def test_still_in_hospital_assumes_nothing_and_is_an_admission_where_none_stands() -> None:
    history = discharged()

    [said] = place(history, the_last(history, K.DISCHARGED), Whereabouts(where=Where.STILL_IN))

    assert (said.kind, said.at, said.facts["how_known"]) == (K.ADMITTED, MONDAY, "person")


def test_still_in_hospital_where_an_admission_stands_writes_no_other() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.ADMITTED, MONDAY)
    wrong = history.tell(K.DISCHARGED, MONDAY + HOUR)

    assert place(history, wrong, Whereabouts(where=Where.STILL_IN)) == []


def test_an_admission_before_it_does_not_say_where_the_person_is_now() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.ADMITTED, MONDAY)
    wrong = history.tell(K.DISCHARGED, MONDAY + HOUR)

    assert is_open_after(history, wrong)


@pytest.mark.parametrize("kind", [K.ADMITTED, K.READY_FOR_DISCHARGE, K.DISCHARGED])
def test_what_tells_where_the_person_is_since_leaves_nothing_open(kind: EventKind) -> None:
    history = discharged()
    wrong = the_last(history, K.DISCHARGED)

    history.tell(kind, MONDAY + 2 * HOUR)

    assert not is_open_after(history, wrong)


def test_the_same_discharge_told_twice_leaves_nothing_open() -> None:
    history = discharged(MONDAY + HOUR)
    again = history.tell(K.DISCHARGED, MONDAY + 2 * HOUR)

    assert not is_open_after(history, again)


@pytest.mark.parametrize("begins", [K.INDEX_EVENT, K.ADMITTED])
def test_of_two_stays_the_last_is_assumed_and_the_first_stands(begins: EventKind) -> None:
    history = discharged()
    first = the_last(history, K.DISCHARGED)
    history.tell(begins, MONDAY + 10 * DAY, index_kind="self_harm")
    last = history.tell(K.DISCHARGED, MONDAY + 11 * DAY)

    correct(history, last, at=MONDAY + 12 * DAY)

    guess = the_last(history, K.DISCHARGED)
    assert (guess.is_assumed, guess.at) == (True, last.at)
    assert {first.id, guess.id} >= anchors(history.open("call_patient"))
    assert guess.id in anchors(history.open("send_summary"))


def test_where_no_index_event_stands_there_is_nobody_to_follow_up() -> None:
    history = discharged()

    assert not is_open_after(history, *history.events)


def test_what_is_marked_already_leaves_nothing_open_a_second_time() -> None:
    history = discharged()
    wrong = the_last(history, K.DISCHARGED)

    history.in_error(wrong, FOUND)

    assert not is_open_after(history, the_last(history, K.DISCHARGED))


# --- in whatever order it is marked ---------------------------------------------------------------

TELLING = (K.ADMITTED, K.READY_FOR_DISCHARGE, K.DISCHARGE_WITHDRAWN, K.DISCHARGED)


def a_stay(*told: EventKind) -> History:
    """In hospital, discharged, and an hour apart what was told since."""
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    history.tell(K.ADMITTED, MONDAY)
    for hours, kind in enumerate((K.DISCHARGED, *told), start=1):
        history.tell(kind, MONDAY + hours * HOUR)
    return history


def mark(history: History, *acts: list[int]) -> set[tuple[str, str, datetime]]:
    """What is owed once these were marked, act by act; each by its place after the admission."""
    told = [event.id for event in history.events[2:]]
    for act in acts:
        wrong = {told[one] for one in act}
        left = left_open(history.events, wrong)
        new = [] if left is None else instead(left, history.events, wrong, UNKNOWN, known="person")
        for event in [one for one in history.events if one.id in wrong]:
            history.in_error(event, FOUND)
        for one in new:
            history.tell(one.kind, one.at, known=FOUND, **one.facts)
    return {(task.kind, task.step_key, task.due_at) for task in history.open()}


@pytest.mark.parametrize("kind", TELLING)
def test_what_told_where_the_person_is_may_be_marked_after_the_discharge(kind: EventKind) -> None:
    history = a_stay(kind)

    owed = mark(history, [0], [1])

    assert {"find_discharge", "call_patient"} <= {kind for kind, _, _ in owed}


@st.composite
def in_some_order(
    draw: st.DrawFn, kinds: tuple[EventKind, ...]
) -> tuple[list[EventKind], list[int]]:
    """What was told since the discharge, and which of it all is marked, in which order."""
    told = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3))
    wrong = draw(st.sets(st.integers(0, len(told)), min_size=2))
    return told, draw(st.permutations(sorted(wrong)))


@settings(deadline=None)
@given(case=in_some_order(TELLING[:3]))
def test_in_whatever_order_the_same_is_marked_the_same_is_owed(
    case: tuple[list[EventKind], list[int]],
) -> None:
    told, order = case

    one_by_one = mark(a_stay(*told), *([one] for one in order))

    assert one_by_one == mark(a_stay(*told), order)


@settings(deadline=None)
@given(case=in_some_order(TELLING))
def test_of_several_stays_no_order_owes_less_than_another(
    case: tuple[list[EventKind], list[int]],
) -> None:
    told, order = case

    one_by_one = mark(a_stay(*told), *([one] for one in order))

    assert one_by_one >= mark(a_stay(*told), order)


def test_whoever_is_said_to_be_in_still_is_for_as_long_as_their_stay_stands() -> None:
    history = a_stay(K.READY_FOR_DISCHARGE)
    _, stay, wrong, ready = history.events
    history.in_error(wrong, FOUND)
    history.tell(K.MARKED_IN_ERROR, FOUND, events=[str(wrong.id)], whereabouts="still_in")

    assert not is_open_after(history, ready)
    assert is_open_after(history, ready, stay)


def test_what_was_said_of_a_discharge_that_was_marked_before_holds_too() -> None:
    history = a_stay(K.READY_FOR_DISCHARGE)
    _, _, wrong, ready = history.events
    later = history.tell(K.ADMITTED, MONDAY + 2 * HOUR)
    history.in_error(wrong, FOUND)
    history.in_error(later, FOUND)
    said = {"whereabouts": "still_in", "asked_of": str(wrong.id)}
    history.tell(K.MARKED_IN_ERROR, FOUND, events=[str(later.id)], **said)

    assert not is_open_after(history, ready)


def test_what_says_nothing_of_where_the_person_is_leaves_that_as_it_was() -> None:
    history = discharged()
    history.in_error(the_last(history, K.DISCHARGED), FOUND)
    other = history.tell(K.CHILDREN_ASKED, FOUND)

    assert not is_open_after(history, other)


def test_a_reported_death_stops_the_calls_and_a_refuted_one_owes_them_again() -> None:
    history = discharged()
    dead = history.tell(K.DEATH_REPORTED, MONDAY + 2 * HOUR)

    correct(history, the_last(history, K.DISCHARGED))
    assert history.open("call_patient") == []

    history.tell(K.DEATH_REFUTED, FOUND + HOUR, answers=str(dead.id))
    assert history.open("call_patient")


def test_an_assumed_discharge_is_no_sign_of_life() -> None:
    history = discharged(MONDAY + 3 * HOUR)
    wrong = the_last(history, K.DISCHARGED)
    dead = history.tell(K.DEATH_REPORTED, MONDAY + 2 * HOUR, known=MONDAY + 4 * HOUR)

    correct(history, wrong)

    assert anchors(history.open("confirm_death")) == {dead.id}


def test_a_time_is_given_with_another_discharge_and_with_nothing_else() -> None:
    for said in (Whereabouts(where=Where.LEFT), Whereabouts(left_at=MONDAY)):
        with pytest.raises(LeftWhenNeeded):
            check(said)


def left_unassessed(history: History, at: datetime) -> tuple[Event, Event]:
    """As one click writes it: both by one person, at one moment."""
    gone = history.tell(K.LEFT_BEFORE_ASSESSMENT, at)
    home = history.tell(K.DISCHARGED, at)
    object.__setattr__(home, "recorded_by", gone.recorded_by)
    return gone, home


@pytest.mark.parametrize("marked", [0, 1])
def test_leaving_unassessed_and_its_discharge_are_one_fact(marked: int) -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    both = left_unassessed(history, MONDAY + HOUR)

    found = said_together(history.events, {both[marked].id})

    assert found == (both[1 - marked],)


def test_what_was_one_fact_and_is_marked_already_goes_nowhere_with_the_other() -> None:
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY, index_kind="suicide_attempt")
    gone, home = left_unassessed(history, MONDAY + HOUR)
    history.in_error(home, FOUND)

    assert going_together(history.events, {gone.id}) == (gone,)


def test_a_discharge_that_was_told_before_somebody_left_unassessed_is_a_fact_of_its_own() -> None:
    history = discharged()
    gone = history.tell(K.LEFT_BEFORE_ASSESSMENT, MONDAY + HOUR)

    assert said_together(history.events, {gone.id}) == ()


# --- in hospital now ------------------------------------------------------------------------------


def told(*events: tuple[EventKind, datetime], **facts: bool) -> tuple[Event, ...]:
    """What was told, each when it happened; `facts` of the last."""
    history = History()
    for kind, at in events[:-1]:
        history.tell(kind, at)
    kind, at = events[-1]
    history.tell(kind, at, **facts)
    return tuple(history.events)


def test_nobody_is_in_hospital_who_was_only_seen_or_has_left() -> None:
    seen = told((K.INDEX_EVENT, MONDAY))
    left = told((K.INDEX_EVENT, MONDAY), (K.ADMITTED, MONDAY), (K.DISCHARGED, MONDAY + DAY))

    assert in_hospital(seen) is None
    assert in_hospital(left) is None


def test_whoever_was_admitted_again_is_in_hospital_since_the_first_admission_of_that_stay() -> None:
    again = MONDAY + 4 * DAY
    history = told(
        (K.INDEX_EVENT, MONDAY),
        (K.ADMITTED, MONDAY),
        (K.DISCHARGED, MONDAY + DAY),
        (K.ADMITTED, again),
        (K.ADMITTED, again + DAY),
    )

    assert in_hospital(history) == InHospital(since=again)


def test_of_an_admission_that_was_an_error_nobody_is_in_hospital() -> None:
    history = discharged()
    wrong = history.tell(K.ADMITTED, MONDAY + DAY)
    history.in_error(wrong, MONDAY + 2 * DAY)

    assert in_hospital(tuple(history.events)) is None


def test_a_discharge_that_was_assumed_leaves_it_not_known_until_somebody_says_so() -> None:
    stay = ((K.INDEX_EVENT, MONDAY), (K.ADMITTED, MONDAY))
    history = told(*stay, (K.DISCHARGED, MONDAY + DAY), not_known=True)
    withdrawn = replace(history[0], kind=K.DISCHARGE_WITHDRAWN, at=MONDAY + 2 * DAY)

    assert in_hospital(history) == InHospital(since=MONDAY, known=False)
    assert in_hospital((*history, withdrawn)) == InHospital(since=MONDAY)


def test_a_discharge_that_was_assumed_and_told_since_is_a_discharge() -> None:
    history = told((K.INDEX_EVENT, MONDAY), (K.DISCHARGED, MONDAY + DAY), not_known=True)
    real = replace(history[-1], id=uuid4(), facts={}, recorded_at=MONDAY + 3 * DAY)

    assert in_hospital((*history, real)) is None


@pytest.mark.parametrize(("known", "inside"), [(HOUR, False), (12 * HOUR, True)])
def test_of_a_day_without_an_hour_what_was_told_last_says_where_the_person_is(
    known: timedelta, inside: bool
) -> None:
    """`known`: when the admission of that day was told; the discharge after nine hours."""
    history = History()
    history.tell(K.INDEX_EVENT, MONDAY - DAY)
    history.tell(K.DISCHARGED, MONDAY, known=MONDAY + 9 * HOUR, date_only=True)
    history.tell(K.ADMITTED, MONDAY + HOUR, known=MONDAY + known)

    assert (in_hospital(tuple(history.events)) is not None) is inside
