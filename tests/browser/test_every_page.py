"""axe looks at every page that the app has, with the demo's caseload in it: nothing to complain of.
Nor has the browser of a broken rule of the security policy.

Each page as a lead, a member and an administrator meet it, the pages of refusals, and each form
as it comes back when nothing that is needed was filled in; by day and, for its colours, by night.
A page of the same make is looked at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from bindeledd.demo.bringing import bring_in
from bindeledd.foundation import clock
from browser.a_full_demo import PASSWORD, Full, fill
from browser.conftest import served

axe = pytest.importorskip("axe_playwright_python.base", reason="axe is not installed")

# What is no page: machines, files to take out, and what ends the session.
NO_PAGES = {
    "access_pages.log_out",
    "casefile_pages.letter_pdf",
    "casefile_pages.outside_file",
    "casefile_pages.outside_pdf",
    "casefile_pages.plan_pdf",
    "casefile_pages.sheet_entry",
    "casefile_pages.sheet_pdf",
    "epj_pages.note_pdf",
    "openapi",
    "static",
    "takeover_pages.original",
    "watch.healthz",
    "watch.metrics",
    "watch.readyz",
    "worklist_pages.own_calendar",
}
POLICY = "Content Security Policy"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DARK = ["color-contrast"]
RUN = """(only) => axe.run(document, {runOnly: only, resultTypes: ['violations']}).then(
    (found) => found.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))]))"""
MAKE = """() => [...document.querySelectorAll('*')].map((e) => e.tagName + '.' + e.className
    + '.' + (e.getAttribute('type') || '') + '.' + (e.getAttribute('role') || '')).join('|')"""
SEND = """(path) => { const form = document.createElement('form'); form.method = 'post';
    form.action = path; document.body.append(form); form.submit(); }"""


def pages(app: Flask, method: str) -> list[Rule]:
    return [
        rule
        for rule in sorted(app.url_map.iter_rules(), key=str)
        if method in (rule.methods or ())
        and rule.endpoint not in NO_PAGES
        and not rule.rule.startswith("/api/")
    ]


@dataclass
class Looker:
    """Somebody at the screen who is followed from page to page by axe."""

    page: Any
    url: str
    app: Flask
    ids: dict[str, Any]
    made: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def hear(self, said: str) -> None:
        """What the browser writes in its console: it names the policy where a page breaks it."""
        if POLICY in said:
            self.broken.append(f"{self.page.url}: {said}")

    def path_of(self, rule: Rule) -> str:
        values = {name: self.ids[name] for name in rule.arguments}
        if rule.endpoint.startswith("signing_pages."):
            values["case_id"] = self.ids["to_sign"]
        if rule.endpoint == "casefile_pages.letter":
            values = {"case_id": self.ids["of_the_letter"], "task_id": self.ids["letter_id"]}
        if rule.endpoint.endswith("bereaved"):
            values |= {"case_id": self.ids["of_the_dead"], "kind": "bereaved_offered"}
        return str(self.app.url_map.bind("localhost").build(rule.endpoint, values))

    def go(self, path: str, said: str) -> None:
        told = self.page.goto(f"{self.url}{path}")
        self.look(said, told.status if told else 0)

    def send(self, path: str, said: str) -> None:
        with self.page.expect_navigation(wait_until="load") as told:
            self.page.evaluate(SEND, f"{self.url}{path}")
        self.look(said, told.value.status if told.value else 0)

    def look(self, said: str, status: int) -> None:
        self.seen[said] = status
        make = hashlib.sha256(self.page.evaluate(MAKE).encode()).hexdigest()
        if make in self.made:
            return
        self.made.add(make)
        self.page.evaluate(axe.AXE_SCRIPT)
        found = self.page.evaluate(RUN, RULES)
        self.page.emulate_media(color_scheme="dark")
        found += self.page.evaluate(RUN, DARK)
        self.page.emulate_media(color_scheme="light")
        for rule, nodes in found:
            for node in nodes:
                self.wrong.setdefault(f"{rule}: {node}", []).append(f"{said} ({status})")

    def log_in(self, login: str) -> None:
        self.page.context.clear_cookies()
        self.go("/log-in", f"{login}: /log-in")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("nav")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BINDELEDD_HOME", str(tmp_path_factory.mktemp("demo")))
        demo = bring_in(patients=26, seed=7, at=clock.now(), progress=lambda *_: None)
        yield fill(demo)
        demo.database.close()


@pytest.fixture
def looker(full: Full, browser: Any) -> Iterator[Looker]:
    with served(full.app) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO")
        looker = Looker(context.new_page(), url, full.app, full.ids)
        looker.page.on("console", lambda said: looker.hear(said.text))
        yield looker
        context.close()


def test_a_page_that_breaks_the_policy_is_heard(looker: Looker) -> None:
    looker.go("/log-in", "log in")
    with looker.page.expect_console_message():
        looker.page.evaluate("document.body.setAttribute('style', 'color: red')")

    assert len(looker.broken) == 1


@pytest.mark.minutes(2)
def test_axe_finds_nothing_on_any_page_of_anybody(full: Full, looker: Looker) -> None:
    for login in full.people:
        looker.log_in(login)
        for rule in pages(full.app, "GET"):
            looker.go(looker.path_of(rule), f"{login}: {rule.rule}")
    looker.go("/no-such-page", "not found")
    looker.log_in("berit")
    looker.go(f"/cases/{full.ids['of_the_dead']}", "berit: the follow-up of somebody who died")
    looker.go(
        f"/cases/{full.ids['of_the_letter']}/tasks/{full.ids['letter_id']}",
        "berit: the task that owes a letter, and whom to ask about it",
    )
    for rule in pages(full.app, "POST"):
        looker.send(looker.path_of(rule), f"berit sends nothing to {rule.rule}")

    assert looker.wrong == {}
    assert looker.broken == []
    assert {said for said, status in looker.seen.items() if status >= 500} == set()
    told = {said: status for said, status in looker.seen.items() if said.startswith("berit: ")}
    assert {said for said, status in told.items() if status != 200} == set()
    assert {status for said, status in looker.seen.items() if "sends" in said} >= {200, 422}
    evas = {said: status for said, status in looker.seen.items() if said.startswith("eva")}
    assert set(evas.values()) >= {403, 404}
    administration = {said: status for said, status in evas.items() if "/administration" in said}
    assert set(administration.values()) == {200}
    assert len(administration) > 10
    assert len(looker.made) > 60
