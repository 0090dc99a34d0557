"""The national guide for municipalities: placed, mapped, referred, asked, coordinated, and no deadline of its own."""

from __future__ import annotations

import pytest
from bindeledd_kommune_veileder.tables import ANSWERS, open_offered

from bindeledd.plugin.testing import numbers

PACK = "kommune-veileder"
HERE = {"unit_kind": "municipal"}
PLACED = {"kv_pathway": "pathway_2", "kv_mapped_before": "no"}


def key(name: str) -> str:
    return f"{PACK}.{name}"


@pytest.fixture
def course(a_course):
    """Somebody who left an acute ward, and whom a municipality has taken over."""
    made = a_course(PACK).begun()
    made.later(days=1).tell("discharged")
    made.later(days=1).tell("handover_accepted", taken_over_by="municipality")
    return made


def of(gathered, field: str):
    (found,) = [one for one in gathered(PACK).fields if one.key == field]
    return found


def values(gathered, field: str) -> set[str]:
    return {option.value for option in of(gathered, field).options}


# --- the pathways ---------------------------------------------------------------------------------


def test_s119_one_of_three_pathways_or_none_is_chosen_by_a_person(course, gathered):
    assert course.owed_by(PACK) == {"placed"}
    assert values(gathered, "kv_pathway") == {"pathway_1", "pathway_2", "pathway_3", "not_used"}
    course.tell("answered", kv_pathway="not_used", kv_mapped_before="yes")
    assert "placed" not in course.owed_by(PACK)


def test_s119_a_ward_of_a_hospital_owes_none_of_it(a_course):
    course = a_course(PACK).begun()
    course.tell("discharged")
    course.tell("handover_accepted", taken_over_by="trust")
    assert course.owed_by(PACK) == set()


def test_s120_no_deadline_hangs_on_the_number(routine):
    added = [owed for owed in routine(PACK, **HERE).owed if owed.key.startswith(PACK)]
    assert len(added) == 34
    assert all(owed.deadline_basis.kind == "default" for owed in added)
    assert all("due" in owed.adjustable for owed in added)


def test_s121_a_change_is_answered_again_and_what_was_owed_stays(course):
    course.tell("answered", kv_pathway="pathway_1", kv_mapped_before="no")
    before = course.owed_by(PACK)
    course.later(days=3).tell("answered", kv_pathway="pathway_3")
    assert before < course.owed_by(PACK)
    assert {"mapped-3", "coordinator", "individual-plan", "group"} <= course.owed_by(PACK)


def test_s122_nothing_is_suggested(course, gathered):
    assert "kv_pathway" not in {name for event in course.events for name in event.facts}
    assert "ingen forslag" in of(gathered, "kv_pathway").help["nb"]


# --- mapping --------------------------------------------------------------------------------------


def test_s027_self_harm_suicide_and_violence_are_always_mapped_in_pathway_3(course):
    course.tell("answered", kv_pathway="pathway_3", kv_mapped_before="yes")
    assert course.owed[key("mapped-3")].strength == "must"
    course.tell("answered", kv_finding="not_yet")
    assert "mapped-3" in course.owed_by(PACK)
    course.tell("answered", kv_finding="not_found")
    assert "mapped-3" not in course.owed_by(PACK)


@pytest.mark.parametrize(
    ("before", "owed"), [("no", "mapped"), ("not_known", "mapped"), ("yes", "known-before")]
)
def test_s030_mapped_before_or_not_are_two_lists(course, before, owed):
    course.tell("answered", kv_pathway="pathway_1", kv_mapped_before=before)
    assert course.owed_by(PACK) & {"mapped", "known-before"} == {owed}


def test_s033_the_mapping_is_no_larger_than_needed_and_its_themes_are_sealed(gathered, course):
    assert "ikke mer enn situasjonen tilsier" in of(gathered, "kv_finding").help["nb"]
    course.tell("answered", **PLACED)
    course.tell("answered", kv_finding="not_found")
    assert "mapped" not in course.owed_by(PACK)


def test_s035_relatives_who_take_part_are_asked_three_things(course, gathered):
    course.tell("answered", **PLACED)
    course.tell("answered", kv_finding="not_found", kv_kin="no_consent")
    assert "kin-heard" not in course.owed_by(PACK)
    course.tell("answered", kv_kin="take_part")
    assert "kin-heard" in course.owed_by(PACK)
    assert of(gathered, "kv_kin_asked").help["nb"].count("?") == 3


