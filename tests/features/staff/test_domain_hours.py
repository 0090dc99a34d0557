"""A week of opening hours: what may be one, and how one day is typed. Values only."""

from __future__ import annotations

from datetime import time

import pytest

from bindeledd.features.staff.domain import (
    Hours,
    HoursWrong,
    insist_week,
    opening_words,
    openings_said,
    week_of,
)
from builders import refusal

MORNING, LATE = (time(8), time(12)), (time(13), time(15, 30))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ()),
        ("08.00–15.30", ((time(8), time(15, 30)),)),
        ("8-12, 13-15.30", (MORNING, LATE)),
        ("kl. 8 til 12 og 13 til 15:30", (MORNING, LATE)),
        ("hele døgnet", ((time(), time()),)),
        ("22-07", ((time(22), time(7)),)),
        ("18.00–24.00", ((time(18), time()),)),
    ],
)
def test_one_day_is_understood_as_it_is_typed(typed: str, meant: object) -> None:
    assert openings_said(typed) == meant


@pytest.mark.parametrize("typed", ["åpent", "8", "man 8-16", "8-24.30", "8.75-16", "8-16, kanskje"])
def test_a_day_that_is_not_understood_is_said(typed: str) -> None:
    with pytest.raises(ValueError, match=typed.rpartition(", ")[2]):
        openings_said(typed)


@pytest.mark.parametrize("opening", [MORNING, LATE, (time(18), time()), (time(), time())])
def test_what_is_shown_of_an_opening_is_understood_when_it_is_sent_back(
    opening: tuple[time, time],
) -> None:
    assert openings_said(opening_words(*opening)) == (opening,)


def test_days_become_a_week_in_order() -> None:
    week = week_of({2: [LATE, MORNING], 1: [MORNING]})

    assert [(one.weekday, one.opens) for one in week] == [(1, time(8)), (2, time(8)), (2, time(13))]


def test_two_closings_of_one_opening_are_refused() -> None:
    week = [Hours(weekday=1, opens=time(8), closes=time(hour)) for hour in (12, 16)]

    assert isinstance(refusal(lambda: insist_week(week)), HoursWrong)


def test_a_weekday_that_no_week_has_is_refused() -> None:
    wrong = Hours(weekday=8, opens=time(8), closes=time(16))

    assert isinstance(refusal(lambda: insist_week([wrong])), HoursWrong)


def test_the_same_opening_said_twice_is_one() -> None:
    same = Hours(weekday=1, opens=time(8), closes=time(16))

    assert insist_week([same, same]) == {(1, time(8)): time(16)}
