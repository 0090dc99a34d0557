"""Who may read what arrived, before and after it is known whom it is about; and what the log says."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.audit.queries import subject_log
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.intake import service
from bindeledd.features.intake.domain.queue import CallNotFound, MessageNotFound, Received
from bindeledd.features.intake.tables import CallRow, MessageRow
from bindeledd.foundation.ids import new_id
from features.intake.builders import BOOK, HEART, NOW, Inbox, an_epikrise, an_inbox

LATER = NOW + timedelta(hours=3)
WORDS = {"said": "Han svarer ikke"}


def blind(session: Session) -> None:
    """The relation of every team ends."""
    session.execute(sa.update(CareRelationRow).values(until=NOW))


def acts(inbox: Inbox, patient_id) -> list[str]:
    return [entry.act for entry in subject_log(inbox.session, inbox.site.tenant, patient_id)]


def read(inbox: Inbox, done: Received, by=None):
    who = by or inbox.site.anna
    return service.show_message(inbox.session, done.message_id, by=who, at=LATER)


def call(inbox: Inbox, **more):
    asked = {"words": WORDS, "acute": False, "by": inbox.site.anna, "at": NOW, "book": BOOK}
    return service.call_in(inbox.session, **{**asked, **more})


def a_call_about(session: Session, inbox: Inbox, patient_id):
    """A call of the team, with a patient written on it whose follow-up no team may see."""
    done = call(inbox)
    session.execute(
        sa.update(CallRow).where(CallRow.id == done.call_id).values(patient_id=patient_id)
    )
    blind(session)
    session.expire_all()
    return done


def test_who_rang_is_told_to_the_team_that_owes_the_answer_and_to_no_other(session):
    inbox = an_inbox(session)
    done = call(inbox, words={"caller": "Moren"})

    told = [
        service.who_called(session, [done.call_id], by=by, at=LATER)
        for by in (inbox.site.anna, inbox.site.carl)
    ]

    assert [set(one) for one in told] == [{done.call_id}, set()]


# --- messages -------------------------------------------------------------------------------------


def test_a_message_of_a_follow_up_is_read_by_whoever_sees_it_and_by_nobody_else(session):
    inbox = an_inbox(session)
    done = inbox.receive(an_epikrise())
    session.execute(
        sa.insert(CareRelationRow).values(
            id=new_id(),
            tenant_id=inbox.site.tenant,
            case_id=done.case_id,
            patient_id=done.patient_id,
            team_id=inbox.site.other_team,
            kind="participant",
            since=NOW,
        )
    )
    assert read(inbox, done).said
    assert read(inbox, done, by=inbox.site.carl).said

    blind(session)

    for one in (inbox.site.anna, inbox.site.carl):
        with pytest.raises(MessageNotFound):
            read(inbox, done, by=one)


def test_a_message_of_a_patient_without_a_follow_up_needs_sight_of_the_patient(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    session.execute(sa.update(MessageRow).values(case_id=None))
    session.expire_all()
    assert read(inbox, first).said

    blind(session)

    with pytest.raises(MessageNotFound):
        read(inbox, first)


def test_a_copy_of_what_waited_is_not_left_open_when_the_original_is_answered(session):
    inbox = an_inbox(session)
    asked = inbox.receive(an_epikrise(diagnoses=HEART))
    copy = inbox.receive(an_epikrise(diagnoses=HEART) + b"\n")
    assert copy.message_id != asked.message_id

    with pytest.raises(MessageNotFound):
        read(inbox, copy)


def a_waiting_one_about(inbox: Inbox, patient_id) -> Received:
    """A message that waits for its team's answer, about a patient who is known."""
    asked = inbox.receive(b"cut off")
    inbox.session.execute(
        sa.update(MessageRow).where(MessageRow.id == asked.message_id).values(patient_id=patient_id)
    )
    inbox.session.expire_all()
    return asked


