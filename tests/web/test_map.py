"""Every door of the app: closed without a log-in, and not there for another team's ids.

Made from the app's own map: a new door is tried here without a word, and a new kind of id fails
until it is named in `ids`.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from bindeledd.features.access.domain import Scope
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import Site, a_site, an_open_case
from doors import Door, a_door

PUBLIC = {
    "access_pages.choose_password",
    "access_pages.log_in",
    "access_pages.try_choose_password",
    "access_pages.try_log_in",
    "openapi",
    "static",
    "watch.healthz",
    "watch.metrics",
    "watch.readyz",
}
# The log-in page once more, with what was typed when the session ended: a page, no answer to scripts.
LOG_IN_AGAIN = {"access_pages.log_in_again"}
# What a plain text in an address may be.
TEXTS = {"kind": "risk_assessed", "number": 3}
# For leads or for IT only, whichever it is; and back to the page (which is not there) with nothing chosen.
# The register of receivers outside is everybody's in the tenant: directory data, nothing of a patient.
OTHERWISE = {
    "rollcall_pages.statement": {403},
    "administration_pages.member": {403},
    "administration_pages.organisation": {403},
    "administration_pages.team": {403},
    "administration_pages.unit": {403},
    "takeover_pages.takeover": {403},
    "takeover_pages.original": {403},
    "takeover_pages.refused_row": {403},
    "intake_pages.match": {303},
    "handovers.put_receiver": {200},
    "outside_pages.change": {200, 404},
}
# Doors without an id of somebody's follow-up: what they show is their own team's.
NOBODYS = {
    "fault_id",
    "statement_id",
    "message_id",
    "takeover_id",
    "window_id",
    "member_id",
    "team_id",
    "unit_id",
    "organisation_id",
    "absence_id",
}


def doors(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=str)
        if rule.endpoint != "static"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def path_of(app: Flask, rule: Rule, ids: dict[str, Any]) -> str:
    values = {name: ids[name] for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values)


# --- without a log-in -------------------------------------------------------------------------


@pytest.mark.parametrize("html", [False, True])
def test_no_door_but_the_public_ones_opens_without_a_log_in(
    app: Flask, client: FlaskClient, html: bool
) -> None:
    ids = {name: new_id() for rule, _ in doors(app) for name in rule.arguments} | TEXTS
    opened = set()
    for rule, method in doors(app):
        headers = {"Accept": "text/html" if html else "application/json"}
        told = client.open(
            path_of(app, rule, ids), method=method, headers=headers | {"Sec-Fetch-Site": "none"}
        )
        page = html and not rule.rule.startswith("/api/")
        sent_away = told.status_code == 303 and told.headers["Location"].startswith("/log-in")
        if not (sent_away if page else told.status_code == 401):
            opened.add(rule.endpoint)

    assert opened == PUBLIC - {"static"} | (LOG_IN_AGAIN if html else set())


# --- with a token for reading ---------------------------------------------------------------------


@pytest.mark.parametrize("html", [False, True])
def test_every_door_that_changes_something_is_shut_for_a_token_that_reads(
    app: Flask, fresh_database: Database, site: Site, ids: dict[str, Any], html: bool
) -> None:
    token = a_door(app, fresh_database, site.anna, Scope.READ).token
    sent = {"Authorization": f"Bearer {token}"} | ({"Accept": "text/html"} if html else {})
    told = {}
    for rule, method in doors(app):
        if method == "GET" or rule.endpoint in PUBLIC | LOG_IN_AGAIN:
            continue
        answer = app.test_client().open(path_of(app, rule, ids), method=method, headers=sent)
        code = None if answer.json is None else answer.json["type"].rpartition(":")[2]
        told[f"{method} {rule.rule}"] = (answer.status_code, code)

    page = {(403, None)} if html else set()
    assert set(told.values()) - page == {(403, "request.read_only")}
    assert len(told) > 40


def test_a_token_that_reads_reads_all_that_its_member_reads(
    app: Flask, fresh_database: Database, site: Site, ids: dict[str, Any]
) -> None:
    doors_of = {scope: a_door(app, fresh_database, site.anna, scope) for scope in Scope}
    told = {
        scope: {
            rule.rule: app.test_client()
            .get(path_of(app, rule, ids), headers={"Authorization": f"Bearer {door.token}"})
            .status_code
            for rule, method in doors(app)
            if method == "GET" and rule.endpoint not in PUBLIC
        }
        for scope, door in doors_of.items()
    }

    assert told[Scope.READ] == told[Scope.FULL]
    assert 200 in told[Scope.READ].values()


# --- with another team's ids --------------------------------------------------------------------


def made(door: Door, path: str, body: object, *way: str | int) -> Any:
    told = door("POST", path, body)
    assert told.status_code < 300, told.text
    found: Any = told.json
    for step in way:
        found = found[step]
    return found


@pytest.fixture
def ids(app: Flask, fresh_database: Database, site: Site) -> dict[str, Any]:
    """One of each kind that Anna's team has; what nobody follows is not there at all."""
    with fresh_database.transaction() as session:
        opened = an_open_case(session, site, at=now())
        case, patient = opened.case.id, opened.case.patient_id
        task, event = opened.new[0].id, opened.events[0].id
    anna = a_door(app, fresh_database, site.anna)
    at = f"/cases/{case}"
    later = now().replace(year=now().year + 1).isoformat()
    return {
        "case_id": case,
        "patient_id": patient,
        "task_id": task,
        "event_id": event,
        "appointment_id": made(
            anna, f"{at}/appointments", {"starts_at": later}, "appointment", "id"
        ),
        "document_id": made(anna, f"{at}/documents", {}, "document", "id"),
        "version_id": made(
            anna,
            f"{at}/plan/versions",
            {"base": 0, "person": True, "sections": {"wishes": "x"}},
            "version",
            "id",
        ),
        "record_id": made(
            a_door(app, fresh_database, site.berit), f"{at}/restricted", {"title": "x"}, "id"
        ),
        "other_id": new_id(),
        "call_id": new_id(),
        "consent_id": new_id(),
        "handover_id": new_id(),
        "outside_id": new_id(),
        "package_id": new_id(),
        "relative_id": new_id(),
        **{name: new_id() for name in NOBODYS},
        **TEXTS,
    }


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        return a_site(session, now())


