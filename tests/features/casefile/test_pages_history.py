"""A case with hundreds of contacts: as light to open as any, and all of its history to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.queries import events_of
from bindeledd.foundation.db import Database
from builders import a_book
from features.casefile.following import World
from visitors import EITHER, Visitor, text_of

CONTACTS, KEPT_LIGHT = 300, 60_000
LINK = re.compile(r'<li id="older"><a href="([^"]+)"')


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    made = World(fresh_database, tmp_path)
    kinds = (EventKind.CONTACT_ATTEMPTED, EventKind.REACHED)
    many = [
        NewEvent(
            kind=kinds[one % 2],
            at=made.at - timedelta(minutes=one / 10),
            note={"words": f"Samtale nummer {one} av mange."},
        )
        for one in range(CONTACTS)
    ]
    with fresh_database.transaction() as session:
        cases.record(session, made.case, many, by=made.site.anna, at=made.at, book=a_book())
    return made


def told(page: str) -> list[str]:
    return re.findall(r"Samtale nummer \d+ av", page)


def parts(visitor: Visitor, path: str) -> Iterator[str]:
    """The page, and every part that its link to what is older leads to."""
    while path:
        page = visitor.get(path)
        assert page.status_code == 200
        yield page.text
        found = LINK.search(page.text)
        path = found[1] if found else ""


@pytest.mark.parametrize("dialect", EITHER)
def test_a_case_of_three_hundred_contacts_is_light_and_says_how_many_more_there_are(
    world: World,
) -> None:
    page = world.anna.get(world.path())
    every = len(told(page.text))

    assert len(page.data) <= KEPT_LIGHT
    assert 0 < every < CONTACTS
    assert re.search(r"Eldre: 28\d hendelser til", text_of(page))


@pytest.mark.parametrize("path", ["", "mistakes"])
def test_all_of_the_history_is_read_once_by_its_links(world: World, path: str) -> None:
    read = [line for page in parts(world.anna, world.path(path)) for line in told(page)]

    assert len(read) == CONTACTS
    assert len(set(read)) == CONTACTS


def test_each_part_is_written_down_as_the_case_is(world: World) -> None:
    seen = len(list(parts(world.anna, world.path())))

    assert seen > 5
    assert world.acts().count("case.shown") == seen


def test_drawn_in_its_place_a_part_is_lines_only_and_the_first_of_them_can_be_stood_on(
    world: World,
) -> None:
    link = LINK.search(world.anna.get(world.path()).text)
    assert link is not None
    below = world.anna.beside.get(link[1]).text

    assert below.strip().startswith("<li")
    assert below.count("tabindex") == 1
    assert "<html" not in below


def test_behind_a_line_of_another_case_stands_no_page(world: World) -> None:
    with world.database.transaction() as session:
        of_mine = events_of(session, world.case)[0].id
    mine = world.anna.get(world.path(f"history?before={of_mine}"))
    no_line = world.anna.get(world.path(f"history?before={world.case}"))

    assert (mine.status_code, no_line.status_code) == (200, 404)


def test_whoever_may_not_see_the_case_reads_nothing_of_its_history(world: World) -> None:
    assert world.carl.get(world.path("history")).status_code == 404
