"""A name or an address is as long on a page as over HTTP: said at the field, the words kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bindeledd.foundation.db import Database
from bindeledd.foundation.http.fields import AT_MOST
from features.casefile.following import NAME, World
from visitors import text_of


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("field", ["name", "address", "municipality", "language"])
def test_too_long_a_field_of_the_person_is_refused_with_what_was_typed(
    world: World, field: str
) -> None:
    long = "Å" * (AT_MOST[field] + 1)
    said = {"name": NAME, "version": world.version(), field: long}

    page = world.anna.post(world.path("person"), said)

    assert page.status_code == 422
    assert f"Høyst {AT_MOST[field]} tegn." in text_of(page)
    assert long in page.text


def test_the_longest_that_is_allowed_is_taken(world: World) -> None:
    long = "Å" * AT_MOST["address"]
    said = {"name": NAME, "version": world.version(), "address": long}

    assert world.anna.post(world.path("person"), said).status_code == 303


def test_too_long_a_name_registers_nobody_and_stands_in_the_form(world: World) -> None:
    long = "Å" * (AT_MOST["name"] + 1)
    said = {"name": long, "index_kind": "self_harm", "happened_on": "1.1.2026", "discharged": "no"}

    page = world.anna.post("/register", said)

    assert page.status_code == 422
    assert f"Høyst {AT_MOST['name']} tegn." in text_of(page)
    assert long in page.text
