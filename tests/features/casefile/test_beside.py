"""A row that is open beside its list: a part of a page like any other that carries a patient."""

from __future__ import annotations

from uuid import UUID

import pytest

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.foundation.ids import new_id
from builders import a_task_row
from features.casefile.following import NAME, World
from features.casefile.test_outside import world
from statements import statements
from visitors import text_of

__all__ = ["world"]

LIGHT = 30_000


def task_of(world: World) -> UUID:
    found: UUID = world.open("call_patient")[0].id
    return found


def test_it_says_who_it_is_what_is_owed_how_to_reach_them_and_what_happened(world: World) -> None:
    page = text_of(world.anna.beside.get(f"/tasks/{task_of(world)}"))

    for words in (NAME, "Ring pasienten", "99 11 22 33", "Det siste som skjedde", "Utskrevet"):
        assert words in page


def test_it_is_a_part_and_no_whole_page(world: World) -> None:
    assert "<html" not in world.anna.beside.get(f"/tasks/{task_of(world)}").text


@pytest.mark.parametrize("again", ["", "/anew"])
def test_whom_it_shows_is_written_down_before_it_leaves(world: World, again: str) -> None:
    before = world.reads()
    world.anna.beside.get(f"/tasks/{task_of(world)}{again}")

    assert world.reads() == before + 1
    assert [row.act for row in world.all(AuditEventRow)][-1] == "case.shown"


def test_whoever_comes_by_its_address_is_led_to_the_case_at_that_task(world: World) -> None:
    task = task_of(world)
    told = world.anna.get(f"/tasks/{task}")

    assert (told.status_code, told.headers["Location"]) == (303, world.path() + f"#task-{task}")


def test_for_another_team_it_is_not_found_as_if_there_were_none(world: World) -> None:
    told = world.carl.beside.get(f"/tasks/{task_of(world)}")
    none = world.carl.beside.get(f"/tasks/{new_id()}")

    assert (told.status_code, none.status_code) == (404, 404)
    assert NAME not in told.text


def test_what_has_no_follow_up_has_no_row_here(world: World) -> None:
    with world.database.transaction() as session:
        call = a_task_row(
            session,
            world.site,
            case=None,
            subject=new_id(),
            kind="answer_call",
            due_at=world.at,
            at=world.at,
        )

    assert world.anna.beside.get(f"/tasks/{call}").status_code == 404


def test_it_is_as_light_as_any_page_after_the_first(world: World) -> None:
    assert len(world.anna.beside.get(f"/tasks/{task_of(world)}").data) <= LIGHT


def test_it_asks_the_database_less_often_than_the_case_does(world: World) -> None:
    task = task_of(world)
    world.anna.get(world.path())
    with statements(world.database.engine) as whole:
        world.anna.get(world.path())
    with statements(world.database.engine) as part:
        world.anna.beside.get(f"/tasks/{task}")

    assert len(part) < len(whole), part
