"""Time as people at work count it: by table where the calendar is odd, by property everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.foundation.calendars import (
    ROUND_THE_CLOCK,
    Calendar,
    Count,
    HalfDay,
    Period,
    PeriodError,
    instant,
    public_holidays,
    zone_named,
)
from bindeledd.foundation.days import easter_sunday

OSLO = zone_named("Europe/Oslo")
DAY_TEAM = Calendar()
NOBODY = Calendar(hours=((),) * 7)
ALWAYS = Calendar(hours=ROUND_THE_CLOCK)
NIGHT_TEAM = Calendar(hours=(((time(22), time(6)),),) * 7)


def oslo(text: str) -> datetime:
    """`2027-03-24 15:00` on the wall in Oslo, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


def on_the_wall(at: datetime) -> str:
    return at.astimezone(OSLO).strftime("%Y-%m-%d %H:%M")


# --- periods ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days", "elapsed"),
    [
        ("P3D", 3, timedelta()),
        ("PT4H", 0, timedelta(hours=4)),
        ("P1DT12H", 1, timedelta(hours=12)),
        ("P2W", 14, timedelta()),
        ("PT90M", 0, timedelta(minutes=90)),
        ("PT0S", 0, timedelta()),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, days: int, elapsed: timedelta) -> None:
    assert Period.parse(text) == Period(days, elapsed)


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "3D", "P-1D", "P1.5D", "PT1H30", "p3d"])
def test_what_is_no_period_is_refused_and_says_what_would_be_right(text: str) -> None:
    with pytest.raises(PeriodError, match="P3D"):
        Period.parse(text)


@pytest.mark.parametrize("text", ["P1W2D", "P1WT4H"])
def test_weeks_stand_alone_and_the_refusal_says_days(text: str) -> None:
    with pytest.raises(PeriodError, match=r"uker står alene.*P9D"):
        Period.parse(text)


@pytest.mark.parametrize("text", ["P0.5D", "P0,5D", "P.5D"])
def test_half_a_day_says_how_half_a_working_day_is_written(text: str) -> None:
    with pytest.raises(PeriodError, match='"PT4H" med count = "staffed_hours"'):
        Period.parse(text)


@pytest.mark.parametrize("text", ["P1M", "P1Y", "P1Y2D", "P2M3D"])
def test_months_and_years_are_refused_because_they_have_no_fixed_length(text: str) -> None:
    with pytest.raises(PeriodError, match="ingen fast lengde"):
        Period.parse(text)


def test_minutes_are_not_taken_for_months() -> None:
    assert Period.parse("PT1M").time == timedelta(minutes=1)


@given(st.integers(0, 3000), st.integers(0, 86_400))
def test_a_period_survives_being_written_and_read(days: int, seconds: int) -> None:
    period = Period(days, timedelta(seconds=seconds))
    assert Period.parse(str(period)) == period


# --- days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day",
    [
        "2027-01-01",  # New Year
        "2027-03-25",  # Maundy Thursday
        "2027-03-26",  # Good Friday
        "2027-03-29",  # Easter Monday
        "2026-05-01",
        "2027-05-06",  # Ascension Day
        "2027-05-17",  # Constitution Day and Whit Monday at once
        "2026-12-25",
        "2027-03-27",  # Saturday
        "2027-03-28",  # Easter Sunday
    ],
)
def test_nobody_works_on_holidays_and_weekends(day: str) -> None:
    assert not DAY_TEAM.is_working_day(date.fromisoformat(day))
    assert not DAY_TEAM.staffed(oslo(f"{day} 10:00"))


@pytest.mark.parametrize("day", ["2027-03-24", "2026-12-24", "2026-12-31", "2027-05-18"])
def test_half_days_are_working_days(day: str) -> None:
    assert DAY_TEAM.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-12-24", "2026-12-31"])
def test_half_days_close_at_noon(day: str) -> None:
    assert DAY_TEAM.staffed(oslo(f"{day} 11:59"))
    assert not DAY_TEAM.staffed(oslo(f"{day} 12:00"))


def test_a_site_may_write_its_own_half_days() -> None:
    own = Calendar(half_days=(HalfDay("05-16", time(13)), HalfDay("easter-3", time(11))))
    assert own.staffed(oslo("2026-12-24 14:00"))
    with pytest.raises(ValueError, match="month"):
        HalfDay("13-01")


