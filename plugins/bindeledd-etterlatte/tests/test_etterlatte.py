"""The bereaved: one named contact, contact that goes on, help of their own; a region and a town."""

from __future__ import annotations

import pytest

PACK = "etterlatte"


@pytest.fixture
def died(a_course):
    """Somebody who was followed up has died; where, is said by the test."""

    def made(**where):
        course = a_course(PACK, **where).begun()
        assert course.owed_by(PACK) == set()
        course.later(days=9).tell("death_confirmed")
        return course

    return made


def test_s110_immediate_help_is_settled_with_who_told(died):
    course = died()
    assert course.owed_by(PACK) == {"immediate", "contact-person"}
    course.tell("answered", el_crisis="by_crisis_team")
    assert "immediate" in course.owed_by(PACK)
    course.tell("answered", el_crisis="by_crisis_team", el_origin="crisis_team")
    assert "immediate" not in course.owed_by(PACK)


def test_s109_one_named_contact_and_a_new_offer_also_after_a_no(died):
    course = died()
    course.tell("answered", el_contact="not_wanted")
    assert course.owed_by(PACK) == {"immediate", "later"}
    course.later(days=50).tell("answered", el_again="not_now", el_function="no")
    assert course.owed_by(PACK) == {"immediate", "goes-on"}
    course.later(days=50).tell("answered", el_again="ends")
    assert course.owed_by(PACK) == {"immediate"}


def test_s109_nobody_is_left_to_contact(died):
    course = died()
    course.tell("answered", el_contact="nobody_known")
    assert course.owed_by(PACK) == {"immediate"}


def test_s112_loss_of_function_opens_help_of_their_own_whatever_the_time(died):
    course = died()
    course.later(days=400).tell("answered", el_function="no")
    assert "own-help" not in course.owed_by(PACK)
    course.tell("answered", el_function="yes")
    assert "own-help" in course.owed_by(PACK)
    course.tell("answered", el_own="pathway_2")
    assert "own-help" not in course.owed_by(PACK)


def test_s112_how_much_function_was_lost_is_nowhere(gathered):
    (asked,) = [one for one in gathered(PACK).fields if one.key == "el_function"]
    assert {option.value for option in asked.options} == {"yes", "no", "not_known"}


def test_s102_a_conversation_again_after_not_now_and_the_young_by_themselves(died):
    course = died(unit_kind="acute_ward", organisation="oslo-universitetssykehus")
    assert "conversation" in course.owed_by(PACK)
    course.tell("answered", el_talk="not_now", el_young="yes")
    assert {"conversation-again", "young"} <= course.owed_by(PACK)
    course.later(days=20).tell("answered", el_talk="held", el_young="yes")
    course.tell("answered", el_young_talk="held")
    assert not {"conversation-again", "young", "conversation"} & course.owed_by(PACK)


def test_s108_porsgrunn_begins_the_follow_up_of_the_bereaved(died):
    course = died(organisation="porsgrunn")
    assert "porsgrunn-begun" in course.owed_by(PACK)
    course.tell("answered", el_porsgrunn="begun")
    assert "porsgrunn-begun" not in course.owed_by(PACK)


def test_s254_intake_and_a_peer_as_the_ending_is_asked_for(a_course):
    course = a_course(PACK, organisation="porsgrunn").begun()
    course.tell("handover_accepted", taken_over_by="municipality")
    assert course.owed_by(PACK) == {"porsgrunn-intake"}
    course.tell("answered", el_intake="administrative")
    course.later(days=60).tell("closing_requested")
    assert course.owed_by(PACK) == {"porsgrunn-peer"}
    course.tell("answered", el_peer="not_wanted")
    assert course.owed_by(PACK) == set()


@pytest.fixture
def bereaved(a_course):
    """Somebody bereaved is followed up themselves: nobody who died was ever followed up here."""

    def made(**where):
        course = a_course(PACK, **where)
        course.tell("bereavement", origin="psychosocial_crisis_team")
        return course

    return made


def test_s106_somebody_bereaved_is_owed_help_at_once_and_contact_for_long(bereaved):
    course = bereaved()
    assert course.owed_by(PACK) == {"self-immediate", "self-later"}
    course.tell("answered", el_self_crisis="by_crisis_team")
    assert course.owed_by(PACK) == {"self-later"}
    course.later(days=50).tell("answered", el_self_again="not_now", el_self_function="no")
    assert course.owed_by(PACK) == {"self-goes-on"}
    course.later(days=50).tell("answered", el_self_again="ends")
    assert course.owed_by(PACK) == set()


def test_s112_somebody_bereaved_who_has_lost_function_is_led_to_treatment_of_their_own(bereaved):
    course = bereaved()
    course.tell("answered", el_self_function="yes")
    assert "self-help" in course.owed_by(PACK)
    course.tell("answered", el_own="pathway_2")
    assert "self-help" not in course.owed_by(PACK)


def test_s102_a_conversation_is_offered_to_somebody_bereaved_too(bereaved):
    course = bereaved(unit_kind="acute_ward", organisation="oslo-universitetssykehus")
    assert "self-conversation" in course.owed_by(PACK)
    course.tell("answered", el_self_talk="not_now", el_young="no")
    assert "self-conversation" not in course.owed_by(PACK)
    assert "self-conversation-again" in course.owed_by(PACK)


def test_s108_porsgrunn_begins_with_somebody_bereaved_too(bereaved):
    course = bereaved(organisation="porsgrunn")
    assert "self-porsgrunn-begun" in course.owed_by(PACK)
    course.tell("answered", el_porsgrunn="begun")
    assert "self-porsgrunn-begun" not in course.owed_by(PACK)


def test_s111_nothing_is_verified_and_every_deadline_is_ours(own_rules):
    mine = own_rules(PACK)
    assert len(mine) == 9
    assert not any(one.basis.verified for one in mine)
    assert all(one.deadline_basis.kind == "default" for one in mine)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
