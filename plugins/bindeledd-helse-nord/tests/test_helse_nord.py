"""Helse Nord: a meeting before discharge, Helgeland's assessment and reviews, and two tables."""

from __future__ import annotations

import pytest
from bindeledd_helse_nord.tables import open_drop_out, open_reviews

from bindeledd.plugin.testing import is_kept, numbers

PACK = "helse-nord"
WARD = {"unit_kind": "acute_ward", "organisation": "unn"}
HELGELAND = {"unit_kind": "acute_ward", "organisation": "helgelandssykehuset"}
SOMATIC = ("medisin", "medical_ward", "nordlandssykehuset")


@pytest.fixture
def course(a_course):
    """Somebody in an acute ward of the region."""
    return a_course(PACK, **WARD).begun()


@pytest.fixture
def helgeland(a_course):
    """Somebody in an acute ward at Helgeland."""
    return a_course(PACK, **HELGELAND).begun()


# --- who can be asked -----------------------------------------------------------------------------


def test_s015_psychiatry_by_day_and_on_call_stand_on_the_task_without_an_invented_number(gathered):
    day, call = gathered(PACK).book.contacts
    for one in (day, call):
        assert (one.phone, one.hours, one.rows) == ("", (), ("S-015",))
        assert one.is_for("assess_risk", SOMATIC)
        assert not one.is_for("assess_risk", ("post", "acute_ward", "nordlandssykehuset"))


# --- the meeting ----------------------------------------------------------------------------------


def test_s051_the_meeting_is_held_before_the_discharge_with_an_owner_of_what_follows(course):
    course.tell("ready_for_discharge")
    assert course.owed[f"{PACK}.meeting"].strength == "may"
    course.tell("answered", nord_meeting="held", nord_meeting_owner="not_settled")
    assert "meeting" in course.owed_by(PACK)
    course.tell("answered", nord_meeting="held", nord_meeting_owner="municipality")
    assert "meeting" not in course.owed_by(PACK)
    course.later(days=1).tell("discharged")
    assert course.owed_by(PACK) == {"meeting-tasks"}
    course.tell("answered", nord_meeting_after="done")
    assert course.owed_by(PACK) == set()


def test_s051_who_left_without_one_is_seen(course):
    course.tell("discharged")
    assert course.owed_by(PACK) == {"meeting-held"}
    course.tell("answered", nord_meeting="not_used_here", nord_meeting_owner="no_meeting")
    assert course.owed_by(PACK) == set()


# --- Helgeland ------------------------------------------------------------------------------------


def test_s041_two_templates_and_severe_depression_looked_for(routine):
    gate = routine(PACK, **HELGELAND).find(f"{PACK}.helgeland-assessed")
    for template in ("adult", "child"):
        assert is_kept(gate, "risk_assessed", nord_template=template, nord_depression="looked_for")
        assert not is_kept(gate, "risk_assessed", nord_template=template)
    assert not is_kept(gate, "risk_assessed", nord_template="adult", nord_depression="not_yet")


def test_s041_what_was_found_is_nowhere(gathered):
    (asked,) = [one for one in gathered(PACK).fields if one.key == "nord_depression"]
    assert {option.value for option in asked.options} == {"looked_for", "not_possible", "not_yet"}


def test_s221_a_serious_event_is_reviewed_and_taken_up_at_the_gathering(helgeland):
    assert not any("helgeland" in one for one in helgeland.owed_by(PACK))
    helgeland.tell("answered", nord_event="serious")
    assert helgeland.owed_by(PACK) == {"helgeland-reviewed"}
    assert helgeland.owed[f"{PACK}.helgeland-reviewed"].owner == "lead"
    helgeland.later(days=9).tell("answered", nord_event="reviewed")
    assert helgeland.owed_by(PACK) == {"helgeland-gathering"}
    assert helgeland.refuses(nord_event="no_theme")
    helgeland.tell("answered", nord_event="no_theme", words="Tatt opp i avdelingen.")
    assert helgeland.owed_by(PACK) == set()


# --- the tables -----------------------------------------------------------------------------------


def test_s067_who_dropped_out_and_was_met_again_is_counted_and_too_few_is_not_said():
    told = {
        "event.appointment_missed": 9,
        "task.respond_to_missed_appointment.in_time": 7,
        "closed.unreachable": None,
        "event.discharged": 30,
    }
    table = open_drop_out(None)(numbers({"tsb": told}))
    assert table.columns[2:6] == (
        "Timer møtt",
        "Timer ikke møtt",
        "Nådd igjen i tide",
        "Ikke nådd igjen i tide",
    )
    assert table.rows == (("2027-01", "tsb", 0, 9, 7, 0, None, 0, 0),)


def test_s067_a_team_of_which_nothing_was_counted_has_no_row():
    assert open_drop_out(None)(numbers({"tsb": {"event.discharged": 30}})).rows == ()


def test_s221_reviews_are_counted_by_their_own_kind_of_task(gathered):
    table = open_reviews(None)(numbers({"tsb": {"task.nord_review.in_time": 6}}))
    assert table.rows == (("2027-01", "tsb", 6, 0, 0, 0),)
    assert {"nord_review", "nord_gathering"} <= set(gathered(PACK).book.task_titles)


# --- what holds for all of it -----------------------------------------------------------------------


def test_the_four_trusts_have_their_own_numbers(gathered):
    weights = (3, 2, 7, 6, 5, 4, 3, 2, 1)
    known = {one.key: dict(one.points)["ENH"] for one in gathered(PACK).organisations}
    assert len(set(known.values())) == 4
    for number in known.values():
        assert sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11 == 0


def test_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK, **HELGELAND)
    assert len(mine) == 6
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


@pytest.mark.parametrize("organisation", ["helse-nord-trondelag", "helse-bergen", None])
def test_elsewhere_the_national_routine_stands(routine, organisation):
    there = {"unit_kind": "acute_ward", "organisation": organisation}
    assert routine(PACK, **there) == routine(**there)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []


def test_s067_both_tables_are_made_in_the_packs_own_process(hosted):
    reports = hosted(PACK).reports
    assert set(reports) == {"drop-out", "reviews"}
    made = reports["drop-out"].make(numbers({"tsb": {"event.appointment_missed": None}}))
    assert made.rows == (("2027-01", "tsb", 0, None, 0, 0, 0, 0, 0),)
