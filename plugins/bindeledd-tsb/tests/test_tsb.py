"""Addiction treatment: closer around a discharge, overdose and suicide seen together, one unit answers."""

from __future__ import annotations

import pytest

PACK = "tsb"
WARD = {"unit_kind": "addiction_ward"}


@pytest.fixture
def course(a_course):
    """Somebody in an addiction ward, after what was no intoxication."""
    return a_course(PACK, **WARD).begun(intoxication="no")


@pytest.fixture
def elsewhere(a_course):
    """Somebody whom another service follows up."""
    return a_course(PACK, unit_kind="dps").begun("self_harm", intoxication="no")


# --- around a discharge ---------------------------------------------------------------------------


def test_s058_everybody_has_a_treatment_plan_with_dates(course):
    assert course.owed["tsb.treatment-plan"].strength == "must"
    course.tell("answered", tsb_plan="without_dates")
    assert "treatment-plan" in course.owed_by(PACK)
    course.tell("answered", tsb_plan="with_dates")
    assert "treatment-plan" not in course.owed_by(PACK)


def test_s058_the_next_service_has_a_written_plan(course):
    course.tell("discharged")
    assert "written-plan" in course.owed_by(PACK)
    course.tell("answered", tsb_written="sent")
    assert "written-plan" not in course.owed_by(PACK)


def test_s171_the_next_service_is_contacted_during_the_stay(course):
    course.tell("admitted", inpatient="yes")
    assert "next-service" in course.owed_by(PACK)
    course.tell("answered", tsb_next_service="contacted")
    assert "next-service" not in course.owed_by(PACK)


def test_s171_a_close_period_owes_contact_after_contact_until_it_ends(course):
    course.tell("discharged")
    assert "close-settled" in course.owed_by(PACK)
    course.tell("answered", tsb_close="begins")
    for said in ("met", "not_met", "met"):
        assert course.owed_by(PACK) & {"close", "close-settled"} == {"close"}
        course.later(days=2).tell("answered", tsb_close=said)
    course.tell("answered", tsb_close="ends")
    assert "close" not in course.owed_by(PACK)


def test_s171_a_bed_is_considered_and_its_agreement_looked_at_until_it_ends(course):
    course.tell("discharged")
    assert course.owed["tsb.bed"].strength == "may"
    course.tell("answered", tsb_bed="agreed")
    assert course.owed_by(PACK) & {"bed", "bed-looked-at"} == {"bed-looked-at"}
    course.later(days=80).tell("answered", tsb_bed="agreed")
    assert "bed-looked-at" in course.owed_by(PACK)
    course.later(days=80).tell("answered", tsb_bed="ended")
    assert "bed-looked-at" not in course.owed_by(PACK)


def test_s171_a_missed_appointment_is_answered_by_the_national_step(course):
    course.tell("appointment_missed")
    assert "missed-appointment" in course.owed


# --- overdose -------------------------------------------------------------------------------------


def test_s173_who_declines_help_after_an_overdose_gets_a_card_and_may_come_back(a_course):
    course = a_course(PACK, **WARD).begun("intent_unclarified", intoxication="yes")
    course.tell("declined")
    assert {"tsb.card", "open-return"} <= set(course.owed)
    assert course.owed["tsb.card"].due_at.date() == course.now.date()
    assert course.refuses(tsb_card="doctor_says_no")
    course.tell("answered", tsb_card="doctor_says_no", words="Er innlagt.")
    assert "card" not in course.owed_by(PACK)


def test_s173_without_an_intoxication_there_is_none(course):
    course.tell("declined")
    assert "card" not in course.owed_by(PACK)


def test_s175_the_conversation_is_offered_and_not_now_is_asked_again(elsewhere):
    assert elsewhere.owed_by(PACK) == set()
    elsewhere.tell("answered", tsb_substance="yes")
    assert "overdose-talk" in elsewhere.owed_by(PACK)
    elsewhere.tell("answered", tsb_talk="later")
    assert elsewhere.owed_by(PACK) & {"overdose-talk", "overdose-talk-again"} == {
        "overdose-talk-again"
    }
    elsewhere.later(days=9).tell("answered", tsb_talk="not_wanted")
    assert "overdose-talk-again" not in elsewhere.owed_by(PACK)


