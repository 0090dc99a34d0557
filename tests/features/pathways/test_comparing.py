"""What is another between two versions of a routine, and with and without a pack."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bindeledd.features.pathways.commands.comparing import diff
from bindeledd.features.pathways.domain import Book, Pathway
from bindeledd.features.pathways.domain.comparing import differences, ground_differences
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.features.pathways.domain.words import Words
from bindeledd.foundation.console import Site
from features.pathways.test_domain_agreements import an_agreement, step
from features.pathways.test_domain_grounds import CONSENT
from features.pathways.test_domain_layer_chain import CONFIRMED, a_book_on
from features.pathways.test_domain_layers import ADDED, BASE, a_layer, tighten

NATIONAL = "national.after-attempt"


def routine(*layers: str, base: str = BASE) -> Pathway:
    book, findings = a_book_on(base, *layers)
    assert findings == []
    return book.resolve(NATIONAL, "2026.1")


def told(one: Pathway, other: Pathway) -> list[tuple[str, str, str]]:
    return [(each.key, each.what, each.field) for each in differences(one, other)]


def test_what_is_the_same_is_not_told() -> None:
    assert differences(routine(), routine()) == []


def test_what_came_and_what_went() -> None:
    with_visit = routine(a_layer(ADDED))
    assert told(routine(), with_visit) == [("region.visit", "came", "")]
    assert told(with_visit, routine()) == [("region.visit", "went", "")]


HARD = """\
[[gate]]
key = "region.named"
at = "discharged"
need = "appointment_given"
task = "give_appointment"
due = { within = "P1D" }
strength = "must"
hard = true
basis = { kind = "region", source = "S-3" }
"""


def test_a_gate_that_came_says_how_strong_it_is_and_that_it_knows_no_exception() -> None:
    [found] = differences(routine(), routine(a_layer(HARD)))
    said = found.as_json()
    assert (said["what"], said["gate"], said["strength"], said["hard"]) == (
        "came", True, "must", True,
    )  # fmt: skip


def test_a_field_that_changed_says_who_said_it_before_and_now() -> None:
    [found] = differences(routine(), routine(a_layer(tighten('due = { within = "P2D" }'))))
    assert (found.field, found.before is not None, found.after is not None) == ("due", True, True)
    said = found.as_json()
    assert said["before"]["value"]["within"] == "P3D"  # type: ignore[index]
    assert said["after"]["value"]["within"] == "P2D"  # type: ignore[index]
    assert "layer0.toml:11" in said["after"]["said_by"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("field", "line"),
    [("contact", "contact = true\n"), ("after_death", 'after_death = "stands"\n')],
)
def test_what_a_death_does_to_a_step_is_compared(field: str, line: str) -> None:
    step = ADDED.replace("call_patient", "assess_risk")
    plain, other = routine(a_layer(step)), routine(a_layer(step + line))
    [found] = differences(plain, other)
    assert found.field == field


def test_a_rule_that_was_confirmed_has_another_basis() -> None:
    found = told(routine(), routine(a_layer(CONFIRMED)))
    assert found == [
        ("first-contact", "changed", "basis"),
        ("first-contact", "changed", "due_basis"),
    ]


# --- the command ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    plugins: tuple[str, ...] = ("on",)


LETTER = """
[[step]]
key = "town.letter"
task = "call_patient"
after = "discharged"
due = {{ within = "P3D" }}
satisfied_by = ["contact_attempted"]
letter = "by-hand"
basis = {{ kind = "local", source = "the plan" }}
[letter.by-hand]
title = {{ nb = "En hilsen" }}
basis = {{ kind = "local", source = "{source}" }}
[letter.by-hand.text]
nb = '''
Hei {{name}}.

{said} når du vil.
'''
"""
LAYERS = {
    "on": a_layer(tighten('due = { within = "P2D" }')),
    "off": a_layer(ADDED, id="trust", level="trust", units='["acute_ward"]'),
    "pair": an_agreement(step()),
    "hard": a_layer(HARD, id="hard"),
    "letter": a_layer(LETTER.format(said="Ring oss", source="the plan, page 6"), id="town"),
    "letter-2": a_layer(
        LETTER.format(said="Skriv til oss", source="the plan, page 7"), id="town"
    ).replace('version = "1"', 'version = "2"'),
    "grounds": a_layer(CONSENT.format(key="region.consent", more="reviewed = true"), id="plan"),
}
NEWER = BASE.replace('"2026.1"', '"2026.2"').split("[ladder.standard]")[0]
NEWER = NEWER.replace('due = { within = "P3D" }', 'due = { within = "P2D" }')


def a_site(packs: Sequence[str]) -> Book:
    layers = [LAYERS[name] for name in packs]
    book, findings = a_book_on(BASE, NEWER, *layers)
    assert findings == []
    return book


def run(*words: str, books: Mapping[tuple[str, ...], Book] | None = None) -> Result:
    """With what the packs of `LAYERS` say, or with these books."""

    def book_of(packs: Sequence[str]) -> Book:
        return books[tuple(packs)] if books else a_site(packs)

    site = Site(
        open_settings=Settings,
        open_database=pytest.fail,
        gather=lambda settings, packs=None: SimpleNamespace(
            book=book_of(settings.plugins if packs is None else packs)
        ),
    )
    return CliRunner().invoke(diff, [*words], obj=site)


def keys(result: Result) -> list[tuple[str, str]]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return [(each["key"], each["field"]) for each in found["differences"]]


def test_two_versions_with_what_is_switched_on() -> None:
    assert keys(run("2026.1", "2026.2", "--json")) == []
    assert keys(run("2026.1+none", "2026.2+none", "--json")) == [("first-contact", "due")]


def test_with_and_without_packs_switched_on_or_not() -> None:
    assert keys(run("2026.1+none", "2026.1", "--json")) == [("first-contact", "due")]
    ward = ("--unit-kind", "acute_ward", "--json")
    assert keys(run("current", "current+on,off", *ward)) == [("region.visit", "")]
    assert keys(run("current", "current+on,off", "--json")) == []


def test_it_is_told_in_words_too() -> None:
    said = run("2026.1+none", "2026.1")
    assert "first-contact" in said.output or "Første kontakt" in said.output
    assert "innen 2 dager" in " ".join(said.output.split())
    assert "Ingen forskjell." in run("2026.1", "2026.1").output


@pytest.mark.parametrize(
    ("sides", "words"),
    [(("none", "hard"), "nytt sjekkpunkt"), (("hard", "none"), "sjekkpunktet er borte")],
)
def test_a_gate_that_came_or_went_is_told_with_its_strength_in_words(
    sides: tuple[str, str], words: str
) -> None:
    said = run(*(f"current+{one}" for one in sides)).output
    shown = " ".join(said.replace("│", " ").split())
    assert all(one in shown for one in (*words.split(), "skal", "uten", "unntak"))


def test_a_fact_of_a_pack_is_told_by_its_label() -> None:
    label, yes = {"nb": "Var noen hjemme?"}, {"nb": "Ja, noen åpnet"}
    own = CaseField(
        key="region_home",
        label=label,
        options=(Option(value="yes", label=yes), Option(value="no", label={"nb": "Nei"})),
        asked_with=("reached",),
        used_by=("first-contact",),
    )
    word = tighten('evidence = { channel = ["phone", "visit"], region_home = ["yes"] }')
    read = read_file(a_layer(word), distribution="d", file="f", words=Words().with_fields([own]))
    base = read_file(BASE, distribution="d", file="base")
    book, findings = gathered([base, read], (), [own])
    assert findings == []
    plain, _ = a_book_on(BASE)

    said = run("current", "current+own", books={("on",): plain, ("own",): book}).output
    assert "Var noen hjemme? Ja, noen åpnet" in " ".join(said.split())


def test_a_version_that_is_not_there_is_wrong_usage() -> None:
    found = run("2026.1", "1999.1")
    assert found.exit_code == 2
    assert "2026.2" in found.output


def test_a_layer_that_is_for_another_place_is_named_with_what_to_give() -> None:
    alone = run("current", "current+on,off")
    said = " ".join(alone.output.split())
    assert said.endswith("Ingen forskjell i resten: det som ikke er med, er ikke sammenlignet.")
    assert "trust@1 er ikke med" in said
    assert "--unit-kind acute_ward" in said
    found = json.loads(run("current", "current+on,off", "--json").output)
    assert found["left_out"] == [
        {"layer": "trust@1", "organisations": [], "units": ["acute_ward"], "to": []}
    ]
    ward = run("current", "current+on,off", "--unit-kind", "acute_ward")
    assert "er ikke med" not in ward.output


def test_what_two_have_agreed_is_named_with_what_to_give_and_told_where_it_is_given() -> None:
    """Decision 0047: an agreement is a routine of two, and a pack that brings one changes something."""
    alone = json.loads(
        run("current", "current+on,pair", "--organisation", "trust", "--json").output
    )
    assert alone["differences"] == []
    asks = {"layer": "pair@1", "organisations": [], "units": [], "to": ["municipality"]}
    assert alone["left_out"] == [asks]
    said = " ".join(run("current", "current+on,pair").output.split())
    assert "Avtalen pair@1 er ikke med" in said
    assert "--organisation trust --to municipality" in said
    both = ("--organisation", "trust", "--to", "municipality")
    assert keys(run("current", "current+on,pair", *both, "--json")) == [("pair.call", "")]
    assert "er ikke med" not in run("current", "current+on,pair", *both).output


def test_what_was_changed_in_a_letter_is_told_line_by_line() -> None:
    told = run("current+letter", "current+letter-2")
    said = " ".join(told.output.split())
    found = json.loads(run("current+letter", "current+letter-2", "--json").output)["differences"]
    assert [(one["key"], one["letter"], one["field"]) for one in found] == [
        ("town/by-hand", True, "text"),
        ("town/by-hand", True, "basis"),
    ]
    assert "Ring oss" in said
    assert "Skriv til oss" in said
    assert "Hei" not in said
    assert (found[0]["before"]["layer"], found[0]["after"]["layer"]) == ("town@1", "town@2")


def test_a_letter_that_came_or_went_is_told() -> None:
    found = json.loads(run("current+none", "current+letter", "--json").output)["differences"]
    assert [(one["key"], one["what"]) for one in found if one["letter"]] == [
        ("town/by-hand", "came")
    ]
    assert "brevet er borte" in " ".join(run("current+letter", "current+none").output.split())


def test_a_ground_of_sharing_that_came_or_went_is_told() -> None:
    """Decision 0048: a ground makes a question at every sharing, and a review after."""
    found = json.loads(run("current", "current+on,grounds", "--json").output)["differences"]
    assert [(one["key"], one["ground"], one["what"]) for one in found] == [
        ("region.consent", True, "came")
    ]
    assert found[0]["after"]["value"] == {"nb": "Samtykke", "en": "Consent"}
    said = " ".join(run("current+on,grounds", "current").output.split())
    assert "region.consent" in said
    assert "Samtykke" in said
    assert "grunnlaget for deling er borte" in said


def grounds(more: str, source: str = "the plan") -> Any:
    text = CONSENT.format(key="region.consent", more=more).replace("the plan", source)
    other = CONSENT.format(key="region.danger", more="reviewed = true")
    book, findings = a_book_on(BASE, a_layer(text + other))
    assert findings == []
    return book.layers


def test_a_ground_that_is_looked_at_afterwards_or_rests_on_something_else_has_changed() -> None:
    def told(one: Any, other: Any) -> list[tuple[str, str]]:
        return [(each.what, each.field) for each in ground_differences(one, other)]

    assert told(grounds(""), grounds("")) == []
    assert told(grounds(""), grounds("reviewed = true")) == [("changed", "reviewed")]
    assert told(grounds(""), grounds("", source="a circular")) == [("changed", "basis")]
