"""XML that attacks, and bytes that are not what they say."""

from __future__ import annotations

import tracemalloc

import pytest

from bindeledd.features.intake.domain import safety
from bindeledd.features.intake.domain.notations import same_content
from bindeledd.features.intake.domain.reading import read
from bindeledd.features.intake.domain.safety import (
    CannotRead,
    EntityRefused,
    NotXml,
    TooDeep,
    TooLarge,
    WrongEncoding,
)
from features.intake.builders import IŊGÁ, an_epikrise

BODY = an_epikrise().decode().partition("?>")[2]
LATIN = BODY.replace("Iŋgá Márjá", "Ingá Mørjå").replace("Boŋgu", "Bø")


def test_a_file_on_the_machine_is_never_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-MARKER")
    attack = f"<?xml version='1.0'?><!DOCTYPE m [<!ENTITY x SYSTEM '{secret.as_uri()}'>]><m>&x;</m>"

    with pytest.raises(EntityRefused) as refused:
        read(attack.encode())

    assert "SECRET" not in str(refused.value)


def test_an_entity_bomb_is_refused_before_it_grows():
    lines = ["<!ENTITY a0 'ha'>"]
    lines += [f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12)]
    bomb = f"<!DOCTYPE m [{''.join(lines)}]><m a='&a11;'>&a11;</m>"
    tracemalloc.start()

    with pytest.raises(EntityRefused):
        read(bomb.encode())

    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_document_type_hidden_in_another_encoding_is_refused(encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    hidden = mark + "<!DOCTYPE m [<!ENTITY x 'y'>]><m>&x;</m>".encode(encoding)

    with pytest.raises(EntityRefused):
        read(hidden)


def test_fifty_megabytes_are_refused_before_they_are_parsed():
    huge = b"<m>" + b"a" * 50_000_000 + b"</m>"
    tracemalloc.start()

    with pytest.raises(TooLarge) as refused:
        read(huge)

    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    assert refused.value.facts["size"] == len(huge)


@pytest.mark.parametrize("depth", [safety.DEEPEST + 1, 5_000, 100_000])
def test_elements_without_end_are_refused(depth):
    with pytest.raises(CannotRead) as refused:
        read(b"<a>" * depth + b"</a>" * depth)

    assert refused.value.code in (TooDeep.code, NotXml.code)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n",
        b"%PDF-1.7 not a message",
        b"\x00\x01\x02\x03" * 50,
        BODY.encode()[: len(BODY) // 2],
        b"<m>&undefined;</m>",
        b"<m>\x0b</m>",
        "<m>\ud800</m>".encode("utf-16-le", "surrogatepass"),
    ],
)
def test_what_is_not_xml_is_refused_and_nothing_of_it_is_told(data):
    with pytest.raises(CannotRead) as refused:
        read(data)

    assert IŊGÁ.number not in str(refused.value)
    assert IŊGÁ.family_name not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_large_attachment_is_read_up_to_the_cap():
    attachment = "<RefDoc><B64>" + "A" * 12_000_000 + "</B64></RefDoc></ServRprt>"
    data = an_epikrise().decode().replace("</ServRprt>", attachment).encode()

    assert read(data).patient.family_name == IŊGÁ.family_name


@pytest.mark.parametrize("deep", [safety.DEEPEST - 1, safety.DEEPEST])
def test_as_deep_as_allowed_is_no_reason_to_refuse(deep):
    assert safety.parse(b"<a>" * deep + b"</a>" * deep).root is not None


def test_the_same_content_is_known_in_other_bytes_and_another_is_not():
    data = an_epikrise()
    noted = data + b"<!-- again -->"

    assert same_content(data, noted)
    assert not same_content(data, an_epikrise(document_id="another"))
    assert not same_content(data, b"")
    assert not same_content(b"", b"")


def test_a_processing_instruction_and_a_style_sheet_are_left_alone():
    dressed = '<?xml version="1.0"?><?xml-stylesheet href="http://192.0.2.1/x.xsl"?>' + BODY

    assert read(dressed.encode()).patient.family_name == "Boŋgu"


@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>", "utf-8"),
        (b"<?xml version='1.0' encoding='utf-8'?>", "utf-8"),
        (b"<?xml version='1.0'?>", "utf-8"),
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"<?xml version='1.0' encoding='ISO-8859-1'?>", "utf-8"),  # says so, and is not
    ],
)
def test_sami_names_come_through_whole_in_utf_8(before, encoding):
    message = read(before + BODY.encode())

    assert message.patient.name == "Iŋgá Márjá Boŋgu"
    assert message.encoding == encoding


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252"])
def test_western_encodings_are_read_as_declared(declared):
    data = f"<?xml version='1.0' encoding='{declared}'?>{LATIN}".encode(declared)

    message = read(data)

    assert message.patient.name == "Ingá Mørjå Bø"
    assert message.encoding == declared


def test_western_bytes_without_a_declaration_are_read_and_said():
    message = read(LATIN.encode("latin-1"))

    assert message.patient.name == "Ingá Mørjå Bø"
    assert message.encoding == "windows-1252"


def test_utf_16_with_its_mark_is_read():
    data = b"\xff\xfe" + BODY.encode("utf-16-le")

    assert read(data).patient.name == "Iŋgá Márjá Boŋgu"


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0' encoding='utf-8'?>" + LATIN.encode("latin-1"),
        b"<?xml version='1.0' encoding='x-unknown'?>" + BODY.encode(),
        "<m>Ødegård ".encode() + "Sætre</m>".encode("latin-1"),
        "<?xml version='1.0' encoding='iso-8859-1'?><m>Ødegård ".encode()
        + "Sætre</m>".encode("latin-1"),
    ],
)
def test_bytes_that_are_not_what_they_say_are_refused_never_mangled(data):
    with pytest.raises(WrongEncoding):
        read(data)


@pytest.mark.parametrize(
    "data",
    [b"<r>" + b"<a/>" * safety.MOST + b"</r>", b"<r " + b'a="" ' * safety.MOST + b"/>"],
)
def test_a_tree_that_is_far_larger_than_its_text_is_not_built(data: bytes) -> None:
    with pytest.raises(safety.TooLarge):
        safety.parse(data)


def test_a_long_attachment_is_no_large_tree() -> None:
    assert safety.parse(b"<r>" + b"QUJD" * 1_000_000 + b"==</r>").root.tag == "r"
