"""The letter of a task: filled in, read, printed, and never sent by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bindeledd.app import create_app
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.service import upgrading
from bindeledd.features.staff import service as staff
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.settings import read_settings
from doors import a_door
from features.casefile.following import NAME, World, in_days
from features.casefile.letters import CONTACTS, LAYER
from plugin.packs import DATA, Shelf, a_shelf
from strictly import strictly
from visitors import EITHER, a_visitor, text_of


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    yield from a_shelf(tmp_path / "shelf")


class Written(World):
    """Kari's follow-up, in which a letter by hand is owed."""

    def __init__(self, database: Database, home: Path, gathered: Gathered) -> None:
        super().__init__(database, home)
        settings = replace(read_settings({"BINDELEDD_HOME": str(home)}), environment="test")
        self.app = strictly(create_app(settings, database=database, gathered=gathered))
        self.anna, self.carl = (
            a_visitor(self.app, database, one) for one in (self.site.anna, self.site.carl)
        )
        with database.transaction() as session:
            to = upgrading.target(
                session,
                self.site.tenant,
                pathway_id="national.after-attempt",
                version="2026.1",
                book=gathered.book,
            )
            said = {"reason": "Rutinen gjelder nå", "by": self.site.berit, "at": clock.now()}
            assert upgrading.upgrade_case(session, self.case, to, **said) is not None

    @property
    def letter(self) -> str:
        (task,) = self.open("letter_by_hand")
        return f"tasks/{task.id}/letter"

    def logged(self, act: str) -> list[dict[str, object]]:
        return [one.facts for one in self.all(AuditEventRow) if one.act == act]


def a_world(
    database: Database, home: Path, shelf: Shelf, contacts: str = CONTACTS, layer: str = LAYER
) -> Written:
    files = {"pathways/letter.toml": layer, **({"contacts.toml": contacts} if contacts else {})}
    shelf.put("lillevik", DATA, files=files)
    return Written(database, home, gather(["lillevik"], points=shelf.points))


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path, shelf: Shelf) -> Written:
    return a_world(fresh_database, tmp_path, shelf)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.mark.parametrize("dialect", EITHER)
def test_s214_the_whole_way_from_the_task_to_a_letter_that_was_sent(world: Written) -> None:
    world.anna.post(world.path("appointment"), in_days(5, on="starts"))
    page = text_of(world.anna.get(world.path(world.letter.removesuffix("/letter"))))
    assert "Brevet" in page
    assert "Registrer kontakt" in page

    shown = text_of(world.anna.get(world.path(world.letter)))
    assert f"Hei {NAME}." in shown
    assert "77 00 00 00" in shown
    assert "kl. 10.00" in shown
    assert "Dette mangler" not in shown
    assert "lillevik.letter@2027.1" in shown
    assert "The plan of Lillevik 2027" in shown
    assert "Next appointment" in text_of(world.anna.get(world.path(f"{world.letter}?language=en")))

    before = world.kinds()
    paper = world.anna.post(world.path(f"{world.letter}/pdf"), {"language": "en"})
    assert paper.data.startswith(b"%PDF-")
    assert paper.headers["Content-Language"] == "en"
    assert "Kari" not in paper.headers["Content-Disposition"]
    (task,) = world.open("letter_by_hand")
    assert world.kinds() == before
    assert world.logged("letter.printed") == [
        {
            "case": str(world.case),
            "task": str(task.id),
            "letter": "by-hand",
            "layer": "lillevik.letter@2027.1",
            "language": "en",
            "door": "page",
        }
    ]
    assert [one["language"] for one in world.logged("letter.shown")] == ["nb", "en"]

    sent = world.anna.post(world.path("contact"), {"outcome": "letter_sent"})
    assert sent.status_code == 303, text_of(sent)
    assert world.open("letter_by_hand") == []


def test_that_it_was_sent_is_written_down_as_a_letter(world: Written) -> None:
    page = world.anna.get(world.path(world.letter)).text
    assert f'{world.path("contact")}?channel=letter"' in page


def test_the_letter_of_a_demo_is_marked_in_its_own_language(world: Written) -> None:
    with world.database.transaction() as session:
        staff.set_installation(session, "demo", at=clock.now())
    (task,) = world.open("letter_by_hand")
    door = a_door(world.app, world.database, world.site.anna)

    found = door("GET", f"/cases/{world.case}/tasks/{task.id}/letter?language=en").json

    assert found["mark"].startswith("DEMONSTRATION.")


