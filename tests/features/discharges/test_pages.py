"""The page for leads: who is listed and neither followed nor decided, and the decision itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from bindeledd.features.discharges import service
from bindeledd.features.discharges.service import ComparedList
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import Site, a_book
from doors import a_door, an_app
from features.takeover.builders import ANE, a_test_site
from visitors import EITHER, a_visitor, text_of


@pytest.fixture
def dialect() -> str:
    return "sqlite"


class World:
    def __init__(self, database: Database, home: Path) -> None:
        with database.transaction() as session:
            self.site: Site = a_test_site(session)
            self.done: ComparedList = service.compare(
                session,
                data=f"Fødselsnummer;Navn;Utskrevet\n{ANE};Prøve, Ane;20.2.2026 14.00".encode(),
                name="uke 8.csv",
                by=self.site.system,
                at=clock.now(),
                book=a_book(),
            )
        self.message = self.done.lines[0].message_id
        app = an_app(database, home)
        self.berit, self.anna, self.dina = (
            a_visitor(app, database, one)
            for one in (self.site.berit, self.site.anna, self.site.dina)
        )
        self.door = a_door(app, database, self.site.anna)


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("dialect", EITHER)
def test_a_lead_sees_who_waits_and_goes_on_to_decide(world: World) -> None:
    page = world.berit.get("/discharge-lists")

    assert "1 utskrivning på en liste er verken kjent eller avgjort." in text_of(page)
    assert "Ane Prøve" in page.text
    assert "uke 8.csv" in page.text
    assert f'href="/queue/{world.message}"' in page.text


@pytest.mark.parametrize("dialect", EITHER)
def test_no_is_said_with_a_reason_on_the_page(world: World) -> None:
    path = f"/queue/{world.message}/not-ours"

    refused = world.anna.post(path, {"sure": "yes"})
    assert refused.status_code == 422
    assert "Velg hvorfor personen på listen ikke skal følges opp her." in refused.text
    done = world.anna.post(path, {"sure": "yes", "because": "intake.followed_elsewhere"})

    assert done.status_code == 303
    page = text_of(world.berit.get("/discharge-lists"))
    assert "0 utskrivninger på lister" in page
    assert "Ane" not in page


def test_no_is_said_with_a_reason_by_the_api_too(world: World) -> None:
    path = f"/messages/{world.message}/decision"

    assert world.door("POST", path, {"ours": False}).status_code == 422
    done = world.door("POST", path, {"ours": False, "because": "intake.other_area"})
    assert done.json["status"] == "not_ours"


def test_others_see_no_list_and_no_name(world: World) -> None:
    assert world.anna.get("/discharge-lists").status_code == 403
    page = text_of(world.dina.get("/discharge-lists"))
    assert "1 utskrivning på en liste" in page
    assert "Ane" not in page


def test_a_line_that_cannot_be_read_is_seen_as_it_stood_and_answered(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    with fresh_database.transaction() as session:
        done = service.compare(
            session,
            data=f"Fødselsnummer;Navn;Utskrevet\n{ANE};Prøve, Ane;i går".encode(),
            name="uke 9.csv",
            by=world.site.system,
            at=clock.now(),
            book=a_book(),
        )
    line = done.lines[0].message_id

    assert f'href="/queue/{line}"' in world.berit.get("/discharge-lists").text
    page = world.berit.get(f"/queue/{line}")
    assert "har en dag som ikke kan leses" in text_of(page)
    assert "uke 9.csv" in page.text
    assert f"Fødselsnummer: {ANE} Navn: Prøve, Ane Utskrevet: i går" in text_of(page)

    said = world.berit.post(f"/queue/{line}/answer", {"done": "Ringte posten: 27. februar"})
    assert said.status_code == 303
    assert f'href="/queue/{line}"' not in world.berit.get("/discharge-lists").text
