"""What a site has confirmed of its routines, for those who answer for it; on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from bindeledd.app import create_app
from bindeledd.features.pathways.domain import PathwayFolder
from bindeledd.features.pathways.domain.confirming import LeadsOnly, Point
from bindeledd.features.pathways.service import load_book
from bindeledd.features.pathways.service.confirming import confirmed
from bindeledd.features.staff.tables import GrantRow, MemberRow, OrganisationRow, UnitRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from bindeledd.plugin.loading import gather
from bindeledd.settings import read_settings
from builders import Site, a_site
from plugin.packs import DATA, Shelf
from visitors import Visitor, a_visitor, text_of

LAYER = """\
id = "our.after-attempt"
version = "1"
extends = "national.after-attempt"
level = "trust"
[title]
nb = "Vår rutine"
[applies_to]
units = ["acute_ward"]
[[step]]
key = "first-contact"
basis = { kind = "local", source = "EQS 4711", verified = true }
[[step]]
key = "our.visit"
task = "call_patient"
after = "discharged"
due = { within = "P2D" }
satisfied_by = ["reached"]
basis = { kind = "local", source = "EQS 4712", verified = true }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "layer.toml").write_text(LAYER)
    return tmp_path / "ours"


@pytest.fixture
def site(database: Database) -> Site:
    """A site with an acute ward and a ward of another kind."""
    with database.transaction() as session:
        site = a_site(session)
        session.execute(sa.update(OrganisationRow).values(key="helse-bergen"))
        values = {"organisation_id": site.organisation, "team_id": site.team, "active": True}
        session.execute(
            sa.insert(UnitRow).values(
                id=new_id(), tenant_id=site.tenant, key="dps", name="DPS Nord", kind="dps", **values
            )
        )
    return site


@pytest.fixture
def app(database: Database, tmp_path: Path, folder: Path) -> Flask:
    settings = replace(read_settings({"BINDELEDD_HOME": str(tmp_path)}), environment="test")
    return create_app(
        settings, database=database, gathered=gather(["helse-vest"], folders=[folder])
    )


@pytest.fixture
def berit(app: Flask, database: Database, site: Site) -> Visitor:
    return a_visitor(app, database, site.berit)


def found_as(points: tuple[Point, ...], key: str) -> list[Point]:
    return [one for one in points if one.owed.key == key]


def test_each_rule_waits_or_is_confirmed_in_the_units_where_it_is_so(
    database: Database, site: Site, folder: Path
) -> None:
    book = load_book([PathwayFolder("site", folder)])
    with database.transaction() as session:
        found = confirmed(session, book, by=site.berit)
    assert found.units == ("DPS Nord", "Post 3")

    (waits,) = found_as(found.waiting, "first-contact")
    (done,) = found_as(found.done, "first-contact")
    assert (waits.to_confirm, waits.units) == ("rule", ("DPS Nord",))
    assert (done.to_confirm, done.units) == ("nothing", ("Post 3",))
    assert done.before is not None
    assert (done.before.source, done.owed.basis.source) == ("Bindeledd", "EQS 4711")
    assert str(done.confirmed[0].origin) == "site:layer.toml:11"

    (own,) = found_as(found.done, "our.visit")
    assert own.own
    assert own.units == ("Post 3",)
    (law,) = found_as(found.waiting, "summary_sent")
    assert (law.to_confirm, law.units) == ("deadline", ("DPS Nord", "Post 3"))
    assert law.basis.source == "RX-06, RX-07"
    assert {one.kind for one in found.ours} == {
        "silence",
        "reopen",
        "unreachable",
        "task",
        "ladder",
    }


AGREED = """\
id = "our.agreed"
version = "1"
extends = "national.after-attempt"
level = "trust"
title = { nb = "Avtalen" }
[applies_to]
organisations = ["trust"]
to = ["municipality"]
[[step]]
key = "our.told"
task = "call_patient"
after = "handover_sent"
due = { within = "P2D" }
owner = "discharging_unit"
basis = { kind = "default", source = "ours" }
"""


