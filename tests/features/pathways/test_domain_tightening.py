"""Every key that a layer may write, with what is tighter and what is looser than what stands above.

A key that is new to a rule, a due time or a ladder has no line here: then these tests fail until
somebody has thought about which way it loosens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import pytest

from bindeledd.features.pathways.domain import Due, Gate, Step
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.ladder_values import Ladder, Rung
from bindeledd.features.pathways.domain.layer_values import Layer
from bindeledd.features.pathways.domain.layers import TIGHTENED
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.features.pathways.domain.values import LongestSilence, Rule, Unreachable
from bindeledd.plugin.schemas import keys
from features.pathways.routines import HEAD
from features.pathways.test_domain_layer_chain import at
from features.pathways.test_domain_layers import tighten

GATE, MOMENT, FIRST, TICKED = "receiver_named", "confirm", "first-contact", "ticked"
RULES = f"""\
[[step]]
key = "{FIRST}"
task = "call_patient"
after = "discharged"
due = {{ from = "P1D", to = "P3D" }}
satisfied_by = ["reached", "called_in"]
evidence = {{ channel = ["phone", "visit"] }}
when = {{ setting = ["somatic_ed"] }}
basis = {{ kind = "default", source = "ours" }}
[[step]]
key = "same-day"
task = "call_patient"
after = "discharged"
due = {{ within = "PT0S", end_of_day = true }}
satisfied_by = ["reached"]
basis = {{ kind = "default", source = "ours" }}
[[step]]
key = "{MOMENT}"
task = "confirm_appointment"
after = "appointment_given"
due = {{ from = "P2D", before = "P1D", of = "appointment_at", unknown = "P7D", count = "working_days" }}
satisfied_by = ["appointment_confirmed"]
basis = {{ kind = "default", source = "ours" }}
[[step]]
key = "offer"
task = "call_patient"
after = "declined"
due = {{ within = "PT0S", of = "offer_again_at", unknown = "P7D", latest = "P92D" }}
satisfied_by = ["reached"]
basis = {{ kind = "default", source = "ours" }}
[[step]]
key = "{TICKED}"
task = "call_relative"
after = "discharged"
due = {{ within = "PT24H", count = "hours" }}
basis = {{ kind = "default", source = "ours" }}
[[gate]]
at = "discharged"
need = "{GATE}"
task = "name_receiver"
due = {{ within = "P1D", count = "working_days" }}
strength = "must"
hard = true
basis = {{ kind = "default", source = "ours" }}
adjustable = ["strength"]
[ladder.standard]
seen_for = "P1D"
repeat_every = "P1D"
rungs = [{{ after = "PT0S", to = "lead" }}]
"""
BASE = HEAD.replace("site.after-attempt", "national.after-attempt") + RULES


def findings(*words: str) -> list[str]:
    """What is wrong with the base and these layers from above, each of a distribution of its own."""
    layers = [at(level, said) for level, said in zip(("region", "trust"), words, strict=False)]
    texts = {"national.toml": BASE} | {f"layer{n}.toml": text for n, text in enumerate(layers)}
    reads = [read_file(text, distribution=file, file=file) for file, text in texts.items()]
    return [str(one) for one in gathered(reads)[1]]


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a layer may write of a rule with this key, and what it may not: `key of the rule: words`."""

    tighter: tuple[tuple[str, str], ...] = ()
    looser: tuple[tuple[str, str], ...]


def of(key: str, *words: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, said) for said in words)


