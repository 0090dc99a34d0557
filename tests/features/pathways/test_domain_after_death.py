"""What a rule says of a confirmed death, and what holds where it says nothing."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain.reading import Read, read_file
from bindeledd.features.pathways.domain.values import AfterDeath
from bindeledd.features.pathways.domain.words import Words
from features.pathways.test_domain_layers import a_layer

TASK = """
[task.look]
title = { nb = "Se" }
"""
STEP = """
[[step]]
key = "region.{key}"
task = "{task}"
after = "{after}"
due = {{ within = "P3D" }}
satisfied_by = ["answered"]
{more}
basis = {{ kind = "local", source = "the plan" }}
"""
WORDS = Words(facts={"help": None, "other": None})


def step(
    key: str = "look", *, task: str = "look", after: str = "discharged", more: str = ""
) -> str:
    said = more if "evidence" in more else f'evidence = {{ help = ["given"] }}\n{more}'
    said += "" if "contact" in said or "letter" in said else "\ncontact = false"
    return STEP.format(key=key, task=task, after=after, more=said)


def read(*steps: str) -> Read:
    text = a_layer(TASK + "".join(steps))
    return read_file(text, distribution="d", file="f.toml", words=WORDS)


def said(found: Read) -> AfterDeath | None:
    assert found.findings == []
    (layer,) = found.layers
    return layer.steps[-1].after_death


def codes(found: Read) -> list[tuple[str, str]]:
    return [(one.key, one.fault.code) for one in found.findings]


def test_what_a_file_owes_by_a_kind_of_its_own_ends_with_the_person() -> None:
    assert said(read(step())) is AfterDeath.ENDS


@pytest.mark.parametrize("word", list(AfterDeath))
def test_the_rule_says_it(word: AfterDeath) -> None:
    assert said(read(step(more=f'after_death = "{word}"'))) is word


@pytest.mark.parametrize("after", ["death_reported", "death_confirmed"])
def test_what_is_counted_from_a_death_is_not_ended_by_it(after: str) -> None:
    assert said(read(step(after=after))) is None


def test_a_kind_of_the_core_goes_as_the_cores_own() -> None:
    assert said(read(step(task="assess_risk"))) is None


@pytest.mark.parametrize("more", ["contact = true", 'letter = "x"'])
def test_what_reaches_out_cannot_stand_after_a_death(more: str) -> None:
    found = read(step(more=f'{more}\nafter_death = "stands"'))
    assert ("step.region.look.after_death", "pathways.contact_after_death") in codes(found)


FIRST = step("first", after="death_confirmed")
AGAIN = 'given = {{ help = ["given"] }}\nevidence = {{ other = ["done"] }}\n{more}'


def test_a_chain_that_begins_with_a_death_says_at_each_link_whether_it_goes_on() -> None:
    silent = read(FIRST, step("next", after="answered", more=AGAIN.format(more="")))
    assert codes(silent) == [("step.region.next.after_death", "pathways.after_death_unsaid")]
    for word in AfterDeath:
        more = AGAIN.format(more=f'after_death = "{word}"')
        assert said(read(FIRST, step("next", after="answered", more=more))) is word


def test_a_chain_of_what_ends_need_not_say_it() -> None:
    first = step("first")
    assert said(read(first, step("next", after="answered", more=AGAIN.format(more="")))) is (
        AfterDeath.ENDS
    )
