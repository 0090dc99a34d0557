"""A form that is a page of its own, while the network is gone: nothing typed is lost, nothing is done twice."""

from __future__ import annotations

import re

from bindeledd.features.cases.tables import CaseRow
from browser.conftest import Comes, Live, Person

NAME = "Biret Prøve"


def registers(person: Person) -> None:
    """Fill in the page, as far as somebody is registered by it."""
    person.go("/register")
    person.page.fill("#name", NAME)
    person.page.check("[name=index_kind] >> nth=0")


def saves(person: Person) -> None:
    person.page.locator("main form .button-primary").first.click()


def test_a_network_that_is_gone_under_a_page_loses_no_word_and_says_so(comes: Comes) -> None:
    anna = comes("anna")
    registers(anna)
    anna.page.context.set_offline(True)
    saves(anna)
    said = anna.page.locator("#gone")
    said.wait_for()
    anna.heard.clear()

    assert "ingenting er lagret" in said.inner_text()
    assert anna.page.input_value("#name") == NAME
    assert anna.page.evaluate("Object.keys(localStorage).length + sessionStorage.length") == 0


def test_what_was_typed_is_sent_once_when_the_network_is_back(comes: Comes, live: Live) -> None:
    anna = comes("anna")
    before = len(live.all(CaseRow))
    registers(anna)
    anna.page.context.set_offline(True)
    saves(anna)
    anna.page.locator("#gone").wait_for()
    anna.page.context.set_offline(False)
    anna.heard.clear()
    saves(anna)
    anna.page.wait_for_url(re.compile("/register/done"))

    assert len(live.all(CaseRow)) - before == 1
