"""My day and a case in a browser: what a team does in a day, and the other team's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.tables import PatientRow, contact_bundle, place
from bindeledd.features.relatives.tables import FamilyRow, RelativeRow
from bindeledd.features.staff.tables import AbsenceRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.sealing.keyring import seal
from browser.conftest import Comes, Live, Person, a_site_of, may_log_in
from builders import a_member, an_open_case
from features.casefile.following import ZONE, day_in
from features.worklist.builders import a_named_patient

NAME = "Áilu Márjá Ánne Biret-Iŋgá Guovdageaidnu Čáhppe-Eira"


@dataclass
class Work:
    """A case of Anna's team without anything standing above it, and somebody of the other team."""

    live: Live
    case: UUID
    other_team: UUID

    @property
    def path(self) -> str:
        return f"/cases/{self.case}"

    def tasks(self, kind: str) -> list[Any]:
        found = self.live.all(TaskRow)
        return [
            one
            for one in found
            if one.case_id == self.case and one.kind == kind and one.state == "open"
        ]

    def kinds(self) -> list[str]:
        return [one.kind for one in self.live.all(EventRow) if one.case_id == self.case]


@pytest.fixture
def work(live: Live) -> Work:
    now, site = clock.now(), a_site_of(live)
    # Today, also where today has just begun.
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    discharged = max(now - timedelta(hours=2), today)
    with live.database.transaction() as session:
        olav = a_member(session, site.tenant, site.other_team, "olav", "member", now)
        may_log_in(session, olav, "olav")
        patient = a_named_patient(session, site, NAME)
        sealed = seal(
            session,
            place(site.tenant, "contact_ways", patient),
            contact_bundle((ContactWay(value="+4799112233"),)),
        )
        row = sa.update(PatientRow).where(PatientRow.id == patient)
        session.execute(row.values(contact_ways=sealed))
        case = an_open_case(
            session,
            site,
            at=discharged,
            discharged_at=discharged,
            patient=patient,
        ).case
    return Work(live=live, case=case.id, other_team=site.other_team)


def fill(person: Person, **fields: str) -> None:
    for name, value in fields.items():
        person.page.fill(f"#{name}", value)


def test_from_the_day_to_a_registered_call_in_two_clicks(comes: Comes, work: Work) -> None:
    anna = comes("anna").go("/day")
    assert NAME in anna.sees

    row = anna.page.locator("tr", has_text="Ring pasienten").filter(has_text=NAME).first
    row.get_by_role("link", name="Ring", exact=False).last.click()
    anna.page.wait_for_url("**/contact")
    assert "113" in anna.sees
    anna.press("Snakket med pasienten")

    assert "Kontakten er lagret" in anna.sees
    assert "reached" in work.kinds()


def test_the_usual_outcome_stands_on_the_case_without_scripts(comes: Comes, work: Work) -> None:
    anna = comes("anna", scripts=False, width=390).go(work.path)
    anna.page.fill("#words", "Telefonsvarer.")
    anna.press("Ikke svar")

    assert "Det som gjenstod, gjenstår." in anna.sees
    assert "Telefonsvarer." in anna.sees
    assert "contact_attempted" in work.kinds()


def test_enter_in_a_field_registers_no_outcome(comes: Comes, work: Work) -> None:
    anna = comes("anna").go(f"{work.path}/contact")
    anna.page.get_by_text("Flere utfall").click()
    anna.page.fill("#next_time", "10:00")
    anna.page.press("#next_time", "Enter")
    anna.page.wait_for_selector(".errors")

    assert "contact_attempted" not in work.kinds()
    assert "reached" not in work.kinds()


def test_an_appointment_the_summary_relatives_and_children(comes: Comes, work: Work) -> None:
    anna = comes("anna").go(work.path)
    anna.page.get_by_role("link", name="Gi time").first.click()
    fill(anna, starts_on=day_in(3), starts_time="10:00", where="Poliklinikken")
    anna.page.locator("input[name=give]").check()
    anna.page.select_option("#how", "self")
    anna.press("Lagre timen")
    assert "Timen er lagret og gitt." in anna.sees
    assert work.live.all(AppointmentRow)[0].state == "given"

    anna.page.get_by_role("link", name="Registrer epikrise").first.click()
    anna.press("Skrevet og sendt")
    assert "Ingen er krysset av" in anna.sees
    for box in anna.page.locator("input[name=to]:not([value=named_by_patient])").all():
        box.check()
    anna.page.select_option("#how", "self")
    anna.press("Skrevet og sendt")
    assert "epikrisen er sendt" in anna.sees
    assert "summary_sent" in work.kinds()

    anna.page.locator(".owed a.button", has_text="Spør om pårørende").first.click()
    anna.page.get_by_text("Pårørende er kontaktet").click()
    anna.page.get_by_text("Legg til pårørende").click()
    fill(anna, name="Ole Áilu", relation="Bror")
    anna.press("Lagre")
    assert "Ole Áilu" in anna.sees
    assert len(work.live.all(RelativeRow)) == 1

    anna.page.locator(".owed a.button", has_text="Spør om barn").first.click()
    fill(anna, children_number="1", children="20x5")
    anna.press("Lagre")
    assert anna.page.input_value("#children") == "20x5"
    fill(anna, children="2015")
    anna.press("Lagre")
    assert "1 barn (2015)" in anna.sees
    assert len(work.live.all(FamilyRow)) == 1


