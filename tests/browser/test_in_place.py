"""My day drawn anew in its own place: the row that one is on stays, whoever types is left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bindeledd.features.access.tables import SessionRow
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from browser.conftest import Comes, Live, Person, a_site_of
from builders import a_task_row, an_open_case
from features.worklist.builders import a_named_patient

ASK = "window.htmx.trigger('#ask', 'ask')"
ON = "document.activeElement.closest('tr')?.innerText ?? ''"


def owe(live: Live, name: str, hours: float) -> UUID:
    """Somebody new, and a call that is owed to them so many hours from now, beside what their routine
    owes: two rows."""
    now, site = clock.now(), a_site_of(live)
    with live.database.transaction() as session:
        patient = a_named_patient(session, site, name)
        case = an_open_case(session, site, at=now, patient=patient).case.id
        due_at = now + timedelta(hours=hours)
        return a_task_row(session, site, case=case, due_at=due_at, at=now)


def hold(live: Live, task: UUID) -> None:
    """Anna takes it: it is no more among those that nobody has."""
    anna = a_site_of(live).anna.id
    with live.database.transaction() as session:
        found = sa.update(TaskRow).where(TaskRow.id == task)
        session.execute(found.values(held_by=anna, version=TaskRow.version + 1))


def shown(live: Live) -> int:
    return [row.act for row in live.all(AuditEventRow)].count("worklist.shown")


def on(person: Person, name: str) -> None:
    """Go to the row of that name."""
    person.page.locator("#rows tr", has_text=name).locator("td > a").first.focus()


def ask(person: Person) -> None:
    """The poll, without waiting for its turn."""
    with person.page.expect_response(lambda told: "/day/changed" in told.url):
        person.page.evaluate(ASK)


@pytest.fixture
def three(live: Live) -> dict[str, UUID]:
    return {name: owe(live, name, hour) for hour, name in enumerate(("Ánne", "Biret", "Čoska"), -9)}


def test_what_is_new_and_gone_is_said_and_the_row_one_is_on_stays(
    comes: Comes, live: Live, three: dict[str, UUID]
) -> None:
    anna = comes("anna").go("/day?person=nobody")
    on(anna, "Biret")
    hold(live, three["Ánne"])
    owe(live, "Dávvet", -12)
    ask(anna)
    anna.page.locator("#rows tr", has_text="Dávvet").first.wait_for()

    assert anna.page.inner_text("#news") == "2 nye rader · 1 rad er borte"
    assert "Biret" in anna.page.evaluate(ON)


def test_where_the_row_is_gone_the_next_one_is_it(
    comes: Comes, live: Live, three: dict[str, UUID]
) -> None:
    anna = comes("anna").go("/day?person=nobody")
    on(anna, "Biret")
    hold(live, three["Biret"])
    ask(anna)
    anna.page.locator(f"[href$='{three['Biret']}']").wait_for(state="detached")

    assert "Čoska" in anna.page.evaluate(ON)


def test_nothing_is_fetched_while_nothing_has_changed(
    comes: Comes, live: Live, three: dict[str, UUID]
) -> None:
    anna = comes("anna").go("/day")
    before = shown(live)
    ask(anna)
    ask(anna)

    assert shown(live) == before
    assert anna.page.inner_text("#news") == ""


def test_nothing_is_drawn_anew_under_somebody_who_types(
    comes: Comes, live: Live, three: dict[str, UUID]
) -> None:
    anna = comes("anna").go("/day")
    anna.page.focus("#kind")
    owe(live, "Dávvet", -12)
    ask(anna)
    assert anna.page.inner_text("#news") == "2 nye rader"
    ask(anna)
    assert anna.page.locator("#rows tr", has_text="Dávvet").count() == 0
    on(anna, "Biret")
    ask(anna)
    anna.page.locator("#rows tr", has_text="Dávvet").first.wait_for()

    assert "Biret" in anna.page.evaluate(ON)


def test_a_session_that_has_ended_is_said_with_the_way_back_to_the_same_sight(
    comes: Comes, live: Live
) -> None:
    anna = comes("anna").go("/day?person=me")
    with live.database.transaction() as session:
        session.execute(sa.update(SessionRow).values(ended_at=clock.now()))
    ask(anna)
    way = anna.page.locator("#ended a")
    way.wait_for()
    assert anna.page.locator("#ask").count() == 0
    assert all("401" in word for word in anna.heard)
    anna.heard.clear()

    assert way.get_attribute("href") == "/log-in?next=/day?person%3Dme"


def test_a_network_that_is_gone_is_said_with_when_the_list_was_drawn_and_comes_back(
    comes: Comes, live: Live
) -> None:
    anna = comes("anna").go("/day")
    anna.page.context.set_offline(True)
    anna.page.evaluate(ASK)
    said = anna.page.locator("#offline")
    said.wait_for()
    assert "Det som står her, er fra kl." in said.inner_text()
    anna.page.context.set_offline(False)
    ask(anna)
    said.wait_for(state="hidden")
    unheard: list[Any] = [word for word in anna.heard if "ERR_INTERNET" not in word]
    anna.heard.clear()

    assert [word for word in unheard if "htmx" not in word and "failed" not in word] == []
