"""The languages say the same things: English and nynorsk all that bokmål says."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from architecture.tree import CORE, ROOT, kept_files
from bindeledd.foundation.texts import HOME, LANGUAGES, read_texts

# What is called the same in Norwegian and in English. Anything else that is equal was forgotten.
SAME = {
    "", "113", "116 117", "A", "B", "Bindeledd", "For", "For team", "Format", "HER-id", "Id",
    "Mine", "PDF", "Plan", "RESH-id", "SHA-256", "SMS", "Team", "Team {name}", "Video",
    "administrator", "database", "disk", "region", "team", "test", "%d.%m.%Y", "{basis}: {source}.",
    "PT96H", "{known} · team:<key>", "{count}", "{how}, {at}", "{title} ({id} {version})", "{title} ({id} {version}) · {unit}",
}  # fmt: skip
# A whole word of Norwegian in an English text (names of headings and commands stand in quotes).
NORWEGIAN = {
    "alle", "avklar", "bare", "den", "denne", "det", "dette", "eller", "en", "er", "et", "etter",
    "fordi", "fra", "frist", "gjelder", "har", "hva", "hvem", "hvor", "hvorfor", "ikke", "ingen",
    "innen", "med", "meldingen", "mottaker", "nei", "noe", "noen", "når", "og", "oppfølging",
    "oppgave", "pasient", "pasienten", "pårørende", "siden", "skal", "som", "til", "uten", "ved",
}  # fmt: skip


def flat(tables: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its whole key; the forms `one` and `other` each."""
    for key, found in tables.items():
        name = f"{before}{key}"
        if isinstance(found, Mapping):
            yield from flat(found, f"{name}.")
        else:
            yield name, found


def said_in(language: str) -> dict[str, str]:
    folder = CORE / "translations" / language
    return {
        f"{file.stem}.{key}": text
        for file in sorted(folder.glob("*.toml"))
        for key, text in flat(tomllib.loads(file.read_text(encoding="utf-8")))
    }


def places(text: str) -> set[str]:
    """What is put into a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def has_words(text: str) -> bool:
    """Not only values and what is to be written in a file: `basis = { kind = "law" }`."""
    written = text.startswith(("[", "{ ", "chmod ")) or re.match(r"[a-z]+ [=≥] ", text)
    return not written and re.search(r"[A-Za-zÆØÅæøå]", re.sub(r"\{[\w.]+\}", "", text)) is not None


NB = said_in(HOME)


def test_each_language_has_a_folder_and_no_folder_is_without_a_language() -> None:
    folders = {one.name for one in (CORE / "translations").iterdir() if one.is_dir()}
    assert folders - {"__pycache__"} == set(LANGUAGES)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {HOME}))
def test_every_language_says_everything_that_bokmaal_says(language: str) -> None:
    assert sorted(set(NB) - set(said_in(language))) == []


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {HOME}))
def test_no_language_says_what_bokmaal_does_not(language: str) -> None:
    assert sorted(set(said_in(language)) - set(NB)) == []


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {HOME}))
def test_the_same_values_are_put_into_every_language(language: str) -> None:
    odd = [
        key for key, text in said_in(language).items() if places(text) != places(NB.get(key, text))
    ]
    assert odd == []


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {HOME}))
def test_forms_are_told_whole(language: str) -> None:
    """`one` without `other` would fall through to nothing, not to bokmål."""
    told = set(said_in(language))
    for one, other in (("one", "other"), ("other", "one")):
        lacks = [
            key
            for key in told
            if key.endswith(f".{one}") and f"{key.removesuffix(one)}{other}" not in told
            and f"{key.removesuffix(one)}{other}" in NB
        ]  # fmt: skip
        assert lacks == []


def test_nothing_was_left_in_norwegian() -> None:
    english = said_in("en")
    copied = [
        key
        for key, text in english.items()
        if text == NB.get(key) and text not in SAME and has_words(text)
    ]
    assert copied == []


def test_no_norwegian_word_stands_in_an_english_text() -> None:
    odd = {
        key: sorted(found)
        for key, text in said_in("en").items()
        if (found := NORWEGIAN & set("".join(c if c.isalpha() else " " for c in text).split()))
    }
    assert odd == {}


def test_refusals_are_sentences_in_every_language() -> None:
    home = read_texts(HOME)
    for language in LANGUAGES:
        told = read_texts(language, behind=home)
        texts = [told.refusal(code) for code in told.codes()]
        assert [text for text in texts if not text[0].isupper() or text[-1] not in ".?!"] == []


# Words that only bokmål has, whole: what stands in a nynorsk text was left there.
BOKMAAL = {
    "ikke", "hva", "hvem", "hvor", "hvorfor", "hvordan", "hvis", "noen", "noe", "fra", "bare",
    "enheten", "enhet", "oppgave", "oppgaver", "oppfølginger", "oppfølgingen", "filen", "mappen",
    "leder", "lederen", "mangler", "finnes", "være", "gjør", "gjøre", "kjør", "sier",
    "flere", "bekreftes", "mottaker", "virksomheten", "medarbeider", "utskrevet",
}  # fmt: skip


def test_no_word_of_bokmaal_stands_in_a_nynorsk_text() -> None:
    """What stands in quotes names a heading of a list, or what somebody wrote."""
    odd = {
        key: sorted(found)
        for key, text in said_in("nn").items()
        if (found := BOKMAAL & set(re.findall(r"[a-zæøå]+", re.sub(r"«[^»]*»", "", text))))
    }
    assert odd == {}


# --- routines and packs ---------------------------------------------------------------------------


def titles(tables: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table that says something in bokmål."""
    if isinstance(tables, Mapping):
        if isinstance(tables.get(HOME), str):
            yield where, tables
        for key, found in tables.items():
            yield from titles(found, f"{where} {key}")
    elif isinstance(tables, list):
        for found in tables:
            yield from titles(found, where)


def test_what_routines_and_packs_say_they_say_in_english_too() -> None:
    silent = [
        f"{place}: {said[HOME]}"
        for file in kept_files()
        if file.suffix == ".toml" and {"config", "plugins"} & set(file.relative_to(ROOT).parts)
        for place, said in titles(
            tomllib.loads(file.read_text(encoding="utf-8")), file.relative_to(ROOT).as_posix()
        )
        if not said.get("en")
    ]
    assert silent == []
