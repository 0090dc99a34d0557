"""Who answers for a team when. Values only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.staff.domain import (
    Absence,
    DutyKind,
    Membership,
    Role,
    duty_of_team,
    gaps,
    minus,
)
from bindeledd.foundation.ids import new_id

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
TEAM, ANNA, BERIT, CARL = new_id(), new_id(), new_id(), new_id()


def h(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


WEEK = [(h(24 * day + 7), h(24 * day + 15)) for day in range(5)]


def works(member: object, since: datetime = MONDAY, until: datetime | None = None) -> Membership:
    return Membership(
        member_id=member,  # type: ignore[arg-type]
        team_id=TEAM,
        role=Role.MEMBER,
        since=since,
        until=until,
    )


def test_each_member_is_on_duty_while_the_team_is_staffed() -> None:
    duty = duty_of_team(TEAM, WEEK, [works(ANNA), works(BERIT)], [])

    assert len(duty) == 10
    assert {(d.starts_at, d.ends_at) for d in duty} == set(WEEK)


def test_a_team_without_hours_is_staffed_by_nobody() -> None:
    assert duty_of_team(TEAM, [], [works(ANNA)], []) == []


def test_membership_begins_and_ends_in_mid_day() -> None:
    (first, *_, last) = duty_of_team(TEAM, WEEK, [works(ANNA, h(10), h(24 * 2 + 9))], [])

    assert first.starts_at == h(10)
    assert last.ends_at == h(24 * 2 + 9)


def test_who_is_away_is_not_on_duty_and_the_stand_in_is() -> None:
    away = Absence(member_id=ANNA, since=h(9), until=h(24 + 9), stand_in_id=CARL)
    duty = duty_of_team(TEAM, WEEK[:2], [works(ANNA)], [away])

    assert [(d.member_id, d.starts_at, d.ends_at) for d in duty if d.member_id == ANNA] == [
        (ANNA, h(7), h(9)),
        (ANNA, h(33), h(39)),
    ]
    assert [(d.starts_at, d.ends_at, d.kind) for d in duty if d.member_id == CARL] == [
        (h(9), h(15), DutyKind.STAND_IN),
        (h(31), h(33), DutyKind.STAND_IN),
    ]


def test_a_stand_in_who_is_away_too_takes_nothing() -> None:
    away = [
        Absence(member_id=ANNA, since=h(0), until=h(24), stand_in_id=CARL),
        Absence(member_id=CARL, since=h(0), until=h(11)),
    ]
    duty = duty_of_team(TEAM, WEEK[:1], [works(ANNA)], away)

    assert [(d.member_id, d.starts_at) for d in duty] == [(CARL, h(11))]


spans = st.tuples(st.integers(0, 200), st.integers(1, 40)).map(
    lambda pair: (h(pair[0]), h(pair[0] + pair[1]))
)


@given(spans, st.lists(spans, max_size=6))
def test_what_is_left_and_what_was_cut_make_the_whole(
    span: tuple[datetime, datetime], taken: list[tuple[datetime, datetime]]
) -> None:
    left = minus(span, taken)
    for hour in range(240):
        moment = h(hour)
        inside = span[0] <= moment < span[1]
        cut = any(a <= moment < b for a, b in taken)
        assert any(a <= moment < b for a, b in left) is (inside and not cut)


@given(st.lists(spans, max_size=3), st.lists(spans, max_size=3))
def test_nobody_is_on_duty_while_away(
    own: list[tuple[datetime, datetime]], others: list[tuple[datetime, datetime]]
) -> None:
    away = [Absence(member_id=ANNA, since=a, until=b, stand_in_id=BERIT) for a, b in own]
    away += [Absence(member_id=BERIT, since=a, until=b) for a, b in others]
    duty = duty_of_team(TEAM, WEEK, [works(ANNA), works(BERIT)], away)

    for one in duty:
        gone = [(a.since, a.until) for a in away if a.member_id == one.member_id]
        assert all(one.ends_at <= since or one.starts_at >= until for since, until in gone)
    assert len({(d.member_id, d.starts_at) for d in duty}) == len(duty)


def test_gaps_are_the_unstaffed_times_that_are_long() -> None:
    assert gaps(WEEK, timedelta(hours=16)) == []
    assert len(gaps(WEEK, timedelta(hours=15))) == 4
    assert gaps([(h(0), h(50)), (h(10), h(20)), (h(60), h(61))], timedelta(hours=5)) == [
        (h(50), h(60))
    ]
