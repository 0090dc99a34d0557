"""How a row stands by what is said of it, and what may not be said."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain import Origin
from bindeledd.features.pathways.domain.coverage import (
    Cover,
    Said,
    Standing,
    Stands,
    faults,
    read_cover,
    stand,
)
from bindeledd.features.pathways.domain.rows import Relevance, Row
from bindeledd.foundation.texts import said_of, speaking

HERE = Origin(file="rows.toml", line=1)
ANSWER = '[answer.S-001]\nby = ["docs/words.md"]\ndoes = "names it"\n'
FRAME = '[frame.S-001]\ntext = "The guide"\nreason = "It was not seen."\n'
WITHOUT = '[without.S-001]\nreason = "Another product does it."\n'
PLANNED = '[planned.P1]\npack = "base"\nrows = ["S-001"]\n'
TESTS = {"S-001": ["tests/test_it.py: test_s001_it"]}


def rows(relevance: Relevance = Relevance.A) -> dict[str, Row]:
    return {"S-001": Row(id="S-001", asks="One.", sources=("004:1",), relevance=relevance)}


def cover(text: str, *, core: bool = True) -> Cover:
    return read_cover(text, distribution="my-pack", file="rows.toml", known=rows(), core=core)


def only(*texts: str, said: tuple[Said, ...] = ()) -> Stands:
    (one,) = stand(rows(), said, [cover(text) for text in texts], TESTS)
    return one


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        (ANSWER, Standing.ANSWERED),
        (FRAME, Standing.FRAME),
        (WITHOUT, Standing.WITHOUT),
        (PLANNED, Standing.PLANNED),
        ("", Standing.SILENT),
    ],
)
def test_a_row_stands_as_it_is_said(text: str, standing: Standing) -> None:
    assert only(text).standing is standing


def test_a_frame_stays_a_frame_whatever_else_rests_on_the_row() -> None:
    key = Said(row="S-001", what="gate", key="a.gate", origin=HERE)
    one = only(FRAME, said=(key,))
    assert one.standing is Standing.FRAME
    assert one.answers == (key,)
    assert faults([one]) == []


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        ((), "nothing answers it"),
        ((ANSWER, PLANNED), "take it out of the planned"),
        ((FRAME, PLANNED), "take it out of the planned"),
        ((WITHOUT, PLANNED), "take it out of the planned"),
        ((ANSWER, WITHOUT), "one of the two"),
    ],
)
def test_what_is_not_said_or_said_twice_over_is_a_fault(texts: tuple[str, ...], fault: str) -> None:
    (found,) = faults([only(*texts)])
    assert found.startswith("S-001: ")
    assert fault in found


def test_what_no_test_is_named_after_is_a_fault() -> None:
    assert faults(stand(rows(), [], [cover(ANSWER)], {})) == ["S-001: no test is named after it"]
    assert faults(stand(rows(), [], [cover(PLANNED)], {})) == []
    assert faults(stand(rows(Relevance.C), [], [], {})) == []


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ('[answer.S-999]\nby = ["docs"]\ndoes = "it"\n', 1, "ukjent rad"),
        ('[answer.S-001]\nby = []\ndoes = "it"\n', 2, "nevner ikke"),
        ('[without.S-001]\nreason = " "\n', 2, "er tom"),
        ('[frame.S-001]\nreason = "Not seen."\n', 1, "mangler"),
        ("[answers.S-001]\n", 1, "ukjent nøkkel"),
        ("[answer.S-001\n", 1, "gyldig TOML"),
    ],
)
def test_every_fault_of_a_list_has_its_line(text: str, line: int, wrong: str) -> None:
    finding = cover(text).findings[0]
    assert (finding.origin.file, finding.origin.line) == ("rows.toml", line)
    assert wrong in finding.wrong


BOTH = '[frame.S-001]\ntext = { nb = "Veilederen", en = "The guide" }\nreason = { nb = "Ikke sett.", en = "Not seen." }\n'


def test_a_reason_is_said_in_each_language() -> None:
    (frame,) = cover(BOTH).frames
    assert cover(BOTH).findings == ()
    assert (frame.text["en"], frame.reason["nb"]) == ("The guide", "Ikke sett.")


def test_a_reason_in_one_text_is_the_same_to_everybody() -> None:
    (frame,) = cover(FRAME).frames
    with speaking("en"):
        assert (said_of(frame.text), said_of(frame.reason)) == ("The guide", "It was not seen.")


@pytest.mark.parametrize(
    ("old", "new", "line", "wrong"),
    [
        ('nb = "Ikke sett.", ', "", 3, "har ingen norske ord"),
        ('nb = "Ikke sett."', 'nb = " "', 3, "bare mellomrom"),
        ('en = "The guide"', 'eng = "The guide"', 2, "ukjent nøkkel"),
        ('{ nb = "Veilederen", en = "The guide" }', "3", 2, "har feil form"),
    ],
)
def test_every_fault_of_words_in_a_list_has_its_line(
    old: str, new: str, line: int, wrong: str
) -> None:
    finding = cover(BOTH.replace(old, new)).findings[0]
    assert (finding.origin.file, finding.origin.line) == ("rows.toml", line)
    assert wrong in finding.wrong, finding.wrong


def test_only_the_core_says_what_is_still_to_come() -> None:
    assert cover(PLANNED).planned == {"S-001": "P1 base"}
    assert "ukjent nøkkel" in cover(PLANNED, core=False).findings[0].wrong
    assert "to ganger" in cover(PLANNED + PLANNED.replace("P1", "P2")).findings[0].wrong