# --- what a finding makes owed --------------------------------------------------------------------


def found_in(course, pathway: str) -> set[str]:
    course.tell("answered", kv_pathway=pathway, kv_mapped_before="no")
    course.tell("answered", kv_finding="found")
    return course.owed_by(PACK)


def test_s028_in_pathway_2_a_finding_must_be_referred(course):
    assert "referred" in found_in(course, "pathway_2")
    assert course.owed[key("referred")].strength == "must"
    course.tell("answered", kv_referred="not_yet")
    assert "referred" in course.owed_by(PACK)
    course.tell("answered", kv_referred="sent")
    assert "referred" not in course.owed_by(PACK)


def test_s028_it_is_dropped_with_a_word_only(course):
    found_in(course, "pathway_2")
    assert course.refuses(kv_referred="not_wanted")
    course.tell("answered", kv_referred="not_wanted", words="Vil heller gå til fastlegen.")
    assert "referred" not in course.owed_by(PACK)


@pytest.mark.parametrize("pathway", ["pathway_1", "pathway_3", "not_used"])
def test_s029_elsewhere_it_should_be_talked_over(course, pathway):
    assert {"conferred", "referred"} & found_in(course, pathway) == {"conferred"}
    assert course.owed[key("conferred")].strength == "should"
    assert course.refuses(kv_conferred="not_with_reason")
    course.tell("answered", kv_conferred="not_with_reason", words="Drøftet i går.")
    assert "conferred" not in course.owed_by(PACK)


def test_s029_where_nobody_knows_the_pathway_both_are_owed(course):
    course.tell("answered", kv_finding="found")
    assert {"conferred", "referred"} <= course.owed_by(PACK)


def test_s142_the_treatment_that_is_meant_is_a_code(gathered):
    assert "dbt" in values(gathered, "kv_treatment")


@pytest.mark.parametrize(
    ("answer", "owed"),
    [({"kv_conferred": "done"}, "treatment"), ({"kv_referred": "sent"}, "treatment-referred")],
)
def test_s142_the_treatment_is_owed_until_somebody_has_said_which(course, answer, owed):
    course.tell("answered", **answer)
    assert course.owed[key(owed)].strength == "may"
    course.tell("answered", kv_treatment="not_settled")
    assert owed in course.owed_by(PACK)
    course.tell("answered", kv_treatment="dbt")
    assert owed not in course.owed_by(PACK)


def test_s142_whoever_says_it_with_the_answer_owes_nothing_more(course):
    course.tell("answered", kv_conferred="done", kv_treatment="dbt")
    assert "treatment" not in course.owed_by(PACK)


def test_s142_it_stands_on_the_follow_up_and_goes_to_a_receiver_outside(gathered):
    assert set(of(gathered, "kv_treatment").shown_in) == {"case", "package"}


def test_s201_the_referral_is_talked_over_with_person_and_gp(course):
    assert "referral-checked" in found_in(course, "pathway_2")
    course.tell("answered", kv_person_told="yes")
    assert "referral-checked" in course.owed_by(PACK)
    course.tell("answered", kv_person_told="yes", kv_gp_conferred="no_gp")
    assert "referral-checked" not in course.owed_by(PACK)


# --- consent --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("consent", "collect", "field"),
    [
        ("consent-summaries", "summaries", "kv_consent_summaries"),  # S-057
        ("consent-mappings", "mappings", "kv_consent_mappings"),  # S-207
    ],
)
def test_s057_and_s207_nothing_is_collected_before_a_yes(course, consent, collect, field):
    course.tell("answered", kv_pathway="pathway_1", kv_mapped_before="yes")
    assert consent in course.owed_by(PACK)
    assert collect not in course.owed_by(PACK)
    course.tell("answered", **{field: "refused"})
    assert {consent, collect} & course.owed_by(PACK) == set()
    course.tell("answered", **{field: "given"})
    assert collect in course.owed_by(PACK)
    course.tell("answered", **{f"kv_{collect}": "consent_withdrawn"})
    assert collect not in course.owed_by(PACK)


