"""A task is given to a colleague on its own page: to one of the team who is at work."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bindeledd.features.staff.service.absences import away
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from features.casefile.following import World
from visitors import EITHER, text_of

GIVE = "Gi den til en kollega"
both = pytest.mark.parametrize("dialect", EITHER)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def a_task(world: World) -> TaskRow:
    return min(world.open("call_patient"), key=lambda row: row.due_at)


def given(world: World, to: object) -> Any:
    path = world.path(f"tasks/{a_task(world).id}/hold")
    return world.anna.post(path, {"take": "given", "to": str(to)})


@both
def test_whoever_it_is_given_to_has_it_and_the_team_owns_it(world: World) -> None:
    done = given(world, world.site.berit.id)

    assert done.status_code == 303
    assert "Kollegaen har oppgaven" in text_of(world.anna.get(done.headers["Location"]))
    assert (a_task(world).held_by, a_task(world).owner_team_id) == (
        world.site.berit.id,
        world.site.team,
    )


def test_it_is_offered_for_those_of_the_team_and_not_for_oneself(world: World) -> None:
    page = world.anna.get(world.path(f"tasks/{a_task(world).id}")).text

    assert GIVE in page
    assert f'value="{world.site.berit.id}"' in page
    assert f'value="{world.site.anna.id}"' not in page
    assert f'value="{world.site.carl.id}"' not in page


def is_away(world: World) -> None:
    at = clock.now()
    with world.database.transaction() as session:
        away(
            session,
            world.site.berit.id,
            since=at - timedelta(hours=1),
            until=at + timedelta(days=1),
            by=world.site.berit,
            at=at,
        )


def test_who_is_away_is_not_offered_and_not_given_it_by_a_page_from_before(world: World) -> None:
    is_away(world)

    page = world.anna.get(world.path(f"tasks/{a_task(world).id}")).text
    refused = given(world, world.site.berit.id)

    assert f'value="{world.site.berit.id}"' not in page
    assert (refused.status_code, a_task(world).held_by) == (422, None)
    assert "Kollegaen er borte nå" in refused.text


@both
def test_a_task_that_somebody_took_meanwhile_stays_theirs(world: World) -> None:
    page = world.anna.get(world.path(f"tasks/{a_task(world).id}")).text
    [version] = set(re.findall(r'name="version" value="([0-9]+)"', page))
    given(world, world.site.berit.id)

    path = world.path(f"tasks/{a_task(world).id}/hold")
    refused = world.anna.post(path, {"take": "yes", "version": version})

    assert refused.status_code == 409
    assert "Noen har gjort noe med oppgaven" in refused.text
    assert a_task(world).held_by == world.site.berit.id


@pytest.mark.parametrize("to", ["", "carl", "nobody"])
def test_only_somebody_of_the_team_can_be_given_it(world: World, to: str) -> None:
    whom = {"carl": world.site.carl.id, "nobody": uuid4()}.get(to, "")

    refused = given(world, whom)

    assert refused.status_code == 422
    assert 'href="#to"' in refused.text
    assert a_task(world).held_by is None