def test_while_a_message_waits_its_team_reads_it_whoever_it_is_about(session):
    inbox = an_inbox(session)
    known = inbox.receive(an_epikrise())
    waiting = a_waiting_one_about(inbox, known.patient_id)
    blind(session)

    assert read(inbox, waiting).message.id == waiting.message_id
    with pytest.raises(MessageNotFound):
        read(inbox, waiting, by=inbox.site.carl)


def test_a_message_of_a_known_patient_is_in_the_patients_log_when_it_is_read(session):
    inbox = an_inbox(session)
    done = inbox.receive(an_epikrise())

    read(inbox, done)

    (entry,) = [
        one
        for one in subject_log(session, inbox.site.tenant, done.patient_id)
        if one.act == "intake.message_shown"
    ]
    assert entry.actor_id == inbox.site.anna.id


def test_a_queue_with_a_known_patient_in_it_is_in_their_log(session):
    inbox = an_inbox(session)
    known = inbox.receive(an_epikrise())
    a_waiting_one_about(inbox, known.patient_id)

    service.show_queue(session, by=inbox.site.anna, at=LATER)

    subjects = session.scalars(
        sa.select(AuditSubjectRow.subject_id)
        .join(AuditEventRow, AuditEventRow.id == AuditSubjectRow.event_id)
        .where(AuditEventRow.act == "intake.queue_shown")
    ).all()
    assert known.patient_id in subjects


def test_what_was_read_before_it_was_ours_is_in_the_patients_log(session):
    inbox = an_inbox(session)
    asked = inbox.receive(an_epikrise(diagnoses=HEART))
    read(inbox, asked)
    service.show_queue(session, by=inbox.site.anna, at=LATER)

    done = service.decide(
        session,
        asked.message_id,
        ours=True,
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        by=inbox.site.anna,
        at=LATER,
        book=BOOK,
        routes=inbox.routes,
    )

    assert {"intake.message_shown", "intake.queue_shown"} <= set(acts(inbox, done.patient_id))
    assert acts(inbox, new_id()) == []


# --- calls ----------------------------------------------------------------------------------------


def test_an_open_call_is_its_teams_but_the_patients_name_is_not(session):
    inbox = an_inbox(session)
    patient_id = inbox.receive(an_epikrise()).patient_id
    done = a_call_about(session, inbox, patient_id)

    shown = service.show_call(session, done.call_id, by=inbox.site.anna, at=LATER)

    assert shown.words == WORDS
    assert service.name_of_call(session, shown, by=inbox.site.anna) is None
    named = service.name_of_call(session, shown, by=inbox.site.system)
    assert named is not None
    assert named.name


def test_an_answered_call_about_a_patient_needs_sight_of_the_patient(session):
    inbox = an_inbox(session)
    patient_id = inbox.receive(an_epikrise()).patient_id
    done = a_call_about(session, inbox, patient_id)
    said = {"words": {"done": "Ringte"}, "by": inbox.site.anna, "at": LATER}

    service.answer_call(session, done.call_id, **said)

    with pytest.raises(CallNotFound):
        service.show_call(session, done.call_id, by=inbox.site.anna, at=LATER)


def test_an_answered_call_about_nobody_known_stays_with_the_team(session):
    inbox = an_inbox(session)
    done = call(inbox)
    said = {"words": {"done": "Ringte"}, "by": inbox.site.anna, "at": LATER}

    service.answer_call(session, done.call_id, **said)

    assert service.show_call(session, done.call_id, by=inbox.site.anna, at=LATER).answer
    with pytest.raises(CallNotFound):
        service.show_call(session, done.call_id, by=inbox.site.carl, at=LATER)


def test_what_was_heard_of_a_call_before_it_was_matched_is_in_the_patients_log(session):
    inbox = an_inbox(session)
    case = inbox.receive(an_epikrise())
    done = call(inbox)
    service.show_calls(session, by=inbox.site.anna, at=NOW)

    service.match_call(
        session, done.call_id, patient_id=case.patient_id, by=inbox.site.anna, at=LATER, book=BOOK
    )

    assert {"intake.calls_shown", "call.taken"} <= set(acts(inbox, case.patient_id))
