"""Relatives: somebody to talk to, the next talk, and an agreement that opens nothing by itself."""

from __future__ import annotations

import pytest

PACK = "parorende"


@pytest.fixture
def course(a_course):
    """Somebody who was asked about relatives."""
    made = a_course(PACK).begun()
    made.tell("relatives_asked")
    return made


def test_s087_relatives_know_whom_they_can_talk_to(course):
    assert course.owed_by(PACK) == {"contact"}
    course.tell("answered", pa_contact="not_yet")
    assert "contact" in course.owed_by(PACK)
    course.tell("answered", pa_contact="nobody")
    assert course.owed_by(PACK) == set()


def test_s087_each_talk_owes_the_next_until_it_was_the_last(course):
    course.tell("answered", pa_talk="agreed")
    assert "talk" in course.owed_by(PACK)
    course.later(days=10).tell("answered", pa_talk="held")
    (task,) = [one for key, one in course.owed.items() if key == f"{PACK}.talk"]
    assert task.due_at > course.now
    course.tell("answered", pa_talk="no_more")
    assert "talk" not in course.owed_by(PACK)


def test_s087_a_death_ends_what_reaches_out_to_relatives(course):
    course.tell("death_reported")
    assert course.owed_by(PACK) == set()


def test_s088_an_agreement_is_offered_and_looked_at_again(course, routine):
    course.tell("answered", pa_contact="told")
    assert "agreement" in course.owed_by(PACK)
    course.tell("answered", pa_agreement="written")
    assert course.owed_by(PACK) == {"agreement-again"}
    course.later(days=80).tell("answered", pa_agreement="ended")
    assert course.owed_by(PACK) == set()
    assert "FRAME" in routine(PACK).find(f"{PACK}.agreement").basis.note


def test_s088_the_agreement_says_that_it_opens_nothing(gathered):
    (asked,) = [one for one in gathered(PACK).fields if one.key == "pa_agreement"]
    assert "ikke for mer enn samtykket" in asked.help["nb"]


def test_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK)
    assert len(mine) == 4
    assert all(one.deadline_basis.kind == "default" for one in mine)
    assert {one.key for one in mine if one.basis.verified} == {f"{PACK}.contact"}
