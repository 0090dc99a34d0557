"""`bindeledd intake` as a script and as a person meet it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from bindeledd.features.intake.commands import intake
from bindeledd.features.intake.domain.foreign import ForeignFormat
from bindeledd.foundation.console import Site
from features.intake.builders import BOOK, BY_CODE, HEART, NOW, an_epikrise, an_inbox


@pytest.fixture
def site(database) -> Site:
    with database.transaction() as session:
        tenant = an_inbox(session).site.tenant
    said = SimpleNamespace(routes=BY_CODE, allow_test_messages=False, standards=None)
    return Site(
        open_settings=lambda: said,
        open_database=lambda _: database,
        gather=lambda _: SimpleNamespace(book=BOOK, foreign=()),
        find_tenants=lambda _: {"one": tenant},
    )


def run(site: Site, *arguments: str) -> Result:
    return CliRunner().invoke(intake, list(arguments), obj=site)


def test_one_file_is_one_line_that_a_script_can_read(site, tmp_path: Path):
    file = tmp_path / "brev.xml"
    file.write_bytes(an_epikrise())

    result = run(site, str(file), "--json")

    (row,) = json.loads(result.output)
    assert result.exit_code == 0
    assert set(row) == {"file", "format", "status", "reason", "wrong_at", "about", "case"}
    assert (row["file"], row["format"], row["status"]) == ("brev.xml", "epikrise-1.2", "opened")
    assert row["case"]
    assert file.exists()


def test_a_folder_is_taken_whole_and_something_to_look_at_is_exit_code_1(site, tmp_path: Path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "1.xml").write_bytes(an_epikrise())
    (tmp_path / "inner" / "2.xml").write_bytes(an_epikrise())
    (tmp_path / "3.xml").write_bytes(
        an_epikrise(diagnoses=HEART, envelope={"message_id": "m3"}, document_id="d3")
    )
    (tmp_path / "4.xml").write_bytes(b"<half>")
    (tmp_path / ".hidden").write_bytes(b"x")

    result = run(site, str(tmp_path), "--json")

    rows = {row["file"]: (row["status"], row["reason"]) for row in json.loads(result.output)}
    assert result.exit_code == 1
    assert rows == {
        "3.xml": ("to_decide", "intake.other_code"),
        "4.xml": ("refused", "intake.not_xml"),
        "inner/1.xml": ("opened", None),
        "inner/2.xml": ("duplicate", "intake.same_bytes"),
    }


def test_a_person_gets_a_table_in_plain_words(site, tmp_path: Path):
    (tmp_path / "1.xml").write_bytes(b"<half>")

    result = run(site, str(tmp_path))

    assert "Avvist" in result.output
    assert "Traceback" not in result.output


def test_a_stay_that_is_over_without_an_end_is_told_by_its_field(site, tmp_path: Path):
    stay = {"resourceType": "Encounter", "status": "finished", "period": {"start": "2026-03-20"}}
    stay |= {"subject": {"reference": "urn:uuid:p"}}
    entry = [
        {"fullUrl": "urn:uuid:e", "resource": stay},
        {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient"}},
    ]
    bundle = {"resourceType": "Bundle", "id": "b", "type": "collection", "entry": entry}
    bundle |= {"timestamp": "2026-03-27T12:00:00+01:00"}
    (tmp_path / "1.json").write_text(json.dumps(bundle))

    (row,) = json.loads(run(site, str(tmp_path), "--json").output)

    assert (row["reason"], row.get("wrong_at")) == ("intake.not_said", "encounter_no_end")


def test_a_path_that_is_not_there_is_wrong_usage(site, tmp_path: Path):
    assert run(site, str(tmp_path / "nowhere")).exit_code == 2


def test_nothing_of_the_content_is_printed(site, tmp_path: Path):
    (tmp_path / "1.xml").write_bytes(an_epikrise())

    result = run(site, str(tmp_path))

    assert "Boŋgu" not in result.output
    assert "04858740156" not in result.output


def test_a_folder_is_taken_in_the_order_in_which_its_messages_were_made(site, tmp_path: Path):
    (tmp_path / "0.xml").write_bytes(b"<half>")
    (tmp_path / "1.xml").write_bytes(
        an_epikrise(envelope={"message_id": "m1", "generated_at": NOW}, document_id="d1")
    )
    (tmp_path / "2.xml").write_bytes(an_epikrise(envelope={"message_id": "m2"}, document_id="d2"))

    result = run(site, str(tmp_path), "--json")

    assert [row["file"] for row in json.loads(result.output)] == ["2.xml", "1.xml", "0.xml"]
    assert json.loads(result.output)[0]["status"] == "opened"


def test_what_waits_for_a_pack_to_read_it_is_taken_in_and_no_fault(site, tmp_path: Path):
    adt = ForeignFormat(key="example:adt", begins="MSH|")
    site.gather = lambda _: SimpleNamespace(book=BOOK, foreign=(adt,))
    file = tmp_path / "ut.hl7"
    file.write_bytes(b"MSH|^~\\&|EPJ")

    result = run(site, str(file), "--json")

    (row,) = json.loads(result.output)
    assert result.exit_code == 0
    assert (row["format"], row["reason"]) == ("example:adt", "intake.waits_for_reader")
