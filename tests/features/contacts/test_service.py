"""Registering contacts, on both databases: what is recorded, and what is owed afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.offering import OfferAgainTooLate, OfferAgainTooSoon
from bindeledd.features.cases.domain.telling import BadFact
from bindeledd.features.cases.service import saying
from bindeledd.features.contacts import queries, service
from bindeledd.features.contacts.domain import (
    CallBackWhen,
    Channel,
    ContactInFuture,
    Direction,
    NewContact,
    NextInPast,
    OfferAgainWithoutNo,
    Outcome,
)
from bindeledd.features.contacts.service import Registered
from bindeledd.features.contacts.tables import ContactRow
from bindeledd.features.tasks.domain import TaskState
from bindeledd.features.tasks.tables import TaskRow
from builders import MONDAY, Followed, a_book

DISCHARGED = MONDAY + timedelta(hours=2)
CALLED = MONDAY + timedelta(hours=4)


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

    follow.register(outcome, channel=Channel.SMS, at=CALLED + timedelta(days=6))

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
        by=follow.site.anna,
        at=CALLED,
        book=a_book(),
    )

    assert [due.date() for due, _ in offers(follow)] == [date(2027, 3, 8)]
    with pytest.raises(BadFact):
        follow.tell_reached_with_a_day()


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