def test_a_day_that_a_site_closes_is_closed() -> None:
    closed = Calendar(closed=frozenset({date(2027, 5, 18)}))
    assert not closed.is_working_day(date(2027, 5, 18))
    assert not closed.staffed(oslo("2027-05-18 10:00"))


def test_a_team_that_works_on_sundays_works_on_holidays_too() -> None:
    assert ALWAYS.staffed(oslo("2027-03-26 03:00"))
    assert ALWAYS.staffed(oslo("2026-12-24 20:00"))


@pytest.mark.parametrize("year", range(1990, 2100))
def test_our_holidays_are_those_that_everybody_else_counts(year: int) -> None:
    assert public_holidays(year) == set(holidays.country_holidays("NO", years=year))


def test_easter_is_where_it_is() -> None:
    assert easter_sunday(2027) == date(2027, 3, 28)
    assert easter_sunday(2038) == date(2038, 4, 25)


# --- the nights when the clocks move ------------------------------------------------------------


def test_a_time_that_does_not_exist_is_the_first_moment_after() -> None:
    assert instant(date(2027, 3, 28), time(2, 30), OSLO) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_earlier() -> None:
    found = instant(date(2027, 10, 31), time(2, 30), OSLO)
    assert found == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2027-03-27 10:00", "2027-03-28 10:00"),  # 23 hours
        ("2027-10-30 10:00", "2027-10-31 10:00"),  # 25 hours
    ],
)
def test_a_calendar_day_keeps_the_time_on_the_wall(start: str, end: str) -> None:
    found = DAY_TEAM.after(oslo(start), Period(1), Count.CALENDAR_DAYS)
    assert on_the_wall(found) == end


def test_hours_are_elapsed_hours() -> None:
    found = DAY_TEAM.after(oslo("2027-03-27 10:00"), Period(1), Count.HOURS)
    assert on_the_wall(found) == "2027-03-28 11:00"


def test_a_night_shift_over_the_change_lasts_as_long_as_it_lasts() -> None:
    spring = next(NIGHT_TEAM.intervals(oslo("2027-03-27 20:00"), oslo("2027-03-28 12:00")))
    autumn = next(NIGHT_TEAM.intervals(oslo("2027-10-30 20:00"), oslo("2027-10-31 12:00")))
    assert spring[1] - spring[0] == timedelta(hours=7)
    assert autumn[1] - autumn[0] == timedelta(hours=9)


def test_the_clock_does_not_leave_a_hole_in_a_team_that_is_always_there() -> None:
    found = list(ALWAYS.intervals(oslo("2027-03-26 00:00"), oslo("2027-03-30 00:00")))
    assert all(one[1] == other[0] for one, other in pairwise(found))


# --- counting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "period", "count", "end"),
    [
        ("2027-03-19 15:00", "P1D", Count.WORKING_DAYS, "2027-03-22 15:00"),  # Friday → Monday
        ("2027-03-20 10:00", "P1D", Count.WORKING_DAYS, "2027-03-22 10:00"),  # Saturday → Monday
        ("2027-03-24 15:00", "P1D", Count.WORKING_DAYS, "2027-03-30 15:00"),  # before Easter
        ("2027-05-14 09:00", "P1D", Count.WORKING_DAYS, "2027-05-18 09:00"),  # before 17 May
        ("2026-12-23 09:00", "P2D", Count.WORKING_DAYS, "2026-12-28 09:00"),  # Christmas
        ("2027-03-19 15:00", "PT4H", Count.STAFFED_HOURS, "2027-03-22 11:30"),
        ("2027-03-24 14:30", "PT2H", Count.STAFFED_HOURS, "2027-03-30 09:00"),
        ("2027-03-22 08:00", "PT7H30M", Count.STAFFED_HOURS, "2027-03-22 15:30"),
        ("2027-03-22 10:00", "PT0S", Count.STAFFED_HOURS, "2027-03-22 10:00"),
        ("2027-03-26 15:00", "P3D", Count.CALENDAR_DAYS, "2027-03-29 15:00"),
    ],
)
def test_counting_forwards(start: str, period: str, count: Count, end: str) -> None:
    found = DAY_TEAM.after(oslo(start), Period.parse(period), count)
    assert on_the_wall(found) == end


