"""A daily list of discharges (CSV): each row is a message of its own, with an identity of its own.

`split` makes of one file as many small ones, each a heading line and a row, in an order and a
notation that do not depend on the file: the same row in another list tomorrow is the same bytes.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from lxml import etree

from bindeledd.features.intake.domain import safety
from bindeledd.features.intake.domain.safety import CannotRead, Document, TooLarge
from bindeledd.foundation.sheets import (
    Line,
    SheetQuoted,
    SheetTooLarge,
    SheetUnreadable,
    heading_at,
    read_sheet,
)

SPACE = "urn:bindeledd:discharge-rows:1"
MOST_ROWS = 2000
_GLANCE = 4096
COLUMNS: Mapping[str, str] = {
    "stay": "Opphold-ID",
    "number": "Fødselsnummer",
    "given": "Fornavn",
    "family": "Etternavn",
    "born": "Fødselsdato",
    "phone": "Telefon",
    "admitted": "Innlagt",
    "discharged": "Utskrevet",
    "unit": "Enhet",
    "codes": "Koder",
    "outcome": "Utfall",
    "time": "Time",
    "place": "Sted",
    "given_time": "Timen er gitt",
    "note": "Merknad",
}
_KEYS = {heading.casefold(): key for key, heading in COLUMNS.items()}


class ColumnUnknown(CannotRead):
    """A heading that the list does not have, or one that stands twice."""

    code = "intake.column_unknown"


class ColumnMissing(CannotRead):
    """A list needs when the person left, and a number or a name with a birth date."""

    code = "intake.column_missing"


class NothingListed(CannotRead):
    """There is no row under the headings."""

    code = "intake.nothing_listed"


class CellOpen(CannotRead):
    """A quotation mark opens a cell that does not end where it should: other rows may stand in it."""

    code = "intake.cell_open"

    @property
    def about(self) -> dict[str, object]:
        """The line of the file on which that row begins."""
        return dict(self.facts)


class BadCell(CannotRead):
    """A cell of the row holds what its column does not take, or the row has too many cells."""

    code = "intake.bad_cell"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row as a message of its own, and its number in the list (the headings are row 1)."""

    number: int
    data: bytes = field(repr=False)


def is_list(data: bytes) -> bool:
    """Whether the first line is that of such a list: one of its headings is `Utskrevet`."""
    mark, name = next(((m, n) for m, n in safety.BOMS if data.startswith(m)), (b"", "ascii"))
    text = data[len(mark) : _GLANCE].decode(name, "ignore")
    headings = {_plain(one) for one in re.split(r"[;,\t]", text.partition("\n")[0])}
    return "utskrevet" in headings and len(headings) > 1


def split(data: bytes) -> tuple[Row, ...] | None:
    """The rows of a list; None for what is no list. Raises a `CannotRead` for the list as a whole."""
    if not is_list(data):
        return None
    keys, lines = _lines(data, again=False)
    return tuple(Row(number=line.number, data=_written(keys, line)) for line in lines)


def cells_of(data: bytes) -> tuple[tuple[str, str], ...]:
    """What stands in a row, each cell after its heading, also where no reader takes it; a cell
    without a heading has none. Nothing for what is no such row."""
    try:
        lines = _read(safety.decode(data)[0], again=True) if is_list(data) else []
    except (CannotRead, SheetQuoted, SheetTooLarge, SheetUnreadable):
        return ()
    if len(lines) != 2:
        return ()
    heads, cells = (line.cells for line in lines)
    both = zip_longest(heads, cells, fillvalue="")
    return tuple((head, cell) for head, cell in both if head or cell)


def parse(data: bytes) -> Document:
    """A list as a tree: an element for each row, one in it for each cell that says anything."""
    keys, lines = _lines(data, again=True)
    root = etree.Element(etree.QName(SPACE, "List"))
    for line in lines:
        row = etree.SubElement(root, etree.QName(SPACE, "Row"))
        if any(line.cells[len(keys) :]):
            row.set("beyond", "true")
        for key, cell in zip(keys, line.cells, strict=False):
            if key and cell:
                _put(row, key, cell)
    return Document(root, safety.decode(data)[1])


def _put(row: etree._Element, key: str, cell: str) -> None:
    try:
        etree.SubElement(row, etree.QName(SPACE, key)).text = cell
    except ValueError:  # a sign that no text has
        raise BadCell(at="row_sign") from None


def _lines(data: bytes, *, again: bool) -> tuple[tuple[str, ...], Sequence[Line]]:
    if len(data) > safety.LARGEST:
        raise TooLarge(size=len(data), largest=safety.LARGEST)
    text, _ = safety.decode(data)
    try:
        lines = _read(text, again=again)
    except SheetQuoted as open_cell:
        raise CellOpen(**open_cell.facts) from None
    except SheetTooLarge:
        raise TooLarge(most=MOST_ROWS) from None
    except SheetUnreadable:
        raise NothingListed() from None
    if len(lines) - 1 > MOST_ROWS:
        raise TooLarge(most=MOST_ROWS)
    keys = _headings(lines[0])
    if len(lines) == 1:
        raise NothingListed()
    return keys, lines[1:]


def _read(text: str, *, again: bool) -> Sequence[Line]:
    """The lines of a list. A row that `split` wrote has the columns only that say something: its
    words were found sound among all of them, and are read `again` as they are."""
    data = text.encode()
    try:
        return read_sheet(data)
    except SheetQuoted:
        lines = read_sheet(data, one_row=True) if again else []
        if len(lines) != 2 or _written(_headings(lines[0]), lines[1]) != data:
            raise
        return lines


def _plain(heading: str) -> str:
    return " ".join(heading.strip().strip('"').casefold().split())


def _headings(line: Line) -> tuple[str, ...]:
    keys: list[str] = []
    for place, cell in enumerate(line.cells, 1):
        key = _KEYS.get(_plain(cell), "")
        if cell and (not key or key in keys):
            raise ColumnUnknown(at="list_heading", **heading_at(line, place, _KEYS))
        keys.append(key)
    if "discharged" not in keys or not ("number" in keys or {"family", "born"} <= set(keys)):
        raise ColumnMissing()
    return tuple(keys)


def _written(keys: Sequence[str], line: Line) -> bytes:
    """One row in the notation of this module: every column that says anything, in one order."""
    cells = {key: cell for key, cell in zip(keys, line.cells, strict=False) if key and cell}
    beyond = [cell for cell in line.cells[len(keys) :] if cell]
    names = [key for key in COLUMNS if key in cells or key in ("number", "discharged")]
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow([COLUMNS[key] for key in names])
    rows.writerow([*(cells.get(key, "") for key in names), *beyond])
    return out.getvalue().encode()
