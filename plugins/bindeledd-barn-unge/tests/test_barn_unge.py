"""Children and young people: a person chooses the guide, nobody is turned away without another offer."""

from __future__ import annotations

import pytest
from bindeledd_barn_unge.tables import open_review

from bindeledd.plugin.testing import numbers

PACK = "barn-unge"


@pytest.fixture
def course(a_course):
    """Somebody under age."""
    return a_course(PACK).begun("self_harm", minor="yes")


def values(gathered, field: str) -> set[str]:
    (found,) = [one for one in gathered(PACK).fields if one.key == field]
    return {option.value for option in found.options}


def test_s155_a_person_chooses_the_guide_and_age_only_suggests(course, a_course):
    assert course.owed_by(PACK) == {"guide"}
    course.tell("answered", bu_guide="adults", bu_referred="no", bu_welfare="no")
    assert course.owed_by(PACK) == set()
    grown = a_course(PACK).begun("self_harm", minor="no")
    assert grown.owed_by(PACK) == set()


def test_s155_in_a_unit_for_the_young_it_is_chosen_of_those_of_age_too(a_course):
    course = a_course(PACK, unit_kind="child_psychiatry").begun("self_harm", minor="no")
    assert course.owed_by(PACK) == {"guide-of-age"}
    course.tell("answered", bu_guide="children")
    assert course.owed_by(PACK) == {"levels", "school"}


def test_s155_where_the_age_is_not_known_it_is_asked(a_course):
    course = a_course(PACK).begun("self_harm")
    assert course.owed_by(PACK) == {"guide"}


def test_s154_it_is_settled_what_each_level_does(course):
    course.tell("answered", bu_guide="children")
    assert "levels" in course.owed_by(PACK)
    course.tell("answered", bu_levels="not_yet")
    assert "levels" in course.owed_by(PACK)
    course.tell("answered", bu_levels="both")
    assert "levels" not in course.owed_by(PACK)


def test_s157_whoever_is_referred_is_offered_a_conversation(course):
    course.tell("answered", bu_referred="yes")
    assert "assessment" in course.owed_by(PACK)
    course.tell("answered", bu_assessment="specialist")
    assert not {"assessment", "alternative", "rejection"} & course.owed_by(PACK)


def test_s158_who_is_rejected_on_paper_gets_another_offer(course):
    course.tell("answered", bu_referred="yes")
    course.tell("answered", bu_assessment="on_paper")
    assert {"alternative", "rejection"} <= course.owed_by(PACK)
    course.tell("answered", bu_alternative="offered", bu_rejection="not_told")
    assert "alternative" not in course.owed_by(PACK)
    assert "rejection" in course.owed_by(PACK)


def test_s159_care_and_substance_use_are_no_grounds_to_reject(gathered):
    assert values(gathered, "bu_rejection") == {
        "other_service",
        "already_helped",
        "need_not_there",
        "not_told",
    }


def test_s159_both_contacts_are_found_where_child_welfare_is_involved(course):
    course.tell("answered", bu_welfare="institution")
    assert "welfare-contacts" in course.owed_by(PACK)
    course.tell("answered", bu_health_lead="named")
    assert "welfare-contacts" in course.owed_by(PACK)
    course.tell("answered", bu_health_lead="named", bu_welfare_lead="named")
    assert "welfare-contacts" not in course.owed_by(PACK)


def test_s160_both_sectors_are_told_when_the_offer_is_not_adequate(course):
    course.tell("answered", bu_offer="yes")
    assert "alert" not in course.owed_by(PACK)
    course.tell("answered", bu_offer="no")
    assert "alert" in course.owed_by(PACK)
    course.tell("answered", bu_alerted="both")
    assert "alert" not in course.owed_by(PACK)


def test_s166_the_school_nurse_takes_part_with_consent_or_referred(course, gathered):
    course.tell("answered", bu_guide="children")
    assert course.owed[f"{PACK}.school"].strength == "may"
    assert {"told", "referrer", "no_consent"} < values(gathered, "bu_school")
    course.tell("answered", bu_school="no_consent")
    assert "school" not in course.owed_by(PACK)


@pytest.mark.parametrize("trust", ["oslo-universitetssykehus", "lovisenberg", "diakonhjemmet"])
def test_s162_the_home_hospital_is_considered_where_there_is_one(a_course, trust):
    course = a_course(PACK, organisation=trust, unit_kind="acute_ward")
    course.tell("answered", bu_guide="children")
    assert "home-hospital" in course.owed_by(PACK)
    course.tell("answered", bu_home="agreed")
    assert "home-hospital" not in course.owed_by(PACK)


def test_s164_one_of_two_employers_answers_and_no_score_is_kept(a_course, gathered):
    course = a_course(PACK, organisation="tromso", unit_kind="low_threshold_team").begun(
        "self_harm", minor="no"
    )
    assert course.owed_by(PACK) == {"team-answers"}
    course.tell("answered", bu_employer="not_settled")
    assert course.owed_by(PACK) == {"team-answers"}
    course.tell("answered", bu_employer="trust")
    course.later(days=3).tell("appointment_kept")
    assert course.owed_by(PACK) == {"team-fit"}
    assert values(gathered, "bu_fit") == {"used", "not_wanted", "not_yet"}


def test_s153_a_review_has_counts_of_the_tasks_of_the_young_and_nobody_in_it(gathered):
    told = {
        "task.bu_assessment.in_time": 6,
        "task.bu_alternative.late": None,
        "event.discharged": 30,
    }
    table = open_review(None)(numbers({"bup": told}))
    assert table.columns[2:4] == ("Vurderingssamtale i tide", "Vurderingssamtale for sent")
    assert table.rows == (("2027-01", "bup", 6, 0, 0, None, 0, 0),)
    assert {"bu_assessment", "bu_alternative", "bu_alert"} <= set(gathered(PACK).book.task_titles)


def test_s153_a_team_without_children_has_no_row():
    assert open_review(None)(numbers({"bup": {"event.discharged": 30}})).rows == ()


def test_s152_who_is_on_call_for_the_young_stands_on_the_task_without_an_invented_number(gathered):
    (one,) = gathered(PACK).book.contacts
    assert (one.phone, one.hours, one.rows) == ("", (), ("S-152",))
    assert one.is_for("bu_assessment", ("bup", "child_psychiatry", "oslo-universitetssykehus"))


def test_s165_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK)
    assert len(mine) == 8
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []


def test_s153_the_table_is_made_in_the_packs_own_process(hosted):
    made = hosted(PACK).reports["review"].make(numbers({"bup": {"task.bu_alert.late": None}}))
    assert made.rows == (("2027-01", "bup", 0, 0, 0, 0, 0, None),)
