"""What was answered where something was asked or offered: asked is not granted. Values only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.replying import About, Reply, Said, reply
from bindeledd.features.pathways.domain import Gate
from builders import MONDAY, a_book

K = EventKind
DAY = timedelta(days=1)
AGAIN = MONDAY + 9 * DAY
CASE = uuid4()


def told(kind: EventKind, at=MONDAY, **facts: object) -> Event:
    return Event(id=uuid4(), case_id=CASE, kind=kind, at=at, recorded_at=at, facts=facts)


def gate(need: EventKind) -> Gate:
    gates = a_book().current("suicide_attempt").gates
    return next(one for one in gates if one.need == need.value)


def answer(kind: EventKind, **facts: object) -> Reply | None:
    return reply(gate(kind), [told(kind, **facts)])


def words(found: Reply | None) -> tuple[About, Said] | None:
    return None if found is None else (found.about, found.said)


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (K.CONTACT_CONSENT_ASKED, {"contact_consent": "yes"}, (About.ASKED, Said.YES)),
        (K.CONTACT_CONSENT_ASKED, {"contact_consent": "no"}, (About.ASKED, Said.NO)),
        (K.CONTACT_CONSENT_ASKED, {"contact_consent": False}, (About.ASKED, Said.NO)),
        (K.CONTACT_CONSENT_ASKED, {"contact_consent": "later"}, (About.ASKED, Said.LATER)),
        (K.CONTACT_CONSENT_ASKED, {}, (About.ASKED, Said.UNSAID)),
        (K.RELATIVES_ASKED, {"relatives_later": True}, (About.ASKED, Said.LATER)),
        (K.RELATIVES_ASKED, {}, (About.ASKED, Said.UNSAID)),
        (K.CHILDREN_ASKED, {}, (About.ASKED, Said.UNSAID)),
        (K.CHILDREN_ASKED, {"minors": True}, (About.ASKED, Said.UNSAID)),
        (K.CHILDREN_ASKED, {"minors": False}, (About.ASKED, Said.ANSWERED)),
        (K.PLAN_OFFERED, {"plan_later": "yes"}, (About.OFFERED, Said.LATER)),
        (K.PLAN_OFFERED, {"plan_declined": "yes"}, (About.OFFERED, Said.NO)),
        (K.PLAN_OFFERED, {}, None),
        (K.RISK_ASSESSED, {}, None),
    ],
)
def test_each_answer_has_a_code_and_what_asks_nobody_has_none(
    kind: EventKind, facts: dict[str, object], said: tuple[About, Said] | None
) -> None:
    assert words(answer(kind, **facts)) == said


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (K.CONTACT_CONSENT_ASKED, {"contact_consent": "later", "ask_again_at": AGAIN.isoformat()}),
        (K.RELATIVES_ASKED, {"relatives_later": True, "ask_again_at": AGAIN.isoformat()}),
        (K.PLAN_OFFERED, {"plan_later": "yes", "offer_again_at": AGAIN.isoformat()}),
        (K.PLAN_OFFERED, {"plan_declined": "yes", "offer_again_at": AGAIN.isoformat()}),
    ],
)
def test_the_day_on_which_it_is_asked_again_stands_with_the_answer(
    kind: EventKind, facts: dict[str, object]
) -> None:
    found = answer(kind, **facts)

    assert found is not None
    assert found.again_at == AGAIN


def test_a_yes_has_no_day_on_which_it_is_asked_again() -> None:
    found = answer(K.CONTACT_CONSENT_ASKED, contact_consent="yes", ask_again_at=AGAIN.isoformat())

    assert found is not None
    assert found.again_at is None


def test_a_wait_and_a_no_are_not_granted_a_yes_is() -> None:
    asked = [answer(K.CONTACT_CONSENT_ASKED, contact_consent=one) for one in ("yes", "no", "later")]

    assert [one.is_not_granted for one in asked if one] == [False, True, True]


def test_the_last_answer_counts() -> None:
    first = told(K.CONTACT_CONSENT_ASKED, contact_consent="later")
    then = told(K.CONTACT_CONSENT_ASKED, at=MONDAY + DAY, contact_consent="yes")

    assert words(reply(gate(K.CONTACT_CONSENT_ASKED), [then, first])) == (About.ASKED, Said.YES)


def test_a_plan_that_was_made_after_a_wait_is_simply_in_place() -> None:
    first = told(K.PLAN_OFFERED, plan_later="yes")
    made = told(K.PLAN_OFFERED, at=MONDAY + DAY)

    assert reply(gate(K.PLAN_OFFERED), [first, made]) is None


def test_an_answer_that_does_not_keep_the_gate_is_not_its_answer() -> None:
    asks = replace(gate(K.PLAN_OFFERED), evidence={"plan_written": frozenset({"yes"})})

    assert reply(asks, [told(K.PLAN_OFFERED, plan_declined="yes")]) is None