def test_a_task_is_brought_forward_with_a_reason(comes: Comes, work: Work) -> None:
    last = work.tasks("call_patient")[-1]
    anna = comes("anna").go(f"{work.path}#task-{last.id}")
    anna.page.locator(f"#task-{last.id} a.main-link").click()
    fill(anna, due_on=day_in(1), due_time="12:00", words="Ba om å bli ringt før.")
    anna.press("Flytt frem")

    assert "Fristen er flyttet frem." in anna.sees
    assert "task_brought_forward" in work.kinds()
    assert "Ba om å bli ringt før." in anna.sees


def test_handed_over_and_accepted_by_the_other_team(comes: Comes, work: Work) -> None:
    anna, olav = comes("anna").go(f"{work.path}/handover"), comes("olav")
    olav.page.on("console", lambda said: None)
    anna.page.select_option("#to_team", str(work.other_team))
    fill(anna, words="Flyttet til kommunen.")
    anna.press("Send overføringen")
    assert "venter på svar" in anna.sees

    olav.go("/day")
    assert NAME in olav.sees
    olav.page.get_by_role("link", name="Ta imot overføring").first.click()
    olav.page.get_by_role("link", name="Svar på overføringen").first.click()
    assert "Flyttet til kommunen." in olav.sees
    fill(olav, first_on=day_in(2), first_time="11:00")
    olav.press("Aksepter")
    assert "Teamet ditt har ansvaret nå." in olav.sees
    case = next(one for one in work.live.all(CaseRow) if one.id == work.case)
    assert case.responsible_team_id == work.other_team


def test_closing_is_asked_for(comes: Comes, work: Work) -> None:
    anna = comes("anna").go(f"{work.path}/closing")
    anna.page.get_by_text("Fullført").click()
    fill(anna, words="Fastlegen følger opp.")
    if anna.page.locator("[name=override]").count():
        anna.page.get_by_text("Avslutt selv om dette mangler").click()
    anna.press("Be om avslutning")

    assert "Den venter på signatur." in anna.sees
    assert "closing_requested" in work.kinds()


def test_away_today_is_two_clicks(comes: Comes, live: Live) -> None:
    anna = comes("anna").go("/day")
    anna.page.get_by_role("link", name="Borte i dag").click()
    anna.press("Borte resten av dagen")

    assert "Fraværet er lagret" in anna.sees
    assert len(live.all(AbsenceRow)) == 1


@pytest.mark.parametrize("width", [320, 1024, 1200, 1440])
def test_the_table_of_who_is_leaving_has_room_on_every_screen(
    comes: Comes, work: Work, width: int
) -> None:
    leaving = comes("anna", width=width).go("/leaving")
    sideways = leaving.page.evaluate(
        "[document.documentElement, ...document.querySelectorAll('.table')]"
        ".map(one => one.scrollWidth - one.clientWidth)"
    )
    assert "Mangler" in leaving.sees
    assert max(sideways) <= 0


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_what_is_missing_stands_beside_what_it_is(
    comes: Comes, work: Work, width: int
) -> None:
    leaving = comes("anna", width=width).go("/leaving")
    above = leaving.page.evaluate(
        "[...document.querySelectorAll('.table-many td > a')].map(one => "
        "one.getBoundingClientRect().top - one.parentElement.getBoundingClientRect().top)"
    )

    assert above
    assert max(above) < 12


@pytest.mark.parametrize("width", [320, 660, 1024, 1200])
def test_no_button_sticks_out_of_what_it_belongs_to(comes: Comes, work: Work, width: int) -> None:
    case = comes("anna", width=width).go(work.path)
    case.page.evaluate(
        "document.querySelectorAll('.owed .button')"
        ".forEach(one => one.textContent = 'Registrer at barneansvarlig har fått beskjed')"
    )
    out = case.page.evaluate(
        "[...document.querySelectorAll('.card .button, .owed .button')]"
        ".map(one => [one.textContent.trim(), one.getBoundingClientRect().right"
        " - one.closest('.card, .owed').getBoundingClientRect().right])"
        ".filter(one => one[1] > 0)"
    )
    assert out == []


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_runs_out_of_the_screen(comes: Comes, work: Work, width: int) -> None:
    anna = comes("anna", width=width)
    small = ("contact", "appointment", "summary", "relatives", "children", "handover", "closing")
    pages = ["/day", "/away", work.path, *(f"{work.path}/{page}" for page in small)]
    for path in [*pages, f"{work.path}/say/receiver_named", f"{work.path}/tasks/new"]:
        anna.go(path)
        shown, there = anna.page.evaluate(
            "[document.documentElement.clientWidth, document.documentElement.scrollWidth]"
        )
        assert there <= shown, path
