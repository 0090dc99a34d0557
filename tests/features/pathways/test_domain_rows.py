"""What a routine says that it answers: by the name of a row that there is."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain.explaining import explain
from bindeledd.features.pathways.domain.layers import with_layer
from bindeledd.features.pathways.domain.reading import Read, read_file
from bindeledd.features.pathways.domain.rows import read_catalogue
from bindeledd.features.pathways.domain.words import Words
from features.pathways.test_domain_reading import HEAD, LADDER, STEP

KNOWN = Words(rows=frozenset({"S-064", "S-065", "RK-26"}))
LAYER = """\
id = "my.layer"
version = "1"
extends = "site.after-attempt"
level = "region"
rows = ["S-065"]
[title]
nb = "Prøve"
[[step]]
key = "first-contact"
strength = "must"
basis = { kind = "region", source = "our own" }
rows = ["S-064"]
"""


def read(text: str, words: Words = KNOWN) -> Read:
    return read_file(text, distribution="my-pack", file="routine.toml", words=words)


def test_a_step_and_a_ladder_say_which_rows_they_answer() -> None:
    ladder = LADDER + 'rows = ["S-065"]\n'
    found = read(HEAD + STEP + 'rows = ["RK-26"]\n' + ladder)
    assert found.findings == []
    assert found.pathways[0].steps[0].rows == ("RK-26",)
    assert found.ladders[0].rows == ("S-065",)


def test_a_layer_that_only_tightens_says_so_too_and_both_stand_where_it_is_explained() -> None:
    base = read(HEAD + STEP + 'rows = ["RK-26"]\n').pathways[0]
    layer = read(LAYER).layers[0]
    assert layer.rows == ("S-065",)
    (step,) = with_layer(base, layer).steps
    assert step.rows == ("RK-26", "S-064")
    assert explain(step).as_json()["rows"] == ["RK-26", "S-064"]


@pytest.mark.parametrize(
    ("rows", "wrong", "right"),
    [
        ('["S-999"]', "ukjent rad", "S-064 – S-065"),
        ('["XX-01"]', "ikke navnet på en rad", "RK-26"),
        ('["S-064", "S-064"]', "to ganger", "én gang"),
        ('"S-064"', "feil form", "list"),
        ("[64]", "ikke en liste av tekster", "…"),
    ],
)
def test_a_row_that_there_is_not_is_named_with_its_line(rows: str, wrong: str, right: str) -> None:
    (finding,) = read(LAYER.replace('["S-064"]', rows)).findings
    assert (finding.origin.file, finding.origin.line) == ("routine.toml", 12)
    assert finding.key == "step.first-contact.rows"
    assert wrong in finding.wrong
    assert right in finding.right


def test_without_the_list_of_rows_their_form_is_looked_at() -> None:
    assert read(LAYER.replace('["S-064"]', '["S-999"]'), Words()).findings == []
    assert len(read(LAYER.replace('["S-064"]', '["64"]'), Words()).findings) == 1


def test_the_list_says_of_each_row_what_it_is_about_and_every_fault_of_its_own() -> None:
    text = (
        '[text]\n004 = "A plan"\n[seed]\nS-001 = { relevance = "A", source = ["004:55"], '
        'actor = "all", place = "Drammen", asks = "What an attempt is." }\n'
    )
    row = read_catalogue(text).rows["S-001"]
    assert (str(row.relevance), row.sources, row.origin.line) == ("A", ("004:55",), 4)
    (finding,) = read_catalogue(text.replace('"A",', '"D",')).findings
    assert finding.origin.line == 4