DUE_KEYS: Mapping[str, Line] = {
    "within": Line(
        tighter=of("same-day", 'due = { within = "PT0S" }'),
        looser=of(
            "same-day",
            'due = { within = "P1D" }',
            'due = { within = "PT24H", count = "hours" }',
            'due = { within = "PT8H", count = "staffed_hours" }',
        ),
    ),
    "from": Line(
        tighter=of(FIRST, 'due = { from = "P2D", to = "P3D" }'),
        looser=of(FIRST, 'due = { from = "PT4H", to = "P3D" }', 'due = { within = "P3D" }'),
    ),
    "to": Line(
        tighter=of(FIRST, 'due = { from = "P1D", to = "P2D" }'),
        looser=of(FIRST, 'due = { from = "P1D", to = "P4D" }'),
    ),
    "at": Line(
        tighter=of(TICKED, 'due = { at = "discharged" }'),
        looser=of("offer", 'due = { at = "declined" }'),
    ),
    "before": Line(
        looser=of(
            MOMENT,
            'due = { from = "P2D", before = "PT0S", of = "appointment_at", unknown = "P7D", count = "working_days" }',
            'due = { from = "P2D", before = "P2D", of = "appointment_at", unknown = "P7D", count = "working_days" }',
        ),
    ),
    "of": Line(
        looser=of(
            MOMENT,
            'due = { from = "P2D", before = "P1D", of = "receiver_first_at", unknown = "P7D", count = "working_days" }',
            'due = { within = "P1D", of = "appointment_at", unknown = "P7D", count = "working_days" }',
        )
        + of(TICKED, 'due = { within = "PT0S", of = "appointment_at", unknown = "PT0S" }'),
    ),
    "unknown": Line(
        tighter=of(
            MOMENT,
            'due = { from = "P2D", before = "P1D", of = "appointment_at", unknown = "P2D", count = "working_days" }',
        ),
        looser=of(
            MOMENT,
            'due = { from = "P2D", before = "P1D", of = "appointment_at", unknown = "P8D", count = "working_days" }',
        ),
    ),
    "count": Line(
        tighter=of(GATE, 'due = { within = "P1D", count = "calendar_days" }'),
        looser=of(FIRST, 'due = { from = "P1D", to = "P3D", count = "working_days" }')
        + of(TICKED, 'due = { within = "P1D", count = "calendar_days" }')
        + of(TICKED, 'due = { within = "PT4H", count = "staffed_hours" }'),
    ),
    "end_of_day": Line(
        tighter=of(GATE, 'due = { within = "PT0S", count = "working_days", end_of_day = true }'),
        looser=of(TICKED, 'due = { within = "PT0S", end_of_day = true }')
        + of(FIRST, 'due = { from = "P1D", to = "P3D", end_of_day = true }'),
    ),
    "never_earlier": Line(
        looser=of(
            "offer",
            'due = { within = "PT0S", of = "offer_again_at", unknown = "P7D", latest = "P92D", never_earlier = true }',
        ),
    ),
    "latest": Line(
        tighter=of(
            "offer",
            'due = { within = "PT0S", of = "offer_again_at", unknown = "P7D", latest = "P31D" }',
        ),
        looser=of(
            "offer",
            'due = { within = "PT0S", of = "offer_again_at", unknown = "P7D" }',
            'due = { within = "PT0S", of = "offer_again_at", unknown = "P7D", latest = "P93D" }',
        ),
    ),
}
RULE_KEYS: Mapping[str, Line] = {
    "due": Line(
        tighter=DUE_KEYS["to"].tighter,
        looser=tuple(one for line in DUE_KEYS.values() for one in line.looser),
    ),
    "strength": Line(
        tighter=of(FIRST, 'strength = "must"'),
        looser=of(FIRST, 'strength = "may"')
        + of(GATE, 'strength = "should"\nreason = "a gate without exception is a must"'),
    ),
    "satisfied_by": Line(
        tighter=of(FIRST, 'satisfied_by = ["reached"]'),
        looser=of(FIRST, "satisfied_by = []", 'satisfied_by = ["reached", "message_received"]')
        + of(TICKED, 'satisfied_by = ["message_received"]'),
    ),
    "evidence": Line(
        tighter=of(FIRST, 'evidence = { channel = ["visit"] }'),
        looser=of(FIRST, 'evidence = { channel = ["sms", "visit"] }', "evidence = {}"),
    ),
    "when": Line(
        tighter=of(FIRST, 'when = { setting = ["somatic_ed", "prison"] }', "when = {}"),
        looser=of(FIRST, 'when = { setting = ["somatic_ed"], minor = ["no"] }')
        + of(TICKED, 'when = { minor = ["no"] }'),
    ),
    "owner": Line(looser=of(FIRST, 'owner = "lead"', 'owner = "team:desk"')),
    "ladder": Line(looser=of(FIRST, 'ladder = "slow"')),
    "hard": Line(
        tighter=of(GATE, 'hard = true\nstrength = "must"'),
        looser=of(GATE, 'hard = false\nstrength = "must"'),
    ),
}
# What a layer writes beside them: which rule is meant, who says so, why, what it leaves open below.
BESIDE = {"key", "need", "basis", "reason", "adjustable", "rows"}
# What a rule is: only the file that added it says so.
OF_THE_RULE = {
    "key": 'key = "another"',
    "task": 'task = "call_patient"',
    "title": 'title = { nb = "Ring" }',
    "after": 'after = "discharged"',
    "at": 'at = "discharged"',
    "need": 'need = "receiver_named"',
    "due_basis": 'due_basis = { kind = "local", source = "ours" }',
    "given": 'given = { minor = ["no"] }',
    "letter": 'letter = "by-hand"',
    "contact": "contact = false",
    "after_death": 'after_death = "ends"',
}
# What is kept of a rule beside its keys: where it comes from, and who said what of it.
KEPT = {"level", "layer", "agreed", "origin", "stands", "said", "changes"}
# What a layer adds, or says of itself; nothing of it says anything of what stands above.
ADDED = {
    *("id", "version", "extends", "level", "title", "rows", "applies_to", "agreement"),
    *("step", "gate", "task", "plan", "ground", "letter", "ladder", "core", "script"),
}


def tightening(key: str, words: str) -> str:
    return tighten(words, key, "gate" if key == GATE else "step")


def lines(which: str) -> list[tuple[str, str]]:
    every = (*RULE_KEYS.values(), *DUE_KEYS.values())
    return list(dict.fromkeys(one for line in every for one in getattr(line, which)))


