"""The case on one screen: everything that was recorded, by services, read back whole."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.appointments import service as appointments
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain import NotRevealed
from bindeledd.features.casefile.domain.owing import GateState
from bindeledd.features.cases import service as casework
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.contacts.tables import ContactRow
from bindeledd.features.documents import service as documents
from bindeledd.features.documents.domain import RecipientKind
from bindeledd.features.documents.service import NewRecipient
from bindeledd.features.handovers import service as handovers
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain import ContactWay, Identity
from bindeledd.features.patients.tables import PatientRow, contact_bundle, place
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import Family, Young
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.staff.tables import DutyRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import ring, seal
from builders import MONDAY, Followed, a_book
from features.worklist.builders import seal_identity
from statements import statements

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = MONDAY + 4 * HOUR


@pytest.fixture
def followed(session):
    made = Followed(session, unit=True)
    seal_identity(session, made.site, made.patient_id, Identity(full="Kari Prøve"))
    return made


def shown(followed, *, by=None, at=NOON, **more):
    return service.case_file(
        followed.session,
        followed.case_id,
        by=by or followed.site.anna,
        at=at,
        **{"book": a_book(), **more},
    )


def everything(followed):
    """Something of each kind, recorded by the services."""
    session, by, book = followed.session, followed.site.anna, a_book()
    how = {"by": by, "at": NOON, "book": book}
    contacts.register_contact(
        session,
        followed.case_id,
        NewContact(outcome=Outcome.SPOKE_WITH_PATIENT, words="Har det bedre."),
        **how,
    )
    appointments.book_appointment(
        session, followed.case_id, starts_at=NOON + 2 * DAY, detail={"where": "DPS"}, **how
    )
    gp = NewRecipient(kind=RecipientKind.GP, detail={"name": "Fastlegen"})
    documents.begin_summary(session, followed.case_id, [gp], by=by, at=NOON)
    relatives.add_relative(
        session, followed.patient_id, name="Per Prøve", relation="bror", by=by, at=NOON
    )
    relatives.ask_about_children(
        session, followed.case_id, family=Family(children=(Young(born_year=2015),)), **how
    )
    handovers.hand_over(
        session,
        followed.case_id,
        to_team_id=followed.site.other_team,
        words={"reason": "Flytter hjem."},
        **how,
    )


def test_it_says_whom_it_is_about_and_what_is_owed(followed):
    found = shown(followed)

    assert found.patient.name == "Kari Prøve"
    assert found.team == "follow-up"
    assert found.unit == "Post 3"
    open_tasks = [task for task in followed.tasks() if task.is_open]
    in_order = sorted(open_tasks, key=lambda task: (task.due_at, task.kind, task.id))
    assert [one.task.id for one in found.owed] == [task.id for task in in_order]
    assert found.next_task.task.id == followed.case().next_task_id


def test_everything_that_was_recorded_is_there_opened(followed):
    everything(followed)

    found = shown(followed)

    spoke = next(line for line in found.timeline if line.kind == "reached")
    assert spoke.contact.detail["words"] == "Har det bedre."
    assert spoke.contact.detail["outcome"] == "spoke_with_patient"
    assert found.appointment_ahead.detail == {"where": "DPS"}
    assert found.documents[0].recipients[0].detail == {"name": "Fastlegen"}
    assert [one.name for one in found.relatives] == ["Per Prøve"]
    assert [young.born_year for young in found.family.children] == [2015]
    assert found.pending_handover.note == {"reason": "Flytter hjem."}
    assert found.last_reached_at == NOON
    assert not found.never_reached
    assert found.unreadable == ()


def test_the_timeline_has_every_event_once_the_latest_first(followed):
    everything(followed)

    found = shown(followed)

    assert len(found.timeline) == len(followed.kinds())
    assert len({line.id for line in found.timeline}) == len(found.timeline)
    moments = [line.at for line in found.timeline]
    assert moments == sorted(moments, reverse=True)


def test_names_stand_for_everyone_who_is_mentioned(followed):
    everything(followed)

    found = shown(followed, by=followed.site.carl)

    assert found.names[followed.site.anna.id] == "Anna"
    assert found.names[followed.site.team] == "follow-up"
    assert found.names[followed.site.other_team] == "municipal"
    kinds = {relation.team_id: relation.kind for relation in found.relations}
    assert kinds[followed.site.team] == "owner"
    assert kinds[followed.site.other_team] == "receiver"


@pytest.mark.parametrize("much", [0, 40], ids=["short", "long"])
def test_ten_statements_are_enough_however_long_the_history_is(followed, much):
    everything(followed)
    for number in range(much):
        followed.record(EventKind.CONTACT_ATTEMPTED, at=NOON + number * HOUR)
    session = followed.session
    session.flush()
    session.expunge_all()
    ring(session).forget()

    with statements(session.connection()) as asked:
        shown(followed, at=NOON + 50 * HOUR)

    assert len(asked) <= 10, asked


def test_a_read_is_written_down_with_its_patient(followed):
    shown(followed)

    session = followed.session
    event = session.scalar(sa.select(AuditEventRow).where(AuditEventRow.act == "case.shown"))
    subjects = session.scalars(
        sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id == event.id)
    ).all()
    assert event.actor_id == followed.site.anna.id
    assert subjects == [followed.patient_id]


def test_it_is_not_there_for_whoever_has_no_relation(followed):
    for by in (followed.site.carl, followed.site.dina):
        with pytest.raises(OutOfSight):
            shown(followed, by=by)
    acts = followed.session.scalars(sa.select(AuditEventRow.act)).all()
    assert "case.shown" not in acts


def test_a_case_that_does_not_exist_answers_the_same(followed):
    with pytest.raises(OutOfSight):
        service.case_file(followed.session, new_id(), by=followed.site.anna, at=NOON, book=a_book())


def test_it_can_be_sent_as_json(followed):
    everything(followed)

    body = orjson.loads(orjson.dumps(shown(followed), option=orjson.OPT_NON_STR_KEYS))

    assert body["patient"]["identity"]["full"] == "Kari Prøve"
    assert body["owed"][0]["alerting"]["text"]


# --- what cannot be read ------------------------------------------------------------------------


def test_a_part_that_cannot_be_read_is_named_reported_and_hides_nothing_else(followed):
    everything(followed)
    session = followed.session
    damaged = session.scalars(sa.select(ContactRow.id)).first()
    other = session.scalar(
        sa.select(PatientRow.identity).where(PatientRow.id == followed.patient_id)
    )
    _plant(session, damaged, other)

    found = shown(followed)

    spoke = next(line for line in found.timeline if line.kind == "reached")
    assert spoke.contact.detail is None
    assert spoke.contact.unreadable
    assert found.unreadable == ("contacts.detail",)
    assert found.patient.name == "Kari Prøve"
    faults = session.execute(sa.select(FaultRow.source, FaultRow.code)).all()
    source = f"sealing:contacts.detail@{followed.site.tenant}"
    assert [tuple(one) for one in faults] == [(source, "unreadable")]


def _plant(session, contact_id, sealed):
    """Put a foreign bundle where a contact's should be; the guard is lifted for it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    else:
        session.execute(sa.text("DROP TRIGGER fix_contacts"))
    session.execute(
        sa.update(ContactRow.__table__)
        .where(ContactRow.__table__.c.id == contact_id)
        .values(detail=sealed)
    )
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = DEFAULT"))
    session.expire_all()


