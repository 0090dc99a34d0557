"""The frame for somatic units: which guide was followed, the consult, and who was told."""

from __future__ import annotations

import pytest

PACK = "somatic-ed-selfharm"
ED = {"unit_kind": "emergency_department"}
GUIDE, ASKED, DONE = f"{PACK}.guide", f"{PACK}.consult-asked", f"{PACK}.consult-done"
TEAM, MET = f"{PACK}.crisis-team", f"{PACK}.crisis-team-met"
ADDICTION, TOLD = f"{PACK}.addiction", f"{PACK}.municipality-told"


@pytest.fixture
def course(a_course):
    """Somebody in a somatic emergency department."""
    return a_course(PACK, **ED).begun("intent_unclarified")


def own(course) -> set[str]:
    return {key for key in course.owed if key.startswith(PACK)}


def test_s006_which_guide_was_followed_is_written_down_and_nothing_of_it_is_made_up(
    course, routine
):
    assert GUIDE in own(course)
    course.tell("answered", ed_guide="none_yet")
    assert GUIDE in own(course)
    course.tell("answered", ed_guide="regional_guide")
    assert GUIDE not in own(course)
    assert "FRAME" in routine(PACK, **ED).find(GUIDE).basis.note


def test_s024_the_assessment_is_owed_until_somebody_with_the_competence_has_made_it(course):
    course.tell("risk_assessed", ed_assessor="others")
    course.later(hours=3).tell("discharged")
    assert course.owed["risk_assessed"].strength == "must"
    course.tell("risk_assessed")
    assert "risk_assessed" in course.owed
    course.tell("risk_assessed", ed_assessor="competent")
    assert "risk_assessed" not in course.owed


def test_s007_a_trust_takes_it_into_use_by_the_kind_of_its_units(routine):
    assert routine(PACK, unit_kind="acute_ward") == routine(unit_kind="acute_ward")
    assert routine(PACK, unit_kind="medical_ward").find(GUIDE) is not None


@pytest.mark.parametrize("organisation", ["helse-bergen", "st-olavs", "unn", None])
def test_s008_any_region_may_use_it(routine, organisation):
    assert routine(PACK, organisation=organisation, **ED).find(GUIDE) is not None


def test_s012_a_consult_is_asked_for_seen_and_documented(course):
    assert ASKED in own(course)
    course.tell("answered", ed_consult="asked_for")
    assert own(course) & {ASKED, DONE} == {DONE}
    course.later(hours=2).tell("answered", ed_consult="seen")
    assert DONE in own(course)
    course.later(hours=1).tell("answered", ed_consult="documented")
    assert DONE not in own(course)


def test_s014_whoever_answers_is_the_trusts_own(course, gathered):
    assert gathered(PACK).organisations == ()
    assert course.owed[ASKED].owner == "discharging_unit"


def test_s017_the_addiction_service_is_off_until_somebody_wants_it(course):
    assert ADDICTION not in own(course)
    course.tell("answered", ed_addiction="not_here")
    assert ADDICTION not in own(course)
    course.tell("answered", ed_addiction="wanted")
    assert course.owed[ADDICTION].strength == "may"


def test_s020_the_emergency_clinic_may_begin_a_follow_up(a_course):
    course = a_course(PACK, unit_kind="emergency").begun("self_harm")
    assert own(course) == {TOLD}


def test_s021_the_municipality_is_told_or_the_person_says_no(a_course):
    course = a_course(PACK, unit_kind="emergency").begun("self_harm")
    course.tell("answered", ed_municipality="told")
    assert own(course) == set()


@pytest.mark.parametrize("kind", ["emergency_department", "medical_ward", "surgical_ward"])
def test_s021_a_hospital_does_not_owe_what_the_emergency_clinic_owes(a_course, kind):
    assert own(a_course(PACK, unit_kind=kind).begun("self_harm")) == {GUIDE, ASKED}


def test_s023_the_mobile_crisis_team_is_a_receiver(gathered):
    (one,) = [field for field in gathered(PACK).fields if field.key == "ed_receiver"]
    assert one.asked_with == ("receiver_named",)
    assert "ambulatory_acute_team" in {option.value for option in one.options}


def test_s023_where_the_crisis_team_receives_it_is_agreed_who_makes_the_first_contact(course):
    course.tell("receiver_named", ed_receiver="ambulatory_acute_team")
    assert course.owed[TEAM].owner == "discharging_unit"
    course.tell("answered", ed_first_contact="not_yet")
    assert TEAM in course.owed
    course.tell("answered", ed_first_contact="we_do")
    assert {TEAM, MET} & set(course.owed) == set()


def test_s023_where_the_crisis_team_has_it_somebody_asks_whether_it_came(course):
    course.tell("receiver_named", ed_receiver="ambulatory_acute_team")
    course.tell("answered", ed_first_contact="crisis_team")
    assert {TEAM, MET} & set(course.owed) == {MET}
    course.tell("answered", ed_first_contact_held="not_yet")
    assert MET in course.owed
    course.tell("answered", ed_first_contact_held="taken_back")
    assert MET not in course.owed


def test_s023_another_service_owes_nothing_of_it(course):
    course.tell("receiver_named", ed_receiver="outpatient_clinic")
    assert TEAM not in course.owed


def test_s023_where_nobody_said_which_service_it_is_asked(course):
    course.tell("receiver_named", receiver_kind="specialist_mental_health")
    assert TEAM in course.owed
    course.tell("answered", ed_first_contact="another_service")
    assert {TEAM, MET} & set(course.owed) == set()


def test_s023_the_first_contact_of_the_national_routine_stands(course):
    course.tell("receiver_named", ed_receiver="ambulatory_acute_team")
    course.later(hours=3).tell("discharged")
    course.tell("answered", ed_first_contact="crisis_team")
    assert "first-contact" in course.owed


def test_s023_who_receives_stands_on_the_follow_up(gathered):
    shown = {one.key for one in gathered(PACK).fields if "case" in one.shown_in}
    assert shown == {"ed_receiver", "ed_first_contact"}


def test_nothing_of_it_is_verified_and_every_deadline_is_ours(gathered):
    layers = [one for one in gathered(PACK).book.layers if one.id.startswith(PACK)]
    added = [owed for layer in layers for owed in layer.added]
    assert len(added) == 7
    assert not any(owed.basis.verified for owed in added)
    assert all(owed.deadline_basis.kind == "default" for owed in added)
    assert "must" not in {str(owed.strength) for owed in added}


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
