"""A local routine adds and tightens. It never loosens, and it never takes anything away."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain import Book, Strength, applies, satisfies
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.foundation.calendars import Period
from features.pathways.routines import HEAD

BASE = (
    HEAD.replace("site.after-attempt", "national.after-attempt")
    + """\
[[step]]
key = "first-contact"
task = "call_patient"
after = "discharged"
due = { within = "P3D" }
satisfied_by = ["reached", "called_in"]
evidence = { channel = ["phone", "visit"] }
when = { setting = ["somatic_ed"] }
basis = { kind = "default", source = "ours" }
adjustable = ["owner"]
[[gate]]
at = "discharged"
need = "receiver_named"
task = "name_receiver"
due = { within = "P1D", count = "working_days" }
basis = { kind = "default", source = "ours" }
[ladder.standard]
seen_for = "P1D"
repeat_every = "P1D"
rungs = [{ after = "PT0S", to = "lead" }]
"""
)


def a_layer(words: str, *, id: str = "region", level: str = "region", units: str = "[]") -> str:
    return f"""\
id = "{id}"
version = "1"
extends = "national.after-attempt"
level = "{level}"
[title]
nb = "Lokalt"
[applies_to]
{"# every unit" if units == "[]" else f"units = {units}"}
{words}
"""


def tighten(what: str, key: str = "first-contact", table: str = "step") -> str:
    basis = 'basis = { kind = "region", source = "S-1" }'
    return f'[[{table}]]\nkey = "{key}"\n{what}\n{basis}\n'


def a_book(*layers: str) -> tuple[Book, list[str]]:
    files = {"national.toml": BASE} | {f"layer{n}.toml": text for n, text in enumerate(layers)}
    reads = [
        read_file(text, distribution=f"pack-{name}", file=name) for name, text in files.items()
    ]
    book, findings = gathered(reads)
    return book, [str(finding) for finding in findings]


def resolved(*layers: str, unit: str | None = None, kind: str | None = None):  # type: ignore[no-untyped-def]
    book, findings = a_book(*layers)
    assert findings == []
    return book.resolve("national.after-attempt", "2026.1", unit, kind)


@pytest.mark.parametrize(
    "words",
    [
        'due = { within = "P2D" }',
        'due = { within = "PT48H", count = "hours" }',
        'due = { within = "P1D", end_of_day = true }',
        'strength = "must"',
        'satisfied_by = ["reached"]',
        'evidence = { channel = ["visit"] }',
        'evidence = { channel = ["visit", "phone"], inpatient = ["no"] }',
        'when = { setting = ["somatic_ed", "somatic_ward"] }',
        'owner = "discharging_unit"\nreason = "The ward has always called"',
    ],
)
def test_a_layer_may_say_something_stricter(words: str) -> None:
    step = resolved(a_layer(tighten(words))).find("first-contact")
    assert step is not None
    assert {origin.file for origin in step.said.values()} == {"layer0.toml"}


def test_an_earlier_deadline_rests_on_the_layer_and_the_rule_on_what_stands_above() -> None:
    step = resolved(a_layer(tighten('due = { within = "P2D" }'))).find("first-contact")
    assert step is not None
    assert (step.basis.source, step.deadline_basis.source) == ("ours", "S-1")


def test_a_higher_strength_rests_on_the_layer_and_the_deadline_on_what_stands_above() -> None:
    step = resolved(a_layer(tighten('strength = "must"'))).find("first-contact")
    assert step is not None
    assert (step.basis.source, step.deadline_basis.source) == ("S-1", "ours")


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ('due = { within = "P4D" }', "er senere enn"),
        ('due = { within = "P2D", count = "working_days" }', "kan bli senere enn"),
        ('due = { within = "P3D", end_of_day = true }', "er senere enn"),
        ('strength = "may"', "er svakere enn"),
        ("satisfied_by = []", "krysset det av"),
        ('satisfied_by = ["reached", "message_received"]', "oppfylte det ikke før"),
        ('when = { setting = ["somatic_ed"], minor = ["no"] }', "gjelde for færre"),
        ('when = { setting = ["somatic_ward"] }', "gjelde for færre"),
        ('evidence = { channel = ["phone", "visit", "sms"] }', "det kreves mindre av channel"),
        ("evidence = {}", "det kreves mindre av channel"),
        ('owner = "lead"', "ingen grunn er skrevet"),
        ('ladder = "slow"', "i stedet for standard"),
    ],
)
def test_a_layer_that_loosens_stops_and_names_both(words: str, wrong: str) -> None:
    said = [text for text in a_book(a_layer(tighten(words)))[1] if wrong in text]
    assert said
    assert "pack-layer0.toml:layer0.toml:" in said[0]
    assert "pack-national.toml:national.toml:" in said[0]


def test_a_law_stays_a_law() -> None:
    law = BASE.replace(
        'due = { within = "P1D", count = "working_days" }\nbasis = { kind = "default", source = "ours" }',
        'due = { within = "P1D" }\nbasis = { kind = "law", source = "RX-01", verified = true }',
    )
    words = tighten('evidence = { receiver_kind = ["gp"] }', "receiver_named", "gate")
    reads = [
        read_file(text, distribution="any", file=name)
        for name, text in (("national.toml", law), ("layer.toml", a_layer(words)))
    ]
    gate = gathered(reads)[0].resolve("national.after-attempt", "2026.1").find("receiver_named")
    assert gate is not None
    assert gate.evidence
    assert gate.basis.source == "RX-01"


def test_a_word_of_a_layer_is_not_taken_for_the_word_of_an_authority() -> None:
    words = tighten('evidence = { receiver_kind = ["gp"] }', "receiver_named", "gate")
    gate = resolved(a_layer(words)).find("receiver_named")
    assert gate.basis.source == "S-1"
    assert gate.basis.shown_as_default


def test_what_a_layer_changes_says_who_said_it() -> None:
    step = resolved(a_layer(tighten('due = { within = "P2D" }\nstrength = "must"'))).find(
        "first-contact"
    )
    assert step is not None
    assert step.due.within == Period(2)
    assert step.strength is Strength.MUST
    assert {name: origin.file for name, origin in step.said.items()} == {
        "due": "layer0.toml",
        "due_basis": "layer0.toml",
        "strength": "layer0.toml",
        "basis": "layer0.toml",
    }
    assert step.origin.file == "national.toml"


ADDED = """\
[[step]]
key = "region.visit"
task = "call_patient"
after = "discharged"
due = { within = "P2D" }
basis = { kind = "region", source = "S-2" }
"""


def test_a_layer_adds_steps_and_gates_for_its_units_only() -> None:
    layer = a_layer(ADDED, units='["psychiatric_acute", "ward-7"]')
    keys = {owed.key for owed in resolved(layer, kind="psychiatric_acute").owed}
    assert keys == {"first-contact", "receiver_named", "region.visit"}
    assert "region.visit" in {owed.key for owed in resolved(layer, unit="ward-7").owed}
    assert "region.visit" not in {owed.key for owed in resolved(layer, unit="ward-8").owed}


def test_the_national_routine_itself_stays_as_it_is() -> None:
    book, _ = a_book(a_layer(ADDED))
    assert {step.key for step in book.pathway("national.after-attempt", "2026.1").steps} == {
        "first-contact"
    }


def test_two_layers_that_add_one_key_stop_and_name_both() -> None:
    said = a_book(a_layer(ADDED), a_layer(ADDED, id="trust", level="trust"))[1]
    assert len(said) == 1
    assert "layer0.toml" in said[0]
    assert "layer1.toml" in said[0]


def test_adding_what_stands_there_already_is_refused() -> None:
    said = a_book(a_layer(ADDED.replace("region.visit", "first-contact")))[1]
    assert any("står der allerede" in text for text in said)


def test_tightening_what_is_not_there_is_refused() -> None:
    said = a_book(a_layer(tighten('strength = "must"', key="second-contact")))[1]
    assert len(said) == 1
    assert "har ikke noe steg med denne nøkkelen" in said[0]


def test_a_layer_may_not_loosen_what_the_layer_above_said() -> None:
    above = a_layer(tighten('due = { within = "P1D" }'))
    below = a_layer(tighten('due = { within = "P2D" }'), id="trust", level="trust")
    said = a_book(above, below)[1]
    assert len(said) == 1
    assert "P2D er senere enn P1D" in said[0]
    assert "layer0.toml" in said[0]


def test_layers_for_different_units_do_not_clash() -> None:
    one = a_layer(tighten('due = { within = "P1D" }'), units='["ward-1"]')
    other = a_layer(
        tighten('due = { within = "P2D" }'), id="trust", level="trust", units='["ward-2"]'
    )
    assert a_book(one, other)[1] == []
    assert resolved(one, other, unit="ward-2").find("first-contact").due.within == Period(2)


def test_where_two_layers_meet_in_one_unit_after_all_the_stricter_word_stands() -> None:
    kind = a_layer(tighten('due = { within = "P1D" }'), units='["psychiatric_acute"]')
    ward = a_layer(tighten('due = { within = "P2D" }'), id="unit", level="unit", units='["ward-7"]')
    both = resolved(kind, ward, unit="ward-7", kind="psychiatric_acute")
    assert both.find("first-contact").due.within == Period(1)


def test_two_packs_cannot_declare_one_kind_of_task() -> None:
    kind = '[task.home_visit]\ntitle = { nb = "Hjemmebesøk" }\n'
    said = a_book(a_layer(kind), a_layer(kind, id="trust", level="trust"))[1]
    assert len(said) == 1
    assert "layer0.toml" in said[0]
    assert "layer1.toml" in said[0]


LADDER = """\
[ladder.slow]
seen_for = "P2D"
repeat_every = "P2D"
rungs = [{ after = "PT0S", to = "team" }, { after = "P1D", to = "lead" }]
"""


def test_two_versions_in_one_pack_may_say_the_same_ladder_and_not_two() -> None:
    def said(again: str) -> list[str]:
        texts = {
            "base.toml": BASE,
            "one.toml": a_layer(LADDER),
            "two.toml": a_layer(again).replace('version = "1"', 'version = "2"'),
        }
        reads = [read_file(text, distribution="p", file=name) for name, text in texts.items()]
        return [str(finding) for finding in gathered(reads)[1]]

    assert said("# a line more\n" + LADDER) == []
    [wrong] = said(LADDER.replace('after = "P1D"', 'after = "P3D"'))
    assert "begge filene" in wrong


def test_a_layer_over_nothing_is_refused() -> None:
    layer = a_layer("").replace("national.after-attempt", "nowhere")
    assert any("nowhere er ikke installert" in text for text in a_book(layer)[1])


def test_more_evidence_is_asked_of_the_event_itself() -> None:
    asked = tighten('evidence = { receiver_kind = ["gp"] }', "receiver_named", "gate")
    gate = resolved(a_layer(asked)).find("receiver_named")
    assert gate is not None
    assert satisfies(gate, "receiver_named", {"receiver_kind": "gp"})
    assert not satisfies(gate, "receiver_named", {"receiver_kind": "other"})
    assert not satisfies(gate, "receiver_named", {})
    assert not satisfies(gate, "reached", {"receiver_kind": "gp"})


def test_that_nobody_receives_keeps_a_gate_only_where_the_routine_says_so() -> None:
    nobody = {"receiver_kind": "none"}
    bare = resolved(a_layer("")).find("receiver_named")
    asked = tighten('evidence = { receiver_kind = ["gp", "none"] }', "receiver_named", "gate")
    decided = resolved(a_layer(asked)).find("receiver_named")

    assert bare is not None
    assert decided is not None
    assert not satisfies(bare, "receiver_named", nobody)
    assert satisfies(bare, "receiver_named", {"receiver_kind": "other"})
    assert satisfies(decided, "receiver_named", nobody)


def test_a_condition_on_an_unknown_fact_applies() -> None:
    when = {"minor": frozenset({"no"})}
    assert applies(when, {})
    assert applies(when, {"minor": None})
    assert applies(when, {"minor": False})
    assert not applies(when, {"minor": True})


@pytest.mark.parametrize(
    "words",
    ['[longest_silence]\nfirst_30_days = "P3D"\nlater = "P14D"', "[unreachable]\nattempts = 9"],
)
def test_what_is_too_long_a_silence_and_what_cannot_be_reached_is_the_routines_own_word(
    words: str,
) -> None:
    """So it is the same wherever somebody stays: no layer of a unit says another."""
    _, findings = a_book(a_layer(words))
    assert len(findings) == 1
    assert words[1 : words.index("]")] in findings[0]


def test_a_layer_that_counts_from_no_event_is_refused_with_what_would_be_right() -> None:
    _, wrong = a_book(a_layer(tighten('due = { at = "flurble" }')))

    [told] = [one for one in wrong if "flurble" in one]
    assert "layer0.toml:" in told
    assert "discharged" in told


def test_a_layer_may_count_from_an_event_by_name() -> None:
    _, wrong = a_book(a_layer(tighten('due = { at = "discharged" }')))

    assert [one for one in wrong if "discharged" in one] == []
