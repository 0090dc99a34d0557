"""The letters of a layer: named by its steps, whole in each language, with places that are known."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.letter_values import GAP, MOST, PLACES, Letter
from bindeledd.features.pathways.domain.reading import Read, read_file
from bindeledd.features.pathways.domain.values import Basis, BasisKind
from features.pathways.test_domain_layers import BASE, a_layer

LETTER = '''
[[step]]
key = "region.write"
task = "call_patient"
after = "discharged"
due = { within = "P3D" }
letter = "invitation"
basis = { kind = "local", source = "the plan" }
[letter.invitation]
title = { nb = "Invitasjon", en = "Invitation" }
basis = { kind = "local", source = "the plan" }
rows = ["S-214"]
[letter.invitation.text]
nb = """
Hei {name}.

title = {team}
[[step]]
"""
en = """
Dear {name}.

{team}
"""
'''


def read(text: str) -> Read:
    return read_file(a_layer(text), distribution="d", file="f.toml")


def test_s214_a_layer_brings_the_text_of_a_letter_for_one_of_its_steps() -> None:
    found = read(LETTER)
    assert not found.findings
    (layer,) = found.layers
    letter = layer.letter_of("region.write")
    assert letter is not None
    assert (letter.key, letter.languages, letter.rows) == ("invitation", ("nb", "en"), ("S-214",))
    assert layer.letter_of("gate.region.write") is None


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('letter = "invitation"', 'letter = "invite"', "letter_unknown", 'letter = "invite"'),
        ('letter = "invitation"', "", "letter_unused", "[letter.invitation]"),
        ("Dear {name}", "Dear {nmae}", "letter_place", 'en = """'),
        ("Dear {name}", "Dear {name", "letter_place", 'en = """'),
        ("Dear {name}", "Dear {}", "letter_place", 'en = """'),
        ("Dear {name}", "Dear you", "letter_place_lost", 'en = """'),
        ('"Invitation"', '"Invi\\ntation"', "words_lines", "title = {"),
        ('"Invitation"', '"To {name}"', "letter_title", "title = {"),
        (', en = "Invitation"', "", "letter_language", "title = {"),
        ('en = """\nDear {name}.\n\n{team}\n"""', 'en = " "', "letter_language", 'en = " "'),
        ('nb = "Invitasjon", ', "", "letter_language", "title = {"),
        ("Dear {name}", "x" * MOST["text"], "letter_long", 'en = """'),
        ("Invitasjon", "x" * (MOST["title"] + 1), "letter_long", "title = {"),
        ("rows =", "row =", "unknown_key", "row ="),
        ("[letter.invitation.text]", "[letter.invitation.txt]", "missing", "[letter.invitation]"),
    ],
)
def test_s214_what_does_not_hang_together_is_refused_on_its_line(
    old: str, new: str, code: str, line: str
) -> None:
    assert old in LETTER
    changed = a_layer(LETTER.replace(old, new))
    found = read_file(changed, distribution="d", file="f.toml").findings
    (one,) = [finding for finding in found if finding.fault.code == f"pathways.{code}"]
    assert changed.splitlines()[one.origin.line - 1].startswith(line)
    assert one.wrong
    assert one.right


def test_s214_a_rule_without_a_basis_for_its_letter_is_refused() -> None:
    at = LETTER.index("[letter.invitation]")
    text = LETTER[at:].replace('basis = { kind = "local", source = "the plan" }\n', "")
    codes = [one.fault.code for one in read(LETTER[:at] + text).findings]
    assert codes == ["pathways.no_basis"]


def test_s214_a_routine_has_no_letters_of_its_own() -> None:
    text = BASE.replace("[[step]]\n", '[[step]]\nletter = "invitation"\n', 1)
    found = read_file(text, distribution="d", file="f.toml").findings
    assert [one.fault.code for one in found] == ["pathways.letter_unknown"]


def test_s214_a_case_has_the_letter_of_the_layer_that_it_remembers() -> None:
    newer = a_layer(LETTER.replace("Hei", "God dag")).replace('version = "1"', 'version = "2"')
    reads = [read_file(text, distribution="d", file="f") for text in (BASE, a_layer(LETTER), newer)]
    book, findings = gathered(reads)
    assert findings == []
    for version, begins in (("1", "Hei"), ("2", "God dag")):
        found = book.letter_of([f"region@{version}"], "region.write")
        assert found is not None
        layer, letter = found
        assert layer.version == version
        assert letter.text["nb"].strip().startswith(begins)
    assert book.letter_of([], "region.write") is None
    assert book.letter_of(["region@1"], "first-contact") is None


def a_letter(text: str) -> Letter:
    return Letter(
        key="x",
        title={"nb": "Et brev"},
        text={"nb": text},
        basis=Basis(kind=BasisKind.LOCAL, source="x"),
    )


def test_s214_what_is_missing_is_named_and_is_a_line_on_the_paper() -> None:
    letter = a_letter("\nHei {name}.\n  \n\nRing {telephone},\n{unit} {telephone}\n")
    made = letter.filled("nb", {"name": "Kari", "unit": ""})
    assert made.paragraphs == ("Hei Kari.", f"Ring {GAP},\n{GAP} {GAP}")
    assert made.missing == ("telephone", "unit")


def test_s214_what_a_value_says_is_no_place() -> None:
    made = a_letter("{name} {team}").filled("nb", {"name": "{team}", "team": "Naustet"})
    assert made.paragraphs == ("{team} Naustet",)


def test_s214_a_language_that_it_is_not_written_in_is_bokmal() -> None:
    letter = a_letter(" ".join(f"{{{place}}}" for place in PLACES))
    assert letter.spoken("en") == "nb"
    assert letter.filled("nb", dict.fromkeys(PLACES, "x")).missing == ()


SHEET = '''
[letter.in-hand]
sheet = true
title = { nb = "Timen din", se = "Du diibmu" }
basis = { kind = "local", source = "the plan" }
[letter.in-hand.text]
nb = """
{appointment}, {place}. Du møter {whom}.

Ring {call}.
"""
se = """
{appointment}, {place}. {whom}.

{call}
"""
'''


def test_a_layer_brings_the_sheet_of_appointments_in_a_language_of_its_own() -> None:
    found = read(SHEET)

    assert not found.findings
    (letter,) = found.layers[0].letters
    assert (letter.is_sheet, letter.languages) == (True, ("nb", "se"))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("sheet = true", "", "letter_unused"),
        ("Ring {call}", "Ring oss", "sheet_place_lost"),
        ("{appointment}, {place}. Du", "{appointment}. Du", "sheet_place_lost"),
        ("{whom}.\n\n{call}", "{whom}.\n\n{telephone}", "letter_place"),
        ("Du møter {whom}", "Du møter {team}", "letter_place"),
        ("Timen din", "Timen på psykiatrisk", "sheet_reveals"),
        ("Ring {call}", "Ring kriseteamet: {call}", "sheet_reveals"),
    ],
)
def test_a_sheet_that_leaves_out_what_is_needed_or_reveals_is_refused(
    old: str, new: str, code: str
) -> None:
    assert old in SHEET
    found = read(SHEET.replace(old, new))

    assert f"pathways.{code}" in {one.fault.code for one in found.findings}


def test_no_rule_names_a_sheet() -> None:
    text = LETTER.replace("[letter.invitation]", "[letter.invitation]\nsheet = true")

    assert "pathways.sheet_named" in {one.fault.code for one in read(text).findings}
