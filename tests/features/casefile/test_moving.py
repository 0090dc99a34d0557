"""What was registered on the wrong person is moved to the right one, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.service.absence import cover_absence
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.casefile import service as casefile
from bindeledd.features.casefile.service.moving import move_to_right_person
from bindeledd.features.casefile.service.recalling import holders_of, sent_out_of
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, Event, EventKind, NewEvent
from bindeledd.features.cases.domain.closing import Ending, MustStillOwed, SecondPersonNeeded
from bindeledd.features.cases.domain.correcting import (
    CannotMove,
    NothingToMoveTo,
    Outgoing,
    SamePerson,
    WordsUnreadable,
)
from bindeledd.features.cases.domain.telling import ReasonNeeded
from bindeledd.features.cases.service import endings, saying, work
from bindeledd.features.cases.service.moving import Moved
from bindeledd.features.cases.service.outgoing import may_go_out
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.contacts import queries as contact_queries
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import Channel, NewContact, Outcome
from bindeledd.features.documents import queries as document_queries
from bindeledd.features.documents import service as documents
from bindeledd.features.documents.domain import (
    DocumentNotFound,
    HowKnown,
    Interim,
    InterimWay,
    RecipientKind,
)
from bindeledd.features.documents.service import NewRecipient, undoing
from bindeledd.features.handovers.domain import Way
from bindeledd.features.handovers.domain.outside import Outside
from bindeledd.features.handovers.service import outside
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import unseal
from bindeledd.foundation.spelling import written
from builders import MONDAY, Followed, a_book, a_book_with, a_patient_row, an_open_case

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOUND = MONDAY + DAY
WHY = {"words": "Feil person ble valgt"}


class Two(Followed):
    """The wrong person's follow-up (`case_id`) and the right one's (`right`), both of Anna's team."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        opened = an_open_case(session, self.site, at=MONDAY)
        self.right: UUID = opened.case.id
        self.right_patient: UUID = opened.case.patient_id

    def call(self, outcome: Outcome, at: datetime, **said: Any) -> UUID:
        done = contacts.register_contact(
            self.session,
            self.case_id,
            NewContact(outcome=outcome, **said),
            by=self.site.anna,
            at=at,
            book=a_book(),
        )
        return done.contact.event_id

    def move(self, *events: UUID, to: UUID | None = None, **other: Any) -> Moved:
        how = {"words": WHY, "by": self.site.anna, "at": FOUND, "book": a_book(), **other}
        return move_to_right_person(
            self.session, self.case_id, events, to_patient_id=to or self.right_patient, **how
        )

    def history(self, case_id: UUID) -> tuple[Event, ...]:
        return queries.events_of(self.session, case_id)

    def event(self, kind: EventKind, case_id: UUID | None = None) -> Event:
        return next(e for e in self.history(case_id or self.case_id) if e.kind is kind)

    def owed(self, case_id: UUID, kind: str) -> list[Task]:
        found = queries.tasks_of(self.session, case_id)
        return [task for task in found if task.is_open and task.kind == kind]

    def words(self, case_id: UUID) -> list[str]:
        case = queries.get_case(self.session, case_id, tenant_id=self.site.tenant)
        return [note["words"] for note in queries.notes_of(self.session, case).values()]

    def case_of(self, case_id: UUID) -> Case:
        return queries.get_case(self.session, case_id, tenant_id=self.site.tenant)


@pytest.fixture
def two(session: Session) -> Two:
    return Two(session)


def test_a_call_to_the_wrong_person_counts_for_the_right_one_and_is_owed_here_again(
    two: Two,
) -> None:
    first = two.open("call_patient")[0]
    reached = two.call(Outcome.SPOKE_WITH_PATIENT, MONDAY + 2 * HOUR, words="Snakket om uka")
    assert first.id not in [task.id for task in two.open("call_patient")]

    two.move(reached)

    assert first.id in [task.id for task in two.open("call_patient")]
    again = next(task for task in two.tasks() if task.id == first.id)
    assert again.due_at == first.due_at
    there = two.event(EventKind.REACHED, two.right)
    assert there.at == MONDAY + 2 * HOUR
    assert there.facts["moved_from"] == str(reached)
    assert there.facts["moved_from_case"] == str(two.case_id)


