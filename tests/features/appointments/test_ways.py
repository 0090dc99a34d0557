"""By which way the person hears: sent is not received, and not in their hand. On both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service
from bindeledd.features.appointments.domain import (
    AppointmentAction,
    AppointmentInPast,
    AppointmentState,
    KnownHow,
)
from bindeledd.features.appointments.domain.ways import (
    SentIsNotGiven,
    Way,
    WayNeeded,
    check_way,
)
from bindeledd.features.appointments.service import writing
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.correcting import DeathStands
from bindeledd.features.cases.tables import EventRow
from builders import MONDAY, Followed, a_book

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STARTS, ASKED = MONDAY + 20 * DAY, MONDAY + DAY
GIVE, SEND = AppointmentAction.GIVE, AppointmentAction.SEND


class Follow(Followed):
    def said(self, **other: Any) -> dict[str, Any]:
        return {"by": self.site.anna, "at": ASKED, "book": a_book(), **other}

    def book(self) -> UUID:
        made = service.book_appointment(
            self.session,
            self.case_id,
            starts_at=STARTS,
            detail={"where": "Storgata 5"},
            **self.said(at=MONDAY + HOUR),
        )
        return made.appointment.id

    def act(self, one: UUID, action: AppointmentAction, **other: Any) -> writing.Arranged:
        return service.act(self.session, one, action, words={}, **self.said(**other))

    def told(self, kind: EventKind) -> list[EventRow]:
        return [one for one in self.session.query(EventRow) if one.kind == kind]


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


@pytest.mark.parametrize("way", [Way.SMS, Way.LETTER])
def test_what_was_sent_is_still_to_be_given(follow: Follow, way: Way) -> None:
    one = follow.book()

    done = follow.act(one, SEND, way=way)

    assert done.appointment.state is AppointmentState.BOOKED
    assert done.appointment.given_at is None
    assert follow.open("give_appointment")
    assert not follow.told(EventKind.APPOINTMENT_GIVEN)


def test_that_it_was_sent_stands_with_the_way_and_when(follow: Follow) -> None:
    one = follow.book()

    follow.act(one, SEND, way=Way.LETTER, as_of=ASKED - HOUR)

    (told,) = follow.told(EventKind.APPOINTMENT_SENT)
    assert told.facts["appointment_way"] == "letter"
    assert told.facts["appointment_id"] == str(one)
    assert told.at == ASKED - HOUR


def test_sending_says_nothing_of_how_we_know_that_it_stands(follow: Follow) -> None:
    one = follow.book()

    done = follow.act(one, SEND, way=Way.SMS, at=ASKED + DAY)

    assert done.appointment.as_of == MONDAY + HOUR


def test_what_was_sent_is_given_once_the_person_says_that_it_came(follow: Follow) -> None:
    one = follow.book()
    follow.act(one, SEND, way=Way.LETTER)

    done = follow.act(one, GIVE, way=Way.LETTER, how=KnownHow.PATIENT_SAID, at=ASKED + DAY)

    assert done.appointment.state is AppointmentState.GIVEN
    (told,) = follow.told(EventKind.APPOINTMENT_GIVEN)
    assert told.facts["appointment_way"] == "letter"
    assert not follow.open("give_appointment")


def test_one_that_is_given_may_be_sent_once_more(follow: Follow) -> None:
    one = follow.book()
    follow.act(one, GIVE, way=Way.SHEET, how=KnownHow.SELF)

    done = follow.act(one, SEND, way=Way.SMS, at=ASKED + HOUR)

    assert done.appointment.state is AppointmentState.GIVEN


@pytest.mark.parametrize("way", [Way.SMS, Way.LETTER])
@pytest.mark.parametrize("how", [None, KnownHow.SELF])
def test_nobody_sees_that_what_was_sent_came(way: Way, how: KnownHow | None) -> None:
    with pytest.raises(SentIsNotGiven):
        check_way(GIVE, way, how)


@pytest.mark.parametrize("way", [None, Way.SAID, Way.SHEET])
def test_nothing_is_sent_by_no_way(way: Way | None) -> None:
    with pytest.raises(WayNeeded):
        check_way(SEND, way, KnownHow.SELF)


def test_a_time_that_has_passed_is_not_sent(follow: Follow) -> None:
    one = follow.book()

    with pytest.raises(AppointmentInPast):
        follow.act(one, SEND, way=Way.SMS, at=STARTS + HOUR)


def test_nothing_is_sent_after_a_reported_death(follow: Follow) -> None:
    one = follow.book()
    died = NewEvent(kind=EventKind.DEATH_REPORTED, at=ASKED - HOUR, note={"words": "Bror ringte."})
    cases.record(follow.session, follow.case_id, [died], **follow.said())

    with pytest.raises(DeathStands):
        follow.act(one, SEND, way=Way.LETTER)
