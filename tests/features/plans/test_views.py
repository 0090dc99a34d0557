"""The plan over HTTP: whole, by version, saved once, refused where another version was saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bindeledd.foundation.db import Database
from doors import a_door
from features.casefile.following import World
from visitors import EITHER

BODY: dict[str, Any] = {
    "base": 0,
    "person": True,
    "relatives": "none_available",
    "services": ["municipality"],
    "sections": {"wishes": "Ro"},
    "measures": [{"what": "Ringer tirsdag", "whose": "municipality", "owner": "Per"}],
}


@pytest.fixture
def dialect() -> str:
    return "sqlite"


class Doors(World):
    def __init__(self, database: Database, home: Path) -> None:
        super().__init__(database, home)
        self.door = a_door(self.app, database, self.site.anna)
        self.other = a_door(self.app, database, self.site.carl)
        self.at_plan = f"/cases/{self.case}/plan"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> Doors:
    return Doors(fresh_database, tmp_path)


@pytest.mark.parametrize("dialect", EITHER)
def test_s075_s211_the_plan_is_saved_once_under_its_key_and_read_whole(world: Doors) -> None:
    path = f"{world.at_plan}/versions"
    answers = [world.door("POST", path, BODY, Idempotency_Key="one") for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json["version"]["number"] == 1
    assert "Ro" not in answers[1].text, "whoever repeats it may not see the person any more"
    [event] = answers[0].json["recorded"]["events"]
    assert event["facts"]["plan_municipal_measure"] is True
    shown = world.door("GET", world.at_plan)
    assert shown.headers["ETag"] == '"1"'
    assert shown.json["version"]["words"]["sections"] == {"wishes": "Ro"}
    assert shown.json["version"]["words"]["took_part"]["relatives"] == "none_available"
    assert "early_signs" in [one["key"] for one in shown.json["not_yet"]]
    assert shown.json["locked"] is True
    listed = world.door("GET", path).json["versions"]
    assert [one["number"] for one in listed] == [1]
    one = world.door("GET", f"{path}/{listed[0]['id']}").json
    assert one["words"]["measures"] == BODY["measures"]


def test_a_version_that_was_not_read_is_not_saved_over(world: Doors) -> None:
    path = f"{world.at_plan}/versions"
    world.door("POST", path, BODY)

    late = world.door("POST", path, {**BODY, "sections": {"wishes": "Annet"}})

    assert late.status_code == 409
    assert late.json["type"] == "urn:bindeledd:plan.changed_meanwhile"
    assert world.door("GET", world.at_plan).json["latest"] == 1


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"sections": {}, "measures": []}, 422, "plan.empty"),
        ({"sections": {"relatives": "Mor"}}, 409, "plan.relatives_locked"),
        ({"sections": {"nobody": "x"}}, 422, "plan.no_such_section"),
        ({"facts": {"plan_complete": True}}, 422, "case.bad_fact"),
    ],
)
def test_what_makes_no_sense_says_what_is_wrong(
    world: Doors, wrong: dict[str, Any], status: int, code: str
) -> None:
    answer = world.door("POST", f"{world.at_plan}/versions", {**BODY, **wrong})

    assert (answer.status_code, answer.json["type"]) == (status, f"urn:bindeledd:{code}")


def test_whoever_may_not_see_the_follow_up_finds_nothing(world: Doors) -> None:
    path = f"{world.at_plan}/versions"
    made = world.door("POST", path, BODY).json["version"]["id"]

    for one in (world.at_plan, path, f"{path}/{made}"):
        assert world.other("GET", one).status_code == 404
    assert world.other("POST", f"{world.at_plan}/versions", BODY).status_code == 404
    assert world.door("GET", f"{world.at_plan}/versions/{world.case}").status_code == 404
