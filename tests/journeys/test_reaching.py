"""Whoever is hard to reach: a wrong number, a no-show in a holiday week, a no, and no answer at all."""

from __future__ import annotations

import pytest

from bindeledd.features.appointments.domain import AppointmentAction
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.closing import (
    Ending,
)
from bindeledd.features.cases.domain.declining import NotDeclined, NotOfferedAgain
from bindeledd.features.cases.domain.unreachable import NotYetUnreachable
from bindeledd.features.contacts.domain import Channel, Outcome
from bindeledd.features.staff.domain.refusals import LeadOnly
from bindeledd.foundation.db import Database
from journeys.story import DAY, HOUR, Person, Story, local

OWN, NEW = "+4741234567", "+4790000000"
MONDAY = local(2027, 4, 12, 10)


def test_a_wrong_number_leaves_the_call_owed_and_the_number_to_be_found(database: Database) -> None:
    """L31, L32: no number is no reason to stop."""
    story = Story(database, MONDAY)
    [person] = story.people
    first = person.first_call()
    person.has_the_number(OWN)
    person.tell(EventKind.NUMBER_VERIFIED, words={"phone": OWN, "how": "rung"})
    assert person.owed("verify_number") == []

    story.go_on_to(MONDAY + 22 * HOUR)
    person.call(Outcome.WRONG_PERSON_ANSWERED)
    assert person.first_call().id == first.id
    assert person.first_call().due_at == first.due_at
    number = person.owes("verify_number")
    assert number.due_at <= first.due_at

    # Nobody looks for the number: it is late, and so is the call; both are said of.
    story.lives(first.due_at + DAY)
    assert story.alerts(number)
    assert story.alerts(first)

    # The new number is tried; he answers.
    person.has_the_number(NEW)
    person.tell(EventKind.NUMBER_VERIFIED, words={"phone": NEW, "how": "rung"})
    assert person.owed("verify_number") == []
    person.call(Outcome.SPOKE_WITH_PATIENT)
    assert first.id not in [task.id for task in person.owed()]
    story.go_on_to(story.at + HOUR)
    story.everybody(registered=1)


def test_a_no_show_in_the_week_of_christmas_is_work_at_once(database: Database) -> None:
    """L36: "missed" is no label. 23 December 2027 is a Thursday; until Monday nobody is there."""
    story = Story(database, local(2027, 12, 17, 10))
    [person] = story.people
    person.call(Outcome.SPOKE_WITH_PATIENT)
    time = person.appointment(local(2027, 12, 23, 12))
    story.go_on_to(local(2027, 12, 23, 12, 30))

    person.becomes(time, AppointmentAction.MISS)

    missed = person.owes("respond_to_missed_appointment")
    assert missed.due_at <= local(2027, 12, 24, 12, 30), "before they go home for Christmas"
    story.lives(local(2027, 12, 28, 12), step=12 * HOUR)
    assert person.owes("respond_to_missed_appointment").id == missed.id
    assert {audience for _, _, audience in story.alerts(missed)} >= {"owner", "lead"}

    # A missed attempt does not answer for the no-show; having spoken does.
    person.call(Outcome.NO_ANSWER)
    assert person.owed("respond_to_missed_appointment")
    person.call(Outcome.SPOKE_WITH_PATIENT)
    assert person.owed("respond_to_missed_appointment") == []
    story.everybody(registered=1, closed_signed=0)


@pytest.mark.parametrize("again", [Outcome.DECLINED_ALL_FURTHER, Outcome.SPOKE_WITH_PATIENT])
def test_a_no_is_asked_again_and_only_two_people_end_it(database: Database, again: Outcome) -> None:
    story = Story(database, MONDAY)
    [person] = story.people
    story.go_on_to(MONDAY + DAY)
    offer = MONDAY + 9 * DAY
    person.call(Outcome.DECLINED_ALL_FURTHER, next_attempt=offer)

    # A no ends nothing: somebody asks again, at a date, and before it nobody may even ask to end.
    assert person.first_call().due_at <= offer
    with pytest.raises(NotOfferedAgain):
        person.ask_to_end(Ending.DECLINED)
    story.lives(offer - HOUR, step=12 * HOUR)
    assert person.case.is_open

    story.go_on_to(offer)
    person.call(again)
    if again is Outcome.SPOKE_WITH_PATIENT:
        with pytest.raises(NotDeclined):
            person.ask_to_end(Ending.DECLINED)
        assert person.owed(), "she wants to: it goes on"
    else:
        person.ask_to_end(Ending.DECLINED)
        with pytest.raises(LeadOnly):
            person.sign_end(by=story.site.anna)
        story.lives(story.at + 3 * DAY, step=12 * HOUR)
        assert person.case.is_open, "a request that nobody signs ends nothing"
        assert "Berit" in story.heard(person.owes("sign_closing"))
        person.sign_end()
    story.go_on_to(story.at + HOUR)
    story.everybody(registered=1, closed_signed=int(again is Outcome.DECLINED_ALL_FURTHER))


# A month of trying: other days, other hours, other ways, a letter.
TRIES = (
    (1, 9, Channel.PHONE, Outcome.NO_ANSWER),
    (2, 14, Channel.PHONE, Outcome.NO_ANSWER),
    (8, 10, Channel.SMS, Outcome.MESSAGE_SENT_UNCONFIRMED),
    (15, 15, Channel.PHONE, Outcome.NO_ANSWER),
    (22, 9, Channel.LETTER, Outcome.LETTER_SENT),
    (28, 13, Channel.VISIT, Outcome.HOME_VISIT_NOT_SEEN),
)


def attempts(person: Person) -> None:
    """All of `TRIES`, with the worker at work on every day between."""
    story = person.story
    start = story.at
    for days, hour, channel, outcome in TRIES:
        moment = (start + days * DAY).replace(hour=hour - 2)
        story.lives(moment, step=24 * HOUR)
        person.call(outcome, channel=channel)
        assert person.owed("call_patient"), "until then there is always another attempt"


def test_unreachable_is_earned_and_signed_by_a_second_person(database: Database) -> None:
    """L31, L47: neither an end date nor a status ends it."""
    story = Story(database, MONDAY)
    [person] = story.people
    attempts(person)
    with pytest.raises(NotYetUnreachable):
        person.ask_to_end(Ending.UNREACHABLE)

    story.go_on_to(MONDAY + 31 * DAY)
    person.call(Outcome.NO_ANSWER)
    person.tell(EventKind.RELATIVES_CONSIDERED)
    person.tell(EventKind.RECEIVER_TOLD)
    person.ask_to_end(Ending.UNREACHABLE)
    story.go_on_to(story.at + HOUR)
    assert story.everybody(registered=1).closed_signed == 0
    assert story.roll().beside.never_reached == 1

    person.sign_end()
    story.go_on_to(story.at + HOUR)
    story.everybody(registered=1, closed_signed=1)
