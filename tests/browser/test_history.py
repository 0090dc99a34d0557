"""What is older in a history: below what stands, with the keyboard; a page of its own without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.foundation import clock
from browser.conftest import Comes, a_site_of
from browser.test_day_and_case import Work, work
from builders import a_book

__all__ = ["work"]

CALLS = 45
ON = "document.activeElement.innerText"


@pytest.fixture
def long(work: Work) -> Work:
    now = clock.now()
    many = [
        NewEvent(
            kind=EventKind.REACHED,
            at=now - timedelta(minutes=one),
            note={"words": f"Samtale {one:02}."},
        )
        for one in range(CALLS)
    ]
    with work.live.database.transaction() as session:
        cases.record(session, work.case, many, by=a_site_of(work.live).anna, at=now, book=a_book())
    return work


def test_what_is_older_is_drawn_below_and_one_stands_on_the_first_of_it(
    comes: Comes, long: Work
) -> None:
    page = comes("anna").go(long.path).page
    lines = page.locator("#history li", has_text="Samtale")
    before = lines.count()
    page.locator("#older a").press("Enter")
    lines.nth(before).wait_for()

    assert lines.count() == 2 * before
    assert f"Samtale {before:02}." in page.evaluate(ON)
    assert page.url.endswith(long.path)
    assert page.locator("#older").count() == 1


def test_without_scripts_the_same_link_leads_to_the_page_of_what_is_older(
    comes: Comes, long: Work
) -> None:
    anna = comes("anna", scripts=False).go(long.path)
    first = anna.page.locator("#history li", has_text="Samtale").all_inner_texts()
    anna.page.locator("#older a").click()
    anna.page.wait_for_url("**/history?before=*")

    assert f"Samtale {len(first):02}." in anna.sees
    assert "Samtale 00." not in anna.sees
    anna.page.get_by_role("link", name="Til oppfølgingen").first.click()
    anna.page.wait_for_url(f"**{long.path}")
