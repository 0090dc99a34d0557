"""After a suicide: asked and never assumed, reviewed, learnt from, and the survey remembered."""

from __future__ import annotations

import pytest

PACK = "incident-review"


@pytest.fixture
def died(a_course):
    """Somebody who was followed up has died; of what, nobody has said."""
    course = a_course(PACK).begun()
    assert course.owed_by(PACK) == set()
    course.later(days=9).tell("death_confirmed")
    return course


def test_s215_how_the_person_died_is_asked_until_somebody_knows(died):
    assert died.owed_by(PACK) == {"cause"}
    died.tell("answered", ir_cause="not_known")
    assert died.owed_by(PACK) == {"cause-again"}
    died.later(days=20).tell("answered", ir_cause="not_known")
    assert died.owed_by(PACK) == {"cause-again"}
    died.later(days=20).tell("answered", ir_cause="no")
    assert died.owed_by(PACK) == set()


def test_s215_a_review_is_opened_held_and_learnt_from_by_a_lead(died):
    died.tell("answered", ir_cause="yes")
    assert died.owed_by(PACK) == {"opened", "survey"}
    assert died.owed[f"{PACK}.opened"].owner == "lead"
    died.tell("answered", ir_review="opened")
    assert "opened" in died.owed_by(PACK)
    died.tell("answered", ir_review="opened", ir_way="event_analysis")
    assert {"held"} <= died.owed_by(PACK)
    died.later(days=5).tell("answered", ir_held="held")
    assert died.owed_by(PACK) == {"learning", "survey"}
    died.tell("answered", ir_learning="taken_up")
    assert died.owed_by(PACK) == {"survey"}


def test_s217_the_format_is_left_open_a_step_at_a_time(died, gathered):
    died.tell("answered", ir_cause="yes")
    died.tell("answered", ir_review="opened", ir_way="systematic")
    died.tell("answered", ir_held="goes_on")
    assert "goes-on" in died.owed_by(PACK)
    died.later(days=9).tell("answered", ir_held="goes_on")
    assert "goes-on" in died.owed_by(PACK)
    died.later(days=9).tell("answered", ir_held="held")
    assert "goes-on" not in died.owed_by(PACK)
    (way,) = [one for one in gathered(PACK).fields if one.key == "ir_way"]
    assert {one.value for one in way.options} == {"event_analysis", "systematic", "other", "none"}


def test_s215_a_review_that_goes_on_is_owed_until_it_is_held(died):
    died.tell("answered", ir_cause="yes")
    died.tell("answered", ir_review="opened", ir_way="event_analysis")
    died.later(days=5).tell("answered", ir_held="goes_on")
    assert "goes-on" in died.owed_by(PACK)
    died.later(days=5).tell("answered", ir_held="held")
    assert "goes-on" not in died.owed_by(PACK)


@pytest.mark.parametrize("said", ["by_other", "not_here"])
def test_s215_whoever_holds_no_review_owes_no_steps(died, said):
    died.tell("answered", ir_cause="yes")
    died.tell("answered", ir_review=said, ir_way="none")
    assert died.owed_by(PACK) == {"survey"}


def test_s216_the_survey_is_remembered_and_may_not_apply(died, gathered):
    died.tell("answered", ir_cause="yes")
    died.tell("answered", ir_survey="not_yet")
    assert "survey" in died.owed_by(PACK)
    died.tell("answered", ir_survey="not_covered")
    assert "survey" not in died.owed_by(PACK)
    assert not gathered(PACK).hosted  # nothing of it sends anything


def test_s218_what_was_learnt_is_taken_up_and_stands_nowhere_here(died, gathered):
    died.tell("answered", ir_cause="yes")
    died.tell("answered", ir_review="opened", ir_way="other")
    died.tell("answered", ir_held="held")
    assert "learning" in died.owed_by(PACK)
    (asked,) = [one for one in gathered(PACK).fields if one.key == "ir_learning"]
    assert {one.value for one in asked.options} == {"taken_up", "nothing", "not_yet"}


def test_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK)
    assert len(mine) == 7
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