@pytest.mark.parametrize(("key", "words"), lines("tighter"))
def test_what_is_tighter_is_taken(key: str, words: str) -> None:
    assert findings(tightening(key, words)) == []


@pytest.mark.parametrize(("key", "words"), lines("looser"))
def test_what_is_looser_is_refused_and_both_files_are_named(key: str, words: str) -> None:
    said = [one for one in findings(tightening(key, words)) if "national.toml:" in one]
    assert len(said) == 1
    assert "layer0.toml:" in said[0]


@pytest.mark.parametrize(("key", "words"), lines("looser"))
def test_what_is_looser_than_what_a_layer_said_is_refused_by_the_layer_below_too(
    key: str, words: str
) -> None:
    """The same words of the base, said again by the layer between, are no way around them."""
    again = tightening(key, 'strength = "must"')
    assert any("layer1.toml:" in one for one in findings(again, tightening(key, words)))


def test_every_key_that_a_layer_may_write_of_a_rule_has_a_line() -> None:
    written = {*keys("step_tightened"), *keys("gate_tightened")}
    assert written - BESIDE == RULE_KEYS.keys() == TIGHTENED


def test_every_key_and_value_of_a_due_time_has_a_line() -> None:
    assert set(keys("due")) == DUE_KEYS.keys()
    said_as = {"opens": "from", "backwards": "before"}
    assert {said_as.get(one.name, one.name) for one in fields(Due)} | {
        "to",
        "at",
    } == DUE_KEYS.keys()


def test_every_value_of_a_rule_has_a_line_or_is_the_rules_own() -> None:
    values = {one.name for kind in (Rule, Step, Gate) for one in fields(kind)}
    assert values - KEPT - BESIDE == (RULE_KEYS.keys() | OF_THE_RULE.keys()) - BESIDE


@pytest.mark.parametrize("name", sorted(OF_THE_RULE.keys() - {"key", "need", "task"}))
def test_what_a_rule_is_no_layer_says_anew(name: str) -> None:
    said = findings(tightening(FIRST, OF_THE_RULE[name]))
    assert any(f"first-contact.{name}" in one for one in said)


def test_every_key_of_a_layer_only_adds() -> None:
    assert set(keys("layer")) == ADDED
    beside = {"units", "organisations", "to", "paper", "tightenings", "origin", "stands", "content"}
    called = {"steps", "gates", "grounds", "letters", "plan"}
    assert {one.name for one in fields(Layer)} - beside - called <= ADDED


# --- what is said of the whole routine, and of who hears ---------------------------------------------

LADDER = {
    "rungs": 'rungs = [{ after = "P9D", to = "lead" }]',
    "seen_for": 'seen_for = "P9D"',
    "seen_count": 'seen_count = "working_days"',
    "repeat_every": 'repeat_every = "P9D"',
    "repeat_count": 'repeat_count = "working_days"',
    "ignores_hours": "ignores_hours = false",
    "at_once": "at_once = false",
    "later_at_most": 'later_at_most = "P9D"',
    "basis": 'basis = { kind = "local", source = "ours" }',
    "rows": "rows = []",
}
WHOLE = {
    "rungs": 'rungs = [{ after = "PT0S", to = "lead" }]',
    "seen_for": 'seen_for = "P1D"',
    "repeat_every": 'repeat_every = "P1D"',
}


def test_every_key_of_a_ladder_has_a_line() -> None:
    assert set(keys("ladder")) == LADDER.keys()
    assert {one.name for one in fields(Ladder)} - {"key", "origin"} == LADDER.keys()
    assert {one.name for one in fields(Rung)} == {"before", "offset", "count", "audience"}


@pytest.mark.parametrize("name", LADDER)
def test_a_ladder_that_stands_is_not_said_again(name: str) -> None:
    words = "\n".join({**WHOLE, name: LADDER[name]}.values())
    [said] = list(findings(f"[ladder.standard]\n{words}\n"))
    assert "layer0.toml:" in said
    assert "national.toml:" in said


@pytest.mark.parametrize("table", ["longest_silence", "unreachable", "reopen", "applies"])
def test_what_holds_for_the_whole_routine_is_its_own_word(table: str) -> None:
    values = {one.name for kind in (LongestSilence, Unreachable) for one in fields(kind)}
    assert values.isdisjoint(ADDED)
    assert any(table in one for one in findings(f"[{table}]\n"))


RULE = """\
[core.{kind}]
due = {{ within = "P9D" }}
basis = {{ kind = "local", source = "ours" }}
"""


@pytest.mark.parametrize("kind", ["answer_call", "call_patient"])
def test_when_a_task_of_the_core_is_due_only_the_core_says(kind: str) -> None:
    """One that the core gives no clock is owed before the team goes home."""
    words = RULE.format(kind=kind)
    base = BASE + RULE.format(kind="answer_call").replace("P9D", "P1D")
    reads = [
        read_file(text, distribution=file, file=file)
        for file, text in (("national.toml", base), ("layer.toml", at("trust", words)))
    ]
    [said] = [str(one) for one in gathered(reads)[1]]
    assert "layer.toml:" in said
    assert kind in said
