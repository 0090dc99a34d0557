"""Passwords, pauses and sessions. Values only."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from bindeledd.features.access.domain import (
    GrantMissing,
    PasswordEasy,
    PasswordTooLong,
    PasswordTooShort,
    SessionRules,
    check_password,
    require_grant,
    require_lead,
    wait_after,
)
from bindeledd.features.staff.domain import Actor, ActorKind, LeadOnly, system
from bindeledd.foundation.ids import new_id
from builders import MONDAY, refusal


@pytest.mark.parametrize(
    "password",
    [
        "korrekt hest batteri stift",
        "fjorten katter går på ski",
        "        mange mellomrom foran",
        "æøåæøåæøå 🐈 🐈 🐈 🐈 🐈",
        "x7$kQ9!mZ2@pL5#vR8",
        "1-48-305-77-9261-004-58",
        "a" * 3 + "bcdefghijklmnop" * 8,
    ],
)
def test_any_long_password_that_is_not_mere_known_words_is_taken(password: str) -> None:
    assert refusal(lambda: check_password(password, login="kari", name="Kari Nordmann")) is None


def test_fourteen_signs_are_too_few_and_128_are_the_most() -> None:
    with pytest.raises(PasswordTooShort):
        check_password("korrekt hest b")
    longest = "korrekt hest " + "batteri stift og mer " * 5 + "1234567890"
    for password in ("korrekt hest ba", longest):
        assert refusal(partial(check_password, password)) is None
    with pytest.raises(PasswordTooLong):
        check_password("korrekt hest " * 10)


@pytest.mark.parametrize(
    "password",
    [
        "bindeleddbindeledd",
        "Selvmord-Sykehuset1",
        "passordpassord123",
        "Velkommen Sommer 2027",
        "aaaaaaaaaaaaaaaaaa",
        "kari nordmann kari",
        "111111111111111111",
        "abcabcabcabcabcabc",
    ],
)
def test_known_words_the_own_name_and_repeats_are_refused(password: str) -> None:
    with pytest.raises(PasswordEasy):
        check_password(password, login="kari", name="Kari Nordmann")


def test_pauses_double_and_never_lock_anybody_out() -> None:
    pauses = [wait_after(tries, free=5) for tries in range(40)]

    assert pauses[:5] == [timedelta()] * 5
    assert pauses[5:8] == [timedelta(seconds=s) for s in (5, 10, 20)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(minutes=15)


def test_at_most_eleven_tries_are_looked_at_in_five_minutes() -> None:
    clock, tries = timedelta(), 0
    while clock < timedelta(minutes=5):
        tries += 1
        clock += wait_after(tries, free=5)

    assert tries <= 11


@pytest.mark.parametrize(
    ("idle", "age", "over"),
    [(29, 29, False), (31, 31, True), (1, 599, False), (1, 601, True)],
)
def test_a_session_ends_by_idleness_or_by_age(idle: int, age: int, over: bool) -> None:
    rules = SessionRules()
    seen, made = MONDAY - timedelta(minutes=idle), MONDAY - timedelta(minutes=age)

    assert rules.is_over(made, seen, MONDAY) is over


def test_only_a_lead_of_that_team_passes() -> None:
    team = new_id()
    member = Actor(kind=ActorKind.MEMBER, tenant_id=new_id(), teams=frozenset({team}))
    with pytest.raises(LeadOnly):
        require_lead(member, team)
    require_lead(system(new_id()), team)


def test_a_grant_is_asked_for_by_name() -> None:
    member = Actor(kind=ActorKind.MEMBER, tenant_id=new_id(), grants=frozenset({"privacy"}))
    require_grant(member, "privacy")
    with pytest.raises(GrantMissing):
        require_grant(member, "admin")


def test_a_member_never_sees_all_however_the_kind_is_spelt() -> None:
    assert not Actor(kind="member", tenant_id=new_id()).sees_all  # type: ignore[arg-type]


def test_who_leads_another_team_leads_not_this_one() -> None:
    other = new_id()
    lead = Actor(kind=ActorKind.MEMBER, tenant_id=new_id(), id=new_id(), leads=frozenset({other}))

    assert refusal(lambda: require_lead(lead, other)) is None
    with pytest.raises(LeadOnly):
        require_lead(lead, new_id())
