"""A lead's morning as values: nobody is ranked, and opening a list answers nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.features.morning.domain import (
    Away,
    Escalation,
    Load,
    Morning,
    Numbers,
    Person,
    TeamLoad,
    Today,
    Trend,
    Unreached,
    away_today,
    first_page,
    looked_at,
    team_load,
)
from bindeledd.features.staff.domain import Absence
from bindeledd.foundation.ids import new_id
from builders import MONDAY

TEAM, ANNA, BERIT, CARL = new_id(), new_id(), new_id(), new_id()
NAMES = {ANNA: "Anna", BERIT: "Berit", CARL: "carl"}
HOUR = timedelta(hours=1)


def a_trend(opened: int, late: int = 0) -> Trend:
    return Trend(now=Load(open=opened, late=late))


def a_load(held: dict[object, Trend], today: Today | None = None) -> TeamLoad:
    return team_load(
        TEAM,
        "Teamet",
        members={BERIT, ANNA},
        names=NAMES,
        held={(TEAM, one): trend for one, trend in held.items()},  # type: ignore[misc]
        today=today or Today(),
    )


def an_escalation(**more: object) -> Escalation:
    values = {
        "task_id": new_id(),
        "case_id": new_id(),
        "subject_id": None,
        "kind": "call_patient",
        "team_id": TEAM,
        "due_at": MONDAY,
        "came_at": MONDAY + HOUR,
        "last_at": MONDAY + 5 * HOUR,
    }
    return Escalation(**{**values, **more})  # type: ignore[arg-type]


def an_absence(**more: object) -> Absence:
    values = {"id": new_id(), "member_id": ANNA, "since": MONDAY, "until": MONDAY + 9 * HOUR}
    return Absence(**{**values, **more})  # type: ignore[arg-type]


def test_a_load_is_looked_at_now_a_week_ago_and_four_weeks_ago():
    assert looked_at(MONDAY) == (
        MONDAY,
        MONDAY - timedelta(days=7),
        MONDAY - timedelta(days=28),
    )


def test_people_stand_by_name_however_much_they_hold():
    load = a_load({BERIT: a_trend(90, late=40), ANNA: a_trend(1)})

    assert [one.name for one in load.people] == ["Anna", "Berit"]


def test_who_holds_nothing_stands_among_them():
    assert [one.trend for one in a_load({}).people] == [Trend(), Trend()]


def test_who_has_left_stands_there_for_as_long_as_they_hold_something():
    load = a_load({CARL: a_trend(2)})

    assert [(one.name, one.left) for one in load.people if one.id == CARL] == [("carl", True)]


def test_who_has_left_and_holds_nothing_any_more_stands_nowhere():
    held = {CARL: Trend(month_ago=Load(open=3, late=1))}

    assert CARL not in {one.id for one in a_load(held).people}


def test_what_nobody_holds_is_the_teams():
    assert a_load({None: a_trend(4, late=2)}).unheld == a_trend(4, late=2)


def test_what_is_held_in_another_team_is_not_counted_here():
    other = new_id()
    load = team_load(
        TEAM, "T", members={ANNA}, names=NAMES, held={(other, ANNA): a_trend(3)}, today=Today()
    )

    assert load.people[0].trend.is_empty


@pytest.mark.parametrize(
    ("person", "said"),
    [
        ({"works": True}, True),
        ({"works": True, "opened_at": MONDAY}, False),
        ({"works": True, "away": True}, False),
        ({"works": True, "left": True}, False),
        ({"works": False}, False),
    ],
)
def test_only_of_who_is_here_today_is_it_said_that_they_have_not_opened_their_list(person, said):
    assert Person(id=ANNA, name="Anna", **person).has_not_opened is said


def test_who_works_in_two_teams_is_said_once():
    anna = Person(id=ANNA, name="Anna", works=True)
    teams = tuple(TeamLoad(id=new_id(), name=name, people=(anna,)) for name in "ab")
    morning = Morning(at=MONDAY, statement=None, unread=None, numbers=Numbers(), teams=teams)

    assert morning.not_opened == (anna,)


def test_seeing_it_before_the_last_alert_is_no_answer_to_it():
    known = an_escalation(seen_at=MONDAY + 2 * HOUR, seen_until=MONDAY + 48 * HOUR)

    assert not known.answered(MONDAY + 6 * HOUR)


def test_an_answer_holds_until_its_time_is_over():
    known = an_escalation(seen_at=MONDAY + 6 * HOUR, seen_until=MONDAY + 8 * HOUR)

    assert [known.answered(MONDAY + n * HOUR) for n in (7, 8)] == [True, False]


def test_whoever_is_away_later_this_week_is_not_away_today():
    later = an_absence(since=MONDAY + 24 * HOUR, until=MONDAY + 48 * HOUR)

    assert away_today([later], frozenset(), MONDAY + 15 * HOUR) == ()


def test_an_absence_that_was_taken_back_is_none():
    assert away_today([an_absence(cancelled_at=MONDAY)], frozenset(), MONDAY + HOUR) == ()


@pytest.mark.parametrize(
    ("stand_in", "is_away", "nobody"),
    [(None, False, True), (BERIT, False, False), (BERIT, True, True)],
)
def test_a_stand_in_who_is_away_too_stands_in_for_nobody(stand_in, is_away, nobody):
    away = Away(absence=an_absence(stand_in_id=stand_in), unstood=is_away)

    assert away.nobody is nobody


def test_a_page_goes_on_after_its_last_row():
    rows = [
        Unreached(case_id=new_id(), team_id=TEAM, discharged_at=MONDAY + n * HOUR) for n in range(3)
    ]

    assert first_page(rows, size=2) == (rows[:2], rows[1].cursor)


def test_a_page_that_holds_everything_is_the_last():
    rows = [an_escalation(), an_escalation()]

    assert first_page(rows, size=2) == (rows, None)
