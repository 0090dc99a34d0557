"""Ids that senders make: they count alike, use them again, and correct what they sent."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from bindeledd.features.cases.queries import events_of
from bindeledd.features.intake import service
from bindeledd.features.intake.domain.facts import Kind, Series
from bindeledd.features.intake.domain.queue import Reason, Status
from bindeledd.features.intake.domain.synthetic.stories import ELSEWHERE
from bindeledd.foundation.db import Database
from bindeledd.foundation.sealing.keyring import Keyring
from bindeledd.foundation.sealing.providers import FileKeys
from features.intake.builders import (
    BOOK,
    FRIDAY,
    HEART,
    IŊGÁ,
    NOW,
    Inbox,
    a_cancellation,
    a_later_stay,
    a_logistic,
    an_epikrise,
    an_inbox,
    ids,
)
from markers import everything, found_in

ANNE = replace(IŊGÁ, number="04858740237", given_name="Anne")
NOBODY_KNOWN = replace(IŊGÁ, number="")
DOCUMENT = "d0000000-0000-4000-8000-000000000001"


def a_change(number: int = 2, **more) -> bytes:
    envelope = {
        "message_id": ids(number),
        "series": Series.CHANGED,
        "generated_at": FRIDAY + timedelta(minutes=61),
        **more,
    }
    return an_epikrise(envelope=envelope)


def decide(inbox: Inbox, done, *, ours: bool):
    return service.decide(
        inbox.session,
        done.message_id,
        ours=ours,
        by=inbox.site.anna,
        at=NOW,
        book=BOOK,
        routes=inbox.routes,
    )


def waits(inbox: Inbox, done) -> bool:
    return inbox.row(done).status == "to_decide" and inbox.task(done).state == "open"


def test_the_plain_hash_of_a_message_stands_nowhere_in_the_open(fresh_database: Database):
    data = an_epikrise()
    with fresh_database.transaction() as session:
        an_inbox(session).receive(data)

    digests = [hashlib.new(name, data).hexdigest() for name in ("sha256", "sha1", "md5")]

    assert found_in(everything(fresh_database), digests) == []


@pytest.mark.parametrize("ours", [True, False])
def test_the_same_bytes_are_known_again_after_the_key_was_turned(session, tmp_path, ours):
    keys = FileKeys(tmp_path / "keys", create=True)
    session.info[Keyring] = Keyring(keys)
    inbox = an_inbox(session, opens="ask")
    decide(inbox, inbox.receive(a_later_stay(1, NOW)), ours=ours)
    keys.add_version(inbox.site.tenant)
    session.info[Keyring] = Keyring(keys)

    again = inbox.receive(a_later_stay(1, NOW))

    assert again.reason == (Reason.SAME_BYTES if ours else Reason.NOT_OURS_BEFORE)


# --- one id, several senders or persons -----------------------------------------------------------


def test_two_senders_that_count_alike_never_meet(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())

    other = inbox.receive(an_epikrise(envelope={"sender": ELSEWHERE, "person": ANNE}))

    assert first.status is other.status is Status.OPENED
    assert other.case_id != first.case_id
    assert other.patient_id != first.patient_id


def test_a_change_of_another_senders_document_replaces_nothing(session):
    inbox = an_inbox(session, opens="ask")
    first = inbox.receive(an_epikrise())

    inbox.receive(a_change(sender=ELSEWHERE))

    assert waits(inbox, first)


@pytest.mark.parametrize("person", [ANNE, NOBODY_KNOWN])
def test_a_change_about_somebody_else_replaces_nothing_and_goes_to_a_person(session, person):
    inbox = an_inbox(session, opens="ask")
    first = inbox.receive(an_epikrise())

    other = inbox.receive(a_change(person=person))

    assert (other.status, other.reason) == (Status.TO_DECIDE, Reason.ID_REUSED)
    assert waits(inbox, first)
    assert waits(inbox, other)
    assert inbox.row(first).duplicate_of is None


@pytest.mark.parametrize("person", [ANNE, NOBODY_KNOWN])
def test_a_letter_about_somebody_else_is_never_overtaken(session, person):
    inbox = an_inbox(session)
    inbox.receive(a_change())

    other = inbox.receive(an_epikrise(envelope={"message_id": ids(3), "person": person}))

    assert (other.status, other.reason) == (Status.TO_DECIDE, Reason.ID_REUSED)
    assert other.patient_id is None
    assert waits(inbox, other)


def test_a_cancellation_about_somebody_else_cancels_nothing(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    cancelled = an_epikrise(
        envelope={"message_id": ids(2), "series": Series.CANCELLED, "person": ANNE}
    )

    other = inbox.receive(cancelled)

    assert (other.status, other.reason) == (Status.TO_DECIDE, Reason.ID_REUSED)
    assert "discharged" in inbox.events(first)


def test_two_without_a_number_are_never_taken_for_one_another(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise(envelope={"person": NOBODY_KNOWN}))

    again = inbox.receive(an_epikrise(envelope={"person": NOBODY_KNOWN}) + b"\n<!-- again -->")

    assert again.reason == Reason.ID_REUSED
    assert waits(inbox, first)
    assert waits(inbox, again)


def test_what_is_not_ours_swallows_nothing_that_comes_with_its_id(session):
    inbox = an_inbox(session, opens="ask")
    first = inbox.receive(an_epikrise(diagnoses=HEART))
    decide(inbox, first, ours=False)

    same_id = inbox.receive(an_epikrise(envelope={"person": ANNE}, document_id="another"))
    same_document = inbox.receive(an_epikrise(envelope={"message_id": ids(3), "person": ANNE}))

    for other in (same_id, same_document):
        assert (other.status, other.reason) == (Status.TO_DECIDE, Reason.ID_REUSED)
        assert waits(inbox, other)
        assert inbox.row(other).original is not None


def test_what_came_with_a_used_id_is_taken_as_ours_by_a_person(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    other = inbox.receive(an_epikrise(envelope={"person": ANNE}))

    done = decide(inbox, other, ours=True)

    assert done.status is Status.OPENED
    assert done.patient_id != first.patient_id


def test_not_ours_erases_no_message_about_somebody_else_with_the_same_id(session):
    inbox = an_inbox(session, opens="ask")
    first = inbox.receive(an_epikrise())
    other = inbox.receive(an_epikrise(envelope={"person": ANNE}))

    decide(inbox, first, ours=False)

    assert inbox.row(other).original is not None
    assert waits(inbox, other)


# --- one id, another content ----------------------------------------------------------------------


def test_the_same_id_with_another_content_goes_to_a_person(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    before = inbox.events(first)

    other = inbox.receive(an_epikrise(discharged=FRIDAY - timedelta(days=2)))

    assert (other.status, other.reason) == (Status.TO_DECIDE, Reason.ID_REUSED)
    assert waits(inbox, other)
    assert inbox.events(first) == before


# --- cancelled, and nobody has decided ------------------------------------------------------------


def test_a_cancelled_message_is_not_applied_when_the_person_becomes_ours(session):
    inbox = an_inbox(session)
    asked = inbox.receive(an_epikrise(diagnoses=HEART))
    inbox.receive(a_cancellation(ids(2), DOCUMENT))
    later = NOW + timedelta(days=20)

    opened = inbox.receive(a_later_stay(3, later), at=later)

    assert opened.status is Status.OPENED
    assert inbox.row(asked).reason == Reason.CANCELLED_ALREADY
    assert waits(inbox, asked)
    told = events_of(session, opened.case_id)
    assert asked.message_id not in {event.source_id for event in told}


def test_a_message_with_a_used_id_is_not_applied_when_the_person_becomes_ours(session):
    inbox = an_inbox(session)
    inbox.receive(a_logistic(Kind.ADMITTED, envelope={"message_id": ids(2), "person": ANNE}))
    used = inbox.receive(a_logistic(Kind.ADMITTED, envelope={"message_id": ids(2)}))
    assert used.reason == Reason.ID_REUSED

    inbox.receive(an_epikrise())

    assert waits(inbox, used)


def test_a_change_that_comes_after_its_cancellation_waits_for_a_person(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    inbox.receive(
        an_epikrise(
            envelope={
                "message_id": ids(2),
                "series": Series.CANCELLED,
                "generated_at": FRIDAY + timedelta(minutes=90),
            }
        )
    )

    late = inbox.receive(a_change(3))

    assert (late.status, late.reason) == (Status.TO_DECIDE, Reason.CANCELLED_ALREADY)
    assert "discharged" not in inbox.events(first)


def test_a_death_that_its_sender_cancels_is_not_told_anew_and_is_for_people_to_refute(session):
    inbox = an_inbox(session)
    first = inbox.receive(an_epikrise())
    inbox.receive(a_logistic(Kind.DEATH, envelope={"message_id": ids(2)}))

    inbox.receive(
        a_logistic(
            Kind.DEATH,
            envelope={"message_id": ids(3), "series": Series.CANCELLED, "parent_id": ids(2)},
        )
    )

    assert inbox.events(first).count("death_reported") == 1
    assert {"confirm_death", "clinician_decides"} <= inbox.open_tasks(first)
