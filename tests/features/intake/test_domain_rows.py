"""A daily list of discharges: a message for each row, the same whatever file the row stands in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.features.intake.domain import row_notation
from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    Kind,
    Message,
    Moment,
    Outcome,
    Series,
)
from bindeledd.features.intake.domain.queue import reason_and_field
from bindeledd.features.intake.domain.reading import ReaderFailed, read, try_to_read
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.domain.synthetic.lists import discharges, row
from bindeledd.features.intake.service import reason_text
from bindeledd.foundation.texts import speaking
from features.intake.builders import IŊGÁ

WHOLE = row(
    IŊGÁ,
    stay="S-1",
    admitted="24.3.2026",
    discharged="27.3.2026 14.30",
    unit="HER:80123",
    codes="F32.2, X61",
    outcome="I live",
    time="1.4.2026 kl. 9",
    place="DPS Nord",
    given_time="ja",
    note="Ring mandag",
)
LATIN = {**WHOLE, "given": "Ingá", "family": "Bø", "note": "Mørjå"}


def rows(data: bytes) -> tuple[row_notation.Row, ...]:
    found = row_notation.split(data)
    assert found is not None
    return found


def one(data: bytes) -> Message:
    (only,) = rows(data)
    return read(only.data)


def refusal(data: bytes) -> str:
    with pytest.raises(CannotRead) as refused:
        one(data)
    assert IŊGÁ.number not in str(refused.value)
    return refused.value.code


def test_a_row_is_a_discharge_with_all_that_it_tells():
    message = one(discharges([WHOLE]))

    assert (message.format, message.kind) == ("discharge-csv", Kind.DISCHARGED)
    assert (message.series, message.message_id) == (Series.NEW, "stay|S-1")
    assert message.patient.name == "Iŋgá Márjá Boŋgu"
    assert [(i.kind, i.value) for i in message.patient.ids] == [("FNR", IŊGÁ.number)]
    assert message.patient.born_on == date(1987, 5, 4)
    assert message.patient.phones == ("+4799912345",)
    assert message.stay.discharged == Moment(at=datetime(2026, 3, 27, 13, 30, tzinfo=UTC))
    assert message.stay.admitted == Moment(at=datetime(2026, 3, 23, 23, tzinfo=UTC), date_only=True)
    assert [(p.scheme, p.value) for p in message.sender] == [("HER", "80123")]
    assert [(d.system, d.code, d.main) for d in message.diagnoses] == [
        ("7110", "F322", True),
        ("7110", "X61", False),
    ]
    assert message.outcome is Outcome.ALIVE
    assert message.appointments == (
        AppointmentFacts(
            booked=True,
            at=datetime(2026, 4, 1, 7, tzinfo=UTC),
            place="DPS Nord",
            patient_told=True,
        ),
    )
    assert message.title == "Ring mandag"


def test_the_shortest_list_has_a_number_and_a_day():
    data = f"Fødselsnummer;Utskrevet\r\n{IŊGÁ.number};27.3.2026\r\n".encode()

    message = one(data)

    assert message.stay.discharged is not None
    assert message.stay.discharged.date_only
    assert message.sender == ()
    assert message.has_patient


def test_a_list_in_the_other_utf_16_is_one_too():
    data = b"\xfe\xff" + discharges([WHOLE]).decode().encode("utf-16-be")

    assert rows(data)[0].data == rows(discharges([WHOLE]))[0].data


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_same_row_is_the_same_bytes_in_whatever_file_it_stands(separator, encoding):
    columns = tuple(reversed(row_notation.COLUMNS))
    usual = rows(discharges([LATIN]))[0].data

    other = rows(discharges([LATIN], separator=separator, encoding=encoding, columns=columns))

    assert other[0].data == usual
    assert read(other[0].data).patient.family_name == "Bø"


@pytest.mark.parametrize(
    "written",
    ["27.3.2026", "27.03.2026", "27/3-2026", "27. mars 2026", "2026-03-27", "27032026"],
)
def test_norwegian_dates_are_read(written):
    message = one(discharges([{**WHOLE, "discharged": written}]))

    assert message.stay.discharged == Moment(
        at=datetime(2026, 3, 26, 23, tzinfo=UTC), date_only=True
    )


def test_each_row_has_its_number_in_the_list_and_empty_ones_are_none():
    data = discharges([WHOLE, {}, {**WHOLE, "stay": "S-2"}])

    assert [found.number for found in rows(data)] == [2, 4]


def test_without_an_id_of_the_stay_a_row_is_known_by_who_when_and_where():
    first, again, later, elsewhere = (
        one(discharges([{**WHOLE, "stay": "", **more}])).message_id
        for more in ({}, {"phone": ""}, {"discharged": "28.3.2026"}, {"unit": "RESH:1"})
    )

    assert first == again
    assert len({first, later, elsewhere}) == 3


def test_a_first_zero_that_a_spreadsheet_took_is_put_back():
    message = one(discharges([{**WHOLE, "number": IŊGÁ.number.lstrip("0")}]))

    assert IŊGÁ.number.startswith("0")
    assert message.patient.ids[0].value == IŊGÁ.number


def test_a_unit_that_has_no_address_is_known_by_its_name():
    message = one(discharges([{**WHOLE, "unit": "Akuttpost 2"}]))

    assert [(p.scheme, p.value, p.name) for p in message.sender] == [
        ("local", "Akuttpost2", "Akuttpost 2")
    ]


@pytest.mark.parametrize(
    ("outcome", "read_as"),
    [("", None), ("Død", Outcome.DEAD), ("døde i selvmord", Outcome.DIED_BY_SUICIDE)],
)
def test_how_the_stay_ended(outcome, read_as):
    assert one(discharges([{**WHOLE, "outcome": outcome}])).outcome is read_as


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"discharged": ""}, "intake.bad_time"),
        ({"discharged": "i går"}, "intake.bad_time"),
        ({"discharged": "31.2.2026"}, "intake.bad_time"),
        ({"discharged": "27.3.26"}, "intake.bad_time"),
        ({"admitted": "29.3.2026"}, "intake.bad_cell"),
        ({"born": "ukjent"}, "intake.bad_time"),
        ({"outcome": "bra"}, "intake.bad_cell"),
        ({"time": "1.4.2026"}, "intake.bad_cell"),
        ({"given_time": "kanskje"}, "intake.bad_cell"),
    ],
)
def test_a_cell_that_cannot_be_understood_refuses_its_row_alone(wrong, code):
    data = discharges([{**WHOLE, **wrong}, {**WHOLE, "stay": "S-2"}])
    bad, good = rows(data)

    assert isinstance(read(good.data), Message)
    told = try_to_read(bad.data)
    assert isinstance(told, CannotRead)
    assert told.code == code


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"discharged": ""}, "«Utskrevet» er tom."),
        ({"discharged": "i går"}, "«Utskrevet» er ikke en dato. Rett er"),
        ({"admitted": "i går"}, "«Innlagt» er ikke en dato. Rett er"),
        ({"admitted": "29.3.2026"}, "«Innlagt» er etter «Utskrevet»."),
        ({"born": "ukjent"}, "«Fødselsdato» er ikke en dato. Rett er"),
        ({"outcome": "bra"}, "«Utfall» er ukjent. Rett er"),
        ({"time": "snart"}, "«Time» er ikke en dato med klokkeslett. Rett er"),
        ({"time": "1.4.2026"}, "«Time» mangler klokkeslett. Rett er"),
        ({"given_time": "kanskje"}, "«Timen er gitt» er ukjent. Rett er"),
    ],
)
def test_a_row_that_is_refused_names_its_column_and_what_would_be_right(wrong, names):
    (bad,) = rows(discharges([{**WHOLE, **wrong}]))
    told = try_to_read(bad.data)

    assert isinstance(told, CannotRead)
    assert names in reason_text(*reason_and_field(told.reason))


def test_more_cells_than_headings_refuse_the_row():
    data = f"Fødselsnummer;Utskrevet\r\n{IŊGÁ.number};27.3.2026;hva er dette\r\n".encode()

    assert refusal(data) == "intake.bad_cell"


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        ("Fødselsnummer;Utskrevet;Risiko", "intake.column_unknown"),
        ("Fødselsnummer;Utskrevet;Utskrevet", "intake.column_unknown"),
        ("Etternavn;Utskrevet", "intake.column_missing"),
        ("Enhet;Utskrevet", "intake.column_missing"),
    ],
)
def test_a_list_whose_headings_are_not_right_is_refused_whole(headings, code):
    data = f"{headings}\r\n1;2;3\r\n".encode()

    assert refusal(data) == code
    told = try_to_read(data)
    assert isinstance(told, CannotRead)
    assert told.code == code


@pytest.mark.parametrize("speech", ["nb", "nn", "en"])
def test_a_heading_that_is_unknown_is_named_and_so_are_those_that_are_right(speech):
    told = try_to_read("Fødselsnummer;Utskrevet;Risiko\r\n1;2;3\r\n".encode())

    assert isinstance(told, CannotRead)
    assert told.about == {"column": 3, "heading": "Risiko"}
    with speaking(speech):
        said = reason_text(*reason_and_field(told.reason), told.about)
    assert "Risiko" in said
    assert all(heading in said for heading in row_notation.COLUMNS.values())


def test_of_a_row_that_stands_where_the_headings_should_no_cell_is_told():
    told = try_to_read(b"Utskrevet;Kari Nordmann;12345678901;Ring\r\n1;2;3;4\r\n")

    assert isinstance(told, CannotRead)
    assert told.about == {"column": 2}


def test_headings_without_a_row_are_refused():
    assert refusal("Fødselsnummer;Utskrevet\r\n".encode()) == "intake.nothing_listed"


def test_more_rows_than_a_day_has_are_refused():
    most = [{**WHOLE, "stay": str(n)} for n in range(row_notation.MOST_ROWS + 1)]

    assert refusal(discharges(most)) == "intake.too_large"
    assert len(rows(discharges(most[1:]))) == row_notation.MOST_ROWS


@pytest.mark.parametrize("ends", ["", "slutt"])
def test_a_list_in_which_a_cell_may_hold_other_rows_is_refused_whole_by_its_line(ends):
    three = discharges([{**WHOLE, "stay": f"S-{n}", "note": ""} for n in range(3)]).decode()
    lines = three.splitlines()
    lines[2] += '"Jeg klarer meg'
    lines[3] += f'{ends}"' if ends else ""

    told = try_to_read("\r\n".join(lines).encode())

    assert isinstance(told, CannotRead)
    assert (told.code, told.about) == ("intake.cell_open", {"line": 3})
    assert refusal("\r\n".join(lines).encode()) == "intake.cell_open"


def test_a_row_with_few_columns_is_read_again_with_its_note_whatever_its_lines_hold():
    note = "Ring; mandag; eller\nikke; tirsdag; heller\nonsdag; går; bra"
    said = {"number": IŊGÁ.number, "discharged": "27.3.2026", "note": note}

    assert one(discharges([said])).title == note


def test_two_encodings_in_one_list_are_refused():
    data = discharges([LATIN]) + discharges([LATIN], encoding="cp1252").partition(b"\n")[2]

    assert refusal(data) == "intake.encoding"


@pytest.mark.parametrize(
    "data", [b"", b"Navn;Adresse\r\nA;B", b"<Message/>", b'{"a":1}', b"Utskrevet", b"\x00\x01;\x02"]
)
def test_what_is_no_such_list_is_left_to_the_other_readers(data):
    assert row_notation.split(data) is None


def test_a_formula_is_a_text_like_any_other():
    message = one(discharges([{**WHOLE, "family": '=HYPERLINK("http://192.0.2.1")'}]))

    assert message.patient.family_name.startswith("=HYPERLINK")


CELL = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(row_notation.COLUMNS)), CELL, max_size=8))
def test_any_row_is_read_or_refused_and_is_the_same_when_it_is_split_again(cells):
    try:
        found = row_notation.split(discharges([{**WHOLE, **cells}]))
    except CannotRead:
        return
    assert found is not None
    for one_row in found:
        assert not isinstance(try_to_read(one_row.data), ReaderFailed)
        try:
            again = row_notation.split(one_row.data)
        except CannotRead:
            continue
        assert again is not None
        assert again[0].data == one_row.data


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_under_the_headings_are_read_or_refused(data):
    whole = "Fødselsnummer;Utskrevet\r\n".encode() + data
    assert not isinstance(try_to_read(whole), ReaderFailed)


def test_what_stands_in_a_row_is_shown_with_its_headings_whatever_is_wrong_with_it():
    refused = "Fødselsnummer;Utskrevet;Etternavn\r\n08818142561;31.11.2026;Med;mer\r\n".encode()
    assert row_notation.cells_of(refused) == (
        ("Fødselsnummer", "08818142561"),
        ("Utskrevet", "31.11.2026"),
        ("Etternavn", "Med"),
        ("", "mer"),
    )
    assert row_notation.cells_of(b"<x/>") == ()


@pytest.mark.parametrize("who", ["born", "family", ""])
def test_a_row_that_does_not_say_who_it_is_about_names_the_columns_that_are_needed(who: str):
    cells = {"given": "Kari", "discharged": "27.3.2026", **({who: WHOLE[who]} if who else {})}

    with pytest.raises(CannotRead) as refused:
        one(discharges([cells]))

    assert refused.value.reason == "intake.bad_cell:row_nobody"


def test_a_row_with_a_name_and_a_birth_date_says_who_it_is_about():
    cells = {name: WHOLE[name] for name in ("family", "born", "discharged")}

    assert one(discharges([cells])).has_patient
