"""The case on one screen, and the roll call, over HTTP: by status, body and who may."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.rollcall import service as rollcall
from bindeledd.features.staff.tables import InstallationRow
from bindeledd.foundation import clock
from builders import a_site, an_open_case
from doors import a_door, an_app
from features.rollcall.builders import SILENCES
from features.worklist.builders import a_named_patient


class World:
    def __init__(self, database, home):
        now = clock.now()
        with database.transaction() as session:
            session.execute(
                sa.insert(InstallationRow).values(id=1, environment="test", made_at=now)
            )
            self.site = site = a_site(session, now)
            patient = a_named_patient(session, site)
            self.case = an_open_case(session, site, at=now, discharged_at=now, patient=patient).case
            self.statement = rollcall.call_the_roll(
                session, site.tenant, silences=SILENCES, at=now
            ).id
        app = an_app(database, home)
        self.anna = a_door(app, database, site.anna)
        self.berit = a_door(app, database, site.berit)
        self.carl = a_door(app, database, site.carl)


@pytest.fixture
def world(fresh_database, tmp_path):
    return World(fresh_database, tmp_path)


def test_a_case_is_shown_whole(world):
    answer = world.anna("GET", f"/cases/{world.case.id}/file")

    assert answer.status_code == 200
    assert answer.json["patient"]["identity"]["full"] == "Kari Prøve"
    assert answer.json["owed"][0]["alerting"]["text"]
    assert answer.headers["ETag"] == f'"{world.case.version}"'


def test_without_a_relation_it_is_not_there(world):
    answer = world.carl("GET", f"/cases/{world.case.id}/file")

    assert answer.status_code == 404


def test_each_who_has_what_was_wrong_is_told_over_http(world):
    case = f"/cases/{world.case.id}"
    for whom in ("Til 99 11 22 33", "Til søster"):
        sent = {"outcome": "message_sent_unconfirmed", "channel": "sms", "whom": whom}
        assert world.anna("POST", f"{case}/contacts", sent).status_code == 201
    begun = next(
        one
        for one in world.anna("GET", f"{case}/file").json["timeline"]
        if one["kind"] == "discharged"
    )
    wrong = {"events": [begun["id"]], "words": "Feil person"}
    assert world.anna("POST", f"{case}/events/in-error", wrong).status_code == 200
    owed = world.anna("GET", case).json["tasks"]
    [recall] = [one for one in owed if one["kind"] == "recall_sent" and one["state"] == "open"]
    task = f"{case}/tasks/{recall['id']}"

    named = world.anna("GET", f"{task}/receivers").json["receivers"]
    assert [one["to"] for one in named] == ["Til 99 11 22 33", "Til søster"]
    assert {(one["what"], one["channel"], one["to_patient"]) for one in named} == {
        ("contact_attempted", "sms", False)
    }
    assert [datetime.fromisoformat(one["at"]) for one in named] == sorted(
        datetime.fromisoformat(one["at"]) for one in named
    )
    assert world.carl("GET", f"{task}/receivers").status_code == 404
    nothing = world.anna("POST", f"{task}/complete", {})
    assert nothing.status_code == 422
    told = [{"to": one["to"], "said": f"Ringt, {number}"} for number, one in enumerate(named)]
    some = world.anna("POST", f"{task}/complete", {"told": told[:1], "words": "Ringt"})
    assert some.status_code == 422
    assert some.json["type"] == "urn:bindeledd:case.not_everyone_told"
    assert some.json["facts"] == {"left_out": 1, "lacking": [2]}
    for_all = world.anna("POST", f"{task}/complete", {"words": "Ringt begge"})
    assert for_all.json["facts"] == {"left_out": 2, "lacking": [1, 2]}
    assert world.anna("POST", f"{task}/complete", {"told": told}).status_code == 200

    notes = [one["note"] for one in world.anna("GET", f"{case}/file").json["timeline"]]
    assert {"told": told} in notes


def test_what_now_is_chosen_over_http(world):
    earlier = (clock.now() - timedelta(minutes=30)).isoformat()
    for when in ({"happened_at": earlier}, {}):
        world.anna("POST", f"/cases/{world.case.id}/contacts", {"outcome": "no_answer", **when})
    file = world.anna("GET", f"/cases/{world.case.id}").json
    [task] = [one["id"] for one in file["tasks"] if one["kind"] == "clinician_decides"]
    door = f"/cases/{world.case.id}/tasks/{task}"

    offered = world.anna("GET", f"{door}/choices")
    assert offered.status_code == 200
    needs = {one["key"]: one["needs"] for one in offered.json["choices"]}
    assert needs["acute_team"] == ["who"]
    assert world.carl("GET", f"{door}/choices").status_code == 404

    wrong = world.anna("POST", f"{door}/decide", {"choice": "acute_team", "words": "Nå"})
    assert (wrong.status_code, wrong.json["type"].split(":")[-1]) == (
        422,
        "task.who_answered_needed",
    )
    alone = world.anna("POST", f"{door}/complete", {"words": "Venter"})
    assert (alone.status_code, alone.json["type"].split(":")[-1]) == (409, "task.decided_by_choice")
    body = {"choice": "acute_team", "words": "Nå", "who": "Lege Hansen"}
    assert world.carl("POST", f"{door}/decide", body).status_code == 404
    done = world.anna("POST", f"{door}/decide", body)
    assert done.status_code == 200
    assert [one["kind"] for one in done.json["new"]] == ["follow_up_handed_on"]


def test_a_no_has_its_day_over_http(world):
    door = f"/cases/{world.case.id}/contacts"
    day = (clock.now() + timedelta(days=20)).date().isoformat()
    far_away = (clock.now() + timedelta(days=200)).date().isoformat()
    body = {"outcome": "declined_this_time", "offer_again_on": day}

    far = world.anna("POST", door, {**body, "offer_again_on": far_away})
    assert (far.status_code, far.json["type"].split(":")[-1]) == (422, "case.offer_again_too_late")
    assert world.anna("POST", door, body).status_code == 201
    events = world.anna("GET", f"/cases/{world.case.id}").json["events"]
    assert any("offer_again_at" in event["facts"] for event in events)


def test_a_plan_that_waits_has_its_day_over_http(world):
    day = (clock.now() + timedelta(days=20)).date().isoformat()
    file, bedside = f"/cases/{world.case.id}", f"/cases/{world.case.id}/bedside"
    of_no_wait = world.anna("POST", bedside, {"plan": "made", "plan_again_on": day})
    assert of_no_wait.json["type"].split(":")[-1] == "bedside.plan_again_without_later"
    assert world.anna("POST", bedside, {"plan": "later", "plan_again_on": day}).status_code == 204

    told = {"kind": "plan_offered", "facts": {"plan_later": False}, "offer_again_on": day}
    wrong = world.anna("POST", f"{file}/events", told)
    assert (wrong.status_code, wrong.json["type"].split(":")[-1]) == (422, "case.bad_fact")
    assert world.anna("POST", f"{file}/events", {**told, "facts": {}}).status_code == 201

    events = world.anna("GET", file).json["events"]
    said = [one["facts"] for one in events if one["kind"] == "plan_offered"]
    assert [("offer_again_at" in one, one["plan_later"]) for one in said] == [(True, True)] * 2


def test_a_plan_that_was_declined_is_offered_again_over_http(world):
    day = (clock.now() + timedelta(days=20)).date().isoformat()
    events = f"/cases/{world.case.id}/events"
    told = {"kind": "plan_offered", "facts": {"plan_declined": True}}
    assert world.anna("POST", events, {**told, "offer_again_on": day}).status_code == 422
    both = {"plan_declined": True, "plan_later": True}
    assert world.anna("POST", events, {**told, "facts": both}).status_code == 422

    assert world.anna("POST", events, told).status_code == 201

    tasks = world.anna("GET", f"/cases/{world.case.id}").json["tasks"]
    again = [one for one in tasks if one["due_reason"].get("of") == "offer_again_at"]
    assert [(one["kind"], one["state"]) for one in again] == [("offer_plan", "open")]


def test_a_lead_sees_the_roll_call_and_signs_it_once(world):
    latest = world.berit("GET", "/rollcall")
    signed = world.berit("POST", f"/rollcall/{world.statement}/signature", json={})
    again = world.berit("POST", f"/rollcall/{world.statement}/signature", json={})

    assert latest.json["id"] == str(world.statement)
    assert latest.json["statement"]["registered"] == 1
    assert signed.json["read_at"]
    assert (signed.status_code, again.status_code) == (200, 409)


def test_a_member_does_not_see_the_roll_call(world):
    assert world.anna("GET", "/rollcall").status_code == 403
    assert world.anna("POST", f"/rollcall/{world.statement}/signature", json={}).status_code == 403


def test_the_doors_are_described(world):
    described = world.anna("GET", "/openapi.json").json["paths"]

    for path in ("/worklist", "/worklist/changed", "/worklist/counts", "/rollcall"):
        assert f"/api/v1{path}" in described
    assert "/api/v1/cases/{case_id}/file" in described


def test_whoever_expects_a_version_locks_the_person_before_the_follow_up(world, fresh_database):
    """As every act does: two of them at once wait in turn."""
    with fresh_database.transaction() as session:
        right = an_open_case(session, world.site, at=clock.now()).case
    version, wrong = world.case.version, world.case
    known = world.anna("GET", f"/cases/{wrong.id}").json["events"]
    event = next(one["id"] for one in known if one["kind"] == "discharged")
    body = {"events": [event], "to_patient_id": str(right.patient_id), "words": "Feil person"}

    with locking(fresh_database) as steps:
        told = {"kind": "interpreter_asked", "facts": {"interpreter": "no"}}
        answer = world.anna("POST", f"/cases/{wrong.id}/events", told, If_Match=f'"{version}"')
        assert answer.status_code == 201, answer.json
    assert steps[:2] == in_order(fresh_database, ["patients", "cases"])

    with locking(fresh_database) as steps:
        late = world.anna("POST", f"/cases/{wrong.id}/move", body, If_Match=f'"{version}"')
        assert late.status_code == 412
    assert steps == in_order(fresh_database, ["patients", "patients", "cases"])
    with locking(fresh_database) as steps:
        moved = world.anna("POST", f"/cases/{wrong.id}/move", body, If_Match=f'"{version + 1}"')
        assert moved.status_code == 200, moved.json
    assert steps[:3] == in_order(fresh_database, ["patients", "patients", "cases"])


def in_order(database, tables):
    """SQLite has one writer at a time: nothing is locked by itself."""
    return tables if database.dialect == "postgresql" else []


@contextmanager
def locking(database):
    """Of which table each row is that is locked inside, in order."""
    steps = []

    def look(_connection, _cursor, statement, *_):
        if "FOR UPDATE" in statement or "FOR NO KEY UPDATE" in statement:
            steps.append(statement.split("FROM ")[1].split()[0])

    sa.event.listen(database.engine, "before_cursor_execute", look)
    try:
        yield steps
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", look)
