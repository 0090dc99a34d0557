"""The time at hand when the message that told of it is changed or cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.features.appointments import queries as appointments
from bindeledd.features.appointments import service as appointment_work
from bindeledd.features.intake.domain.facts import AppointmentFacts, Kind, Series
from features.intake.builders import (
    BOOK,
    FRIDAY,
    NOW,
    Inbox,
    a_logistic,
    a_report,
    an_epikrise,
    an_inbox,
    ids,
)

LATER = NOW + timedelta(hours=1)


def a_time(days: int) -> AppointmentFacts:
    at = NOW + timedelta(days=days)
    return AppointmentFacts(booked=True, at=at, minutes=30, place="DPS", patient_told=True)


def another(series: Series, number: int, time: AppointmentFacts | None = None) -> bytes:
    envelope = {
        "message_id": ids(number),
        "series": series,
        "parent_id": ids(5),
        "generated_at": FRIDAY + timedelta(minutes=60 + number),
    }
    return a_report(envelope=envelope, appointment=time)


@pytest.fixture
def inbox(session) -> Inbox:
    return an_inbox(session)


@pytest.fixture
def first(inbox):
    """A follow-up with a time at hand in five days, told of by message 5."""
    opened = inbox.receive(an_epikrise())
    inbox.receive(a_report(envelope={"message_id": ids(5)}, appointment=a_time(5)))
    return opened


def times_of(inbox: Inbox, done) -> list[tuple[int, str]]:
    """Every appointment as (days from now, state)."""
    there = appointments.appointments_of(inbox.session, done.case_id, patient_id=done.patient_id)
    return [((one.starts_at - NOW).days, one.state.value) for one in there]


def test_a_change_to_another_time_moves_the_appointment(inbox, first):
    assert times_of(inbox, first) == [(5, "given")]

    inbox.receive(another(Series.CHANGED, 6, a_time(9)))

    assert times_of(inbox, first) == [(5, "moved"), (9, "given")]
    assert "give_appointment" not in inbox.open_tasks(first)


def test_a_change_that_keeps_the_time_leaves_it(inbox, first):
    inbox.receive(another(Series.CHANGED, 6, a_time(5)))

    assert times_of(inbox, first) == [(5, "given")]


def test_a_change_without_a_time_cancels_it_and_a_new_one_is_owed(inbox, first):
    inbox.receive(another(Series.CHANGED, 6), at=LATER)

    assert times_of(inbox, first) == [(5, "cancelled")]
    assert "give_appointment" in inbox.open_tasks(first)


def test_a_change_of_a_change_moves_what_the_change_told(inbox, first):
    inbox.receive(another(Series.CHANGED, 6, a_time(9)))
    inbox.receive(another(Series.CHANGED, 7, a_time(11)))

    assert times_of(inbox, first) == [(5, "moved"), (9, "moved"), (11, "given")]


def test_a_cancelled_message_takes_its_appointment_with_it(inbox, first):
    inbox.receive(another(Series.CANCELLED, 6), at=LATER)

    assert times_of(inbox, first) == [(5, "cancelled")]
    assert {"give_appointment", "clinician_decides"} <= inbox.open_tasks(first)


def test_a_time_that_people_have_moved_stands_and_a_person_looks(inbox, first):
    (told,) = appointments.appointments_of(
        inbox.session, first.case_id, patient_id=first.patient_id
    )
    appointment_work.move(
        inbox.session,
        told.id,
        starts_at=NOW + timedelta(days=7),
        words={"why": "asked for"},
        give=True,
        by=inbox.site.anna,
        at=NOW,
        book=BOOK,
    )

    inbox.receive(another(Series.CHANGED, 6, a_time(9)))

    assert times_of(inbox, first) == [(5, "moved"), (7, "given"), (9, "given")]
    assert "clinician_decides" in inbox.open_tasks(first)


def test_another_document_moves_nothing(inbox, first):
    inbox.receive(a_report(envelope={"message_id": ids(8)}, appointment=a_time(9)))

    assert times_of(inbox, first) == [(5, "given"), (9, "given")]


def test_a_discharge_that_was_announced_is_not_doubled_when_it_comes(inbox):
    ahead = NOW + timedelta(days=2)
    opened = inbox.receive(an_epikrise(discharged=ahead))
    assert "discharged" not in inbox.events(opened)
    assert "ready_for_discharge" in inbox.events(opened)

    inbox.receive(
        a_logistic(
            Kind.DISCHARGED,
            envelope={"message_id": ids(2), "generated_at": ahead},
            happened=ahead,
        ),
        at=ahead + timedelta(hours=1),
    )

    assert inbox.events(opened).count("discharged") == 1
    assert inbox.events(opened).count("ready_for_discharge") == 1
    assert inbox.events(opened).count("index_event") == 1
