"""What a trust and a municipality have agreed: told, a contact, somebody who answers on each side, one place."""

from __future__ import annotations

from datetime import date

import pytest
from bindeledd_helsefellesskap_handover.tables import open_discharges

from bindeledd.plugin.working import Count, Numbers

PACK = "helsefellesskap-handover"
OUT, INTO = ("trust", "municipality"), ("municipality", "trust")


@pytest.fixture
def course(a_course):
    """Somebody in an acute ward whom a municipality is to follow up."""
    made = a_course(PACK, between=OUT).begun()
    made.tell("receiver_named", receiver_kind="municipality")
    return made


@pytest.fixture
def back(a_course):
    """Somebody whom a municipality asks the trust to take over."""
    made = a_course(PACK, between=INTO, unit_kind="municipal").begun()
    made.tell("handover_sent")
    return made


def test_s192_the_municipality_is_told_from_the_admission_on(course):
    assert course.owed_by(PACK) == {"told"}
    assert course.owed[f"{PACK}.told"].owner == "discharging_unit"
    course.tell("answered", hf_told="not_yet")
    assert course.owed_by(PACK) == {"told"}
    course.tell("answered", hf_told="told")
    assert course.owed_by(PACK) == set()


def test_s192_into_hospital_plan_and_contact_go_along(back):
    assert "sent-with" in back.owed_by(PACK)
    back.tell("answered", hf_sent_with="both")
    assert "sent-with" not in back.owed_by(PACK)


def test_s192_without_an_agreement_nothing_of_it_is_owed(a_course):
    made = a_course(PACK, between=("trust", "practice")).begun()
    made.tell("receiver_named", receiver_kind="gp")
    made.tell("discharged")
    assert made.owed_by(PACK) == set()


def test_s193_the_person_has_a_contact_before_the_discharge(course):
    course.tell("answered", hf_told="told")
    course.later(days=1).tell("discharged")
    assert course.owed_by(PACK) == {"contact"}
    course.tell("answered", hf_contact="given")
    assert course.owed_by(PACK) == set()


def test_s193_contact_persons_are_shown_to_whoever_has_the_agreement(gathered):
    contacts = {one.key: one for one in gathered(PACK).book.contacts}
    town = contacts[f"{PACK}.municipality"]
    assert town.is_for(
        "follow_up_handover", (None, None, None), frozenset({"lier", "municipality"})
    )
    assert not town.is_for("follow_up_handover", (None, None, None))
    assert not any(one.phone for one in contacts.values())  # a frame: the pair has the numbers


def test_s196_every_pair_of_a_trust_and_a_municipality_has_it_in_both_directions(gathered):
    book = gathered(PACK).book
    assert {(*one.organisations, *one.to) for one in book.agreements} == {OUT, INTO}


def test_s197_each_rule_says_whose_it_is_and_lets_a_pair_set_its_own_time(routine):
    for between in (OUT, INTO):
        added = [one for one in routine(PACK, between=between).owed if one.key.startswith(PACK)]
        assert added
        assert all("due" in one.adjustable for one in added)
        assert all(one.deadline_basis.kind == "default" for one in added)


def test_s118_which_plan_is_followed_is_written_down_and_nothing_of_it_is_made_up(
    a_course, routine
):
    made = a_course(PACK, unit_kind="municipal").begun()
    made.tell("handover_accepted", taken_over_by="municipality")
    assert made.owed_by(PACK) == {"plan-known"}
    made.tell("answered", hf_plan="none")
    assert made.owed_by(PACK) == set()
    (step,) = [one for one in routine(PACK, unit_kind="municipal").owed if one.key.startswith(PACK)]
    assert "FRAME" in step.basis.note


def test_s198_joint_measures_need_somebody_on_each_side_before_they_begin(course):
    course.tell("handover_accepted", taken_over_by="municipality")
    assert "joint" in course.owed_by(PACK)
    course.tell("answered", hf_joint="planned")
    assert course.owed[f"{PACK}.responsible"].strength == "must"
    course.tell("answered", hf_responsible="one_side")
    assert "responsible" in course.owed_by(PACK)
    course.tell("answered", hf_responsible="both_named")
    assert "responsible" not in course.owed_by(PACK)
    course.tell("answered", hf_joint="begun")
    assert "responsible-before" not in course.owed_by(PACK)


def test_s198_what_has_begun_without_is_owed_the_same_day(course):
    course.tell("answered", hf_joint="begun_without")
    task = course.owed[f"{PACK}.responsible-before"]
    assert (task.strength, task.due_at.date()) == ("must", course.now.date())


def test_s200_a_referral_goes_to_one_place_and_its_answer_is_asked_for(back, gathered):
    assert "referral" in back.owed_by(PACK)
    back.tell("answered", hf_referral="common_reception")
    assert "referral" not in back.owed_by(PACK)
    assert "referral-answer" in back.owed_by(PACK)
    back.tell("answered", hf_referral_answer="no_answer")
    assert "referral-answer" in back.owed_by(PACK)
    back.tell("answered", hf_referral_answer="asked_for_more")
    assert "referral-answer" not in back.owed_by(PACK)


def test_s062_how_discharges_go_is_counted_and_few_are_not_said():
    counts = (
        Count(month="2027-01", team="ward", measure="event.discharged", many=12),
        Count(month="2027-01", team="ward", measure="task.send_summary.late", many=None),
    )
    numbers = Numbers(since=date(2027, 1, 1), until=date(2027, 1, 31), least=5, counts=counts)
    table = open_discharges(None)(numbers)
    (row,) = table.rows
    shown = dict(zip(table.columns, row, strict=True))
    assert shown["Utskrevet"] == 12
    assert shown["Epikrise for sent"] is None
    assert "ikke personer" in table.words
