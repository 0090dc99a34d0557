"""Routines of a region, a trust, a municipality and the nation on one person: all of them stand."""

from __future__ import annotations

import pytest

from bindeledd.plugin.loading import gather

REGION = ("helse-sor-ost", "vestre-viken")
TOWN = ("kommune-veileder", "drammen-kommune", "etterlatte", "incident-review")


def test_region_trust_and_municipality_meet_on_one_person(a_course) -> None:
    """From a district centre of the trust, taken over by the municipality, until a death."""
    packs = (*REGION, *TOWN)
    book = gather(packs).book
    ward = book.layers_for("national.after-attempt", "dps-1", "dps", "vestre-viken")
    town = book.layers_brought("national.after-attempt", "drammen", frozenset({"municipal"}))
    assert "drammen-kommune.plan" not in {one.id for one in ward}
    assert "drammen-kommune.plan" in {one.id for one in town}
    keys = {*(one.key for one in ward), *(one.key for one in town)}
    assert [one.key for one in book.grounds(sorted(keys))] == [
        "drammen-kommune.consent",
        "drammen-kommune.right",
        "drammen-kommune.duty",
        "drammen-kommune.danger",
    ]
    assert book.grounds(one.key for one in ward) == ()


@pytest.mark.parametrize("where", ["vestre-viken", "drammen"])
def test_a_death_opens_what_each_of_them_asks_and_a_no_ends_the_review(a_course, where) -> None:
    course = a_course(*REGION, *TOWN, unit_kind="municipal", organisation=where).begun()
    course.later(days=9).tell("death_confirmed")
    packs = {key.partition(".")[0] for key in course.owed}
    assert {"etterlatte", "incident-review"} <= packs
    assert ("drammen-kommune" in packs) is (where == "drammen")
    course.tell("answered", ir_cause="no")
    assert not any(key.startswith("incident-review.") for key in course.owed)
