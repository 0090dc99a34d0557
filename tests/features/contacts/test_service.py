"""Registering contacts, on both databases: what is recorded, and what is owed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases import service as casework
from bindeledd.features.cases.domain import Event, EventKind, offering
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.domain.correcting import DeathStands
from bindeledd.features.cases.domain.declining import NotOfferedAgain
from bindeledd.features.cases.domain.offering import OfferAgainTooLate, OfferAgainTooSoon
from bindeledd.features.cases.domain.telling import BadFact
from bindeledd.features.cases.service import endings, saying
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.contacts import queries, service
from bindeledd.features.contacts.domain import (
    CallBackWhen,
    Channel,
    ContactInFuture,
    Direction,
    MessageNotSafe,
    NewContact,
    NextInPast,
    OfferAgainWithoutNo,
    Outcome,
)
from bindeledd.features.contacts.service import Registered
from bindeledd.features.contacts.tables import ContactRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.queries import get_patient
from bindeledd.features.tasks.domain import Task, TaskState
from bindeledd.features.tasks.tables import TaskRow
from builders import MONDAY, Followed, a_book, a_book_with

DISCHARGED = MONDAY + timedelta(hours=2)
CALLED = MONDAY + timedelta(hours=4)
WHY = {"words": "Det var en annen som svarte"}


class Follow(Followed):
    def register(self, outcome: Outcome, *, at: datetime = CALLED, **more: object) -> Registered:
        return service.register_contact(
            self.session,
            self.case_id,
            NewContact(outcome=outcome, **more),  # type: ignore[arg-type]
            by=self.site.anna,
            at=at,
            book=a_book(),
        )

    def history(self) -> tuple[Event, ...]:
        return cases.events_of(self.session, self.case_id)

    def mark(
        self, kind: EventKind, *, last: bool = False, at: datetime = CALLED + timedelta(hours=1)
    ) -> None:
        wrong = [event.id for event in self.history() if event.kind is kind][-1 if last else 0]
        casework.mark_in_error(
            self.session, self.case_id, [wrong], words=WHY, by=self.site.anna, at=at, book=a_book()
        )

    def ask_to_close(self, *, at: datetime) -> Recorded:
        return endings.request_closing(
            self.session,
            self.case_id,
            ending=Ending.DECLINED,
            override=True,
            words=WHY,
            by=self.site.anna,
            at=at,
            book=a_book(),
        )

    def tell_reached_with_a_day(self) -> None:
        saying.tell(
            self.session,
            self.case_id,
            EventKind.RISK_ASSESSED,
            offer_again_on=date(2027, 3, 24),
            by=self.site.anna,
            at=CALLED,
            book=a_book(),
        )


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session, discharged_at=DISCHARGED)


def test_an_attempt_that_reaches_nobody_leaves_the_task_owed_as_it_was(follow: Follow) -> None:
    before = follow.open("call_patient")

    follow.register(Outcome.NO_ANSWER)

    after = follow.open("call_patient")
    assert [task for task in after if task.step_key != "next-attempt"] == before
    assert before
    assert "next-attempt" in {task.step_key for task in after}
    assert EventKind.CONTACT_ATTEMPTED in follow.kinds()
    assert EventKind.REACHED not in follow.kinds()


@pytest.mark.parametrize(
    "outcome", [Outcome.MESSAGE_DELIVERED, Outcome.MESSAGE_FAILED, Outcome.LETTER_RETURNED]
)
def test_a_receipt_is_shown_and_is_no_attempt(follow: Follow, outcome: Outcome) -> None:
    follow.register(Outcome.MESSAGE_SENT_UNCONFIRMED, channel=Channel.SMS)
    [owed] = [task for task in follow.open("call_patient") if task.step_key == "next-attempt"]

    follow.register(outcome, at=CALLED + timedelta(days=6))

    after = [task for task in follow.open("call_patient") if task.step_key == "next-attempt"]
    assert [(task.id, task.due_at) for task in after] == [(owed.id, owed.due_at)]
    assert follow.kinds().count(EventKind.CONTACT_ATTEMPTED) == 2


def test_a_receipt_by_phone_is_no_unanswered_call(follow: Follow) -> None:
    follow.register(Outcome.NO_ANSWER)
    follow.register(Outcome.MESSAGE_FAILED, at=CALLED + timedelta(hours=1))

    assert follow.open("clinician_decides") == []


def test_a_conversation_does_the_call_that_was_owed(follow: Follow) -> None:
    first = min(follow.open("call_patient"), key=lambda task: task.due_at)

    done = follow.register(Outcome.SPOKE_WITH_PATIENT)

    assert first.id in [task.id for task in done.recorded.ended]
    assert EventKind.REACHED in follow.kinds()


def test_two_clicks_are_enough(follow: Follow) -> None:
    done = follow.register(Outcome.VOICEMAIL_LEFT_DISCREET)

    assert done.contact.channel is Channel.PHONE
    assert done.contact.direction is Direction.OUT
    assert done.contact.at == CALLED


def test_s034_outcome_and_words_are_sealed_and_read_back(follow: Follow) -> None:
    follow.register(Outcome.NO_ANSWER, words="Ringte mobilen, ba om å bli ringt", whom="mor")

    found = queries.contacts_of(follow.session, follow.case_id, patient_id=follow.patient_id)

    assert found[0].sealed["outcome"] == "no_answer"
    assert found[0].sealed["whom"] == "mor"
    raw = follow.session.execute(sa.select(sa.cast(ContactRow.detail, sa.LargeBinary))).scalar_one()
    assert b"mobilen" not in bytes(raw)
    assert b"no_answer" not in bytes(raw)


def test_the_outcome_stands_in_no_plain_column(follow: Follow) -> None:
    follow.register(Outcome.WRONG_PERSON_ANSWERED, words="Ny eier av nummeret")

    for table in ("contacts", "events", "tasks", "audit_events"):
        for row in follow.session.execute(sa.text(f"SELECT * FROM {table}")):
            told = " ".join(str(value) for value in row if not isinstance(value, bytes))
            assert "wrong_person" not in told
            assert "Ny eier" not in told


def test_a_wrong_number_makes_somebody_owe_another_one(follow: Follow) -> None:
    for task in follow.open("verify_number"):
        assert task.step_key.startswith("gate.")
    before = len(follow.open("verify_number"))

    follow.register(Outcome.NUMBER_NOT_IN_SERVICE)

    assert len(follow.open("verify_number")) == max(1, before)


def test_a_number_that_fails_while_a_death_is_reported_is_tried_only_once_it_is_refuted(
    follow: Follow,
) -> None:
    follow.register(Outcome.DECEASED_REPORTED)
    follow.register(Outcome.LETTER_RETURNED, channel=Channel.LETTER, at=CALLED + timedelta(hours=1))
    assert follow.open("verify_number") == []

    follow.record(EventKind.DEATH_REFUTED, at=CALLED + timedelta(hours=2))
    assert follow.open("verify_number")


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.NUMBER_NOT_IN_SERVICE, "verify_number"),
        (Outcome.WRONG_PERSON_ANSWERED, "verify_number"),
        (Outcome.LETTER_RETURNED, "verify_number"),
        (Outcome.MESSAGE_FAILED, "verify_number"),
        (Outcome.INTERPRETER_NOT_AVAILABLE, "free"),
        (Outcome.EMERGENCY_SERVICES_CALLED, "clinician_decides"),
        (Outcome.IN_PRISON_NOW, "review_case"),
        (Outcome.IN_HOSPITAL_NOW, "review_case"),
        (Outcome.ABROAD, "review_case"),
        (Outcome.DECLINED_ALL_FURTHER, "review_case"),
    ],
)
def test_no_outcome_ends_silently(follow: Follow, outcome: Outcome, kind: str) -> None:
    follow.register(outcome)

    owed = follow.open(kind)
    assert owed
    assert all(task.due_at >= CALLED for task in owed)


def last_no(follow: Follow) -> Event:
    [*_, found] = [
        event
        for event in cases.events_of(follow.session, follow.case_id)
        if event.kind is EventKind.DECLINED
    ]
    return found


def offers(follow: Follow) -> list[tuple[datetime, str]]:
    """When a new offer is due, and whether its day gave way."""
    owed = [task for task in follow.open("call_patient") if task.step_key == "offer-again"]
    return [(task.due_at, str(task.due_reason.get("moved"))) for task in owed]


def test_s071_s141_whoever_declines_is_offered_again_on_the_day_that_was_chosen(
    follow: Follow,
) -> None:
    follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 3, 24))

    assert [due.date() for due, _ in offers(follow)] == [date(2027, 3, 24)]
    assert len(follow.open("call_patient")) == len({t.id for t in follow.open("call_patient")})
    said = last_no(follow).facts
    assert said["offer_again_at"] == "2027-03-23T23:00:00+00:00"
    assert "offer_again_chosen" not in said


def test_a_closed_day_gives_way_to_the_next_open_one_and_says_so(follow: Follow) -> None:
    follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 3, 6))  # a Saturday

    assert [due.date() for due, _ in offers(follow)] == [date(2027, 3, 8)]
    assert last_no(follow).facts["offer_again_chosen"] == "2027-03-06"
    saturday = date(2027, 3, 6)
    assert all(task.due_at.date() != saturday for task in follow.open("call_patient"))


def test_a_next_attempt_on_a_closed_day_gives_way_too(follow: Follow) -> None:
    follow.register(Outcome.DECLINED_THIS_TIME, next_attempt=CALLED + timedelta(days=5))

    assert [due.date() for due, _ in offers(follow)] == [date(2027, 3, 8)]
    saturday = date(2027, 3, 6)
    assert all(task.due_at.date() != saturday for task in follow.open("call_patient"))


def test_a_moment_that_the_person_named_is_kept(follow: Follow) -> None:
    again = CALLED + timedelta(days=2)

    follow.register(Outcome.DECLINED_THIS_TIME, next_attempt=again)

    assert again in [task.due_at for task in follow.open("call_patient")]
    assert [due.date() for due, _ in offers(follow)] == [again.date()]


def test_where_no_day_is_chosen_the_routine_says_it(follow: Follow) -> None:
    follow.register(Outcome.DECLINED_ALL_FURTHER)

    assert [due.date() for due, _ in offers(follow)] == [date(2027, 3, 8)]


def test_a_day_for_a_new_offer_lies_ahead_and_within_what_the_routine_allows(
    follow: Follow,
) -> None:
    for day in (CALLED.date() - timedelta(days=1), CALLED.date()):
        with pytest.raises(OfferAgainTooSoon):
            follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=day)
    with pytest.raises(OfferAgainTooLate) as refused:
        follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 6, 2))
    assert refused.value.facts["latest"] == "2027-06-01"
    assert EventKind.DECLINED not in follow.kinds()

    follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 6, 1))
    assert [due.date() for due, _ in offers(follow)] == [date(2027, 6, 1)]


def test_a_day_for_a_new_offer_needs_a_no(follow: Follow) -> None:
    with pytest.raises(OfferAgainWithoutNo):
        follow.register(Outcome.NO_ANSWER, offer_again_on=date(2027, 3, 24))


def test_another_no_before_the_day_replaces_it_and_one_on_the_day_answers_it(
    follow: Follow,
) -> None:
    follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 3, 10))
    sooner = CALLED + timedelta(days=2)
    done = follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 3, 24), at=sooner)
    assert [task.state for task in done.recorded.ended if task.step_key == "offer-again"] == [
        TaskState.CANCELLED
    ]
    assert [due.date() for due, _ in offers(follow)] == [date(2027, 3, 24)]

    done = follow.register(
        Outcome.DECLINED_THIS_TIME,
        offer_again_on=date(2027, 4, 7),
        at=datetime(2027, 3, 24, 10, tzinfo=UTC),
    )
    assert [task.state for task in done.recorded.ended if task.step_key == "offer-again"] == [
        TaskState.DONE
    ]
    assert [due.date() for due, _ in offers(follow)] == [date(2027, 4, 7)]


def test_a_no_that_is_told_of_in_one_line_has_its_day_too(follow: Follow) -> None:
    saying.tell(
        follow.session,
        follow.case_id,
        EventKind.DECLINED,
        offer_again_on=date(2027, 3, 7),  # a Sunday
        words={"words": "Vil ikke ringes"},
        by=follow.site.anna,
        at=CALLED,
        book=a_book(),
    )

    assert [due.date() for due, _ in offers(follow)] == [date(2027, 3, 8)]
    with pytest.raises(BadFact):
        follow.tell_reached_with_a_day()


def no_in_one_line(follow: Follow, book: Book, on: date | None, at: datetime = CALLED) -> Recorded:
    return saying.tell(
        follow.session,
        follow.case_id,
        EventKind.DECLINED,
        offer_again_on=on,
        words={"words": "Vil ikke ringes"},
        by=follow.site.anna,
        at=at,
        book=book,
    )


def no_by_phone(
    follow: Follow, book: Book, on: date | None, at: datetime = CALLED, **more: object
) -> Recorded:
    new = NewContact(outcome=Outcome.DECLINED_THIS_TIME, offer_again_on=on, **more)  # type: ignore[arg-type]
    who = {"by": follow.site.anna, "at": at, "book": book}
    return service.register_contact(follow.session, follow.case_id, new, **who).recorded  # type: ignore[arg-type]


DOORS = pytest.mark.parametrize("says_no", [no_in_one_line, no_by_phone])
NEVER = {"when": {"age_group": frozenset({"never"})}}


def promised(done: Recorded) -> list[Task]:
    """What is owed on the day of the new offer, whoever has it made."""
    return [task for task in done.new if task.due_reason.get("of") == offering.MOMENT]


@DOORS
@pytest.mark.parametrize("other", [{}, NEVER], ids=["no step", "a step that does not apply"])
def test_a_promised_day_is_owed_where_the_routine_makes_no_task_of_it(
    follow: Follow, says_no: Callable[..., Recorded], other: dict[str, object]
) -> None:
    follow.record(EventKind.RISK_ASSESSED, at=DISCHARGED, age_group="adult")
    done = says_no(follow, a_book_with("offer-again", **other), date(2027, 3, 10))

    [owed] = promised(done)
    assert (owed.kind, owed.due_at) == ("call_patient", datetime(2027, 3, 10, 15, tzinfo=UTC))
    assert owed.is_open
    plan = follow.session.scalars(sa.select(TaskRow.rung_plan).where(TaskRow.id == owed.id)).one()
    assert plan[0] == ["2027-03-10 07:00:00.000000", "owner"]
    follow.register(Outcome.SPOKE_WITH_PATIENT, at=CALLED + timedelta(days=2))
    assert owed.id in [task.id for task in follow.open("call_patient")]


@DOORS
@pytest.mark.parametrize("book", [a_book(), a_book_with("offer-again")], ids=["step", "no step"])
def test_another_no_before_the_promised_day_replaces_it_whoever_has_it_owed(
    follow: Follow, says_no: Callable[..., Recorded], book: Book
) -> None:
    [first] = promised(says_no(follow, book, date(2027, 3, 10)))
    done = says_no(follow, book, date(2027, 3, 24), CALLED + timedelta(days=2))

    [second] = promised(done)
    assert {task.id: task.state for task in done.ended}[first.id] is TaskState.CANCELLED
    assert second.id in {task.id for task in follow.open("call_patient")}
    on_the_day = datetime(2027, 3, 24, 10, tzinfo=UTC)
    answered = says_no(follow, book, date(2027, 4, 7), on_the_day)
    assert {task.id: task.state for task in answered.ended}[second.id] is TaskState.DONE


@DOORS
def test_a_promised_day_is_owed_once_and_never_after_a_reported_death(
    follow: Follow, says_no: Callable[..., Recorded]
) -> None:
    assert len(promised(says_no(follow, a_book(), date(2027, 3, 10)))) == 1
    follow.record(EventKind.DEATH_REPORTED, at=CALLED)
    assert promised(says_no(follow, a_book(), date(2027, 3, 12))) == []
    assert follow.open("call_patient") == []


def test_a_call_that_was_agreed_is_the_new_offer_of_its_own_day_only(follow: Follow) -> None:
    when = datetime(2027, 3, 9, 10, tzinfo=UTC)
    assert promised(no_by_phone(follow, a_book_with("offer-again"), None, next_attempt=when)) == []
    done = no_by_phone(follow, a_book_with("offer-again"), date(2027, 3, 10), next_attempt=when)
    assert [task.due_at.date() for task in promised(done)] == [date(2027, 3, 10)]
    assert when in [task.due_at for task in done.new]


def test_a_conversation_before_the_day_is_no_new_offer(follow: Follow) -> None:
    follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 3, 10))
    follow.register(Outcome.SPOKE_WITH_PATIENT, at=CALLED + timedelta(days=2))

    assert [due.date() for due, _ in offers(follow)] == [date(2027, 3, 10)]
    follow.register(Outcome.SPOKE_WITH_PATIENT, at=datetime(2027, 3, 10, 9, tzinfo=UTC))
    assert offers(follow) == []


def test_nobody_is_reminded_of_a_new_offer_before_its_day(follow: Follow) -> None:
    follow.register(Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 3, 10))
    [task] = [task for task in follow.open("call_patient") if task.step_key == "offer-again"]

    plan = follow.session.scalars(sa.select(TaskRow.rung_plan).where(TaskRow.id == task.id)).one()
    assert plan[0] == ["2027-03-10 07:00:00.000000", "owner"]


def test_a_call_back_without_a_time_is_asked_about(follow: Follow) -> None:
    with pytest.raises(CallBackWhen):
        follow.register(Outcome.ASKED_TO_CALL_BACK_AT)


def test_a_call_back_is_owed_at_its_time_and_done_by_reaching_the_person(follow: Follow) -> None:
    at = CALLED + timedelta(hours=2)
    follow.register(Outcome.ASKED_TO_CALL_BACK_AT, next_attempt=at)
    [owed] = [task for task in follow.open("call_patient") if task.due_at == at]

    follow.register(Outcome.SPOKE_WITH_PATIENT, at=at)

    assert owed.id not in [task.id for task in follow.open("call_patient")]


def test_a_reported_death_stops_contact_and_asks_for_confirmation(follow: Follow) -> None:
    follow.register(Outcome.DECEASED_REPORTED)

    assert follow.open("call_patient") == []
    assert len(follow.open("confirm_death")) == 1


def test_to_be_told_of_a_death_is_no_unanswered_call(follow: Follow) -> None:
    """The report is refuted, and one call goes unanswered: it is the first."""
    follow.register(Outcome.DECEASED_REPORTED)
    assert EventKind.CONTACT_ATTEMPTED not in follow.kinds()
    later = CALLED + timedelta(hours=3)
    saying.tell(
        follow.session,
        follow.case_id,
        EventKind.DEATH_REFUTED,
        words={"words": "Hun svarte på døra"},
        by=follow.site.anna,
        at=later,
        book=a_book(),
    )

    follow.register(Outcome.NO_ANSWER, at=later + timedelta(hours=1))
    assert follow.open("clinician_decides") == []

    follow.register(Outcome.NO_ANSWER, at=later + timedelta(hours=2))
    assert len(follow.open("clinician_decides")) == 1


@pytest.mark.parametrize(
    ("outcome", "more"),
    [
        (Outcome.DECLINED_THIS_TIME, {}),
        (Outcome.DECLINED_ALL_FURTHER, {}),
        (Outcome.ASKED_TO_CALL_BACK_AT, {"next_attempt": CALLED + timedelta(days=1)}),
    ],
)
def test_whoever_answers_and_says_no_or_later_is_no_unanswered_call(
    follow: Follow, outcome: Outcome, more: dict[str, object]
) -> None:
    follow.register(outcome, **more)
    follow.register(outcome, at=CALLED + timedelta(hours=2), **more)
    assert follow.open("clinician_decides") == []

    follow.register(Outcome.NO_ANSWER, at=CALLED + timedelta(hours=3))
    assert follow.open("clinician_decides") == []
    follow.register(Outcome.ANSWERED_BY_NEXT_OF_KIN, at=CALLED + timedelta(hours=4))
    assert len(follow.open("clinician_decides")) == 1


@pytest.mark.parametrize("marked", [EventKind.CONTACT_ATTEMPTED, EventKind.DECLINED])
def test_a_no_that_was_registered_by_mistake_is_gone_with_its_contact(
    follow: Follow, marked: EventKind
) -> None:
    owed = {task.id for task in follow.tasks() if task.is_open}
    follow.register(Outcome.DECLINED_ALL_FURTHER)

    follow.mark(marked)

    wrong = {event.kind for event in follow.history() if event.in_error}
    assert wrong == {EventKind.CONTACT_ATTEMPTED, EventKind.DECLINED}
    still = [task for task in follow.tasks() if task.is_open and task.id not in owed]
    assert [task.kind for task in still if task.kind == "call_patient"] == []


def test_the_day_that_was_agreed_with_a_no_falls_with_it_where_it_was_an_error(
    follow: Follow,
) -> None:
    again = CALLED + timedelta(days=2)
    follow.register(Outcome.DECLINED_THIS_TIME, next_attempt=again)
    assert again in [task.due_at for task in follow.open("call_patient")]

    follow.mark(EventKind.DECLINED)

    assert again not in [task.due_at for task in follow.open("call_patient")]
    assert offers(follow) == []


def test_a_day_that_was_chosen_after_a_call_nobody_answered_is_still_owed(follow: Follow) -> None:
    again = CALLED + timedelta(days=2)
    follow.register(Outcome.NO_ANSWER, next_attempt=again)

    follow.mark(EventKind.CONTACT_ATTEMPTED)

    assert again in [task.due_at for task in follow.open("call_patient")]


def test_nobody_is_closed_as_declined_on_a_no_that_was_a_mistake(follow: Follow) -> None:
    follow.register(Outcome.DECLINED_THIS_TIME)
    again = CALLED + timedelta(days=9)
    follow.register(Outcome.DECLINED_ALL_FURTHER, at=again)
    asked = follow.ask_to_close(at=again)
    endings.sign_closing(
        follow.session, follow.case_id, words=WHY, by=follow.site.berit, at=again, book=a_book()
    )

    follow.mark(EventKind.CONTACT_ATTEMPTED, last=True, at=again + timedelta(days=1))

    assert asked.case.is_open
    assert follow.case().is_open
    with pytest.raises(NotOfferedAgain):
        follow.ask_to_close(at=again + timedelta(days=2))


def test_nobody_calls_again_after_a_death_was_reported(follow: Follow) -> None:
    follow.register(Outcome.DECEASED_REPORTED, next_attempt=CALLED + timedelta(days=1))

    assert follow.open("call_patient") == []


def test_a_reply_counts_only_when_it_says_something(follow: Follow) -> None:
    follow.register(Outcome.REPLY_RECEIVED, channel=Channel.SMS)
    assert EventKind.REACHED not in follow.kinds()

    follow.register(Outcome.REPLY_RECEIVED, channel=Channel.SMS, substantive=True)
    assert EventKind.REACHED in follow.kinds()


def test_a_call_in_that_nobody_took_is_owed_an_answer(follow: Follow) -> None:
    follow.register(Outcome.VOICEMAIL_LEFT_DISCREET, direction=Direction.IN)

    assert EventKind.CALLED_IN in follow.kinds()
    assert len(follow.open("answer_call")) == 1


def test_unanswered_calls_can_be_counted(follow: Follow) -> None:
    follow.register(Outcome.NO_ANSWER)
    follow.register(Outcome.LETTER_SENT, channel=Channel.LETTER)
    follow.register(Outcome.NO_ANSWER, at=CALLED + timedelta(hours=30))
    follow.register(Outcome.SPOKE_WITH_PATIENT, at=CALLED + timedelta(hours=31))

    def count(hours: int) -> int:
        return queries.unanswered_calls(
            follow.session,
            follow.case_id,
            since=CALLED,
            until=CALLED + timedelta(hours=hours),
        )

    follow.register(Outcome.DECLINED_THIS_TIME, at=CALLED + timedelta(hours=32))
    assert (count(1), count(72)) == (1, 2)


def test_the_future_cannot_be_registered(follow: Follow) -> None:
    with pytest.raises(ContactInFuture):
        service.register_contact(
            follow.session,
            follow.case_id,
            NewContact(outcome=Outcome.NO_ANSWER),
            happened_at=CALLED + timedelta(minutes=1),
            by=follow.site.anna,
            at=CALLED,
            book=a_book(),
        )
    with pytest.raises(NextInPast):
        follow.register(Outcome.NO_ANSWER, next_attempt=CALLED)


def test_a_team_without_a_care_relation_finds_nothing(follow: Follow) -> None:
    follow.site = replace(follow.site, anna=follow.site.carl)

    with pytest.raises(OutOfSight):
        follow.register(Outcome.NO_ANSWER)


def test_it_is_written_in_the_log(follow: Follow) -> None:
    follow.register(Outcome.NO_ANSWER)

    acts = follow.session.scalars(sa.select(AuditEventRow.act)).all()
    assert "contact.registered" in acts


def test_a_message_left_where_it_is_not_safe_is_somebodys_to_look_at_each_time(
    session: Session,
) -> None:
    follow = Follow(session)
    who = get_patient(session, follow.patient_id)
    patients.change_contact_ways(
        session,
        follow.patient_id,
        [ContactWay(value="+4799112233", safe_to_leave_message=False)],
        by=follow.site.anna,
        at=DISCHARGED,
        version=who.version,
    )
    with pytest.raises(MessageNotSafe):
        follow.register(Outcome.VOICEMAIL_LEFT_DISCREET)

    for hours in (0, 1):
        done = follow.register(
            Outcome.VOICEMAIL_LEFT_DISCREET,
            at=CALLED + timedelta(hours=hours),
            although="Det lå an til ulykke",
        )
    asked = [task.id for task in follow.open("clinician_decides")]
    notes = [
        note
        for note in cases.task_notes(session, follow.case(), asked).values()
        if note["because"] == "message_left_unsafe"
    ]

    assert [note["words"] for note in notes] == ["Det lå an til ulykke"] * 2
    assert done.contact.sealed["although"] == "Det lå an til ulykke"
    [event, *_] = done.recorded.events
    said = cases.words_of(session, {event.id: follow.case()})[event.id]
    assert said["although"] == "Det lå an til ulykke"


@pytest.mark.parametrize("outcome", [Outcome.LETTER_SENT, Outcome.NO_ANSWER])
def test_nobody_turns_to_a_person_who_is_reported_dead(follow: Follow, outcome: Outcome) -> None:
    told = CALLED + timedelta(hours=2)
    follow.record(EventKind.DEATH_REPORTED, at=told)
    with pytest.raises(DeathStands):
        follow.register(outcome, at=told + timedelta(minutes=30))

    follow.record(EventKind.DEATH_CONFIRMED, at=told + timedelta(hours=1), by=follow.site.berit)
    with pytest.raises(DeathStands):
        follow.register(outcome, at=told + timedelta(hours=2))
    with pytest.raises(DeathStands):
        register_as_of(follow, outcome, told + timedelta(minutes=30), told + timedelta(hours=2))
    assert EventKind.CONTACT_ATTEMPTED not in follow.kinds()


def test_what_was_tried_before_the_death_was_known_is_written_down(follow: Follow) -> None:
    told = CALLED + timedelta(hours=2)
    follow.record(EventKind.DEATH_REPORTED, at=told)

    register_as_of(follow, Outcome.LETTER_SENT, CALLED, told + timedelta(hours=1))

    assert EventKind.CONTACT_ATTEMPTED in follow.kinds()


@pytest.mark.parametrize("outcome", [Outcome.SPOKE_WITH_PATIENT, Outcome.LETTER_RETURNED])
def test_what_we_learn_after_a_report_of_a_death_is_written_down(
    follow: Follow, outcome: Outcome
) -> None:
    told = CALLED + timedelta(hours=2)
    follow.record(EventKind.DEATH_REPORTED, at=told)
    before = len(follow.history())

    follow.register(outcome, at=told + timedelta(hours=1))

    assert len(follow.history()) > before


def register_as_of(follow: Follow, outcome: Outcome, happened: datetime, at: datetime) -> None:
    service.register_contact(
        follow.session,
        follow.case_id,
        NewContact(outcome=outcome),
        happened_at=happened,
        by=follow.site.anna,
        at=at,
        book=a_book(),
    )