@pytest.mark.parametrize(
    ("moment", "period", "count", "begin"),
    [
        ("2027-03-22 15:00", "P1D", Count.WORKING_DAYS, "2027-03-19 15:00"),
        ("2027-03-30 10:00", "P1D", Count.WORKING_DAYS, "2027-03-24 10:00"),
        ("2027-03-30 09:00", "PT2H", Count.STAFFED_HOURS, "2027-03-24 14:30"),
        ("2027-03-28 10:00", "P1D", Count.CALENDAR_DAYS, "2027-03-27 10:00"),
    ],
)
def test_counting_backwards(moment: str, period: str, count: Count, begin: str) -> None:
    found = DAY_TEAM.before(oslo(moment), Period.parse(period), count)
    assert on_the_wall(found) == begin


def test_a_date_counts_from_the_start_of_that_local_day() -> None:
    assert on_the_wall(DAY_TEAM.start_of_day(date(2027, 3, 28))) == "2027-03-28 00:00"


def test_a_team_with_no_hours_does_not_keep_anybody_waiting_for_ever() -> None:
    start = oslo("2027-03-24 15:00")
    assert NOBODY.next_staffed(start) is None
    assert NOBODY.last_staffed(start + timedelta(days=9), start) is None
    assert NOBODY.gap_ahead(start) == (start, None)
    four = Period.parse("PT4H")
    assert NOBODY.after(start, four, Count.STAFFED_HOURS) == start + timedelta(hours=4)
    assert NOBODY.before(start, four, Count.STAFFED_HOURS) == start - timedelta(hours=4)


# --- staffed moments ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "not_before", "found"),
    [
        ("2027-03-27 14:00", "2027-03-24 09:00", "2027-03-24 15:30"),  # Easter: Wednesday
        ("2027-03-22 10:00", "2027-03-19 10:00", "2027-03-22 10:00"),  # staffed itself
        ("2027-03-22 15:30", "2027-03-19 10:00", "2027-03-22 15:30"),  # the closing moment
        ("2027-03-22 07:00", "2027-03-19 10:00", "2027-03-19 15:30"),
        ("2027-03-27 14:00", "2027-03-24 15:30", None),  # nobody since the discharge
        ("2027-03-20 14:00", "2027-03-19 15:30", None),  # closing was the moment itself
    ],
)
def test_the_last_staffed_moment(until: str, not_before: str, found: str | None) -> None:
    last = DAY_TEAM.last_staffed(oslo(until), oslo(not_before))
    assert (None if last is None else on_the_wall(last)) == found


@pytest.mark.parametrize("hour", ["00:00", "11:00", "15:29", "15:30", "23:59"])
def test_friday_looks_into_an_unstaffed_weekend_whatever_the_hour(hour: str) -> None:
    gap = DAY_TEAM.gap_ahead(oslo(f"2027-03-19 {hour}"))

    assert gap is not None
    assert gap[0] == max(oslo("2027-03-19 15:30"), oslo(f"2027-03-19 {hour}"))
    assert gap[1] == oslo("2027-03-22 08:00")
    assert DAY_TEAM.gap_ahead(oslo(f"2027-03-18 {hour}")) is None


def with_weekend(*more: tuple[int, time, time]) -> Calendar:
    return Calendar.of([*((day, time(8), time(15, 30)) for day in range(1, 6)), *more])


def test_a_short_shift_on_saturday_hides_nothing_of_what_follows_it() -> None:
    saturdays = with_weekend((6, time(9), time(12)))
    gap = (oslo("2027-03-20 12:00"), oslo("2027-03-22 08:00"))

    assert saturdays.gap_ahead(oslo("2027-03-19 11:00")) == gap
    assert saturdays.gap_ahead(oslo("2027-03-20 10:00")) == gap
    assert saturdays.gap_ahead(oslo("2027-03-18 11:00")) is None
    both = with_weekend((6, time(9), time(15)), (7, time(9), time(15)))
    assert both.gap_ahead(oslo("2027-03-19 11:00")) is None  # nights only


def test_a_night_shift_that_ends_on_saturday_is_followed_by_a_gap() -> None:
    nights = Calendar.of((day, time(22), time(7)) for day in range(1, 6))

    assert nights.gap_ahead(oslo("2027-03-19 12:00")) == (
        oslo("2027-03-20 07:00"),
        oslo("2027-03-22 22:00"),
    )
    assert ALWAYS.gap_ahead(oslo("2027-03-19 12:00")) is None


