"""Tables that people keep, as rows of text; what is no table, or made to do harm, is refused."""

from __future__ import annotations

import io
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.foundation import sheets
from bindeledd.foundation.sheets import SheetQuoted, SheetTooLarge, SheetUnreadable, read_sheet
from features.takeover.builders import ERROR, UNCOMPUTED, Raw, excel


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_csv_is_read_by_the_separator_of_its_headings(separator: str) -> None:
    lines = read_sheet(f"a{separator}b\r\n1{separator} to \r\n".encode())

    assert [(line.number, line.cells) for line in lines] == [(1, ("a", "b")), (2, ("1", "to"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_norwegian_letters_come_through_as_excel_writes_them(encoding: str) -> None:
    assert read_sheet("Fødselsnummer;Årsak\n".encode(encoding))[0].cells == (
        "Fødselsnummer",
        "Årsak",
    )


def test_a_list_in_the_other_utf_16_is_read_too() -> None:
    data = b"\xfe\xff" + "Fødselsnummer;Årsak\n".encode("utf-16-be")

    assert read_sheet(data)[0].cells == ("Fødselsnummer", "Årsak")


def test_headings_whose_letters_a_mac_took_apart_are_put_together() -> None:
    apart = unicodedata.normalize("NFD", "Årsak;Sist nådd\n1;2\n")

    assert apart != unicodedata.normalize("NFC", apart)
    assert read_sheet(apart.encode())[0].cells == ("Årsak", "Sist nådd")


def test_half_a_sign_of_utf_16_is_no_table() -> None:
    with pytest.raises(SheetUnreadable):
        read_sheet(b"\xff\xfea\0;")


def test_empty_rows_are_left_out_and_numbers_stay_those_of_the_program() -> None:
    assert [line.number for line in read_sheet(b"a;b\n;\n\n1;2\n")] == [1, 4]
    assert [line.number for line in read_sheet(excel([["a"], [""], ["1"]]))] == [1, 3]


def test_excel_cells_are_text_whatever_they_were() -> None:
    assert read_sheet(excel([["æ & ø", 1414500028]]))[0].cells == ("æ & ø", "1414500028")


@pytest.mark.parametrize(
    "cell",
    [
        ERROR,
        UNCOMPUTED,
        Raw("<c><f>A1</f><v/></c>"),
        Raw("<c t='e'><f>1/0</f><v>#DIV/0!</v></c>"),
    ],
)
def test_the_last_rows_are_told_too_where_nothing_in_them_has_an_answer(cell: Raw) -> None:
    lines = read_sheet(excel([["a", "b"], ["1", "x"], [cell, cell], [cell, cell]]))

    assert [(line.number, line.unanswered) for line in lines[2:]] == [(3, (1, 2)), (4, (1, 2))]


@pytest.mark.parametrize(
    "cell",
    [
        ERROR,
        UNCOMPUTED,
        Raw("<c><f>A1</f><v/></c>"),
        Raw("<c t='e'><f>1/0</f><v>#DIV/0!</v></c>"),
    ],
)
def test_an_error_and_a_formula_without_an_answer_are_told_by_row_and_column(cell: Raw) -> None:
    lines = read_sheet(excel([["a", "b"], ["1", cell], ["2", "x"], ["", cell]]))

    assert [(line.number, line.unanswered) for line in lines] == [
        (1, ()),
        (2, (2,)),
        (3, ()),
        (4, (2,)),
    ]


@pytest.mark.parametrize("answer", ['<c t="str"><f>A1</f><v></v></c>', "<c><f>1</f><v>7</v></c>"])
def test_a_formula_with_a_stored_answer_is_its_answer(answer: str) -> None:
    lines = read_sheet(excel([["a", "b"], ["1", Raw(answer)]]))

    assert lines[1].unanswered == ()


def test_a_cell_that_says_where_it_stands_is_told_there() -> None:
    stray = Raw('<c r="AB2" t="e"><v>#REF!</v></c>')

    assert read_sheet(excel([["a"], ["1", stray]]))[1].unanswered == (28,)


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


NAMED = "nummer;navn;utskrevet;merknad\n"


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('1;a;x;\n2;b;x;"Jeg klarer meg\n3;c;x;\n4;d;x;\n', 3),
        ('1;a;x;\n2;b;x;"Jeg klarer meg\n\n\n', 3),
        ('1;a;x;"Jeg klarer meg\n2;b;x;\n3;c;x;sa "ja" og\n', 2),
        ('1;a;x;"Jeg klarer meg\n2;b;x;helt fint"\n3;c;x;\n', 2),
        ('1;"a;x;\n2;b";x;\n3;c;x;\n', 2),
        ('1;a;"x;\n2;b";x;\n3;c;x;\n', 2),
        ('1;a;x;"Ring" ikke\n2;b;x;\n', 2),
        ('1;a;x;"én\nlinje til"\n2;b;x;"Ring\n3;c;x;\n', 4),
        ('1;a;x;"mye\n' + "2;b;x;\n" * 30_000 + '"\n', 2),
    ],
)
def test_a_cell_in_which_other_rows_may_stand_refuses_the_file_by_the_line_of_its_row(
    rows: str, line: int
) -> None:
    with pytest.raises(SheetQuoted) as refused:
        read_sheet((NAMED + rows).encode())

    assert refused.value.facts == {"line": line}


@pytest.mark.parametrize("heads", ['"nummer;navn\n1;a', 'nummer;"navn\n1;a"', 'a;"b\n";1'])
def test_headings_in_which_a_row_may_stand_are_refused_too(heads: str) -> None:
    with pytest.raises(SheetQuoted) as refused:
        read_sheet(f"{heads}\n2;b\n".encode())

    assert refused.value.facts == {"line": 1}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("note", ["Ring\nikke før ti", "Ring; vent\nå; ja\n\n- mor, far", "\n"])
def test_a_note_with_line_breaks_is_one_cell_wherever_it_stands(note: str, ends: str) -> None:
    note = note.replace("\n", ends)
    for cells in (["1", "a", "x", note], [note, "a", "x", ""], ["1", note, note, "x"]):
        row = ";".join(f'"{cell}"' for cell in cells)
        read = read_sheet(f"{NAMED}{row}\n2;b;x;y\n".encode())

        assert [line.cells for line in read[1:]] == [
            tuple(cell.strip() for cell in cells),
            ("2", "b", "x", "y"),
        ]


def test_a_quotation_mark_within_a_cell_is_a_sign_like_any_other() -> None:
    assert read_sheet(f'{NAMED}1;a;x;sa "ja" og\n2;b"c";x;\n'.encode())[1].cells[3] == 'sa "ja" og'


@st.composite
def tables_with_stray_marks(draw: st.DrawFn) -> tuple[list[list[str]], str]:
    """A table without quotation marks, and as text with up to three put in anywhere."""
    wide = draw(st.integers(2, 5))
    cell = st.text("ab ,", max_size=3)
    rows = draw(st.lists(st.lists(cell, min_size=wide, max_size=wide), min_size=1, max_size=6))
    table = [[f"h{place}" for place in range(wide)], *(["n", *row[1:]] for row in rows)]
    text = "\n".join(";".join(row) for row in table) + "\n"
    for at in draw(st.lists(st.integers(0, len(text) - 1), min_size=1, max_size=3)):
        text = f'{text[:at]}"{text[at:]}'
    return table, text


@settings(max_examples=150, deadline=None)
@given(tables_with_stray_marks())
def test_a_table_with_stray_quotation_marks_is_read_with_all_its_rows_or_refused_by_its_line(
    made: tuple[list[list[str]], str],
) -> None:
    table, text = made
    try:
        read = read_sheet(text.encode())
    except SheetQuoted as refused:
        line = refused.facts["line"]
        assert isinstance(line, int)
        assert any('"' in one for one in text.split("\n")[line - 1 :])
        return
    assert len(read) == len(table)
