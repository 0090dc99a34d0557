"""The lead's morning at the screen: numbers that lead to their lists, and nobody's name among them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.features.patients.domain import Identity
from bindeledd.features.rollcall import service as rollcall
from bindeledd.features.staff import service as staff
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_case_row, a_site
from doors import an_app
from features.rollcall.builders import SILENCES, a_heartbeat, an_alert, an_event
from features.worklist.builders import a_named_patient, seal_identity
from statements import statements
from visitors import EITHER, a_visitor, text_of

DAY = timedelta(days=1)
PAGES = ("/morning", "/morning/escalated", "/morning/escalated?answered=yes", "/morning/unreached")
NAME = "Ánte-Máhtte Eksempelsen"


class World:
    """Anna works in the team that Berit leads; Dina leads another."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.now = clock.now()
        with database.transaction() as session:
            self.site = a_site(session, self.now)
            a_heartbeat(session, self.now)
        app = an_app(database, home)
        self.anna, self.berit, self.dina = (
            a_visitor(app, database, getattr(self.site, name)) for name in ("anna", "berit", "dina")
        )

    def called(self, later: timedelta = timedelta()) -> None:
        with self.database.transaction() as session:
            rollcall.call_the_roll(
                session, self.site.tenant, silences=SILENCES, at=self.now + later
            )

    def late(self, many: int = 1) -> None:
        """So many follow-ups that came to the lead and were never reached."""
        with self.database.transaction() as session:
            for _ in range(many):
                patient = a_named_patient(session, self.site)
                seal_identity(session, self.site, patient, Identity(full=NAME))
                case = a_case_row(
                    session,
                    self.site,
                    due_at=self.now - 2 * DAY,
                    at=self.now - 9 * DAY,
                    patient=patient,
                )
                an_alert(session, self.site, case.task, audience="lead", raised_at=self.now - DAY)
                an_event(session, self.site, case.id, "discharged", self.now - 8 * DAY)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("path", PAGES)
def test_only_who_leads_a_team_sees_it(world: World, path: str) -> None:
    assert (world.anna.get(path).status_code, world.berit.get(path).status_code) == (403, 200)


def test_where_nothing_waits_each_says_so_in_a_sentence(world: World) -> None:
    world.called()
    page = text_of(world.berit.get("/morning"))

    assert "Alle er gjort rede for." in page
    assert "Ingenting venter på svar fra leder." in page
    assert "Ingen er borte i dag." in page


def test_before_the_first_roll_call_it_says_so(world: World) -> None:
    assert "Ingen oversikt er laget ennå." in world.berit.get("/morning").text


def test_an_old_count_is_said_first(world: World) -> None:
    world.called(later=-timedelta(hours=3))

    assert "Tallene er gamle: det er 3 timer siden" in text_of(world.berit.get("/morning"))


@pytest.mark.parametrize("dialect", EITHER)
def test_each_number_leads_to_the_list_behind_it(world: World) -> None:
    world.called()
    world.late(3)
    page = world.berit.get("/morning").text
    there = {path: text_of(world.berit.get(path)) for path in PAGES[1::2]}

    assert all(f'href="{path}"><strong>3</strong>' in page for path in there)
    assert [text.count(NAME) for text in there.values()] == [3, 3]


def test_the_page_that_a_room_sees_names_nobody(world: World) -> None:
    world.late(3)

    assert NAME not in world.berit.get("/morning").text


def test_a_number_of_a_person_leads_to_what_that_person_holds(world: World) -> None:
    world.late()
    page = world.berit.get("/morning").text

    assert f'href="/day?team={world.site.team}&amp;person=nobody">1</a>' in page


def test_the_other_teams_people_do_not_stand_there(world: World) -> None:
    assert "Anna" not in text_of(world.dina.get("/morning"))


def test_whoever_opened_their_list_is_no_longer_named(world: World) -> None:
    before = text_of(world.berit.get("/morning"))
    world.anna.get("/day")
    after = text_of(world.berit.get("/morning"))

    assert "Har ikke åpnet listen sin i dag Anna, Berit" in before
    assert "Har ikke åpnet listen sin i dag Berit" in after


def test_who_is_away_stands_with_who_stands_in(world: World) -> None:
    with world.database.transaction() as session:
        staff.away(
            session,
            world.site.anna.id,
            since=world.now - timedelta(minutes=1),
            until=world.now + DAY,
            by=world.site.anna,
            at=world.now,
        )
    page = text_of(world.berit.get("/morning"))

    assert "Borte i dag Anna" in page
    assert "Ingen stedfortreder" in page


def test_a_long_list_goes_on_on_its_next_page(world: World) -> None:
    world.late(51)
    first = world.berit.get("/morning/unreached")
    path = first.text.split("/morning/unreached?after=")[1].split('"')[0]
    rest = world.berit.get(f"/morning/unreached?after={path}")

    assert [text_of(page).count(NAME) for page in (first, rest)] == [50, 1]


def test_a_cursor_that_no_page_gave_is_refused(world: World) -> None:
    assert world.berit.get("/morning/unreached?after=x").status_code == 422


@pytest.mark.parametrize("dialect", EITHER)
@pytest.mark.parametrize("many", [5, 500])
def test_as_many_statements_are_enough_for_any_caseload(world: World, many: int) -> None:
    world.called()
    world.late(many)
    world.berit.get("/morning")
    with statements(world.database.engine) as sent:
        page = world.berit.get("/morning")

    assert f"<strong>{many}</strong>" in page.text
    assert len(sent) <= 22, sent
