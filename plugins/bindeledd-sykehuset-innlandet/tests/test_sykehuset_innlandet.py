"""Sykehuset Innlandet: a frame for the procedure on intoxications."""

from __future__ import annotations

import pytest

PACK = "sykehuset-innlandet"
ED = {"unit_kind": "emergency_department", "organisation": PACK}
PROCEDURE, INTENT = f"{PACK}.procedure", f"{PACK}.intent"


@pytest.mark.parametrize(("intoxication", "asked"), [("yes", True), (None, True), ("no", False)])
def test_s009_after_an_intoxication_the_procedure_is_followed(a_course, intoxication, asked):
    course = a_course(PACK, **ED).begun("intent_unclarified", intoxication=intoxication)
    assert (PROCEDURE in course.owed) is asked
    assert course.refuses(innlandet_procedure="departed_with_reason")
    course.tell("answered", innlandet_procedure="departed_with_reason", words="Var lagt inn.")
    assert PROCEDURE not in course.owed


def test_s009_nothing_of_the_procedure_is_made_up(routine):
    found = routine(PACK, **ED)
    assert {one.key for one in found.owed if one.key.startswith(PACK)} == {PROCEDURE, INTENT}
    assert "FRAME" in found.find(PROCEDURE).basis.note
    assert not found.find(PROCEDURE).basis.verified


def test_rf11_the_intent_is_settled_before_the_person_leaves(a_course):
    course = a_course(PACK, **ED).begun("self_harm", intoxication="yes")
    course.later(days=1).tell("discharged")
    assert INTENT in course.owed
    course.tell("answered", innlandet_intent="settled")
    assert INTENT not in course.owed


def test_it_stands_on_the_region_and_the_frame_for_somatic_units(gathered, routine):
    packs = (PACK, "helse-sor-ost", "somatic-ed-selfharm")
    assert len(gathered(*packs).plugins) == 3
    keys = {one.key.partition(".")[0] for one in routine(*packs, **ED).owed}
    assert set(packs) <= keys


@pytest.mark.parametrize("organisation", ["vestre-viken", None])
def test_elsewhere_the_national_routine_stands(routine, organisation):
    there = {"unit_kind": "emergency_department", "organisation": organisation}
    assert routine(PACK, **there) == routine(**there)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
