"""Receivers outside: who may stand in the register, and what their answers need. Values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bindeledd.features.handovers.domain import (
    Answered,
    FirstDateInPast,
    Handover,
    HandoverAction,
    HandoverState,
    Way,
)
from bindeledd.features.handovers.domain.outside import (
    FirstDateNeeded,
    HerWrong,
    KnownBeforeSent,
    KnownInFuture,
    Outside,
    OutsideKind,
    OutsideUnnamed,
    OutsideWithoutWay,
    Package,
    PackageSent,
    PackageStayed,
    ReceiptOnly,
    WhoNeeded,
    answered,
    check_sending,
    checked,
)
from bindeledd.features.patients.domain.identifiers import WrongOrganisationNumber
from bindeledd.foundation.ids import new_id
from builders import MONDAY

HOUR = timedelta(hours=1)
AN_OUTSIDE_PARTNER = Outside(
    id=new_id(), tenant_id=new_id(), organisation="NAV", kind=OutsideKind.WELFARE_OFFICE
)
SENT = Handover(
    id=new_id(),
    tenant_id=new_id(),
    case_id=new_id(),
    from_team_id=new_id(),
    to_outside_id=new_id(),
    package_id=new_id(),
    way=Way.LETTER,
    sent_at=MONDAY,
)
NOTTEROY = Outside(
    id=new_id(), tenant_id=new_id(), organisation=" Prøve  kommune ", phone=" 77 00 00 00 "
)


def an_answer(action: HandoverAction, **said: object) -> Handover:
    usual = {
        "how": Answered.PHONE,
        "who": "Sara Prøve",
        "as_of": MONDAY + HOUR,
        "at": MONDAY + 2 * HOUR,
    }
    return answered(SENT, action, **{**usual, **said})


def test_a_receiver_has_a_name_and_a_number_to_ask_at():
    assert checked(NOTTEROY).organisation == "Prøve kommune"
    assert checked(NOTTEROY).phone == "77 00 00 00"
    with pytest.raises(OutsideUnnamed):
        checked(replace(NOTTEROY, organisation=" "))
    with pytest.raises(OutsideWithoutWay):
        checked(replace(NOTTEROY, phone=""))


def test_numbers_of_the_registers_are_checked():
    assert checked(replace(NOTTEROY, orgnr="974 760 673")).orgnr == "974760673"
    with pytest.raises(WrongOrganisationNumber):
        checked(replace(NOTTEROY, orgnr="974760674"))
    with pytest.raises(HerWrong):
        checked(replace(NOTTEROY, her_id="HER 12"))


def test_a_unit_is_named_before_its_organisation():
    assert replace(NOTTEROY, organisation="Prøve kommune", unit="Psykisk helse").name == (
        "Psykisk helse, Prøve kommune"
    )


def test_a_receipt_says_that_it_arrived_and_nothing_more():
    had = an_answer(HandoverAction.RECEIVE, how=Answered.RECEIPT, who="")

    assert (had.state, had.how_known) == (HandoverState.RECEIVED, Answered.RECEIPT)
    for action in (HandoverAction.ACCEPT, HandoverAction.RETURN):
        with pytest.raises(ReceiptOnly):
            an_answer(action, how=Answered.RECEIPT, first_at=MONDAY + 3 * HOUR)


def test_an_acceptance_has_who_when_how_and_their_own_first_date():
    first = MONDAY + timedelta(days=2)
    done = an_answer(HandoverAction.ACCEPT, first_at=first)

    assert (done.state, done.answered_at, done.first_at) == (
        HandoverState.ACCEPTED,
        MONDAY + HOUR,
        first,
    )
    with pytest.raises(WhoNeeded):
        an_answer(HandoverAction.ACCEPT, who=" ", first_at=first)
    for refused, none in ((FirstDateNeeded, None), (FirstDateInPast, MONDAY + HOUR)):
        with pytest.raises(refused):
            an_answer(HandoverAction.ACCEPT, first_at=none)


def test_nobody_answers_before_it_was_sent_or_ahead_of_time():
    with pytest.raises(KnownBeforeSent):
        an_answer(HandoverAction.RECEIVE, as_of=MONDAY - HOUR)
    with pytest.raises(KnownInFuture):
        an_answer(HandoverAction.RECEIVE, as_of=MONDAY + 3 * HOUR)


def test_what_nobody_took_out_cannot_have_been_sent_nor_anything_twice():
    package = Package(
        id=new_id(), tenant_id=new_id(), case_id=new_id(), outside_id=new_id(), made_at=MONDAY
    )
    out = replace(package, left_at=MONDAY)

    with pytest.raises(PackageStayed):
        check_sending(package, as_of=MONDAY, at=MONDAY)
    with pytest.raises(PackageSent):
        check_sending(replace(out, sent=True), as_of=MONDAY, at=MONDAY)
    with pytest.raises(KnownBeforeSent):
        check_sending(out, as_of=MONDAY - HOUR, at=MONDAY)
    check_sending(out, as_of=MONDAY, at=MONDAY)


def test_s139_many_take_part_and_only_health_services_take_over():
    parties = {kind.value for kind in OutsideKind}
    assert {
        "gp",
        "emergency_clinic",
        "crisis_team",
        "coordinating_unit",
        "welfare_office",
        "child_welfare",
        "housing",
        "crime_prevention",
        "voluntary",
    } < parties
    assert not AN_OUTSIDE_PARTNER.may_take_over
    assert replace(AN_OUTSIDE_PARTNER, kind=OutsideKind.CRISIS_TEAM).may_take_over


def test_a_receiver_outside_is_called_by_its_number_and_the_kind_of_its_organisation():
    town = replace(AN_OUTSIDE_PARTNER, kind=OutsideKind.MUNICIPALITY)
    assert town.called == ("other", "municipality")
    assert replace(town, orgnr="921234554").called == ("921234554", "municipality")
