"""The edge, tried on a small app: refusals, foreign requests, repeated requests, bodies, headers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from bindeledd.foundation.actors import Actor, ActorKind
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Conflict, Refusal
from bindeledd.foundation.http import (
    Blueprint,
    answer,
    answer_json,
    check_version,
    current_actor,
    edge,
    go_to,
    now,
    public,
    transaction,
)
from bindeledd.foundation.http.writes import does
from bindeledd.foundation.idempotency import ANSWERED_WITHIN, IdempotencyKeyRow
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.texts import refusal_text
from bindeledd.web.shell import install_shell

TENANT = new_id()
NOTE = new_id()
ANNA = Actor(kind=ActorKind.MEMBER, tenant_id=TENANT, id=new_id(), name="Anna")
MARKER = "Plantet Markør Olsen"
HTML = {"Accept": "text/html"}
SAME = {"Sec-Fetch-Site": "same-origin"}


class Note(Schema):
    said = fields.String(required=True)
    id = fields.UUID(dump_only=True, dump_default=NOTE)
    patient_id = fields.UUID(dump_only=True, dump_default=NOTE)


class Taken(Conflict):
    code = "conflict"


def notes() -> Blueprint:
    bp = Blueprint("notes", __name__)

    @bp.post("/notes")
    @bp.arguments(Note)
    def write(body: dict[str, Any]) -> ResponseReturnValue:
        with transaction() as session:
            session.execute(sa.text("INSERT INTO notes (said) VALUES ('x')"))
            if body["said"] == "refuse":
                raise Taken(note=1)
        return answer(Note, body, status=201, location="/api/v1/notes/1")

    @bp.get("/notes")
    def count() -> ResponseReturnValue:
        current_actor()
        with transaction() as session:
            found = session.scalar(sa.text("SELECT count(*) FROM notes"))
        return answer_json({"count": found}, version=7)

    @bp.put("/notes")
    def change() -> ResponseReturnValue:
        check_version(7)
        return answer_json({"done": True})

    @bp.get("/break")
    def fall() -> ResponseReturnValue:
        raise RuntimeError(MARKER)

    return bp


def small_app(database: Database) -> Flask:
    app = Flask("small", template_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def resolve(_session: object, _at: datetime) -> Actor | None:
        asked = request.headers.get("Authorization") or request.cookies.get("bindeledd")
        return ANNA if asked else None

    @app.get("/log-in")
    @public
    def log_in() -> ResponseReturnValue:
        return "log in"

    @app.post("/form")
    def fill_in() -> ResponseReturnValue:
        with transaction() as session:
            session.execute(sa.text("SELECT count(*) FROM notes"))
        if request.form["said"] == "wrong":
            return "once more", 422
        with transaction() as session:
            session.execute(sa.text("INSERT INTO notes (said) VALUES ('x')"))
        if request.form["said"] == "fall":
            raise RuntimeError(MARKER)
        return go_to("log_in", notice="web.notices.saved")

    @app.post("/once")
    def only_once() -> ResponseReturnValue:
        with transaction() as session:
            session.execute(sa.text("INSERT INTO names (name) VALUES (:n)"), {"n": MARKER})
        return go_to("log_in")

    @app.post("/once/form")
    def only_once_in_a_form() -> ResponseReturnValue:
        try:
            return only_once()
        except Refusal as refused:
            return f"{request.form['said']}: {refusal_text(refused.code)}", refused.status

    @app.post("/upload")
    def upload() -> ResponseReturnValue:
        return answer_json({"length": len(request.get_data())})

    edge.install(app, database, resolve, log_in="log_in", secure=True, large=frozenset({"upload"}))
    install_shell(app, environment="test", stale=lambda: False)
    app.register_blueprint(notes(), url_prefix="/api/v1")
    return app


@pytest.fixture
def client(fresh_database: Database) -> FlaskClient:
    with fresh_database.transaction() as session:
        session.execute(sa.text("CREATE TABLE notes (said text)"))
        session.execute(
            sa.text("CREATE TABLE names (name text, CONSTRAINT one_of_a_name UNIQUE (name))")
        )
    app = small_app(fresh_database)
    return app.test_client()


TOKEN = {"Authorization": "Bearer x"}


def count(client: FlaskClient) -> int:
    found = client.get("/api/v1/notes", headers=TOKEN).json
    assert found is not None
    return int(found["count"])


def test_what_somebody_else_wrote_meanwhile_is_a_conflict_and_names_its_constraint_only(
    client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    assert client.post("/once", headers=TOKEN).status_code == 303
    told = client.post("/once", headers=TOKEN)
    form = client.post("/once/form", data={"said": "typed"}, headers=TOKEN | SAME)

    assert told.status_code == form.status_code == 409
    assert told.json is not None
    assert told.json["type"] == "urn:bindeledd:request.clashed"
    assert form.text.startswith("typed: Noen andre endret det samme samtidig")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if "{" in line]
    clashes = [line["constraint"] for line in lines if line["event"] == "clashed"]
    assert clashes in (["one_of_a_name"] * 2, ["names.name"] * 2)
    assert MARKER not in told.text + form.text + json.dumps(lines)


# --- refusals -------------------------------------------------------------------------------------


def test_a_refusal_is_a_problem_with_code_words_and_request_id(client: FlaskClient) -> None:
    told = client.post("/api/v1/notes", json={"said": "refuse"}, headers=TOKEN)

    assert (told.status_code, told.mimetype) == (409, "application/problem+json")
    assert told.json is not None
    assert told.json["type"] == "urn:bindeledd:conflict"
    assert told.json["facts"] == {"note": 1}
    assert told.json["detail"].startswith("Dette passer ikke")
    assert told.json["request_id"] == told.headers["X-Request-Id"]


def test_what_was_refused_was_not_written(client: FlaskClient) -> None:
    client.post("/api/v1/notes", json={"said": "refuse"}, headers=TOKEN)

    assert count(client) == 0


def test_a_fault_tells_nothing_but_where_it_stands_in_the_log(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    told = client.get("/api/v1/break", headers=TOKEN)
    logs = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert told.status_code == 500
    assert MARKER not in told.text
    assert MARKER not in str(logs)
    fault = next(line for line in logs if line["event"] == "fault")
    assert fault["request_id"] == told.headers["X-Request-Id"]
    assert fault["error"] == "RuntimeError"


def test_nobody_logged_in_gets_nothing_from_any_door(client: FlaskClient) -> None:
    assert client.get("/api/v1/notes").status_code == 401
    assert client.post("/api/v1/notes", json={"said": "x"}).status_code == 401
    assert client.get("/log-in").status_code == 200


def test_an_address_that_is_not_there_is_a_problem_too(client: FlaskClient) -> None:
    told = client.get("/api/v1/nothing", headers=TOKEN)

    assert (told.status_code, told.mimetype) == (404, "application/problem+json")
    assert client.delete("/api/v1/notes", headers=TOKEN).headers["Allow"]


# --- where a request comes from -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost"}, 201),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({}, 403),
    ],
)
def test_a_cookie_acts_only_from_our_own_pages(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    client.set_cookie("bindeledd", "x")
    told = client.post("/api/v1/notes", json={"said": "x"}, headers=headers)

    assert told.status_code == status
    assert count(client) == (1 if status == 201 else 0)


def test_a_token_acts_from_anywhere(client: FlaskClient) -> None:
    assert client.post("/api/v1/notes", json={"said": "x"}, headers=TOKEN).status_code == 201


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_what_a_foreign_form_can_send_is_refused_without_a_word_of_origin(
    client: FlaskClient, kind: str
) -> None:
    told = client.post("/api/v1/notes", data='{"said": "x"}', content_type=kind)

    assert told.status_code == 403


# --- repeated requests ----------------------------------------------------------------------------


def write(client: FlaskClient, key: str, said: str = MARKER) -> Any:
    headers = {**TOKEN, "Idempotency-Key": key}
    return client.post("/api/v1/notes", json={"said": said}, headers=headers)


def test_the_same_request_twice_acts_once_and_says_what_it_made(client: FlaskClient) -> None:
    first, again = write(client, "k1"), write(client, "k1")

    assert count(client) == 1
    assert first.status_code == again.status_code == 201
    assert first.headers["Location"] == again.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_what_is_said_again_holds_ids_and_nothing_of_a_patient(client: FlaskClient) -> None:
    first, again = write(client, "k1"), write(client, "k1")

    assert first.json["said"] == MARKER
    assert first.json["patient_id"] == str(NOTE)
    assert again.json == {"id": str(NOTE)}
    assert MARKER not in again.text


def fill_in(client: FlaskClient, said: str, once: str = "f1") -> Any:
    return client.post("/form", data={"said": said, "_once": once}, headers=TOKEN)


def test_a_form_that_was_wrong_is_corrected_and_sent_again(client: FlaskClient) -> None:
    assert fill_in(client, "wrong").status_code == 422
    told = [fill_in(client, "right") for _ in range(2)]

    assert [one.status_code for one in told] == [303, 303]
    assert told[0].headers["Location"] == told[1].headers["Location"]
    assert count(client) == 1


def test_something_done_is_not_done_again_though_its_answer_failed(client: FlaskClient) -> None:
    assert fill_in(client, "fall").status_code == 500

    assert fill_in(client, "fall").status_code == 409
    assert count(client) == 1


def test_what_was_done_by_a_process_that_ended_is_told_to_be_done_and_not_to_be_running(
    client: FlaskClient, fresh_database: Database
) -> None:
    write(client, "k1")
    lost = sa.update(IdempotencyKeyRow).values(answer=None)
    long_ago = lost.values(made_at=datetime.now(UTC) - 2 * ANSWERED_WITHIN)
    said = []
    for change in (lost, long_ago):
        with fresh_database.transaction() as session:
            session.execute(change)
        again = write(client, "k1")
        said.append((again.status_code, again.json["type"].rpartition(":")[2]))

    assert said == [(409, "request.still_running"), (409, "request.answer_lost")]
    assert count(client) == 1


@pytest.mark.parametrize(
    ("statement", "deed"),
    [
        ("SELECT 1", False),
        ("WITH who AS (SELECT 1) SELECT * FROM who", False),
        ("INSERT INTO audit_events (id) VALUES (1)", False),
        ("UPDATE sessions SET seen_at = 1", False),
        ("INSERT INTO events (id) VALUES (1)", True),
        ("with x as (insert into tasks values (1) returning id) select * from x", True),
        ("DELETE FROM tokens", True),
        ("MERGE INTO anything", True),
    ],
)
def test_what_counts_as_a_deed(statement: str, deed: bool) -> None:
    assert does(statement) is deed


def test_another_key_is_another_request(client: FlaskClient) -> None:
    write(client, "k1")
    write(client, "k2")

    assert count(client) == 2


def test_a_key_that_was_used_for_something_else_is_refused(client: FlaskClient) -> None:
    write(client, "k1")
    told = write(client, "k1", said="something else")

    assert told.json["type"] == "urn:bindeledd:request.key_reused"
    assert count(client) == 1


def test_a_request_that_was_refused_may_be_tried_again(client: FlaskClient) -> None:
    write(client, "k1", said="refuse")

    assert write(client, "k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "blåbær"])
def test_a_key_is_plain(client: FlaskClient, key: str) -> None:
    told = client.post(
        "/api/v1/notes",
        json={"said": "x"},
        headers={**TOKEN, "Idempotency-Key": key.encode().decode("latin-1")},
    )

    assert told.status_code == (201 if key == "" else 422)


def test_the_answer_that_is_kept_is_sealed(client: FlaskClient, fresh_database: Database) -> None:
    write(client, "k1")
    with fresh_database.transaction() as session:
        (kept,) = session.scalars(sa.text("SELECT answer FROM idempotency_keys"))

    assert bytes(kept)[0] == 0xC1
    assert MARKER.encode() not in bytes(kept)


# --- bodies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"said": "a", "said": "b"}', "duplicate_key"),
        ('{"said": NaN}', "not_a_number"),
        ("{", "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"said": ' + "[" * 40 + "]" * 40 + "}", "too_deep"),
    ],
)
def test_a_body_that_is_not_plain_json_is_refused(
    client: FlaskClient, body: str, reason: str
) -> None:
    told = client.post("/api/v1/notes", data=body, content_type="application/json", headers=TOKEN)

    assert told.status_code == 422
    assert told.json is not None
    assert told.json["facts"] == {"reason": reason}


@pytest.mark.parametrize("body", [{}, {"said": 1}, {"said": "x", "more": 1}, []])
def test_fields_are_named_that_are_missing_wrong_or_unknown(
    client: FlaskClient, body: object
) -> None:
    told = client.post("/api/v1/notes", json=body, headers=TOKEN)

    assert told.status_code == 422
    assert told.json is not None
    assert told.json["type"] == "urn:bindeledd:request.bad_fields"


def test_a_body_over_the_limit_is_refused_and_a_message_may_be_larger(client: FlaskClient) -> None:
    large = b"x" * (1024 * 1024 + 1)
    told = client.post("/api/v1/notes", data=large, content_type="application/json", headers=TOKEN)

    assert told.status_code == 413
    kept = client.post("/upload", data=large, content_type="application/xml", headers=TOKEN)
    assert kept.json == {"length": len(large)}


# --- versions and headers -------------------------------------------------------------------------


def test_a_version_is_an_etag_and_if_match_is_kept(client: FlaskClient) -> None:
    etag = client.get("/api/v1/notes", headers=TOKEN).headers["ETag"]
    assert etag == '"7"'
    told = [
        client.put("/api/v1/notes", headers={**TOKEN, "If-Match": tag}).status_code
        for tag in (etag, '"6"', '"old"', "*")
    ]
    assert told == [200, 412, 412, 200]


@pytest.mark.parametrize("path", ["/log-in", "/api/v1/notes", "/nothing", "/api/v1/break"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    told = client.get(path, headers=TOKEN)

    for name, value in edge.HEADERS.items():
        assert told.headers[name] == value
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "'unsafe" not in told.headers["Content-Security-Policy"]


def test_the_log_holds_the_route_and_never_the_address_or_a_word(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post(f"/api/v1/notes?q={MARKER}", json={"said": MARKER}, headers=TOKEN)
    logs = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    (line,) = [one for one in logs if one["event"] == "request"]
    assert line["route"] == "/api/v1/notes"
    assert MARKER not in json.dumps(logs)
    assert "q=" not in json.dumps(logs)


def test_now_is_one_moment_for_the_whole_request(client: FlaskClient) -> None:
    with client.application.test_request_context():
        assert now() is now()
        assert now().tzinfo is UTC
