"""The drawn timeline on the screen of a case: what is drawn, in words too, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book
from features.casefile.following import NAME, PHONE, World
from visitors import text_of


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def tried(world: World, times: int) -> None:
    """So many attempts since the discharge, a second apart."""
    now = clock.now()
    with world.database.transaction() as session:
        cases.record(
            session,
            world.case,
            [
                NewEvent(kind=EventKind.CONTACT_ATTEMPTED, at=now - timedelta(seconds=one))
                for one in range(times)
            ],
            by=world.site.anna,
            at=now,
            book=a_book(),
        )


def drawn(world: World, page: str = "") -> str:
    [svg] = re.findall(r'<svg class="drawn".*?</svg>', world.anna.get(world.path(page)).text, re.S)
    return str(svg)


def test_the_case_is_drawn_with_a_name_and_where_it_stands_in_words(world: World) -> None:
    svg = drawn(world)

    assert 'role="img" aria-labelledby="drawn-title drawn-desc"' in svg
    assert "Det samme står i ord" in svg
    assert 'href="#history"' in world.anna.get(world.path()).text


def test_the_box_can_be_reached_and_scrolled_by_keyboard(world: World) -> None:
    page = world.anna.get(world.path()).text

    assert re.search(r'<div class="drawn-box" role="region" tabindex="0" aria-labelledby', page)


def test_the_drawing_has_no_style_and_no_script_of_its_own(world: World) -> None:
    assert re.findall(r"style|script|href|\bon\w+=", drawn(world)) == []


def test_the_drawing_names_nobody_and_no_number(world: World) -> None:
    svg = drawn(world)

    assert [said for said in (NAME, "Kari", "Anna", PHONE, "99 11") if said in svg] == []


def test_what_is_drawn_is_read_with_the_page_and_written_down_once(world: World) -> None:
    before = world.reads()

    drawn(world)

    assert world.reads() == before + 1


@pytest.mark.parametrize("times", [1, 5, 300])
def test_each_attempt_is_in_the_drawing_however_many_there_are(world: World, times: int) -> None:
    tried(world, times)

    out = re.findall(r'<g class="mark mark-hollow"><title>(.*?)</title>', drawn(world), re.S)
    [told] = [one for one in out if "Prøvde å få kontakt" in one]
    more = re.search(r"\+(\d+)$", told)
    assert told.count("Prøvde å få kontakt") + (int(more.group(1)) if more else 0) == times


def test_only_what_is_late_is_red(world: World) -> None:
    assert "window-late" not in drawn(world)


def test_what_is_owed_next_has_a_link_at_the_top(world: World) -> None:
    page = world.anna.get(world.path())

    assert "Neste:" in text_of(page)
    assert re.search(r'<p class="next"><a href="#task-[0-9a-f-]{36}">', page.text)


def test_every_link_within_the_page_leads_somewhere(world: World) -> None:
    page = world.anna.get(world.path()).text

    ids = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_why_nobody_is_alerted_stands_on_each_row_without_opening_it(world: World) -> None:
    page = world.anna.get(world.path()).text

    rows = re.findall(r'<li id="task-.*?</li>', page, re.S)
    closed = [re.sub(r"<details.*?</details>", "", row, flags=re.S) for row in rows]
    assert rows
    assert [row for row in closed if "Varsling:" not in row] == []
