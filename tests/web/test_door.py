"""Logging in, choosing a password and logging out, as a browser does it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bindeledd.app import create_app
from bindeledd.features.access import service
from bindeledd.features.access.domain import DEMO_PASSWORD, DemoOnly
from bindeledd.features.access.tables import SessionRow
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.intake.tables import CallRow
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import Gathered
from bindeledd.settings import Settings
from builders import Site, a_site, a_task_row, an_open_case

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
PASSWORD = "fjorten katter på ski"


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        made = a_site(session, now())
        session.execute(
            sa.update(MemberRow)
            .where(MemberRow.id == made.anna.id)
            .values(login="anna", password_hash=service.hash_password(PASSWORD))
        )
    return made


def log_in(
    client: FlaskClient, login: str = "anna", password: str = PASSWORD, query: str = ""
) -> TestResponse:
    form = {"login": login, "password": password}
    return client.post(f"/log-in{query}", data=form, headers=BROWSER)


def is_in(client: FlaskClient) -> bool:
    return client.get("/log-in", headers=BROWSER).status_code == 303


def test_whoever_is_not_logged_in_is_sent_to_the_door_and_back(
    client: FlaskClient, site: Site
) -> None:
    sent = client.get("/", headers=BROWSER)
    assert sent.headers["Location"] == "/log-in?next=/"
    assert log_in(client, query="?next=/day").headers["Location"] == "/day"
    assert is_in(client)


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil", "/a\nb"])
def test_nobody_is_sent_on_to_another_site(client: FlaskClient, site: Site, path: str) -> None:
    from urllib.parse import quote

    assert log_in(client, query=f"?next={quote(path)}").headers["Location"] == "/"


def test_unknown_name_and_wrong_password_answer_alike(client: FlaskClient, site: Site) -> None:
    wrong = log_in(client, password="something quite else")
    unknown = log_in(client, login="nobody")

    assert (wrong.status_code, wrong.text.replace("anna", "")) == (
        unknown.status_code,
        unknown.text.replace("nobody", ""),
    )
    assert "Brukernavnet eller passordet stemmer ikke" in wrong.text
    assert not is_in(client)


def test_after_many_wrong_tries_even_the_right_one_waits(client: FlaskClient, site: Site) -> None:
    for _ in range(6):
        log_in(client, password="wrong")
    told = log_in(client)

    assert told.status_code == 429
    assert re.search(r"Vent \d+ sekund", told.text)


def test_a_form_from_elsewhere_is_refused_in_the_language_of_its_reader(
    client: FlaskClient, fresh_database: Database, site: Site
) -> None:
    with fresh_database.transaction() as session:
        staff.choose_language(session, site.anna.id, "en", by=site.anna, at=now())
    log_in(client)
    told = client.post(
        "/language",
        data={"language": "nb"},
        headers={"Accept": "text/html", "Accept-Language": "nb", "Sec-Fetch-Site": "cross-site"},
    )

    assert (told.status_code, told.headers["Content-Language"]) == (403, "en")
    assert '<html lang="en"' in told.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: FlaskClient, site: Site
) -> None:
    cookie = log_in(client).headers["Set-Cookie"]

    assert cookie.startswith("bindeledd=")
    for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie


def test_in_production_the_cookie_is_a_host_cookie_and_secure(
    fresh_database: Database, settings: Settings, gathered: Gathered, site: Site
) -> None:
    app = create_app(
        replace(settings, environment="production"), database=fresh_database, gathered=gathered
    )
    cookie = log_in(app.test_client()).headers["Set-Cookie"]

    assert cookie.startswith("__Host-bindeledd=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_logging_out_ends_the_session_and_clears_the_browser(
    client: FlaskClient, site: Site
) -> None:
    log_in(client)
    cookie = client.get_cookie("bindeledd")
    told = client.post("/log-out", headers=BROWSER)

    assert told.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert cookie is not None
    client.set_cookie("bindeledd", cookie.value)
    assert not is_in(client)


def test_logging_in_and_out_stands_in_the_log(
    client: FlaskClient, site: Site, fresh_database: Database
) -> None:
    log_in(client)
    client.post("/log-out", headers=BROWSER)
    with fresh_database.transaction() as session:
        acts = session.scalars(
            sa.select(AuditEventRow.act).where(AuditEventRow.actor_id == site.anna.id)
        ).all()

    assert sorted(acts) == ["access.logged_in", "access.logged_out"]


def test_a_code_opens_the_choice_of_a_password_once(
    client: FlaskClient, site: Site, fresh_database: Database
) -> None:
    with fresh_database.transaction() as session:
        code = service.give_code(session, site.anna.id, by=site.system, at=now())  # type: ignore[arg-type]
    form = {"login": "anna", "code": code, "password": "kort", "again": "kort"}
    choose = lambda: client.post("/choose-password", data=form, headers=BROWSER)  # noqa: E731

    assert "Passordet er for kort" in choose().text
    form |= {"password": "en helt ny setning", "again": "en annen setning"}
    assert "ikke like" in choose().text
    form["again"] = form["password"]
    assert choose().headers["Location"].startswith("/log-in")
    assert "koden stemmer ikke" in choose().text
    assert log_in(client, password="en helt ny setning").status_code == 303


def test_the_page_of_a_new_password_says_before_and_after_that_the_tokens_end(
    client: FlaskClient, site: Site, fresh_database: Database
) -> None:
    with fresh_database.transaction() as session:
        code = service.give_code(session, site.anna.id, by=site.system, at=now())  # type: ignore[arg-type]
    sentence = "en helt ny setning"
    form = {"login": "anna", "code": code, "password": sentence, "again": sentence}
    before = client.get("/choose-password", headers=BROWSER).text
    after = client.post("/choose-password", data=form, headers=BROWSER, follow_redirects=True).text

    assert "Nøkler til API-et som er laget for deg, gjelder ikke lenger" in before
    assert "Nøkler til API-et som var laget for deg, gjelder ikke lenger" in after


def test_a_wrong_code_counts_as_a_wrong_try(client: FlaskClient, site: Site) -> None:
    form = {"login": "anna", "code": "AAAA", "password": "x" * 20, "again": "x" * 20}
    told = [
        client.post("/choose-password", data=form, headers=BROWSER).status_code for _ in range(7)
    ]

    assert told[0] == 403
    assert told[-1] == 429


def test_the_demo_names_its_people_and_their_password_and_only_the_demo(
    fresh_database: Database, settings: Settings, gathered: Gathered, site: Site
) -> None:
    with fresh_database.transaction() as session:
        with pytest.raises(DemoOnly):
            service.give_demo_password(session, [site.berit.id], by=site.system, at=now())  # type: ignore[list-item]
        staff.set_installation(session, "demo", at=now())
        service.give_demo_password(session, [site.berit.id], by=site.system, at=now())  # type: ignore[list-item]
    shown = {}
    for environment in ("demo", "test"):
        app = create_app(
            replace(settings, environment=environment), database=fresh_database, gathered=gathered
        )
        shown[environment] = app.test_client().get("/log-in", headers=BROWSER).text

    assert DEMO_PASSWORD in shown["demo"]
    assert "berit-" in shown["demo"]
    assert DEMO_PASSWORD not in shown["test"]
    assert "berit-" not in shown["test"]


@pytest.mark.parametrize("path", ["/log-in", "/choose-password", "/nothing"])
def test_no_page_carries_a_script_or_a_style_of_its_own(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers=BROWSER).text

    assert 'lang="nb"' in page
    assert "Testmiljø" in page
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)


def test_what_scripts_may_rely_on(client: FlaskClient) -> None:
    health = client.get("/healthz")
    assert health.status_code == 503
    checks = {"database": True, "sweep": False, "deliver": False, "rollcall": False, "sent": True}
    assert health.json == {"ok": False, "checks": checks}
    assert client.get("/readyz").json is not None
    described = client.get("/api/v1/openapi.json").json
    assert described is not None
    assert described["openapi"] == "3.1.0"
    metrics = client.get("/metrics").text
    assert "bindeledd_tasks_overdue 0.0" in metrics
    assert "bindeledd_sweep_age_seconds -1.0" in metrics


TYPED = {"said": "Søsteren er <urolig>", "caller": "Nina", "_once": "1f6f7a1c-8a8e-4a2a-9d9c-0001"}


def _fields(page: str) -> dict[str, str]:
    """The hidden fields of a page, as a browser would send them."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {html.unescape(name): html.unescape(text) for name, text in found}


