"""An answer that a pack takes with words only (`in_words`): how it is declared, and where it has to be."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bindeledd.features.cases.domain.may_tell import AnswerInWords, check_in_words
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.table import Sheet, Table
from bindeledd.plugin.entries import field_of

ROOT = Path(__file__).parents[2]
# How a label says that the note holds a reason.
_REASON = re.compile(r"merknaden står (hvorfor|grunnen)|grunn(en)? står i merknaden")
ASKED = CaseField(
    key="kv_referred",
    label={"nb": "Er personen henvist?"},
    options=(
        Option(value="sent", label={}),
        Option(value="not_wanted", label={}, in_words=True),
    ),
    asked_with=("answered",),
    used_by=("kommune-veileder.referred",),
)
TEXT = """
[[field]]
key = "kv_referred"
label = { nb = "Henvist?", en = "Referred?" }
asked_with = ["answered"]
used_by = ["kv.referred"]
[[field.option]]
value = "sent"
label = { nb = "Ja", en = "Yes" }
[[field.option]]
value = "not_wanted"
label = { nb = "Nei", en = "No" }
in_words = IN_WORDS
"""


def _shipped() -> list[tuple[str, str, dict[str, Any]]]:
    """Every answer of the packs that are shipped: the pack, the question, the answer."""
    return [
        (file.parent.name, field["key"], option)
        for file in sorted(ROOT.glob("plugins/*/src/*/fields.toml"))
        for field in tomllib.loads(file.read_text(encoding="utf-8")).get("field", [])
        for option in field["option"]
    ]


def _read(in_words: str) -> tuple[CaseField, Sheet]:
    text = TEXT.replace("IN_WORDS", in_words)
    sheet = Sheet(text, distribution="bindeledd-kv", file="fields.toml")
    (table,) = Table(sheet, tomllib.loads(text)).tables("field")
    return field_of(table), sheet


@pytest.mark.parametrize("words", [{}, {"words": ""}, {"words": "  \n"}, {"phone": "99 00 00 01"}])
def test_an_answer_in_words_without_words_is_refused(words: dict[str, object]) -> None:
    with pytest.raises(AnswerInWords) as refused:
        check_in_words({"kv_referred": "not_wanted"}, words, [ASKED])

    assert refused.value.facts == {"fact": "words", "asked": "kv_referred"}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"kv_referred": "not_wanted"}, {"words": "Vil ikke"}),
        ({"kv_referred": "sent"}, {}),
        ({}, {}),
        ({"other": "not_wanted"}, {}),
    ],
)
def test_what_has_words_or_needs_none_is_taken(
    facts: dict[str, object], words: dict[str, object]
) -> None:
    assert check_in_words(facts, words, [ASKED]) is None  # type: ignore[func-returns-value]


def test_a_file_says_which_answer_is_given_with_words_only() -> None:
    found, sheet = _read("true")

    assert [one.in_words for one in found.options] == [False, True]
    assert sheet.findings == []


def test_that_it_is_is_yes_or_no() -> None:
    _, sheet = _read('"always"')

    assert [one.origin.line for one in sheet.findings] == [13]


def test_each_shipped_answer_that_says_that_the_note_has_the_reason_is_refused_without_it() -> None:
    promised = [
        (pack, key, option["value"])
        for pack, key, option in _shipped()
        if _REASON.search(option["label"]["nb"]) and not option.get("in_words")
    ]

    assert promised == []
    assert sum(bool(option.get("in_words")) for _, _, option in _shipped()) >= 46


def test_each_answer_that_is_refused_without_words_says_so() -> None:
    silent = [
        (pack, key, option["value"])
        for pack, key, option in _shipped()
        if option.get("in_words") and "merknaden" not in option["label"]["nb"]
    ]

    assert silent == []
