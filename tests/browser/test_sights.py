"""My day with nothing in it and with five hundred rows of very long names: nothing sticks out, axe is content."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.foundation import clock
from browser.conftest import Comes, Person, a_site_of
from browser.test_day_and_case import NAME, Work, work
from browser.test_keys import wrong_here
from builders import a_case_row
from features.worklist.builders import a_named_patient

__all__ = ["work"]

ROWS = 500
SIDEWAYS = """[document.documentElement, ...document.querySelectorAll('main, .table, nav')]
    .map(one => one.scrollWidth - one.clientWidth)"""
CUT = """[...document.querySelectorAll('main td, main th, main a, main .button')]
    .filter(one => one.getClientRects().length && !one.closest('.unseen')
        && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.innerText)"""
LOOK = os.environ.get("BINDELEDD_PICTURES")


def sticks_out(person: Person, name: str) -> list[object]:
    """What is wider than its place, by day and by night."""
    found: list[object] = []
    for theme in ("light", "dark"):
        person.page.emulate_media(color_scheme=theme)
        found += [one for one in person.page.evaluate(SIDEWAYS) if one > 0]
        found += person.page.evaluate(CUT)
        if LOOK:
            person.page.screenshot(path=str(Path(LOOK) / f"{name}-{theme}.png"))
    person.page.emulate_media(color_scheme="light")
    return found


def test_nothing_sticks_out_of_five_hundred_rows_with_long_names(comes: Comes, work: Work) -> None:
    now, site = clock.now(), a_site_of(work.live)
    with work.live.database.transaction() as session:
        for number in range(ROWS):
            patient = a_named_patient(session, site, f"{NAME}-{number}")
            due = now + timedelta(minutes=17 * (number - 20))
            a_case_row(session, site, patient=patient, at=now, due_at=due)
    anna = comes("anna")
    anna.page.emulate_media(reduced_motion="reduce")
    out = {}
    for width in (1440, 1024, 390):
        anna.page.set_viewport_size({"width": width, "height": 900})
        out[width] = sticks_out(anna.go("/day"), f"day-{ROWS}-{width}")

    assert out == {1440: [], 1024: [], 390: []}
    assert anna.page.locator("#rows tbody tr").count() >= 50
    assert wrong_here(anna) == []


@pytest.mark.parametrize("path", ["/day", "/search"])
def test_nothing_sticks_out_where_nothing_is(comes: Comes, work: Work, path: str) -> None:
    olav = comes("olav")
    olav.page.emulate_media(reduced_motion="reduce")
    out = {}
    for width in (1440, 1024, 390):
        olav.page.set_viewport_size({"width": width, "height": 900})
        out[width] = sticks_out(olav.go(path), f"{path[1:]}-0-{width}")

    assert out == {1440: [], 1024: [], 390: []}
    assert olav.page.locator("#rows tbody tr").count() == 0
    assert wrong_here(olav) == []
