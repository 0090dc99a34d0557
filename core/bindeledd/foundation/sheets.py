"""Tables that people keep: CSV and Excel (.xlsx) read as rows of text, nothing of them executed.

A cell is text whatever it was: a day is `2027-03-24`, a moment `2027-03-24 14:30`, a whole number
has no decimals. Formulas are never computed: what the program wrote as their answer is read,
and where it wrote none, or an error, the row says so.
"""

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.workbooks import unanswered

# What is read of a file: a caseload of thousands fits many times over.
LARGEST, UNPACKED, ROWS, COLUMNS = 20_000_000, 200_000_000, 20_000, 100
_HEADING = 60  # what is longer is no heading
_ENCODINGS = ("utf-8-sig", "cp1252")


class SheetUnreadable(Invalid):
    """It is neither CSV nor an Excel file (.xlsx), or there is nothing in it."""

    code = "sheet.unreadable"


class SheetTooLarge(Invalid):
    """Larger than anybody's list: the wrong file, or one made to do harm."""

    code = "sheet.too_large"


class SheetQuoted(Invalid):
    """A quotation mark opens a cell that does not end where it should: other rows may stand in it.

    `line` is the line of the file on which that row begins; nothing of the file is taken.
    """

    code = "sheet.quoted"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: its number as the program shows it (the headings are row 1), and its cells.

    `unanswered`: the columns, from 1 on, in which stands an error or a formula without an answer.
    """

    number: int
    cells: tuple[str, ...]
    unanswered: tuple[int, ...] = ()

    def unanswered_in(self, keys: Sequence[str]) -> list[str]:
        """The keys of those columns; an empty one where a column has none."""
        return [keys[place - 1] if place <= len(keys) else "" for place in self.unanswered]


def heading_at(line: Line, place: int, known: Collection[str]) -> dict[str, object]:
    """What a refusal says of a heading: its column, and its words where the rest of the line are
    headings that are `known` (folded), so that no row of a list without headings is told."""
    cells = [" ".join(cell.casefold().replace("*", "").split()) for cell in line.cells if cell]
    heading = line.cells[place - 1]
    told = 2 * sum(cell in known for cell in cells) >= len(cells) and len(heading) <= _HEADING
    return {"column": place, "heading": heading} if told else {"column": place}


def read_file(file: Path) -> bytes:
    """The bytes of a file, unless it is larger than any list: then it is not read at all."""
    size = file.stat().st_size
    if size > LARGEST:
        raise SheetTooLarge(size=size)
    return file.read_bytes()


def read_sheet(data: bytes, *, one_row: bool = False) -> list[Line]:
    """The rows of a file that say anything, headings first, whose letters are composed.

    With `one_row` it is known to hold no other: a cell that looks like several rows is one then.
    Raises `SheetUnreadable`, `SheetTooLarge`, `SheetQuoted`.
    """
    if len(data) > LARGEST:
        raise SheetTooLarge(size=len(data))
    if data[:4] == b"PK\x03\x04":
        rows, lost = _excel(data)
    else:
        rows, lost = list(_csv(data, one_row=one_row)), {}
    lines = [
        Line(number=number, cells=tuple(cells), unanswered=lost.get(number, ()))
        for number, cells in enumerate(rows, 1)
        if any(cells) or number in lost
    ]
    if not lines:
        raise SheetUnreadable()
    headings = tuple(unicodedata.normalize("NFC", cell) for cell in lines[0].cells)
    return [replace(lines[0], cells=headings), *lines[1:]]


def _csv(data: bytes, *, one_row: bool) -> Iterator[list[str]]:
    """Comma, semicolon or tab; UTF-8, UTF-16 with its mark, or what Excel writes in Norway."""
    text = _decoded(data)
    lines = text.split("\n")
    separator = max(";,\t", key=lines[0].count)
    rows = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    number, begins, wide = 0, 0, 0
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            raise _unread(lines[begins : rows.line_num], begins) from None
        if row is None:
            return
        spans = _lines_of(lines[begins : rows.line_num])
        if len(spans) > 1 and not one_row and _may_be_rows(spans, separator, wide):
            raise SheetQuoted(line=begins + 1)
        if number >= ROWS or len(row) > COLUMNS:
            raise SheetTooLarge(rows=number, columns=len(row))
        cells = [cell.strip() for cell in row]
        wide = wide or max((place for place, cell in enumerate(cells, 1) if cell), default=0)
        number, begins = number + 1, rows.line_num
        yield cells


def _unread(lines: Sequence[str], begins: int) -> Invalid:
    """Why a row of these lines cannot be read; `begins`: how many lines stand before it."""
    quoted = len(_lines_of(lines)) == len(lines) and any('"' in line for line in lines)
    return SheetQuoted(line=begins + 1) if quoted else SheetUnreadable()


def _lines_of(lines: Sequence[str]) -> list[str]:
    """The lines as any program tells them apart, also one that ends them as a Mac once did."""
    return re.split("\r\n|\r|\n", "\n".join(lines).removesuffix("\r"))


def _may_be_rows(spans: Sequence[str], separator: str, wide: int) -> bool:
    """Whether the lines that make one row would each be a row of this table, as wide as its
    headings, if its quotation marks were none. Of the last line what follows the cell counts too,
    so that says something only where the first is as wide. Of headings nobody can say: they stand
    in one line."""
    full = [line.count(separator) >= wide - 1 for line in spans]
    return not wide or any(full[1:-1]) or (full[0] and full[-1])


def _decoded(data: bytes) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetUnreadable()


def _excel(data: bytes) -> tuple[list[list[str]], Mapping[int, tuple[int, ...]]]:
    """The first sheet, and what of it is unanswered. How large it unpacks is asked before anything
    is unpacked."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > UNPACKED:
            raise SheetTooLarge(size=size)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > ROWS or sheet.total_width > COLUMNS:
            raise SheetTooLarge(rows=sheet.total_height, columns=sheet.total_width)
        rows: Sequence[Sequence[object]] = sheet.to_python(skip_empty_area=False)
        lost = unanswered(data)
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError, OSError):
        raise SheetUnreadable() from None
    last = max(lost, default=0)  # what is unanswered at the end counts as empty to the reader
    if last > ROWS:
        raise SheetTooLarge(rows=last)
    empty: list[list[str]] = [[] for _ in range(len(rows), last)]
    return [*([_text(cell) for cell in row] for row in rows), *empty], lost


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
