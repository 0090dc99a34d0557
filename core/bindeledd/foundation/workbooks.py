"""What a reader of Excel files passes over: cells whose formula failed or was never computed.

Nothing is executed and nothing fetched; how large the file unpacks is asked before.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping

from lxml import etree

_FURTHEST = 1_048_576  # rows of a sheet, by the format itself
_SHEET = "{*}sheets/{*}sheet"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_RELATED_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def unanswered(data: bytes) -> Mapping[int, tuple[int, ...]]:
    """By row, the columns of the first sheet whose cell is an error (`#N/A`) or a formula without
    a stored answer; both count from 1. Raises `ValueError` where the sheet cannot be found."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheet = _first_sheet(packed)
    found: dict[int, list[int]] = {}
    for row, column in _places(sheet):
        if max(row, column) > _FURTHEST:
            raise ValueError("no place in a sheet")
        found.setdefault(row, []).append(column)
    return {row: tuple(columns) for row, columns in found.items()}


def _first_sheet(packed: zipfile.ZipFile) -> bytes:
    names = {name.casefold(): name for name in packed.namelist()}
    try:
        book = _tree(packed.read(names["xl/workbook.xml"]))
        related = _tree(packed.read(names["xl/_rels/workbook.xml.rels"]))
        first = book.find(_SHEET)
        if first is None:
            raise ValueError("no sheet")
        key = first.get(_RELATED) or first.get(_RELATED_STRICT)
        (target,) = (one.get("Target", "") for one in related if one.get("Id") == key)
        path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        return packed.read(names[path.casefold()])
    except KeyError:
        raise ValueError("no sheet") from None


def _tree(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise ValueError("not XML") from None


def _places(sheet: bytes) -> Iterator[tuple[int, int]]:
    read = etree.iterparse(
        io.BytesIO(sheet), tag="{*}row", resolve_entities=False, no_network=True, load_dtd=False
    )
    number = 0
    try:
        for _, row in read:
            number = int(row.get("r") or number + 1)
            column = 0
            for cell in row.iterfind("{*}c"):
                column = _column(cell.get("r", "")) or column + 1
                if _is_unanswered(cell):
                    yield number, column
            row.clear()
    except etree.XMLSyntaxError:
        raise ValueError("not XML") from None


def _column(reference: str) -> int:
    """`AB7` is 28; 0 where no column is said."""
    column = 0
    for sign in reference:
        if sign.isascii() and sign.isalpha():
            column = column * 26 + ord(sign.upper()) - ord("A") + 1
    return column


def _is_unanswered(cell: etree._Element) -> bool:
    """An empty text that a formula gave is its answer."""
    if cell.get("t") == "e":
        return True
    answer = cell.find("{*}v")
    if cell.find("{*}f") is None:
        return False
    return answer is None or (not answer.text and cell.get("t") != "str")