def test_a_session_that_ends_under_a_form_loses_nothing_that_was_typed(
    client: FlaskClient, site: Site, fresh_database: Database
) -> None:
    _let_end(client, fresh_database)
    sent = client.post("/called", data=TYPED, headers=BROWSER)
    assert (sent.status_code, sent.headers["Location"]) == (307, "/log-in/again?next=/called")
    door = client.post(sent.headers["Location"], data=TYPED, headers=BROWSER)
    assert door.status_code == 401
    assert "set-cookie" not in door.headers
    wrong = client.post(
        "/log-in?next=/called",
        data={"login": "anna", "password": "wrong", **_fields(door.text)},
        headers=BROWSER,
    )
    let_in = client.post(
        "/log-in?next=/called",
        data={"login": "anna", "password": PASSWORD, **_fields(wrong.text)},
        headers=BROWSER,
    )
    assert let_in.status_code == 200
    assert PASSWORD not in let_in.text
    assert _fields(let_in.text) == {**TYPED, "_again": "yes"}
    assert is_in(client)

    form = client.post("/called", data=_fields(let_in.text), headers=BROWSER)
    assert "Søsteren er &lt;urolig&gt;" in form.text
    assert 'value="Nina"' in form.text
    assert "Det er ikke lagret ennå" in form.text
    assert _calls(fresh_database) == 0
    assert client.post("/called", data=TYPED, headers=BROWSER).status_code == 303
    assert _calls(fresh_database) == 1


