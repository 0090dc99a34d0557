"""Relatives over HTTP: by status, body, refusals and who may."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bindeledd.features.cases.service.writing import Recorded
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import Site, a_site, an_open_case
from doors import Door, a_door, an_app


class World:
    """An open case in the team of Anna and Berit, and their doors; and Carl's."""

    def __init__(self, database: Database, home: Path) -> None:
        at = clock.now() - timedelta(hours=1)
        with database.transaction() as session:
            self.site: Site = a_site(session, at)
            self.case: Recorded = an_open_case(session, self.site, at=at, discharged_at=at)
        app = an_app(database, home)
        self.anna: Door = a_door(app, database, self.site.anna)
        self.berit: Door = a_door(app, database, self.site.berit)
        self.carl: Door = a_door(app, database, self.site.carl)

    @property
    def patient(self) -> UUID:
        return self.case.case.patient_id


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def add(world: World) -> str:
    said = {"name": "Máret", "relation": "søster", "phone": "41234567"}
    answer = world.anna("POST", f"/patients/{world.patient}/relatives", said)
    assert answer.status_code == 201, answer.json
    assert answer.json is not None
    return str(answer.json["id"])


def test_a_relative_is_added_changed_and_shown(world: World) -> None:
    relative = add(world)

    changed = world.anna(
        "PATCH", f"/relatives/{relative}", {"unsafe_to_contact": True}, If_Match='"1"'
    )
    stale = world.anna("PATCH", f"/relatives/{relative}", {"name": "X"}, If_Match='"1"')

    assert (changed.status_code, stale.status_code) == (200, 409)
    shown = world.anna("GET", f"/patients/{world.patient}/relatives").json
    assert shown is not None
    assert [(r["name"], r["unsafe_to_contact"]) for r in shown["relatives"]] == [("Máret", True)]
    assert (shown["family"], shown["children_asked_at"]) == (None, None)


def test_consent_is_given_and_withdrawn_once(world: World) -> None:
    path = f"/relatives/{add(world)}/consents"

    given = world.anna("POST", path, {"what": ["plan"], "since": "2026-03-02"}).json
    assert given is not None
    consent = given["consents"][0]["id"]
    first = world.anna("POST", f"{path}/{consent}/withdraw", {"on": "2026-03-09"})
    second = world.anna("POST", f"{path}/{consent}/withdraw", {})

    assert (first.status_code, second.status_code) == (200, 409)
    assert first.json is not None
    assert first.json["consents"][0]["withdrawn_on"] == "2026-03-09"


def test_asking_ends_what_was_owed_and_keeps_the_answer(world: World) -> None:
    case = f"/cases/{world.case.case.id}"
    children = {"children": [{"born_year": 2015}], "siblings": [], "child_contact_told": True}

    relatives = world.anna("POST", f"{case}/relatives-asked", {"answer": "declined"})
    asked = world.anna("POST", f"{case}/children-asked", children)

    assert (relatives.status_code, asked.status_code) == (204, 204)
    shown = world.anna("GET", f"/patients/{world.patient}/relatives").json
    assert shown is not None
    assert shown["family"]["children"] == [{"born_year": 2015}]
    assert shown["children_asked_at"] is not None


@pytest.mark.parametrize("told", [True, False])
def test_only_not_told_is_owed_to_whoever_is_responsible_for_children(
    world: World, told: bool
) -> None:
    case = f"/cases/{world.case.case.id}"
    said = {"children": [{"born_year": 2015}], "child_contact_told": told}
    assert world.anna("POST", f"{case}/children-asked", said).status_code == 204

    shown = world.anna("GET", case).json
    assert shown is not None
    open_ = [one["kind"] for one in shown["tasks"] if one["state"] == "open"]
    assert ("tell_child_contact" in open_) is not told


def test_an_answer_about_children_is_taken_back_by_its_own_door(world: World) -> None:
    case = f"/cases/{world.case.case.id}"
    world.anna("POST", f"{case}/children-asked", {"children": [{"born_year": 2015}]})
    events = world.anna("GET", case).json["events"]  # type: ignore[index]
    wrong = {
        "events": [one["id"] for one in events if one["kind"] == "children_asked"],
        "words": "Feil person",
    }

    elsewhere = world.anna("POST", f"{case}/events/in-error", wrong)
    answer = world.anna("POST", f"{case}/children-asked/in-error", wrong)

    assert (elsewhere.status_code, answer.status_code) == (409, 204)
    shown = world.anna("GET", f"/patients/{world.patient}/relatives").json
    assert shown is not None
    assert (shown["family"], shown["children_asked_at"]) == (None, None)


def test_an_objection_is_recorded_decided_and_ended(world: World) -> None:
    relative = f"/relatives/{add(world)}"
    world.anna("PATCH", relative, {"carer": "parental_responsibility"})

    early = world.anna("POST", f"{relative}/objection/decide", {"respected": True})
    objects = world.anna("POST", f"{relative}/objection", {"words": "er redd"})
    own = world.anna("POST", f"{relative}/objection/decide", {"respected": True})
    silent = world.berit("POST", f"{relative}/objection/decide", {"respected": True, "words": " "})
    decided = world.berit(
        "POST", f"{relative}/objection/decide", {"respected": True, "words": "Legen sier det."}
    )
    ended = world.anna("POST", f"{relative}/objection/end")

    assert [one.status_code for one in (early, objects, own, silent, decided, ended)] == [
        409,
        200,
        403,
        422,
        200,
        200,
    ]
    assert decided.json is not None
    assert decided.json["objection"]["respected"] is True
    assert decided.json["objection"]["decision_words"] == "Legen sier det."
    assert decided.json["carer"] == "parental_responsibility"


def test_for_another_team_nothing_is_there(world: World) -> None:
    relative = add(world)
    case = world.case.case.id

    answers = [
        world.carl("GET", f"/patients/{world.patient}/relatives"),
        world.carl("POST", f"/patients/{world.patient}/relatives", {"name": "X"}),
        world.carl("PATCH", f"/relatives/{relative}", {"name": "X"}),
        world.carl(
            "POST", f"/relatives/{relative}/consents", {"what": ["plan"], "since": "2026-03-02"}
        ),
        world.carl("POST", f"/relatives/{relative}/consents/{uuid4()}/withdraw", {}),
        world.carl("POST", f"/relatives/{relative}/objection", {}),
        world.carl("POST", f"/relatives/{relative}/objection/decide", {"respected": True}),
        world.carl("POST", f"/relatives/{relative}/objection/end"),
        world.carl(
            "POST",
            f"/cases/{case}/children-asked/in-error",
            {"events": [str(uuid4())], "words": "?"},
        ),
        world.carl("POST", f"/cases/{case}/relatives-asked", {"answer": "none"}),
        world.carl("POST", f"/cases/{case}/children-asked", {"children": [], "siblings": []}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 11


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("relatives-asked", {"answer": "kanskje"}),
        ("relatives-asked", {}),
        ("children-asked", {"children": [{"name": "Per"}], "siblings": []}),
        ("children-asked", {"children": [{"born_year": 2999}], "siblings": []}),
    ],
)
def test_what_makes_no_sense_is_refused(world: World, path: str, body: object) -> None:
    answer = world.anna("POST", f"/cases/{world.case.case.id}/{path}", body)

    assert answer.status_code == 422
