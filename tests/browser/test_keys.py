"""A morning's work without a mouse: the keys, the panel over the list, and undoing at once."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.access.tables import SessionRow
from bindeledd.foundation import clock
from browser.conftest import Comes, Person
from browser.test_day_and_case import Work, work
from browser.test_every_page import DARK, RULES, RUN, axe

__all__ = ["work"]

ON = "document.activeElement.closest('tr')?.innerText ?? ''"


def press(person: Person, *keys: str) -> None:
    for key in keys:
        person.page.keyboard.press(key)


def to_the_call(person: Person) -> None:
    """Down the list until the row of the call."""
    for _ in range(60):
        press(person, "j")
        if "Áilu" in person.page.evaluate(ON) and "Ring pasienten" in person.page.evaluate(ON):
            return


def at_the_call(person: Person) -> Any:
    """The panel in which a contact is registered, over the list, by the key of the row of the call."""
    person.go("/day")
    to_the_call(person)
    press(person, "c")
    panel = person.page.locator("#panel[open]")
    panel.wait_for()
    return panel


def registered(person: Person) -> Any:
    """The panel, once it says that the contact is registered."""
    panel = person.page.locator("#panel")
    panel.get_by_role("heading", name="Registrert").wait_for()
    return panel


def test_no_answer_is_two_strokes_from_the_row_and_the_next_attempt_one_more(
    comes: Comes, work: Work
) -> None:
    anna = comes("anna")
    panel = at_the_call(anna)
    for words in ("113", "Ikke svar", "Hva det gjelder"):
        assert words in panel.inner_text()
    assert panel.locator("a[href='tel:+4799112233']").is_visible()
    press(anna, "2")
    said = registered(anna)
    assert "Det som gjenstod, gjenstår." in said.inner_text()
    assert "Neste forsøk:" in said.inner_text()
    calls = len(work.tasks("call_patient"))
    press(anna, "Enter")
    said.get_by_text("Neste forsøk er lagret").wait_for()

    assert work.kinds().count("contact_attempted") == 1
    assert len(work.tasks("call_patient")) == calls + 1
    assert anna.where == "/day"
    press(anna, "Escape")
    anna.page.locator("#rows tr:focus-within", has_text="Áilu").wait_for()


def test_what_was_just_registered_is_undone_with_one_key(comes: Comes, work: Work) -> None:
    anna = comes("anna")
    at_the_call(anna)
    press(anna, "1")
    registered(anna)
    press(anna, "u")
    anna.page.locator("#panel").get_by_text("Angret.").wait_for()

    assert "marked_in_error" in work.kinds()
    assert work.tasks("call_patient")


def test_with_a_word_written_down_the_outcome_is_a_tab_away(comes: Comes, work: Work) -> None:
    anna = comes("anna")
    at_the_call(anna)
    press(anna, "Tab")
    anna.type("Nr. 2 i køen.")
    assert anna.page.locator("#panel #words").input_value() == "Nr. 2 i køen."
    press(anna, "Tab", "2")
    registered(anna)

    assert work.kinds().count("contact_attempted") == 1


def test_keys_lead_to_pages_and_to_the_row(comes: Comes, work: Work) -> None:
    anna = comes("anna", width=1024).go("/day")
    for second, path in (("i", "/inbox"), ("c", "/calendar"), ("l", "/leaving"), ("d", "/day")):
        press(anna, "g", second)
        anna.page.wait_for_url(f"**{path}")
    to_the_call(anna)
    press(anna, "o")
    anna.page.wait_for_url(f"**{work.path}#task-*")
    press(anna, "a")
    anna.page.wait_for_url("**/appointment")
    press(anna, "n")
    anna.page.wait_for_url("**/called*")

    assert anna.where.startswith("/called?case=")


def test_a_slash_on_a_page_without_a_field_to_search_in_goes_to_search(
    comes: Comes, work: Work
) -> None:
    anna = comes("anna")
    for path in ("/day", work.path):
        anna.go(path)
        press(anna, "/")
        anna.page.wait_for_url("**/search")

        assert anna.stands_in("who")


def test_a_slash_on_the_page_of_search_goes_to_its_field(comes: Comes, work: Work) -> None:
    anna = comes("anna").go("/search")
    assert anna.stands_in("who")
    press(anna, "Escape", "/")

    assert anna.stands_in("who")
    assert anna.page.input_value("[name=who]") == ""


def test_j_and_k_go_down_and_up_and_stop_at_the_ends(comes: Comes, work: Work) -> None:
    anna = comes("anna").go("/day")
    press(anna, "j")
    first = anna.page.evaluate(ON)
    press(anna, "k")
    assert anna.page.evaluate(ON) == first != ""
    press(anna, "j")
    assert anna.page.evaluate(ON) != first
    press(anna, "k")
    assert anna.page.evaluate(ON) == first


def test_no_key_does_anything_while_somebody_types_or_holds_a_modifier(
    comes: Comes, work: Work
) -> None:
    anna = comes("anna").go(f"{work.path}/contact")
    anna.page.focus("#words")
    anna.type("jcn?g d 2")
    assert anna.page.input_value("#words") == "jcn?g d 2"
    assert anna.page.locator("#panel[open]").count() == 0
    press(anna, "Escape", "Alt+n", "Control+?", "Control+2")

    assert anna.where == f"{work.path}/contact"
    assert "contact_attempted" not in work.kinds()


def test_the_keys_are_shown_on_every_page_and_switched_off(comes: Comes, work: Work) -> None:
    anna = comes("anna").go("/leaving")
    press(anna, "?")
    panel = anna.page.locator("#panel[open]")
    panel.wait_for()
    assert "Neste rad" in panel.inner_text()
    press(anna, "Escape")
    panel.wait_for(state="hidden")
    press(anna, "?")
    panel.wait_for()
    panel.get_by_role("button", name="Slå av tastene").click()
    anna.page.wait_for_url("**/keys?notice=*")
    anna.go("/day")
    press(anna, "g", "i", "?", "j")

    assert anna.where == "/day"
    assert anna.page.locator("#panel[open]").count() == 0
    assert anna.page.evaluate(ON) == ""


def test_the_list_is_drawn_anew_when_the_panel_closes_and_not_under_it(
    comes: Comes, work: Work
) -> None:
    anna = comes("anna")
    at_the_call(anna)
    press(anna, "1")
    registered(anna)
    assert anna.page.inner_text("#news") == ""
    press(anna, "Escape")
    anna.page.locator("#news:not(:empty)").wait_for()

    assert "contact" not in anna.where


def wrong_here(person: Person) -> list[Any]:
    """What axe complains of on the page as it stands, by day and in its colours by night."""
    assert person.page.evaluate("document.getAnimations().length") == 0
    person.page.evaluate(axe.AXE_SCRIPT)
    found: list[Any] = person.page.evaluate(RUN, RULES)
    person.page.emulate_media(color_scheme="dark")
    found += person.page.evaluate(RUN, DARK)
    person.page.emulate_media(color_scheme="light")
    return found


def test_axe_finds_nothing_in_what_stands_over_the_list(comes: Comes, work: Work) -> None:
    anna = comes("anna")
    anna.page.emulate_media(reduced_motion="reduce")
    anna.go("/day")
    to_the_call(anna)
    wrong = {"row": wrong_here(anna)}
    press(anna, "c")
    anna.page.locator("#panel[open]").wait_for()
    wrong["contact"] = wrong_here(anna)
    press(anna, "2")
    registered(anna)
    wrong["registered"] = wrong_here(anna)
    press(anna, "Escape", "?")
    anna.page.locator("#panel .keys").wait_for()
    wrong["keys"] = wrong_here(anna)

    assert wrong == {"row": [], "contact": [], "registered": [], "keys": []}


def test_a_network_that_is_gone_under_the_panel_loses_no_word_and_does_nothing_twice(
    comes: Comes, work: Work
) -> None:
    anna = comes("anna")
    at_the_call(anna)
    anna.page.fill("#panel #words", "Ringte to ganger.")
    anna.page.context.set_offline(True)
    press(anna, "Tab", "2")
    anna.page.locator("#lost").wait_for()
    assert anna.page.input_value("#panel #words") == "Ringte to ganger."
    anna.page.context.set_offline(False)
    press(anna, "2")
    registered(anna)
    anna.heard.clear()

    assert work.kinds().count("contact_attempted") == 1


def test_a_session_that_ended_under_the_panel_takes_what_was_typed_to_the_log_in(
    comes: Comes, work: Work
) -> None:
    anna = comes("anna")
    at_the_call(anna)
    anna.page.fill("#panel #words", "Ringte to ganger.")
    with work.live.database.transaction() as session:
        session.execute(sa.update(SessionRow).values(ended_at=clock.now()))
    press(anna, "Tab", "2")
    anna.page.locator("[name='kept.words']").wait_for(state="attached")
    assert all("401" in word for word in anna.heard)
    anna.heard.clear()

    assert anna.page.locator("[name='kept.words']").input_value() == "Ringte to ganger."
    assert anna.page.locator("[name='kept.outcome']").input_value() == "no_answer"


@pytest.mark.parametrize("width", [390, 1440])
def test_the_panel_fits_the_screen(comes: Comes, work: Work, width: int) -> None:
    anna = comes("anna", width=width)
    at_the_call(anna)
    sideways = anna.page.evaluate(
        "[document.documentElement, document.getElementById('panel')]"
        ".map(one => one.scrollWidth - one.clientWidth)"
    )

    assert max(sideways) <= 0
