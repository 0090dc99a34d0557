"""An agreement is a layer that names both ends: it adds and tightens, and never loosens what others said."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain import Book, End, Layer
from features.pathways.test_domain_layers import a_book, tighten

TRUST = End(names=frozenset({"vestre-viken", "trust"}), units=frozenset({"acute_ward"}))
LIER = frozenset({"lier", "municipality"})


def an_agreement(
    words: str = "",
    *,
    id: str = "pair",
    level: str = "trust",
    ends: str = 'organisations = ["trust"]\nto = ["municipality"]',
    top: str = "",
) -> str:
    return f"""\
id = "{id}"
version = "1"
extends = "national.after-attempt"
level = "{level}"
[title]
nb = "Avtale"
[applies_to]
{ends}
{top}
{words}
"""


def step(more: str = 'owner = "discharging_unit"', due: str = "P2D") -> str:
    return f"""\
[[step]]
key = "pair.call"
task = "call_patient"
after = "handover_sent"
due = {{ within = "{due}" }}
{more}
basis = {{ kind = "local", source = "the agreement" }}
"""


def agreed(book: Book, to: frozenset[str] = LIER, end: End = TRUST) -> list[Layer]:
    return book.layers_agreed("national.after-attempt", [end], to)


def clean(*layers: str) -> Book:
    book, findings = a_book(*layers)
    assert findings == []
    return book


def test_it_is_for_its_pair_and_for_nobody_else() -> None:
    book = clean(an_agreement(step()))
    assert [one.id for one in agreed(book)] == ["pair"]
    assert agreed(book, to=frozenset({"legesenter", "practice"})) == []
    assert agreed(book, end=End(names=frozenset({"municipality"}))) == []
    assert book.layers_for("national.after-attempt", "ward", "acute_ward", "vestre-viken") == []
    assert book.layers_brought("national.after-attempt", "lier", frozenset()) == []


def test_units_are_those_of_the_end_that_hands_over() -> None:
    ends = 'organisations = ["trust"]\nunits = ["dps"]\nto = ["lier"]'
    assert agreed(clean(an_agreement(step(), ends=ends))) == []
    assert agreed(clean(an_agreement(step(), ends=ends.replace("dps", "acute_ward")))) != []


def test_a_receiver_outside_is_named_by_its_organisation_number() -> None:
    book = clean(an_agreement(step(), ends='organisations = ["trust"]\nto = ["921234554"]'))
    assert agreed(book, to=frozenset({"921234554", "municipality"})) != []


@pytest.mark.parametrize(
    ("ends", "wrong"),
    [
        ('to = ["lier"]', "en avtale må navngi begge ender"),
        ('organisations = ["lier"]\nto = ["lier"]', "lier kan ikke ha en avtale med seg selv"),
    ],
)
def test_both_ends_are_named_and_are_two(ends: str, wrong: str) -> None:
    _, findings = a_book(an_agreement(step(), ends=ends))
    assert [text for text in findings if wrong in text]


def test_s198_nothing_is_agreed_without_saying_whose_task_it_is() -> None:
    _, findings = a_book(an_agreement(step(more="")))
    assert [text for text in findings if "hvem som har oppgaven" in text]


def test_s199_what_was_signed_stands_in_it_and_its_last_day_takes_nothing_away() -> None:
    paper = '[agreement]\nreference = "Delavtale 3"\nbegins = 2020-01-01\nends = 2021-12-31'
    (found,) = agreed(clean(an_agreement(step(), top=paper)))
    assert found.paper is not None
    assert (found.paper.reference, str(found.paper.ends)) == ("Delavtale 3", "2021-12-31")
    _, findings = a_book(an_agreement(step(), ends='units = ["dps"]', top=paper))
    assert [text for text in findings if "laget er ingen avtale" in text]


def test_it_tightens_what_stands_above() -> None:
    book = clean(an_agreement(tighten('due = { within = "P2D" }')))
    routine = book.resolve("national.after-attempt", "2026.1", ends=[TRUST], to=LIER)
    found = routine.find("first-contact")
    assert found is not None
    assert str(found.due.within) == "P2D"


def test_it_never_loosens_what_others_have_said_not_even_what_is_adjustable() -> None:
    """`owner` of the national step is adjustable: a layer of one place may move it, two may not."""
    word = 'owner = "discharging_unit"\nreason = "So it was agreed"'
    _, findings = a_book(an_agreement(tighten(word)))
    assert [t for t in findings if "en avtale mellom to kan ikke løsne det andre har sagt" in t]


def test_s197_a_pair_may_set_back_what_the_shared_base_left_open_with_its_reason() -> None:
    base = step(more='owner = "discharging_unit"\nadjustable = ["due"]')
    word = 'due = { within = "P3D" }\nreason = "Shorter hours"'
    own = an_agreement(
        tighten(word, key="pair.call"),
        id="lier",
        level="municipality",
        ends='organisations = ["vestre-viken"]\nto = ["lier"]',
    )
    book = clean(an_agreement(base), own)
    assert [one.id for one in agreed(book)] == ["pair", "lier"]
    routine = book.resolve("national.after-attempt", "2026.1", ends=[TRUST], to=LIER)
    assert str(routine.find("pair.call").due.within) == "P3D"  # type: ignore[union-attr]
    other = frozenset({"drammen", "municipality"})
    routine = book.resolve("national.after-attempt", "2026.1", ends=[TRUST], to=other)
    assert str(routine.find("pair.call").due.within) == "P2D"  # type: ignore[union-attr]


def test_what_two_agreements_of_one_pair_say_must_agree() -> None:
    base = an_agreement(tighten('due = { within = "P1D" }'))
    own = an_agreement(
        tighten('due = { within = "P2D" }'), id="lier", ends='organisations = ["x"]\nto = ["lier"]'
    )
    _, findings = a_book(base, own)
    assert [text for text in findings if "layer1.toml" in text and "layer0.toml" in text]


def test_agreements_with_two_towns_never_meet() -> None:
    one = an_agreement(
        tighten('due = { within = "P1D" }'), ends='organisations = ["x"]\nto = ["a"]'
    )
    other = an_agreement(
        tighten('due = { within = "P2D" }'), id="b", ends='organisations = ["x"]\nto = ["b"]'
    )
    assert len(clean(one, other).agreements) == 2
