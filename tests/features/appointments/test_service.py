"""Appointments on both databases: each act is an event, and what it leaves is owed at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.appointments import queries, service
from bindeledd.features.appointments.domain import (
    AppointmentAction,
    AppointmentInPast,
    AppointmentNotFound,
    AppointmentRefused,
    AppointmentState,
    KnownHow,
    KnownInFuture,
    UndoReason,
)
from bindeledd.features.appointments.service import undoing
from bindeledd.features.appointments.service.writing import Arranged
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.correcting import DeathStands
from bindeledd.foundation.db import Database
from builders import MONDAY, Followed, a_book

DAY = timedelta(days=1)
LATER = MONDAY + timedelta(hours=3)
STARTS = MONDAY + timedelta(days=3)


class Follow(Followed):
    def book(
        self,
        *,
        starts_at: datetime = STARTS,
        give: bool = False,
        at: datetime = LATER,
        where: str = "Poliklinikken, 2. etasje",
    ) -> Arranged:
        return service.book_appointment(
            self.session,
            self.case_id,
            starts_at=starts_at,
            detail={"where": where, "with": "Kari"},
            give=give,
            by=self.site.anna,
            at=at,
            book=a_book(),
        )

    def act(self, appointment_id: UUID, action: AppointmentAction, *, at: datetime) -> Arranged:
        return service.act(
            self.session,
            appointment_id,
            action,
            words={"words": "Ringte ikke"},
            by=self.site.anna,
            at=at,
            book=a_book(),
        )


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_booked_is_not_given(follow: Follow) -> None:
    follow.book()

    assert len(follow.open("give_appointment")) == 1
    assert EventKind.APPOINTMENT_GIVEN not in follow.kinds()


def test_giving_one_appointment_leaves_the_other_to_be_given(follow: Follow) -> None:
    first, second = follow.book(), follow.book(starts_at=STARTS + timedelta(days=4))

    follow.act(first.appointment.id, AppointmentAction.GIVE, at=LATER + timedelta(minutes=1))
    [left] = follow.open("give_appointment")
    follow.book(starts_at=STARTS + timedelta(days=8), give=True, at=LATER + timedelta(minutes=2))
    assert follow.open("give_appointment") == [left]

    follow.act(second.appointment.id, AppointmentAction.GIVE, at=LATER + timedelta(minutes=3))
    assert follow.open("give_appointment") == []


def test_the_new_time_of_a_moved_one_is_what_is_to_be_given(follow: Follow) -> None:
    made = follow.book()
    moved = service.move(
        follow.session,
        made.appointment.id,
        starts_at=STARTS + timedelta(days=1),
        words={"words": "Legen er bortreist"},
        by=follow.site.anna,
        at=LATER + timedelta(hours=1),
        book=a_book(),
    )

    assert len(follow.open("give_appointment")) == 1
    follow.act(moved.appointment.id, AppointmentAction.GIVE, at=LATER + timedelta(hours=2))
    assert follow.open("give_appointment") == []


def test_booked_and_given_in_one_act(follow: Follow) -> None:
    made = follow.book(give=True)

    assert made.appointment.state is AppointmentState.GIVEN
    assert follow.open("give_appointment") == []
    assert {EventKind.APPOINTMENT_BOOKED, EventKind.APPOINTMENT_GIVEN} <= set(follow.kinds())


def test_where_and_with_whom_are_sealed_and_read_back(follow: Follow) -> None:
    follow.book(give=True)

    [found] = queries.appointments_of(follow.session, follow.case_id, patient_id=follow.patient_id)

    assert found.sealed["with"] == "Kari"
    for table in ("appointments", "events", "tasks", "audit_events"):
        for row in follow.session.execute(sa.text(f"SELECT * FROM {table}")):
            assert "Poliklinikken" not in " ".join(str(v) for v in row if not isinstance(v, bytes))


def test_s073_an_appointment_may_be_at_home_and_is_given_all_the_same(follow: Follow) -> None:
    follow.book(give=True, where="Hjemme hos henne")

    [found] = queries.appointments_of(follow.session, follow.case_id, patient_id=follow.patient_id)

    assert found.sealed["where"] == "Hjemme hos henne"
    assert follow.open("give_appointment") == []


def test_one_that_passes_without_a_word_is_asked_about(follow: Follow) -> None:
    follow.book(give=True)

    assert [task.due_at >= STARTS for task in follow.open("record_outcome")] == [True]


def test_a_no_show_is_owed_an_answer_once_for_each(follow: Follow) -> None:
    for days in (3, 4):
        made = follow.book(starts_at=MONDAY + timedelta(days=days), give=True)
        follow.act(
            made.appointment.id, AppointmentAction.MISS, at=MONDAY + timedelta(days=days, hours=1)
        )
        assert len(follow.open("respond_to_missed_appointment")) == days - 2

    anchors = {task.anchor_event_id for task in follow.open("respond_to_missed_appointment")}
    assert len(anchors) == 2


def test_a_kept_one_leaves_nothing_to_ask_about(follow: Follow) -> None:
    made = follow.book(give=True)

    follow.act(made.appointment.id, AppointmentAction.KEEP, at=STARTS + timedelta(hours=1))

    assert follow.open("confirm_appointment") == follow.open("record_outcome") == []
    assert follow.open("respond_to_missed_appointment") == []


def test_a_cancelled_one_is_owed_a_new_time(follow: Follow) -> None:
    made = follow.book(give=True)

    follow.act(made.appointment.id, AppointmentAction.CANCEL, at=LATER + timedelta(hours=1))

    assert len(follow.open("give_appointment")) == 1


def test_a_moved_one_ends_and_the_new_one_stands(follow: Follow) -> None:
    made = follow.book(give=True)

    moved = service.move(
        follow.session,
        made.appointment.id,
        starts_at=STARTS + timedelta(days=1),
        words={"words": "Pasienten ba om det"},
        give=True,
        by=follow.site.anna,
        at=LATER + timedelta(hours=1),
        book=a_book(),
    )

    found = queries.appointments_of(follow.session, follow.case_id, patient_id=follow.patient_id)
    assert [one.state for one in found] == [AppointmentState.MOVED, AppointmentState.GIVEN]
    assert moved.appointment.previous_id == made.appointment.id
    assert found[1].sealed["where"] == "Poliklinikken, 2. etasje"
    due = {task.due_at for task in follow.open("record_outcome")}
    assert due
    assert max(due) > STARTS + timedelta(days=1)


def test_moving_without_telling_leaves_the_new_time_to_be_given(follow: Follow) -> None:
    made = follow.book(give=True)

    service.move(
        follow.session,
        made.appointment.id,
        starts_at=STARTS + timedelta(days=1),
        words={},
        by=follow.site.anna,
        at=LATER + timedelta(hours=1),
        book=a_book(),
    )

    assert len(follow.open("give_appointment")) == 1


def test_moving_needs_the_new_time(follow: Follow) -> None:
    made = follow.book()

    with pytest.raises(AppointmentRefused):
        follow.act(made.appointment.id, AppointmentAction.MOVE, at=LATER)


def test_the_past_cannot_be_booked(follow: Follow) -> None:
    with pytest.raises(AppointmentInPast):
        follow.book(starts_at=LATER)


def test_another_team_finds_nothing(follow: Follow) -> None:
    made = follow.book()

    with pytest.raises(AppointmentNotFound):
        service.act(
            follow.session,
            made.appointment.id,
            AppointmentAction.CANCEL,
            words={},
            by=follow.site.carl,
            at=LATER,
            book=a_book(),
        )


def test_a_no_show_and_its_task_are_written_together_or_not_at_all(
    fresh_database: Database,
) -> None:
    with fresh_database.transaction() as session:
        follow = Follow(session)
        made = follow.book(give=True)
    at = STARTS + timedelta(hours=1)
    with fresh_database.session() as session:
        follow.session = session
        follow.act(made.appointment.id, AppointmentAction.MISS, at=at)
        session.rollback()
    with fresh_database.transaction() as session:
        follow.session = session
        assert follow.open("respond_to_missed_appointment") == []
        [one] = queries.appointments_of(session, follow.case_id, patient_id=follow.patient_id)
        assert one.state is AppointmentState.GIVEN
        follow.act(made.appointment.id, AppointmentAction.MISS, at=at)
    with fresh_database.transaction() as session:
        follow.session = session
        assert len(follow.open("respond_to_missed_appointment")) == 1


def undo(follow: Follow, appointment_id: UUID, words: str, at: datetime) -> Arranged:
    return undoing.undo(
        follow.session,
        appointment_id,
        words={"words": words},
        by=follow.site.anna,
        at=at,
        book=a_book(),
    )


@pytest.mark.parametrize(
    ("action", "leaves"),
    [
        (AppointmentAction.MISS, "respond_to_missed_appointment"),
        (AppointmentAction.CANCEL, "give_appointment"),
        (AppointmentAction.KEEP, "nothing"),
    ],
)
def test_what_was_registered_by_mistake_is_undone_and_the_right_thing_said(
    follow: Follow, action: AppointmentAction, leaves: str
) -> None:
    made = follow.book(give=True).appointment
    at = STARTS + timedelta(hours=1)
    follow.act(made.id, action, at=at)

    undone = undo(follow, made.id, "Feil time", at + timedelta(minutes=5))

    stands = undone.appointment
    assert (stands.state, stands.given_at, stands.ended_at) == (made.state, made.given_at, None)
    assert follow.open(leaves) == []
    assert len(follow.open("record_outcome")) > 0
    follow.act(made.id, AppointmentAction.KEEP, at=at + timedelta(minutes=6))
    assert follow.open("record_outcome") == []


def test_undoing_needs_a_reason_and_something_that_ended(follow: Follow) -> None:
    made = follow.book(give=True).appointment
    with pytest.raises(AppointmentRefused):
        undo(follow, made.id, "Feil", LATER)
    follow.act(made.id, AppointmentAction.CANCEL, at=LATER)
    with pytest.raises(UndoReason):
        undo(follow, made.id, " ", LATER)


def test_still_valid_is_asked_before_and_answered_in_its_window(follow: Follow) -> None:
    made = follow.book(give=True).appointment.id
    early = follow.act(made, AppointmentAction.CONFIRM, at=LATER + timedelta(minutes=1))
    asked = [t for t in follow.open("confirm_appointment") if "appointment-confirmed" in t.step_key]
    assert len(asked) == 1  # said at once is not asked the working day before

    inside = asked[0].window_from or asked[0].due_at - timedelta(hours=1)
    done = follow.act(made, AppointmentAction.CONFIRM, at=max(inside, LATER) + timedelta(hours=1))
    assert follow.open("confirm_appointment") == []
    assert len(follow.open("record_outcome")) == 1
    assert early.appointment.state == done.appointment.state == AppointmentState.GIVEN


def test_what_became_of_it_has_how_we_know_and_as_of_when(follow: Follow) -> None:
    made = follow.book(give=True).appointment
    assert (made.how_known, made.as_of) == (KnownHow.SELF, LATER)
    seen = STARTS + timedelta(hours=1)
    done = service.act(
        follow.session,
        made.id,
        AppointmentAction.KEEP,
        words={},
        how=KnownHow.RECEIVER_SAID,
        as_of=seen,
        by=follow.site.anna,
        at=seen + timedelta(hours=2),
        book=a_book(),
    ).appointment

    assert (done.how_known, done.as_of) == (KnownHow.RECEIVER_SAID, seen)
    with pytest.raises(KnownInFuture):
        service.act(
            follow.session,
            follow.book(give=True).appointment.id,
            AppointmentAction.CANCEL,
            words={},
            as_of=LATER + timedelta(days=1),
            by=follow.site.anna,
            at=LATER,
            book=a_book(),
        )


@pytest.mark.parametrize("confirmed", [False, True])
def test_nobody_who_is_reported_dead_is_given_an_appointment(
    follow: Follow, confirmed: bool
) -> None:
    booked = follow.book().appointment.id
    told = LATER + timedelta(hours=1)
    follow.record(EventKind.DEATH_REPORTED, at=told)
    if confirmed:
        follow.record(EventKind.DEATH_CONFIRMED, at=told, by=follow.site.berit)

    after = told + timedelta(hours=1)
    with pytest.raises(DeathStands):
        follow.book(give=True, at=after)
    with pytest.raises(DeathStands):
        follow.book(at=after)
    with pytest.raises(DeathStands):
        follow.act(booked, AppointmentAction.GIVE, at=after)


def test_what_became_of_an_appointment_is_recorded_after_a_death(follow: Follow) -> None:
    booked = follow.book(give=True).appointment.id
    told = LATER + timedelta(hours=1)
    follow.record(EventKind.DEATH_REPORTED, at=told)

    follow.act(booked, AppointmentAction.CANCEL, at=told + timedelta(hours=1))

    assert EventKind.APPOINTMENT_CANCELLED in follow.kinds()
    assert follow.open("free") == [], "nobody is told of it who is reported dead"


def test_after_a_report_that_was_wrong_appointments_are_given_again(follow: Follow) -> None:
    told = LATER + timedelta(hours=1)
    follow.record(EventKind.DEATH_REPORTED, at=told)
    follow.record(EventKind.DEATH_REFUTED, at=told + timedelta(hours=1))

    assert follow.book(give=True, at=told + timedelta(hours=2)).appointment.given_at is not None


def test_one_that_is_cancelled_without_a_word_leaves_the_person_to_be_told(follow: Follow) -> None:
    made = follow.book(give=True)

    follow.act(made.appointment.id, AppointmentAction.CANCEL, at=LATER + timedelta(hours=1))

    [task] = follow.open("free")
    assert task.due_at < STARTS


def test_one_that_was_never_given_or_is_told_leaves_nobody_to_be_told(follow: Follow) -> None:
    unknown, known = follow.book(), follow.book(give=True)
    at = LATER + timedelta(hours=1)
    follow.act(unknown.appointment.id, AppointmentAction.CANCEL, at=at)
    assert follow.open("give_appointment"), "a new time is owed all the same"

    service.act(
        follow.session,
        known.appointment.id,
        AppointmentAction.CANCEL,
        words={},
        told=True,
        by=follow.site.anna,
        at=at,
        book=a_book(),
    )
    assert follow.open("free") == []


def test_one_that_is_moved_is_told_before_the_old_time_and_giving_the_new_does_it(
    follow: Follow,
) -> None:
    made = follow.book(give=True)
    moved = service.move(
        follow.session,
        made.appointment.id,
        starts_at=STARTS + timedelta(days=4),
        words={},
        by=follow.site.anna,
        at=LATER + timedelta(hours=1),
        book=a_book(),
    )
    [task] = follow.open("free")
    assert task.due_at < STARTS

    follow.act(moved.appointment.id, AppointmentAction.GIVE, at=LATER + timedelta(hours=2))
    assert follow.open("free") == []


def test_what_a_cancelled_one_left_owed_falls_with_the_mistake(follow: Follow) -> None:
    made, other = follow.book(give=True), follow.book(give=True, starts_at=STARTS + DAY)
    at = LATER + timedelta(hours=1)
    follow.act(other.appointment.id, AppointmentAction.CANCEL, at=at)
    follow.act(made.appointment.id, AppointmentAction.CANCEL, at=at + timedelta(minutes=1))
    assert (len(follow.open("free")), len(follow.open("give_appointment"))) == (2, 2)

    undo(follow, made.appointment.id, "Feil time", at + timedelta(minutes=5))

    assert (len(follow.open("free")), len(follow.open("give_appointment"))) == (1, 1)


def test_whoever_was_told_that_it_is_cancelled_is_told_that_it_stands_after_all(
    follow: Follow,
) -> None:
    made = follow.book(give=True).appointment
    at = LATER + timedelta(hours=1)
    how = {"words": {}, "by": follow.site.anna, "at": at, "book": a_book()}
    service.act(follow.session, made.id, AppointmentAction.CANCEL, told=True, **how)
    assert follow.open("free") == []

    undo(follow, made.id, "Feil time", at + timedelta(minutes=5))
    [task] = follow.open("free")
    assert task.due_at < STARTS
