"""The sheet for the person, printed from the browser's own menu: as discreet as the PDF."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from bindeledd.features.appointments.service import book_appointment
from bindeledd.foundation import clock
from browser.conftest import Comes, Person, a_site_of
from browser.test_day_and_case import NAME, Work, work
from builders import a_book

__all__ = ["work"]


@pytest.fixture
def anna(comes: Comes, work: Work) -> Person:
    """Anna, who looks at the sheet of an appointment."""
    now = clock.now()
    with work.live.database.transaction() as session:
        made = book_appointment(
            session,
            work.case,
            starts_at=now + timedelta(days=2),
            detail={"where": "Storgata 5"},
            by=a_site_of(work.live).anna,
            at=now,
            book=a_book(),
        )
    return comes("anna").go(f"{work.path}/appointments/{made.appointment.id}/sheet")


def test_a_page_that_is_printed_is_the_sheet_and_says_nothing_of_whom_it_is_about(
    anna: Person,
) -> None:
    assert NAME in anna.sees

    pages = PdfReader(io.BytesIO(anna.page.pdf())).pages
    paper = " ".join(" ".join(page.extract_text() for page in pages).split())

    assert "Timen din" in paper
    assert "Storgata 5" in paper
    assert NAME.split()[0] not in paper
    assert "Arket til personen" not in paper
    assert len(pages) == 1
