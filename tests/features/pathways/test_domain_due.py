"""A due time lies where somebody is at work, and never later than the rule itself says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.pathways.domain import Due, due_moment
from bindeledd.foundation.calendars import ROUND_THE_CLOCK, Calendar, Count, Period, zone_named

OSLO = zone_named("Europe/Oslo")
TEAM = Calendar()
NOBODY = Calendar(hours=((),) * 7)
THREE_DAYS = Due(within=Period(3))


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


def test_a_due_time_in_easter_moves_to_the_last_staffed_moment_before() -> None:
    found = due_moment(THREE_DAYS, oslo("2027-03-24 09:00"), False, TEAM)
    assert found.due_at == oslo("2027-03-24 15:30")
    assert found.raw_due_at == oslo("2027-03-27 09:00")
    assert found.moved
    assert found.reason["moved"] == "earlier"


def test_a_due_time_at_work_stays() -> None:
    found = due_moment(THREE_DAYS, oslo("2027-03-19 15:00"), False, TEAM)
    assert found.due_at == found.raw_due_at == oslo("2027-03-22 15:00")
    assert found.reason["moved"] == "no"


def test_what_was_counted_for_one_is_not_taken_for_another() -> None:
    at, date_only = oslo("2027-03-24 09:00"), {False: "2027-03-27 09:00", True: "2027-03-27 00:00"}
    for whole_day, raw in date_only.items():
        for calendar, hurried, moved in ((TEAM, False, "earlier"), (TEAM, True, "no")):
            found = due_moment(THREE_DAYS, at, whole_day, calendar, ignores_hours=hurried)
            assert (found.raw_due_at, found.reason["moved"]) == (oslo(raw), moved)


def test_the_hour_that_comes_twice_is_two_moments() -> None:
    once = datetime(2026, 10, 25, 2, 30, tzinfo=OSLO)
    rule = Due(within=Period(time=timedelta(hours=1)), count=Count.HOURS)
    sooner, later = (
        due_moment(rule, at, False, TEAM, ignores_hours=True) for at in (once, once.replace(fold=1))
    )

    assert later.due_at - sooner.due_at == timedelta(hours=1)


def test_where_nobody_is_at_work_before_it_stays_and_says_so() -> None:
    found = due_moment(THREE_DAYS, oslo("2027-03-24 15:30"), False, TEAM)
    assert found.due_at == oslo("2027-03-27 15:30")
    assert not found.moved
    assert found.reason["moved"] == "no_staffed_moment"


def test_a_team_without_hours_still_gets_a_due_time() -> None:
    found = due_moment(THREE_DAYS, oslo("2027-03-24 15:00"), False, NOBODY)
    assert found.due_at == oslo("2027-03-27 15:00")


@pytest.mark.parametrize(
    ("anchor", "days", "falls_due"),
    [
        ("2026-11-22 05:41", 1, "2026-11-23 08:00"),  # a Sunday before dawn
        ("2026-11-21 20:10", 1, "2026-11-23 15:30"),  # after hours: when Monday's shift ends
        ("2026-11-20 14:00", 1, "2026-11-23 14:00"),  # from work to work
        ("2026-11-22 05:41", 2, "2026-11-23 15:30"),  # the last staffed moment before
        ("2027-03-25 03:00", 1, "2027-03-30 08:00"),  # Maundy Thursday
    ],
)
def test_working_days_counted_from_a_night_end_while_somebody_is_at_work(
    anchor: str, days: int, falls_due: str
) -> None:
    due = Due(within=Period(days), count=Count.WORKING_DAYS)
    found = due_moment(due, oslo(anchor), False, TEAM)
    assert found.due_at == oslo(falls_due)


def test_working_days_of_a_team_that_never_works_keep_their_time() -> None:
    due = Due(within=Period(1), count=Count.WORKING_DAYS)
    found = due_moment(due, oslo("2026-11-22 05:41"), False, NOBODY)
    assert found.due_at == oslo("2026-11-23 05:41")


def test_a_date_without_a_time_counts_as_the_start_of_that_day() -> None:
    found = due_moment(THREE_DAYS, oslo("2027-03-15 17:00"), True, TEAM)
    assert found.raw_due_at == oslo("2027-03-18 00:00")
    assert found.due_at == oslo("2027-03-17 15:30")
    assert found.reason["date_only"] is True


def test_what_ignores_hours_is_not_moved() -> None:
    due = Due(within=Period(0, timedelta(minutes=15)), count=Count.HOURS)
    found = due_moment(due, oslo("2027-03-27 02:00"), False, TEAM, ignores_hours=True)
    assert found.due_at == oslo("2027-03-27 02:15")
    assert found.reason["moved"] == "no"


def test_a_window_is_kept_to_where_somebody_is_at_work_in_it() -> None:
    window = Due(within=Period(5), opens=Period(1))
    found = due_moment(window, oslo("2027-03-22 10:00"), False, TEAM)
    assert found.opens == oslo("2027-03-23 10:00")
    assert found.due_at == oslo("2027-03-24 15:30")


def test_a_window_nobody_works_in_is_met_before_it_opens() -> None:
    window = Due(within=Period(4), opens=Period(3))
    found = due_moment(window, oslo("2027-03-23 10:00"), False, TEAM)
    assert found.due_at == found.opens == oslo("2027-03-24 15:30")


def test_the_same_day_ends_when_the_team_goes_home() -> None:
    due = Due(within=Period(), count=Count.WORKING_DAYS, end_of_day=True)
    found = due_moment(due, oslo("2027-03-22 10:00"), False, TEAM)
    assert found.due_at == oslo("2027-03-22 15:30")


BEFORE_APPOINTMENT = Due(
    within=Period(1),
    opens=Period(2),
    count=Count.WORKING_DAYS,
    of="appointment_at",
    backwards=True,
    unknown=Period(7),
)


AFTER_APPOINTMENT = Due(
    within=Period(), opens=Period(), of="appointment_at", count=Count.WORKING_DAYS, end_of_day=True
)


@pytest.mark.parametrize(
    ("starts", "falls_due", "moved"),
    [
        ("2026-11-20 13:00", "2026-11-20 15:30", "earlier"),  # Friday: before they go home
        ("2026-11-20 18:00", "2026-11-23 08:00", "after"),  # Friday evening
        ("2026-11-21 11:00", "2026-11-23 08:00", "after"),  # Saturday
        ("2026-11-19 16:00", "2026-11-20 08:00", "after"),  # after hours on a Thursday
        ("2027-03-25 10:00", "2027-03-30 08:00", "after"),  # Maundy Thursday
    ],
)
def test_what_became_of_an_appointment_is_asked_the_same_day_and_never_before_it(
    starts: str, falls_due: str, moved: str
) -> None:
    facts = {"appointment_at": oslo(starts).isoformat()}
    found = due_moment(AFTER_APPOINTMENT, oslo("2026-11-16 10:00"), False, TEAM, facts=facts)

    assert (found.due_at, found.reason["moved"]) == (oslo(falls_due), moved)
    assert found.reason["after"] == oslo(starts).isoformat()
    assert found.opens == oslo(starts)


def test_an_appointment_that_was_written_down_after_it_had_been_is_asked_about_from_then() -> None:
    facts = {"appointment_at": oslo("2026-11-16 10:00").isoformat()}
    found = due_moment(AFTER_APPOINTMENT, oslo("2026-11-20 09:00"), False, TEAM, facts=facts)

    assert found.due_at == oslo("2026-11-20 15:30")
    assert "after" not in found.reason


def test_an_appointment_is_asked_about_the_working_day_before() -> None:
    facts = {"appointment_at": "2027-03-30T10:00:00+02:00"}
    found = due_moment(BEFORE_APPOINTMENT, oslo("2027-03-15 10:00"), False, TEAM, facts=facts)
    assert found.due_at == oslo("2027-03-24 10:00")
    assert found.opens == oslo("2027-03-23 00:00"), "asked in the morning is asked that day"
    assert found.reason["form"] == "before"


def test_an_appointment_tomorrow_is_asked_about_now() -> None:
    facts = {"appointment_at": "2027-03-16T09:00:00+01:00"}
    found = due_moment(BEFORE_APPOINTMENT, oslo("2027-03-15 10:00"), False, TEAM, facts=facts)
    assert found.due_at == found.opens == oslo("2027-03-15 10:00")


def test_a_window_that_would_have_opened_before_the_event_opens_with_it() -> None:
    facts = {"appointment_at": "2027-03-18T10:00:00+01:00"}
    found = due_moment(BEFORE_APPOINTMENT, oslo("2027-03-16 12:00"), False, TEAM, facts=facts)
    assert found.opens == oslo("2027-03-16 12:00")
    assert found.due_at == oslo("2027-03-17 10:00")


@pytest.mark.parametrize("facts", [{}, {"appointment_at": None}, {"appointment_at": "soon"}])
def test_an_appointment_whose_time_is_unknown_is_asked_about_anyway(
    facts: dict[str, object],
) -> None:
    found = due_moment(BEFORE_APPOINTMENT, oslo("2027-03-15 10:00"), False, TEAM, facts=facts)
    assert found.raw_due_at == oslo("2027-03-24 10:00")


CALENDARS = st.sampled_from(
    [TEAM, NOBODY, Calendar(hours=ROUND_THE_CLOCK), Calendar(hours=(((),) * 6) + (TEAM.hours[0],))]
)
DUES = st.builds(
    lambda opens, more, count, end: Due(
        within=Period(opens + more),
        opens=Period(opens) if opens else None,
        count=count,
        end_of_day=end,
    ),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from([Count.HOURS, Count.CALENDAR_DAYS, Count.WORKING_DAYS]),
    st.booleans(),
)


@given(
    CALENDARS,
    DUES,
    st.integers(0, 4 * 365 * 1440),
    st.booleans(),
)
def test_it_is_never_later_than_the_rule_and_never_before_its_anchor(
    calendar: Calendar, due: Due, minutes: int, date_only: bool
) -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = due_moment(due, at, date_only, calendar)
    anchor = calendar.start_of_day(calendar.local_date(at)) if date_only else at
    assert anchor <= found.due_at <= found.raw_due_at
    assert found.opens is None or found.opens <= found.due_at
    assert found.moved == (found.due_at < found.raw_due_at)
