"""Registering, calls, the queue, the inbox, signing and the roll call, as people do them."""

from __future__ import annotations

import pytest

from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.intake.tables import CallRow, MessageRow
from bindeledd.features.reminders.tables import DeliveryRow
from bindeledd.features.rollcall.tables import RollCallRow
from bindeledd.features.tasks.tables import TaskRow
from browser.conftest import Comes, Live

PAGES = (
    "/register",
    "/called",
    "/calls",
    "/queue",
    "/inbox",
    "/rollcall",
    "/sign",
    "/morning",
    "/morning/escalated",
    "/morning/unreached",
)


def test_somebody_is_registered_by_keyboard_alone(comes: Comes, live: Live) -> None:
    anna = comes("anna").go("/register")

    assert anna.stands_in("name")
    anna.type("Nils Ukjent").tab(3).type("99 12 34 56").tab()
    assert anna.stands_in("index_kind")
    anna.page.keyboard.press("Space")
    anna.tab()
    assert anna.stands_in("intoxication")
    anna.tab()
    assert anna.stands_in("happened_on")
    anna.page.keyboard.press("Enter")
    anna.page.wait_for_url("**/register/done**")

    assert "Registrert" in anna.sees
    assert len(live.all(CaseRow)) == 2


def test_what_was_typed_survives_an_error_and_the_way_to_it_is_one_click(
    comes: Comes, live: Live
) -> None:
    anna = comes("anna").go("/register")
    anna.page.fill("#name", "Nils Ukjent")
    anna.page.fill("#number", "123")
    anna.page.fill("#words", "Bor hos søsteren.")
    anna.press("Registrer")

    assert "Noe må rettes" in anna.sees
    assert anna.page.input_value("#words") == "Bor hos søsteren."
    anna.page.click(".errors a[href='#number']")
    assert anna.stands_in("number")
    anna.page.fill("#number", "")
    anna.page.get_by_text("Selvskading").click()
    anna.press("Registrer")
    assert "Registrert" in anna.sees
    assert len(live.all(CaseRow)) == 2


def test_a_call_of_acute_concern_is_written_down_and_answered(comes: Comes, live: Live) -> None:
    anna = comes("anna")
    anna.page.click("text=Noen ringte")

    assert "113" in anna.sees
    assert "116 117" in anna.sees
    assert "55 00 00 00" in anna.sees
    assert anna.stands_in("caller")
    anna.type("Broren")
    anna.page.fill("#about", "Kari Prøve")
    anna.page.fill("#said", "Hun tar ikke telefonen.")
    anna.page.get_by_label("Akutt bekymring").check()
    anna.press("Lagre")

    assert "Frist for Oppfølgingsteamet:" in anna.sees
    assert "minutter" not in anna.sees
    anna.press("Det gjelder denne")
    assert "acute_concern" in [event.kind for event in live.all(EventRow)]
    assert "Akutt bekymring" in anna.sees
    assert live.all(CallRow)[0].case_id == live.case


def test_a_message_is_decided(comes: Comes, live: Live) -> None:
    anna = comes("anna").go("/queue")
    assert "Skal avgjøres" in anna.sees
    anna.page.get_by_role("link", name="Åpne").click()
    anna.press("Ja, vår")
    assert "Velg hva som har skjedd" in anna.sees
    anna.page.get_by_text("Hensikt ikke avklart").click()
    anna.press("Ja, vår")

    assert "Oppfølgingen er åpnet" in anna.sees
    assert live.all(MessageRow)[0].status == "opened"


def test_not_ours_is_said_twice_before_it_is_erased(comes: Comes, live: Live) -> None:
    anna = comes("anna").go(f"/queue/{live.message}")
    anna.press("Ikke vår, slett innholdet")
    assert live.all(MessageRow)[0].original is not None

    anna.page.get_by_label("Jeg har sett gjennom meldingen").check()
    anna.press("Ikke vår, slett innholdet")
    assert "Innholdet er slettet" in anna.sees
    assert live.all(MessageRow)[0].original is None


def test_an_alert_is_acknowledged_and_stands_no_more(comes: Comes, live: Live) -> None:
    told = {one.member_id for one in live.all(DeliveryRow)}
    anna = comes("anna").go("/inbox")
    assert told
    assert "3 timer for sent" in anna.sees
    assert "Kari Prøve" in anna.sees
    anna.press("Sett – jeg tar det. Minn meg")

    assert "Kvittert." in anna.sees
    assert "3 timer for sent" not in anna.sees
    seen = [task for task in live.all(TaskRow) if task.seen_by is not None]
    assert {task.state for task in seen} == {"open"}


def test_a_lead_signs_a_closing_and_the_morning(comes: Comes, live: Live) -> None:
    berit = comes("berit").go("/sign")
    assert "Fastlegen tar over." in berit.sees
    berit.page.get_by_role("link", name="Se på").click()
    berit.press("Signer avslutningen")
    assert "Oppfølgingen er avsluttet" in berit.sees
    assert live.all(CaseRow)[0].state == "closed"

    berit.go("/rollcall").press("Jeg har lest dette")
    assert "Oversikten er lest" in berit.sees
    assert live.all(RollCallRow)[0].read_at is not None


def test_everything_works_without_scripts(comes: Comes, live: Live) -> None:
    berit = comes("berit", scripts=False).go("/called")
    berit.page.fill("#said", "Noen ringte og la på.")
    berit.press("Lagre")
    assert "Noen ringte og la på." in berit.sees
    berit.page.fill("#done", "Ingen å ringe tilbake til.")
    berit.press("Ferdig")
    assert "Henvendelsen er besvart" in berit.sees
    assert live.all(CallRow)[0].ended_at is not None


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_is_wider_than_its_screen_and_each_has_one_heading(
    comes: Comes, live: Live, width: int
) -> None:
    berit = comes("berit", width=width)
    for path in (*PAGES, f"/queue/{live.message}", f"/sign/{live.case}"):
        berit.go(path)
        wide = berit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (path, wide) == (path, 0)
        assert berit.page.locator("h1").count() == 1
        assert berit.page.evaluate("document.documentElement.lang") == "nb"


def test_every_field_has_a_name_that_is_read_aloud(comes: Comes, live: Live) -> None:
    berit = comes("berit")
    nameless = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
        .filter(e => !(e.labels?.length || e.textContent.trim() || e.ariaLabel)).map(e => e.name)"""
    for path in (*PAGES, f"/queue/{live.message}", f"/sign/{live.case}"):
        assert (path, berit.go(path).page.evaluate(nameless)) == (path, [])
