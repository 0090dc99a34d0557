"""What no question of a pack may ask: how great the danger of suicide is."""

from __future__ import annotations

import tomllib

import pytest

from architecture.tree import ROOT
from bindeledd.foundation.wording import measured_in


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Hvor hoy er selvmordsrisikoen?", ["Lav", "Hoy"]),
        ("Hvor stor er faren for et nytt forsøk?", ["Ja", "Nei"]),
        ("Kor stor er faren?", ["Lita", "Stor"]),
        ("Selvmordsrisiko", ["Lav", "Middels", "Høy"]),
        ("Sjølvmordsfare", ["Låg", "Svært høg"]),
        ("Suicide risk", ["Low", "High"]),
        ("Risikovurdering", ["Grønn", "Gul", "Rød"]),
        ("MADRS", ["1", "2"]),
        ("Skjema", ["0-19 poeng", "20-34 poeng"]),
        ("Poengsum på MADRS", ["Under 20", "Over 20"]),
        ("Level of danger", ["A", "B"]),
        ("Vurdering", ["Stor fare", "20 points"]),
    ],
)
def test_a_level_or_points_of_danger_are_seen_in_a_question_and_its_answers(
    question: str, answers: list[str]
) -> None:
    assert measured_in(question, answers)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Er selvmordsrisikoen vurdert?", ["Ja", "Nei"]),
        ("Was suicide risk assessed?", ["Yes, by a doctor", "No"]),
        ("Er MADRS brukt?", ["Ja", "Ikke aktuelt"]),
        ("Fant kartleggingen selvmordsrisiko?", ["Ja", "Nei", "Ikke spurt"]),
        ("Hvor stor er familien?", ["1", "2", "3 eller flere"]),
        ("Hvor høyt er behovet for en erfaren tolk?", ["Lite", "Stort"]),
        ("Hvilken farge har kortet?", ["Grønn", "Rød"]),
    ],
)
def test_that_it_was_assessed_or_found_is_a_fact_and_no_measure(
    question: str, answers: list[str]
) -> None:
    assert measured_in(question, answers) is None


def test_no_pack_here_asks_for_a_measure() -> None:
    told = [
        (
            field["key"],
            language,
            measured_in(question, [a["label"].get(language, "") for a in field["option"]]),
        )
        for file in ROOT.glob("plugins/*/src/*/fields.toml")
        for field in tomllib.loads(file.read_text(encoding="utf-8"))["field"]
        for language, question in field["label"].items()
    ]
    assert len(told) > 100
    assert [one for one in told if one[2]] == []
