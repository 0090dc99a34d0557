"""Somebody bereaved is registered by hand: page, HTTP, what is stored and what is told to nobody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.casefile.service.moving import move_to_right_person
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import local_day
from bindeledd.foundation.spelling import OSLO
from doors import a_door, an_app
from features.intake.builders import BOOK, IŊGÁ
from features.intake.test_pages import PERSON, World, both
from visitors import text_of

BEREAVED = {
    "name": "Kari Prøve",
    "phone": "99 88 77 66",
    "origin": "psychosocial_crisis_team",
    "told_by": "Per i kriseteamet",
    "told_on": "1.3.2026",
    "relation": "Kollega i mange år",
    "words": "Ringer helst etter fire.",
}
SAID = {
    "name": "Kari Prøve",
    "origin": "police",
    "told_at": "2026-03-01T10:00:00+01:00",
    "relation": "Venn",
}


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def the_event(world: World, kind: str = "bereavement") -> EventRow:
    [found] = [one for one in world.all(EventRow) if one.kind == kind]
    return found


def owed(world: World) -> set[str]:
    return {task.step_key for task in world.all(TaskRow) if task.state == "open"}


def over_http(world: World, tmp_path: Path, body: dict[str, Any]) -> Any:
    door = a_door(an_app(world.database, tmp_path / "again"), world.database, world.site.anna)
    return door("POST", "/registrations/bereaved", body)


@both
def test_somebody_bereaved_is_followed_up_and_it_is_no_attempt(world: World) -> None:
    answer = world.eli.post("/register/bereaved", BEREAVED)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/register/done")
    assert [one.kind for one in world.all(EventRow)] == ["bereavement"]
    assert the_event(world).facts["origin"] == "psychosocial_crisis_team"
    assert "index_kind" not in the_event(world).facts
    [case] = world.all(CaseRow)
    assert case.next_task_id is not None


@both
def test_who_told_and_the_relation_are_sealed(world: World) -> None:
    world.eli.post("/register/bereaved", BEREAVED)

    with world.database.session() as session:
        stored = session.execute(sa.select(EventRow.__table__)).all()
    assert len(stored) == 1
    for words in ("Kollega", "kriseteamet", "Ringer"):
        assert words not in str(stored)
        assert words.encode() not in b"".join(one for one in stored[0] if isinstance(one, bytes))


def test_the_page_says_what_it_is_and_shows_what_was_said(world: World) -> None:
    world.eli.post("/register/bereaved", BEREAVED)
    [case] = world.all(CaseRow)

    page = text_of(world.eli.get(f"/cases/{case.id}"))

    for words in (
        "Etterlatt etter selvmord",
        "Kommunens kriseteam",
        "Per i kriseteamet ga beskjed",
        "Relasjon til den som døde: Kollega i mange år",
        "Gi personen en fast kontaktperson",
    ):
        assert words in page
    assert "Selvmordsforsøk" not in page


def test_a_contact_person_is_named_on_the_page_of_the_task_and_not_without_a_name(
    world: World,
) -> None:
    world.eli.post("/register/bereaved", BEREAVED)
    [case] = world.all(CaseRow)
    page = f"/cases/{case.id}/say/contact_person_named"

    assert world.eli.post(page, {"words": ""}).status_code == 422
    assert world.eli.post(page, {"words": "Anne, 412 34 567"}).status_code == 303
    assert "bereavement-contact-person" not in owed(world)
    assert f'href="{page}"' in world.eli.get(f"/cases/{case.id}").text


def test_the_page_of_registering_leads_there_and_back(world: World) -> None:
    assert 'href="/register/bereaved"' in world.eli.get("/register").text
    assert 'href="/register"' in world.eli.get("/register/bereaved").text


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"origin": ""}, "origin"),
        ({"told_on": ""}, "told_on"),
        ({"told_on": "1.1.2199"}, "told_on"),
        ({"name": "", "phone": ""}, "name"),
    ],
    ids=str,
)
def test_what_is_missing_is_said_at_its_field_and_the_words_stay(
    world: World, said: dict[str, str], field: str
) -> None:
    answer = world.eli.post("/register/bereaved", {**BEREAVED, **said})

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "Kollega i mange år" in answer.text


@pytest.mark.parametrize("door", ["page", "http"])
def test_what_is_heard_of_today_is_late_with_nothing(
    world: World, tmp_path: Path, door: str
) -> None:
    if door == "page":
        world.eli.post("/register/bereaved", {**BEREAVED, "told_on": local_day(clock.now())})
    else:
        midnight = clock.now().astimezone(OSLO).replace(hour=0, minute=0, second=0, microsecond=0)
        over_http(world, tmp_path, {**SAID, "told_at": midnight.isoformat(), "date_only": True})

    assert not the_event(world).date_only
    assert clock.now() - the_event(world).at < timedelta(minutes=5)


def test_it_is_registered_in_the_last_day_by_who_did_it(world: World) -> None:
    world.eli.post("/register/bereaved", BEREAVED)

    assert "Kari Prøve" in text_of(world.eli.get("/register/mine"))


@both
def test_an_attempt_of_somebody_bereaved_joins_the_follow_up_that_is_there(world: World) -> None:
    number = {"number": IŊGÁ.number}
    world.eli.post("/register/bereaved", {**BEREAVED, **number})
    world.eli.post("/register", {**PERSON, **number, "index_kind": "suicide_attempt"})

    assert world.count(CaseRow) == 1
    assert {"bereavement", "index_event"} <= {one.kind for one in world.all(EventRow)}
    assert {"bereavement-first-contact", "first-contact"} <= owed(world)


def test_of_a_follow_up_elsewhere_whoever_registers_learns_nothing_and_its_team_hears(
    world: World,
) -> None:
    number = {"number": IŊGÁ.number}
    world.eli.post("/register", {**PERSON, **number})
    answer = world.finn.post("/register/bereaved", {**BEREAVED, **number})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/register/done")
    assert world.count(CaseRow) == 1
    assert the_event(world, "acute_concern").facts["why"] == "registered_elsewhere"
    assert "Kari" not in world.finn.get("/register/done").text


@both
def test_over_http_it_is_the_same(world: World, tmp_path: Path) -> None:
    answer = over_http(world, tmp_path, SAID)

    assert (answer.status_code, set(answer.json)) == (201, {"id"})
    assert the_event(world).facts["origin"] == "police"
    assert world.count(MessageRow) == 0


@pytest.mark.parametrize("without", ["origin", "told_at"])
def test_over_http_who_told_and_when_are_needed(world: World, tmp_path: Path, without: str) -> None:
    body = {name: value for name, value in SAID.items() if name != without}

    assert over_http(world, tmp_path, body).status_code == 422


def test_nothing_is_heard_of_before_it_is_told(world: World, tmp_path: Path) -> None:
    ahead = clock.now().replace(year=2199).isoformat()

    assert over_http(world, tmp_path, {**SAID, "told_at": ahead}).status_code == 422


def test_a_bereavement_is_no_kind_of_index_event_over_http(world: World, tmp_path: Path) -> None:
    door = a_door(an_app(world.database, tmp_path / "again"), world.database, world.site.anna)
    body = {"name": "Kari", "happened_at": SAID["told_at"], "index_kind": "bereavement"}

    assert door("POST", "/registrations", body).status_code == 422


@both
def test_a_bereavement_of_the_wrong_person_is_moved_to_the_right_one_and_owed_there(
    world: World,
) -> None:
    world.eli.post("/register/bereaved", BEREAVED)
    wrong, [case] = the_event(world).id, world.all(CaseRow)
    world.eli.post("/register", {**PERSON, "name": "Nora Riktig", "phone": ""})
    [right] = [one for one in world.all(CaseRow) if one.id != case.id]
    with world.database.transaction() as session:
        move_to_right_person(
            session,
            case.id,
            [wrong],
            to_patient_id=right.patient_id,
            words={"words": "Feil person"},
            by=world.site.anna,
            at=clock.now(),
            book=BOOK,
        )

    there = [one for one in world.all(EventRow) if one.case_id == right.id]
    [moved] = [one for one in there if one.kind == "bereavement"]
    assert moved.facts["origin"] == "psychosocial_crisis_team"
    assert "bereavement-first-contact" in {
        task.step_key for task in world.all(TaskRow) if task.case_id == right.id
    }
