"""Tables that people keep, as rows of text; what is no table, or made to do harm, is refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from bindeledd.foundation import sheets
from bindeledd.foundation.sheets import SheetTooLarge, SheetUnreadable, read_sheet
from features.takeover.builders import excel


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_is_read_by_the_separator_of_its_headings(separator: str) -> None:
    lines = read_sheet(f"a{separator}b\r\n1{separator} to \r\n".encode())

    assert [(line.number, line.cells) for line in lines] == [(1, ("a", "b")), (2, ("1", "to"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_norwegian_letters_come_through_as_excel_writes_them(encoding: str) -> None:
    assert read_sheet("Fødselsnummer;Årsak\n".encode(encoding))[0].cells == (
        "Fødselsnummer",
        "Årsak",
    )


def test_empty_rows_are_left_out_and_numbers_stay_those_of_the_program() -> None:
    assert [line.number for line in read_sheet(b"a;b\n;\n\n1;2\n")] == [1, 4]
    assert [line.number for line in read_sheet(excel([["a"], [""], ["1"]]))] == [1, 3]


def test_excel_cells_are_text_whatever_they_were() -> None:
    assert read_sheet(excel([["æ & ø", 1414500028]]))[0].cells == ("æ & ø", "1414500028")


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\x00\x01\x02", b"PK\x03\x04", b"\xd0\xcf\x11\xe0 old Excel\x00"]
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        read_sheet(data)


def test_a_zip_without_a_sheet_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.txt", "x")

    with pytest.raises(SheetUnreadable):
        read_sheet(packed.getvalue())


def test_what_unpacks_to_more_than_any_list_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b" " * (sheets.UNPACKED + 1))

    assert len(packed.getvalue()) < 1_000_000
    with pytest.raises(SheetTooLarge):
        read_sheet(packed.getvalue())


def test_more_rows_or_columns_than_any_list_are_refused() -> None:
    with pytest.raises(SheetTooLarge):
        read_sheet(b"a\n" * (sheets.ROWS + 2))
    with pytest.raises(SheetTooLarge):
        read_sheet(b";" * (sheets.COLUMNS + 1))
