"""The national guideline of 2024: what was read of it, and a frame for the chapter that was not."""

from __future__ import annotations

import pytest

from bindeledd.plugin.testing import is_kept

PACK = "retningslinje-2024"
WARD = {"unit_kind": "acute_ward"}
CHILDREN = {"unit_kind": "child_psychiatry"}
FRAME = {f"{PACK}.next-service", f"{PACK}.plan", f"{PACK}.parents-know"}


@pytest.fixture
def course(a_course):
    """A grown-up in an acute ward."""
    return a_course(PACK, **WARD).begun(minor="no")


@pytest.fixture
def young(a_course):
    """Somebody who is not of age, in child and adolescent psychiatry."""
    return a_course(PACK, **CHILDREN).begun("self_harm", minor="yes")


def test_rg01_thoughts_plans_and_earlier_acts_are_examined(routine):
    gate = routine(PACK, **WARD).find(f"{PACK}.examined")
    assert str(gate.strength) == "must"
    assert is_kept(gate, "risk_assessed", rl_examined="all")
    assert is_kept(gate, "risk_assessed", rl_examined="not_possible")
    assert not is_kept(gate, "risk_assessed", rl_examined="in_part")
    assert not is_kept(gate, "risk_assessed")


def test_rg02_protection_is_settled_in_the_same_contact(routine):
    gate = routine(PACK, **WARD).find(f"{PACK}.protection")
    assert str(gate.strength) == "must"
    assert is_kept(gate, "risk_assessed", rl_protection="in_place")
    assert not is_kept(gate, "risk_assessed", rl_protection="not_settled")


def test_rg03_what_helps_is_begun_with_the_assessment(course):
    course.tell("risk_assessed", rl_examined="all", rl_protection="not_needed")
    assert course.owed[f"{PACK}.measures"].due_at.date() == course.now.date()
    course.tell("answered", rl_measures="begun")
    assert "measures" not in course.owed_by(PACK)


def test_rg06_nothing_is_graded(gathered):
    said = {option.value for field in gathered(PACK).fields for option in field.options}
    assert not said & {"high", "low", "moderate", "acute", "chronic"}
    assert not any(sign.isdigit() for value in said for sign in value)


# --- children and the young -----------------------------------------------------------------------


def test_s149_self_harm_of_the_young_is_mapped_and_measures_are_settled(young):
    assert {"with-parents", "self-harm"} <= young.owed_by(PACK)
    young.tell("answered", rl_self_harm="not_yet")
    assert "self-harm" in young.owed_by(PACK)
    young.tell("answered", rl_self_harm="mapped_with_measures")
    assert "self-harm" not in young.owed_by(PACK)


def test_s149_rg09_it_is_done_with_whoever_has_the_daily_care(young, gathered):
    (asked,) = [one for one in gathered(PACK).fields if one.key == "rl_parents"]
    assert "Under 10 år" in asked.help["nb"]
    young.tell("answered", rl_parents="other_carer")
    assert "with-parents" not in young.owed_by(PACK)


def test_s149_a_grown_up_owes_none_of_it(course):
    course.later(days=5).tell("discharged")
    assert course.owed_by(PACK) & {"with-parents", "self-harm", "parents-know"} == set()


# --- the chapter that was not seen ------------------------------------------------------------------


def test_s055_what_the_draft_said_of_a_discharge_is_a_default_and_says_so(routine):
    for owed in routine(PACK, **WARD).owed:
        if "S-055" in owed.rows:
            assert owed.key in FRAME
            assert (owed.basis.kind, owed.basis.verified) == ("default", False)
            assert "FRAME" in owed.basis.note


def test_s055_the_next_service_a_plan_and_parents_who_know_whom_to_call(young):
    young.tell("admitted", inpatient="yes")
    young.later(days=6).tell("discharged")
    assert {"next-service", "plan", "parents-know"} <= young.owed_by(PACK)
    young.tell("answered", rl_next_service="contacted", rl_plan="made", rl_parents_know="told")
    assert young.owed_by(PACK) & {"next-service", "plan", "parents-know"} == set()


def test_s056_planning_with_the_municipality_begins_at_the_admission_with_the_crisis_plan(young):
    young.tell("admitted", inpatient="yes")
    assert "planned-from-admission" in young.owed_by(PACK)
    young.tell("answered", rl_planning="begun")
    assert "planned-from-admission" in young.owed_by(PACK)
    young.tell("answered", rl_planning="begun", rl_crisis_plan="used")
    assert "planned-from-admission" not in young.owed_by(PACK)


def test_s213_the_layer_says_which_guideline_of_which_date_it_follows(gathered):
    (layer,) = [one for one in gathered(PACK).book.layers if one.id.startswith(PACK)]
    assert "16. april 2024" in layer.title["nb"]
    assert layer.rows == ("S-213",)


# --- what holds for all of it -----------------------------------------------------------------------


def test_what_was_read_is_verified_and_every_deadline_is_ours(routine):
    mine = [one for one in routine(PACK, **WARD).owed if one.key.startswith(PACK)]
    assert {one.key.removeprefix(f"{PACK}.") for one in mine if one.basis.verified} == {
        "examined",
        "protection",
        "measures",
        "with-parents",
    }
    assert all(one.deadline_basis.kind == "default" for one in mine)


@pytest.mark.parametrize("kind", ["medical_ward", "emergency_department", "municipal"])
def test_it_is_for_mental_health_care_and_addiction_services_only(routine, kind):
    assert routine(PACK, unit_kind=kind) == routine(unit_kind=kind)


@pytest.mark.parametrize("where", [WARD, CHILDREN])
def test_nothing_national_is_lost_or_later(without_and_with, where):
    before, after = without_and_with(PACK, **where)
    assert set(before) < set(after)
    assert after.loses(before) == []


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
