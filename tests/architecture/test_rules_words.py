"""Words that are never said: of a person, of an attempt, of a death; and no ranking by risk."""

from __future__ import annotations

import re

import pytest

from architecture.tree import texts

# Where the words must stand, because the place says that they are not used.
SAYS_THE_RULE = {
    "docs/words.md": "lists the words that are not used",
    "tests/architecture/test_rules_words.py": "looks for them",
}

# What a person can read: no exception at all.
SHOWN = (".html", ".toml", ".txt", ".js", ".css", ".mako", ".xml")
WRITTEN = (*SHOWN, ".md", ".py")

NEVER = {
    "of an attempt or a death (nb)": r"\bbeg(å|år|ått|ikk)\b|\bmislyk\w+|\bvellyk\w+",
    "of a person (nb)": r"selvmordskandidat\w*|\bmanipulerende\b|\bselvmordspasient\w*",
    "of an attempt or a death (en)": r"\b(commit\w*|un)?(success\w*|fail\w*|complet\w+|commit\w*)"
    r"\s+(?:a\s+|his\s+|her\s+|the\s+)?(?:previous\s+)?suicid\w+",
    "of an attempt (en)": r"\b(failed|successful|unsuccessful)\s+(suicide\s+)?attempts?\b(?! to log)",
}
RANKING = (
    r"\brisiko[- ]?(score|skår|poeng|nivå|rang\w*)|\bhøyrisiko\w*"
    r"|\brisk[- ](score|level|rank\w*|grade)s?\b|\bhigh[- ]risk\b"
)
# A sentence may say that there is none.
DENIED = re.compile(r"\b(no|never|not|nor|without|ingen|aldri|ikke|verken|eller|or|uten)\b", re.I)


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?:;])\s+|\n\s*\n", text)


@pytest.mark.parametrize("what", NEVER)
def test_words_that_are_never_said(what: str) -> None:
    said = [
        f"{path}: {found[0]}"
        for path, text in texts(*WRITTEN)
        if path not in SAYS_THE_RULE
        for found in re.finditer(NEVER[what], text, re.IGNORECASE)
    ]
    assert said == []


def test_nobody_is_ranked_by_risk_on_any_page() -> None:
    said = [
        f"{path}: {found[0]}"
        for path, text in texts(*SHOWN)
        if path.startswith(("core/", "config/", "plugins/"))
        for found in re.finditer(RANKING, text, re.IGNORECASE)
    ]
    assert said == []


def test_where_ranking_is_named_it_is_to_say_that_there_is_none() -> None:
    said = [
        f"{path}: {' '.join(sentence.split())[:120]}"
        for path, text in texts(".md", ".py")
        if path not in SAYS_THE_RULE
        for sentence in sentences(text)
        if re.search(RANKING, sentence, re.IGNORECASE) and not DENIED.search(sentence)
    ]
    assert said == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Pasienten har begått selvmord",
        "et mislykket forsøk",
        "vellykket",
        "she committed suicide",
        "after a failed suicide attempt",
        "a successful attempt",
        "en kjent selvmordskandidat",
    ],
)
def test_the_look_out_finds_them(sentence: str) -> None:
    assert any(re.search(pattern, sentence, re.IGNORECASE) for pattern in NEVER.values())


@pytest.mark.parametrize(
    "sentence",
    [
        "three failed attempts to log in",
        "selvmordsforsøk",
        "døde i selvmord",
        "the transaction is committed",
        "a delivery failed",
    ],
)
def test_plain_words_stay_allowed(sentence: str) -> None:
    assert not any(re.search(pattern, sentence, re.IGNORECASE) for pattern in NEVER.values())
