"""My day is light, asks the database as often for many rows as for few, and is drawn anew in place."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import ContactWay, Identity
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import an_open_case
from features.worklist.a_day import NAME, World
from features.worklist.builders import a_named_patient, seal_identity
from statements import statements
from visitors import EITHER, text_of

LIGHT = 30_000


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def fill(world: World, number: int) -> None:
    """So many rows, each of another person with a long name; two in three are late."""
    with world.database.transaction() as session:
        said = Identity(full=NAME, born_on=world.at.date().replace(year=1987))
        people = [a_named_patient(session, world.site) for _ in range(min(number, 60))]
        for one in people:
            seal_identity(session, world.site, one, said)
        cases = [an_open_case(session, world.site, at=world.at, patient=one) for one in people]
    for row in range(number):
        world.owe(row % 3 - 2, case=cases[row % len(cases)].case.id)


def test_fifty_rows_weigh_thirty_kilobytes_at_the_most(world: World) -> None:
    fill(world, 60)
    page = world.anna.get("/day")

    assert page.text.count("<tr") >= 50
    assert len(page.data) <= LIGHT


@pytest.mark.parametrize("dialect", EITHER)
@pytest.mark.parametrize("number", [5, 500])
def test_twelve_statements_are_enough_for_any_number_of_rows(world: World, number: int) -> None:
    fill(world, number)
    world.owe(-2, kind="acute_concern")
    world.owe(-40, kind="confirm_appointment")
    world.owe(-40, case=None, subject=new_id(), kind="answer_call")
    world.anna.get("/day")
    with statements(world.database.engine) as told:
        page = world.anna.get("/day")

    assert page.status_code == 200
    assert len(told) <= 12, told


def rings(world: World, *, safe: bool | None) -> str:
    """The link to ringing in the row of a person whose number was marked so."""
    with world.database.transaction() as session:
        way = ContactWay(value="91234567", safe_to_call=safe)
        by = world.site.anna
        patients.change_contact_ways(session, world.patient, [way], by=by, at=world.at)
    world.owe(1, kind="call_patient")
    page = world.anna.get("/day").text
    return page.split(f'<a href="/cases/{world.case}/contact">')[1].split("<i>")[0]


@pytest.mark.parametrize("dialect", EITHER)
def test_where_a_number_is_marked_not_safe_the_row_does_not_say_ring(world: World) -> None:
    assert rings(world, safe=False) == "Nummer ikke trygt"


@pytest.mark.parametrize("safe", [True, None])
def test_where_no_number_is_marked_not_safe_the_row_says_ring(
    world: World, safe: bool | None
) -> None:
    assert rings(world, safe=safe) == "Ring"


def options(page: str) -> set[str]:
    """The kinds that can be chosen."""
    select = page.split('<select class="ds-input" id="kind"')[1].split("</select>")[0]
    return set(re.findall(r'value="([^"]+)"', select))


@pytest.mark.parametrize("dialect", EITHER)
def test_the_kinds_to_choose_among_are_those_that_are_owed_and_the_chosen_one(
    world: World,
) -> None:
    world.owe(900, kind="answer_call", case=None, subject=new_id())
    owed = {row.kind for row in world.all(TaskRow) if row.state == "open"}

    assert options(world.anna.get("/day").text) == owed
    assert options(world.anna.get("/day?kind=sign_takeover").text) == owed | {"sign_takeover"}


# --- drawn anew in its place ----------------------------------------------------------------------


def poll_of(page: str) -> str:
    found = re.search(r'hx-get="(/day/changed[^"]+)"', page)
    assert found is not None
    return html.unescape(found.group(1))


@pytest.mark.parametrize("dialect", EITHER)
def test_the_poll_says_nothing_while_nothing_has_changed(world: World) -> None:
    world.owe(-3)
    poll = poll_of(world.anna.get("/day").text)

    assert (world.anna.beside.get(poll).status_code, world.anna.beside.get(poll).data) == (204, b"")


def test_the_poll_says_how_many_rows_are_new_and_how_many_gone(world: World) -> None:
    gone = world.owe(-3)
    poll = poll_of(world.anna.get("/day?person=nobody").text)
    world.owe(2)
    world.owe(3)
    with world.database.transaction() as session:
        held = sa.update(TaskRow).where(TaskRow.id == gone)
        session.execute(held.values(held_by=world.site.berit.id))
    told = world.anna.beside.get(poll)

    assert text_of(told) == "2 nye rader · 1 rad er borte"
    assert told.headers["HX-Trigger"] == "redraw"


def test_a_row_that_is_another_is_neither_new_nor_gone(world: World) -> None:
    task = world.owe(-3)
    poll = poll_of(world.anna.get("/day").text)
    with world.database.transaction() as session:
        seen = sa.update(TaskRow).where(TaskRow.id == task)
        session.execute(seen.values(held_by=world.site.berit.id))

    assert text_of(world.anna.beside.get(poll)) == "Noe i listen er endret"


def test_an_acute_concern_is_news_whatever_is_filtered(world: World) -> None:
    poll = poll_of(world.anna.get("/day?person=me").text)
    world.owe(0.2, kind="acute_concern")

    assert text_of(world.anna.beside.get(poll)) == "1 ny rad"


def test_the_poll_carries_no_patient_and_what_is_drawn_anew_is_written_down(world: World) -> None:
    poll = poll_of(world.anna.get("/day").text)
    world.owe(-3)
    before = len(world.all(AuditSubjectRow))
    assert NAME not in world.anna.beside.get(poll).text
    assert len(world.all(AuditSubjectRow)) == before
    drawn = world.anna.beside.get("/day/rows")

    assert NAME in drawn.text
    assert "<html" not in drawn.text
    assert [row.act for row in world.all(AuditEventRow)][-1] == "worklist.shown"
    assert {row.subject_id for row in world.all(AuditSubjectRow)} == {world.patient}


def test_what_is_drawn_anew_is_under_the_same_filter(world: World) -> None:
    page = world.anna.get("/day?person=me&kind=call_patient").text

    assert 'hx-get="/day/rows?person=me&amp;kind=call_patient"' in page
    assert "person=me" in poll_of(page)


def test_whoever_comes_to_a_part_by_its_address_gets_the_page_with_its_filter(world: World) -> None:
    for part in ("rows", "changed"):
        told = world.anna.get(f"/day/{part}?person=me&token=x")
        assert (told.status_code, told.headers["Location"]) == (303, "/day?person=me")


def test_a_list_under_which_the_session_ended_is_told_so_and_gets_no_log_in_page(
    world: World,
) -> None:
    answer = world.anna.app.test_client().get(
        "/day/rows", headers={"Accept": "text/html", "HX-Request": "true"}
    )

    assert answer.status_code == 401
    assert "Location" not in answer.headers
