"""Feedback tools without a score, digital tools offered, and frames that imitate nothing."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

PACK = "digital-tools"


@pytest.fixture
def course(a_course):
    """Somebody who was discharged, from any unit."""
    made = a_course(PACK).begun()
    made.tell("discharged")
    return made


def test_s140_what_stands_out_is_looked_at_by_a_person(course):
    assert course.owed_by(PACK) == {"feedback", "offered"}
    course.tell("answered", dt_feedback="norse")
    assert "feedback" in course.owed_by(PACK)
    course.tell("answered", dt_feedback="norse", dt_found="to_look_at")
    assert course.owed_by(PACK) == {"looked-at", "offered"}
    assert course.owed[f"{PACK}.looked-at"].strength == "should"
    course.tell("answered", dt_looked="not_yet")
    assert "looked-at" in course.owed_by(PACK)
    course.tell("answered", dt_looked="talked")
    assert course.owed_by(PACK) == {"offered"}


def test_s140_an_answer_in_which_nothing_stands_out_owes_nothing(course):
    course.tell("answered", dt_feedback="ors_srs", dt_found="nothing")
    assert course.owed_by(PACK) == {"offered"}


def test_s140_no_score_has_a_place(gathered):
    for field in gathered(PACK).fields:
        assert not any(option.value.isdigit() for option in field.options)
        assert len(field.options) <= 6


def test_s246_a_digital_tool_is_offered_and_a_no_is_an_answer(course):
    course.tell("answered", dt_tool="not_yet")
    assert "offered" in course.owed_by(PACK)
    course.tell("answered", dt_tool="not_wanted")
    assert course.owed_by(PACK) == {"feedback"}


def test_s248_who_measures_after_the_end_is_settled_before_it(course):
    assert "after-the-end" not in course.owed_by(PACK)
    course.tell("closing_requested", ending="completed")
    assert "after-the-end" in course.owed_by(PACK)
    course.tell("answered", dt_after="tool_sends")
    assert "after-the-end" not in course.owed_by(PACK)


def test_s161_s239_s240_s245_what_was_not_seen_is_a_frame_and_nothing_runs_for_it(gathered):
    said = tomllib.loads((files("bindeledd_digital_tools") / "rows.toml").read_text("utf-8"))
    assert set(said["frame"]) == {"S-161", "S-239", "S-240", "S-245", "S-248"}
    assert not gathered(PACK).hosted


def test_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK)
    assert len(mine) == 4
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