def some(described: dict[str, Any], part: dict[str, Any]) -> Any:
    """The smallest value that the description of a body allows."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return some(described, described["components"]["schemas"][name])
    if "enum" in part:
        return next(one for one in part["enum"] if one is not None)
    kinds = part.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    plain = {"integer": 1, "number": 1, "boolean": True, "array": []}
    if kind == "string":
        formats = {"uuid": str(new_id()), "date": "2027-03-01", "date-time": now().isoformat()}
        return formats.get(part.get("format", ""), "Ring " + "x" * part.get("minLength", 0))
    if kind in plain:
        return plain[kind]
    needed = part.get("required", [])
    return {name: some(described, part["properties"][name]) for name in needed}


def body_of(described: dict[str, Any], rule: Rule, method: str) -> Any:
    path = "".join(
        f"{{{text}}}" if dynamic else text
        for dynamic, text in rule._trace  # type: ignore[attr-defined]
        if text != "|"
    )
    paths = {place.replace(" ", ""): told for place, told in described["paths"].items()}
    told = paths.get(path, {}).get(method.lower(), {})
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    return some(described, content["schema"]) if content else {}


@pytest.mark.parametrize("html", [False, True])
def test_no_door_opens_with_another_teams_ids(
    app: Flask, fresh_database: Database, site: Site, ids: dict[str, Any], html: bool
) -> None:
    described = app.test_client().get("/api/v1/openapi.json").json
    assert described is not None
    wrong: dict[str, int] = {}
    for member in (site.carl, site.dina):
        token = a_door(app, fresh_database, member).token
        headers = {"Authorization": f"Bearer {token}"}
        for rule, method in doors(app):
            if not rule.arguments - set(TEXTS) or (html and rule.rule.startswith("/api/")):
                continue
            sent: dict[str, Any] = {} if html else {"json": body_of(described, rule, method)}
            accept = {"Accept": "text/html"} if html else {}
            told = app.test_client().open(
                path_of(app, rule, ids),
                method=method,
                headers=headers | accept,
                **(sent if method != "GET" else {}),
            )
            allowed = {404} if method == "GET" else {403, 404, 422}
            if told.status_code not in allowed | OTHERWISE.get(rule.endpoint, set()):
                wrong[f"{method} {rule.rule}"] = told.status_code

    assert wrong == {}


def test_no_list_of_another_team_holds_an_id_of_ours(
    app: Flask, fresh_database: Database, site: Site, ids: dict[str, Any]
) -> None:
    secrets = [str(ids[name]) for name in ("case_id", "patient_id", "task_id", "document_id")]
    token = a_door(app, fresh_database, site.dina).token
    shown = []
    for rule, method in doors(app):
        if method != "GET" or rule.arguments or rule.endpoint in PUBLIC:
            continue
        told = app.test_client().get(rule.rule, headers={"Authorization": f"Bearer {token}"})
        assert told.status_code < 500, rule.rule
        shown += [rule.rule for one in secrets if one in told.text]

    assert shown == []


def test_no_door_over_http_passes_over_what_it_does_not_know_in_its_query(
    app: Flask, fresh_database: Database
) -> None:
    """A filter that is misspelt is never answered as if it held."""
    at = now()
    with fresh_database.transaction() as session:
        site = a_site(session, at)
    door = a_door(app, fresh_database, site.anna)
    ids = {name: new_id() for rule, _ in doors(app) for name in rule.arguments} | TEXTS
    passed = {}
    for rule, method in doors(app):
        if not rule.rule.startswith("/api/v1/") or rule.endpoint in PUBLIC:
            continue
        path = path_of(app, rule, ids).removeprefix("/api/v1")
        told = door(method, f"{path}?misspelt=x")
        if told.status_code != 422 or "misspelt" not in told.json["facts"]["fields"]:
            passed[f"{method} {rule.rule}"] = told.status_code

    assert passed == {}
