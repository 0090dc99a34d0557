"""Messages, calls and registrations over HTTP: by status, body, refusals and who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.intake import service
from bindeledd.features.intake.domain.facts import Kind
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_member
from doors import Door, a_door, an_app
from features.intake.builders import (
    BOOK,
    HEART,
    IŊGÁ,
    NOW,
    Inbox,
    a_logistic,
    an_epikrise,
    an_inbox,
    routes,
)


class World:
    """A site that takes messages in, and the doors of Anna and of Carl from another team."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        with database.transaction() as session:
            inbox: Inbox = an_inbox(session, opens="ask")
            self.site = inbox.site
            now = clock.now()
            self.anna_, self.carl_ = (
                a_member(session, self.site.tenant, team, name, "member", now)
                for team, name in ((self.site.team, "eli"), (self.site.other_team, "finn"))
            )
        app = an_app(database, home)
        self.anna: Door = a_door(app, database, self.anna_)
        self.carl: Door = a_door(app, database, self.carl_)

    def hand_in(self, data: bytes, door: Door | None = None) -> Any:
        door = door or self.anna
        return door.app.test_client().post(
            "/api/v1/messages",
            data=data,
            content_type="application/xml",
            headers={"Authorization": f"Bearer {door.token}"},
        )

    def opened(self) -> dict[str, Any]:
        """A follow-up of Anna's team, opened by the product's own routes."""
        with self.database.transaction() as session:
            done = service.receive(
                session,
                data=an_epikrise(),
                by=self.site.system,
                at=clock.now(),
                book=BOOK,
                routes=routes("by_code"),
            )
        return {"case": str(done.case_id), "patient": str(done.patient_id)}

    def acts(self) -> list[str]:
        with self.database.transaction() as session:
            return list(session.scalars(sa.select(AuditEventRow.act)))


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def test_a_message_is_taken_in_and_stands_in_the_queue_until_somebody_answers(world):
    taken = world.hand_in(an_epikrise(diagnoses=HEART))
    assert taken.status_code == 201
    assert taken.json["status"] == "to_decide"
    again = world.hand_in(an_epikrise(diagnoses=HEART))
    assert (again.status_code, again.json["status"]) == (200, "duplicate")

    queue = world.anna("GET", "/messages").json

    assert [one["id"] for one in queue["messages"]] == [taken.json["message_id"]]
    assert queue["messages"][0]["facts"]["name"] == "Iŋgá Márjá Boŋgu"
    assert queue["messages"][0]["reason_text"] == "Gjelder meldingen dere?"
    assert queue["next"] is None
    assert "intake.queue_shown" in world.acts()

    decided = world.anna(
        "POST",
        f"/messages/{taken.json['message_id']}/decision",
        {"ours": True, "index_kind": "suicide_attempt"},
    )
    assert (decided.status_code, decided.json["status"]) == (200, "opened")
    assert world.anna("GET", "/messages").json["messages"] == []


def test_opening_the_queue_writes_down_every_message_in_it(world):
    taken = world.hand_in(an_epikrise(diagnoses=HEART)).json["message_id"]
    world.anna("GET", "/messages")

    with world.database.transaction() as session:
        subjects = set(map(str, session.scalars(sa.select(AuditSubjectRow.subject_id))))
    assert taken in subjects


def test_not_ours_erases_and_cannot_be_said_twice(world):
    taken = world.hand_in(an_epikrise(diagnoses=HEART)).json["message_id"]
    path = f"/messages/{taken}/decision"

    assert world.anna("POST", path, {"ours": False}).json["status"] == "not_ours"
    again = world.anna("POST", path, {"ours": True})

    assert again.status_code == 409
    assert again.mimetype == "application/problem+json"
    assert again.json["type"].endswith("intake.already_decided")
    assert world.anna("GET", f"/messages/{taken}").json["message"]["facts"] is None


def test_another_team_sees_nothing_of_it(world):
    taken = world.hand_in(an_epikrise(diagnoses=HEART)).json["message_id"]

    assert world.carl("GET", "/messages").json["messages"] == []
    assert world.carl("GET", f"/messages/{taken}").status_code == 404
    assert world.carl("POST", f"/messages/{taken}/decision", {"ours": False}).status_code == 404


def test_whoever_hands_a_message_in_learns_nothing_of_a_follow_up_they_do_not_see(world):
    world.opened()
    data = a_logistic(Kind.DISCHARGED, envelope={"message_id": "another"})

    answer = world.hand_in(data, world.carl)

    assert answer.json["status"] == "received"
    assert answer.json["case_id"] is None
    assert answer.json["patient_id"] is None


def test_a_message_is_opened_with_everything_that_it_says(world):
    taken = world.hand_in(an_epikrise(diagnoses=HEART, plan="Ring på mandag.")).json["message_id"]

    opened = world.anna("GET", f"/messages/{taken}").json

    assert opened["said"]["texts"][0]["text"] == "Ring på mandag."
    assert "intake.message_shown" in world.acts()