def test_weekdays_come_from_rows_with_monday_as_one() -> None:
    made = Calendar.of([(1, time(8), time(12)), (7, time(10), time(12))])
    assert made.staffed(oslo("2027-03-22 09:00"))
    assert made.staffed(oslo("2027-03-21 11:00"))
    assert not made.staffed(oslo("2027-03-23 09:00"))


MOMENTS = st.integers(0, 4204800).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
SHIFTS = st.sampled_from(
    [(), ((time(8), time(15, 30)),), ((time(8), time(11)), (time(13), time(20)))]
)
CALENDARS = st.one_of(
    st.sampled_from([DAY_TEAM, NIGHT_TEAM, ALWAYS]),
    st.builds(lambda days: Calendar(hours=tuple(days)), st.lists(SHIFTS, min_size=7, max_size=7)),
)
COUNTS = st.sampled_from(list(Count))
PERIODS = st.builds(
    Period, st.integers(0, 12), st.integers(0, 600).map(lambda minutes: timedelta(minutes=minutes))
)


@given(CALENDARS, MOMENTS, PERIODS, COUNTS)
def test_after_is_never_before_and_before_never_after(
    calendar: Calendar, at: datetime, period: Period, count: Count
) -> None:
    assert calendar.after(at, period, count) >= at
    assert calendar.before(at, period, count) <= at


@given(CALENDARS, MOMENTS, PERIODS, PERIODS, COUNTS)
def test_a_longer_period_never_ends_earlier(
    calendar: Calendar, at: datetime, one: Period, other: Period, count: Count
) -> None:
    longer = Period(one.days + other.days, one.time + other.time)
    assert calendar.after(at, longer, count) >= calendar.after(at, one, count)


def test_more_staffed_hours_than_there_are_in_sight_end_after_the_last_of_them() -> None:
    sundays = Calendar(hours=((),) * 6 + (((time(8), time(15, 30)),),))
    at = datetime(2024, 1, 1, tzinfo=UTC)
    reached = sundays.after(at, Period(days=10), Count.STAFFED_HOURS)
    beyond = sundays.after(at, Period(days=30), Count.STAFFED_HOURS)

    assert beyond > reached > at
    assert sundays.before(at, Period(days=30), Count.STAFFED_HOURS) < sundays.before(
        at, Period(days=10), Count.STAFFED_HOURS
    )
    never = Calendar(hours=((),) * 7)
    assert never.after(at, Period(days=30), Count.STAFFED_HOURS) == at + timedelta(days=30)


@given(CALENDARS, MOMENTS, st.integers(0, 20))
def test_the_last_staffed_moment_is_staffed_and_lies_between(
    calendar: Calendar, at: datetime, days: int
) -> None:
    until = at + timedelta(days=days)
    last = calendar.last_staffed(until, at)
    staffed = any(True for _ in calendar.intervals(at, until))
    assert (last is not None) or not staffed
    if last is not None:
        assert at <= last <= until
        assert calendar.staffed(last) or calendar.staffed(last - timedelta(microseconds=1))


@given(CALENDARS, MOMENTS)
def test_intervals_stand_in_order_and_say_when_it_is_staffed(
    calendar: Calendar, at: datetime
) -> None:
    found = list(calendar.intervals(at, at + timedelta(days=9)))
    assert all(opens < closes for opens, closes in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert calendar.staffed(at) == any(opens <= at < closes for opens, closes in found)


@given(CALENDARS, MOMENTS, st.integers(1, 600))
def test_staffed_hours_hold_exactly_that_much_staffed_time(
    calendar: Calendar, at: datetime, minutes: int
) -> None:
    needed = timedelta(minutes=minutes)
    if calendar.next_staffed(at) is None:
        return
    end = calendar.after(at, Period(0, needed), Count.STAFFED_HOURS)
    worked = sum((b - a for a, b in calendar.intervals(at, end)), timedelta())
    assert worked == needed


def test_a_period_is_written_with_the_digits_of_everybody() -> None:
    with pytest.raises(PeriodError):
        Period.parse("P\N{ARABIC-INDIC DIGIT ONE}D")
