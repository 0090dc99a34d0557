"""What the packs here owe after a confirmed death: nothing to the person, and on to those who are left."""

from __future__ import annotations

import pytest


def test_what_was_owed_to_the_living_person_ends(a_course) -> None:
    course = a_course("tsb", unit_kind="addiction_ward").begun()
    course.tell("discharged")
    assert course.owed_by("tsb")
    course.tell("death_reported")
    course.tell("death_confirmed")
    assert course.owed_by("tsb") == set()


def test_a_review_of_a_death_goes_on_link_by_link(a_course) -> None:
    course = a_course("incident-review").begun()
    course.tell("death_reported")
    course.tell("death_confirmed")
    course.tell("answered", ir_cause="yes")
    assert {"opened", "survey"} <= course.owed_by("incident-review")
    course.tell("answered", ir_review="opened")
    course.tell("answered", ir_held="held")
    assert "learning" in course.owed_by("incident-review")


@pytest.mark.parametrize("answer", ["named", "not_wanted"])
def test_those_who_are_left_are_offered_help_over_time(a_course, answer: str) -> None:
    course = a_course("etterlatte").begun()
    course.tell("death_reported")
    course.tell("death_confirmed")
    course.tell("answered", el_contact=answer)
    assert "later" in course.owed_by("etterlatte")
