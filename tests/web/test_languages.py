"""Each reads in a language of their own: pages, refusals, and how it is chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bindeledd.app import create_app
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.rollcall import service as rollcall
from bindeledd.features.rollcall.domain import Kind, silences_of
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.foundation.texts import HOME, language, set_site_language
from bindeledd.plugin.loading import Gathered
from bindeledd.settings import Settings
from builders import Site, a_book, a_site
from doors import Door, a_door
from web.a_world import KIN, NAME, a_world
from web.reading import bokmaal_in, read
from web.test_map import PUBLIC, doors, path_of

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
WRONG = "/cases/00000000-0000-4000-8000-000000000000"
# What is said in Norwegian because a person wrote it, and the names of the two languages.
WRITTEN = (NAME, KIN, "Ringte for", "Prøvesykehuset", "Ørjavikvegen 7", "Språk · Language")


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        return a_site(session, now())


def chooses(database: Database, member: Actor, code: str | None) -> None:
    with database.transaction() as session:
        staff.choose_language(session, member.id, code, by=member, at=now())  # type: ignore[arg-type]


def page(door: Door, path: str, **headers: str) -> Any:
    return door.app.test_client().get(
        path,
        headers={
            "Authorization": f"Bearer {door.token}",
            "Accept": "text/html",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )


# --- every page -----------------------------------------------------------------------------------


def pages(app: Flask, door: Door, ids: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every page that answers with words, as whoever has the token gets it."""
    for rule, method in doors(app):
        known = rule.arguments <= set(ids) and rule.endpoint not in PUBLIC
        if method != "GET" or rule.rule.startswith("/api/") or not known:
            continue
        told = page(door, path_of(app, rule, ids))
        assert told.status_code < 500, rule.rule
        if told.mimetype == "text/html" and told.status_code != 303:
            yield rule.rule, told.text
    for kind in ("plan_offered", "number_verified", "contact_consent_asked", "gap_covered"):
        yield kind, page(door, f"/cases/{ids['case_id']}/say/{kind}").text
    yield "not found", page(door, WRONG).text


@pytest.fixture
def ids(app: Flask, fresh_database: Database, site: Site) -> dict[str, Any]:
    """One of everything, a contact that is to stand in the EPJ, and a statement of the morning."""
    found = a_world(app, fresh_database, site)
    anna = a_door(app, fresh_database, site.anna)
    told = anna("POST", f"/cases/{found['case_id']}/contacts", {"outcome": "no_answer"})
    assert told.status_code == 201, told.text
    with fresh_database.transaction() as session:
        kept = rollcall.call_the_roll(
            session, site.tenant, silences=silences_of(a_book()), at=now(), kind=Kind.MORNING
        )
        events = sa.select(EventRow.id).where(EventRow.kind == "contact_attempted")
        return found | {"statement_id": kept.id, "event_id": session.scalar(events)}


def test_no_page_of_an_english_reader_has_bokmaal_left(
    app: Flask, fresh_database: Database, site: Site, ids: dict[str, Any]
) -> None:
    for member in (site.anna, site.berit):
        chooses(fresh_database, member, "en")
        told = dict(pages(app, a_door(app, fresh_database, member), ids))
        left = {
            path: found
            for path, text in told.items()
            if (found := list(bokmaal_in(read(text)[1], but=WRITTEN)))
        }
        assert left == {}
        assert len(told) > 40
        assert {read(text)[0] for path, text in told.items()} == {"en"}


def test_bokmaal_is_found_where_it_is(
    app: Flask, fresh_database: Database, site: Site, ids: dict[str, Any]
) -> None:
    told = dict(pages(app, a_door(app, fresh_database, site.anna), ids))
    without = [path for path, text in told.items() if not list(bokmaal_in(read(text)[1]))]
    assert without == []
    assert {read(text)[0] for text in told.values()} == {"nb"}


