"""What an outcome means. Values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.contacts.domain import (
    Channel,
    ChannelContradicts,
    Direction,
    MessageNotSafe,
    NewContact,
    Outcome,
    check,
    check_message,
    events_of,
    leaves_owed,
    tries_again,
)
from bindeledd.features.patients.domain import ContactWay
from builders import MONDAY, refusal

REACHED = {Outcome.SPOKE_WITH_PATIENT, Outcome.PATIENT_ATTENDED, Outcome.HOME_VISIT_SEEN}


@pytest.mark.parametrize("outcome", Outcome)
def test_only_two_way_contact_counts_as_reached(outcome: Outcome) -> None:
    assert outcome.counts_as_reached is (outcome in REACHED)
    assert (EventKind.REACHED in events_of(NewContact(outcome=outcome))) is (outcome in REACHED)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("direction", Direction)
def test_every_outcome_is_an_event_of_the_case(outcome: Outcome, direction: Direction) -> None:
    kinds = events_of(NewContact(outcome=outcome, direction=direction))

    first = {EventKind.REACHED, EventKind.CONTACT_ATTEMPTED, EventKind.CALLED_IN}
    assert kinds[0] in first or kinds == (EventKind.DEATH_REPORTED,)
    assert not first & set(kinds[1:])


def test_there_are_the_outcomes_that_exist_elsewhere_and_no_others() -> None:
    assert len(Outcome) == 25


@pytest.mark.parametrize("outcome", [Outcome.DECEASED_REPORTED, Outcome.DECEASED_CONFIRMED])
def test_a_death_heard_of_in_a_contact_is_only_reported(outcome: Outcome) -> None:
    """Confirming is an act of its own, by a second person."""
    new = NewContact(outcome=outcome, next_attempt=MONDAY + timedelta(days=1))

    assert events_of(new) == (EventKind.DEATH_REPORTED,), "it is no attempt"
    called = NewContact(outcome=outcome, direction=Direction.IN)
    assert events_of(called) == (EventKind.CALLED_IN, EventKind.DEATH_REPORTED)
    assert not tries_again(new)


@pytest.mark.parametrize("outcome", [Outcome.DECLINED_THIS_TIME, Outcome.DECLINED_ALL_FURTHER])
def test_whoever_declines_is_offered_again_or_somebody_says_when(outcome: Outcome) -> None:
    dated = NewContact(outcome=outcome, next_attempt=MONDAY + timedelta(days=7))

    assert leaves_owed(NewContact(outcome=outcome)) == ("review_case", ())
    assert leaves_owed(dated) is None
    assert tries_again(dated)


def test_a_contact_of_this_moment_is_neither_late_nor_early() -> None:
    told = NewContact(outcome=Outcome.NO_ANSWER)

    assert refusal(lambda: check(told, MONDAY, MONDAY)) is None


@pytest.mark.parametrize(
    "outcome", [Outcome.VOICEMAIL_LEFT_DISCREET, Outcome.MESSAGE_SENT_UNCONFIRMED]
)
def test_no_message_is_left_where_it_is_not_safe_without_a_word_why(outcome: Outcome) -> None:
    unsafe = (ContactWay(value="99112233", safe_to_leave_message=False),)
    not_asked = (ContactWay(value="99112233"),)
    left = NewContact(outcome=outcome)

    with pytest.raises(MessageNotSafe):
        check_message(left, (*not_asked, *unsafe))
    assert check_message(replace(left, although="  Mora var alene hjemme "), unsafe) is True
    assert check_message(left, not_asked) is False
    assert check_message(replace(left, although="Noe"), not_asked) is False
    assert check_message(NewContact(outcome=Outcome.NO_ANSWER), unsafe) is False


@pytest.mark.parametrize(
    ("outcome", "way"),
    [
        (Outcome.LETTER_SENT, Channel.LETTER),
        (Outcome.LETTER_RETURNED, Channel.LETTER),
        (Outcome.MESSAGE_SENT_UNCONFIRMED, Channel.SMS),
        (Outcome.MESSAGE_FAILED, Channel.SMS),
        (Outcome.REPLY_RECEIVED, Channel.SMS),
        (Outcome.HOME_VISIT_NOT_SEEN, Channel.VISIT),
        (Outcome.PATIENT_ATTENDED, Channel.MEETING),
        (Outcome.NO_ANSWER, Channel.PHONE),
    ],
)
def test_the_way_follows_the_outcome_where_nobody_said_it(outcome: Outcome, way: Channel) -> None:
    assert NewContact(outcome=outcome).way is way


@pytest.mark.parametrize(
    ("outcome", "way"),
    [
        (Outcome.LETTER_SENT, Channel.PHONE),
        (Outcome.HOME_VISIT_NOT_SEEN, Channel.SMS),
        (Outcome.VOICEMAIL_LEFT_DISCREET, Channel.LETTER),
        (Outcome.PATIENT_ATTENDED, Channel.PHONE),
    ],
)
def test_a_way_that_the_outcome_does_not_come_by_is_refused(outcome: Outcome, way: Channel) -> None:
    new = NewContact(outcome=outcome, channel=way)

    assert isinstance(refusal(lambda: check(new, MONDAY, MONDAY)), ChannelContradicts)


@pytest.mark.parametrize("outcome", Outcome)
def test_the_usual_way_of_every_outcome_is_one_of_its_own(outcome: Outcome) -> None:
    new = NewContact(outcome=outcome, next_attempt=MONDAY + timedelta(days=1))

    assert not isinstance(refusal(lambda: check(new, MONDAY, MONDAY)), ChannelContradicts)
