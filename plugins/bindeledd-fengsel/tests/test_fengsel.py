"""Somebody in prison: who answers, how they are reached, and what happens at 18 and at release."""

from __future__ import annotations

import pytest
from bindeledd_fengsel.tables import open_begun

from bindeledd.plugin.testing import is_kept, numbers

PACK = "fengsel"
HERE = {"unit_kind": "prison_health"}


@pytest.fixture
def course(a_course):
    """Somebody of age in prison."""
    return a_course(PACK, **HERE).begun(minor="no")


def test_s183_the_action_plan_is_known_and_read(course):
    assert course.owed_by(PACK) == {"plan", "route", "reach", "release"}
    assert course.owed[f"{PACK}.plan"].strength == "must"
    course.tell("answered", fp_plan="not_known")
    assert "plan" in course.owed_by(PACK)
    course.tell("answered", fp_plan="notice_came")
    assert "plan" not in course.owed_by(PACK)
    assert "plan-read" in course.owed_by(PACK)
    course.tell("answered", fp_plan_read="raised")
    assert "plan-read" not in course.owed_by(PACK)


def test_s183_where_there_is_none_it_is_asked_for(course):
    course.tell("answered", fp_plan="none")
    assert "plan-asked" in course.owed_by(PACK)
    course.tell("answered", fp_plan_asked="may_not_tell")
    assert "plan-asked" not in course.owed_by(PACK)


def test_s184_municipality_and_trust_of_the_prison_and_the_home_again_at_release(course):
    course.tell("answered", fp_municipal="yes", fp_trust="not_yet")
    assert "route" in course.owed_by(PACK)
    course.tell("answered", fp_municipal="yes", fp_trust="not_needed")
    assert "route" not in course.owed_by(PACK)
    course.tell("answered", fp_release="released")
    assert "home" in course.owed_by(PACK)
    course.tell("answered", fp_home="agreed")
    assert "home" not in course.owed_by(PACK)


def test_s185_a_place_on_a_fixed_day_on_site(course):
    course.tell("answered", fp_trust="local_trust")
    assert "onsite" in course.owed_by(PACK)
    course.tell("answered", fp_onsite="booked")
    assert "onsite" not in course.owed_by(PACK)


def test_s186_reached_through_the_prison_health_service_and_told_on_paper(course):
    course.tell("answered", fp_reach="prison_health")
    assert "reach" in course.owed_by(PACK)
    course.tell("answered", fp_reach="prison_health", fp_paper="given")
    assert "reach" not in course.owed_by(PACK)


def test_s186_an_sms_is_no_first_contact(routine):
    step = routine(PACK, **HERE).find("first-contact")
    assert is_kept(step, "reached", channel="visit")
    assert not is_kept(step, "reached", channel="sms")
    assert not is_kept(step, "reached")


def test_s188_the_move_at_18_is_prepared(a_course):
    course = a_course(PACK, **HERE).begun("self_harm", minor="yes")
    assert "turns" in course.owed_by(PACK)
    course.tell("answered", fp_turns="not_known")
    assert "turns" in course.owed_by(PACK)
    course.tell("answered", fp_turns="soon")
    assert "eighteen" in course.owed_by(PACK)
    course.tell("answered", fp_eighteen="agreed")
    assert not {"turns", "eighteen"} & course.owed_by(PACK)


def test_s189_release_is_looked_at_until_it_is_near(course):
    course.tell("answered", fp_release="not_known")
    assert "release-again" in course.owed_by(PACK)
    course.later(days=25).tell("answered", fp_release="soon")
    assert "release-again" not in course.owed_by(PACK)
    assert "home" in course.owed_by(PACK)
    course.tell("answered", fp_home="agreed")
    assert not {"release", "release-again", "home"} & course.owed_by(PACK)


TOLD = {
    "fengsel": {"task.fp_plan.in_time": 7, "begun_in.prison_health": 9, "event.discharged": 9},
    "dps": {"opened": 30, "begun_in.dps": 30},
}


def test_s190_follow_ups_begun_in_prison_and_in_no_other_team():
    table = open_begun(None)(numbers(TOLD))
    assert table.columns[2] == "Oppfølginger begynt i fengsel"
    assert table.rows == (("2027-01", "fengsel", 9, 7, 0),)


def test_s190_a_team_that_took_somebody_over_from_prison_counts_none_of_its_own_as_begun_there():
    town = {"opened": 40, "begun_in.municipal": 40, "task.fp_release.in_time": 6}
    assert open_begun(None)(numbers({"town": town})).rows == ()
    town["task.fp_plan.late"] = 5
    assert open_begun(None)(numbers({"town": town})).rows == (("2027-01", "town", 0, 0, 5),)


def test_s190_too_few_is_not_said_and_no_sum_gives_it_away():
    told = {"fengsel": {"task.fp_plan.late": None, "begun_in.prison_health": None}}
    assert open_begun(None)(numbers(told)).rows == (("2027-01", "fengsel", None, 0, None),)


def test_s187_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK, **HERE)
    assert len(mine) == 11
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


@pytest.mark.parametrize("kind", ["acute_ward", "municipal", "emergency_department"])
def test_elsewhere_the_national_routine_stands(routine, kind):
    assert routine(PACK, unit_kind=kind) == routine(unit_kind=kind)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []


def test_s190_the_table_is_made_in_the_packs_own_process(hosted):
    made = hosted(PACK).reports["begun"].make(numbers(TOLD))
    assert made.rows == (("2027-01", "fengsel", 9, 7, 0),)