@pytest.mark.parametrize("answer", ["held", "by_others", "not_wanted"])
def test_s175_whoever_said_not_now_and_then_yes_or_no_is_not_asked_again(elsewhere, answer):
    elsewhere.tell("answered", tsb_substance="yes")
    elsewhere.tell("answered", tsb_talk="later")
    elsewhere.later(days=3).tell("answered", tsb_talk=answer)
    assert "overdose-talk-again" not in elsewhere.owed_by(PACK)


def test_s175_not_now_and_silence_is_still_owed(elsewhere):
    elsewhere.tell("answered", tsb_substance="yes")
    elsewhere.tell("answered", tsb_talk="later")
    elsewhere.later(days=20).tell("reached")
    assert "overdose-talk-again" in elsewhere.owed_by(PACK)


@pytest.mark.parametrize(("intoxication", "asked"), [("yes", True), (None, True), ("no", False)])
def test_s178_substances_are_asked_about_and_a_yes_puts_overdose_into_the_plan(
    a_course, intoxication, asked
):
    course = a_course(PACK, unit_kind="acute_ward").begun(intoxication=intoxication)
    assert ("substance" in course.owed_by(PACK)) is asked
    course.tell("answered", tsb_substance="yes")
    assert course.owed_by(PACK) == {"overdose-talk", "overdose-in-plan"}
    course.tell("plan_offered")
    assert "overdose-in-plan" in course.owed_by(PACK)
    course.tell("plan_offered", tsb_plan_overdose="in_plan")
    assert "overdose-in-plan" not in course.owed_by(PACK)


def test_s178_a_no_owes_nothing(elsewhere):
    elsewhere.tell("answered", tsb_substance="no")
    assert elsewhere.owed_by(PACK) == set()


# --- one unit answers -----------------------------------------------------------------------------


def test_s176_a_dual_diagnosis_has_one_unit_that_answers(course):
    course.tell("answered", tsb_rop="not_known")
    assert "rop" in course.owed_by(PACK)
    course.tell("answered", tsb_rop="yes")
    assert course.owed_by(PACK) & {"rop", "rop-unit"} == {"rop-unit"}
    course.tell("answered", tsb_rop_unit="not_settled")
    assert "rop-unit" in course.owed_by(PACK)
    course.tell("answered", tsb_rop_unit="both_one_answers")
    assert "rop-unit" not in course.owed_by(PACK)


def test_s176_also_where_somebody_else_follows_up(elsewhere):
    elsewhere.tell("answered", tsb_rop="yes")
    assert elsewhere.owed_by(PACK) == {"rop-unit"}


def test_s177_two_referrals_have_one_answer(elsewhere):
    elsewhere.tell("answered", tsb_referrals="one")
    assert elsewhere.owed_by(PACK) == set()
    elsewhere.tell("answered", tsb_referrals="both")
    assert elsewhere.owed_by(PACK) == {"one-answer"}
    elsewhere.tell("answered", tsb_referral_answer="one_answer")
    assert elsewhere.owed_by(PACK) == set()


def test_s179_in_a_joint_unit_one_of_the_two_owners_answers(a_course):
    course = a_course(PACK, unit_kind="joint_unit").begun("self_harm", intoxication="no")
    assert course.owed_by(PACK) == {"joint-answers"}
    assert "FRAME" in course.routine.find("tsb.joint-answers").basis.note
    course.tell("answered", tsb_joint="municipality")
    assert course.owed_by(PACK) == set()


# --- what holds for all of it -----------------------------------------------------------------------


def test_what_was_read_on_its_page_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK, **WARD)
    assert {owed.key for owed in mine if owed.basis.verified} == {"tsb.treatment-plan", "tsb.card"}
    assert all(owed.deadline_basis.kind == "default" for owed in mine)
    assert {owed.key for owed in mine if owed.strength == "must"} == {"tsb.treatment-plan"}


def test_a_death_ends_what_reaches_out(elsewhere):
    elsewhere.tell("answered", tsb_substance="yes")
    elsewhere.tell("death_reported")
    assert elsewhere.owed_by(PACK) == set()


def test_nothing_national_is_lost_or_later(without_and_with):
    before, after = without_and_with(PACK, **WARD)
    assert set(before) < set(after)
    assert after.loses(before) == []


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
