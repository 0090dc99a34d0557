"""Sheets: the same words on the page, in the text and on paper, with every letter of the country."""

from __future__ import annotations

from bindeledd.foundation.printing import Line, Section, Sheet, known, plain, printed
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


def test_the_text_has_labels_and_no_markup_is_read() -> None:
    text = plain(SHEET)

    assert f"Navn: {SAMI}" in text
    assert "<b>ikke kode</b>" in text
    assert text.endswith("Bindeledd\n")


def test_what_has_no_title_is_a_paragraph() -> None:
    letter = Sheet(title="Hilsen", sections=tuple(Section(lines=(Line(text=t),)) for t in "ab"))
    assert plain(letter) == "Hilsen\n\na\n\nb\n"
    assert printed(letter, at=MONDAY).startswith(b"%PDF-")


def test_the_same_sheet_gives_the_same_paper() -> None:
    first = printed(SHEET, at=MONDAY)

    assert first.startswith(b"%PDF-")
    assert b"NotoSans" in first
    assert printed(SHEET, at=MONDAY) == first


def test_a_long_sheet_runs_over_pages() -> None:
    lines = tuple(Line(label=f"Linje {n}", text="ord " * 60) for n in range(60))
    long = Sheet(title="Lang", sections=(Section(title="Mye", lines=lines),), foot="fot")

    assert printed(long, at=MONDAY).count(b"/Type /Page\n") > 3
