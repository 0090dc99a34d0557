"""A sheet of paper: what stands on it as values, as plain text, and as PDF with its own letters.

`Sheet` is what the page shows, what is copied and what is printed: one source for all three. The
text that is printed is never read as markup. The fonts (Noto Sans, see OFL.txt) cover Latin with
the Sámi letters, Greek and Cyrillic. A letter outside them is printed as a mark, and the paper says
how many there are: `unprinted` tells which, before anything is printed.
"""

import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from bindeledd.foundation.texts import speaking, t

if TYPE_CHECKING:
    from fpdf import FPDF

_NO_LETTER = "\ufffd"  # the fonts draw it
_AS = {"→": "->", "←": "<-", "≥": ">=", "≤": "<="}  # what they lack, and what says the same
_UNSEEN = dict.fromkeys((0x9, 0xD, 0xFE0E, 0xFE0F))  # drawn as nothing by any font
_WIDTH, _LABEL = 174, 46  # millimetres of an A4 page between its margins


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that is said; without a label it runs over the whole width."""

    text: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """What belongs together; without a title it is a paragraph."""

    title: str = ""
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What stands on the paper. `foot` stands at the end, and on every printed page.

    `mark`: that it is of nobody (see `mark_of`); it stands first, and on top of every printed page.
    `discreet`: not even the properties of the file name the product.
    """

    title: str
    lead: str = ""
    sections: tuple[Section, ...] = ()
    foot: str = ""
    mark: str = ""
    discreet: bool = False


def mark_of(environment: str | None) -> str:
    """What paper of this environment says of itself, in the language that is spoken; nothing in
    production, where the people are real."""
    return "" if environment in (None, "production") else t(f"web.paper.{environment}")


def plain(sheet: Sheet) -> str:
    """The sheet as text to copy: a blank line between sections, no markup."""
    return "\n".join(_plain(sheet)).strip() + "\n"


def _plain(sheet: Sheet) -> Iterator[str]:
    yield from (sheet.mark, "") if sheet.mark else ()
    yield from filter(None, (sheet.title, sheet.lead))
    for section in sheet.sections:
        yield from ("", section.title) if section.title else ("",)
        for line in section.lines:
            yield f"{line.label}: {line.text}" if line.label else line.text
    yield from ("", sheet.foot)


def unprinted(sheet: Sheet) -> str:
    """The letters of the sheet that paper has no form for, in their order, as often as they stand.

    The page says them before anything is printed; the paper has a mark for each, and their number.
    """
    letters = _letters()
    said = (_NO_LETTER, "\n", *_AS)
    return "".join(
        letter
        for letter in plain(sheet).translate(_UNSEEN)
        if ord(letter) not in letters and letter not in said
    )


def on_paper(sheet: Sheet, language: str) -> Sheet:
    """The sheet with a last line, in the paper's language, that says how many of its letters could
    not be printed; as it is, where all could."""
    lost = len(unprinted(sheet))
    if not lost:
        return sheet
    with speaking(language):
        said = t("web.paper.unprinted", mark=_NO_LETTER, count=lost)
    return replace(sheet, sections=(*sheet.sections, Section(lines=(Line(text=said),))))


def printed(sheet: Sheet, *, at: datetime, language: str = "nb", password: str = "") -> bytes:
    """The sheet as PDF. The same sheet and moment give the same bytes.

    With a `password` it is encrypted (AES-256), title and all, and opens with that alone.
    """
    sheet = on_paper(sheet, language)
    pdf = _paper(sheet, language)
    if password:
        _lock(pdf, password)
    pdf.set_creation_date(at)
    pdf.add_page()
    _write(pdf, sheet.title, size=17, bold=True)
    if sheet.lead:
        _write(pdf, sheet.lead, size=10, grey=True)
    for section in sheet.sections:
        _section(pdf, section)
    return bytes(pdf.output())


def prepare() -> None:
    """Load what printing needs, so that the first sheet of a process takes no longer than others."""
    printed(Sheet(title="A", foot="A"), at=datetime.fromtimestamp(0, UTC))