def test_s214_what_is_missing_is_named_and_the_paper_has_a_line(
    fresh_database: Database, tmp_path: Path, shelf: Shelf
) -> None:
    off_paper = CONTACTS.replace("on_paper = true", "")
    world = a_world(fresh_database, tmp_path, shelf, off_paper)
    page = text_of(world.anna.get(world.path(world.letter)))
    assert "Dette mangler" in page
    assert "Neste time" in page
    assert "ingen kontakt for denne oppgaven" in page
    assert "77 00 00 00" not in page
    assert "Ring ____" in page
    assert world.anna.post(world.path(f"{world.letter}/pdf"), {}).status_code == 200


def test_s214_a_reported_death_offers_no_letter(world: Written) -> None:
    letter = world.path(world.letter)
    by_api = a_door(world.app, world.database, world.site.anna)
    world.anna.post(world.path("death"), {"step": "reported", "words": "Søsteren ringte."})
    assert "death_reported" in world.kinds()
    page = text_of(world.anna.get(letter))
    assert "Det sendes ikke brev" in page
    assert f"Hei {NAME}" not in page
    assert "PDF" not in page
    held = world.anna.post(f"{letter}/pdf", {})
    assert held.status_code == 409
    assert world.event("message_held").facts["what"] == "letter"
    assert world.logged("letter.printed") == []
    assert by_api("GET", letter).json["type"] == "urn:bindeledd:case.death_stands"


def test_s214_a_no_and_a_protected_address_stand_above_the_letter(world: Written) -> None:
    world.identity(protected_address=True)
    world.anna.post(world.path("bedside"), {"contact_consent": "no"})
    page = text_of(world.anna.get(world.path(world.letter)))
    assert "Beskyttet adresse" in page
    assert "Avklar hvordan brevet kan nå frem" in page
    assert "Personen har sagt nei" in page


def test_s214_it_is_read_over_http_by_those_who_see_the_case(world: Written) -> None:
    anna = a_door(world.app, world.database, world.site.anna)
    found = anna("GET", world.path(f"{world.letter}?language=en")).json
    assert found["letter"] == "by-hand"
    assert found["layer"] == "lillevik.letter@2027.1"
    assert found["languages"] == ["nb", "en"]
    assert found["paragraphs"][0] == f"Dear {NAME}."
    assert found["missing"] == ["appointment"]
    assert anna("GET", world.path(f"{world.letter}?language=xx")).json["language"] == "nb"
    carl = a_door(world.app, world.database, world.site.carl)
    assert carl("GET", world.path(world.letter)).status_code == 404
    assert world.carl.get(world.path(world.letter)).status_code == 404
    assert world.carl.post(world.path(f"{world.letter}/pdf"), {}).status_code == 404


def test_s214_a_task_without_a_letter_has_no_such_page(world: Written) -> None:
    other = next(one for one in world.open("call_patient"))
    answer = world.anna.get(world.path(f"tasks/{other.id}/letter"))
    assert answer.status_code == 404
    assert "Brevet" not in text_of(world.anna.get(world.path(f"tasks/{other.id}")))


def test_whom_to_ask_stands_on_the_page_of_the_task_under_the_heading_that_is_next(
    world: Written,
) -> None:
    (task,) = world.open("letter_by_hand")
    page = world.anna.get(f"/cases/{world.case}/tasks/{task.id}")
    assert "Naustet" in page.text
    levels = [int(found) for found in re.findall(r"<h([1-6])", page.text)]
    assert levels[0] == 1
    assert [two for one, two in pairwise(levels) if two > one + 1] == []


@pytest.mark.usefixtures("dialect")
def test_what_the_paper_of_a_letter_has_no_letters_for_is_said_before_it_is_printed(
    fresh_database: Database, tmp_path: Path, shelf: Shelf
) -> None:
    layer = LAYER.replace("Neste time", "أحمد. Neste time")
    world = a_world(fresh_database, tmp_path, shelf, layer=layer)

    page = text_of(world.anna.get(world.path(world.letter)))

    assert "Noen tegn kan ikke skrives ut" in page
    assert "أ ح م د" in page
