"""A death that is told of more than once: one question, one answer, and what is owed is owed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.closing import check_death
from bindeledd.features.cases.domain.deaths import DeathConfirmed, DeathRefuted, from_when_told
from builders import MONDAY
from features.cases.test_domain_planning import DAY, HOUR, History, discharged

K = EventKind
BECAUSE_OF_IT = ("withdraw_booked", "support_bereaved", "support_bereaved_children")


def reported() -> History:
    history = discharged()
    history.tell(K.DEATH_REPORTED, MONDAY + DAY)
    return history


def owed(history: History, *kinds: str) -> list[str]:
    return sorted(task.kind for task in history.open(*kinds))


def test_a_death_that_is_confirmed_twice_makes_nothing_owed_twice() -> None:
    history = reported()
    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)
    before = owed(history)
    assert set(BECAUSE_OF_IT) <= set(before)

    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + 2 * HOUR)

    assert owed(history) == before


def test_a_report_that_repeats_another_adds_no_question() -> None:
    history = reported()
    [first] = history.open("confirm_death")

    history.tell(K.DEATH_REPORTED, MONDAY + 2 * HOUR, known=MONDAY + DAY + HOUR)

    assert history.open("confirm_death") == [first]


def test_where_the_first_report_was_an_error_the_other_one_is_asked_about() -> None:
    history = reported()
    first = history.events[-1]
    other = history.tell(K.DEATH_REPORTED, MONDAY + DAY + HOUR)

    history.in_error(first, MONDAY + 2 * DAY)

    assert [task.anchor_event_id for task in history.open("confirm_death")] == [other.id]


def test_a_report_of_a_confirmed_death_leaves_it_confirmed() -> None:
    history = reported()
    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)
    before = owed(history)

    history.tell(K.DEATH_REPORTED, MONDAY + 2 * DAY)

    assert (owed(history), owed(history, "confirm_death")) == (before, [])


def test_a_death_that_is_confirmed_in_spite_of_a_sign_of_life_makes_nothing_owed_twice() -> None:
    history = reported()
    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)
    history.tell(K.REACHED, MONDAY + 2 * DAY)
    before = owed(history, *BECAUSE_OF_IT)

    history.tell(K.DEATH_CONFIRMED, MONDAY + 3 * DAY)

    assert (owed(history, *BECAUSE_OF_IT), history.open("confirm_death")) == (before, [])


def test_a_death_that_was_refuted_and_comes_again_is_asked_about_and_owed_for_anew() -> None:
    history = reported()
    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)
    before = owed(history, *BECAUSE_OF_IT)
    history.tell(K.DEATH_REFUTED, MONDAY + 2 * DAY)

    history.tell(K.DEATH_REPORTED, MONDAY + 3 * DAY)
    asked = owed(history, "confirm_death")
    history.tell(K.DEATH_CONFIRMED, MONDAY + 4 * DAY)

    assert (asked, owed(history, *BECAUSE_OF_IT)) == (["confirm_death"], before)


def test_whether_a_death_is_true_is_counted_from_when_it_was_told() -> None:
    told = MONDAY + DAY
    history = discharged()
    history.tell(K.DEATH_REPORTED, told - 6 * HOUR, known=told)

    [confirm] = history.open("confirm_death")

    assert confirm.due_at == told + 2 * HOUR


def test_what_speaks_against_it_is_counted_from_when_it_was_told() -> None:
    told = MONDAY + 3 * DAY
    history = reported()
    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)
    history.tell(K.REACHED, MONDAY + 2 * DAY, known=told)

    [confirm] = history.open("confirm_death")

    assert confirm.due_at == told + 2 * HOUR


def test_what_is_taken_over_is_counted_as_all_that_is_taken_over() -> None:
    history = reported()
    taken = replace(history.events[-1], source="takeover", recorded_at=MONDAY + 9 * DAY)

    assert from_when_told(taken) == taken


def refused(
    history: History, answer: EventKind, seen: str | None = None, *, asked: bool = False
) -> Callable[[], object]:
    events = tuple(history.events)
    return lambda: check_death(events, answer, uuid4(), seen=seen, asked=asked)


def test_a_second_confirmation_is_refused_and_says_who_confirmed_when() -> None:
    history = reported()
    confirmed = history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)

    with pytest.raises(DeathConfirmed) as told:
        refused(history, K.DEATH_CONFIRMED)()

    assert told.value.facts == {"by": confirmed.recorded_by, "at": confirmed.recorded_at}


def test_a_confirmation_of_what_was_refuted_is_refused_and_says_who_refuted_when() -> None:
    history = reported()
    no = history.tell(K.DEATH_REFUTED, MONDAY + DAY + HOUR)

    with pytest.raises(DeathRefuted) as told:
        refused(history, K.DEATH_CONFIRMED)()

    assert told.value.facts == {"by": no.recorded_by, "at": no.recorded_at}


def test_whoever_saw_a_report_does_not_refute_what_was_confirmed_since() -> None:
    history = reported()
    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)

    with pytest.raises(DeathConfirmed):
        refused(history, K.DEATH_REFUTED, seen="death_reported")()


def test_whoever_saw_the_confirmation_may_refute_it() -> None:
    history = reported()
    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)

    assert refused(history, K.DEATH_REFUTED, seen="death_confirmed")() is None


def test_whoever_is_asked_because_of_a_sign_of_life_confirms_anew() -> None:
    history = reported()
    history.tell(K.DEATH_CONFIRMED, MONDAY + DAY + HOUR)

    assert refused(history, K.DEATH_CONFIRMED, asked=True)() is None
