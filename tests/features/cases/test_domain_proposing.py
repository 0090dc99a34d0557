"""The next attempt is proposed where it was tried least: another part of the day, another way."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.proposing import Proposal, propose
from bindeledd.foundation.calendars import Calendar
from builders import MONDAY
from features.cases.test_domain_planning import DAY, HOUR, HOURS, History, a_frame, discharged

K = EventKind
NEEDED = a_frame().pathway.unreachable
# 09.00 on the wall of the team, which is at work from 8 to 16.
MORNING, AFTERNOON = MONDAY, MONDAY + 5 * HOUR


def tried_at(*moments: datetime, channel: str = "phone") -> History:
    history = discharged()
    for moment in moments:
        history.tell(K.CONTACT_ATTEMPTED, moment, channel=channel)
    return history


def proposed(
    history: History,
    at: datetime,
    *,
    ways: tuple[str, ...] = ("phone",),
    calendar: Calendar = HOURS,
    not_before: datetime | None = None,
) -> Proposal | None:
    return propose(history.events, calendar, NEEDED, ways=ways, at=at, not_before=not_before)


def local(found: Proposal | None) -> str:
    assert found is not None
    return HOURS.local(found.at).strftime("%a %H.%M")


def test_after_a_morning_in_vain_the_afternoon_is_proposed() -> None:
    assert local(proposed(tried_at(MORNING), MORNING)) == "Mon 14.00"


def test_after_a_whole_day_in_vain_it_is_the_next_day() -> None:
    history = tried_at(MORNING, AFTERNOON)
    assert local(proposed(history, AFTERNOON + 2 * HOUR)) == "Tue 10.00"


def test_a_part_of_the_day_that_was_tried_twice_waits_for_one_that_was_tried_once() -> None:
    history = tried_at(MORNING, MORNING + DAY, AFTERNOON)
    assert local(proposed(history, MORNING + DAY)) == "Tue 14.00"


def test_over_a_weekend_it_is_the_day_on_which_the_team_is_back() -> None:
    friday = MONDAY + 4 * DAY
    history = tried_at(friday, friday + 5 * HOUR)
    assert local(proposed(history, friday + 7 * HOUR)) == "Mon 10.00"


def test_it_says_how_often_each_part_of_the_day_was_tried() -> None:
    found = proposed(tried_at(MORNING, MORNING + DAY), MORNING + DAY)
    assert found is not None
    assert (found.part, found.tried) == ("afternoon", {"morning": 2})


def test_another_way_is_proposed_while_the_routine_wants_more_ways() -> None:
    history = tried_at(MORNING, AFTERNOON)
    found = proposed(history, AFTERNOON, ways=("phone", "sms", "letter"))
    assert found is not None
    assert (found.channel, found.other_way) == ("sms", True)


def test_the_usual_way_is_tried_at_another_hour_before_another_way_is_proposed() -> None:
    found = proposed(tried_at(MORNING), MORNING, ways=("phone", "letter"))
    assert found is not None
    assert (found.channel, found.part, found.other_way) == ("phone", "afternoon", False)


def test_a_way_that_the_person_said_no_to_is_never_proposed() -> None:
    found = proposed(tried_at(MORNING), MORNING, ways=("phone",))
    assert found is not None
    assert (found.channel, found.other_way) == ("phone", False)


def test_with_ways_enough_it_is_the_usual_one_again() -> None:
    history = tried_at(MORNING, AFTERNOON)
    history.tell(K.CONTACT_ATTEMPTED, AFTERNOON + HOUR, channel="sms")
    found = proposed(history, AFTERNOON + HOUR, ways=("phone", "sms", "letter"))
    assert found is not None
    assert (found.channel, found.other_way) == ("phone", False)


def test_it_is_not_before_the_day_that_the_person_asked_for() -> None:
    thursday = HOURS.start_of_day(HOURS.local_date(MONDAY + 3 * DAY))
    assert local(proposed(tried_at(MORNING), MORNING, not_before=thursday)) == "Thu 14.00"


@pytest.mark.parametrize("nothing", ["no attempt", "reached since", "no way", "no hours"])
def test_nothing_is_proposed_where_there_is_nothing_to_propose(nothing: str) -> None:
    history = discharged() if nothing == "no attempt" else tried_at(MORNING)
    if nothing == "reached since":
        history.tell(K.REACHED, AFTERNOON)
    ways = () if nothing == "no way" else ("phone",)
    calendar = Calendar(hours=((),) * 7) if nothing == "no hours" else HOURS
    assert proposed(history, AFTERNOON, ways=ways, calendar=calendar) is None


def test_an_attempt_that_counts_as_the_same_makes_no_part_of_the_day_tried_twice() -> None:
    history = tried_at(MORNING, MORNING + timedelta(seconds=20))
    found = proposed(history, MORNING + HOUR)
    assert found is not None
    assert found.tried == {"morning": 1}


@given(
    st.lists(st.integers(0, 14 * 24 * 60), min_size=1, max_size=12),
    st.integers(0, 7),
    st.integers(9, 24),
)
def test_it_lies_ahead_and_in_opening_hours(minutes: list[int], opens: int, closes: int) -> None:
    calendar = Calendar.of([(day, time(opens), time(closes % 24)) for day in range(1, 8)])
    moments = sorted(MONDAY + timedelta(minutes=one) for one in minutes)
    found = proposed(tried_at(*moments), moments[-1], calendar=calendar)
    assert found is not None
    assert found.at > moments[-1]
    assert calendar.staffed(found.at)
