"""Pages in a real Chromium: a small site in SQLite, served on a free port, with a real log-in.

Where no Chromium is installed these tests are skipped, and say so. Every page that a test opens
is watched: a word in the console or a broken rule of the security policy fails the test.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from bindeledd.features.access.service import hash_password
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings
from bindeledd.features.intake import service as intake
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.rollcall import service as rollcall
from bindeledd.features.rollcall.domain import Kind, silences_of
from bindeledd.features.staff.domain import Actor, ActorKind
from bindeledd.features.staff.tables import MemberRow, TeamRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database, open_database
from bindeledd.foundation.sealing.keyring import Keyring
from builders import Site, a_book, a_member, a_task_row, an_open_case
from doors import an_app
from features.intake.builders import HEART, an_epikrise, an_inbox, routes
from features.worklist.builders import a_named_patient

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

A_DRAWING_MS = 10_000
PASSWORD = "fjorten katter på ski"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium on this machine: install the package `chromium` to run this")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield made
        made.close()


# --- the site -------------------------------------------------------------------------------------


@dataclass
class Live:
    """A running site: Anna works in the team that Berit leads."""

    url: str
    database: Database
    team: Any
    case: Any = None
    message: Any = None

    def all(self, row: Any) -> list[Any]:
        with self.database.session() as session:
            return list(session.scalars(sa.select(row)))


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def may_log_in(session: Session, member: Actor, login: str) -> None:
    """The member logs in under this name, with the password of everybody here."""
    found = sa.update(MemberRow).where(MemberRow.id == member.id)
    session.execute(found.values(login=login, password_hash=_hashed()))


def _fill(database: Database) -> dict[str, Any]:
    """One of everything that the pages show: a follow-up, what is late, what waits, a roll call."""
    now = clock.now()
    with database.transaction() as session:
        site = an_inbox(session).site
        session.execute(
            sa.update(TeamRow).where(TeamRow.id == site.team).values(name="Oppfølgingsteamet")
        )
        anna, berit = (
            a_member(session, site.tenant, site.team, name, role, now)
            for name, role in (("anna", "member"), ("berit", "lead"))
        )
        for member in (anna, berit):
            may_log_in(session, member, member.name.lower())
        kari = a_named_patient(session, site)
        case = an_open_case(session, site, at=now, patient=kari, by=anna).case
        a_task_row(session, site, case=case.id, due_at=now - timedelta(hours=3), at=now)
    with database.transaction() as session:
        endings.request_closing(
            session,
            case.id,
            ending=Ending.COMPLETED,
            words={"words": "Fastlegen tar over."},
            override=True,
            by=anna,
            at=now,
            book=a_book(),
        )
        message = intake.receive(
            session,
            data=an_epikrise(diagnoses=HEART),
            by=site.system,
            at=now,
            book=a_book(),
            routes=routes("ask"),
        )
    jobs.sweep(database, a_book(), rules=Rules(), clock=lambda: now)
    with database.transaction() as session:
        rollcall.call_the_roll(
            session, site.tenant, silences=silences_of(a_book()), at=now, kind=Kind.MORNING
        )
    return {"team": site.team, "case": case.id, "message": message.message_id}


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address under which the app is served, on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def live(sqlite_template: Path, tmp_path: Path, keyring: Keyring) -> Iterator[Live]:
    """The site with a web server of its own."""
    file = tmp_path / "live.db"
    shutil.copy(sqlite_template, file)
    database = open_database(f"sqlite:///{file}", info={Keyring: keyring})
    filled = _fill(database)
    with served(an_app(database, tmp_path)) as url:
        yield Live(url=url, database=database, **filled)
    database.close()


def a_site_of(live: Live) -> Site:
    """The site as builders take it; people come in by their log-in."""
    tenant = live.all(TeamRow)[0].tenant_id
    other = next(team.id for team in live.all(TeamRow) if team.id != live.team)
    row = next(one for one in live.all(MemberRow) if one.login == "anna")
    anna = Actor(
        kind=ActorKind.MEMBER,
        tenant_id=tenant,
        id=row.id,
        name=row.name,
        teams=frozenset({live.team}),
    )
    return Site(
        tenant=tenant,
        organisation=tenant,
        team=live.team,
        other_team=other,
        unit=tenant,
        anna=anna,
        berit=anna,
        carl=anna,
        dina=anna,
    )


# --- a person at the screen -----------------------------------------------------------------------


def _left_behind(request: Any) -> bool:
    """The page was left before it was there: the browser gave it up, the server did not fail."""
    return request.failure == "net::ERR_ABORTED"


@dataclass
class Person:
    """Somebody with a browser. `heard`: whatever the browser complained of."""

    page: Any
    url: str
    heard: list[str] = field(default_factory=list)

    def hears(self, said: str) -> None:
        if said:
            self.heard.append(said)

    def log_in(self, login: str) -> Person:
        self.page.goto(f"{self.url}/log-in?next=/called")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("nav")
        return self

    def go(self, path: str) -> Person:
        self.page.goto(f"{self.url}{path}")
        return self

    def press(self, name: str) -> Person:
        self.page.get_by_role("button", name=name, exact=False).first.click()
        self.page.wait_for_load_state()
        return self

    def tab(self, times: int = 1) -> Person:
        for _ in range(times):
            self.page.keyboard.press("Tab")
        return self

    def type(self, text: str) -> Person:
        self.page.keyboard.type(text)
        return self

    def stands_in(self, field: str) -> bool:
        """The field takes what is typed. A page gives its focus away when it is first drawn, which
        is after it has loaded: so this waits."""
        try:
            self.page.locator(f"[name={field}]:focus, #{field}:focus").wait_for(
                timeout=A_DRAWING_MS
            )
        except sync_api.TimeoutError:
            return False
        return True

    @property
    def sees(self) -> str:
        self.page.wait_for_load_state()
        return str(self.page.inner_text("main"))

    @property
    def where(self) -> str:
        return str(self.page.url).removeprefix(self.url)


Comes = Callable[..., Person]


@contextmanager
def people_at(browser: Any, url: str) -> Iterator[Comes]:
    """`comes("anna")`: she is logged in. What the browser complains of fails the test."""
    people: list[Person] = []

    def come(login: str, *, scripts: bool = True, width: int = 1280) -> Person:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="nb-NO"
        )
        person = Person(page=context.new_page(), url=url)
        for event, words in (
            ("console", lambda m: f"console: {m.text}"),
            ("pageerror", lambda e: f"error: {e}"),
            ("requestfailed", lambda r: "" if _left_behind(r) else f"failed: {r.url}"),
        ):
            person.page.on(event, lambda said, words=words: person.hears(words(said)))
        people.append(person)
        return person.log_in(login)

    yield come
    heard = [word for person in people for word in person.heard if "422" not in word]
    for person in people:
        person.page.context.close()
    assert heard == []


@pytest.fixture
def comes(browser: Any, live: Live) -> Iterator[Comes]:
    with people_at(browser, live.url) as come:
        yield come
