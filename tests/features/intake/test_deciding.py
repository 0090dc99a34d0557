"""A person answers what waits, somebody calls, somebody is registered by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import service as casework
from bindeledd.features.cases.domain import EventKind, IndexKind
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.domain.planning import facts_of
from bindeledd.features.cases.queries import events_of, find_open_case, get_case, tasks_of
from bindeledd.features.cases.service import endings
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.intake import queries, service
from bindeledd.features.intake.domain.facts import Kind, Series
from bindeledd.features.intake.domain.queue import (
    AlreadyDecided,
    CallEnded,
    CallNotFound,
    CancellationOpensNothing,
    MessageNotFound,
    NeedsIndexKind,
    NotRefused,
    Reason,
    Received,
    Status,
    WordsMissing,
)
from bindeledd.features.intake.domain.registration import Registration
from bindeledd.features.intake.tables import CallRow, MessageRow
from bindeledd.features.patients.domain import BornHow, ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import stated
from bindeledd.features.patients.queries import get_patient
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.reminders.tables import DeliveryRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.envelope import Place, Unreadable
from bindeledd.foundation.sealing.keyring import unseal
from features.intake.builders import (
    BOOK,
    FRIDAY,
    HEART,
    IŊGÁ,
    NOW,
    Inbox,
    Said,
    a_cancellation,
    a_later_stay,
    a_logistic,
    an_epikrise,
    an_inbox,
    ids,
    routes,
)

LATER = NOW + timedelta(hours=3)
WORDS = {"caller": "en bror", "said": "Han svarer ikke på telefonen"}


def decide(inbox: Inbox, done: Received, ours: bool, **more) -> Received:
    asked = {"by": inbox.site.anna, "at": LATER, "book": BOOK, "routes": inbox.routes, **more}
    return service.decide(inbox.session, done.message_id, ours=ours, **asked)


def heart(inbox: Inbox) -> Received:
    return inbox.receive(an_epikrise(diagnoses=HEART))


def close(inbox: Inbox, done: Received, at) -> None:
    assert done.case_id is not None
    session, site = inbox.session, inbox.site
    endings.request_closing(
        session, done.case_id, ending=Ending.COMPLETED, words={"why": "x"}, by=site.anna, at=at, book=BOOK, override=True
    )  # fmt: skip
    endings.sign_closing(session, done.case_id, words={"why": "y"}, by=site.berit, at=at, book=BOOK)
    assert not get_case(session, done.case_id, tenant_id=site.tenant).is_open


# --- ours, not ours -------------------------------------------------------------------------------


def test_ours_opens_a_follow_up_with_what_the_person_said_it_began_with(session):
    inbox = an_inbox(session)
    asked = heart(inbox)

    done = decide(inbox, asked, True, index_kind=IndexKind.SUICIDE_ATTEMPT)

    assert done.status is Status.OPENED
    assert "index_event" in inbox.events(done)
    row = inbox.row(asked)
    assert (row.decided_by, row.decided_at) == (inbox.site.anna.id, LATER)
    assert inbox.task(asked).state == "done"
    assert row.original is not None


def test_ours_needs_to_know_what_it_began_with(session):
    inbox = an_inbox(session)

    with pytest.raises(NeedsIndexKind):
        decide(inbox, heart(inbox), True)


def test_not_ours_erases_the_bytes_and_keeps_hash_and_decision(session):
    inbox = an_inbox(session)
    asked = heart(inbox)
    before = inbox.row(asked)
    place, sealed = before.place("facts"), before.facts

    done = decide(inbox, asked, False)

    row = inbox.row(asked)
    assert done.status is Status.NOT_OURS
    assert (row.original, row.facts, row.person_token) == (None, None, None)
    assert row.fingerprint
    assert row.decided_by == inbox.site.anna.id
    assert inbox.task(asked).state == "done"
    with pytest.raises(Unreadable):
        unseal(session, place, sealed)
    assert session.scalar(sa.select(sa.func.count()).select_from(PatientRow)) == 0
    again = heart(inbox)
    assert again.status is Status.TO_DECIDE
    assert again.message_id != asked.message_id


def test_not_ours_erases_what_the_message_replaced_too(session):
    inbox = an_inbox(session)
    first = heart(inbox)
    changed = inbox.receive(
        an_epikrise(
            envelope={"message_id": ids(2), "series": Series.CHANGED, "generated_at": NOW},
            diagnoses=HEART,
        )
    )

    decide(inbox, changed, False)

    assert inbox.row(first).status == "duplicate"
    assert inbox.row(first).original is None


def test_not_ours_never_erases_a_refused_one_about_somebody_else(session):
    inbox = an_inbox(session)
    first = heart(inbox)
    other = replace(IŊGÁ, number="04858740237", given_name="Anne")
    refused = inbox.receive(an_epikrise(envelope={"person": other}, diagnoses=HEART))
    assert refused.reason == Reason.ID_REUSED

    decide(inbox, first, False)

    assert inbox.row(refused).original is not None


def test_what_is_decided_is_decided(session):
    inbox = an_inbox(session)
    asked = heart(inbox)
    decide(inbox, asked, False)

    with pytest.raises(AlreadyDecided):
        decide(inbox, asked, True, index_kind=IndexKind.SELF_HARM)


def test_another_team_finds_nothing_there(session):
    inbox = an_inbox(session)
    asked = heart(inbox)

    with pytest.raises(MessageNotFound):
        decide(inbox, asked, False, by=inbox.site.carl)
    assert queries.queue(session, by=inbox.site.carl) == []
    with pytest.raises(MessageNotFound):
        queries.get_message(session, asked.message_id, by=inbox.site.carl)


def test_a_person_without_a_number_is_registered_when_somebody_says_ours(session):
    inbox = an_inbox(session)
    asked = inbox.receive(an_epikrise(envelope={"person": replace(IŊGÁ, number="")}))

    done = decide(inbox, asked, True)

    assert done.status is Status.OPENED
    assert done.patient_id is not None


def test_a_message_can_be_laid_to_a_patient_whom_the_asker_sees(session):
    inbox = an_inbox(session)
    known = inbox.receive(an_epikrise())
    asked = inbox.receive(
        an_epikrise(
            envelope={"message_id": ids(2), "person": replace(IŊGÁ, number="")}, document_id="x"
        )
    )

    done = decide(inbox, asked, True, patient_id=known.patient_id)

    assert done.status is Status.UPDATED
    assert done.case_id == known.case_id


def test_nobody_can_lay_a_message_to_a_patient_whom_they_do_not_see(session):
    inbox = an_inbox(session)
    known = inbox.receive(an_epikrise())
    asked = heart_of_another(inbox)
    stranger = replace(inbox.site.anna, teams=frozenset({inbox.site.other_team}))
    session.execute(
        sa.update(MessageRow)
        .where(MessageRow.id == asked.message_id)
        .values(team_id=inbox.site.other_team)
    )

    with pytest.raises(OutOfSight):
        decide(inbox, asked, True, patient_id=known.patient_id, by=stranger)


def heart_of_another(inbox: Inbox) -> Received:
    other = replace(IŊGÁ, number="04858740237", given_name="Anne")
    return inbox.receive(
        an_epikrise(
            envelope={"message_id": ids(9), "person": other}, diagnoses=HEART, document_id="h"
        )
    )


def test_a_cancellation_opens_nothing(session):
    inbox = an_inbox(session)
    parked = inbox.receive(a_cancellation(ids(2), "nowhere"))

    with pytest.raises(CancellationOpensNothing):
        decide(inbox, parked, True, index_kind=IndexKind.SELF_HARM)
    assert decide(inbox, parked, False).status is Status.NOT_OURS


# --- closed follow-ups ----------------------------------------------------------------------------


def test_a_message_without_an_index_event_never_opens_a_closed_follow_up_again(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    close(inbox, first, LATER)

    done = inbox.receive(
        a_logistic(Kind.DISCHARGED, envelope={"message_id": ids(2)}),
        at=LATER,
        routes=routes("always"),
    )

    assert done.status is Status.TO_DECIDE
    assert done.reason == Reason.CASE_CLOSED
    assert not get_case(session, first.case_id, tenant_id=inbox.site.tenant).is_open


def test_a_late_summary_of_the_same_stay_does_not_open_it_again_either(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    close(inbox, first, LATER)

    done = inbox.receive(
        an_epikrise(envelope={"message_id": ids(2)}, document_id="another"), at=LATER
    )

    assert done.reason == Reason.CASE_CLOSED


def test_a_new_stay_with_a_listed_code_opens_the_closed_follow_up_again(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    close(inbox, first, LATER)
    then = NOW + timedelta(days=60)

    done = inbox.receive(a_later_stay(2, then), at=then)

    assert done.status is Status.OPENED
    assert done.reopened
    assert done.case_id == first.case_id


# --- refused --------------------------------------------------------------------------------------


def test_a_refused_message_ends_only_with_what_was_done(session):
    inbox = an_inbox(session)
    refused = inbox.receive(b"cut off")

    with pytest.raises(WordsMissing):
        service.answer_refused(
            session, refused.message_id, words={"done": " "}, by=inbox.site.anna, at=LATER
        )
    service.answer_refused(
        session, refused.message_id, words={"done": "Ringte avsender"}, by=inbox.site.anna, at=LATER
    )

    assert inbox.task(refused).state == "done"
    assert inbox.task(refused).note is not None
    assert queries.queue(session, by=inbox.site.anna) == []
    with pytest.raises(AlreadyDecided):
        service.answer_refused(
            session, refused.message_id, words={"done": "igjen"}, by=inbox.site.anna, at=LATER
        )


def test_only_a_refused_message_is_read_again(session):
    inbox = an_inbox(session)

    with pytest.raises(NotRefused):
        service.read_again(
            session, heart(inbox).message_id, by=inbox.site.anna, at=LATER, book=BOOK
        )


def test_a_refused_message_is_read_again_when_the_setting_has_changed(session):
    inbox = an_inbox(session)
    refused = inbox.receive(an_epikrise(envelope={"test": True}), routes=routes(accept_tests=False))
    again = {"by": inbox.site.anna, "at": LATER, "book": BOOK}

    still = service.read_again(
        session, refused.message_id, routes=routes(accept_tests=False), **again
    )
    assert still.status is Status.REFUSED
    assert inbox.task(refused).state == "open"

    done = service.read_again(session, refused.message_id, routes=inbox.routes, **again)

    assert done.status is Status.OPENED
    assert inbox.task(refused).state == "done"


# --- the queue ------------------------------------------------------------------------------------


def test_the_queue_is_read_in_pages_oldest_first_and_opened_lazily(session):
    inbox = an_inbox(session)
    made = [
        inbox.receive(
            an_epikrise(
                envelope={"message_id": ids(n), "person": replace(IŊGÁ, number="")},
                document_id=str(n),
            ),
            at=NOW + timedelta(minutes=n),
        )
        for n in range(5)
    ]

    first = queries.queue(session, by=inbox.site.anna, limit=3)
    rest = queries.queue(
        session, by=inbox.site.anna, limit=3, after=(first[-1].received_at, first[-1].id)
    )

    assert [one.id for one in (*first, *rest)] == [one.message_id for one in made]
    assert all(one.facts is None for one in first)
    facts = queries.with_facts(session, first)[0].facts
    assert facts is not None
    assert facts["name"] == "Iŋgá Márjá Boŋgu"
    assert facts["diagnoses"] == ["F322", "X61"]
    assert first[0].age(NOW + timedelta(hours=2)) == 3.0
    assert queries.counts(session, inbox.site.tenant) == {"to_decide": 5}


def test_what_is_past_its_clock_is_counted(session):
    inbox = an_inbox(session)
    asked = heart(inbox)
    due = inbox.task(asked).due_at

    assert queries.undecided_past_their_clock(session, inbox.site.tenant, due) == 0
    assert (
        queries.undecided_past_their_clock(session, inbox.site.tenant, due + timedelta(minutes=1))
        == 1
    )


# --- somebody called ------------------------------------------------------------------------------


def call(inbox: Inbox, **more):
    asked = {"words": WORDS, "acute": False, "by": inbox.site.anna, "at": NOW, "book": BOOK, **more}
    return service.call_in(inbox.session, **asked)


def test_a_call_from_somebody_unknown_has_owner_and_clock_before_saving_ends(session):
    inbox = an_inbox(session)

    done = call(inbox)

    row = session.get_one(CallRow, done.call_id)
    task = session.get_one(TaskRow, row.task_id)
    assert (task.kind, task.state, task.owner_team_id) == ("answer_call", "open", inbox.site.team)
    assert task.subject_id == row.id
    assert done.due_at == task.due_at
    assert b"bror" not in row.words
    listed = queries.open_calls(session, by=inbox.site.anna)
    assert [one.words for one in listed] == [WORDS]
    assert queries.open_calls(session, by=inbox.site.carl) == []


def test_an_acute_concern_is_due_in_minutes_at_any_hour_on_its_own_ladder(session):
    inbox = an_inbox(session)
    sunday_night = FRIDAY + timedelta(days=2, hours=10)

    done = call(inbox, acute=True, at=sunday_night)

    task = session.get_one(TaskRow, session.get_one(CallRow, done.call_id).task_id)
    assert task.kind == "acute_concern"
    assert task.ladder == "short"
    assert task.due_at - sunday_night == timedelta(minutes=15)


def test_a_call_about_a_running_follow_up_stands_on_it(session):
    inbox = an_inbox(session)
    case = inbox.receive(an_epikrise())

    called = call(inbox, patient_id=case.patient_id)
    worried = call(inbox, patient_id=case.patient_id, acute=True)

    assert called.case_id == worried.case_id == case.case_id
    assert {"called_in", "acute_concern"} <= set(inbox.events(case))
    assert {"answer_call", "acute_concern"} <= inbox.open_tasks(case)


def test_a_call_about_a_closed_follow_up_is_still_owed(session):
    inbox = an_inbox(session)
    case = inbox.receive(an_epikrise())
    close(inbox, case, NOW)

    done = call(inbox, patient_id=case.patient_id, at=LATER)

    assert done.case_id is None
    assert session.get_one(CallRow, done.call_id).patient_id == case.patient_id


def test_nobody_calls_about_a_patient_whom_they_do_not_see(session):
    inbox = an_inbox(session)
    case = inbox.receive(an_epikrise())

    with pytest.raises(OutOfSight):
        call(inbox, patient_id=case.patient_id, by=inbox.site.carl)


def test_a_call_ends_only_with_what_was_done(session):
    inbox = an_inbox(session)
    done = call(inbox)
    answer = {"by": inbox.site.anna, "at": LATER}

    with pytest.raises(WordsMissing):
        service.answer_call(session, done.call_id, words={"done": ""}, **answer)
    service.answer_call(session, done.call_id, words={"done": "Ringte tilbake"}, **answer)

    row = session.get_one(CallRow, done.call_id)
    assert row.ended_by == inbox.site.anna.id
    assert session.get_one(TaskRow, row.task_id, populate_existing=True).state == "done"
    assert unseal(session, row.place("answer"), row.answer) == {"done": "Ringte tilbake"}
    with pytest.raises(CallEnded):
        service.answer_call(session, done.call_id, words={"done": "igjen"}, **answer)


def test_a_call_without_words_is_refused(session):
    inbox = an_inbox(session)

    with pytest.raises(WordsMissing):
        call(inbox, words={"said": "  ", "caller": None})


def test_a_call_is_matched_to_a_follow_up_and_owed_there(session):
    inbox = an_inbox(session)
    case = inbox.receive(an_epikrise())
    done = call(inbox, acute=True)

    moved = service.match_call(
        session, done.call_id, patient_id=case.patient_id, by=inbox.site.anna, at=LATER, book=BOOK
    )

    assert moved.case_id == case.case_id
    assert "acute_concern" in inbox.open_tasks(case)
    row = session.get_one(CallRow, done.call_id)
    assert session.get_one(TaskRow, row.task_id, populate_existing=True).state == "done"


def test_another_team_finds_no_call(session):
    inbox = an_inbox(session)
    done = call(inbox)

    with pytest.raises(CallNotFound):
        service.answer_call(session, done.call_id, words={"x": "y"}, by=inbox.site.carl, at=LATER)


# --- registering by hand --------------------------------------------------------------------------


def somebody(*, number: str = IŊGÁ.number) -> Identity:
    held = ()
    if number:
        held = (HeldIdentifier(identifier=stated("FNR", number, allow_synthetic=True)),)
    return Identity(given="Iŋgá", family="Boŋgu", identifiers=held)


def register(inbox: Inbox, *, site_routes=None, **more):
    by, at = more.pop("by", inbox.site.anna), more.pop("at", NOW)
    said = {
        "identity": somebody(),
        "contact_ways": (ContactWay(value="412 34 567"),),
        "index_kind": IndexKind.SUICIDE_ATTEMPT,
        "happened_at": FRIDAY - timedelta(days=1),
        "discharged_at": FRIDAY,
        "words": "Kom med ambulanse",
        **more,
    }
    return service.register(
        inbox.session,
        registration=Registration(**said),
        by=by,
        at=at,
        book=BOOK,
        routes=site_routes,
    )


@pytest.mark.parametrize("number", [IŊGÁ.number, ""])
def test_registering_by_hand_opens_a_follow_up_also_without_any_number(session, number):
    inbox = an_inbox(session)

    done = register(inbox, identity=somebody(number=number), unit_id=inbox.site.unit)

    case = find_open_case(session, tenant_id=inbox.site.tenant, patient_id=done.patient_id)
    assert case is not None
    assert case.id == done.case_id
    assert case.responsible_team_id == inbox.site.team
    assert done.visible


def test_registering_on_a_follow_up_that_one_sees_is_a_new_index_event(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())

    done = register(inbox, happened_at=NOW - timedelta(hours=1), discharged_at=None)

    assert done.case_id == first.case_id
    assert inbox.events(first).count("index_event") == 2
    assert "acute_concern" not in inbox.events(first)


def test_registering_somebody_whom_another_team_follows_tells_that_team_at_once(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())

    done = register(inbox, by=inbox.site.carl)

    assert not done.visible
    assert inbox.events(first).count("index_event") == 2
    assert "acute_concern" in inbox.open_tasks(first)
    told = session.execute(
        sa.select(TaskRow.kind, DeliveryRow.member_id)
        .join(TaskRow, TaskRow.id == DeliveryRow.task_id)
        .where(TaskRow.case_id == first.case_id, DeliveryRow.channel == "inbox")
    ).all()
    assert ("acute_concern", inbox.site.berit.id) in [tuple(row) for row in told]
    with pytest.raises(OutOfSight):
        casework.record(
            session,
            first.case_id,
            [],
            by=inbox.site.carl,
            at=NOW,
            book=BOOK,
        )


@pytest.mark.parametrize("known", [False, True])
def test_a_number_stands_with_the_patient_and_not_in_what_happened(session, known):
    inbox = an_inbox(session)
    if known:
        inbox.receive(an_epikrise())

    done = register(inbox, by=inbox.site.carl if known else inbox.site.anna)

    ways = get_patient(session, done.patient_id).contact_ways
    assert "+4741234567" in [way.value for way in ways]
    rows = session.scalars(
        sa.select(EventRow).where(EventRow.source == "person", EventRow.note.is_not(None))
    ).all()
    places = [Place(row.tenant_id, "events", "note", row.id, done.patient_id) for row in rows]
    notes = [unseal(session, at, row.note) for at, row in zip(places, rows, strict=True)]
    assert notes
    assert not any("41234567" in str(note).replace(" ", "") for note in notes)
    assert all(note["words"] == "Kom med ambulanse" for note in notes)


def test_what_waited_is_read_by_the_codes_of_the_site(session):
    inbox = an_inbox(session)
    admitted = FRIDAY - timedelta(days=40)
    asked = inbox.receive(
        an_epikrise(diagnoses=HEART, admitted=admitted, discharged=admitted + timedelta(days=1))
    )
    own = Said(opens="by_code", codes=("I33",), codes_from="Egen liste")

    done = register(inbox, site_routes=routes("ask", own))

    assert inbox.row(asked).status == "updated"
    assert inbox.events(replace(asked, case_id=done.case_id)).count("index_event") == 2


def test_the_answer_to_a_registration_is_the_same_whatever_was_there(session):
    inbox = an_inbox(session)
    inbox.receive(an_epikrise())

    known = register(inbox, by=inbox.site.carl)
    new = register(inbox, by=inbox.site.carl, identity=somebody(number=""))

    assert type(known.id) is type(new.id)
    assert known.id not in (known.case_id, known.patient_id)


def test_registering_takes_in_what_waited_for_the_person(session):
    inbox = an_inbox(session)
    asked = inbox.receive(an_epikrise(diagnoses=HEART))

    done = register(inbox)

    assert inbox.row(asked).status == "updated"
    assert inbox.row(asked).case_id == done.case_id


def test_a_call_is_never_turned_away_because_another_team_follows_the_person_now(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    session.execute(sa.update(CaseRow).values(responsible_team_id=inbox.site.other_team))
    session.execute(sa.update(CareRelationRow).values(team_id=inbox.site.other_team))
    session.execute(
        sa.insert(CareRelationRow).values(
            id=new_id(),
            tenant_id=inbox.site.tenant,
            case_id=new_id(),
            patient_id=first.patient_id,
            team_id=inbox.site.team,
            kind="participant",
            since=NOW,
        )
    )

    done = call(inbox, patient_id=first.patient_id, acute=True)

    assert done.case_id is None
    assert session.get_one(CallRow, done.call_id).team_id == inbox.site.team


def test_the_log_of_a_registration_or_a_call_says_nothing_of_health(session):
    inbox = an_inbox(session)
    register(inbox)
    call(inbox, acute=True)

    rows = session.scalars(
        sa.select(AuditEventRow).where(AuditEventRow.act.in_(["registration.made", "call.taken"]))
    ).all()

    assert {row.act: set(row.facts) for row in rows} == {
        "registration.made": {"registration"},
        "call.taken": {"call", "team"},
    }


# --- of age? ----------------------------------------------------------------------------------------


CHILD = date(2012, 5, 4)


def knows(inbox: Inbox, patient_id: Any) -> tuple[Any, str | None]:
    """The birth date that stands with the person, and what their follow-up knows of their age."""
    who = get_patient(inbox.session, patient_id).identity
    tenant = inbox.site.tenant
    case = find_open_case(inbox.session, tenant_id=tenant, patient_id=patient_id)
    assert who is not None
    assert case is not None
    facts = facts_of(events_of(inbox.session, case.id))
    return (who.born_on, who.born_how), facts.get("minor")


def test_the_birth_date_of_a_message_is_a_fact_and_never_the_digits_of_its_number(session):
    inbox = an_inbox(session)
    child = replace(IŊGÁ, born_on=CHILD)  # the number reads 1987

    done = inbox.receive(an_epikrise(envelope={"person": child}))

    assert knows(inbox, done.patient_id) == ((CHILD, BornHow.MESSAGE), "yes")


def test_a_message_states_the_birth_date_of_whoever_was_registered_without_one(session):
    inbox = an_inbox(session)
    known = register(inbox, identity=somebody(number=IŊGÁ.number), discharged_at=None)
    assert knows(inbox, known.patient_id) == ((None, None), None)

    inbox.receive(
        an_epikrise(envelope={"person": replace(IŊGÁ, born_on=CHILD)}), at=NOW + timedelta(days=1)
    )

    assert knows(inbox, known.patient_id) == ((CHILD, BornHow.MESSAGE), "yes")


def test_a_message_writes_over_no_birth_date_that_is_known(session):
    inbox = an_inbox(session)
    stated = {"born_on": date(1980, 1, 1), "born_how": BornHow.REGISTER}
    who = replace(somebody(number=IŊGÁ.number), **stated)
    known = register(inbox, identity=who, discharged_at=None)

    inbox.receive(
        an_epikrise(envelope={"person": replace(IŊGÁ, born_on=CHILD)}), at=NOW + timedelta(days=1)
    )

    assert knows(inbox, known.patient_id) == ((date(1980, 1, 1), BornHow.REGISTER), "no")


def test_a_message_that_a_person_gave_to_somebody_else_leaves_its_birth_date(session):
    inbox = an_inbox(session, opens="ask")
    known = register(inbox, identity=somebody(number=""), discharged_at=None)
    waits = inbox.receive(an_epikrise(envelope={"person": replace(IŊGÁ, born_on=CHILD)}))

    done = service.decide(
        session,
        waits.message_id,
        ours=True,
        patient_id=known.patient_id,
        by=inbox.site.anna,
        at=NOW + timedelta(days=1),
        book=BOOK,
        routes=inbox.routes,
    )

    assert done.patient_id == known.patient_id
    assert knows(inbox, known.patient_id) == ((None, None), None)


def test_a_birth_date_that_is_typed_the_second_time_is_known_from_then_on(session):
    inbox = an_inbox(session)
    first = register(inbox, identity=somebody(number=IŊGÁ.number))
    stated = {"born_on": CHILD, "born_how": BornHow.PERSON_SAID}

    register(inbox, identity=replace(somebody(number=IŊGÁ.number), **stated))

    assert knows(inbox, first.patient_id) == ((CHILD, BornHow.PERSON_SAID), "yes")


def test_a_message_that_tells_of_the_real_discharge_replaces_the_one_that_was_assumed(session):
    inbox = an_inbox(session)
    done = register(
        inbox,
        identity=somebody(number=IŊGÁ.number),
        unit_id=inbox.site.unit,
        happened_at=FRIDAY - timedelta(hours=2),
        discharged_at=None,
        discharge_unknown=True,
    )
    [guess] = [e for e in events_of(session, done.case_id) if e.kind is EventKind.DISCHARGED]
    before = [t for t in tasks_of(session, done.case_id) if t.anchor_event_id == guess.id]
    assert all(task.is_open for task in before)
    assert before

    inbox.receive(an_epikrise(), at=NOW + timedelta(hours=1))

    history = events_of(session, done.case_id)
    [real] = [e for e in history if e.kind is EventKind.DISCHARGED and not e.is_assumed]
    now = {task.id: task for task in tasks_of(session, done.case_id)}
    summary = [now[task.id] for task in before if task.kind == "send_summary"]
    assert [task.state.value for task in summary] == ["done"], "the letter that told of it"
    [find] = [now[task.id] for task in before if task.kind == "find_discharge"]
    assert (find.state.value, find.ended_by_event_id) == ("done", real.id)
    told_by_it = ("send_summary", "find_discharge")
    others = [now[task.id] for task in before if task.kind not in told_by_it]
    assert {task.state.value for task in others} == {"cancelled"}
    assert {task.ended_by_event_id for task in others} == {real.id}
    owed = [task for task in now.values() if task.anchor_event_id == real.id and task.is_open]
    assert {"call_patient", "ask_children"} <= {task.kind for task in owed}
    assert [e.kind for e in history].count(EventKind.INDEX_EVENT) == 1
    case = find_open_case(session, tenant_id=inbox.site.tenant, patient_id=done.patient_id)
    assert case.next_task_id in {task.id for task in now.values() if task.is_open}
