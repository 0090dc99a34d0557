"""The drawn timeline in a real Chromium: seen without scrolling, scrolled by keyboard, read by axe."""

from __future__ import annotations

from datetime import timedelta

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.foundation import clock
from browser.conftest import Comes, a_site_of
from browser.test_day_and_case import Work, work
from browser.test_every_page import DARK, RULES, RUN, axe
from builders import a_book

__all__ = ["work"]

SHOWN = "one => one.getBoundingClientRect().bottom <= innerHeight"
WITHIN = """one => { const own = one.getBoundingClientRect(),
    box = one.closest('.drawn-box').getBoundingClientRect();
    return own.left >= box.left && own.right <= box.right + 1; }"""
TELLS_WHEN_IT_MOVES = """one => { const begins = one.scrollLeft;
    one.addEventListener('scroll', () => one.setAttribute(
        'data-moved', one.scrollLeft < begins ? 'left' : 'right'), {once: true}); }"""


def test_what_is_owed_next_is_on_the_screen_without_scrolling(comes: Comes, work: Work) -> None:
    page = comes("anna", width=1440).go(work.path).page

    assert page.locator(".jumps .next").evaluate(SHOWN)
    assert page.locator("svg.drawn").evaluate(SHOWN)
    assert page.locator(".owed").first.locator(".owed-what").evaluate(SHOWN)


def test_on_a_phone_today_is_seen_first_and_the_rest_is_reached_by_keyboard(
    comes: Comes, work: Work
) -> None:
    page = comes("anna", width=390).go(work.path).page
    box = page.locator(".drawn-box")
    today = box.locator(".today")
    seen_first = today.evaluate(WITHIN)
    box.evaluate(TELLS_WHEN_IT_MOVES)

    box.focus()
    page.keyboard.press("ArrowRight")

    page.locator(".drawn-box[data-moved=right]").wait_for()
    assert seen_first


def test_axe_finds_nothing_in_a_case_with_much_in_it_by_day_and_by_night(
    comes: Comes, work: Work
) -> None:
    now = clock.now()
    kinds = (EventKind.CONTACT_ATTEMPTED, EventKind.REACHED, EventKind.CALLED_IN)
    many = [NewEvent(kind=kinds[one % 3], at=now - one * timedelta(minutes=2)) for one in range(40)]
    with work.live.database.transaction() as session:
        cases.record(session, work.case, many, by=a_site_of(work.live).anna, at=now, book=a_book())
    page = comes("anna", width=1440).go(work.path).page
    page.evaluate(axe.AXE_SCRIPT)

    found = page.evaluate(RUN, RULES)
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(RUN, DARK)

    assert found == []
