"""Help in the person's own language and culture, without a plain answer that says who they are."""

from __future__ import annotations

import pytest

PACK = "samisk-og-tolk"


@pytest.fixture
def course(a_course):
    """Somebody who was discharged, from any unit."""
    made = a_course(PACK).begun()
    made.tell("discharged")
    return made


def test_s256_it_is_asked_of_everybody_and_a_referral_is_followed_up(course):
    assert course.owed_by(PACK) == {"settled"}
    course.tell("answered", so_settled="not_yet")
    assert course.owed_by(PACK) == {"settled"}
    course.tell("answered", so_settled="adapted_elsewhere")
    assert course.owed_by(PACK) == {"referred"}
    course.tell("answered", so_referred="taken")
    assert course.owed_by(PACK) == set()


@pytest.mark.parametrize("answer", ["as_it_is", "adapted_here", "not_wanted"])
def test_s256_what_is_settled_here_owes_nothing(course, answer):
    course.tell("answered", so_settled=answer)
    assert course.owed_by(PACK) == set()


def test_s256_no_plain_answer_says_which_language_or_people(gathered):
    for field in gathered(PACK).fields:
        said = " ".join(
            [option.value + option.label["nb"] + option.label["en"] for option in field.options]
        ).lower()
        assert not any(word in said for word in ("sami", "sápmi", "norsk", "norwegian"))


def test_s256_sanks_can_be_asked_and_has_no_invented_number(gathered):
    (one,) = gathered(PACK).book.contacts
    assert (one.phone, one.link, one.units, one.organisations) == ("", "", frozenset(), frozenset())
    assert one.is_for("name_receiver", (None, None, None))


def test_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK)
    assert len(mine) == 2
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
