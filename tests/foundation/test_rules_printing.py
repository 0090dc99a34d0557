"""Sheets: the same words on the page, in the text and on paper, with every letter of the country."""

from __future__ import annotations

import ast
import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

import bindeledd
from bindeledd.foundation.printing import (
    Line,
    Section,
    Sheet,
    known,
    mark_of,
    on_paper,
    plain,
    printed,
    unprinted,
)
from builders import MONDAY

SAMI = "Áá Čč Đđ Ŋŋ Šš Ŧŧ Žž Ïï Åå Öö Ææ Øø"
SHEET = Sheet(
    title="Overføring",
    lead="Fra oss",
    sections=(
        Section(title="Hvem", lines=(Line(label="Navn", text=SAMI), Line(text="<b>ikke kode</b>"))),
    ),
    foot="Bindeledd",
)


def test_the_fonts_have_the_sami_letters() -> None:
    assert known(SAMI) == SAMI


def test_a_letter_without_a_form_is_marked_and_none_is_lost() -> None:
    assert len(known("a漢b")) == 3
    assert known("a漢b") != "a漢b"
    assert known(known("漢")) == known("漢")


ARABIC = "أحمد"
TYPED = Sheet(title="Plan", sections=(Section(lines=(Line(text=f"{ARABIC} 4000 ☎️ ✓"),)),))


def test_the_mark_of_a_letter_without_a_form_is_drawn_by_the_fonts() -> None:
    assert unprinted(Sheet(title=known(ARABIC))) == ""
    assert len(drawn_letters(ARABIC)) == len(drawn_letters("abcd"))


def test_what_paper_has_no_letter_for_is_told_before_it_is_printed() -> None:
    assert unprinted(TYPED) == f"{ARABIC}☎✓"
    assert unprinted(SHEET) == ""


@pytest.mark.parametrize(
    ("language", "words"), [("nb", "kunne ikke|ikke kunne"), ("nn", "ikkje kunne"), ("en", "could")]
)
def test_the_paper_says_in_its_language_how_many_letters_it_lacks(
    language: str, words: str
) -> None:
    last = on_paper(TYPED, language).sections[-1].lines[0].text

    assert "6" in last
    assert re.search(words, last)


def test_a_paper_that_lacks_nothing_says_nothing_of_it() -> None:
    assert on_paper(SHEET, "nb") == SHEET


def test_the_paper_that_is_printed_has_the_line_about_what_it_lacks() -> None:
    longer = sum(map(len, drawn(printed(TYPED, at=MONDAY))[0]))
    bare = replace(TYPED, sections=(Section(lines=(Line(text="abcd 4000 a b"),)),))

    assert longer > 2 * sum(map(len, drawn(printed(bare, at=MONDAY))[0]))


def test_arrows_and_signs_that_the_fonts_lack_are_written_with_what_says_the_same() -> None:
    assert known("a → b ≥ 2") == "a -> b >= 2"
    assert unprinted(Sheet(title="a → b ≥ 2")) == ""


def test_the_text_has_labels_and_no_markup_is_read() -> None:
    text = plain(SHEET)

    assert f"Navn: {SAMI}" in text
    assert "<b>ikke kode</b>" in text
    assert text.endswith("Bindeledd\n")


def test_what_has_no_title_is_a_paragraph() -> None:
    letter = Sheet(title="Hilsen", sections=tuple(Section(lines=(Line(text=t),)) for t in "ab"))
    assert plain(letter) == "Hilsen\n\na\n\nb\n"
    assert printed(letter, at=MONDAY).startswith(b"%PDF-")


def drawn(paper: bytes) -> list[list[bytes]]:
    """What is drawn on each page, in order, as the letters of the paper's own fonts."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL)
    pages = []
    for stream in streams:
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        words = re.findall(rb"\((.*?)\) Tj", content, re.DOTALL)
        if words:
            pages.append(words)
    return pages


def drawn_letters(text: str) -> bytes:
    """How a line of this text alone is drawn."""
    page = drawn(printed(Sheet(title="", sections=(Section(lines=(Line(text=text),)),)), at=MONDAY))
    return page[0][0]


def test_what_is_marked_says_so_first_in_the_text() -> None:
    assert plain(replace(SHEET, mark="DEMO")).startswith("DEMO\n\nOverføring\n")
    assert "DEMO" not in plain(SHEET)


def test_what_is_marked_says_so_first_on_every_page() -> None:
    lines = tuple(Line(text="ord " * 60) for _ in range(60))
    marked = Sheet(title="Lang", sections=(Section(lines=lines),), foot="f", mark="DEMO")

    pages = drawn(printed(marked, at=MONDAY))
    assert len(pages) > 3
    assert len({page[0] for page in pages}) == 1
    bare = drawn(printed(replace(marked, mark=""), at=MONDAY))
    assert len({page[0] for page in bare}) > 1


@pytest.mark.parametrize("environment", ["demo", "test", "training"])
def test_paper_of_every_environment_but_production_is_about_nobody(environment: str) -> None:
    assert "ingen virkelig pasient" in mark_of(environment)


@pytest.mark.parametrize("environment", ["production", None])
def test_paper_of_production_has_no_mark(environment: str | None) -> None:
    assert mark_of(environment) == ""


def test_every_sheet_of_a_feature_says_whether_it_is_marked() -> None:
    """One that forgets would leave a demo as a real one."""
    features = Path(bindeledd.__file__).parent / "features"
    sheets = [
        (file, call)
        for file in features.rglob("*.py")
        if "foundation.printing import" in (text := file.read_text())
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Sheet"
    ]
    assert len(sheets) >= 4
    unmarked = [
        f"{file.name}:{call.lineno}"
        for file, call in sheets
        if "mark" not in {one.arg for one in call.keywords}
    ]
    assert unmarked == []


def test_the_same_sheet_gives_the_same_paper() -> None:
    first = printed(SHEET, at=MONDAY)

    assert first.startswith(b"%PDF-")
    assert b"NotoSans" in first
    assert printed(SHEET, at=MONDAY) == first


def test_a_long_sheet_runs_over_pages() -> None:
    lines = tuple(Line(label=f"Linje {n}", text="ord " * 60) for n in range(60))
    long = Sheet(title="Lang", sections=(Section(title="Mye", lines=lines),), foot="fot")

    assert printed(long, at=MONDAY).count(b"/Type /Page\n") > 3
