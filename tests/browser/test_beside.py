"""A row that is open beside the list: it stands in the address, and stays while the list is drawn anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bindeledd.features.access.tables import CareRelationRow, SessionRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from browser.conftest import PASSWORD, Comes, Live, Person
from browser.test_day_and_case import Work, work
from browser.test_in_place import ask, hold, on, owe, shown
from browser.test_keys import ON, press, registered, to_the_call, wrong_here

__all__ = ["work"]

WIDE, MIDDLE = 1440, 1199
NO_TASK = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def three(live: Live) -> dict[str, UUID]:
    return {name: owe(live, name, hour) for hour, name in enumerate(("Ánne", "Biret", "Čoska"), -9)}


def beside(person: Person, name: str) -> Any:
    """What stands beside the list, once it is of that name."""
    part = person.page.locator("#beside")
    part.get_by_role("heading", name=name).wait_for()
    return part


def open_row(person: Person, name: str) -> Any:
    person.page.locator("#rows tr", has_text=name).locator("td > a").first.click()
    return beside(person, name)


def marked(person: Person) -> str:
    """The row that is said to be the open one."""
    return str(person.page.locator("#rows tr:has([aria-current])").inner_text())


def test_a_row_opens_beside_the_list_and_stands_in_the_address(
    comes: Comes, three: dict[str, UUID]
) -> None:
    anna = comes("anna", width=WIDE).go("/day?person=nobody")
    open_row(anna, "Biret")

    assert anna.where == f"/day?person=nobody&open={three['Biret']}"
    assert "Biret" in marked(anna)
    assert "Čoska" in anna.sees


@pytest.mark.parametrize(("width", "scripts"), [(MIDDLE, True), (390, True), (WIDE, False)])
def test_on_a_narrower_screen_and_without_script_a_row_opens_on_its_own_page(
    comes: Comes, three: dict[str, UUID], width: int, scripts: bool
) -> None:
    anna = comes("anna", width=width, scripts=scripts).go("/day")
    anna.page.locator("#rows tr", has_text="Biret").locator("td > a").first.click()
    anna.page.wait_for_url("**/cases/*")

    assert anna.where.endswith(f"#task-{three['Biret']}")


@pytest.mark.parametrize(("width", "scripts"), [(MIDDLE, True), (390, True), (WIDE, False)])
def test_where_there_is_no_room_the_address_of_an_open_row_leads_to_it(
    comes: Comes, three: dict[str, UUID], width: int, scripts: bool
) -> None:
    anna = comes("anna", width=width, scripts=scripts).go(f"/day?open={three['Biret']}")
    anna.page.get_by_role("link", name="Vis raden som er åpen").click()
    anna.page.wait_for_url("**/cases/*")

    assert anna.where.endswith(f"#task-{three['Biret']}")


def test_back_goes_through_the_rows_that_were_open_and_forward_again(
    comes: Comes, three: dict[str, UUID]
) -> None:
    anna = comes("anna", width=WIDE).go("/day")
    open_row(anna, "Ánne")
    open_row(anna, "Čoska")
    anna.page.go_back()
    beside(anna, "Ánne")
    assert "Ánne" in marked(anna)
    anna.page.go_back()
    anna.page.locator("#beside").wait_for(state="hidden")
    assert anna.where == "/day"
    anna.page.go_forward()

    assert beside(anna, "Ánne").is_visible()


def test_a_link_to_an_open_row_opens_the_same_after_the_log_in(
    comes: Comes, live: Live, three: dict[str, UUID]
) -> None:
    anna = comes("anna", width=WIDE)
    with live.database.transaction() as session:
        session.execute(sa.update(SessionRow).values(ended_at=clock.now()))
    anna.go(f"/day?person=nobody&open={three['Biret']}")
    assert anna.where.startswith("/log-in?next=")
    anna.page.fill("#login", "anna")
    anna.page.fill("#password", PASSWORD)
    press(anna, "Enter")
    beside(anna, "Biret")

    assert anna.where == f"/day?person=nobody&open={three['Biret']}"
    assert "Biret" in marked(anna)


def test_keys_open_a_row_go_on_to_the_next_and_close_it(
    comes: Comes, three: dict[str, UUID]
) -> None:
    anna = comes("anna", width=WIDE).go("/day")
    on(anna, "Ánne")
    press(anna, "o")
    beside(anna, "Ánne")
    press(anna, "j")
    second = anna.page.evaluate(ON)
    assert "Ánne" not in second
    assert "Ánne" in marked(anna)
    press(anna, "k", "Enter")
    beside(anna, "Ánne")
    press(anna, "Escape")

    assert anna.page.locator("#beside").is_hidden()
    assert anna.where == "/day"
    assert "Ánne" in anna.page.evaluate(ON)


def test_closing_with_the_mouse_goes_back_to_the_row_too(
    comes: Comes, three: dict[str, UUID]
) -> None:
    anna = comes("anna", width=WIDE).go("/day")
    open_row(anna, "Biret").get_by_role("button", name="Lukk").click()

    assert anna.page.locator("#beside").is_hidden()
    assert "Biret" in anna.page.evaluate(ON)


def test_the_open_row_stays_while_the_list_is_drawn_anew(
    comes: Comes, live: Live, three: dict[str, UUID]
) -> None:
    anna = comes("anna", width=WIDE).go("/day")
    open_row(anna, "Biret")
    owe(live, "Dávvet", -12)
    ask(anna)
    anna.page.locator("#rows tr", has_text="Dávvet").first.wait_for()

    assert beside(anna, "Biret").is_visible()
    assert "Biret" in marked(anna)
    assert anna.where == f"/day?open={three['Biret']}"


def test_what_is_open_is_fetched_anew_only_where_the_list_says_another_thing_of_that_person(
    comes: Comes, live: Live, three: dict[str, UUID]
) -> None:
    anna = comes("anna", width=WIDE).go("/day")
    open_row(anna, "Biret")
    asked: list[str] = []
    anna.page.on("request", lambda one: asked.append(one.url))
    owe(live, "Dávvet", -12)
    ask(anna)
    anna.page.locator("#rows tr", has_text="Dávvet").first.wait_for()
    assert [one for one in asked if "/tasks/" in one] == []
    before = shown(live)
    hold(live, three["Biret"])
    with anna.page.expect_response(lambda told: "/anew" in told.url):
        ask(anna)
    beside(anna, "Biret").get_by_text("anna har oppgaven", exact=False).wait_for()

    assert shown(live) == before + 1


@pytest.mark.parametrize("task", [NO_TASK, "nonsense"])
def test_the_address_of_a_row_that_is_not_there_leaves_the_list_where_it_is(
    comes: Comes, three: dict[str, UUID], task: str
) -> None:
    anna = comes("anna", width=WIDE).go(f"/day?open={task}")
    part = anna.page.locator("#beside")
    if task != "nonsense":
        part.get_by_text("Oppgaven finnes ikke, eller du har ikke tilgang til den.").wait_for()
        part.get_by_role("button", name="Lukk").click()
    part.wait_for(state="hidden")
    assert all("404" in word for word in anna.heard)
    anna.heard.clear()

    assert "Biret" in anna.sees


def test_a_row_that_goes_out_of_sight_is_said_so_and_nobody_loses_their_place(
    comes: Comes, live: Live, three: dict[str, UUID]
) -> None:
    anna = comes("anna", width=WIDE).go("/day")
    part = open_row(anna, "Biret")
    with live.database.transaction() as session:
        case = session.scalar(sa.select(TaskRow.case_id).where(TaskRow.id == three["Biret"]))
        seen = sa.update(CareRelationRow).where(CareRelationRow.case_id == case)
        session.execute(seen.values(until=clock.now()))
        found = sa.update(TaskRow).where(TaskRow.id == three["Biret"])
        session.execute(found.values(version=TaskRow.version + 1))
    ask(anna)
    part.get_by_text("Oppgaven finnes ikke, eller du har ikke tilgang til den.").wait_for()
    assert all("404" in word for word in anna.heard)
    anna.heard.clear()

    assert "Biret" not in part.inner_text()
    assert anna.where == f"/day?open={three['Biret']}"


def test_contact_is_registered_with_whoever_is_open_by_its_key(comes: Comes, work: Work) -> None:
    anna = comes("anna", width=WIDE).go("/day")
    to_the_call(anna)
    press(anna, "Enter")
    beside(anna, "Áilu")
    press(anna, "c")
    anna.page.locator("#panel[open]").wait_for()
    press(anna, "2")
    registered(anna)
    press(anna, "Escape")
    anna.page.locator("#beside").get_by_text("Ikke svar", exact=False).first.wait_for()

    assert work.kinds().count("contact_attempted") == 1
    assert "open=" in anna.where


def test_axe_finds_nothing_where_a_row_is_open(comes: Comes, work: Work) -> None:
    anna = comes("anna", width=WIDE).go("/day")
    to_the_call(anna)
    press(anna, "Enter")
    beside(anna, "Áilu")

    assert wrong_here(anna) == []


@pytest.mark.parametrize("width", [1200, 1440])
def test_list_and_row_fit_the_screen_beside_each_other(
    comes: Comes, work: Work, width: int
) -> None:
    anna = comes("anna", width=width).go("/day")
    to_the_call(anna)
    press(anna, "Enter")
    beside(anna, "Áilu")
    sideways = anna.page.evaluate(
        "['html', '#beside', '.day .table'].map(one => document.querySelector(one))"
        ".map(one => one.scrollWidth - one.clientWidth)"
    )

    assert max(sideways) <= 0