def _let_end(client: FlaskClient, database: Database) -> None:
    """Log in as Anna, and be away until the session is over."""
    log_in(client)
    with database.transaction() as session:
        session.execute(sa.update(SessionRow).values(seen_at=now() - timedelta(days=1)))


@pytest.mark.parametrize(
    ("path", "is_kept_awake"),
    [("/day", True), ("/day/rows", False), ("/day/changed?token=", False)],
)
def test_only_what_somebody_pressed_keeps_a_session_awake(
    client: FlaskClient, site: Site, fresh_database: Database, path: str, is_kept_awake: bool
) -> None:
    log_in(client)

    assert _is_kept_awake(client, fresh_database, path) is is_kept_awake


@pytest.mark.parametrize(("door", "is_kept_awake"), [("", True), ("/anew", False)])
def test_a_row_beside_its_list_keeps_a_session_awake_where_somebody_opened_it(
    client: FlaskClient, site: Site, fresh_database: Database, door: str, is_kept_awake: bool
) -> None:
    with fresh_database.transaction() as session:
        case = an_open_case(session, site, at=now()).case.id
        task = a_task_row(session, site, case=case, due_at=now(), at=now())
    log_in(client)

    assert _is_kept_awake(client, fresh_database, f"/tasks/{task}{door}") is is_kept_awake


def _is_kept_awake(client: FlaskClient, database: Database, path: str) -> bool:
    """Whether a session that was quiet for five minutes was heard from by a part of a page."""
    seen = now() - timedelta(minutes=5)
    with database.transaction() as session:
        session.execute(sa.update(SessionRow).values(seen_at=seen))
    asked = BROWSER | {"HX-Request": "true"}
    assert client.get(path, headers=asked).status_code in (200, 204)
    with database.session() as session:
        return session.scalar(sa.select(SessionRow.seen_at)) != seen


def test_what_somebody_typed_is_not_given_to_whoever_logs_in_next(
    client: FlaskClient, site: Site, fresh_database: Database
) -> None:
    with fresh_database.transaction() as session:
        session.execute(
            sa.update(MemberRow)
            .where(MemberRow.id == site.berit.id)
            .values(login="berit", password_hash=service.hash_password(PASSWORD))
        )
    _let_end(client, fresh_database)
    door = client.post("/log-in/again?next=/called", data=TYPED, headers=BROWSER)
    form = {"login": "berit", "password": PASSWORD, **_fields(door.text)}

    let_in = client.post("/log-in?next=/called", data=form, headers=BROWSER)

    assert let_in.status_code == 303
    home = client.get(let_in.headers["Location"], headers=BROWSER)
    page = client.get(home.headers["Location"], headers=BROWSER).text
    assert "En annen medarbeider hadde skrevet noe" in page
    assert "urolig" not in let_in.text + page
    assert is_in(client)


def test_a_mark_that_was_made_up_gives_nobody_what_was_typed(
    client: FlaskClient, site: Site
) -> None:
    for mark in ("", "0" * 64):
        form = {"login": "anna", "password": PASSWORD, "kept.said": "x", "kept_of": mark}
        sent = client.post("/log-in?next=/called", data=form, headers=BROWSER)
        assert (sent.status_code, sent.headers["Location"][:9]) == (303, "/?notice=")


def test_what_was_typed_in_nobodys_session_is_not_carried_on(
    client: FlaskClient, site: Site
) -> None:
    door = client.post("/log-in/again?next=/called", data=TYPED, headers=BROWSER)

    assert door.status_code == 401
    assert "urolig" not in door.text
    assert "det du skrev, er ikke lagret" in door.text


def _calls(database: Database) -> int:
    with database.session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(CallRow)) or 0


@pytest.mark.parametrize("site_of", ["cross-site", "same-site"])
def test_no_other_site_brings_a_form_to_the_door(
    client: FlaskClient, site: Site, site_of: str
) -> None:
    foreign = {"Accept": "text/html", "Sec-Fetch-Site": site_of}
    for path in ("/called", "/log-in/again?next=/called", "/log-in?next=/called"):
        told = client.post(path, data={"said": "lurt", "kept.said": "lurt"}, headers=foreign)
        assert told.status_code == 403
        assert "lurt" not in told.text


def test_a_button_without_words_leads_to_the_door_and_keeps_nothing(
    client: FlaskClient, site: Site
) -> None:
    sent = client.post("/log-out", headers=BROWSER)

    assert (sent.status_code, sent.headers["Location"]) == (303, "/log-in")
