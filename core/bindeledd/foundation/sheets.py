"""Tables that people keep: CSV and Excel (.xlsx) read as rows of text, nothing of them executed.

A cell is text whatever it was: a day is `2027-03-24`, a moment `2027-03-24 14:30`, a whole number
has no decimals. Formulas are never computed: what the program wrote as their answer is read.
"""

import csv
import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from bindeledd.foundation.errors import Invalid

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


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: its number as the program shows it (the headings are row 1), and its cells."""

    number: int
    cells: tuple[str, ...]


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


def read_sheet(data: bytes) -> list[Line]:
    """The rows of a file that say anything, headings first. Raises `SheetUnreadable`, `SheetTooLarge`."""
    if len(data) > LARGEST:
        raise SheetTooLarge(size=len(data))
    rows = _excel(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    lines = [
        Line(number=number, cells=tuple(cells))
        for number, cells in enumerate(rows, 1)
        if any(cells)
    ]
    if not lines:
        raise SheetUnreadable()
    return lines


def _csv(data: bytes) -> Iterator[list[str]]:
    """Comma, semicolon or tab; UTF-8, or what Excel writes in Norway."""
    text = _decoded(data)
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=separator)):
            if number >= ROWS or len(row) > COLUMNS:
                raise SheetTooLarge(rows=number, columns=len(row))
            yield [cell.strip() for cell in row]
    except csv.Error:
        raise SheetUnreadable() from None


def _decoded(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetUnreadable()


def _excel(data: bytes) -> Iterator[list[str]]:
    """The first sheet. How large it unpacks is asked before anything is unpacked."""
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
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError, OSError):
        raise SheetUnreadable() from None
    yield from ([_text(cell) for cell in row] for row in rows)


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