def test_s057_not_now_is_asked_again_and_collects_nothing(course):
    course.tell("answered", **PLACED)
    course.tell("answered", kv_consent_summaries="later")
    assert "consent-summaries-again" in course.owed_by(PACK)
    assert "summaries" not in course.owed_by(PACK)


@pytest.mark.parametrize("answer", ["given", "refused", "nothing_to_collect"])
def test_s057_whoever_said_not_now_and_then_yes_or_no_is_not_asked_again(course, answer):
    course.tell("answered", **PLACED)
    course.tell("answered", kv_consent_summaries="later")
    course.later(days=3).tell("answered", kv_consent_summaries=answer)
    assert "consent-summaries-again" not in course.owed_by(PACK)


def test_s057_not_now_and_silence_is_still_owed(course):
    course.tell("answered", **PLACED)
    course.tell("answered", kv_consent_summaries="later")
    course.later(days=20).tell("reached")
    assert "consent-summaries-again" in course.owed_by(PACK)


def test_s207_it_is_a_consent_of_its_own(course):
    course.tell("answered", kv_pathway="pathway_1", kv_mapped_before="yes")
    course.tell("answered", kv_consent_summaries="given")
    assert "consent-mappings" in course.owed_by(PACK)
    assert "mappings" not in course.owed_by(PACK)


def test_s207_not_now_is_asked_again(course):
    course.tell("answered", kv_pathway="pathway_1", kv_mapped_before="yes")
    course.tell("answered", kv_consent_mappings="later")
    assert "consent-mappings-again" in course.owed_by(PACK)
    course.later(days=8).tell("answered", kv_consent_mappings="refused")
    assert "consent-mappings-again" not in course.owed_by(PACK)


@pytest.mark.parametrize("answer", ["given", "refused", "nothing_to_collect"])
def test_s207_whoever_said_not_now_and_then_yes_or_no_is_not_asked_again(course, answer):
    course.tell("answered", kv_pathway="pathway_1", kv_mapped_before="yes")
    course.tell("answered", kv_consent_mappings="later")
    course.later(days=3).tell("answered", kv_consent_mappings=answer)
    assert "consent-mappings-again" not in course.owed_by(PACK)


def test_s207_not_now_and_silence_is_still_owed(course):
    course.tell("answered", kv_pathway="pathway_1", kv_mapped_before="yes")
    course.tell("answered", kv_consent_mappings="later")
    course.later(days=20).tell("reached")
    assert "consent-mappings-again" in course.owed_by(PACK)


# --- plans ----------------------------------------------------------------------------------------


def test_s078_the_part_in_the_plan_asks_for_relatives_with_consent_only(course, gathered):
    course.tell("answered", **PLACED)
    course.tell("answered", kv_plan_part="taken")
    assert "plan-part" in course.owed_by(PACK)
    course.tell("answered", kv_plan_part="taken", kv_plan_kin="without_them")
    assert "plan-part" not in course.owed_by(PACK)
    assert [v for v in values(gathered, "kv_plan_kin") if "with" in v and "out" not in v] == [
        "with_consent"
    ]


def test_s083_the_plan_is_looked_at_at_worsening(course):
    course.tell("answered", **PLACED)
    course.later(days=20).tell("answered", kv_worse="yes")
    assert {"worse-plan", "worse-assessed", "worse-conferred"} <= course.owed_by(PACK)
    course.tell("plan_offered")
    assert "worse-plan" not in course.owed_by(PACK)


def test_s123_whoever_is_worse_is_assessed_and_talked_over_again(course):
    course.tell("answered", **PLACED)
    course.later(days=20).tell("answered", kv_worse="yes")
    assert {"worse-assessed", "worse-conferred"} <= course.owed_by(PACK)
    course.tell("risk_assessed")
    course.tell("answered", kv_conferred="done")
    assert course.owed_by(PACK) & {"worse-assessed", "worse-conferred"} == set()


def test_s083_the_plan_of_whoever_was_mapped_before_is_looked_at(course):
    course.tell("answered", kv_pathway="pathway_2", kv_mapped_before="yes")
    assert "known-before" in course.owed_by(PACK)
    course.tell("plan_offered")
    assert "known-before" not in course.owed_by(PACK)


