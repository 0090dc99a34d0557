"""Helse Fonna: mapped on arrival, aftercare where specialist care ends, and two maps as frames."""

from __future__ import annotations

import pytest

PACK = "helse-fonna"
RECEPTION = {"unit_kind": "joint_reception", "organisation": PACK}
DPS = {"unit_kind": "dps", "organisation": PACK}


@pytest.fixture
def course(a_course):
    """Somebody in a ward of a district centre."""
    return a_course(PACK, **DPS).begun()


def test_s011_in_the_joint_reception_danger_is_mapped_on_arrival(a_course):
    course = a_course(PACK, **RECEPTION).begun("intent_unclarified")
    arrived = course.now
    course.tell("admitted")
    owed = course.owed[f"{PACK}.on-arrival"]
    assert (owed.due_at - arrived).total_seconds() == 4 * 60 * 60
    course.later(hours=1).tell("risk_assessed")
    assert course.owed_by(PACK) == set()


def test_s011_what_was_in_time_can_be_counted_by_its_own_kind(gathered):
    assert "fonna_on_arrival" in gathered(PACK).book.task_titles


def test_s052_where_specialist_care_ends_aftercare_is_brought_in(course):
    course.later(days=9).tell("discharged")
    assert course.owed_by(PACK) == {"specialist-settled"}
    course.tell("answered", fonna_specialist="ends")
    assert course.owed_by(PACK) == {"aftercare"}
    course.tell("answered", fonna_aftercare="brought_in")
    assert course.owed_by(PACK) == {"taken-over"}
    course.tell("handover_accepted", taken_over_by="municipality")
    assert course.owed_by(PACK) == set()


def test_s052_where_it_goes_on_or_nobody_wants_it_nothing_more_is_owed(course):
    course.tell("answered", fonna_specialist="goes_on")
    course.later(days=9).tell("discharged")
    assert course.owed_by(PACK) == set()
    course.tell("answered", fonna_specialist="ends")
    course.tell("answered", fonna_aftercare="not_wanted")
    assert course.owed_by(PACK) == set()


def test_s163_no_pathway_of_the_seven_is_made_up(gathered):
    assert {one.id for one in gathered(PACK).book.layers if one.id.startswith(PACK)} == {
        f"{PACK}.reception",
        f"{PACK}.aftercare",
    }


def test_s203_who_does_what_in_the_municipality_is_named_without_a_number(gathered):
    (one,) = gathered(PACK).book.contacts
    assert (one.phone, one.rows) == ("", ("S-203",))
    assert one.is_for("fonna_aftercare", ("dps-haugesund", "dps", PACK))
    assert not one.is_for("fonna_aftercare", ("dps-bergen", "dps", "helse-bergen"))


def test_nothing_is_verified_and_every_deadline_is_ours(routine):
    for where in (RECEPTION, DPS):
        mine = [one for one in routine(PACK, **where).owed if one.key.startswith(PACK)]
        assert mine
        assert not any(one.basis.verified for one in mine)
        assert all(one.deadline_basis.kind == "default" for one in mine)


def test_it_stands_on_the_region(gathered):
    assert len(gathered(PACK, "helse-vest").plugins) == 2


@pytest.mark.parametrize("kind", ["joint_reception", "dps"])
def test_elsewhere_the_national_routine_stands(routine, kind):
    there = {"unit_kind": kind, "organisation": "helse-bergen"}
    assert routine(PACK, **there) == routine(**there)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