def test_nothing_disappears_and_both_histories_say_where_it_went_and_why(two: Two) -> None:
    reached = two.call(Outcome.SPOKE_WITH_PATIENT, MONDAY + 2 * HOUR)
    before = {event.id for event in two.history(two.case_id)}

    two.move(reached)

    after = {event.id: event for event in two.history(two.case_id)}
    assert before <= after.keys()
    assert after[reached].in_error
    marked = two.event(EventKind.MARKED_IN_ERROR)
    assert marked.facts["moved_to"] == str(two.right)
    assert two.event(EventKind.MOVED_HERE, two.right).facts["moved"] == [str(reached)]
    assert WHY["words"] in two.words(two.case_id)
    assert WHY["words"] in two.words(two.right)


def test_sealed_words_are_sealed_anew_under_the_right_persons_key(two: Two) -> None:
    reached = two.call(Outcome.SPOKE_WITH_PATIENT, MONDAY + 2 * HOUR, words="Bor hos søsteren")
    two.move(reached)

    right = two.case_of(two.right)
    row = two.session.scalars(
        sa.select(EventRow).where(EventRow.case_id == two.right, EventRow.kind == "reached")
    ).one()
    assert row.note is not None
    opened = unseal(two.session, queries.note_place(right, row.id), row.note)
    assert opened["words"] == "Bor hos søsteren"
    [contact] = contact_queries.contacts_of(two.session, two.right, patient_id=two.right_patient)
    assert contact.sealed["words"] == "Bor hos søsteren"
    assert contact.event_id == row.id


def test_words_that_cannot_be_opened_are_not_left_behind(two: Two) -> None:
    reached = two.call(Outcome.SPOKE_WITH_PATIENT, MONDAY + 2 * HOUR, words="Noe")
    other = two.session.scalar(sa.select(EventRow.note).where(EventRow.id == reached))
    assert other is not None
    damaged = other[:-1] + bytes([other[-1] ^ 1])
    two.session.execute(sa.update(EventRow).where(EventRow.id == reached).values(note=damaged))

    with pytest.raises(WordsUnreadable):
        two.move(reached)


def test_what_a_call_left_owed_is_owed_to_the_right_person_too(two: Two) -> None:
    gone = two.call(Outcome.NUMBER_NOT_IN_SERVICE, MONDAY + 2 * HOUR)

    two.move(gone)

    assert two.owed(two.right, "verify_number")


def test_what_another_person_was_promised_is_owed_to_them_and_not_here(two: Two) -> None:
    promised = two.call(
        Outcome.ASKED_TO_CALL_BACK_AT,
        MONDAY + 2 * HOUR,
        words="Ring om barna",
        next_attempt=FOUND + 2 * HOUR,
    )
    assert FOUND + 2 * HOUR in [task.due_at for task in two.open("call_patient")]

    two.move(promised)

    assert FOUND + 2 * HOUR not in [task.due_at for task in two.open("call_patient")]
    assert FOUND + 2 * HOUR in [task.due_at for task in two.owed(two.right, "call_patient")]
    assert EventKind.TASK_WITHDRAWN in two.kinds()


@pytest.mark.parametrize("by_phone", [True, False])
def test_the_day_of_a_new_offer_goes_with_the_no_where_the_routine_makes_no_task_of_it(
    two: Two, by_phone: bool
) -> None:
    book, on = a_book_with("offer-again"), date(2027, 3, 10)
    who = {"by": two.site.anna, "at": MONDAY + 2 * HOUR, "book": book}
    if by_phone:
        no = NewContact(outcome=Outcome.DECLINED_THIS_TIME, offer_again_on=on)
        contacts.register_contact(two.session, two.case_id, no, **who)
    else:
        words = {"words": "Vil ikke ringes"}
        no_words = {"offer_again_on": on, "words": words}
        saying.tell(two.session, two.case_id, EventKind.DECLINED, **no_words, **who)

    two.move(two.event(EventKind.DECLINED).id, book=book)

    assert on not in [task.due_at.date() for task in two.open("call_patient")]
    there = [task.due_at.date() for task in two.owed(two.right, "call_patient")]
    assert there.count(on) == 1


