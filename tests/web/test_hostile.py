"""What no form of ours would send: each is refused in words, on both databases, and nothing falls."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bindeledd.features.worklist.domain import BadCursor, Cursor
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import Form
from builders import Site, a_case_row, a_site
from doors import Door, a_door

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
EDGES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        return a_site(session, now())


@pytest.fixture
def anna(app: Flask, fresh_database: Database, site: Site) -> Door:
    return a_door(app, fresh_database, site.anna)


@pytest.mark.parametrize("path", ["/log-in", "/choose-password"])
@pytest.mark.parametrize("name", ["login", "password", "code", "again"])
def test_a_nul_in_a_form_is_refused(client: FlaskClient, site: Site, path: str, name: str) -> None:
    form = {"login": "anna", "password": "x", "code": "x", "again": "x"} | {name: "an\0na"}
    told = client.post(path, data=form, headers=BROWSER)

    assert told.status_code == 422
    assert "et tegn som ikke kan lagres" in told.text


@pytest.mark.parametrize(
    "path", ["/worklist?kind=%00", "/worklist?%00=x", "/cases/%00", "/worklist?person=%00"]
)
def test_a_nul_in_an_address_is_refused(anna: Door, path: str) -> None:
    told = anna("GET", path)

    assert told.status_code == 422
    assert told.json is not None
    assert told.json["type"] == "urn:bindeledd:request.bad_text"


@pytest.mark.parametrize("text", [r"a\u0000b", r"a\ud800b", r"\udfff"])
@pytest.mark.parametrize("body", ['{{"kind": "free", "note": "{}"}}', '{{"{}": 1}}', '[["{}"]]'])
def test_a_nul_and_half_a_character_in_json_are_refused(
    app: Flask, anna: Door, site: Site, text: str, body: str
) -> None:
    told = app.test_client().post(
        f"/api/v1/cases/{site.unit}/events",
        data=body.format(text),
        content_type="application/json",
        headers={"Authorization": f"Bearer {anna.token}"},
    )

    assert told.status_code == 422
    assert told.json is not None
    assert told.json["type"] == "urn:bindeledd:request.bad_text"


@pytest.mark.parametrize("at", [*EDGES, "1849-12-31T00:00:00Z", "2200-01-01T00:00:00Z"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/registrations", lambda at: {"index_kind": "suicide_attempt", "happened_at": at}),
        ("/cases/{case}/tasks", lambda at: {"due_at": at, "words": "Ring"}),
        ("/cases/{case}/events", lambda at: {"kind": "risk_assessed", "happened_at": at}),
    ],
)
def test_moments_at_the_edges_of_the_calendar_are_refused(
    anna: Door,
    site: Site,
    fresh_database: Database,
    at: str,
    path: str,
    body: Callable[[str], dict[str, object]],
) -> None:
    with fresh_database.transaction() as session:
        case = a_case_row(session, site, at=now())
    told = anna("POST", path.format(case=case.id), body(at))

    assert told.status_code == 422
    assert told.json is not None
    assert "between the years" in str(told.json["facts"])


@pytest.mark.parametrize("at", EDGES)
def test_a_cursor_at_the_edge_of_the_calendar_is_none(anna: Door, site: Site, at: str) -> None:
    assert anna("GET", f"/intake?after={quote(f'{at}~{site.unit}')}").status_code in (404, 422)
    from base64 import urlsafe_b64encode

    with pytest.raises(BadCursor):
        Cursor.parse(urlsafe_b64encode(f"{at}~{site.unit}".encode()).decode())


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1.1.0001"])
def test_a_day_at_the_edge_of_the_calendar_is_wrong_in_a_form(app: Flask, day: str) -> None:
    form = Form(values={"day": day, "clock": "00:00"})
    with app.test_request_context():
        assert form.moment("day", "clock", at=now())[0] is not None
    assert form.errors == {"day": "Skriv datoen slik: 24.3.2027."}


def test_a_number_that_is_too_large_for_the_database_is_refused(anna: Door) -> None:
    assert anna("GET", f"/intake/messages?limit={10**30}").status_code in (404, 422)


def test_what_the_database_cannot_hold_is_a_refusal(app: Flask) -> None:
    import sqlalchemy as sa

    from bindeledd.foundation.http.problems import unstorable

    with app.test_request_context("/api/v1/x"):
        for error in (sa.exc.DataError("x", {}, ValueError("Ola")), OverflowError("Ola")):
            told = unstorable(error)
            assert told.status_code == 422  # type: ignore[union-attr]
            assert "Ola" not in told.get_data(as_text=True)  # type: ignore[union-attr]
