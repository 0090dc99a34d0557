"""Whoever asks, over HTTP: who they are, and the language that they read in. On both databases."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bindeledd.features.access.domain import Scope
from bindeledd.features.staff.tables import InstallationRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import Site, a_site
from doors import Door, a_door, an_app


class World:
    """A site, and the doors of Anna: one for everything, one for reading."""

    def __init__(self, database: Database, home: Path) -> None:
        with database.transaction() as session:
            session.execute(
                sa.insert(InstallationRow).values(id=1, environment="test", made_at=clock.now())
            )
            self.site: Site = a_site(session, clock.now())
        app = an_app(database, home)
        self.anna: Door = a_door(app, database, self.site.anna)
        self.reader: Door = a_door(app, database, self.site.anna, Scope.READ)


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def test_somebody_is_told_who_they_are_here(world: World) -> None:
    me = world.reader("GET", "/me").json

    assert me["id"] == str(world.site.anna.id)
    assert me["language"] is None
    assert me["teams"] == [str(world.site.team)]


def test_a_language_is_chosen_and_given_up_again(world: World) -> None:
    chosen = world.anna("PUT", "/me/language", {"language": "en"})
    kept = world.anna("GET", "/me").json["language"]
    refused = world.anna("GET", f"/patients/{uuid4()}")
    world.anna("PUT", "/me/language", {"language": None})

    assert (chosen.status_code, chosen.json["language"], kept) == (200, "en", "en")
    assert refused.headers["Content-Language"] == "en"
    assert world.anna("GET", "/me").json["language"] is None


def test_a_language_that_is_not_spoken_here_is_refused(world: World) -> None:
    answer = world.anna("PUT", "/me/language", {"language": "de"})

    assert answer.status_code == 422
    assert world.anna("GET", "/me").json["language"] is None


def test_a_token_for_reading_chooses_nothing(world: World) -> None:
    assert world.reader("PUT", "/me/language", {"language": "en"}).status_code == 403
