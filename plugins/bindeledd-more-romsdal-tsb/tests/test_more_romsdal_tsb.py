"""The addiction department of Helse Møre og Romsdal: a plan for everybody, the bed in it, the meetings."""

from __future__ import annotations

import pytest

from bindeledd.plugin.testing import is_kept

PACK = "more-romsdal-tsb"
WARD = {"unit_kind": "addiction_ward", "organisation": "helse-more-romsdal"}


@pytest.fixture
def course(a_course):
    """Somebody in the trust's addiction ward."""
    return a_course(PACK, **WARD).begun()


def test_s080_everybody_has_a_plan_and_offered_is_not_made(course):
    course.tell("plan_offered", mr_plan="begun")
    course.later(days=9).tell("discharged")
    assert "plan-for-all" in course.owed_by(PACK)
    course.tell("plan_offered", mr_plan="made")
    assert "plan-for-all" not in course.owed_by(PACK)


def test_s080_whoever_wants_none_is_not_asked_for_ever(routine):
    gate = routine(PACK, **WARD).find(f"{PACK}.plan-for-all")
    assert is_kept(gate, "plan_offered", mr_plan="not_wanted")
    assert not is_kept(gate, "plan_offered")


def test_s061_an_agreement_on_a_bed_stands_in_the_plan(course):
    course.tell("plan_offered", mr_plan="made", mr_bed_in_plan="not_yet")
    course.later(days=9).tell("discharged")
    assert "bed-in-plan" in course.owed_by(PACK)
    course.tell("plan_offered", mr_bed_in_plan="in_plan")
    assert "bed-in-plan" not in course.owed_by(PACK)


@pytest.mark.parametrize("said", ["agreed", "ended"])
def test_s061_so_does_one_that_is_made_or_ended_later(course, said):
    course.tell("plan_offered", mr_plan="made", mr_bed_in_plan="no_agreement")
    course.later(days=9).tell("discharged")
    assert course.owed_by(PACK) & {"bed-in-plan", "bed-into-plan"} == set()
    course.later(days=9).tell("answered", mr_bed=said)
    assert "bed-into-plan" in course.owed_by(PACK)
    course.tell("plan_offered", mr_bed_in_plan="in_plan")
    assert "bed-into-plan" not in course.owed_by(PACK)


def test_s172_each_regular_meeting_owes_the_next_until_it_is_not_needed(course):
    assert "meeting" in course.owed_by(PACK)
    for _ in range(3):
        course.later(days=20).tell("answered", mr_meeting="held")
        assert course.owed_by(PACK) & {"meeting", "meeting-next"} == {"meeting-next"}
    course.tell("answered", mr_meeting="not_needed")
    assert "meeting-next" not in course.owed_by(PACK)


def test_s172_a_municipality_without_meetings_owes_none(course):
    course.tell("answered", mr_meeting="no_meeting")
    assert course.owed_by(PACK) & {"meeting", "meeting-next"} == set()


def test_s172_the_sections_settle_it_between_them(course):
    course.tell("admitted", inpatient="yes")
    assert "section" in course.owed_by(PACK)
    course.tell("answered", mr_section="settled")
    assert "section" not in course.owed_by(PACK)


@pytest.mark.parametrize(
    "where",
    [
        {"unit_kind": "acute_ward", "organisation": "helse-more-romsdal"},
        {"unit_kind": "addiction_ward", "organisation": "st-olavs-hospital"},
        {"unit_kind": "addiction_ward"},
    ],
)
def test_elsewhere_the_national_routine_stands(routine, where):
    assert routine(PACK, **where) == routine(**where)


def test_nothing_is_verified_and_every_deadline_is_ours(routine):
    mine = [one for one in routine(PACK, **WARD).owed if one.key.startswith(PACK)]
    assert len(mine) == 6
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


def test_nothing_national_is_lost_or_later(without_and_with):
    before, after = without_and_with(PACK, **WARD)
    assert set(before) < set(after)
    assert after.loses(before) == []


def test_it_keeps_the_contract_of_all_packs_and_stands_beside_tsb(contract, gathered):
    assert contract(PACK) == []
    assert len(gathered(PACK, "tsb", "st-olavs-rusklinikken").plugins) == 3
