"""Sent is not received, and received never rests on the sender's word. Values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from bindeledd.features.documents.domain import (
    Document,
    DocumentNotFound,
    DocumentRefused,
    HowKnown,
    KnownInFuture,
    NotWritten,
    Recipient,
    RecipientKind,
    RecipientState,
    SendersWord,
    change,
    write,
)
from builders import MONDAY

GP, FOLLOW_UP = (
    Recipient(id=uuid4(), kind=RecipientKind.GP),
    Recipient(id=uuid4(), kind=RecipientKind.FOLLOW_UP),
)


def a_summary(*, written: bool = True) -> Document:
    return Document(
        id=uuid4(),
        tenant_id=uuid4(),
        case_id=uuid4(),
        written_at=MONDAY if written else None,
        recipients=(GP, FOLLOW_UP),
    )


def to(
    document: Document,
    state: RecipientState,
    *who: Recipient,
    how: HowKnown = HowKnown.RECEIPT,
) -> Document:
    ids = [one.id for one in who]
    return change(document, ids, state, how=how, as_of=MONDAY, at=MONDAY)


def test_it_is_sent_when_everybody_who_should_have_it_was_sent_it() -> None:
    once = to(a_summary(), RecipientState.SENT, GP, how=HowKnown.SELF)
    twice = to(once, RecipientState.SENT, FOLLOW_UP, how=HowKnown.SELF)

    assert (once.is_sent, twice.is_sent) == (False, True)
    assert not twice.is_received


def test_an_objection_is_a_lawful_reason() -> None:
    sent = to(a_summary(), RecipientState.SENT, GP, how=HowKnown.SELF)

    assert to(sent, RecipientState.OBJECTED, FOLLOW_UP, how=HowKnown.SELF).is_sent


def test_objecting_to_everybody_is_not_the_same_as_being_received() -> None:
    nobody = to(a_summary(), RecipientState.OBJECTED, GP, FOLLOW_UP, how=HowKnown.SELF)

    assert nobody.is_sent
    assert nobody.nobody_may_have_it
    assert not nobody.is_received


@pytest.mark.parametrize("how", [HowKnown.SELF, HowKnown.COLLEAGUE_SAID])
def test_received_never_rests_on_the_senders_word(how: HowKnown) -> None:
    with pytest.raises(SendersWord):
        to(a_summary(), RecipientState.RECEIVED, GP, how=how)


@pytest.mark.parametrize("how", [HowKnown.RECEIPT, HowKnown.MESSAGE, HowKnown.RECEIVER_SAID])
def test_received_says_how_we_know_and_as_of_when(how: HowKnown) -> None:
    received = to(a_summary(), RecipientState.RECEIVED, GP, FOLLOW_UP, how=how)

    assert received.is_received
    assert {one.how_known for one in received.recipients} == {how}
    assert {one.as_of for one in received.recipients} == {MONDAY}


def test_what_is_not_written_cannot_be_sent() -> None:
    with pytest.raises(NotWritten):
        to(a_summary(written=False), RecipientState.SENT, GP, how=HowKnown.SELF)


def test_nobody_is_sent_it_twice() -> None:
    sent = to(a_summary(), RecipientState.SENT, GP, how=HowKnown.SELF)

    with pytest.raises(DocumentRefused):
        to(sent, RecipientState.SENT, GP, how=HowKnown.SELF)


def test_whoever_has_it_cannot_be_kept_from_it_afterwards() -> None:
    sent = to(a_summary(), RecipientState.SENT, GP, how=HowKnown.SELF)

    with pytest.raises(DocumentRefused):
        to(sent, RecipientState.OBJECTED, GP, how=HowKnown.SELF)


def test_a_stranger_is_no_recipient() -> None:
    with pytest.raises(DocumentNotFound):
        to(a_summary(), RecipientState.SENT, replace(GP, id=uuid4()), how=HowKnown.SELF)


def test_nothing_is_known_as_of_tomorrow() -> None:
    with pytest.raises(KnownInFuture):
        change(
            a_summary(),
            [GP.id],
            RecipientState.SENT,
            how=HowKnown.SELF,
            as_of=MONDAY + timedelta(days=1),
            at=MONDAY,
        )


def test_it_is_written_once() -> None:
    assert write(a_summary(written=False), MONDAY).written_at == MONDAY
    with pytest.raises(DocumentRefused):
        write(a_summary(), MONDAY)
