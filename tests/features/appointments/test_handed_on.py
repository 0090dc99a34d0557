"""A follow-up is not closed over an appointment that stands, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.appointments import queries, service
from bindeledd.features.appointments.domain import (
    AppointmentAction,
    AppointmentRefused,
    AppointmentState,
    WhomNeeded,
)
from bindeledd.features.appointments.service import undoing, writing
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.ahead import AppointmentsStand
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings, saying, signing
from builders import MONDAY, Followed, a_book

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
STARTS, ASKED = MONDAY + 20 * DAY, MONDAY + DAY
GP = {"whom": "Fastlege Vik, sa det selv på telefon"}


class Follow(Followed):
    def said(self, **other: Any) -> dict[str, Any]:
        return {"by": self.site.anna, "at": ASKED, "book": a_book(), **other}

    def book(self, *, give: bool = True) -> UUID:
        made = service.book_appointment(
            self.session,
            self.case_id,
            starts_at=STARTS,
            detail={"where": "Legekontoret"},
            give=give,
            **self.said(at=MONDAY + HOUR),
        )
        return made.appointment.id

    def act(self, one: UUID, action: AppointmentAction, **words: str) -> writing.Arranged:
        return service.act(self.session, one, action, words=words, **self.said())

    def ask(self, ending: Ending = Ending.COMPLETED) -> None:
        words = {"words": "Ferdig"}
        endings.request_closing(
            self.session, self.case_id, ending=ending, words=words, override=True, **self.said()
        )

    def sign(self) -> None:
        said = self.said(by=self.site.berit, at=ASKED + HOUR)
        endings.sign_closing(self.session, self.case_id, words={"words": "Ja"}, **said)


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_nobody_asks_for_an_ending_while_an_appointment_stands(follow: Follow) -> None:
    one = follow.book()

    with pytest.raises(AppointmentsStand) as refused:
        follow.ask()

    assert [said["id"] for said in refused.value.facts["appointments"]] == [str(one)]  # type: ignore[attr-defined]
    assert EventKind.CLOSING_REQUESTED not in follow.kinds()
    shown = saying.show_case(follow.session, follow.case_id, by=follow.site.anna, at=ASKED)
    assert [ahead.id for ahead in shown.appointments] == [one]


@pytest.mark.parametrize("give", [True, False], ids=["given", "booked"])
def test_once_somebody_else_answers_for_it_nothing_is_asked_here_any_more(
    follow: Follow, give: bool
) -> None:
    one = follow.book(give=give)

    done = follow.act(one, AppointmentAction.HAND_ON, **GP)

    assert done.appointment.state is AppointmentState.HANDED_ON
    assert not follow.open("record_outcome")
    assert not follow.open("confirm_appointment")
    follow.ask()
    follow.sign()
    assert not follow.case().is_open
    [kept] = queries.appointments_of(follow.session, follow.case_id, patient_id=follow.patient_id)
    assert kept.state is AppointmentState.HANDED_ON


def test_what_is_to_be_given_is_not_owed_for_one_that_is_handed_on(follow: Follow) -> None:
    follow.act(follow.book(give=True), AppointmentAction.HAND_ON, **GP)
    one = follow.book(give=False)
    assert follow.open("give_appointment")

    follow.act(one, AppointmentAction.HAND_ON, **GP)

    assert not follow.open("give_appointment")


def test_it_is_handed_on_to_somebody(follow: Follow) -> None:
    one = follow.book()
    for words in ({}, {"whom": " "}, {"words": "Noen"}):
        with pytest.raises(WhomNeeded):
            follow.act(one, AppointmentAction.HAND_ON, **words)
    assert follow.open("record_outcome")


def test_a_time_that_comes_after_the_request_keeps_it_from_being_signed(follow: Follow) -> None:
    follow.ask()
    one = follow.book()

    with pytest.raises(AppointmentsStand):
        follow.sign()

    assert follow.case().is_open
    shown = signing.show_request(follow.session, follow.case_id, by=follow.site.berit, at=ASKED)
    assert [ahead.id for ahead in shown.appointments] == [one]
    follow.act(one, AppointmentAction.CANCEL)
    follow.sign()
    assert not follow.case().is_open


def test_handed_on_by_mistake_stands_and_is_asked_about_again(follow: Follow) -> None:
    one = follow.book()
    follow.act(one, AppointmentAction.HAND_ON, **GP)

    back = undoing.undo(follow.session, one, words={"words": "Feil time"}, **follow.said())

    assert back.appointment.state is AppointmentState.GIVEN
    assert follow.open("record_outcome")
    with pytest.raises(AppointmentsStand):
        follow.ask()


def test_what_was_handed_on_is_not_kept_or_missed_here(follow: Follow) -> None:
    one = follow.book()
    follow.act(one, AppointmentAction.HAND_ON, **GP)

    with pytest.raises(AppointmentRefused):
        follow.act(one, AppointmentAction.CANCEL)


def test_an_appointment_that_stands_keeps_nobody_from_handing_over(follow: Follow) -> None:
    follow.book()
    handover = {"handover_id": str(follow.case_id), "to_team": str(follow.site.other_team)}

    for kind in (EventKind.HANDOVER_SENT, EventKind.HANDOVER_ACCEPTED):
        follow.record(kind, at=ASKED, **handover)

    assert follow.kinds()[-1] is EventKind.HANDOVER_ACCEPTED
    assert follow.open("record_outcome"), "and it is asked about afterwards"
