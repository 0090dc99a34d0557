"""What reaches out: known by what it owes where it cannot be forgotten, said where it can be either."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain.reading import Read, read_file
from bindeledd.features.pathways.domain.words import REACHING, Words
from bindeledd.features.tasks.domain import CONTACT_KINDS
from features.pathways.test_domain_layers import a_layer

RULE = """
[task.greet]
title = {{ nb = "Hils", en = "Greet" }}
[[step]]
key = "region.greet"
task = "{task}"
after = "{after}"
satisfied_by = {ends}
due = {{ within = "P3D" }}
{more}
basis = {{ kind = "local", source = "the plan" }}
"""
LETTER = """
[letter.card]
title = { nb = "Kort" }
basis = { kind = "local", source = "the plan" }
[letter.card.text]
nb = "Hei {name}."
"""


def read(
    ends: str = '["discharged"]',
    *,
    task: str = "greet",
    after: str = "discharged",
    more: str = "",
    letter: str = "",
) -> Read:
    rule = RULE.format(task=task, after=after, ends=ends, more=more)
    return read_file(a_layer(rule + letter), distribution="d", file="f.toml")


def contact(found: Read) -> bool:
    assert found.findings == []
    (layer,) = found.layers
    return layer.steps[0].contact


def codes(found: Read) -> list[str]:
    return [one.fault.code for one in found.findings]


def test_the_kinds_that_reach_out_are_those_of_the_core() -> None:
    assert REACHING == CONTACT_KINDS


def test_a_letter_reaches_out() -> None:
    assert contact(read(more='letter = "card"', letter=LETTER))


@pytest.mark.parametrize("kind", sorted(REACHING))
def test_a_kind_of_contact_reaches_out(kind: str) -> None:
    assert contact(read(task=kind))


@pytest.mark.parametrize(
    "event", ["reached", "contact_attempted", "plan_offered", "relatives_asked"]
)
def test_what_only_reaching_or_asking_does_reaches_out(event: str) -> None:
    assert contact(read(f'["{event}"]'))


def test_a_gate_that_asks_the_person_reaches_out() -> None:
    gate = """
    [[gate]]
    key = "region.asked"
    at = "discharged"
    need = "contact_consent_asked"
    task = "ask_contact_consent"
    due = { within = "P1D" }
    basis = { kind = "local", source = "the plan" }
    """
    (layer,) = read_file(a_layer(gate), distribution="d", file="f.toml").layers
    assert layer.gates[0].contact


@pytest.mark.parametrize("ends", ['["risk_assessed"]', '["plan_offered", "discharged"]', "[]"])
def test_what_can_be_done_without_the_person_reaches_out_only_if_it_says_so(ends: str) -> None:
    assert not contact(read(ends))
    assert contact(read(ends, more="contact = true"))


@pytest.mark.parametrize(
    ("ends", "task", "letter"),
    [
        ('["discharged"]', "greet", 'letter = "card"'),
        ('["reached"]', "greet", ""),
        ('["discharged"]', "call_patient", ""),
    ],
)
def test_nobody_says_of_what_reaches_out_that_it_does_not(
    ends: str, task: str, letter: str
) -> None:
    found = read(
        ends,
        task=task,
        more=f"contact = false\n{letter}",
        letter=LETTER if letter else "",
    )
    assert codes(found) == ["pathways.contact_denied"]


def test_what_a_call_or_something_else_does_says_whether_it_reaches_out() -> None:
    mixed = '["reached", "risk_assessed"]'
    assert codes(read(mixed)) == ["pathways.contact_unsaid"]
    assert not contact(read(mixed, more="contact = false"))


ANSWERED = 'evidence = { look = ["yes"] }'


def answered(task: str = "greet", after: str = "discharged", more: str = "") -> Read:
    words = Words(facts={"look": None})
    rule = RULE.format(task=task, after=after, ends='["answered"]', more=f"{ANSWERED}\n{more}")
    return read_file(a_layer(rule), distribution="d", file="f.toml", words=words)


def test_what_an_answer_of_its_own_does_is_refused_until_it_says_whether_it_reaches_out() -> None:
    assert codes(answered()) == ["pathways.contact_of_answer"]


@pytest.mark.parametrize("said", [True, False])
def test_what_an_answer_of_its_own_does_is_as_it_says(said: bool) -> None:
    assert contact(answered(more=f"contact = {str(said).lower()}")) is said


@pytest.mark.parametrize(
    ("after", "more"),
    [("death_confirmed", ""), ("discharged", 'after_death = "stands"')],
)
def test_what_is_owed_after_a_death_need_not_say_that_it_reaches_nobody(
    after: str, more: str
) -> None:
    assert not contact(answered(after=after, more=more))


def test_what_is_counted_from_a_death_is_owed_to_others() -> None:
    assert not contact(read('["reached"]', after="death_confirmed"))