def test_what_was_agreed_with_a_receiver_waits_to_be_confirmed_too_and_nothing_stands_twice(
    database: Database, site: Site, folder: Path
) -> None:
    (folder / "agreed.toml").write_text(AGREED)
    with database.transaction() as session:
        book = load_book([PathwayFolder("site", folder)])
        found = confirmed(session, book, by=site.berit)
    (told,) = found_as(found.waiting, "our.told")
    assert told.units == ("DPS Nord", "Post 3")
    (law,) = found_as(found.waiting, "summary_sent")
    assert law.units == ("DPS Nord", "Post 3")


def test_of_another_site_nothing_is_read(database: Database, site: Site, folder: Path) -> None:
    with database.transaction() as session:
        other = a_site(session)
        found = confirmed(session, load_book([PathwayFolder("site", folder)]), by=other.berit)
    assert found.units == ("Post 3",)


def test_a_lead_sees_what_was_confirmed_and_what_waits(berit: Visitor) -> None:
    shown = text_of(berit.get("/confirmed"))
    for said in (
        "Må bekreftes",
        "EQS 4711",
        "site:layer.toml:11",
        "Alle enheter",
        "DPS Nord",
        "Kom med tillegget",
        "S-064",
        "Hvor lenge en ny hendelse åpner samme oppfølging",
    ):
        assert said in shown, said
    assert "/confirmed" in berit.get("/inbox").text


def test_files_and_keys_break_so_that_no_column_is_cut_off(berit: Visitor) -> None:
    page = berit.get("/confirmed").text
    assert '<span class="quiet breaks">site:layer.toml:11' in page
    assert ".breaks { overflow-wrap: anywhere; }" in berit.get("/static/bindeledd.css").text


def test_it_is_read_in_english_too(app: Flask, database: Database, site: Site) -> None:
    berit = a_visitor(app, database, site.berit)
    berit.post("/language", {"language": "en"})
    shown = text_of(berit.get("/confirmed"))
    for said in ("To be confirmed", "The source now", "Every unit", "Came with the pack"):
        assert said in shown, said


def test_who_answers_for_nothing_does_not_see_it_and_an_administrator_does(
    app: Flask, database: Database, site: Site
) -> None:
    carl = a_visitor(app, database, site.carl)
    assert carl.get("/confirmed").status_code == 403
    assert "/confirmed" not in carl.get("/inbox").text
    with database.transaction() as session:
        with pytest.raises(LeadsOnly):
            confirmed(session, load_book(), by=site.carl)
        given = {"tenant_id": site.tenant, "member_id": site.carl.id, "role": "admin"}
        session.execute(sa.insert(GrantRow).values(**given))
    carl = a_visitor(app, database, replace(site.carl, grants=frozenset({"admin"})))
    assert carl.get("/confirmed").status_code == 200
    assert "/confirmed" in carl.get("/inbox").text


def test_the_texts_that_a_pack_left_to_the_site_are_named(
    database: Database, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path / "packs")
    shelf.folder.mkdir()
    monkeypatch.syspath_prepend(str(shelf.folder))
    frame = """
        [frame.S-006]
        text = { nb = "Regional veileder", en = "A regional guide" }
        reason = { nb = "Bare en nyhetssak var å finne.", en = "Only a news item was found." }
    """
    days = "[[calendar]]\nclosed = [2027-05-18]\n"
    shelf.put("framed", DATA, files={"rows.toml": frame, "calendars.toml": days})
    settings = replace(read_settings({"BINDELEDD_HOME": str(tmp_path)}), environment="test")
    gathered = gather(["framed"], points=shelf.points)
    berit = a_visitor(
        create_app(settings, database=database, gathered=gathered), database, site.berit
    )
    shown = text_of(berit.get("/confirmed"))
    for said in ("Tekster dere må åpne", "S-006", "Regional veileder", "nyhetssak", "pack-framed"):
        assert said in shown, said
    assert "news item" not in shown
    with database.transaction() as session:
        session.execute(sa.update(MemberRow).values(language="en"))
    english = text_of(berit.get("/confirmed"))
    assert "A regional guide" in english
    assert "Only a news item was found." in english


