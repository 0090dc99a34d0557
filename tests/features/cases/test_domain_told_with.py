"""A fact that only certain events tell is refused with any other, and the right one is named."""

from __future__ import annotations

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.carried import carriers
from bindeledd.features.cases.domain.may_tell import OWN
from bindeledd.features.cases.domain.telling import RESERVED, TELLABLE, check
from bindeledd.features.cases.domain.told_with import TOLD_WITH, ToldElsewhere
from bindeledd.features.pathways.domain.words import FACTS
from builders import refusal

K = EventKind


@pytest.mark.parametrize(
    ("kind", "fact", "events"),
    [
        (K.RISK_ASSESSED, "channel", ["reached", "contact_attempted", "called_in"]),
        (K.DECLINED, "person_answered", ["contact_attempted"]),
        (K.DISCHARGED, "not_known", ["index_event"]),
        (K.RISK_ASSESSED, "bereaved", ["bereaved_offered", "bereaved_children_offered"]),
        (K.ADMITTED, "interpreter", ["interpreter_asked"]),
        (K.DISCHARGED, "cover", ["gap_covered"]),
        (K.RELATIVES_ASKED, "contact_consent", ["contact_consent_asked"]),
    ],
)
def test_a_fact_of_another_event_is_refused_with_the_event_that_tells_it(
    kind: EventKind, fact: str, events: list[str]
) -> None:
    refused = refusal(lambda: check(kind, {fact: "yes"}))

    assert isinstance(refused, ToldElsewhere)
    assert refused.facts == {"fact": fact, "events": events}


@pytest.mark.parametrize(
    ("kind", "fact"),
    [(kind, fact) for fact, kinds in TOLD_WITH.items() for kind in kinds if kind in TELLABLE],
)
def test_the_event_that_tells_it_is_heard(kind: EventKind, fact: str) -> None:
    answer = min({"yes", "accepted"} & (FACTS.get(fact) or {"yes"}))
    beside = {"cover": "accepted", "number_answered": "yes"} if kind is K.GAP_COVERED else {}

    assert refusal(lambda: check(kind, {**beside, fact: answer})) is None


def test_every_such_name_is_kept_from_packs() -> None:
    assert TOLD_WITH.keys() <= RESERVED


@pytest.mark.parametrize(
    "fact", sorted({*TOLD_WITH, *(name for own in OWN.values() for name in own)})
)
def test_whoever_tells_a_fact_carries_it(fact: str) -> None:
    tells = {kind for kind, own in OWN.items() if fact in own} | set(TOLD_WITH.get(fact, ()))

    assert {kind.value for kind in tells} <= set(carriers(fact) or ())


def test_what_nobody_tells_or_writes_is_carried_by_nothing() -> None:
    assert carriers("height") is None