def protect(followed):
    session, site = followed.session, followed.site
    identity = Identity(full="Kari Prøve", protected_address=True)
    seal_identity(session, site, followed.patient_id, identity)
    ways = contact_bundle((ContactWay(value="+4740000001"),))
    where = place(site.tenant, "contact_ways", followed.patient_id)
    session.execute(
        sa.update(PatientRow)
        .where(PatientRow.id == followed.patient_id)
        .values(contact_ways=seal(session, where, ways))
    )
    session.expire_all()


def test_with_a_protected_address_the_number_is_shown_only_when_asked_for(followed):
    protect(followed)

    hidden, revealed = shown(followed), shown(followed, reveal=True)

    assert hidden.ways_hidden
    assert hidden.patient.contact_ways == ()
    assert [way.value for way in revealed.patient.contact_ways] == ["+4740000001"]
    acts = followed.session.scalars(sa.select(AuditEventRow.act)).all()
    assert acts.count("case.number_revealed") == 1


def test_a_number_in_what_was_told_is_hidden_with_the_others(followed):
    protect(followed)
    told = {
        "title": "Epikrise",
        "phones": ["+4740000001"],
        "relatives": [{"name": "Nils", "phones": ["+4740000002"]}],
    }
    event = NewEvent(kind=EventKind.MESSAGE_RECEIVED, at=NOON, note=told)
    who = {"by": followed.site.anna, "at": NOON, "book": a_book()}
    casework.record(followed.session, followed.case_id, [event], **who)

    (hidden, revealed) = (
        next(one.note for one in shown(followed, reveal=how).timeline if one.note)
        for how in (False, True)
    )

    assert hidden == {"title": "Epikrise", "relatives": [{"name": "Nils"}]}
    assert revealed == told


