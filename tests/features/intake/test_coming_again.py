"""The same bytes once more: known while they wait or were applied, asked about anew otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bindeledd.features.intake import queries, service
from bindeledd.features.intake.domain.queue import Reason, Status
from features.intake.builders import BOOK, HEART, NOW, Inbox, an_epikrise, an_inbox, routes

LATER = NOW + timedelta(days=1)


def say_not_ours(inbox: Inbox, done) -> None:
    service.decide(
        inbox.session, done.message_id, ours=False, by=inbox.site.anna, at=NOW, book=BOOK
    )


def answer(inbox: Inbox, done) -> None:
    words = {"done": "rang avsender"}
    service.answer_refused(inbox.session, done.message_id, words=words, by=inbox.site.anna, at=NOW)


def test_what_was_not_ours_is_asked_about_anew_with_its_bytes(session):
    inbox = an_inbox(session, opens="ask")
    data = an_epikrise(diagnoses=HEART)
    first = inbox.receive(data)
    say_not_ours(inbox, first)

    again = inbox.receive(data, at=LATER)

    assert (again.status, again.reason) == (Status.TO_DECIDE, Reason.NOT_OURS_BEFORE)
    assert again.message_id != first.message_id
    assert queries.original_of(session, inbox.row(again)) == data
    assert inbox.task(again).state == "open"
    assert inbox.row(first).status == "not_ours"
    assert inbox.receive(data, at=LATER).message_id == again.message_id


def test_what_was_not_ours_twice_is_asked_about_a_third_time(session):
    inbox = an_inbox(session, opens="ask")
    data = an_epikrise()
    for _ in range(2):
        say_not_ours(inbox, inbox.receive(data))

    assert inbox.receive(data, at=LATER).status is Status.TO_DECIDE


def test_a_copy_that_was_erased_with_it_is_asked_about_anew_too(session):
    inbox = an_inbox(session, opens="ask")
    copy = an_epikrise() + b"\n<!-- again -->"
    first = inbox.receive(an_epikrise())
    assert inbox.receive(copy).status is Status.DUPLICATE
    say_not_ours(inbox, first)

    again = inbox.receive(copy, at=LATER)

    assert again.status is Status.TO_DECIDE
    assert queries.original_of(session, inbox.row(again)) == copy


@pytest.mark.parametrize("data", [b"not xml at all", an_epikrise(envelope={"test": True})])
def test_a_refused_message_that_was_answered_goes_to_a_person_again(session, data):
    inbox = replace(an_inbox(session), routes=routes("by_code", accept_tests=False))
    first = inbox.receive(data)
    assert inbox.receive(data).status is Status.DUPLICATE
    answer(inbox, first)

    again = inbox.receive(data, at=LATER)

    assert again.status is Status.REFUSED
    assert again.message_id != first.message_id
    assert inbox.task(again).state == "open"
    assert queries.original_of(session, inbox.row(again)) == data


def test_a_refused_message_that_can_be_taken_now_is_taken(session):
    inbox = an_inbox(session)
    data = an_epikrise(envelope={"test": True})
    first = inbox.receive(data, routes=routes("by_code", accept_tests=False))
    answer(inbox, first)

    assert inbox.receive(data, at=LATER).status is Status.OPENED


def test_a_file_too_large_to_keep_is_asked_about_anew_once_answered(session):
    inbox = an_inbox(session)
    large = {"sha256": "a" * 64, "size": service.KEPT + 1, "by": inbox.site.system, "book": BOOK}
    first = service.refuse_unread(session, **large, at=NOW)
    assert service.refuse_unread(session, **large, at=NOW).status is Status.DUPLICATE
    answer(inbox, first)

    again = service.refuse_unread(session, **large, at=LATER)

    assert again.status is Status.REFUSED
    assert inbox.task(again).state == "open"


def test_a_file_name_that_cannot_be_decoded_is_kept_as_well_as_it_can_be(session):
    inbox = an_inbox(session)
    name = b"utskrivning_\xe6.xml".decode("utf-8", errors="surrogateescape")

    done = inbox.receive(an_epikrise(), name=name)

    assert done.status is Status.OPENED
    facts = queries.facts_of(session, inbox.row(done))
    assert facts is not None
    assert facts["file"] == "utskrivning_?.xml"