def test_a_broken_message_is_taken_too_and_ends_with_what_was_done(world):
    broken = world.hand_in(b"<half>")
    assert (broken.status_code, broken.json["status"]) == (201, "refused")
    path = f"/messages/{broken.json['message_id']}"

    assert world.anna("POST", f"{path}/read-again").json["status"] == "refused"
    assert world.anna("POST", f"{path}/answer", {"words": ""}).status_code == 422
    assert world.anna("POST", f"{path}/answer", {"words": "Ringte"}).status_code == 204
    assert world.anna("GET", "/messages").json["messages"] == []


def test_pages_go_on_where_the_last_one_ended(world):
    for number in range(3):
        world.hand_in(
            an_epikrise(
                envelope={"message_id": f"m{number}"}, diagnoses=HEART, document_id=f"d{number}"
            )
        )

    first = world.anna("GET", "/messages?limit=2").json
    rest = world.anna("GET", f"/messages?limit=2&after={first['next'].replace('+', '%2B')}").json

    ids = [one["id"] for page in (first, rest) for one in page["messages"]]
    assert len(ids) == len(set(ids)) == 3
    assert world.anna("GET", "/messages?after=x").status_code == 422


def test_somebody_called_and_it_ends_with_what_was_done(world):
    taken = world.anna("POST", "/calls", {"said": "Han er borte", "acute": True})
    assert taken.status_code == 201
    assert taken.json["due_at"]

    calls = world.anna("GET", "/calls").json
    assert calls[0]["words"]["said"] == "Han er borte"
    assert calls[0]["kind"] == "acute_concern"
    assert world.carl("GET", "/calls").json == []

    path = f"/calls/{taken.json['call_id']}/answer"
    assert world.carl("POST", path, {"words": "Ringte 113"}).status_code == 404
    assert world.anna("POST", path, {"words": "Ringte 113"}).status_code == 204
    assert world.anna("POST", path, {"words": "igjen"}).status_code == 409
    assert world.anna("GET", "/calls").json == []


def test_a_call_is_matched_to_whom_it_is_about(world):
    there = world.opened()
    taken = world.anna("POST", "/calls", {"said": "Broren ringte", "acute": False}).json

    done = world.anna("POST", f"/calls/{taken['call_id']}/match", {"patient_id": there["patient"]})

    assert done.json["case_id"] == there["case"]


REGISTRATION = {
    "name": "Iŋgá Boŋgu",
    "phones": ["412 34 567"],
    "index_kind": "suicide_attempt",
    "happened_at": NOW.isoformat(),
    "words": "Kom med ambulanse",
}


def test_registering_answers_the_same_whether_somebody_was_there_or_not(world):
    there = world.opened()

    known = world.carl("POST", "/registrations", {**REGISTRATION, "number": IŊGÁ.number})
    new = world.carl("POST", "/registrations", REGISTRATION)

    assert known.status_code == new.status_code == 201
    assert set(known.json) == set(new.json) == {"id"}
    tasks = world.anna("GET", f"/cases/{there['case']}")
    assert tasks.status_code == 200


def owed_after_a_discharge(world):
    """The kinds of task that a registration makes where the person may have left."""
    with world.database.transaction() as session:
        kinds = session.scalars(sa.select(TaskRow.kind).where(TaskRow.state == "open"))
        return {"find_discharge", "call_patient"} & set(kinds)


def test_a_registration_that_says_nothing_of_a_discharge_owes_what_is_owed_after_one(world):
    world.carl("POST", "/registrations", REGISTRATION)

    assert owed_after_a_discharge(world) == {"find_discharge", "call_patient"}


def test_whoever_is_still_in_hospital_is_registered_as_that(world):
    world.carl("POST", "/registrations", {**REGISTRATION, "in_hospital": True})

    assert owed_after_a_discharge(world) == set()


@pytest.mark.parametrize(
    "left", [{"discharged_at": NOW.isoformat()}, {"discharge_unknown": True}], ids=str
)
def test_still_there_and_left_is_refused(world, left):
    answer = world.carl("POST", "/registrations", {**REGISTRATION, "in_hospital": True, **left})

    assert answer.status_code == 422
    assert "in_hospital" in answer.json["facts"]["fields"]


def test_a_number_that_cannot_be_is_refused_with_what_to_do(world):
    wrong = world.anna("POST", "/registrations", {**REGISTRATION, "number": "12345678901"})

    assert wrong.status_code == 422
    assert wrong.json["type"].split(":")[-1].startswith("identifier.")


def test_nothing_is_taken_from_whoever_is_not_logged_in(world):
    client = world.anna.app.test_client()

    assert client.post("/api/v1/messages", data=b"x").status_code in (401, 403)
    assert client.get("/api/v1/messages").status_code in (302, 303, 401)