def test_another_team_is_never_shown_the_number(followed):
    everything(followed)
    protect(followed)

    with pytest.raises(NotRevealed):
        shown(followed, by=followed.site.carl, reveal=True)
    assert shown(followed, by=followed.site.carl).ways_hidden


# --- gates, closing, alerting -----------------------------------------------------------------------


def gate(found, need):
    return next(one for one in found.gates if one.need == need)


def test_a_gate_says_what_is_missing_by_when_and_who_owes_it(followed):
    missing = gate(shown(followed), "summary_sent")

    assert missing.state is GateState.MISSING
    task = next(task for task in followed.tasks() if task.id == missing.task_id)
    assert (task.due_at, task.owner_team_id) == (missing.due_at, missing.team_id)


def test_a_gate_that_was_kept_is_in_place(followed):
    followed.record(EventKind.SUMMARY_SENT, at=NOON)

    assert gate(shown(followed), "summary_sent").state is GateState.IN_PLACE


def test_a_pathway_that_is_gone_leaves_the_tasks(followed):
    found = shown(followed, book=Book())

    assert not found.pathway_known
    assert found.gates == ()
    assert found.owed


def test_a_request_to_close_says_what_it_waits_for(followed):
    endings.request_closing(
        followed.session,
        followed.case_id,
        ending=Ending.REGISTERED_IN_ERROR,
        words={"words": "Feil person."},
        override=True,
        by=followed.site.anna,
        at=NOON,
        book=a_book(),
    )

    waiting = shown(followed).closing

    assert (waiting.ending, waiting.two_signatures) == ("registered_in_error", True)
    assert waiting.by == followed.site.anna.id
    assert waiting.words == {"words": "Feil person."}


def test_a_word_of_death_stands_on_top(followed):
    followed.record(EventKind.DEATH_REPORTED, at=NOON)

    assert shown(followed).death == "death_reported"


def test_why_nobody_is_alerted_has_an_answer_for_every_open_task(followed):
    for hours in (0, 30, 24 * 20):
        found = shown(followed, at=NOON + hours * HOUR)
        assert all(one.alerting.text for one in found.owed)
        assert found.alerting == found.next_task.alerting


def test_an_acknowledgement_is_the_answer_while_it_holds(followed):
    task = followed.case().next_task_id
    late = NOON + 30 * DAY
    followed.session.execute(
        sa.update(TaskRow.__table__)
        .where(TaskRow.__table__.c.id == task)
        .values(seen_by=followed.site.berit.id, seen_until=late + DAY, next_rung_at=late + DAY)
    )

    found = shown(followed, at=late)

    assert found.next_task.alerting.code == "seen"
    assert "Berit" in found.next_task.alerting.text


def test_nobody_on_duty_is_said(followed):
    followed.session.execute(sa.delete(DutyRow))

    codes = {one.alerting.code for one in shown(followed, at=MONDAY).owed}

    assert "nobody_on_duty" in codes


def test_a_due_time_of_ours_is_never_shown_as_a_rule(followed):
    found = shown(followed)

    for one in found.owed:
        codes = {said.code for said in one.due_because}
        assert ("default" in codes) is one.default
        assert not (one.default and "source" in codes)
        assert one.due_because
