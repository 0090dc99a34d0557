"""Vestre Viken: two kinds of agreements on a bed at the district centres."""

from __future__ import annotations

import pytest

PACK = "vestre-viken"
DPS = {"unit_kind": "dps", "organisation": PACK}


@pytest.fixture
def course(a_course):
    """Somebody whom a district centre follows up."""
    return a_course(PACK, **DPS).begun()


@pytest.mark.parametrize("kind", ["user_controlled", "fact_bed"])
def test_s060_a_bed_of_two_kinds_before_a_stay_stands_in_the_plan(course, kind):
    assert course.owed[f"{PACK}.bed-before"].strength == "may"
    course.tell("answered", vv_bed=kind)
    assert course.owed_by(PACK) == {"bed-in-plan", "bed-looked-at"}
    course.tell("answered", vv_bed_written="written")
    assert course.owed_by(PACK) == {"bed-looked-at"}


def test_s060_and_after_one(course):
    course.tell("answered", vv_bed="not_yet")
    course.later(days=9).tell("discharged")
    assert {"bed-before", "bed-after"} <= course.owed_by(PACK)
    course.tell("answered", vv_bed="not_wanted")
    assert course.owed_by(PACK) == set()


def test_s060_an_agreement_is_looked_at_until_it_ends(course):
    course.tell("answered", vv_bed="fact_bed", vv_bed_written="written")
    course.later(days=80).tell("answered", vv_bed="user_controlled", vv_bed_written="written")
    assert "bed-looked-at" in course.owed_by(PACK)
    course.later(days=80).tell("answered", vv_bed="ended")
    assert "bed-looked-at" not in course.owed_by(PACK)


@pytest.mark.parametrize("key", ["bed-before", "bed-after", "bed-in-plan", "bed-looked-at"])
def test_s060_the_district_centre_owes_it_whoever_takes_over(routine, key):
    """S-060: the agreement is the centre's; a team that takes over owes nothing of it."""
    assert routine(PACK, **DPS).find(f"{PACK}.{key}").owner == "discharging_unit"


def test_nothing_is_verified_and_every_deadline_is_ours(routine):
    mine = [one for one in routine(PACK, **DPS).owed if one.key.startswith(PACK)]
    assert len(mine) == 4
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


def test_it_stands_on_the_region_and_beside_a_municipality(gathered, routine):
    packs = (PACK, "helse-sor-ost", "kommune-veileder")
    assert len(gathered(*packs).plugins) == 3
    keys = {one.key.partition(".")[0] for one in routine(*packs, **DPS).owed}
    assert set(packs) <= keys


@pytest.mark.parametrize(
    "where",
    [
        {"unit_kind": "dps", "organisation": "sykehuset-innlandet"},
        {"unit_kind": "acute_ward", "organisation": PACK},
    ],
)
def test_elsewhere_the_national_routine_stands(routine, where):
    assert routine(PACK, **where) == routine(**where)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
