"""A ladder's round: somebody always hears, in order, and there is no last round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.pathways.domain import Ladder, Rung
from bindeledd.features.pathways.domain.ladders import (
    RungPlan,
    acknowledged,
    named_day,
    read,
    start_round,
    written,
)
from bindeledd.foundation.calendars import ROUND_THE_CLOCK, Calendar, Count, Period, zone_named
from builders import a_book

OSLO = zone_named("Europe/Oslo")
TEAM = Calendar()
NOBODY = Calendar(hours=((),) * 7)


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


def a_rung(offset: str, to: str, count: Count = Count.HOURS) -> Rung:
    before = offset.startswith("-")
    return Rung(before=before, offset=Period.parse(offset.lstrip("-")), count=count, audience=to)


def a_ladder(*rungs: Rung, ignores_hours: bool = False, at_once: bool = False) -> Ladder:
    return Ladder(
        key="standard",
        seen_for=Period(1),
        seen_count=Count.WORKING_DAYS,
        repeat_every=Period(1),
        repeat_count=Count.WORKING_DAYS,
        rungs=rungs,
        ignores_hours=ignores_hours,
        at_once=at_once,
    )


STANDARD = a_ladder(
    a_rung("-P1D", "owner", Count.WORKING_DAYS),
    a_rung("PT0S", "owner"),
    a_rung("PT4H", "team", Count.STAFFED_HOURS),
    a_rung("P1D", "lead", Count.WORKING_DAYS),
)
DUE = oslo("2027-03-17 10:00")  # a Wednesday


def a_round(at: str, *, ladder: Ladder = STANDARD, round: int = 1, **how: Any) -> RungPlan:
    told = {"covered": True, **how}
    return start_round(ladder, due_at=DUE, calendar=TEAM, at=oslo(at), round=round, **told)


def told(plan: RungPlan) -> list[tuple[str, str]]:
    return [
        (read(moment).astimezone(OSLO).strftime("%d. %H:%M"), audience)
        for moment, audience in plan.entries
    ]


def test_a_ladder_climbs_from_the_owner_to_the_lead_and_begins_anew() -> None:
    assert told(a_round("2027-03-08 10:00")) == [
        ("16. 10:00", "owner"),
        ("17. 10:00", "owner"),
        ("17. 14:00", "team"),
        ("18. 10:00", "lead"),
        ("19. 10:00", "repeat"),
    ]


def test_a_reminder_that_should_have_come_already_comes_now() -> None:
    assert told(a_round("2027-03-16 12:00"))[0] == ("16. 12:00", "owner")


@pytest.mark.parametrize("at", ["2027-03-16 10:00", "2027-03-16 12:00", "2027-03-17 09:59"])
def test_nobody_is_reminded_as_a_task_is_made_that_is_due_sooner_than_its_reminder(at: str) -> None:
    assert told(a_round(at, made=True)) == [
        ("17. 10:00", "owner"),
        ("17. 14:00", "team"),
        ("18. 10:00", "lead"),
        ("19. 10:00", "repeat"),
    ]


def test_a_reminder_that_is_still_to_come_when_a_task_is_made_comes() -> None:
    assert told(a_round("2027-03-16 09:59", made=True))[0] == ("16. 10:00", "owner")


def test_what_is_late_as_it_is_made_is_told_at_once() -> None:
    assert told(a_round("2027-03-17 10:00", made=True)) == told(a_round("2027-03-17 10:00"))
    assert told(a_round("2027-03-17 11:00", made=True))[0] == ("17. 11:00", "owner")
    assert told(a_round("2027-04-05 11:00", made=True))[0] == ("05. 11:00", "owner")


def test_where_a_ladder_tells_at_once_it_does_as_the_task_is_made() -> None:
    hurried = a_ladder(*STANDARD.rungs, at_once=True)
    at = "2027-03-16 12:00"
    assert told(a_round(at, ladder=hurried, made=True))[0] == ("16. 12:00", "owner")
    acute = a_ladder(a_rung("-PT2H", "owner"), a_rung("PT0S", "lead"), ignores_hours=True)
    at = "2027-03-17 08:00"
    assert told(a_round(at, ladder=acute, made=True))[0] == ("17. 08:00", "owner")


BEFORE_THE_WEEKEND = [
    ("19. 15:30", "owner"),
    ("19. 15:30", "lead"),
    ("22. 08:15", "owner"),
    ("22. 12:00", "lead"),
    ("23. 12:00", "repeat"),
]


@pytest.mark.parametrize(
    ("registered", "first"),
    [
        ("2027-03-19 10:00", [("19. 14:30", "owner"), ("19. 14:30", "team")]),
        ("2027-03-19 15:27", [("19. 15:27", "owner"), ("19. 15:27", "team")]),
    ],
    ids=["in the morning", "just before closing"],
)
def test_what_is_open_before_a_gap_is_told_while_the_team_is_there_and_to_the_lead_as_it_closes(
    registered: str, first: list[tuple[str, str]]
) -> None:
    closes = oslo("2027-03-19 15:30")  # a Friday
    plan = start_round(
        a_book().ladder("gap"), due_at=closes, calendar=TEAM, at=oslo(registered), round=1,
        covered=True, made=True,
    )  # fmt: skip
    assert told(plan) == [*first, *BEFORE_THE_WEEKEND]


def test_where_nobody_is_on_duty_the_lead_hears_as_the_task_is_made() -> None:
    assert told(a_round("2027-03-16 12:00", made=True, covered=False))[0] == ("16. 12:00", "lead")


def test_what_has_passed_interrupts_each_of_them_only_once() -> None:
    assert told(a_round("2027-03-17 11:00"))[:3] == [
        ("17. 11:00", "owner"),
        ("17. 14:00", "team"),
        ("18. 10:00", "lead"),
    ]


def test_a_ladder_that_has_passed_starts_at_once_and_keeps_its_order() -> None:
    assert told(a_round("2027-04-05 11:00")) == [
        ("05. 11:00", "owner"),
        ("05. 15:00", "team"),
        ("06. 11:00", "lead"),
        ("07. 11:00", "repeat"),
    ]


def test_a_later_round_counts_from_its_own_beginning() -> None:
    plan = a_round("2027-03-19 10:00", round=2)
    assert plan.round == 2
    assert told(plan)[0] == ("19. 10:00", "owner")
    assert [audience for _, audience in plan.entries] == ["owner", "team", "lead", "repeat"]


def test_a_second_round_that_begins_while_the_first_would_run_still_counts_from_itself() -> None:
    plan = a_round("2027-03-17 11:00", round=2)
    assert told(plan)[:2] == [("17. 11:00", "owner"), ("17. 15:00", "team")]


def test_where_nobody_is_on_duty_the_lead_hears_at_once() -> None:
    assert told(a_round("2027-03-16 10:00", covered=False)) == [
        ("16. 10:00", "lead"),
        ("17. 10:00", "repeat"),
    ]


def test_the_third_acknowledgement_in_a_row_goes_to_the_lead_alone() -> None:
    assert [to for _, to in a_round("2027-03-18 10:00", round=4, lead_only=True).entries] == [
        "lead",
        "repeat",
    ]


def test_an_acute_concern_that_nobody_covers_is_told_to_everybody_the_lead_first() -> None:
    acute = a_ladder(
        a_rung("PT0S", "owner"), a_rung("PT5M", "team"), a_rung("PT10M", "lead"), ignores_hours=True
    )
    plan = a_round("2027-03-17 09:45", ladder=acute, covered=False)
    assert [to for _, to in plan.entries] == ["lead", "owner", "team", "repeat"]


ACUTE = Ladder(
    key="short",
    seen_for=Period(0, timedelta(minutes=30)),
    seen_count=Count.HOURS,
    repeat_every=Period(0, timedelta(minutes=15)),
    repeat_count=Count.HOURS,
    rungs=(
        a_rung("-PT15M", "owner"),
        a_rung("-PT10M", "team"),
        a_rung("PT0S", "owner"),
        a_rung("PT5M", "team"),
        a_rung("PT10M", "lead"),
    ),
    ignores_hours=True,
)


@pytest.mark.parametrize(
    ("begins", "round", "covered", "entries"),
    [
        # somebody is on duty: the owner now, the team, and so on; anew 15 minutes after the last
        ("09:45", 1, True, "09:45 owner, 09:50 team, 10:00 owner, 10:05 team, 10:10 lead, 10:25"),
        # nobody is: the lead now and no second word to the same person; the round is as long
        ("09:45", 1, False, "09:45 lead, 09:50 team, 10:00 owner, 10:05 team, 10:20"),
        ("09:52", 1, False, "09:52 lead, 10:00 owner, 10:05 team, 10:20"),
        # a later round counts from its own beginning
        ("10:25", 2, True, "10:25 owner, 10:30 team, 10:35 lead, 10:50"),
        ("10:50", 3, True, "10:50 owner, 10:55 team, 11:00 lead, 11:15"),
    ],
)
def test_the_rounds_of_an_acute_concern_are_as_long_as_its_ladder(
    begins: str, round: int, covered: bool, entries: str
) -> None:
    plan = a_round(f"2027-03-17 {begins}", ladder=ACUTE, round=round, covered=covered)
    said = [f"{when.split()[1]} {to}".removesuffix(" repeat") for when, to in told(plan)]
    assert ", ".join(said) == entries
    assert plan.round == round


@pytest.mark.parametrize(
    ("begins", "entries"),
    [
        # far ahead: the lead hears again when the ladder repeats
        ("12. 10:00", ["12. 10:00 lead", "15. 10:00 repeat"]),
        # it falls due before that: the ladder itself goes on, in the same round
        (
            "16. 14:00",
            ["16. 14:00 lead", "17. 10:00 owner", "17. 14:00 team", "18. 10:00 lead",
             "19. 10:00 repeat"],
        ),
    ],
)  # fmt: skip
def test_for_want_of_cover_the_due_time_is_part_of_the_round(
    begins: str, entries: list[str]
) -> None:
    day, time = begins.split(". ")
    plan = a_round(f"2027-03-{day} {time}", covered=False)
    assert [f"{when} {to}" for when, to in told(plan)] == entries


def test_a_running_round_goes_on_after_what_was_said_in_it() -> None:
    running = a_round("2027-03-16 10:00")
    plan = a_round("2027-03-16 14:00", covered=False, said=running.entries[:1])
    assert told(plan)[:2] == [("16. 10:00", "owner"), ("16. 14:00", "lead")]
    assert (plan.round, plan.next_rung) == (1, 1)
    assert plan.next_rung_at == oslo("2027-03-16 14:00")


def test_rungs_are_told_in_the_order_of_their_moments() -> None:
    crossed = a_ladder(a_rung("PT9H", "team"), a_rung("PT1H", "lead"), a_rung("PT10H", "lead"))
    plan = a_round("2027-03-08 10:00", ladder=crossed)
    assert [to for _, to in plan.entries] == ["lead", "team", "lead", "repeat"]


def test_seen_holds_a_working_day_and_then_the_next_round_begins() -> None:
    until, plan = acknowledged(STANDARD, TEAM, oslo("2027-03-19 14:00"), round=3)
    assert until == oslo("2027-03-22 14:00")
    assert plan == RungPlan(
        round=3, next_rung=0, next_rung_at=until, entries=[[written(until), "repeat"]]
    )


@pytest.mark.parametrize(
    ("seen", "until"),
    [
        ("2027-03-19 14:00", "2027-03-22 14:00"),  # at work, and at work again
        ("2027-03-19 16:40", "2027-03-22 15:30"),  # after closing: until Monday's closing
        ("2027-03-21 05:41", "2027-03-22 08:00"),  # a Sunday: until Monday's shift begins
        ("2027-03-22 05:41", "2027-03-22 15:30"),  # before opening: never into the next night
        ("2027-03-26 11:00", "2027-03-30 11:00"),  # Good Friday: until Tuesday
    ],
)
def test_seen_ends_while_somebody_is_at_work(seen: str, until: str) -> None:
    assert acknowledged(STANDARD, TEAM, oslo(seen))[0] == oslo(until)


def test_seen_lasts_as_long_as_the_ladder_says_where_nobody_ever_works() -> None:
    until, _ = acknowledged(STANDARD, NOBODY, oslo("2027-03-21 05:41"))
    assert until == oslo("2027-03-22 05:41")


def test_an_acute_concern_that_was_seen_keeps_its_minutes_at_night() -> None:
    until, _ = acknowledged(ACUTE, TEAM, oslo("2027-03-21 05:41"))
    assert until == oslo("2027-03-21 06:11")


@pytest.mark.parametrize("text", ["2027-03-17 09:00:00.000000", "2027-03-17 09:00:00.123456"])
def test_a_moment_survives_being_written_and_read(text: str) -> None:
    assert written(read(text)) == text


RUNGS = st.builds(
    lambda before, days, minutes, count, to: Rung(
        before=before,
        offset=Period(0 if count is Count.STAFFED_HOURS else days, timedelta(minutes=minutes)),
        count=count,
        audience=to,
    ),
    st.booleans(),
    st.integers(0, 4),
    st.integers(0, 600),
    st.sampled_from(list(Count)),
    st.sampled_from(["owner", "team", "lead"]),
)
LADDERS = st.builds(
    lambda rungs, seen, repeat, count, ignores: Ladder(
        key="any",
        seen_for=Period(0, timedelta(minutes=seen)),
        seen_count=count,
        repeat_every=Period(0, timedelta(minutes=repeat)),
        repeat_count=count,
        rungs=tuple(rungs),
        ignores_hours=ignores,
    ),
    st.lists(RUNGS, min_size=1, max_size=6),
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.sampled_from(list(Count)),
    st.booleans(),
)
CALENDARS = st.sampled_from([TEAM, NOBODY, Calendar(hours=ROUND_THE_CLOCK)])
MOMENTS = st.integers(0, 1051200).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    LADDERS,
    CALENDARS,
    MOMENTS,
    st.integers(-40, 40),
    st.integers(1, 4),
    st.booleans(),
    st.booleans(),
)
def test_no_round_is_empty_goes_backwards_or_ends_for_ever(
    ladder: Ladder,
    calendar: Calendar,
    at: datetime,
    days: int,
    round: int,
    covered: bool,
    lead_only: bool,
) -> None:
    plan = start_round(
        ladder,
        due_at=at + timedelta(days=days),
        calendar=calendar,
        at=at,
        round=round,
        covered=covered,
        lead_only=lead_only,
    )
    moments = [read(moment) for moment, _ in plan.entries]
    audiences = [audience for _, audience in plan.entries]
    assert len(plan.entries) >= 2
    assert plan.next_rung_at == moments[0]
    assert moments[0] >= at
    assert all(one < other for one, other in pairwise(moments))
    assert audiences[-1] == "repeat"
    assert "repeat" not in audiences[:-1]
    assert moments[-1] > at


@given(LADDERS, CALENDARS, MOMENTS)
def test_seen_always_ends(ladder: Ladder, calendar: Calendar, at: datetime) -> None:
    until, plan = acknowledged(ladder, calendar, at)
    bound = max(calendar.after(at, ladder.seen_for, ladder.seen_count), at + timedelta(seconds=1))
    assert until > at
    assert until <= bound or calendar.local_date(until) == calendar.local_date(bound)
    assert plan.entries == [[written(until), "repeat"]]


def test_nobody_is_reminded_of_what_became_of_an_appointment_before_it_begins() -> None:
    begins = oslo("2026-11-20 13:00")
    reason = {"form": "end_of_day", "after": begins.isoformat()}

    assert named_day(reason, begins + timedelta(hours=2)) == begins
    assert named_day(reason, begins - timedelta(hours=2)) is None, "somebody has moved it forward"
