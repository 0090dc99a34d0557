"""Reading the letters of a layer; every fault with its line."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from bindeledd.features.pathways.domain.letter_values import (
    MOST,
    PLACES,
    SHEET_NEEDS,
    SHEET_PLACES,
    Letter,
    places_in,
    unknown_places,
)
from bindeledd.features.pathways.domain.reading_rules import (
    KEY,
    check_one_line,
    owed_key,
    read_basis,
)
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Table, listed
from bindeledd.features.pathways.domain.values import Basis, BasisKind
from bindeledd.features.pathways.domain.words import Words
from bindeledd.foundation.revealing import revealed_by


def read_letters(root: Table, words: Words) -> tuple[Letter, ...]:
    """Every `[letter.NAME]` of a layer. Each is named by a rule of this file, and the other way; a
    sheet of appointments by none."""
    tables = root.named("letter")
    named = check_named(root, {table.name for table in tables})
    for table in tables:
        is_sheet = table.content.get("sheet") is True
        if (table.name in named) == is_sheet:
            code = "pathways.sheet_named" if is_sheet else "pathways.letter_unused"
            table.wrong("", code, name=table.name)
    return tuple(_letter(table, words) for table in tables)


def check_named(root: Table, there: Collection[str]) -> set[str]:
    """Which letters steps and gates of this file name; one that it does not have is a finding."""
    found = set()
    for rule in (*root.tables("step"), *root.tables("gate")):
        name = rule.content.get("letter")
        if "task" not in rule.content or not isinstance(name, str):
            continue
        found.add(name)
        if name not in there:
            rule.call(owed_key(rule))
            known = listed(there, name) or "–"
            rule.wrong("letter", "pathways.letter_unknown", name=name, known=known)
    return found


def _letter(table: Table, words: Words) -> Letter:
    table.only("title", "text", "basis", "rows", "sheet")
    if not KEY.fullmatch(table.name):
        table.wrong(
            "", "pathways.no_match", value=table.name, name="letter", example="letter.by-hand"
        )
    said = {name: _said(table.table(name)) for name in ("title", "text")}
    is_sheet = table.flag("sheet")
    places = SHEET_PLACES if is_sheet else PLACES
    _same_languages(said)
    _same_places(said["text"], places)
    for name, one in said.items():
        _check(one, name, places)
        if is_sheet:
            _discreet(one)
    if is_sheet:
        _says_all(said["text"])
    basis = read_basis(table)
    if basis is None:
        table.wrong("basis", "pathways.no_basis")
    return Letter(
        key=table.name,
        title=said["title"].words,
        text=said["text"].words,
        basis=basis or Basis(kind=BasisKind.DEFAULT, source=""),
        rows=read_rows(table, words.rows),
        is_sheet=is_sheet,
        origin=table.origin(),
    )


class _Said(NamedTuple):
    """What stands in each language, and the table in which it stands."""

    table: Table | None
    words: dict[str, str]


def _said(table: Table | None) -> _Said:
    words = {} if table is None else {code: table.text(code) for code in table.content}
    return _Said(table, words)


def _same_languages(every: Mapping[str, _Said]) -> None:
    """A letter is whole in each of its languages, and Norwegian is one of them."""
    languages = {"nb"}.union(*(one.words for one in every.values()))
    for one in every.values():
        for code in sorted(languages):
            if one.table is not None and not one.words.get(code, "").strip():
                one.table.wrong(code, "pathways.letter_language", language=code)


def _same_places(text: _Said, places: Collection[str]) -> None:
    """Whoever reads another language is told what bokmål fills in: the name, the time, the number."""
    wanted = places_in(text.words.get("nb", ""), places)
    for code, words in text.words.items():
        there = places_in(words, places)
        lost = [f"{{{name}}}" for name in wanted if name not in there]
        if lost and words.strip() and text.table is not None:
            text.table.wrong(code, "pathways.letter_place_lost", place=" ".join(lost))


def _says_all(text: _Said) -> None:
    """A sheet leaves out neither when, nor where, nor whom to call."""
    there = places_in(text.words.get("nb", ""), SHEET_PLACES)
    lost = [f"{{{name}}}" for name in SHEET_NEEDS if name not in there]
    if lost and text.table is not None:
        text.table.wrong("nb", "pathways.sheet_place_lost", place=" ".join(lost))


def _discreet(said: _Said) -> None:
    """Whoever finds the paper does not read what it is about."""
    for code, words in said.words.items():
        revealed = revealed_by(words)
        if revealed and said.table is not None:
            said.table.wrong(code, "pathways.sheet_reveals", word=revealed)


def _check(said: _Said, name: str, places: Collection[str]) -> None:
    """Whether each text is short enough, and has only places that can be filled in."""
    if said.table is None:
        return
    for code, text in said.words.items():
        wrong = unknown_places(text, places)
        if len(text) > MOST[name]:
            said.table.wrong(code, "pathways.letter_long", signs=len(text), most=MOST[name])
        if wrong:
            known = " ".join(f"{{{one}}}" for one in places)
            said.table.wrong(code, "pathways.letter_place", place=" ".join(wrong), known=known)
        elif name == "title" and "{" in text:
            said.table.wrong(code, "pathways.letter_title")
        if name == "title":
            check_one_line(said.table, code, text)
