"""Absence, duty, notes for the record and moving to the right person over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.features.access.domain import Scope
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.staff.tables import AbsenceRow, OnCallRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import an_open_case
from doors import Door, a_door
from features.casefile.following import World

DAY = timedelta(days=1)


class Doors(World):
    def __init__(self, database: Database, home: Path) -> None:
        super().__init__(database, home)
        site = self.site
        self.a, self.b, self.c = (
            a_door(self.app, database, one) for one in (site.anna, site.berit, site.carl)
        )
        self.reads: Door = a_door(self.app, database, site.anna, Scope.READ)

    def on(self, days: float) -> str:
        return (self.at + days * DAY).isoformat()


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> Doors:
    return Doors(fresh_database, tmp_path)


def test_an_absence_is_said_listed_and_taken_back(world: Doors) -> None:
    said = world.a("POST", "/absences", {"since": world.on(2), "until": world.on(4)})
    assert said.status_code == 201, said.text
    absence = said.json["absence"]["id"]
    assert (said.json["tasks"], said.json["appointments"]) == (0, 0)
    [listed] = world.b("GET", "/absences").json["absences"]
    assert (listed["id"], listed["cancelled_at"]) == (absence, None)
    assert world.c("GET", "/absences").json["absences"] == []

    twice = world.a("POST", "/absences", {"since": world.on(3), "until": world.on(5)})
    assert (twice.status_code, twice.json["type"].rpartition(":")[2]) == (409, "staff.already_away")
    assert world.c("POST", f"/absences/{absence}/cancel").status_code == 404
    assert world.reads("POST", f"/absences/{absence}/cancel").status_code == 403
    back = world.b("POST", f"/absences/{absence}/cancel")
    assert back.json["cancelled_by"] == str(world.site.berit.id)
    again = world.b("POST", f"/absences/{absence}/cancel")
    assert (again.status_code, again.json["type"].rpartition(":")[2]) == (
        404,
        "staff.absence_not_found",
    )
    assert world.a("POST", f"/members/{world.site.anna.id}/keep").json == {"kept": 0}


def test_one_that_has_begun_is_ended(world: Doors) -> None:
    absence = world.a("POST", "/absences", {"until": world.on(1)}).json["absence"]["id"]
    begun = world.a("POST", f"/absences/{absence}/cancel")
    assert (begun.status_code, begun.json["type"].rpartition(":")[2]) == (
        409,
        "staff.absence_begun",
    )
    assert world.c("POST", f"/members/{world.site.anna.id}/back").status_code == 403
    assert world.a("POST", f"/members/{world.site.anna.id}/back").status_code == 204
    [row] = world.all(AbsenceRow)
    assert row.until < world.at + DAY
    past = world.a("POST", "/absences", {"until": world.on(-3)})
    assert (past.status_code, past.json["type"].rpartition(":")[2]) == (422, "staff.not_forwards")


def test_a_lead_puts_somebody_on_call_and_takes_it_back(world: Doors) -> None:
    window = {
        "team_id": str(world.site.team),
        "member_id": str(world.site.carl.id),
        "starts_at": world.on(1),
        "ends_at": world.on(2),
    }
    assert world.a("POST", "/duty", window).status_code == 403
    made = world.b("POST", "/duty", window)
    assert made.status_code == 201, made.text
    [listed] = world.a("GET", "/duty").json["on_call"]
    assert listed == made.json
    assert world.b("POST", f"/duty/{listed['window_id']}/end").status_code == 200
    assert world.a("GET", "/duty").json["on_call"] == []
    assert world.all(OnCallRow)[0].ended_by == world.site.berit.id
    long = {**window, "ends_at": world.on(400)}
    assert (
        world.b("POST", "/duty", long).json["type"].rpartition(":")[2] == "staff.on_call_too_long"
    )


def test_a_note_is_read_and_said_to_stand_in_the_record(world: Doors) -> None:
    told = {"kind": "plan_offered", "words": "I jakka"}
    made = world.a("POST", f"/cases/{world.case}/events", told)
    assert made.status_code == 201, made.text
    [event] = [one["id"] for one in made.json["events"] if one["kind"] == "plan_offered"]
    listed = world.a("GET", "/epj").json
    assert ([one["event_id"] for one in listed["waiting"]], listed["count"]) == ([event], 1)
    assert "said" not in listed["waiting"][0]
    assert world.a("GET", f"/epj?team={world.site.other_team}").json["waiting"] == []
    assert world.a("GET", "/epj?after=x").status_code == 422
    assert "Registrert i Bindeledd av Anna" in world.a("GET", f"/epj/{event}").json["text"]
    assert world.c("GET", f"/epj/{event}").status_code == 404
    assert world.c("PUT", f"/epj/{event}", {"entered": True}).status_code == 404
    assert world.reads("PUT", f"/epj/{event}", {"entered": True}).status_code == 403

    marked = world.a("PUT", f"/epj/{event}", {"entered": True})
    assert marked.json == {"event_id": event, "case_id": str(world.case), "entered": True}
    assert world.a("GET", "/epj").json["waiting"] == []
    world.a("PUT", f"/epj/{event}", {"entered": False})
    assert world.a("GET", "/epj").json["count"] == 1


def test_an_event_is_moved_to_the_right_person(world: Doors) -> None:
    with world.database.transaction() as session:
        other = an_open_case(session, world.site, at=world.at).case
        unseen = an_open_case(
            session, world.site, at=world.at, team=world.site.other_team, by=world.site.carl
        ).case
    made = world.a(
        "POST", f"/cases/{world.case}/events", {"kind": "plan_offered", "words": "I jakka"}
    )
    [event] = [one["id"] for one in made.json["events"] if one["kind"] == "plan_offered"]
    body = {"events": [event], "to_patient_id": str(other.patient_id), "words": "Feil person"}
    path = f"/cases/{world.case}/move"

    assert world.a("POST", path, {**body, "words": ""}).status_code == 422
    assert world.c("POST", path, body).status_code == 404
    hidden = world.a("POST", path, {**body, "to_patient_id": str(unseen.patient_id)})
    assert hidden.status_code == 404
    assert world.a("POST", path, {**body, "events": [str(new_id())]}).status_code in (404, 409, 422)
    old = world.a("POST", path, body, If_Match='"1"')
    assert old.status_code == 412
    done = world.a("POST", path, body)
    assert done.status_code == 200, done.text
    assert done.json["right"]["case"]["id"] == str(other.id)
    assert list(done.json["events"]) == [event]
    there = [row for row in world.all(EventRow) if row.case_id == other.id]
    assert EventKind.PLAN_OFFERED in {EventKind(row.kind) for row in there}
