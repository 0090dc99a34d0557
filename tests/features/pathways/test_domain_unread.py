"""A rule is called ours only where no source is named; one that is named and unread is named."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bindeledd.features.pathways.domain import (
    Basis,
    BasisKind,
    Book,
    Gate,
    Layer,
    Origin,
    Pathway,
    Strength,
)
from bindeledd.features.pathways.domain.bases import standing, unread
from bindeledd.features.pathways.domain.explaining import explain
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.layer_values import Tightening
from bindeledd.features.pathways.domain.layers import with_layer
from bindeledd.features.pathways.service.wording import (
    basis_words,
    default_words,
    note_words,
    value_words,
    why_words,
)
from bindeledd.foundation.texts import speaking
from builders import a_book

NATIONAL = "national.after-attempt"
NAMED = Basis(kind=BasisKind.LOCAL, source="Rutine N-12")


@pytest.mark.parametrize(
    ("basis", "source"),
    [
        (NAMED, "Rutine N-12"),
        (Basis(kind=BasisKind.REGION, source="Plan 2024"), "Plan 2024"),
        (replace(NAMED, verified=True), ""),
        (replace(NAMED, source=" "), ""),
        (Basis(kind=BasisKind.DEFAULT, source="Bindeledd"), ""),
    ],
)
def test_a_source_that_is_named_and_unread_is_no_default_of_ours(basis: Basis, source: str) -> None:
    assert unread(basis) == source
    assert standing(basis).get("unread", "") == source
    assert standing(basis)["default"] is basis.shown_as_default


def test_an_explanation_names_the_source_that_nobody_has_read() -> None:
    book = a_book()
    owed = replace(next(iter(book.pathways.values())).owed[0], basis=NAMED, due_basis=NAMED)

    assert default_words(owed) == "fra Rutine N-12, ikke kontrollert"
    told = [why_words(field) for field in explain(owed).fields if field.basis == NAMED]
    assert told
    assert all("Rutine N-12, ikke kontrollert" in one for one in told)


def test_what_has_no_source_is_still_called_ours() -> None:
    book = a_book()
    ours = Basis(kind=BasisKind.DEFAULT, source="Bindeledd")
    owed = replace(next(iter(book.pathways.values())).owed[0], basis=ours, due_basis=ours)

    assert default_words(owed) == "regel og frist er vår"


def test_a_field_rests_on_a_layers_source_only_where_the_layer_spoke_of_it() -> None:
    stood = Basis(kind=BasisKind.DEFAULT, source="RG-22")
    local = Basis(kind=BasisKind.LOCAL, source="EQS 1", verified=True)
    gate = next(gate for gate in a_book().newest(NATIONAL).gates if gate.strength == "should")
    gate = replace(gate, basis=stood, due_basis=stood)
    words = {"strength": Strength.MUST, "basis": local}
    owed = with_layer(_only(gate), _layer(gate.key, words)).gates[0]

    assert {name: explain(owed).field(name).basis for name in ("strength", "owner", "due")} == {
        "strength": local,
        "owner": stood,
        "due": stood,
    }


def test_a_layer_that_says_the_source_alone_confirms_every_field() -> None:
    stood = Basis(kind=BasisKind.DEFAULT, source="RG-22")
    local = Basis(kind=BasisKind.LOCAL, source="EQS 1", verified=True)
    gate = replace(a_book().newest(NATIONAL).gates[0], basis=stood, due_basis=stood)
    owed = with_layer(_only(gate), _layer(gate.key, {"basis": local})).gates[0]

    assert {field.basis.source for field in explain(owed).fields} == {"EQS 1"}


def test_what_is_ours_beside_a_text_is_not_told_as_its_word_and_notes_stay_in_english() -> None:
    ours = Basis(kind=BasisKind.DEFAULT, source="S-010", note="gives no time")

    assert basis_words(ours) == "vår verdi, jf. S-010"
    assert basis_words(replace(ours, source="Bindeledd")) == "vår verdi"
    assert note_words(ours) == ""
    with speaking("en"):
        assert note_words(ours) == "gives no time"


def test_what_a_rule_asks_for_is_told_by_the_labels_of_whoever_asks_for_it() -> None:
    consult = CaseField(
        key="hnt_consult",
        label={"nb": "Er tilsynet utført?"},
        options=(Option(value="done", label={"nb": "Ja"}),),
        asked_with=(),
        used_by=(),
    )
    book = Book(fields=(consult,), task_titles={"hnt_watch": {"nb": "Avklar vakt"}})
    asked = {"hnt_consult": frozenset({"done"}), "intoxication": frozenset({"yes"})}

    assert value_words("evidence", asked, book) == "Er tilsynet utført? Ja; Forgiftning: ja"
    assert value_words("task", "hnt_watch", book) == "Avklar vakt"
    assert value_words("satisfied_by", ("reached",), book) == "Fikk kontakt"


ENGLISH = re.compile(r"\b(gives?|says?|names|does|the|an example|no)\b")


def test_a_source_names_a_text_and_what_is_said_of_it_stands_in_the_note() -> None:
    """A source is shown in every language; a note where English is read."""
    top = Path(__file__).parents[3]
    told = [
        f"{file.relative_to(top)}: {source}"
        for folder in ("config", "plugins")
        for file in (top / folder).rglob("*.toml")
        for source in re.findall(r'basis = \{[^}]*source = "([^"]*)"', file.read_text("utf-8"))
        if ENGLISH.search(source)
    ]
    assert told == []


def _only(gate: Gate) -> Pathway:
    return replace(a_book().newest(NATIONAL), gates=(gate,))


def _layer(key: str, words: dict[str, object]) -> Layer:
    word = Tightening(key=key, gate=True, fields=words, origin=Origin())
    return Layer(
        id="site.layer",
        version="1",
        extends=NATIONAL,
        level="unit",
        title={},
        tightenings=(word,),
        origin=Origin(),
    )
