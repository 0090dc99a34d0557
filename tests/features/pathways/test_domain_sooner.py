"""A layer that says when something is due is never later than what stands above it, at any moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.features.pathways.domain import Due, due_moment
from bindeledd.features.pathways.domain.sooner import why_later
from bindeledd.foundation.calendars import ROUND_THE_CLOCK, Calendar, Count, Period, zone_named

OSLO = zone_named("Europe/Oslo")
HOURS, DAYS, WORKING, STAFFED = (
    Count.HOURS,
    Count.CALENDAR_DAYS,
    Count.WORKING_DAYS,
    Count.STAFFED_HOURS,
)


def due(within: str, count: Count = DAYS, end_of_day: bool = False) -> Due:
    return Due(within=Period.parse(within), count=count, end_of_day=end_of_day)


# --- every pair at every moment that is hard --------------------------------------------------------

TEAMS = (
    Calendar(),
    Calendar(hours=ROUND_THE_CLOCK),
    Calendar(hours=((),) * 7),
    Calendar(hours=(((time(14), time(0)),),) * 6 + ((),)),
    Calendar(hours=(((),) * 6) + (((time(10), time(12)),),), closed=frozenset({date(2026, 11, 1)})),
    Calendar(zone="Antarctica/Troll"),
)
# A Friday evening, Christmas and Easter, and both changes of the clocks: of each a whole day and more.
BEGINS = (
    datetime(2026, 11, 20, 12, tzinfo=OSLO),
    datetime(2026, 12, 23, 6, tzinfo=OSLO),
    datetime(2027, 3, 24, 6, tzinfo=OSLO),
    datetime(2027, 3, 26, 18, tzinfo=OSLO),
    datetime(2026, 10, 23, 18, tzinfo=OSLO),
)
MOMENTS = tuple(
    begins.astimezone(UTC) + timedelta(minutes=97 * step) for begins in BEGINS for step in range(20)
)
LENGTHS = {
    HOURS: ("PT0S", "PT4H", "PT22H", "PT24H", "PT26H", "P2D", "P3D", "P5D"),
    DAYS: ("PT0S", "PT4H", "PT26H", "P1D", "P2D", "P3D", "P5D"),
    WORKING: ("PT0S", "P1D", "P2D", "P3D"),
    STAFFED: ("PT0S", "PT4H", "PT24H", "PT52H"),
}
DUES = tuple(
    due(length, count, end)
    for count, lengths in LENGTHS.items()
    for length, end in product(lengths, (False, True))
)


@cache
def due_moments(one: Due) -> tuple[datetime, ...]:
    """When it is due, for each team after each moment."""
    return tuple(
        due_moment(one, at, date_only, team).due_at
        for team in TEAMS
        for at in MOMENTS
        for date_only in (False, True)
    )


def is_sometimes_later(old: Due, new: Due) -> bool:
    return any(
        after > before for after, before in zip(due_moments(new), due_moments(old), strict=True)
    )


def test_of_every_two_ways_of_counting_none_that_is_taken_is_ever_later() -> None:
    taken = [(old, new) for old, new in product(DUES, DUES) if why_later(old, new) is None]
    assert len(taken) > len(DUES)
    assert [pair for pair in taken if is_sometimes_later(*pair)] == []


def test_what_is_refused_between_plain_lengths_of_one_count_is_later_somewhere() -> None:
    """So that nobody is refused for nothing where a layer counts as what stands above it."""
    refused = [
        (old, new)
        for old, new in product(DUES, DUES)
        if old.count is new.count
        and old.end_of_day == new.end_of_day
        and why_later(old, new) is not None
    ]
    needless = [pair for pair in refused if not is_sometimes_later(*pair)]
    assert [pair for pair in needless if not pair[0].within.time and not pair[1].within.time] == []


# --- what is counted from a recorded moment ----------------------------------------------------------

COUNTED_FROM = tuple(
    Due(
        within=Period.parse(within),
        count=count,
        end_of_day=end,
        of="appointment_at",
        backwards=form == "before",
        unknown=Period.parse(unknown),
        never_earlier=form == "waits",
    )
    for form in ("after", "before", "waits")
    for count in Count
    for within in ("PT0S", "PT4H", "P1D", "P2D")
    for end in (False, True)
    for unknown in ("PT0S", "P2D")
    if not (count is STAFFED and "D" in within + unknown)
)
# How long after the event the moment lies that was named; None where nobody named it.
NAMED = (None, timedelta(hours=-20), timedelta(hours=9), timedelta(hours=31), timedelta(days=4))


@cache
def counted_moments(one: Due) -> tuple[tuple[datetime, bool], ...]:
    """When it is due for some teams, events and named moments, and whether it is owed at all."""
    found = []
    for team, at, named in product(TEAMS[::3], MOMENTS[::9], NAMED):
        facts = {} if named is None else {"appointment_at": at + named}
        moment = due_moment(one, at, False, team, facts=facts)
        found.append((moment.due_at, moment.lay_before))
    return tuple(found)


def test_what_is_taken_of_a_moment_is_never_later_and_never_leaves_nothing_owed() -> None:
    pairs = product(COUNTED_FROM, COUNTED_FROM)
    taken = [(old, new) for old, new in pairs if why_later(old, new) is None]
    assert len(taken) > len(COUNTED_FROM)
    wrong = [
        (old, new)
        for old, new in taken
        for (before, was), (after, now) in zip(
            counted_moments(old), counted_moments(new), strict=True
        )
        if after > before or was != now
    ]
    assert wrong == []


# --- by chance --------------------------------------------------------------------------------------

PERIODS = st.builds(
    lambda days, hours: Period(days, timedelta(hours=hours)),
    st.integers(0, 9),
    st.one_of(st.just(0), st.integers(0, 60)),
)
NEARER = st.sampled_from([timedelta(hours=one) for one in (-30, -8, 0, 8, 30, 200)])


@st.composite
def two_dues(draw: st.DrawFn) -> tuple[Due, Due]:
    """A due time and what a layer makes of it: one thing another, or everything."""
    old = draw(a_due())
    whole = draw(a_due())
    names = ("within", "opens", "count", "end_of_day", "unknown", "never_earlier", "latest")
    changed = draw(st.sets(st.sampled_from(names), max_size=2))
    said = {name: getattr(whole if name in changed else old, name) for name in names}
    return old, Due(of=old.of, backwards=old.backwards, **said)


@st.composite
def a_due(draw: st.DrawFn) -> Due:
    counted_from = draw(st.sampled_from([None, None, "appointment_at"]))
    return Due(
        within=draw(PERIODS),
        opens=draw(st.one_of(st.none(), PERIODS)),
        count=draw(st.sampled_from(list(Count))),
        end_of_day=draw(st.booleans()),
        of=counted_from,
        backwards=counted_from is not None and draw(st.booleans()),
        unknown=draw(PERIODS) if counted_from else None,
        never_earlier=counted_from is not None and draw(st.booleans()),
        latest=draw(st.one_of(st.none(), PERIODS)),
    )


@settings(max_examples=400)
@given(
    two_dues(),
    st.sampled_from(TEAMS),
    st.integers(0, 2 * 365 * 96),
    st.one_of(st.none(), st.integers(-10 * 96, 30 * 96)),
    st.booleans(),
)
def test_whatever_a_layer_says_of_a_due_time_it_is_never_later_and_never_nothing(
    dues: tuple[Due, Due], team: Calendar, quarters: int, named: int | None, date_only: bool
) -> None:
    old, new = dues
    if why_later(old, new) is not None:
        return
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarters)
    facts = {} if named is None else {"appointment_at": at + timedelta(minutes=15 * named)}
    before = due_moment(old, at, date_only, team, facts=facts)
    after = due_moment(new, at, date_only, team, facts=facts)
    assert after.due_at <= before.due_at
    assert after.lay_before == before.lay_before


@pytest.mark.parametrize("hurried", [True, False])
@given(two_dues(), st.sampled_from(TEAMS), st.integers(0, 2 * 365 * 96))
def test_a_window_of_what_is_taken_opens_no_earlier_by_its_own_words(
    hurried: bool, dues: tuple[Due, Due], team: Calendar, quarters: int
) -> None:
    old, new = dues
    if why_later(old, new) is not None or old.opens is None or old.of is not None:
        return
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarters)
    before = due_moment(old, at, False, team, ignores_hours=hurried)
    after = due_moment(new, at, False, team, ignores_hours=hurried)
    assert before.opens is not None
    assert after.opens is not None
    assert after.opens >= min(before.opens, after.due_at)


# --- what is taken, and what is not -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (due("P3D"), due("P2D")),
        (due("P3D"), due("PT48H", HOURS)),
        (due("P3D"), due("P1D", end_of_day=True)),
        (due("P1D"), due("PT0S", end_of_day=True)),
        (due("P1D", WORKING), due("PT0S", WORKING, end_of_day=True)),
        (due("P1D", WORKING), due("PT0S", end_of_day=True)),
        (due("P2D", WORKING), due("P2D")),
        (due("PT4H", STAFFED), due("PT4H", HOURS)),
        (due("P1D", end_of_day=True), due("P1D")),
        (due("PT0S", end_of_day=True), due("PT0S")),
        (due("P1D"), due("PT0S", WORKING)),
    ],
)
def test_what_is_earlier_after_every_event_is_taken(old: Due, new: Due) -> None:
    assert why_later(old, new) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (due("PT0S", end_of_day=True), due("P1D")),
        (due("PT0S", end_of_day=True), due("PT24H", HOURS)),
        (due("PT0S", end_of_day=True), due("PT1H", HOURS)),
        (due("PT0S", WORKING, end_of_day=True), due("P1D", WORKING)),
        (due("P3D"), due("PT72H", HOURS)),
        (due("PT24H", HOURS), due("P1D")),
        (due("PT24H", HOURS), due("PT0S", end_of_day=True)),
        (due("P3D"), due("P1D", WORKING)),
        (due("PT24H", HOURS), due("PT4H", STAFFED)),
        (due("PT0S"), due("PT0S", WORKING)),
        (due("PT4H", HOURS), due("PT4H", STAFFED)),
    ],
)
def test_what_may_be_later_on_some_day_is_not_taken(old: Due, new: Due) -> None:
    assert why_later(old, new) is not None
    assert is_sometimes_later(old, new) or new.count is STAFFED


def before(within: str, count: Count = WORKING, unknown: str = "P7D") -> Due:
    return Due(
        within=Period.parse(within),
        count=count,
        of="appointment_at",
        backwards=True,
        unknown=Period.parse(unknown),
    )


@pytest.mark.parametrize(
    "new",
    [
        before("PT0S"),
        before("P3D"),  # of an appointment in two days nothing would be owed at all
        before("P1D", DAYS),
        before("P1D", unknown="P8D"),
        due("P1D", WORKING),
    ],
)
def test_what_is_owed_before_a_moment_stays_as_far_before_it(new: Due) -> None:
    assert why_later(before("P1D"), new) is not None


def test_where_the_moment_is_unknown_it_may_be_owed_earlier() -> None:
    assert why_later(before("P1D"), before("P1D", unknown="P2D")) is None


@pytest.mark.parametrize("old", [False, True])
def test_a_layer_never_makes_anything_wait_for_another_day(old: bool) -> None:
    said = [
        Due(within=Period(), of="ask_again_at", unknown=Period(7), never_earlier=waits)
        for waits in (old, not old)
    ]
    wrong = why_later(*said)
    assert wrong is not None
    assert "never_earlier" in str(wrong)
