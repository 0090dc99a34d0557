"""What a pack reads: which messages it is given, and what it may say of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bindeledd.features.intake.domain.facts import Checked, Message, Series
from bindeledd.features.intake.domain.foreign import ForeignFormat, WaitsForReader, is_foreign
from bindeledd.features.intake.domain.reading import READERS, UnknownFormat, read, try_to_read
from bindeledd.features.intake.domain.safety import CannotRead, NotXml
from bindeledd.features.intake.domain.synthetic.stories import caseload
from bindeledd.features.intake.domain.vocabulary import MOST, NoFacts, as_json, from_json
from features.intake.builders import NOW

ADT = ForeignFormat(key="example:adt", begins="MSH|")
OTHER = ForeignFormat(key="example:xml", root="{urn:other}Left")
BOTH = (ADT, OTHER)
HL7 = b"MSH|^~\\&|EPJ|PSYK|||202603271400||ADT^A03|1|P|2.5\rPID|1"


def made() -> list[Message]:
    """Everything that our own messages say, each as the core reads it."""
    told = [try_to_read(one.data) for one in caseload(3, 12, NOW)]
    return [one for one in told if isinstance(one, Message)]


# --- whom it is given to --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (HL7, "example:adt"),
        (b"\xef\xbb\xbf\r\n" + HL7, "example:adt"),
        (b'<l:Left xmlns:l="urn:other"/>', "example:xml"),
        (b'<?xml version="1.0"?><Left xmlns="urn:other"><a/></Left>', "example:xml"),
    ],
)
def test_a_pack_is_given_what_it_has_named_and_the_core_does_not_read(
    data: bytes, format: str
) -> None:
    with pytest.raises(WaitsForReader) as waits:
        read(data, foreign=BOTH)
    assert waits.value.format == format
    assert is_foreign(format)


@pytest.mark.parametrize(
    "data",
    [
        b"EVN|A03",
        b"hello MSH|",
        b"<Left/>",
        b'<Left xmlns="urn:another"/>',
        b'<Left xmlns="urn:other">',
        b'<!DOCTYPE Left><Left xmlns="urn:other"/>',
        b'{"MSH|": 1}',
        b"MSH|" + b"\x81\x8d" * 3,
    ],
)
def test_nothing_else_is_given_to_a_pack(data: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        read(data, foreign=BOTH)
    assert not isinstance(refused.value, WaitsForReader)


def test_without_a_pack_nothing_waits_for_one() -> None:
    with pytest.raises(NotXml):
        read(HL7)
    with pytest.raises(UnknownFormat):
        read(b'<Left xmlns="urn:other"/>')


def test_what_the_core_reads_is_read_by_the_core_whoever_else_wants_it() -> None:
    root = "{http://www.kith.no/xmlstds/msghead/2006-05-24}MsgHead"
    greedy = ForeignFormat(key="greedy:all", root=root)
    for one in caseload(3, 12, NOW):
        assert as_it_is(try_to_read(one.data, foreign=(greedy,))) == as_it_is(try_to_read(one.data))


def as_it_is(said: Message | CannotRead) -> object:
    return said if isinstance(said, Message) else type(said)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"begins": "MSH|", "root": "{urn:other}Left"},
        {"begins": "M"},
        {"begins": "<MSH"},
        {"begins": "{MS"},
        {"begins": "[MS"},
        {"begins": " MSH"},
        {"begins": "Møte"},
        {"root": "two words"},
        {"root": "{http://hl7.org/fhir}Bundle"},
        {"root": "{http://www.kith.no/xmlstds/epikrise/2012-02-15}Message"},
        {"root": "{http://www.kith.no/xmlstds/epikrise/2030-01-01}Message"},
        {"root": "{urn:bindeledd:discharge-list:1}Listed"},
    ],
)
def test_a_format_that_is_unclear_or_of_the_core_cannot_be_declared(said: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"begins|root|reads"):
        ForeignFormat(key="pack:one", **said)


def test_two_formats_of_which_one_message_could_be_meet() -> None:
    longer = ForeignFormat(key="b:b", begins="MSH|^~")
    assert ADT.meets(longer)
    assert longer.meets(ADT)
    assert OTHER.meets(replace(OTHER, key="b:b"))
    assert not ADT.meets(OTHER)
    assert not ADT.meets(ForeignFormat(key="b:b", begins="FHS|"))


# --- what it may say ------------------------------------------------------------------------------


def test_every_fact_of_every_message_comes_back_as_it_was() -> None:
    for one in made():
        if one.series is Series.CANCELLED:
            continue
        told = json.loads(json.dumps(as_json(one)))
        back = from_json(told, format="p:r")
        assert replace(back, format=one.format, checked=one.checked, encoding=one.encoding) == one
        assert (back.format, back.checked) == ("p:r", Checked.PACK)


def a_told(**more: object) -> dict[str, object]:
    at = datetime(2026, 3, 27, 13, tzinfo=UTC).isoformat()
    who = {"family_name": "Test", "given_name": "Line", "ids": []}
    return {
        "kind": "discharged",
        "message_id": "1",
        "series": "N",
        "generated_at": at,
        "patient": who,
        "stay": {"discharged": {"at": at}},
        **more,
    }


def test_the_least_that_is_needed_is_enough() -> None:
    assert from_json(a_told(), format="p:r").patient.name == "Line Test"


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "discharged",
        {},
        a_told(kind="freed"),
        a_told(kind=["discharged"]),
        a_told(kind=None),
        a_told(message_id=""),
        a_told(message_id=" "),
        a_told(message_id=7),
        a_told(message_id="x" * 501),
        a_told(message_id="a\x00b"),
        a_told(message_id="a\ud800"),
        a_told(series="C"),
        a_told(generated_at="2026-03-27"),
        a_told(generated_at="2026-03-27T13:00:00"),
        a_told(generated_at="1026-03-27T13:00:00+00:00"),
        a_told(generated_at="9999-12-31T23:59:59-12:00"),
        a_told(generated_at=1),
        a_told(format="epikrise-1.2"),
        a_told(checked="schema"),
        a_told(encoding="utf-8"),
        a_told(risk="high"),
        a_told(test="no"),
        a_told(complete=1),
        a_told(sender=[{"scheme": "FTP", "value": "1"}]),
        a_told(sender=[{"scheme": "HER", "value": ""}]),
        a_told(sender={"scheme": "HER", "value": "1"}),
        a_told(sender=[{"scheme": "HER"}]),
        a_told(patient=None),
        a_told(patient={"born_on": "27.3.2026"}),
        a_told(patient={"ids": [{"kind": "", "value": "1"}]}),
        a_told(patient={"phones": "+4799999999"}),
        a_told(patient={"phones": ["1"] * (MOST + 1)}),
        a_told(stay={"discharged": "2026-03-27"}),
        a_told(diagnoses=[{"system": "7110", "code": "X61\n"}]),
        a_told(diagnoses=[{"system": "7110", "code": ""}]),
        a_told(remarks=["Kari Nordmann ble sint ø"]),
        a_told(relatives=[{"born_in": True}]),
        a_told(relatives=[{"born_in": -1}]),
        a_told(texts=[{"heading": "x", "text": "x" * 100_001}]),
        a_told(appointments=[{"booked": True, "minutes": 1.5}]),
    ],
)
def test_whatever_is_no_message_is_refused_and_says_nothing_of_it(told: object) -> None:
    with pytest.raises(NoFacts) as refused:
        from_json(told, format="p:r")
    assert refused.value.code == "intake.reader_failed"
    assert "Nordmann" not in str(refused.value)


def test_no_reader_of_the_core_has_a_format_like_a_packs() -> None:
    formats = {one.format for one in made()}
    assert len(READERS) == 5
    assert not any(is_foreign(one) for one in formats)
    assert not is_foreign(None)