GROUNDS = """
[[ground]]
key = "our.consent"
title = { nb = "Samtykke fra personen", en = "Consent" }
basis = { kind = "local", source = "EQS 4713", verified = true }
[[ground]]
key = "our.danger"
title = { nb = "Fare for liv", en = "Danger to life" }
reviewed = true
basis = { kind = "local", source = "EQS 4714", verified = false }
"""


LETTER = """
[[step]]
key = "our.letter"
task = "call_patient"
after = "discharged"
due = { within = "P3D" }
satisfied_by = ["contact_attempted"]
letter = "by-hand"
basis = { kind = "local", source = "EQS 4715", verified = true }
[letter.by-hand]
title = { nb = "En hilsen", en = "A greeting" }
basis = { kind = "local", source = "EQS 4716", verified = true }
[letter.by-hand.text]
nb = "Hei {name}."
en = "Dear {name}."
"""


def test_a_letter_stands_with_the_version_of_its_layer_and_its_source(
    database: Database, site: Site, tmp_path: Path, folder: Path
) -> None:
    (folder / "layer.toml").write_text(LAYER + LETTER)
    book = load_book([PathwayFolder("site", folder)])
    with database.transaction() as session:
        (one,) = confirmed(session, book, by=site.berit).letters
    assert (one.letter.key, one.units) == ("by-hand", ("Post 3",))
    settings = replace(read_settings({"BINDELEDD_HOME": str(tmp_path)}), environment="test")
    app = create_app(settings, database=database, gathered=gather([], folders=[folder]))
    page = text_of(a_visitor(app, database, site.berit).get("/confirmed"))
    assert f"En hilsen {one.layer} lokal rutine: EQS 4716" in page


CONFIRMED = """
[script]
basis = { kind = "local", source = "EQS 4717", verified = true }
[[script.step]]
key = "our.day-centre"
after = "what-helps"
title = { nb = "Fortell om aktivitetssenteret" }
basis = { kind = "local", source = "EQS 4718", verified = true }
"""


def test_a_step_of_a_call_waits_where_no_layer_of_the_unit_has_confirmed_it(
    database: Database, site: Site, tmp_path: Path, folder: Path
) -> None:
    (folder / "layer.toml").write_text(LAYER + CONFIRMED)
    book = load_book([PathwayFolder("site", folder)])
    with database.transaction() as session:
        found = confirmed(session, book, by=site.berit).calls
    first = [one for one in found if one.step.key == "the-right-person"]

    assert [(one.step.basis.source, one.units) for one in first] == [
        ("Bindeledd", ("DPS Nord",)),
        ("EQS 4717", ("Post 3",)),
    ]
    assert [one.units for one in found if one.step.key == "our.day-centre"] == [("Post 3",)]
    settings = replace(read_settings({"BINDELEDD_HOME": str(tmp_path)}), environment="test")
    app = create_app(settings, database=database, gathered=gather([], folders=[folder]))
    page = text_of(a_visitor(app, database, site.berit).get("/confirmed"))
    assert "the-right-person vår verdi venter på dere" in page
    assert "our.day-centre lokal rutine: EQS 4718" in page


def test_the_grounds_of_sharing_stand_with_their_source_and_whether_it_was_read(
    database: Database, site: Site, tmp_path: Path, folder: Path
) -> None:
    (folder / "layer.toml").write_text(LAYER + GROUNDS)
    book = load_book([PathwayFolder("site", folder)])
    with database.transaction() as session:
        found = confirmed(session, book, by=site.berit)
    assert [(one.ground.key, one.units) for one in found.grounds] == [
        ("our.consent", ("Post 3",)),
        ("our.danger", ("Post 3",)),
    ]
    settings = replace(read_settings({"BINDELEDD_HOME": str(tmp_path)}), environment="test")
    app = create_app(settings, database=database, gathered=gather([], folders=[folder]))
    page = text_of(a_visitor(app, database, site.berit).get("/confirmed"))
    assert "lokal rutine: EQS 4713." in page
    assert "fra lokal rutine: EQS 4714, ikke kontrollert" in page
