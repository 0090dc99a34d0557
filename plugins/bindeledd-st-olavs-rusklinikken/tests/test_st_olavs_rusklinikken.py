"""The addiction clinic of St. Olavs hospital: an offer with an outcome, planned stays, what was learnt."""

from __future__ import annotations

import pytest

from bindeledd.plugin.testing import is_kept

PACK = "st-olavs-rusklinikken"
TRUST = "st-olavs-hospital"
WARD = {"unit_kind": "addiction_ward", "organisation": TRUST}
CLINIC = {"unit_kind": "addiction_clinic", "organisation": TRUST}
LEVELS = ("with_therapist", "in_team", "in_department", "across", "in_quality_group")


@pytest.fixture
def course(a_course):
    """Somebody in the addiction ward."""
    made = a_course(PACK, **WARD).begun()
    made.later(hours=1).tell("admitted", inpatient="yes")
    return made


# --- S-065 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("therapist", "offered"), [("no", True), ("yes", False), (None, True)])
def test_s065_a_time_in_hand_is_offered_where_there_is_no_outpatient_therapist(
    course, therapist, offered
):
    if therapist:
        course.tell("answered", stolavs_therapist=therapist)
    course.later(days=5).tell("discharged")
    assert ("offer" in course.owed_by(PACK)) is offered


def test_s065_that_there_is_a_therapist_ends_the_offer_when_it_is_said_after_the_discharge(course):
    course.later(days=5).tell("discharged")
    course.tell("answered", stolavs_therapist="yes")
    assert "offer" not in course.owed_by(PACK)
    course.later(hours=1).tell("answered", stolavs_therapist="no")
    assert "offer" in course.owed_by(PACK)


def test_s065_the_offer_has_an_outcome_and_no_is_one(course):
    course.later(days=5).tell("discharged")
    course.tell("answered", stolavs_offer="not_offered")
    assert "offer" in course.owed_by(PACK)
    course.tell("answered", stolavs_offer="declined")
    assert course.owed_by(PACK) & {"offer", "time-given", "offer-again"} == set()


def test_s065_whoever_wants_it_has_it_and_not_now_is_asked_again(course):
    course.later(days=5).tell("discharged")
    course.tell("answered", stolavs_offer="later")
    assert course.owed_by(PACK) & {"offer", "offer-again"} == {"offer-again"}
    course.later(days=3).tell("answered", stolavs_offer="accepted")
    assert course.owed_by(PACK) & {"offer-again", "time-given"} == {"time-given"}
    course.tell("appointment_given")
    assert "time-given" not in course.owed_by(PACK)


@pytest.mark.parametrize(("answer", "owed"), [("accepted", {"time-given"}), ("declined", set())])
def test_s065_whoever_said_not_now_and_then_yes_or_no_is_not_asked_again(course, answer, owed):
    course.later(days=5).tell("discharged")
    course.tell("answered", stolavs_offer="later")
    course.later(days=1).tell("answered", stolavs_offer=answer)
    assert course.owed_by(PACK) & {"offer-again", "time-given"} == owed


def test_s065_not_now_and_silence_is_still_owed(course):
    course.later(days=5).tell("discharged")
    course.tell("answered", stolavs_offer="later")
    course.later(days=20).tell("reached")
    assert "offer-again" in course.owed_by(PACK)


def test_s065_the_offer_made_before_the_discharge_counts(course):
    course.tell("answered", stolavs_therapist="no", stolavs_offer="declined")
    course.later(days=5).tell("discharged")
    assert "offer" not in course.owed_by(PACK)


def test_s066_a_missed_appointment_is_answered_by_the_national_step(a_course):
    course = a_course(PACK, **CLINIC).begun("self_harm")
    course.tell("appointment_missed")
    assert "missed-appointment" in course.owed
    course.tell("reached")
    assert "missed-appointment" not in course.owed


# --- S-054 ----------------------------------------------------------------------------------------


def test_s054_the_packages_are_gone_through_before_during_and_at_the_end_of_a_stay(course):
    assert {"package-before", "package-during"} <= course.owed_by(PACK)
    course.tell("answered", stolavs_before="done", stolavs_during="not_yet")
    assert course.owed_by(PACK) & {"package-before", "package-during"} == {"package-during"}
    course.tell("answered", stolavs_during="done")
    course.later(days=5).tell("discharged")
    assert {one for one in course.owed_by(PACK) if one.startswith("package")} == {
        "package-at-discharge"
    }


def test_s054_none_of_their_measures_is_made_up(routine, gathered):
    packages = [one for one in routine(PACK, **WARD).owed if ".package-" in one.key]
    assert len(packages) == 3
    assert all("FRAME" in one.basis.note for one in packages)
    asked = [one for one in gathered(PACK).fields if "S-054" in one.rows]
    assert {option.value for one in asked for option in one.options} == {
        "done",
        "not_relevant",
        "not_yet",
    }