def test_an_appointment_of_somebody_away_is_seen_to_where_it_belongs(two: Two) -> None:
    starts = FOUND + 3 * HOUR
    appointments.book_appointment(
        two.session,
        two.case_id,
        starts_at=starts,
        detail={"where": "DPS"},
        give=True,
        member_id=two.site.anna.id,
        by=two.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    assert two.site.anna.id is not None
    away = {"since": MONDAY + 2 * HOUR, "until": FOUND + DAY, "at": MONDAY + 2 * HOUR}
    cover_absence(two.session, two.site.anna.id, by=two.site.berit, book=a_book(), **away)

    two.move(two.event(EventKind.APPOINTMENT_GIVEN).id)

    assert not two.open("cover_appointment")
    [there] = two.owed(two.right, "cover_appointment")
    assert there.due_at == starts - 2 * HOUR, "while the person is still at home"


def test_an_appointment_goes_with_all_that_was_said_of_it(two: Two) -> None:
    made = appointments.book_appointment(
        two.session,
        two.case_id,
        starts_at=MONDAY + 9 * DAY,
        detail={"where": "DPS"},
        give=True,
        by=two.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )

    two.move(two.event(EventKind.APPOINTMENT_GIVEN).id)

    rows = {row.case_id: row for row in two.session.scalars(sa.select(AppointmentRow))}
    assert rows[two.case_id].state == "in_error"
    assert rows[two.case_id].id == made.appointment.id
    there = appointments.show_appointments(two.session, two.right, by=two.site.anna, at=FOUND)
    assert [(one.state, one.sealed["where"]) for one in there] == [("given", "DPS")]
    kinds = [event.kind for event in two.history(two.right)]
    assert EventKind.APPOINTMENT_BOOKED in kinds
    assert two.event(EventKind.APPOINTMENT_GIVEN, two.right).facts["appointment_id"] == str(
        there[0].id
    )
    assert two.owed(two.right, "confirm_appointment")
    assert not two.owed(two.case_id, "confirm_appointment")


def rebooked(two: Two) -> UUID:
    """An appointment that is given, and then its new time, which is another person's."""
    said: dict[str, Any] = {"by": two.site.anna, "book": a_book(), "give": True}
    first = appointments.book_appointment(
        two.session, two.case_id, starts_at=MONDAY + 3 * DAY, detail={"where": "DPS"},
        at=MONDAY + HOUR, **said,
    )  # fmt: skip
    new = appointments.move(
        two.session, first.appointment.id, starts_at=MONDAY + 6 * DAY, words={},
        at=MONDAY + 2 * HOUR, **said,
    )  # fmt: skip
    return new.appointment.id


def of_appointment(two: Two, appointment_id: UUID) -> UUID:
    told = (e for e in two.history(two.case_id) if e.kind is EventKind.APPOINTMENT_BOOKED)
    return next(e.id for e in told if e.facts["appointment_id"] == str(appointment_id))


def test_where_the_new_time_was_anothers_somebody_asks_which_time_the_person_has(two: Two) -> None:
    new = rebooked(two)
    assert not two.open("give_appointment")

    two.move(of_appointment(two, new))

    [ask] = two.open("give_appointment")
    assert ask.due_at > FOUND
    [note] = queries.task_notes(two.session, two.case_of(two.case_id), [ask.id]).values()
    assert "hvilken time personen har" in note["words"]
    assert not two.owed(two.right, "give_appointment")


def test_whoever_is_given_a_time_after_that_is_asked_no_more(two: Two) -> None:
    two.move(of_appointment(two, rebooked(two)))

    appointments.book_appointment(
        two.session, two.case_id, starts_at=MONDAY + 3 * DAY, detail={"where": "DPS"}, give=True,
        by=two.site.anna, at=FOUND + HOUR, book=a_book(),
    )  # fmt: skip

    assert not two.open("give_appointment")


def test_an_appointment_whose_keeper_is_away_is_moved_like_any_other(two: Two) -> None:
    site, day = two.site, MONDAY + 3 * DAY
    staff.away(
        two.session, site.anna.id, since=day, until=day + DAY, by=site.anna, at=MONDAY + HOUR
    )  # fmt: skip
    appointments.book_appointment(
        two.session, two.case_id, starts_at=day + HOUR, detail={"where": "Rom 2"}, give=True,
        member_id=site.anna.id, by=site.anna, at=MONDAY + HOUR, book=a_book(),
    )  # fmt: skip
    assert len(two.owed(two.case_id, "cover_appointment")) == 1

    two.move(two.event(EventKind.APPOINTMENT_GIVEN).id)

    assert EventKind.APPOINTMENT_GIVEN in [event.kind for event in two.history(two.right)]


def test_a_summary_goes_with_those_who_were_sent_it(two: Two) -> None:
    common: dict[str, Any] = {"by": two.site.anna, "book": a_book()}
    begun = documents.begin_summary(
        two.session,
        two.case_id,
        [NewRecipient(kind=RecipientKind.GP, detail={"name": "Fastlege Vik"})],
        by=two.site.anna,
        at=MONDAY + HOUR,
    )
    everybody = [one.id for one in begun.document.recipients]
    documents.write_summary(two.session, begun.document.id, at=MONDAY + HOUR, **common)
    documents.send_summary(
        two.session, begun.document.id, everybody, at=MONDAY + 2 * HOUR, **common
    )

    two.move(two.event(EventKind.SUMMARY_SENT).id)

    assert not document_queries.documents_of(two.session, two.case_id, patient_id=two.patient_id)
    [there] = document_queries.documents_of(two.session, two.right, patient_id=two.right_patient)
    assert [(one.state, one.sealed["name"]) for one in there.recipients] == [
        ("sent", "Fastlege Vik")
    ]
    assert two.open("send_summary")
    with pytest.raises(DocumentNotFound):  # a page that was open meanwhile
        documents.object_to_summary(
            two.session, begun.document.id, everybody, words=WHY, at=FOUND, **common
        )


def test_a_message_goes_whole_and_what_comes_after_it_finds_the_right_person(two: Two) -> None:
    message = MessageRow(
        id=UUID(int=7),
        tenant_id=two.site.tenant,
        fingerprint="0" * 64,
        size=1,
        status="updated",
        team_id=two.site.team,
        case_id=two.case_id,
        patient_id=two.patient_id,
        received_at=MONDAY,
    )
    two.session.add(message)
    two.session.flush()
    told = [
        NewEvent(kind=kind, at=MONDAY + HOUR, source="message", source_id=message.id)
        for kind in (EventKind.ADMITTED, EventKind.DISCHARGED)
    ]
    cases.record(
        two.session, two.case_id, told, by=two.site.system, at=MONDAY + HOUR, book=a_book()
    )

    two.move(two.event(EventKind.ADMITTED).id)

    two.session.expire(message)
    assert (message.case_id, message.patient_id) == (two.right, two.right_patient)
    there = [(e.kind, e.source_id) for e in two.history(two.right) if e.source == "message"]
    assert there == [(EventKind.ADMITTED, message.id), (EventKind.DISCHARGED, message.id)]
    assert two.owed(two.right, "call_patient"), "the discharge is followed up where it belongs"


def test_a_whole_discharge_opens_the_right_persons_follow_up(two: Two) -> None:
    """The right person has none: the index event that is moved begins it."""
    done = cases_closed_patient(two)
    everything = [
        two.event(EventKind.INDEX_EVENT).id,
        two.event(EventKind.DISCHARGED).id,
    ]

    moved = two.move(*everything, to=done)

    assert moved.right.case.patient_id == done
    assert {task.kind for task in moved.right.new} >= {"call_patient", "send_summary"}
    here = [task for task in two.tasks() if task.is_open]
    assert here, "what is left here is owed a look until somebody signs its ending"
    assert not two.open("call_patient")


def cases_closed_patient(two: Two) -> UUID:
    """A patient whom Anna sees by a follow-up that has been closed."""
    opened = an_open_case(two.session, two.site, at=MONDAY - 500 * DAY)
    at = MONDAY - 400 * DAY
    endings.request_closing(
        two.session,
        opened.case.id,
        ending=Ending.COMPLETED,
        words=WHY,
        override=True,
        by=two.site.anna,
        at=at,
        book=a_book(),
    )
    endings.sign_closing(
        two.session, opened.case.id, words=WHY, by=two.site.berit, at=at, book=a_book()
    )
    return opened.case.patient_id


def test_without_what_begins_a_follow_up_there_is_nowhere_to_move_it(two: Two) -> None:
    reached = two.call(Outcome.SPOKE_WITH_PATIENT, MONDAY + 2 * HOUR)
    with pytest.raises(NothingToMoveTo):
        two.move(reached, to=cases_closed_patient(two))


def test_whoever_moves_sees_both(two: Two) -> None:
    reached = two.call(Outcome.SPOKE_WITH_PATIENT, MONDAY + 2 * HOUR)
    hidden = a_patient_row(two.session, two.site)
    for by, to in ((two.site.carl, two.right_patient), (two.site.anna, hidden)):
        with pytest.raises(OutOfSight):
            two.move(reached, by=by, to=to)


def test_whoever_moves_sees_the_follow_up_that_it_would_open_again(two: Two) -> None:
    """Anna sees one of long ago; the one of last year is another team's."""
    patient = cases_closed_patient(two)
    last = an_open_case(
        two.session,
        two.site,
        at=MONDAY - 30 * DAY,
        patient=patient,
        team=two.site.other_team,
        by=two.site.carl,
    )
    said: dict[str, Any] = {"words": WHY, "at": MONDAY - 20 * DAY, "book": a_book()}
    ending = {"ending": Ending.COMPLETED, "override": True, "by": two.site.carl}
    endings.request_closing(two.session, last.case.id, **ending, **said)
    endings.sign_closing(two.session, last.case.id, by=two.site.dina, **said)
    everything = [two.event(kind).id for kind in (EventKind.INDEX_EVENT, EventKind.DISCHARGED)]

    with pytest.raises(OutOfSight):
        two.move(*everything, to=patient)

    assert not two.case_of(last.case.id).is_open
    assert EventKind.MARKED_IN_ERROR not in two.kinds()


def test_a_move_has_a_reason_and_another_person(two: Two) -> None:
    reached = two.call(Outcome.SPOKE_WITH_PATIENT, MONDAY + 2 * HOUR)
    with pytest.raises(ReasonNeeded):
        two.move(reached, words={"words": " "})
    with pytest.raises(SamePerson):
        two.move(reached, to=two.patient_id)
    with pytest.raises(CannotMove):
        two.move()


def test_signatures_and_answers_stay_where_they_were_given(two: Two) -> None:
    endings.request_closing(
        two.session,
        two.case_id,
        ending=Ending.COMPLETED,
        words=WHY,
        override=True,
        by=two.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    with pytest.raises(CannotMove):
        two.move(two.event(EventKind.CLOSING_REQUESTED).id)


def test_a_move_stands_in_the_log_of_both(two: Two) -> None:
    two.move(two.call(Outcome.SPOKE_WITH_PATIENT, MONDAY + 2 * HOUR))

    about = two.session.scalars(
        sa.select(AuditSubjectRow.subject_id)
        .join(AuditEventRow, AuditEventRow.id == AuditSubjectRow.event_id)
        .where(AuditEventRow.act == "case.moved")
    ).all()
    assert set(about) == {two.patient_id, two.right_patient}


def test_a_report_of_death_on_the_wrong_person_is_moved_and_owed_here_again(two: Two) -> None:
    before = {task.id: task.due_at for task in two.open("call_patient")}
    saying.tell(
        two.session,
        two.case_id,
        EventKind.DEATH_REPORTED,
        words={"words": "Fra legevakten"},
        by=two.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    assert not two.open("call_patient")
    assert not may_go_out(
        two.session,
        two.case_id,
        Outgoing.LETTER,
        words={"whom": "Kari", "words": "Innkalling"},
        by=two.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )

    two.move(two.event(EventKind.DEATH_REPORTED).id)

    assert {task.id: task.due_at for task in two.open("call_patient")} == before
    assert not two.open("confirm_death")
    assert two.owed(two.right, "confirm_death")
    assert two.open("review_held"), "what was held here meanwhile is looked through"


def test_a_death_that_a_colleague_moved_is_confirmed_by_neither_of_the_two(two: Two) -> None:
    made = two.record(EventKind.DEATH_REPORTED, at=MONDAY + HOUR).events[0]
    two.move(made.id, by=two.site.berit)
    how = {"words": {"words": "Sett"}, "at": FOUND + HOUR, "book": a_book()}

    for one in (two.site.anna, two.site.berit):
        with pytest.raises(SecondPersonNeeded):
            saying.tell(two.session, two.right, EventKind.DEATH_CONFIRMED, by=one, **how)

    assert two.owed(two.right, "confirm_death")


# --- what went out of the wrong registration --------------------------------------------------------


def sms(two: Two, at: datetime) -> UUID:
    return two.call(
        Outcome.MESSAGE_SENT_UNCONFIRMED, at, channel=Channel.SMS, whom="Til +47 99 11 22 33"
    )


def tell_them(two: Two, at: datetime, by: Actor | None = None) -> None:
    [task] = two.open("recall_sent")
    work.complete_task(
        two.session,
        two.case_id,
        task.id,
        words={"words": "Alle har fått beskjed"},
        by=by or two.site.anna,
        at=at,
        book=a_book(),
    )


def test_what_was_sent_because_of_a_wrong_discharge_is_listed_for_a_person(two: Two) -> None:
    sent = sms(two, MONDAY + 3 * HOUR)

    two.move(two.event(EventKind.DISCHARGED).id)

    [task] = two.open("recall_sent")
    assert task.due_at.date() == FOUND.date()
    file = casefile.case_file(two.session, two.case_id, by=two.site.anna, at=FOUND, book=a_book())
    [line] = sent_out_of(two.session, file, task.anchor_event_id)
    assert (line.event_id, line.at, line.to) == (
        sent,
        MONDAY + 3 * HOUR,
        ("Til +47 99 11 22 33",),
    )


def test_whoever_outside_has_a_package_of_it_is_named(two: Two) -> None:
    said: dict[str, Any] = {"by": two.site.anna, "at": MONDAY + HOUR}
    receiver = Outside(
        id=new_id(), tenant_id=two.site.tenant, organisation="Prøve kommune", phone="77 00 00 00"
    )
    outside.set_outside(two.session, receiver, **said)
    package = outside.prepare(
        two.session, two.case_id, outside_id=receiver.id, content={"words": "x"}, **said
    )
    outside.take_out(two.session, package.id, form="pdf", book=a_book(), **said)
    outside.send(two.session, package.id, way=Way.LETTER, words={}, book=a_book(), **said)

    two.move(two.event(EventKind.DISCHARGED).id)

    [task] = two.open("recall_sent")
    file = casefile.case_file(two.session, two.case_id, by=two.site.anna, at=FOUND, book=a_book())
    [line] = sent_out_of(two.session, file, task.anchor_event_id)
    assert line.to == ("Prøve kommune",)


def holders(two: Two) -> list[str]:
    [task] = two.open("recall_sent")
    file = casefile.case_file(two.session, two.case_id, by=two.site.anna, at=FOUND, book=a_book())
    return [one.to for one in holders_of(two.session, file, task)]


def test_a_letter_and_an_sms_to_the_person_are_told_apart_by_way_and_moment(two: Two) -> None:
    two.call(Outcome.MESSAGE_SENT_UNCONFIRMED, MONDAY + 3 * HOUR, channel=Channel.SMS)
    two.call(Outcome.LETTER_SENT, MONDAY + 4 * HOUR, channel=Channel.LETTER)
    two.move(two.event(EventKind.DISCHARGED).id)

    assert holders(two) == [
        f"Pasienten: Prøvde å få kontakt (SMS) {written(MONDAY + 3 * HOUR)}",
        f"Pasienten: Prøvde å få kontakt (Brev) {written(MONDAY + 4 * HOUR)}",
    ]


def test_the_person_holds_the_wrong_appointment_and_not_whoever_would_have_met_them(
    two: Two,
) -> None:
    starts_at = MONDAY + 3 * DAY
    appointments.book_appointment(
        two.session,
        two.case_id,
        starts_at=starts_at,
        detail={"whom": "Anna", "where": "DPS Vest"},
        give=True,
        by=two.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    two.move(two.event(EventKind.DISCHARGED).id)

    [to] = holders(two)
    assert to.startswith("Pasienten: Time gitt")
    assert to.endswith(f"Timen {written(starts_at)}")
    assert "Anna" not in to


def test_one_of_the_same_name_twice_is_told_apart_by_what_each_was(two: Two) -> None:
    for hours in (3, 4):
        sms(two, MONDAY + hours * HOUR)
    two.move(two.event(EventKind.DISCHARGED).id)

    first, second = holders(two)
    assert first.startswith("Til +47 99 11 22 33: ")
    assert second.startswith("Til +47 99 11 22 33: ")
    assert first != second


def test_whoever_was_given_an_interim_summary_is_named(two: Two) -> None:
    told = Interim(words="Det viktigste", whom="Lege Prøve", way=InterimWay.PHONE)
    documents.tell_interim(
        two.session, two.case_id, told, by=two.site.anna, at=MONDAY + HOUR, book=a_book()
    )
    two.move(two.event(EventKind.DISCHARGED).id)

    assert holders(two) == ["Lege Prøve"]


def test_where_nobody_wrote_to_whom_the_words_of_it_stand_there(two: Two) -> None:
    old = NewEvent(
        kind=EventKind.SUMMARY_INTERIM, at=MONDAY + HOUR, note={"words": "Ringt fastlegen"}
    )
    how = {"by": two.site.anna, "at": MONDAY + HOUR, "book": a_book()}
    cases.record(two.session, two.case_id, [old], **how)
    two.move(two.event(EventKind.DISCHARGED).id)

    [to] = holders(two)
    assert to.startswith("Ikke skrevet hvem: Foreløpig beskjed gitt")
    assert to.endswith("Ringt fastlegen")


def test_where_nothing_was_sent_nobody_has_to_be_told(two: Two) -> None:
    two.call(Outcome.NO_ANSWER, MONDAY + HOUR)
    two.move(two.event(EventKind.DISCHARGED).id)
    assert not two.open("recall_sent")


def test_a_small_mistake_calls_nothing_back(two: Two) -> None:
    sms(two, MONDAY + HOUR)
    two.record(EventKind.PLAN_OFFERED, at=MONDAY + 2 * HOUR)
    cases.mark_in_error(
        two.session,
        two.case_id,
        [two.event(EventKind.PLAN_OFFERED).id],
        words=WHY,
        by=two.site.anna,
        at=FOUND,
        book=a_book(),
    )
    assert not two.open("recall_sent")


def test_registered_in_error_is_signed_by_another_person_once_everybody_was_told(
    two: Two,
) -> None:
    sms(two, MONDAY + HOUR)
    _ask_error(two, by=two.site.berit)
    common: dict[str, Any] = {"words": WHY, "book": a_book()}
    with pytest.raises(SecondPersonNeeded):
        endings.sign_closing(two.session, two.case_id, by=two.site.berit, at=FOUND, **common)
    endings.refuse_closing(two.session, two.case_id, by=two.site.berit, at=FOUND + HOUR, **common)
    assert not two.open("recall_sent"), "it was no error: nobody has to be told"

    later = FOUND + 2 * HOUR
    _ask_error(two, by=two.site.anna, at=later)
    with pytest.raises(MustStillOwed):
        endings.sign_closing(two.session, two.case_id, by=two.site.berit, at=later, **common)
    tell_them(two, later)
    endings.sign_closing(two.session, two.case_id, by=two.site.berit, at=later, **common)

    assert not two.case().is_open
    assert EventKind.CONTACT_ATTEMPTED in two.kinds(), "nothing disappears"


def _ask_error(two: Two, *, by: Actor, at: datetime = FOUND) -> None:
    endings.request_closing(
        two.session,
        two.case_id,
        ending=Ending.REGISTERED_IN_ERROR,
        words=WHY,
        by=by,
        at=at,
        book=a_book(),
    )


def test_what_is_told_of_after_everybody_was_told_is_owed_an_answer_of_its_own(two: Two) -> None:
    sms(two, MONDAY + HOUR)
    two.move(two.event(EventKind.DISCHARGED).id)
    tell_them(two, FOUND + HOUR)
    assert not two.open("recall_sent")

    late = NewEvent(kind=EventKind.SUMMARY_SENT, at=MONDAY + 2 * HOUR)
    at = FOUND + 2 * HOUR
    done = cases.record(two.session, two.case_id, [late], by=two.site.anna, at=at, book=a_book())

    [task] = two.open("recall_sent")
    assert task.anchor_event_id == done.events[0].id
    file = casefile.case_file(two.session, two.case_id, by=two.site.anna, at=at, book=a_book())
    assert [line.event_id for line in sent_out_of(two.session, file, task.anchor_event_id)] == [
        done.events[0].id
    ]
    tell_them(two, at + HOUR)
    assert not two.open("recall_sent")


def test_what_is_told_of_late_is_called_back_no_more_once_a_lead_says_it_was_no_error(
    two: Two,
) -> None:
    sms(two, MONDAY + HOUR)
    _ask_error(two, by=two.site.anna)
    tell_them(two, FOUND + HOUR)
    late = NewEvent(kind=EventKind.SUMMARY_SENT, at=MONDAY + 2 * HOUR)
    said: dict[str, Any] = {"by": two.site.berit, "book": a_book()}
    cases.record(two.session, two.case_id, [late], at=FOUND + 2 * HOUR, **said)
    assert two.open("recall_sent")

    endings.refuse_closing(two.session, two.case_id, words=WHY, at=FOUND + 3 * HOUR, **said)

    assert not two.open("recall_sent")


def test_what_was_listed_once_is_not_listed_again(two: Two) -> None:
    sms(two, MONDAY + HOUR)
    two.move(two.event(EventKind.DISCHARGED).id)
    tell_them(two, FOUND)

    _ask_error(two, by=two.site.anna, at=FOUND + HOUR)

    assert not two.open("recall_sent")


# --- a summary that only some were sent -------------------------------------------------------------


def a_summary(two: Two) -> list[UUID]:
    """Begun for the GP, the referrer and whoever follows up, and written. Gives it and its three."""
    said: dict[str, Any] = {"by": two.site.anna, "at": MONDAY + HOUR}
    three = [
        NewRecipient(kind=RecipientKind.GP, detail={"name": "Dr. Ås"}),
        NewRecipient(kind=RecipientKind.REFERRER, detail={"name": "Legevakten"}),
        NewRecipient(kind=RecipientKind.FOLLOW_UP, detail={"name": "DPS Vest"}),
    ]
    begun = documents.begin_summary(two.session, two.case_id, three, **said).document
    documents.write_summary(two.session, begun.id, book=a_book(), **said)
    by_name = {one.sealed["name"]: one.id for one in begun.recipients}
    return [begun.id, *(by_name[name] for name in ("Dr. Ås", "Legevakten", "DPS Vest"))]


def who_has_it(two: Two, case_id: UUID | None = None) -> list[tuple[str, ...]]:
    here = case_id or two.case_id
    [task] = two.owed(here, "recall_sent")
    at = FOUND + 2 * DAY
    file = casefile.case_file(two.session, here, by=two.site.anna, at=at, book=a_book())
    return [line.to for line in sent_out_of(two.session, file, task.anchor_event_id)]


def test_whoever_alone_was_sent_a_summary_of_the_wrong_person_is_listed(two: Two) -> None:
    summary, gp, *_ = a_summary(two)
    said: dict[str, Any] = {"by": two.site.anna, "at": MONDAY + 2 * HOUR, "book": a_book()}
    documents.send_summary(two.session, summary, [gp], **said)

    two.move(two.event(EventKind.DISCHARGED).id, two.event(EventKind.SUMMARY_WRITTEN).id)

    assert who_has_it(two) == [("Dr. Ås",)]


def test_each_who_was_sent_a_summary_is_listed_once_in_whatever_order_they_were(two: Two) -> None:
    summary, gp, referrer, follow_up = a_summary(two)
    said: dict[str, Any] = {"by": two.site.anna, "book": a_book()}
    documents.send_summary(two.session, summary, [gp], at=MONDAY + 2 * HOUR, **said)
    documents.receive_summary(
        two.session, summary, [referrer], how=HowKnown.RECEIPT, at=MONDAY + 3 * HOUR, **said
    )
    documents.send_summary(two.session, summary, [follow_up], at=MONDAY + 4 * HOUR, **said)

    two.move(two.event(EventKind.DISCHARGED).id, two.event(EventKind.SUMMARY_WRITTEN).id)

    assert who_has_it(two) == [("Dr. Ås",), ("Legevakten",), ("DPS Vest",)]


def test_taking_back_one_receiver_leaves_the_others_to_be_told(two: Two) -> None:
    summary, gp, referrer, follow_up = a_summary(two)
    said: dict[str, Any] = {"by": two.site.anna, "book": a_book()}
    every = [gp, referrer, follow_up]
    documents.send_summary(two.session, summary, every, at=MONDAY + 2 * HOUR, **said)
    undoing.undo(two.session, summary, [gp], words=WHY, at=MONDAY + 3 * HOUR, **said)

    two.move(two.event(EventKind.DISCHARGED).id)

    [names] = who_has_it(two)
    assert sorted(names) == ["DPS Vest", "Legevakten"]


def test_nobody_is_told_of_a_summary_that_none_was_sent_after_all(two: Two) -> None:
    summary, gp, *_ = a_summary(two)
    said: dict[str, Any] = {"by": two.site.anna, "book": a_book()}
    documents.send_summary(two.session, summary, [gp], at=MONDAY + 2 * HOUR, **said)
    undoing.undo(two.session, summary, [gp], words=WHY, at=MONDAY + 3 * HOUR, **said)

    two.move(two.event(EventKind.DISCHARGED).id)

    assert not two.open("recall_sent")


def test_a_summary_that_was_moved_twice_names_its_receivers_at_both(two: Two) -> None:
    summary, gp, *_ = a_summary(two)
    said: dict[str, Any] = {"by": two.site.anna, "book": a_book()}
    documents.send_summary(two.session, summary, [gp], at=MONDAY + 2 * HOUR, **said)
    two.move(two.event(EventKind.SUMMARY_WRITTEN).id)
    third = an_open_case(two.session, two.site, at=MONDAY).case

    move_to_right_person(
        two.session,
        two.right,
        [two.event(EventKind.SUMMARY_WRITTEN, two.right).id],
        to_patient_id=third.patient_id,
        words=WHY,
        by=two.site.anna,
        at=FOUND + DAY,
        book=a_book(),
    )

    assert who_has_it(two) == [("Dr. Ås",)]
    assert who_has_it(two, two.right) == [("Dr. Ås",)]


def test_whoever_a_discharge_is_moved_away_from_is_owed_everything_still(session: Session) -> None:
    two = Two(session)
    before = {(task.kind, task.due_at) for task in two.tasks() if task.is_open}
    home = next(
        e for e in queries.events_of(session, two.case_id) if e.kind is EventKind.DISCHARGED
    )

    move_to_right_person(
        session,
        two.case_id,
        [home.id],
        to_patient_id=two.right_patient,
        words=WHY,
        by=two.site.anna,
        at=FOUND,
        book=a_book(),
    )

    assert before <= {(task.kind, task.due_at) for task in two.tasks() if task.is_open}
    assert two.open("find_discharge")