# --- before anybody is logged in, and afterwards ----------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said", "code"),
    [
        (None, "Logg inn", "nb"),
        ("en-GB,en;q=0.9,nb;q=0.5", "Log in", "en"),
        ("nb-NO,nb;q=0.9,en;q=0.8", "Logg inn", "nb"),
        ("no,en;q=0.8", "Logg inn", "nb"),
        ("nn-NO,nn;q=0.9", "Brukarnamn", "nn"),
        ("de-DE,de;q=0.9,en;q=0.3", "Log in", "en"),
        ("fr", "Logg inn", "nb"),
        ("nb;q=0.2,en;q=0.9", "Log in", "en"),
        (";;;q=,", "Logg inn", "nb"),
    ],
)
def test_the_door_speaks_as_the_browser_asks(
    client: FlaskClient, asked: str | None, said: str, code: str
) -> None:
    told = client.get("/log-in", headers={} if asked is None else {"Accept-Language": asked})
    assert said in told.text
    assert read(told.text)[0] == told.headers["Content-Language"] == code


@pytest.mark.parametrize("door", ["/log-in", "/choose-password"])
def test_at_the_door_another_language_is_chosen_and_stays_when_something_is_wrong(
    client: FlaskClient, door: str
) -> None:
    asked = {"Accept-Language": "nb", **BROWSER}
    first = client.get(door, headers=asked)
    assert first.headers["Content-Language"] == "nb"
    (there,) = re.findall(r'href="([^"]*language=en[^"]*)"', first.text)

    chosen = client.get(there, headers=asked)
    (action,) = re.findall(
        r'<form class="ds-card card" method="post" action="([^"]*)"', chosen.text
    )
    wrong = client.post(action, data={"login": "nobody", "password": "x"}, headers=asked)

    assert chosen.headers["Content-Language"] == wrong.headers["Content-Language"] == "en"
    assert client.get(f"{door}?language=de", headers=asked).headers["Content-Language"] == "nb"


def test_a_member_chooses_and_the_pages_follow(
    app: Flask, fresh_database: Database, site: Site
) -> None:
    anna = a_door(app, fresh_database, site.anna)
    assert "<h1>Min dag</h1>" in page(anna, "/day", Accept_Language="en").text
    for chosen, title in (("en", "My day"), ("nn", "Min dag"), ("", "Min dag")):
        told = app.test_client().post(
            "/language",
            data={"language": chosen, "_once": chosen or "site"},
            headers={"Authorization": f"Bearer {anna.token}"},
        )
        assert told.status_code == 303
        shown = page(anna, "/day", Accept_Language="fr")
        assert f"<h1>{title}</h1>" in shown.text
        assert shown.headers["Content-Language"] == (chosen or "nb")
    with fresh_database.transaction() as session:
        kept = session.execute(
            sa.select(MemberRow.language).where(MemberRow.id == site.anna.id)
        ).all()
    assert kept == [(None,)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/cases/no-id", 404), ("POST", "/day", 405)],
)
def test_what_is_refused_at_the_door_is_said_as_its_reader_reads(
    app: Flask, fresh_database: Database, site: Site, method: str, path: str, status: int
) -> None:
    chooses(fresh_database, site.anna, "en")
    token = a_door(app, fresh_database, site.anna).token
    asked = {"Accept": "text/html", "Accept-Language": "nb", "Sec-Fetch-Site": "same-origin"}
    known = app.test_client().open(
        path, method=method, headers={**asked, "Authorization": f"Bearer {token}"}
    )
    stranger = app.test_client().open(
        path, method=method, headers={**asked, "Accept-Language": "en"}
    )

    for told in (known, stranger):
        assert told.status_code in (status, 303)
        if told.status_code == status:
            assert read(told.text)[0] == told.headers["Content-Language"] == "en"


def test_what_is_chosen_stands_on_the_page(
    app: Flask, fresh_database: Database, site: Site
) -> None:
    chooses(fresh_database, site.anna, "en")
    anna = a_door(app, fresh_database, site.anna)
    shown = page(anna, "/language").text
    assert 'value="en" checked' in shown
    assert "The site’s language (Bokmål)" in shown