def test_s121_who_comes_back_is_placed_anew(a_course):
    course = a_course(PACK, **HERE).begun("self_harm")
    course.tell("answered", **PLACED)
    course.later(days=57).tell("reopened")
    assert "placed-again" in course.owed_by(PACK)
    course.tell("answered", kv_pathway="pathway_3", kv_mapped_before="yes")
    assert "placed-again" not in course.owed_by(PACK)


def test_s030_what_was_found_is_talked_over_with_others(course):
    course.tell("answered", kv_pathway="pathway_1", kv_mapped_before="no")
    course.tell("answered", kv_finding="found")
    assert "conferred" in course.owed_by(PACK)
    course.tell("answered", kv_conferred="done")
    assert "conferred" not in course.owed_by(PACK)


def test_s083_and_when_the_course_opens_again(a_course):
    course = a_course(PACK, **HERE).begun("self_harm")
    course.tell("answered", **PLACED)
    course.tell("plan_offered")
    course.later(days=200).tell("reopened")
    assert {"plan-again", "placed-again"} <= course.owed_by(PACK)


def test_s084_in_pathway_2_a_plan_may_be_offered(course):
    course.tell("answered", **PLACED)
    assert course.owed[key("plan-2")].strength == "may"
    course.tell("plan_offered")
    assert "plan-2" not in course.owed_by(PACK)


def test_s123_a_course_that_opens_again_is_placed_within_a_working_day(a_course):
    course = a_course(PACK, **HERE).begun("self_harm")
    course.tell("answered", **PLACED)
    course.later(days=57).tell("reopened")
    task = course.owed[key("placed-again")]
    assert (task.due_at - course.now).days <= 1


# --- coordination ---------------------------------------------------------------------------------


def test_s124_pathway_3_has_a_coordinator_a_group_and_a_plan(course):
    course.tell("answered", kv_pathway="pathway_3", kv_mapped_before="yes")
    assert {"coordinator", "individual-plan", "group"} <= course.owed_by(PACK)


def test_s125_the_coordinator_does_not_depend_on_the_plan(course):
    course.tell("answered", kv_pathway="pathway_3", kv_mapped_before="yes")
    course.tell("answered", kv_individual_plan="declined")
    assert "coordinator" in course.owed_by(PACK)
    assert course.owed[key("coordinator")].strength == "must"
    course.tell("answered", kv_coordinator="accepted")
    assert "coordinator" not in course.owed_by(PACK)


def test_s126_offers_of_a_coordinator_and_a_plan_are_counted_by_what_came_of_them(gathered):
    (declared,) = gathered(PACK).reports
    for field in ("kv_coordinator", "kv_individual_plan"):
        assert values(gathered, field) == set(declared.answers[field]) == set(ANSWERS)
    told = {"answer.kv_coordinator.accepted": 7, "answer.kv_individual_plan.declined": None}
    table = open_offered(None)(numbers({"psyk": told}))
    assert table.columns[2] == "Koordinator: tilbudt og tatt imot"
    assert table.rows == (("2027-01", "psyk", 7, 0, 0, 0, 0, 0, None, 0),)


def test_s126_the_table_is_made_in_the_packs_own_process(hosted):
    made = hosted(PACK).reports["offered"].make(numbers({"psyk": {"event.discharged": 30}}))
    assert made.rows == ()


def test_s127_compulsory_care_without_stay_has_a_contact_person(course):
    course.tell("answered", kv_compulsory="no")
    assert "institution-contact" not in course.owed_by(PACK)
    course.tell("answered", kv_compulsory="without_stay")
    assert "institution-contact" in course.owed_by(PACK)
    course.tell("answered", kv_institution_contact="named")
    assert "institution-contact" not in course.owed_by(PACK)


@pytest.mark.parametrize(
    ("pathway", "asked"), [("pathway_1", False), ("pathway_2", True), ("pathway_3", True)]
)
def test_s128_the_coordinating_unit_is_considered_in_pathways_2_and_3(course, pathway, asked):
    course.tell("answered", kv_pathway=pathway, kv_mapped_before="yes")
    assert ("coordinating-unit" in course.owed_by(PACK)) is asked