# --- S-059 ----------------------------------------------------------------------------------------


def test_s059_planned_stays_follow_each_other_on_one_follow_up(course):
    course.later(days=20).tell("discharged")
    assert course.owed[f"{PACK}.stay-offered"].strength == "may"
    course.tell("answered", stolavs_stay="planned")
    assert "stay-dated" in course.owed_by(PACK)
    course.tell("appointment_given", appointment_at="2027-04-12T10:00:00+00:00")
    assert "stay-dated" not in course.owed_by(PACK)
    course.later(days=30).tell("answered", stolavs_stay="held")
    assert "stay-next" in course.owed_by(PACK)
    course.tell("answered", stolavs_stay="planned")
    assert course.owed_by(PACK) & {"stay-next", "stay-dated"} == {"stay-dated"}


def test_s059_they_end_when_somebody_says_so(course):
    course.later(days=20).tell("discharged")
    course.tell("answered", stolavs_stay="no_more")
    assert {one for one in course.owed_by(PACK) if one.startswith("stay")} == set()


# --- S-039 ----------------------------------------------------------------------------------------


def test_s039_a_flag_in_norse_is_looked_at_by_a_person_the_same_day(course):
    assert "norse" in course.owed_by(PACK)
    course.tell("answered", stolavs_norse="look_again")
    assert course.owed_by(PACK) & {"norse", "norse-looked-at"} == {"norse-looked-at"}
    assert course.owed[f"{PACK}.norse-looked-at"].due_at.date() == course.now.date()
    course.tell("risk_assessed")
    assert "norse-looked-at" not in course.owed_by(PACK)


def test_s039_nothing_of_the_answers_is_kept(gathered):
    (norse,) = [one for one in gathered(PACK).fields if one.key == "stolavs_norse"]
    assert "ikke her" in norse.help["nb"]
    assert not any(sign.isdigit() for option in norse.options for sign in option.value)


# --- S-219, S-223 ---------------------------------------------------------------------------------


def test_s219_what_was_learnt_goes_up_five_levels_each_with_its_own_answer(course):
    assert not any("learning" in one for one in course.owed_by(PACK))
    course.tell("answered", stolavs_learning="noted")
    for level in LEVELS:
        (owed,) = [one for one in course.owed_by(PACK) if "learning" in one]
        assert course.owed[f"{PACK}.{owed}"].owner == "lead"
        course.later(days=3).tell("answered", stolavs_learning=level)
    assert not any("learning" in one for one in course.owed_by(PACK))


def test_s219_it_stops_where_somebody_says_that_it_need_not_go_further(course):
    course.tell("answered", stolavs_learning="noted")
    course.tell("answered", stolavs_learning="with_therapist")
    assert course.refuses(stolavs_learning="settled")
    course.tell("answered", stolavs_learning="settled", words="Gjelder bare denne vakten.")
    assert not any("learning" in one for one in course.owed_by(PACK))


def test_s223_whoever_assessed_has_trained_or_did_it_with_somebody_who_has(routine):
    gate = routine(PACK, **WARD).find(f"{PACK}.trained")
    assert str(gate.strength) == "may"
    for said in ("simple", "other_training", "with_somebody_trained"):
        assert is_kept(gate, "risk_assessed", stolavs_trained=said)
    assert not is_kept(gate, "risk_assessed", stolavs_trained="not_yet")
    assert not is_kept(gate, "risk_assessed")


# --- the trust ------------------------------------------------------------------------------------


def test_rl01_in_the_whole_trust_the_summary_leaves_on_the_day_of_the_discharge(
    timeline, a_discharge, routine
):
    where = {"unit_kind": "medical_ward", "organisation": TRUST}
    left = a_discharge("2027-03-24T11:00", **where)
    owed = timeline(PACK, discharge=left)["summary_sent"]
    assert owed.due_at.date() == left.at.date()
    assert routine(PACK, **where).find("summary_sent").deadline_basis.verified


@pytest.mark.parametrize(
    "where",
    [
        {"unit_kind": "addiction_ward", "organisation": "helse-more-romsdal"},
        {"unit_kind": "addiction_ward"},
    ],
)
def test_elsewhere_the_national_routine_stands(routine, where):
    assert routine(PACK, **where) == routine(**where)


def test_only_the_summary_has_a_day_of_its_source(routine):
    mine = [one for one in routine(PACK, **WARD).owed if one.key.startswith(PACK)]
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)
    assert "must" not in {str(one.strength) for one in mine}


def test_nothing_national_is_lost_or_later(without_and_with):
    before, after = without_and_with(PACK, **WARD)
    assert set(before) < set(after)
    assert after.loses(before) == []


def test_it_keeps_the_contract_of_all_packs_and_stands_beside_tsb(contract, gathered):
    assert contract(PACK) == []
    assert len(gathered(PACK, "tsb", "helse-nord-trondelag").plugins) == 3
