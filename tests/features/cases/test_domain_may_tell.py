"""Which plain facts a person may tell: those on the list, with their answers, and nothing beside."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.may_tell import (
    OWN,
    AnswerNeeded,
    AnswerNotListed,
    FactNotAsked,
    may_tell,
)
from bindeledd.features.cases.domain.telling import OURS, TELLABLE, check
from bindeledd.features.cases.domain.told_with import TOLD_WITH
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.words import FACTS
from builders import refusal

K = EventKind
PETS = CaseField(
    key="my_pets",
    label={"nb": "Dyr"},
    options=tuple(Option(value=one, label={}) for one in ("cared_for", "alone")),
    asked_with=("risk_assessed",),
    used_by=("my.pets",),
)
KINDS = sorted(TELLABLE)
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True) | st.sampled_from(
    sorted({*FACTS, *OURS, *TOLD_WITH, "risk", "risk_score", "fnr", "phone", "diagnosis"})
)
VALUES = st.booleans() | st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,39}", fullmatch=True)


@given(kind=st.sampled_from(KINDS), name=KEYS, value=VALUES)
def test_no_fact_beside_the_list_passes(kind: EventKind, name: str, value: object) -> None:
    if name not in may_tell(kind, [PETS]):
        assert refusal(lambda: check(kind, {name: value}, [PETS])) is not None


@given(
    told=st.sampled_from([(kind, name) for kind, names in OWN.items() for name in names]),
    value=st.from_regex(r"[0-9]{5,12}", fullmatch=True),
)
def test_no_run_of_digits_passes_for_an_answer(told: tuple[EventKind, str], value: str) -> None:
    kind, name = told
    if name != "receiver_organisation":  # a number of its own, asked where it is written
        assert isinstance(refusal(lambda: check(kind, {name: value})), AnswerNotListed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("risk", "high"),
        ("risk_score", "5"),
        ("selvmordsrisiko", "hoy"),
        ("fnr", "01018012345"),
        ("phone", "40000003"),
        ("name", "cato"),
        ("diagnosis", "f32"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_identifies_and_what_scores_is_never_a_plain_fact(
    kind: EventKind, name: str, value: str
) -> None:
    refused = refusal(lambda: check(kind, {name: value}, [PETS]))

    assert isinstance(refused, FactNotAsked)
    assert refused.facts["fact"] == name
    assert value not in str(refused)


def test_a_refusal_says_what_this_event_may_tell() -> None:
    refused = refusal(lambda: check(K.RISK_ASSESSED, {"risk": "high"}, [PETS]))

    assert refused is not None
    assert refused.facts["may"] == ["intoxication", "my_pets", "repeated"]
    assert refused.facts["words"] == "words"


def test_a_number_that_somebody_writes_as_a_key_is_not_repeated() -> None:
    refused = refusal(lambda: check(K.RISK_ASSESSED, {"p01018012345": True}))

    assert isinstance(refused, FactNotAsked)
    assert refused.facts["fact"] == "?"


def test_what_a_pack_asks_is_told_with_the_event_with_which_it_is_asked() -> None:
    said = {"my_pets": "alone"}

    assert refusal(lambda: check(K.RISK_ASSESSED, said, [PETS])) is None
    assert isinstance(refusal(lambda: check(K.ADMITTED, said, [PETS])), FactNotAsked)
    assert isinstance(refusal(lambda: check(K.RISK_ASSESSED, said)), FactNotAsked)


def test_what_a_pack_asks_has_only_its_own_answers() -> None:
    refused = refusal(lambda: check(K.RISK_ASSESSED, {"my_pets": "f32"}, [PETS]))

    assert isinstance(refused, AnswerNotListed)
    assert refused.facts == {"fact": "my_pets", "answers": ["cared_for", "alone"]}


def test_a_yes_or_no_is_a_truth_value_too() -> None:
    asked = replace(PETS, options=(Option(value="yes", label={}), Option(value="no", label={})))

    assert refusal(lambda: check(K.RISK_ASSESSED, {"my_pets": False}, [asked])) is None
    assert refusal(lambda: check(K.PLAN_OFFERED, {"plan_later": True})) is None


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        (K.CONTACT_CONSENT_ASKED, {}, "contact_consent"),
        (K.INTERPRETER_ASKED, {}, "interpreter"),
        (K.RELATIVES_ASKED, {}, "answer"),
        (K.RELATIVES_ASKED, {"relatives_later": False}, "answer"),
        (K.BEREAVED_OFFERED, {}, "bereaved"),
        (K.BEREAVED_CHILDREN_OFFERED, {}, "bereaved"),
        (K.RECEIVER_NAMED, {}, "receiver_kind"),
        (K.GAP_COVERED, {}, "cover"),
        (K.GAP_COVERED, {"cover": "accepted"}, "number_answered"),
    ],
)
def test_who_was_asked_is_not_told_of_without_the_answer(
    kind: EventKind, facts: dict[str, object], field: str
) -> None:
    refused = refusal(lambda: check(kind, facts))

    assert isinstance(refused, AnswerNeeded)
    assert refused.facts["fact"] == field


@pytest.mark.parametrize("kind", sorted(OWN))
def test_only_what_a_person_may_tell_has_facts_of_the_core(kind: EventKind) -> None:
    assert kind in TELLABLE
    assert not OURS & set(OWN[kind])
    told = {name for name in OWN[kind] if kind not in TOLD_WITH.get(name, (kind,))}
    assert told == set()