def test_a_language_that_nobody_speaks_here_is_refused(
    app: Flask, fresh_database: Database, site: Site
) -> None:
    anna = a_door(app, fresh_database, site.anna)
    told = app.test_client().post(
        "/language",
        data={"language": "tlh"},
        headers={"Authorization": f"Bearer {anna.token}", "Accept-Language": "en"},
    )
    assert told.status_code == 422
    assert "Språket finnes ikke her" in told.text


def test_a_program_is_refused_in_the_language_it_asks_for_else_in_the_members(
    app: Flask, fresh_database: Database, site: Site
) -> None:
    chooses(fresh_database, site.anna, "en")
    anna, berit = (a_door(app, fresh_database, one) for one in (site.anna, site.berit))
    assert anna("GET", WRONG).json["title"] == "Not found"  # type: ignore[index]
    asked = anna("GET", WRONG, Accept_Language="nb")
    assert asked.json["title"] == "Finnes ikke"  # type: ignore[index]
    assert berit("GET", WRONG).json["title"] == "Finnes ikke"  # type: ignore[index]
    asked = berit("GET", WRONG, Accept_Language="en-US")
    assert asked.json["title"] == "Not found"  # type: ignore[index]
    assert asked.json["type"] == anna("GET", WRONG).json["type"]  # type: ignore[index]


def test_a_stranger_is_sent_away_in_the_language_they_ask_for(client: FlaskClient) -> None:
    told = client.get("/api/v1/worklist", headers={"Accept-Language": "en"})
    assert told.json["title"] == "You have to log in"  # type: ignore[index]


def test_one_request_leaves_nothing_of_its_language_behind(
    app: Flask, fresh_database: Database, site: Site
) -> None:
    chooses(fresh_database, site.anna, "en")
    page(a_door(app, fresh_database, site.anna), "/day")
    assert language() == "nb"
    berit = a_door(app, fresh_database, site.berit)
    assert "<h1>Min dag</h1>" in page(berit, "/day").text


def test_a_site_may_speak_english_to_whoever_has_chosen_nothing(
    fresh_database: Database, settings: Settings, gathered: Gathered, site: Site
) -> None:
    english = replace(settings, language="en")
    made = create_app(english, database=fresh_database, gathered=gathered)
    try:
        chooses(fresh_database, site.berit, "nb")
        anna, berit = (a_door(made, fresh_database, one) for one in (site.anna, site.berit))
        assert "<h1>My day</h1>" in page(anna, "/day").text
        assert "<h1>Min dag</h1>" in page(berit, "/day").text
    finally:
        set_site_language(HOME)


def test_what_goes_into_the_record_is_in_the_language_of_the_site(
    app: Flask, fresh_database: Database, site: Site, ids: dict[str, Any]
) -> None:
    chooses(fresh_database, site.anna, "en")
    anna = a_door(app, fresh_database, site.anna)
    shown = page(anna, f"/epj/{ids['event_id']}").text
    assert "Note for the record" in shown
    assert '<pre class="to-copy" lang="nb"' in shown
    assert "Hva som ble gjort" in shown
    pdf = app.test_client().post(
        f"/epj/{ids['event_id']}/pdf", headers={"Authorization": f"Bearer {anna.token}"}
    )
    assert (pdf.mimetype, pdf.headers["Content-Language"]) == ("application/pdf", "nb")


def test_a_day_is_typed_in_english_too(app: Flask, fresh_database: Database, site: Site) -> None:
    chooses(fresh_database, site.anna, "en")
    anna = a_door(app, fresh_database, site.anna)
    later = now() + timedelta(days=20)
    told = app.test_client().post(
        "/away",
        data={"until_on": f"{later.day} {later:%B} {later.year}"},
        headers={"Authorization": f"Bearer {anna.token}"},
    )
    assert told.status_code == 303, told.text