def _paper(sheet: Sheet, language: str) -> "FPDF":
    from fpdf import FPDF  # 250 modules: nothing that starts waits for them

    logging.getLogger("fpdf").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)

    class Paper(FPDF):
        def header(self) -> None:
            if sheet.mark:
                _write(self, sheet.mark, size=10, bold=True)
                self.ln(2)

        def footer(self) -> None:
            self.set_y(-18)
            self.set_font("sheet", size=8)
            self.set_text_color(90, 90, 90)
            self.cell(_WIDTH - 20, 5, known(sheet.foot))
            self.cell(20, 5, f"{self.page_no()} / {{nb}}", align="R")

    pdf = Paper(format="A4")
    with as_file(files(__package__)) as folder:
        pdf.add_font("sheet", fname=folder / "NotoSans-Regular.ttf")
        pdf.add_font("sheet", style="B", fname=folder / "NotoSans-Bold.ttf")
    pdf.set_margins(18, 18, 18)
    pdf.set_auto_page_break(True, margin=24)
    pdf.set_title(known(sheet.title))
    if not sheet.discreet:
        pdf.set_creator("Bindeledd")
    pdf.set_lang(language)
    return pdf


def _lock(pdf: "FPDF", password: str) -> None:
    from fpdf.enums import EncryptionMethod

    pdf.set_encryption(
        owner_password=secrets.token_urlsafe(32),
        user_password=password,
        encryption_method=EncryptionMethod.AES_256,
        encrypt_metadata=True,
    )


def _section(pdf: "FPDF", section: Section) -> None:
    pdf.ln(3)
    if section.title:
        _heading(pdf, section.title)
    for line in section.lines:
        _line(pdf, line)


def _heading(pdf: "FPDF", title: str) -> None:
    if pdf.will_page_break(22):  # a heading never stands alone at the foot of a page
        pdf.add_page()
    _write(pdf, title, size=12, bold=True)
    pdf.set_draw_color(190, 190, 190)
    pdf.line(pdf.l_margin, pdf.get_y(), pdf.l_margin + _WIDTH, pdf.get_y())
    pdf.ln(1.5)


def _line(pdf: "FPDF", line: Line) -> None:
    if not line.label:
        _write(pdf, line.text, size=10)
        return
    pdf.set_font("sheet", size=10)
    if pdf.will_page_break(11):
        pdf.add_page()
    top = pdf.get_y()
    pdf.set_text_color(90, 90, 90)
    pdf.multi_cell(_LABEL - 3, 5.4, known(line.label), align="L", new_x="LEFT", new_y="NEXT")
    below = pdf.get_y()
    pdf.set_xy(pdf.l_margin + _LABEL, top)
    pdf.set_text_color(0, 0, 0)
    page = pdf.page
    pdf.multi_cell(_WIDTH - _LABEL, 5.4, known(line.text), align="L", new_x="LMARGIN", new_y="NEXT")
    if pdf.page == page:
        pdf.set_y(max(below, pdf.get_y()))


def _write(pdf: "FPDF", text: str, *, size: float, bold: bool = False, grey: bool = False) -> None:
    pdf.set_font("sheet", style="B" if bold else "", size=size)
    pdf.set_text_color(*((90, 90, 90) if grey else (0, 0, 0)))
    pdf.multi_cell(_WIDTH, size * 0.54, known(text), align="L", new_x="LMARGIN", new_y="NEXT")


def known(text: str) -> str:
    """The text as the fonts can draw it, with a mark for each letter that they have no form for
    (nothing of it is logged)."""
    letters = _letters()
    return "".join(
        letter if letter == "\n" or ord(letter) in letters else _AS.get(letter, _NO_LETTER)
        for letter in text.replace("\t", "    ").translate(_UNSEEN)
    )


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with (
        as_file(files(__package__) / "NotoSans-Regular.ttf") as file,
        TTFont(file, lazy=True) as one,
    ):
        return frozenset(one.getBestCmap())
