"""Outreach teams of two employers: who answers, assessed anew, across age limits, and in Lofoten."""

from __future__ import annotations

import pytest

PACK = "act-fact"
TEAM = {"unit_kind": "outreach_team"}
YOUNG = {"unit_kind": "outreach_team_young"}


@pytest.fixture
def begun(a_course):
    """A course that began in a unit, which is said by the test."""

    def made(**where):
        return a_course(PACK, **where).begun()

    return made


def test_s130_both_levels_follow_up_and_one_employer_answers(begun):
    course = begun(**TEAM)
    assert course.owed_by(PACK) == {"members"}
    course.tell("answered", af_members="both", af_answers="not_settled", af_mapped="no")
    assert "members" in course.owed_by(PACK)
    course.tell("answered", af_members="both", af_answers="municipality", af_mapped="no")
    assert "members" not in course.owed_by(PACK)


def test_s130_it_is_settled_when_the_team_takes_over_too(begun):
    course = begun(**TEAM)
    course.tell("answered", af_members="both", af_answers="trust", af_mapped="yes")
    course.tell("answered", af_assess="team")
    course.tell("handover_accepted", taken_over_by="other")
    assert course.owed_by(PACK) == {"members-taken-over"}


@pytest.mark.parametrize("before", ["yes", "no", "not_known"])
def test_s036_the_team_may_assess_whether_or_not_it_was_mapped_before(begun, before):
    course = begun(**TEAM)
    course.tell("answered", af_mapped=before)
    assert course.owed[f"{PACK}.assessed"].strength == "may"
    course.tell("answered", af_assess="team")
    assert "assessed" not in course.owed_by(PACK)


def test_s036_what_was_found_is_nowhere(gathered):
    (asked,) = [one for one in gathered(PACK).fields if one.key == "af_assess"]
    assert {option.value for option in asked.options} == {"team", "other", "not_yet"}


def test_s156_an_age_limit_ends_nothing_and_is_talked_about(begun):
    course = begun(**YOUNG)
    assert course.owed_by(PACK) == {"members", "young"}
    course.tell("answered", af_young="yes")
    assert course.owed_by(PACK) == {"members", "limit"}
    course.tell("answered", af_limit="told")
    assert course.owed_by(PACK) == {"members"}


def test_s255_four_municipalities_share_a_team(begun):
    course = begun(organisation="fact-lofoten", **TEAM)
    assert course.owed_by(PACK) == {"members", "lofoten"}
    course.tell("answered", af_lofoten="moskenes")
    assert "lofoten" in course.owed_by(PACK)
    course.tell("answered", af_lofoten="moskenes", af_lofoten_agreed="agreed")
    assert "lofoten" not in course.owed_by(PACK)


@pytest.mark.parametrize(
    ("where", "said", "owed"),
    [
        (YOUNG, {"af_young": "no"}, "young-taken-over"),  # S-156
        (
            {"organisation": "fact-lofoten", **TEAM},
            {"af_lofoten": "vagan", "af_lofoten_agreed": "agreed"},
            "lofoten-taken-over",  # S-255
        ),
    ],
)
def test_s156_and_s255_it_is_settled_anew_when_the_team_takes_over(begun, where, said, owed):
    course = begun(**where)
    course.tell("answered", **said)
    course.tell("handover_accepted", taken_over_by="other")
    assert owed in course.owed_by(PACK)
    course.tell("answered", **said)
    assert owed not in course.owed_by(PACK)


def test_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK, **YOUNG)
    assert len(mine) == 6
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


@pytest.mark.parametrize("kind", ["acute_ward", "dps", "municipal"])
def test_elsewhere_the_national_routine_stands(routine, kind):
    assert routine(PACK, unit_kind=kind) == routine(unit_kind=kind)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
