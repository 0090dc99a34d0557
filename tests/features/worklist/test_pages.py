"""My day as a page: its parts, marks, filters and pages; and *away today*, two clicks from it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.patients.domain import Identity
from bindeledd.features.staff.tables import AbsenceRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from features.worklist.a_day import NAME, World
from features.worklist.builders import seal_identity
from visitors import EITHER, Visitor, text_of


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def test_an_acute_concern_stands_above_the_list_whatever_is_filtered(world: World) -> None:
    world.owe(-30)
    acute = world.owe(0.2, kind="acute_concern")
    for path in ("/day", "/day?kind=call_patient", "/day?person=me"):
        page = world.anna.get(path).text
        assert page.count(f"#task-{acute}") == 1
        assert page.index('id="part-acute"') < page.index(f"#task-{acute}")
        assert page.index(f"#task-{acute}") < page.index("figures")
    assert "Akutt bekymring" not in text_of(world.carl.get("/day")).split("Alle oppgaver")[0]


@pytest.mark.parametrize("dialect", EITHER)
def test_the_day_shows_what_is_owed_and_leads_to_the_case_at_that_task(world: World) -> None:
    task = world.owe(-3)
    answer = world.anna.get("/day")
    page = text_of(answer)

    for words in ("Over fristen", "3 timer for sent", "Ring pasienten", NAME):
        assert words in page
    assert f'href="/cases/{world.case}#task-{task}"' in answer.text
    assert f'href="/cases/{world.case}/contact"' in answer.text
    shown = [row.id for row in world.all(AuditEventRow) if row.act == "worklist.shown"]
    assert [row.subject_id for row in world.all(AuditSubjectRow) if row.event_id in shown] == [
        world.patient
    ]


def test_another_team_sees_an_empty_list_that_says_what_comes(world: World) -> None:
    world.owe(-3)
    page = text_of(world.carl.get("/day"))

    assert NAME not in page
    assert "Ingen oppgaver venter" in page


def test_marks_stand_beside_the_name(world: World) -> None:
    with world.database.transaction() as session:
        said = Identity(full=NAME, interpreter=True, protected_address=True)
        seal_identity(session, world.site, world.patient, said)
    page = text_of(world.anna.get("/day"))

    assert "Trenger tolk" in page
    assert "Adressesperre" in page


def test_filters_are_kept_in_the_address_and_on_the_page(world: World) -> None:
    world.owe(-3, held_by=world.site.anna.id)
    world.owe(-2, kind="give_appointment", held_by=world.site.berit.id)
    mine = world.anna.get("/day?person=me&kind=call_patient")
    nobodys = text_of(world.anna.get("/day?person=nobody&kind=call_patient"))
    berits = text_of(world.anna.get(f"/day?person={world.site.berit.id}"))

    assert text_of(mine).count(NAME) == 2  # in the row, and for those who hear the page
    assert '<option value="me" selected>' in mine.text
    assert "Ingenting passer med filteret." in nobodys
    assert "2 timer for sent" in berits
    assert "3 timer for sent" not in berits


def test_a_team_that_is_not_ones_own_is_not_there(world: World) -> None:
    assert world.anna.get(f"/day?team={world.site.other_team}").status_code == 404
    assert world.anna.get("/day?after=noe").status_code == 422


def test_more_than_a_page_goes_on_where_it_stopped(world: World) -> None:
    tasks = [world.owe(-3 - number / 10) for number in range(60)]
    seen: list[str] = []
    path = "/day?kind=call_patient"
    for _ in range(2):
        answer = world.anna.get(path)
        seen += re.findall(r"#task-([0-9a-f-]{36})", answer.text)
        found = re.search(r'href="(/day\?after=[^"]+)"', answer.text)
        path = found.group(1).replace("&amp;", "&") if found else ""

    assert path == ""
    assert len(seen) == len(set(seen)) >= 60
    assert {str(task) for task in tasks} <= set(seen)


def test_what_has_no_case_leads_to_the_call_or_the_message(world: World) -> None:
    call, message = new_id(), new_id()
    world.owe(-2, case=None, subject=call, kind="answer_call")
    world.owe(-1, case=None, subject=message, kind="decide_message")
    page = world.anna.get("/day").text

    assert f'href="/calls/{call}"' in page
    assert f'href="/queue/{message}"' in page
    assert "Venter på avgjørelse" in page


def test_what_somebody_has_seen_says_until_when(world: World) -> None:
    world.owe(-3)
    with world.database.transaction() as session:
        until = world.at + timedelta(hours=5)
        session.execute(sa.update(TaskRow).values(seen_until=until, seen_by=world.site.anna.id))

    assert "sett til" in text_of(world.anna.get("/day"))


@pytest.mark.parametrize("dialect", EITHER)
def test_away_today_gives_what_one_holds_back_to_the_team(world: World) -> None:
    world.owe(3, held_by=world.site.anna.id)
    assert 'href="/away"' in world.anna.get("/day").text
    assert "Borte resten av dagen" in text_of(world.anna.get("/away"))
    done = world.anna.post("/away")

    assert done.status_code == 303
    assert "tilbake hos teamet" in text_of(world.anna.get(done.headers["Location"]))
    assert world.held() == []
    assert len(world.all(AbsenceRow)) == 1


def test_away_twice_is_refused_and_back_again_ends_it(world: World) -> None:
    world.anna.post("/away")
    again = world.anna.post("/away", {"until_on": "2099-01-01", "stand_in": world.site.berit.id})
    assert again.status_code == 422
    assert "Det står allerede et fravær" in again.text
    assert 'value="2099-01-01"' in again.text
    back = world.anna.post("/away/back")

    assert back.status_code == 303
    assert world.all(AbsenceRow)[0].until <= clock.now()


def test_with_a_stand_in_the_tasks_stay_and_a_day_that_was_is_refused(world: World) -> None:
    world.owe(3, held_by=world.site.anna.id)
    past = world.anna.post("/away", {"until_on": "2020-01-01"})
    assert "Slutten må komme etter begynnelsen" in past.text
    world.anna.post("/away", {"stand_in": world.site.berit.id})

    assert len(world.held()) == 1
    assert world.all(AbsenceRow)[0].stand_in_id == world.site.berit.id
    day = text_of(world.berit.get("/day"))
    assert "Du er stedfortreder for Anna" in day
    assert "Du er stedfortreder" not in text_of(world.anna.get("/day"))
    world.berit.post("/away")
    assert "stedfortrederen er også borte" in text_of(world.anna.get("/away"))


def test_nobody_else_is_sent_away_by_this_page(world: World) -> None:
    assert Visitor(world.anna.app, "nobody").post("/away").status_code in (303, 401)
    assert world.all(AbsenceRow) == []
