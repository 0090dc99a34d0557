"""The roll call as a page: the numbers, who is missing, and the signature that means *read*."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.rollcall import service
from bindeledd.features.rollcall.domain import Kind
from bindeledd.features.rollcall.tables import RollCallRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_case_row, a_site
from doors import an_app
from features.rollcall.builders import SILENCES, a_heartbeat
from visitors import EITHER, a_visitor, text_of


class World:
    """One follow-up that is accounted for; Berit leads the team."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.now = clock.now()
        with database.transaction() as session:
            self.site = a_site(session, self.now)
            due = self.now + timedelta(hours=1)
            a_case_row(session, self.site, due_at=due, at=self.now)
            a_heartbeat(session, self.now)
        app = an_app(database, home)
        self.anna = a_visitor(app, database, self.site.anna)
        self.berit = a_visitor(app, database, self.site.berit)
        self.dina = a_visitor(app, database, self.site.dina)

    def call(self, kind: Kind = Kind.RUN, later: timedelta = timedelta()) -> str:
        with self.database.transaction() as session:
            return str(
                service.call_the_roll(
                    session,
                    self.site.tenant,
                    silences=SILENCES,
                    at=self.now + later,
                    kind=kind,
                ).id
            )


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def test_before_the_first_roll_call_the_page_says_so(world: World) -> None:
    assert "Ingen oversikt er laget ennå." in world.berit.get("/rollcall").text


@pytest.mark.parametrize("dialect", EITHER)
def test_the_numbers_stand_in_one_sentence(world: World) -> None:
    world.call()
    page = text_of(world.berit.get("/rollcall"))

    assert "Alle er gjort rede for. 1 registrert: 1 har neste oppgave" in page
    assert "Varslingen hadde da sist gått" in page


def test_an_old_count_says_first_that_it_is_old_and_not_that_all_are_there(world: World) -> None:
    world.call(Kind.MORNING, later=-timedelta(hours=3))
    page = text_of(world.berit.get("/rollcall"))

    assert "Tallene er gamle: det er 3 timer siden det ble talt opp." in page
    assert "Ingen vet om alle er gjort rede for nå." in page
    assert "for 3 timer siden" in page
    assert "Alle er gjort rede for." not in page
    assert "var alle gjort rede for." in page
    assert page.index("Tallene er gamle") < page.index("kan leses og signeres når det er talt opp")


def test_an_old_count_is_not_offered_for_signing_and_is_refused_with_nothing_lost(
    world: World,
) -> None:
    morning = world.call(Kind.MORNING, later=-timedelta(hours=3))
    for page in ("/rollcall", f"/rollcall/{morning}"):
        assert "Jeg har lest dette" not in world.berit.get(page).text

    refused = world.berit.post(f"/rollcall/{morning}/read")

    assert refused.status_code == 409
    assert "ingenting er signert" in text_of(refused)
    world.call()
    assert "Jeg har lest dette" in world.berit.get(f"/rollcall/{morning}").text
    assert world.berit.post(f"/rollcall/{morning}/read").status_code == 303


def test_an_unread_morning_before_an_old_count_says_how_old_that_is_and_is_not_offered(
    world: World,
) -> None:
    morning = world.call(Kind.MORNING, later=-timedelta(hours=9))
    world.call(later=-timedelta(hours=4))

    assert "Les den og signer" not in world.berit.get("/rollcall").text
    page = text_of(world.berit.get(f"/rollcall/{morning}"))
    assert "det er 4 timer siden det ble talt opp" in page
    assert "Jeg har lest dette" not in page


def test_how_old_it_is_is_said_in_days_where_it_is_days(world: World) -> None:
    world.call(later=-timedelta(days=51))
    assert "for 51 dager siden" in text_of(world.berit.get("/rollcall"))


def test_a_count_of_this_minute_is_not_said_to_be_zero_minutes_old(world: World) -> None:
    world.call(later=timedelta())
    page = text_of(world.berit.get("/rollcall"))

    assert "for under ett minutt siden" in page


def test_a_count_within_the_limit_of_the_watch_is_not_old(world: World) -> None:
    world.call(later=-timedelta(minutes=29))
    page = text_of(world.berit.get("/rollcall"))

    assert "Tallene er gamle" not in page
    assert "for 29 minutter siden" in page


def test_whoever_is_missing_is_named_by_id_and_reason(world: World) -> None:
    with world.database.transaction() as session:
        lost = a_case_row(
            session, world.site, due_at=world.now - timedelta(hours=2), at=world.now
        ).id
    world.call()
    page = world.berit.get("/rollcall").text

    assert "1 er ikke gjort rede for." in page
    assert str(lost) in page
    assert f'href="/cases/{lost}"' in page
    assert "Varslingen av oppgaven har stanset" in page


def test_it_is_for_those_who_lead(world: World) -> None:
    world.call()

    refused = world.anna.get("/rollcall")
    assert refused.status_code == 403
    assert "teamleder" in refused.text
    assert 'href="/rollcall"' not in world.anna.get("/called").text
    assert 'href="/rollcall"' in world.berit.get("/called").text


@pytest.mark.parametrize("dialect", EITHER)
def test_a_lead_signs_the_morning_once_and_by_name(world: World) -> None:
    morning = world.call(Kind.MORNING)
    world.call(later=timedelta(minutes=10))
    page = world.berit.get("/rollcall").text
    assert f'href="/rollcall/{morning}"' in page
    assert "ikke lest av en leder ennå" in page

    assert "Jeg har lest dette" in world.berit.get(f"/rollcall/{morning}").text
    done = world.berit.post(f"/rollcall/{morning}/read")
    assert done.headers["Location"] == "/rollcall?notice=rollcall.notices.read"
    with world.database.session() as session:
        assert session.scalars(
            sa.select(RollCallRow.read_by).where(RollCallRow.kind == "morning")
        ).all() == [world.site.berit.id]
    assert "Lest av Berit" in text_of(world.dina.get(f"/rollcall/{morning}"))
    assert world.dina.post(f"/rollcall/{morning}/read").status_code == 409
    assert world.anna.post(f"/rollcall/{morning}/read").status_code == 403
