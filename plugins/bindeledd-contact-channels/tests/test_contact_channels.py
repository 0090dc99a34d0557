"""Reminders in neutral words that a person sends, and referrals that are answered in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

PACK = "contact-channels"


@pytest.fixture
def course(a_course):
    """Somebody who is followed up, in any unit."""
    return a_course(PACK).begun()


# --- reminders ------------------------------------------------------------------------------------


def test_s069_a_person_reminds_of_an_appointment_and_it_is_only_a_hint(course):
    course.tell("appointment_given")
    assert course.owed_by(PACK) == {"remind"}
    assert course.owed[f"{PACK}.remind"].strength == "may"
    course.tell("answered", cc_reminder="not_yet")
    assert course.owed_by(PACK) == {"remind"}
    course.tell("answered", cc_reminder="text")
    assert course.owed_by(PACK) == set()


def test_s069_whoever_said_no_to_contact_is_not_reminded(course):
    course.tell("contact_consent_asked", contact_consent="no")
    course.tell("appointment_given")
    assert course.owed_by(PACK) == set()


def test_s069_a_reported_death_ends_it(course):
    course.tell("appointment_given")
    course.tell("death_reported")
    assert course.owed_by(PACK) == set()


def test_s069_a_reminder_is_no_contact(course):
    course.tell("discharged")
    course.tell("appointment_given")
    before = set(course.owed)
    course.tell("answered", cc_reminder="text")
    assert before - set(course.owed) == {f"{PACK}.remind"}


def test_s069_the_words_say_nothing_of_what_it_is_about(gathered):
    (asked,) = [one for one in gathered(PACK).fields if one.key == "cc_reminder"]
    example = asked.help["nb"].partition("«")[2].partition("»")[0]
    assert example == "Husk timen tirsdag kl. 10. Ring 77 00 00 00 hvis den ikke passer."


# --- referrals ------------------------------------------------------------------------------------


def test_s072_a_referral_is_answered_within_ten_days_with_a_date(course):
    sent = course.tell("handover_sent")
    owed = course.owed[f"{PACK}.referral-answered"]
    assert owed.due_at - sent.at <= timedelta(days=10)
    course.tell("answered", cc_referral="right_with_date")
    assert course.owed_by(PACK) == {"date-booked"}
    course.tell("appointment_given")
    assert course.owed_by(PACK) == {"remind"}


@pytest.mark.parametrize("answer", ["no_right", "sent_on"])
def test_s072_where_it_was_not_taken_somebody_is_named(course, answer):
    course.tell("handover_sent")
    course.tell("answered", cc_referral=answer)
    assert course.owed_by(PACK) == {"no-right"}
    course.tell("receiver_named", receiver_kind="gp")
    assert course.owed_by(PACK) == set()


def test_s072_what_was_no_referral_owes_nothing(course):
    course.tell("handover_sent")
    course.tell("answered", cc_referral="not_yet")
    assert course.owed_by(PACK) == {"referral-answered"}
    course.tell("answered", cc_referral="not_a_referral")
    assert course.owed_by(PACK) == set()


# --- what holds for all of it ---------------------------------------------------------------------


def test_nothing_is_verified(own_rules):
    mine = own_rules(PACK)
    assert len(mine) == 4
    assert not any(one.basis.verified for one in mine)


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
