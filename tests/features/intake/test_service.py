"""What becomes of what arrives: whose it is, what it does, and that nothing is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.cases.queries import events_of, get_case
from bindeledd.features.intake import queries, service
from bindeledd.features.intake.domain.facts import AppointmentFacts, Kind, Outcome, Series
from bindeledd.features.intake.domain.queue import Reason, Status
from bindeledd.features.intake.domain.reading import try_to_read
from bindeledd.features.intake.domain.synthetic import letters
from bindeledd.features.intake.domain.synthetic.stories import ELSEWHERE
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.reminders.tables import FaultRow
from features.intake.builders import (
    ATTEMPT,
    BOOK,
    FRIDAY,
    HEART,
    IŊGÁ,
    NOW,
    Said,
    a_cancellation,
    a_later_stay,
    a_logistic,
    a_report,
    an_envelope,
    an_epikrise,
    an_inbox,
    ids,
    routes,
)

pytestmark = pytest.mark.filterwarnings("error::sqlalchemy.exc.SAWarning")


def test_a_summary_with_a_listed_code_opens_a_follow_up(session):
    inbox = an_inbox(session)

    done = inbox.receive(an_epikrise())

    assert done.status is Status.OPENED
    assert done.format == "epikrise-1.2"
    assert not done.reopened
    assert done.case_id is not None
    case = get_case(session, done.case_id, tenant_id=inbox.site.tenant)
    assert case.responsible_team_id == inbox.site.team
    assert case.unit_id == inbox.site.unit
    assert set(inbox.events(done)) >= {
        "index_event",
        "admitted",
        "discharged",
        "summary_sent",
        "message_received",
    }
    assert "call_patient" in inbox.open_tasks(done)
    assert done.patient_id is not None
    patient = patients.get_patient(session, done.patient_id)
    assert patient.name == "Iŋgá Márjá Boŋgu"
    assert patient.contact_ways is not None
    assert patient.contact_ways[0].value == "+4799912345"
    assert inbox.row(done).task_id is None


def test_the_original_stands_sealed_with_its_hash(session):
    inbox = an_inbox(session)
    data = an_epikrise()

    row = inbox.row(inbox.receive(data))

    assert queries.original_of(session, row) == data
    assert row.original is not None
    assert IŊGÁ.number.encode() not in row.original
    assert row.size == len(data)
    assert len(row.fingerprint) == 64


def test_the_same_bytes_twice_change_nothing(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    before = inbox.events(first)

    again = inbox.receive(an_epikrise(), at=NOW + timedelta(hours=1))

    assert again.status is Status.DUPLICATE
    assert again.reason == Reason.SAME_BYTES
    assert again.message_id == first.message_id
    assert again.case_id == first.case_id
    assert inbox.events(first) == before
    assert inbox.row(first).repeats == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(MessageRow)) == 1


def test_the_same_message_in_other_bytes_changes_nothing_either(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())

    again = inbox.receive(an_epikrise() + b"\n<!-- sent again -->\n")

    assert again.status is Status.DUPLICATE
    assert again.reason == Reason.SAME_MESSAGE
    assert inbox.row(again).duplicate_of == first.message_id
    assert inbox.events(first).count("message_received") == 1


def test_an_id_that_comes_again_about_somebody_else_goes_to_a_person(session):
    inbox = an_inbox(session)
    inbox.receive(an_epikrise())
    other = replace(IŊGÁ, number="04858740237", given_name="Anne")

    done = inbox.receive(an_epikrise(envelope={"person": other}))

    assert done.status is Status.TO_DECIDE
    assert done.reason == Reason.ID_REUSED
    assert inbox.task(done).kind == "decide_message"


# --- to decide ------------------------------------------------------------------------------------


def test_another_condition_stands_to_be_decided_with_owner_and_clock_and_no_patient(session):
    inbox = an_inbox(session)

    done = inbox.receive(an_epikrise(diagnoses=HEART))

    assert done.status is Status.TO_DECIDE
    assert done.reason == Reason.OTHER_CODE
    assert done.case_id is None
    task = inbox.task(done)
    assert (task.kind, task.state, task.subject_id) == ("decide_message", "open", done.message_id)
    assert task.owner_team_id == inbox.site.team
    assert task.due_at > NOW
    assert task.next_rung_at is not None
    assert session.scalar(sa.select(sa.func.count()).select_from(PatientRow)) == 0


def test_under_ask_even_a_listed_code_is_asked_about(session):
    inbox = an_inbox(session, opens="ask")

    assert inbox.receive(an_epikrise()).reason == Reason.ASK


def test_under_always_everything_from_that_source_opens(session):
    inbox = an_inbox(session, opens="ask")
    always = routes("ask", Said(source="HER:8500011", opens="always"))

    done = inbox.receive(an_epikrise(diagnoses=HEART), routes=always)

    assert done.status is Status.OPENED


def test_without_a_code_by_code_asks(session):
    inbox = an_inbox(session)

    assert inbox.receive(a_logistic(Kind.DISCHARGED)).reason == Reason.NO_CODE


@pytest.mark.parametrize(
    ("number", "reason"), [("", Reason.NO_NUMBER), ("04858740157", Reason.NUMBER_REFUSED)]
)
def test_a_patient_without_a_number_that_holds_is_asked_about(session, number, reason):
    inbox = an_inbox(session)
    data = an_epikrise(envelope={"person": replace(IŊGÁ, number=number)})

    done = inbox.receive(data)

    assert done.status is Status.TO_DECIDE
    assert done.reason == reason


def test_an_unknown_place_goes_to_the_intake_team_and_says_so(session):
    inbox = an_inbox(session)

    done = inbox.receive(
        an_epikrise(envelope={"sender": ELSEWHERE, "receiver": ELSEWHERE}, diagnoses=HEART)
    )

    waiting = queries.get_message(session, done.message_id, by=inbox.site.system)
    assert not waiting.unit_known
    assert waiting.team_id == inbox.site.team


def test_the_receiving_unit_answers_when_the_sender_is_unknown(session):
    inbox = an_inbox(session)

    done = inbox.receive(
        an_epikrise(envelope={"sender": ELSEWHERE, "receiver": an_envelope().sender})
    )

    assert inbox.row(done).unit_id == inbox.site.unit
    assert "summary_received" in inbox.events(done)


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not xml at all", "intake.not_xml"),
        (b"<!DOCTYPE m [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><m>&x;</m>", "intake.entity_refused"),
        (b"<m/>", "intake.unknown_format"),
        (b"a" * 20_000_001, "intake.too_large"),
        (an_epikrise().replace(ids(1).encode(), b""), "intake.no_message_id"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_stands_in_the_queue_with_reason_owner_and_clock(session, data, code):
    inbox = an_inbox(session)

    done = inbox.receive(data, name="brev.xml")

    assert done.status is Status.REFUSED
    assert done.reason == code
    task = inbox.task(done)
    assert (task.kind, task.state) == ("repair_message", "open")
    assert queries.original_of(session, inbox.row(done)) == data
    waiting = queries.queue(session, by=inbox.site.anna)
    assert [one.id for one in waiting] == [done.message_id]
    assert queries.with_facts(session, waiting)[0].facts == {"file": "brev.xml"}


def test_whatever_a_reader_raises_is_a_reason_and_says_nothing_of_the_message(session):
    class Broken:
        def format_of(self, document):
            raise ValueError(document.root.tag)

    inbox = an_inbox(session)

    done = inbox.receive(an_epikrise(), readers=[Broken()])

    assert (done.status, done.reason) == (Status.REFUSED, "intake.reader_failed")
    assert session.scalars(sa.select(FaultRow.code)).all() == ["intake.reader_failed"]
    again = service.read_again(
        session, done.message_id, by=inbox.site.anna, at=NOW, book=BOOK, routes=inbox.routes
    )
    assert again.status is Status.OPENED


def test_what_was_read_before_is_not_read_once_more(session):
    class Never:
        def format_of(self, document):
            raise AssertionError("read while the transaction was open")

    inbox, data = an_inbox(session), an_epikrise()

    done = inbox.receive(data, said=try_to_read(data), readers=[Never()])

    assert done.status is Status.OPENED
    assert queries.original_of(session, inbox.row(done)) == data


def test_a_test_message_is_refused_in_production_and_taken_elsewhere(session):
    inbox = an_inbox(session, environment="production")

    done = inbox.receive(an_epikrise(envelope={"test": True}))

    assert done.status is Status.REFUSED
    assert done.reason == "intake.test_message_in_production"


def test_a_test_message_is_taken_outside_production_by_setting(session):
    inbox = an_inbox(session)
    data = an_epikrise(envelope={"test": True})

    refused = inbox.receive(data, routes=routes("by_code", accept_tests=False))
    taken = inbox.receive(an_epikrise(envelope={"test": True, "message_id": ids(2)}))

    assert refused.reason == Reason.TEST_NOT_ACCEPTED
    assert taken.status is Status.OPENED


def test_a_synthetic_number_never_becomes_a_patient_in_production(session):
    inbox = an_inbox(session, environment="production")

    done = inbox.receive(an_epikrise())

    assert done.status is Status.TO_DECIDE
    assert done.reason == Reason.NUMBER_REFUSED


def test_a_message_without_a_patient_is_refused(session):
    inbox = an_inbox(session)
    nobody = replace(IŊGÁ, number="", family_name="")

    done = inbox.receive(a_logistic(Kind.DISCHARGED, envelope={"person": nobody}))

    assert done.reason == Reason.NO_PATIENT


# --- an open follow-up ----------------------------------------------------------------------------


def test_several_messages_of_one_stay_owe_nothing_twice(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    owed = sorted(inbox.open_tasks(first))

    second = inbox.receive(
        a_logistic(Kind.DISCHARGED, envelope={"message_id": ids(2)}, date_only=True)
    )
    third = inbox.receive(a_report(envelope={"message_id": ids(3)}, diagnoses=ATTEMPT))

    assert {second.status, third.status} == {Status.UPDATED}
    assert inbox.events(first).count("discharged") == 1
    assert inbox.events(first).count("admitted") == 1
    assert inbox.events(first).count("index_event") == 1
    assert inbox.events(first).count("message_received") == 3
    assert sorted(inbox.open_tasks(first)) == owed


def test_a_time_at_hand_is_given_only_when_the_patient_was_told(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    assert "give_appointment" in inbox.open_tasks(first)
    at = FRIDAY + timedelta(days=5)

    inbox.receive(
        a_report(
            envelope={"message_id": ids(2)},
            appointment=AppointmentFacts(booked=True, at=at, minutes=45, place="DPS"),
        )
    )
    assert "appointment_booked" in inbox.events(first)
    assert "appointment_given" not in inbox.events(first)

    inbox.receive(
        a_report(
            envelope={"message_id": ids(3)},
            appointment=AppointmentFacts(
                booked=True, at=at + timedelta(days=1), minutes=45, place="DPS", patient_told=True
            ),
        )
    )
    assert "appointment_given" in inbox.events(first)
    assert "give_appointment" in inbox.open_tasks(first)  # the first time is still to be given


def test_a_time_that_the_patient_was_told_leaves_nothing_to_give(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    told = AppointmentFacts(
        booked=True, at=FRIDAY + timedelta(days=5), minutes=45, place="DPS", patient_told=True
    )

    inbox.receive(a_report(envelope={"message_id": ids(2)}, appointment=told))

    assert "appointment_given" in inbox.events(first)
    assert "give_appointment" not in inbox.open_tasks(first)


def test_another_stay_joins_the_same_follow_up_as_a_new_index_event(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    later = NOW + timedelta(days=10)

    again = inbox.receive(a_later_stay(2, later), at=later)

    assert again.status is Status.UPDATED
    assert again.case_id == first.case_id
    assert inbox.events(first).count("index_event") == 2
    assert inbox.events(first).count("discharged") == 2


@pytest.mark.parametrize(
    "message",
    [
        a_logistic(Kind.DEATH, envelope={"message_id": ids(2)}),
        a_logistic(Kind.DISCHARGED, envelope={"message_id": ids(2)}, outcome=Outcome.DEAD),
        a_logistic(
            Kind.DISCHARGED, envelope={"message_id": ids(2)}, outcome=Outcome.DIED_BY_SUICIDE
        ),
    ],
)
def test_a_death_is_reported_at_once_and_asks_for_confirmation(session, message):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())

    done = inbox.receive(message)

    assert done.status is Status.UPDATED
    assert "death_reported" in inbox.events(first)
    assert "confirm_death" in inbox.open_tasks(first)
    assert "call_patient" not in inbox.open_tasks(first)


def test_a_late_message_is_taken_in_and_marked_late(session):
    inbox = an_inbox(session)

    done = inbox.receive(an_epikrise(), at=NOW + timedelta(days=6))

    assert done.status is Status.OPENED
    assert done.late
    assert inbox.row(done).late


def test_what_is_announced_for_later_is_never_recorded_as_having_happened_later(session):
    inbox = an_inbox(session)
    early = FRIDAY - timedelta(hours=4)

    done = inbox.receive(an_epikrise(envelope={"generated_at": early}), at=early)

    assert done.status is Status.OPENED


# --- what waits for its turn ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.WITHDRAWN, Kind.DEATH])
def test_what_cannot_open_alone_waits_and_is_applied_when_the_follow_up_opens(session, kind):
    inbox = an_inbox(session)
    early = inbox.receive(a_logistic(kind, envelope={"message_id": ids(2)}))
    assert early.status is Status.PARKED
    assert early.reason == Reason.WAITS_FOR_CASE
    assert inbox.task(early).state == "open"

    done = inbox.receive(an_epikrise())

    expected = "death_reported" if kind is Kind.DEATH else "discharge_withdrawn"
    assert expected in inbox.events(done)
    row = inbox.row(early)
    assert (row.status, row.case_id) == ("updated", done.case_id)
    assert inbox.task(early).state == "done"


def test_an_admission_report_waits_and_then_tells_of_relatives(session):
    inbox = an_inbox(session)
    early = inbox.receive(letters.admission_report(an_envelope(message_id=ids(2))))

    done = inbox.receive(an_epikrise())

    assert early.status is Status.PARKED
    assert inbox.row(early).status == "updated"
    assert inbox.events(done).count("message_received") == 2


def test_what_was_asked_about_is_applied_when_the_same_person_becomes_ours(session):
    inbox = an_inbox(session)
    asked = inbox.receive(a_logistic(Kind.ADMITTED, envelope={"message_id": ids(2)}))
    other = inbox.receive(
        a_logistic(
            Kind.ADMITTED,
            envelope={"message_id": ids(3), "person": replace(IŊGÁ, number="04858740237")},
        )
    )

    done = inbox.receive(an_epikrise())

    assert inbox.row(asked).status == "updated"
    assert inbox.row(asked).case_id == done.case_id
    assert inbox.row(other).status == "to_decide"


def test_a_withdrawal_before_its_message_of_ready_is_right_in_the_end(session):
    inbox = an_inbox(session)
    ready = FRIDAY - timedelta(hours=6)
    first = inbox.receive(an_epikrise())
    inbox.receive(
        a_logistic(
            Kind.WITHDRAWN, envelope={"message_id": ids(2)}, happened=ready + timedelta(hours=2)
        )
    )
    inbox.receive(
        a_logistic(Kind.READY_FOR_DISCHARGE, envelope={"message_id": ids(3)}, happened=ready)
    )

    events = inbox.events(first)
    assert events.index("ready_for_discharge") < events.index("discharge_withdrawn")


# --- new, changed, cancelled ----------------------------------------------------------------------


def test_a_change_moves_what_it_tells_of_and_nothing_is_owed_twice(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())

    changed = inbox.receive(
        an_epikrise(
            envelope={
                "message_id": ids(2),
                "series": Series.CHANGED,
                "generated_at": NOW - timedelta(minutes=5),
            },
            discharged=FRIDAY - timedelta(days=1),
        )
    )

    assert changed.status is Status.UPDATED
    assert changed.case_id == first.case_id
    assert inbox.events(first).count("discharged") == 1


def test_the_new_one_that_comes_after_its_change_says_nothing_more(session):
    inbox = an_inbox(session)
    changed = inbox.receive(an_epikrise(envelope={"message_id": ids(2), "series": Series.CHANGED}))

    late = inbox.receive(an_epikrise(envelope={"generated_at": FRIDAY}))

    assert changed.status is Status.OPENED
    assert late.status is Status.DUPLICATE
    assert late.reason == Reason.OVERTAKEN
    assert late.case_id == changed.case_id


def test_a_change_ends_the_question_about_the_one_before(session):
    inbox = an_inbox(session)
    asked = inbox.receive(an_epikrise(diagnoses=HEART))

    changed = inbox.receive(
        an_epikrise(
            envelope={
                "message_id": ids(2),
                "series": Series.CHANGED,
                "generated_at": NOW - timedelta(minutes=5),
            }
        )
    )

    assert changed.status is Status.OPENED
    assert inbox.row(asked).status == "duplicate"
    assert inbox.task(asked).state == "done"


def test_a_cancellation_takes_back_what_was_said_and_closes_nothing(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())

    done = inbox.receive(a_cancellation(ids(2), "d0000000-0000-4000-8000-000000000001"))

    assert done.status is Status.UPDATED
    assert done.case_id == first.case_id
    assert get_case(session, first.case_id, tenant_id=inbox.site.tenant).is_open
    assert "discharged" not in inbox.events(first)
    assert "index_event" not in inbox.events(first)
    assert "clinician_decides" in inbox.open_tasks(first)


def test_a_change_that_tells_of_the_discharge_itself_assumes_none(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    envelope = {"message_id": ids(2), "series": Series.CHANGED, "generated_at": NOW}

    inbox.receive(an_epikrise(envelope=envelope, discharged=FRIDAY - timedelta(days=1)))

    history = events_of(inbox.session, first.case_id)
    assert not any(event.is_assumed for event in history)


def test_a_cancellation_before_its_original_waits_and_then_a_person_looks(session):
    inbox = an_inbox(session)
    early = inbox.receive(a_cancellation(ids(2), "d0000000-0000-4000-8000-000000000001"))
    assert early.status is Status.PARKED
    assert early.reason == Reason.WAITS_FOR_ORIGINAL

    done = inbox.receive(an_epikrise())

    assert done.status is Status.TO_DECIDE
    assert done.reason == Reason.CANCELLED_ALREADY
    assert inbox.row(early).status == "updated"
    assert inbox.task(early).state == "done"


def test_a_cancellation_of_another_document_cancels_nothing(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())

    done = inbox.receive(a_cancellation(ids(2), "quite-another"))

    assert done.status is Status.PARKED
    assert "discharged" in inbox.events(first)


def test_a_cancellation_of_what_nobody_has_decided_is_shown_there(session):
    inbox = an_inbox(session)
    asked = inbox.receive(an_epikrise(diagnoses=HEART))

    inbox.receive(a_cancellation(ids(2), "d0000000-0000-4000-8000-000000000001"))

    assert inbox.row(asked).status == "to_decide"
    assert inbox.row(asked).reason == Reason.CANCELLED_ALREADY


def test_plo_messages_are_joined_by_the_message_before(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    inbox.receive(a_report(envelope={"message_id": ids(2)}))

    done = inbox.receive(
        a_report(envelope={"message_id": ids(3), "series": Series.CANCELLED, "parent_id": ids(2)})
    )

    assert done.status is Status.UPDATED
    assert "clinician_decides" in inbox.open_tasks(first)


@pytest.mark.parametrize("ours", [True, False])
def test_what_a_sender_writes_stands_nowhere_in_the_open(session, ours):
    inbox = an_inbox(session)
    said = "Ola Nordmann 04858740156"
    done = inbox.receive(
        an_epikrise(envelope={"message_id": said}, document_id=said + " 2", diagnoses=HEART)
    )
    facts = queries.facts_of(session, inbox.row(done))
    assert (facts["message_id"], facts["document_id"]) == (said, said + " 2")
    decide = {"by": inbox.site.anna, "at": NOW, "book": BOOK, "index_kind": IndexKind.SELF_HARM}
    service.decide(session, done.message_id, ours=ours, routes=inbox.routes, **decide)

    for row in session.execute(sa.select(MessageRow.__table__)).all():
        assert "Nordmann" not in str(row)
        assert IŊGÁ.number not in str(row)
    again = inbox.receive(
        an_epikrise(envelope={"message_id": said}, document_id="x", diagnoses=HEART)
    )
    assert (again.status, again.reason) == (Status.TO_DECIDE, Reason.ID_REUSED)


def test_the_same_id_is_another_token_for_another_tenant(session):
    one, other = an_inbox(session), an_inbox(session)

    tokens = {inbox.row(inbox.receive(an_epikrise())).message_ref for inbox in (one, other)}

    assert len(tokens) == 2
    assert {len(token) for token in tokens} == {64}


def test_every_message_is_written_in_the_log_without_content(session):
    inbox = an_inbox(session)
    inbox.receive(an_epikrise(diagnoses=HEART))

    row = session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act == "message.to_decide")
    ).one()
    assert IŊGÁ.number not in str(row.facts)
    assert set(row.facts) == {"message", "reason", "case"}