def test_s129_each_meeting_owes_the_next_until_there_are_no_more(course):
    course.tell("answered", kv_pathway="pathway_3", kv_mapped_before="yes")
    for _ in range(3):
        course.later(days=60).tell("answered", kv_group="held")
        assert "group-next" in course.owed_by(PACK)
        assert "group" not in course.owed_by(PACK)
    course.tell("answered", kv_group="no_more")
    assert "group-next" not in course.owed_by(PACK)


def test_s131_the_gp_is_told_unless_the_person_objects(course):
    course.tell("answered", **PLACED)
    assert "gp-told" in course.owed_by(PACK)
    course.tell("answered", kv_gp="objects")
    assert "gp-told" not in course.owed_by(PACK)


def test_s132_a_bed_is_agreed_and_stands_in_the_plan(course, gathered):
    course.tell("answered", **PLACED)
    assert "bed" in course.owed_by(PACK)
    (agreed,) = [o for o in of(gathered, "kv_bed").options if o.value == "agreed"]
    assert "står i planen" in agreed.label["nb"]
    course.tell("answered", kv_bed="agreed")
    assert "bed" not in course.owed_by(PACK)


def test_s133_a_close_period_owes_contact_after_contact_until_it_ends(course):
    course.tell("answered", **PLACED)
    assert "close" not in course.owed_by(PACK)
    course.tell("answered", kv_close="begins")
    for said in ("met", "not_met", "met"):
        course.later(days=2).tell("answered", kv_close=said)
        assert "close" in course.owed_by(PACK)
    course.tell("answered", kv_close="ends")
    assert "close" not in course.owed_by(PACK)


def test_s073_the_person_says_where_to_meet(gathered):
    assert {"home", "elsewhere", "here", "phone", "not_asked"} == values(gathered, "kv_place")


def test_s073_where_to_meet_is_owed_until_the_person_was_asked(course):
    course.tell("answered", **PLACED)
    assert course.owed[key("place")].strength == "may"
    course.tell("answered", kv_place="not_asked")
    assert "place" in course.owed_by(PACK)
    course.tell("answered", kv_place="home")
    assert "place" not in course.owed_by(PACK)


def test_s073_whoever_says_it_with_the_pathway_owes_nothing_more(course):
    course.tell("answered", **PLACED, kv_place="phone")
    assert "place" not in course.owed_by(PACK)


def test_s073_it_stands_where_an_appointment_is_made(gathered):
    assert "appointment" in of(gathered, "kv_place").shown_in


def test_s068_a_missed_appointment_costs_nothing(course, gathered):
    course.tell("answered", **PLACED)
    before = course.owed_by(PACK)
    course.tell("appointment_missed")
    assert course.owed_by(PACK) == before
    words = " ".join(
        word for title in gathered(PACK).book.task_titles.values() for word in title.values()
    )
    assert "gebyr" not in words.lower()
    assert "koster aldri" in of(gathered, "kv_place").help["nb"]


# --- what holds for all of it -----------------------------------------------------------------------


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []


def test_what_was_not_read_on_its_current_page_is_shown_as_a_default(routine):
    for owed in routine(PACK, **HERE).owed:
        if owed.key.startswith(PACK) and owed.basis.verified:
            assert any(row in owed.basis.source for row in ("RK-", "RX-10", "RF-06"))


def test_no_answer_is_a_grade(gathered):
    said = {option.value for field in gathered(PACK).fields for option in field.options}
    assert not said & {"high", "low", "moderate", "mild", "severe"}


def test_every_field_is_asked_for_by_a_rule_that_is_there(gathered, routine):
    keys = {owed.key for owed in routine(PACK, **HERE).owed}
    for field in gathered(PACK).fields:
        assert set(field.used_by) <= keys


def test_a_reported_death_ends_what_reaches_out(course):
    course.tell("answered", kv_pathway="pathway_3", kv_mapped_before="no")
    course.tell("death_reported")
    assert all(not task.due_reason.get("contact") for task in course.owed.values())


@pytest.mark.parametrize("where", [HERE, {}])
def test_nothing_national_is_lost_or_later(without_and_with, where):
    before, after = without_and_with(PACK, **where)
    assert set(before) <= set(after)
    assert after.loses(before) == []


def test_it_stands_beside_other_packs(gathered):
    assert len(gathered(PACK, "barn-som-parorende", "helse-vest").plugins) == 3
