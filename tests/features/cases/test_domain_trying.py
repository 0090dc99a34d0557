"""Two calls within a moment are one attempt, for *cannot be reached* and for whoever decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.trying import same_again
from bindeledd.features.cases.domain.unreachable import Tried, tried
from bindeledd.foundation.calendars import Period
from builders import MONDAY
from features.cases.test_domain_planning import (
    DAY,
    HOUR,
    HOURS,
    History,
    a_frame,
    decisions,
    discharged,
    try_to_call,
)

K = EventKind
APART = a_frame().pathway.unreachable.apart or Period()
SECONDS = timedelta(seconds=20)


def effort(history: History) -> Tried:
    return tried(tuple(history.events), HOURS, apart=APART)


def call(history: History, after: timedelta, *, known: timedelta | None = None) -> Event:
    at = MONDAY + after
    told = None if known is None else MONDAY + known
    return history.tell(K.CONTACT_ATTEMPTED, at, known=told, channel="phone")


def test_two_calls_seconds_apart_are_one_attempt() -> None:
    history = discharged()
    call(history, HOUR)
    call(history, HOUR + SECONDS)

    assert (effort(history).attempts, effort(history).calls) == (1, 1)


def test_two_calls_seconds_apart_ask_nobody_to_decide() -> None:
    history = discharged()
    call(history, HOUR)
    call(history, HOUR + SECONDS)

    assert decisions(history) == []


def test_the_second_of_them_says_that_it_counts_as_the_same() -> None:
    history = discharged()
    call(history, HOUR)
    again = call(history, HOUR + SECONDS)

    assert same_again(history.events, APART) == (again,)


def test_another_channel_at_once_is_an_attempt_of_its_own() -> None:
    history = discharged()
    try_to_call(history, 1)
    try_to_call(history, 1, channel="sms")

    assert (effort(history).attempts, effort(history).channels) == (2, 2)


def test_calls_that_go_on_all_day_do_not_hide_one_another() -> None:
    history = discharged()
    for times in (0, 0.75, 1.5, 2.25):
        call(history, HOUR + times * APART.length)

    assert effort(history).attempts == 2


@pytest.mark.parametrize(("told", "owed"), [(HOUR + SECONDS, 0), (4 * HOUR, 1)])
def test_what_counts_is_when_it_was_tried_and_not_when_it_was_told(
    told: timedelta, owed: int
) -> None:
    history = discharged()
    call(history, HOUR, known=5 * HOUR)
    call(history, told, known=5 * HOUR)

    assert len(decisions(history)) == owed


def test_a_call_told_late_stands_before_the_one_that_was_told_first() -> None:
    history = discharged()
    second = call(history, HOUR + SECONDS)
    first = call(history, HOUR, known=DAY)

    assert same_again(history.events, APART) == (second,)
    assert first not in same_again(history.events, APART)


def test_whoever_was_reached_in_between_is_tried_anew() -> None:
    history = discharged()
    call(history, HOUR)
    history.tell(K.REACHED, MONDAY + HOUR + SECONDS)
    call(history, HOUR + 2 * SECONDS)

    assert effort(history).attempts == 1
    assert same_again(history.events, APART) == ()


def test_the_first_having_been_an_error_leaves_the_second_as_the_attempt() -> None:
    history = discharged()
    wrong = call(history, HOUR)
    call(history, HOUR + SECONDS)
    history.in_error(wrong, MONDAY + 2 * HOUR)

    assert effort(history).attempts == 1
    assert same_again(history.events, APART) == ()


def test_a_routine_that_says_nothing_of_it_counts_each() -> None:
    history = discharged()
    call(history, HOUR)
    call(history, HOUR + SECONDS)

    assert tried(tuple(history.events), HOURS).attempts == 2


def test_an_attempt_that_counts_as_the_same_shows_still_that_somebody_tried() -> None:
    history = discharged()
    call(history, HOUR)
    call(history, HOUR + SECONDS)

    assert len(effort(history).made) == 2
