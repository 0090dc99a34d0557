"""The sheet of an appointment: discreet, in the person's language, printed and never given by that."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from pypdf import PdfReader
from werkzeug.test import TestResponse

from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.tables import PatientRow, contact_bundle, place
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.sealing.keyring import seal
from doors import a_door
from features.casefile.following import NAME, PHONE, in_days
from features.casefile.letters import CONTACTS, LAYER
from features.casefile.test_pages_letter import Written, a_world
from plugin.packs import Shelf, a_shelf
from visitors import EITHER, text_of

PLACE, WHOM = "Storgata 5, 2. etasje", "Berit, rom 4"
SHEET = '''
    [letter.in-hand]
    sheet = true
    title = { nb = "Timen din hos Lillevik", se = "Du diibmu" }
    basis = { kind = "local", source = "The plan of Lillevik 2027" }
    [letter.in-hand.text]
    nb = """
    {appointment} i {place} hos {whom}.

    {call}
    """
    se = """
    Bures boahtin {appointment}. {place}. {whom}.

    {call}
    """
'''
CALLS = """
    [[contact]]
    key = "lillevik.watch"
    label = { nb = "Vakttelefonen" }
    tasks = ["give_appointment"]
    phone = "+47 77 00 00 11"
    on_paper = true
    [[contact]]
    key = "lillevik.line"
    label = { nb = "Psykologisk hjelpetelefon" }
    tasks = ["offer_plan"]
    phone = "+47 77 00 00 22"
    on_paper = true
"""


class Handed:
    """Kari's follow-up with an appointment ahead."""

    def __init__(self, world: Written) -> None:
        self.world = world
        self.anna = world.anna
        said = {**in_days(20, on="starts"), "where": PLACE, "whom": WHOM}
        answer = world.anna.post(world.path("appointment"), said)
        assert answer.status_code == 303, text_of(answer)
        (self.one,) = world.all(AppointmentRow)

    def path(self, more: str = "", one: Any = None) -> str:
        return self.world.path(f"appointments/{one or self.one.id}/sheet{more}")

    def tell(self, **said: Any) -> None:
        door = a_door(self.world.app, self.world.database, self.world.site.anna)
        answer = door("POST", f"/cases/{self.world.case}/events", said)
        assert answer.status_code in (200, 201), answer.text

    def cover(self, who: str) -> None:
        """Somebody said yes to answering for the next eight days: a weekend is among them."""
        now = clock.now()
        covers = {"who": who, "from": now.isoformat()}
        covers["until"] = (now + timedelta(days=8)).isoformat()
        yes = {"cover": "accepted", "number_answered": "yes"}
        self.tell(kind="gap_covered", facts=yes, covers=covers, words="Avtalt på telefon")

    def paper(self, answer: TestResponse) -> str:
        assert answer.data.startswith(b"%PDF-"), text_of(answer)
        pages = PdfReader(io.BytesIO(answer.data)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def entry(self, answer: TestResponse) -> Any:
        (found,) = Calendar.from_ical(answer.data).walk("VEVENT")
        return found

    @property
    def state(self) -> str:
        return next(one.state for one in self.world.all(AppointmentRow) if one.id == self.one.id)

    def ways(self, **said: Any) -> None:
        world = self.world
        with world.database.transaction() as session:
            sealed = seal(
                session,
                place(world.site.tenant, "contact_ways", world.patient),
                contact_bundle((ContactWay(value=PHONE, **said),)),
            )
            found = sa.update(PatientRow).where(PatientRow.id == world.patient)
            session.execute(found.values(contact_ways=sealed))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    yield from a_shelf(tmp_path / "shelf")


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def handed(fresh_database: Database, tmp_path: Path, shelf: Shelf) -> Handed:
    world = a_world(fresh_database, tmp_path, shelf, CONTACTS + CALLS, LAYER + SHEET)
    return Handed(world)


def test_the_sheet_is_one_click_from_the_notice_that_an_appointment_was_given(
    handed: Handed,
) -> None:
    said = {**in_days(5, on="starts"), "where": PLACE, "whom": WHOM, "give": "yes", "how": "self"}
    answer = handed.anna.post(handed.world.path("appointment"), said)
    assert answer.status_code == 303, text_of(answer)
    told = handed.anna.get(answer.location).text

    new = next(one for one in handed.world.all(AppointmentRow) if one.id != handed.one.id)
    after = told.partition('<p class="after">')[2]
    assert handed.path(one=new.id) in after.partition('<div class="standings">')[0]


@pytest.mark.parametrize("way", ["sheet", ""])
def test_the_row_of_an_appointment_ahead_leads_to_its_sheet_given_or_not(
    handed: Handed, way: str
) -> None:
    if way:
        handed.anna.post(handed.path("/given"), {"way": way, "how": "self"})

    row = handed.anna.get(handed.world.path()).text.partition('id="appointments"')[2]
    assert f'href="{handed.path()}"' in row.partition("</section>")[0]


def test_nothing_leads_to_the_sheet_of_an_appointment_that_was_cancelled(handed: Handed) -> None:
    path = handed.world.path(f"appointments/{handed.one.id}")
    handed.anna.post(path, {"action": "cancel", "how": "self"})
    assert handed.state == "cancelled"

    assert handed.path() not in handed.anna.get(handed.world.path()).text


@pytest.mark.parametrize("dialect", EITHER)
def test_the_whole_way_from_the_appointment_to_a_sheet_in_the_hand(handed: Handed) -> None:
    shown = text_of(handed.anna.get(handed.path()))
    assert "Arket til personen" in shown
    assert PLACE in shown

    before = handed.world.kinds()
    answer = handed.anna.post(handed.path("/pdf"), {"language": "en"})
    paper = handed.paper(answer)
    assert "Your appointment" in paper
    assert PLACE in paper
    assert WHOM in paper
    assert "Vakttelefonen: +47 77 00 00 11" in paper
    assert handed.world.kinds() == before
    assert handed.state == "booked"
    (logged,) = handed.world.logged("sheet.printed")
    assert (logged["language"], logged["form"]) == ("en", "pdf")

    given = handed.anna.post(handed.path("/given"), {"way": "sheet", "how": "self"})
    assert given.status_code == 303, text_of(given)
    assert handed.state == "given"
    assert handed.world.event("appointment_given").facts["appointment_way"] == "sheet"


def test_the_paper_tells_nobody_who_it_is_by_whom_or_why(handed: Handed) -> None:
    answer = handed.anna.post(handed.path("/pdf"))
    paper = handed.paper(answer)
    known = PdfReader(io.BytesIO(answer.data)).metadata or {}
    told = f"{paper} {known} {answer.headers}".lower()

    for word in (NAME.split()[0], "bindeledd", "psyk", "team", "oppfølg", "selvmord"):
        assert word.lower() not in told
    assert "77 00 00 22" in paper


def test_it_opens_in_the_browser(handed: Handed) -> None:
    answer = handed.anna.post(handed.path("/pdf"))

    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert 'formtarget="_blank"' in handed.anna.get(handed.path()).text


@pytest.mark.parametrize("form", ["/pdf", "/ics"])
@pytest.mark.parametrize("field", ["where", "whom", "call"])
def test_a_word_that_reveals_is_refused_with_the_word_and_what_was_typed(
    handed: Handed, field: str, form: str
) -> None:
    typed = {"where": "Her", "whom": "Berit", "call": "99 11 22 33", "language": "nb"}

    refused = handed.anna.post(handed.path(form), {**typed, field: "DPS Nord, 2. etasje"})

    assert refused.status_code == 422
    assert "«dps» røper hva det gjelder" in text_of(refused)
    assert 'value="DPS Nord, 2. etasje"' in refused.text
    assert handed.world.logged("sheet.printed") == []


def test_a_sheet_that_reveals_is_not_printed_from_the_browsers_menu_either(handed: Handed) -> None:
    plain = handed.anna.get(handed.path()).text
    revealing = handed.anna.post(handed.path(), {"where": "DPS Nord", "language": "nb"}).text

    assert 'class="ds-card card sheet discreet"' in plain
    assert 'class="ds-card card sheet"' in revealing
    assert "Arket skrives ikke ut slik det står" in revealing
    assert "Arket skrives ikke ut" not in plain


def test_what_is_typed_for_the_paper_changes_the_paper_alone(handed: Handed) -> None:
    typed = {"where": "Kafeen på hjørnet", "whom": "Berit", "call": "Berit 99 11 22 33"}

    seen = text_of(handed.anna.post(handed.path(), typed))
    paper = handed.paper(handed.anna.post(handed.path("/pdf"), {**typed, "language": "en"}))

    assert "Kafeen på hjørnet" in seen
    assert "Kafeen på hjørnet" in paper
    assert "Berit 99 11 22 33" in paper
    assert PLACE in text_of(handed.anna.get(handed.path()))


@pytest.mark.parametrize(
    ("typed", "title"),
    [("engelsk", "Your appointment"), ("Nordsamisk", "Du diibmu"), ("klingon", "Timen din hos")],
)
def test_it_is_in_the_persons_language_where_there_is_a_sheet_in_it(
    handed: Handed, typed: str, title: str
) -> None:
    handed.world.identity(language=typed)

    assert title in handed.paper(handed.anna.post(handed.path("/pdf")))


def test_the_sheet_of_a_layer_is_written_down_with_its_version(handed: Handed) -> None:
    handed.anna.post(handed.path("/pdf"), {"language": "se"})

    (logged,) = handed.world.logged("sheet.printed")
    assert (logged["layer"], logged["language"]) == ("lillevik.letter@2027.1", "se")


def test_what_nobody_knows_is_named_and_is_a_line_on_the_paper(handed: Handed) -> None:
    nothing = {"where": "", "whom": "", "call": "", "language": "en"}

    shown = text_of(handed.anna.post(handed.path(), nothing))

    assert "Dette mangler Hvor timen er Hvem personen møter" in shown
    assert "____" in handed.paper(handed.anna.post(handed.path("/pdf"), nothing))


def test_who_said_yes_to_covering_the_next_weekend_is_whom_to_call(handed: Handed) -> None:
    handed.cover("Berit, 77 00 00 33")

    assert "svarer Berit, 77 00 00 33." in text_of(handed.anna.get(handed.path()))
    assert "ingen står oppført med vakt" not in text_of(handed.anna.get(handed.path()))
    assert "Berit, 77 00 00 33" in handed.paper(handed.anna.post(handed.path("/pdf")))


def test_who_covers_and_would_reveal_what_it_is_about_is_not_on_the_paper(handed: Handed) -> None:
    handed.cover("Psykiatrisk vakt, 77 00 00 33")

    assert "Psykiatrisk vakt, 77 00 00 33" in text_of(handed.anna.get(handed.path()))
    assert "77 00 00 33" not in handed.paper(handed.anna.post(handed.path("/pdf")))


def test_who_said_yes_before_nobody_could_is_not_on_the_paper(handed: Handed) -> None:
    handed.cover("Berit, 77 00 00 33")
    handed.tell(kind="gap_covered", facts={"cover": "none"}, words="Berit er syk")

    assert "77 00 00 33" not in handed.paper(handed.anna.post(handed.path("/pdf")))


@pytest.mark.parametrize("way", ["sms", "letter"])
def test_what_is_only_sent_is_registered_as_that_and_still_to_be_given(
    handed: Handed, way: str
) -> None:
    answer = handed.anna.post(handed.path("/given"), {"way": way})

    assert answer.status_code == 303, text_of(answer)
    assert handed.state == "booked"
    assert handed.world.open("give_appointment")
    assert "Sendt i dag" in text_of(handed.anna.get(handed.path()))


def test_what_was_sent_is_given_when_the_person_says_so(handed: Handed) -> None:
    handed.anna.post(handed.path("/given"), {"way": "sms"})

    handed.anna.post(handed.path("/given"), {"way": "sms", "how": "patient_said"})

    assert handed.state == "given"
    assert not handed.world.open("give_appointment")


def test_nobody_says_that_they_saw_a_letter_come(handed: Handed) -> None:
    refused = handed.anna.post(handed.path("/given"), {"way": "letter", "how": "self"})

    assert refused.status_code == 422
    assert "Det som er sendt, er ikke i hånda" in text_of(refused)
    assert handed.state == "booked"


def test_a_refused_form_keeps_what_was_typed_for_the_paper(handed: Handed) -> None:
    refused = handed.anna.post(handed.path("/given"), {"where": "Kafeen", "whom": "B", "call": ""})

    assert refused.status_code == 422
    assert 'value="Kafeen"' in refused.text


def test_sms_is_not_offered_where_no_number_is_safe_for_messages(handed: Handed) -> None:
    assert 'value="sms"' in handed.anna.get(handed.path()).text
    handed.ways(safe_to_leave_message=False)

    page = handed.anna.get(handed.path())

    assert 'value="sms"' not in page.text
    assert "ingen av numrene er trygge" in text_of(page)


def test_letter_is_not_offered_to_a_protected_address(handed: Handed) -> None:
    handed.world.identity(protected_address=True)

    page = handed.anna.get(handed.path())

    assert 'value="letter"' not in page.text
    assert "Brev er ikke med" in text_of(page)


@pytest.mark.parametrize("form", ["/pdf", "/ics"])
def test_nothing_goes_out_after_a_reported_death(handed: Handed, form: str) -> None:
    handed.anna.post(handed.world.path("death"), {"step": "reported", "words": "Bror ringte."})
    assert "death_reported" in handed.world.kinds()

    refused = handed.anna.post(handed.path(form))
    shown = text_of(handed.anna.get(handed.path()))

    assert refused.status_code == 409
    held = [one.facts for one in handed.world.all(EventRow) if one.kind == "message_held"]
    assert held == [{"what": "appointment_notice"}]
    assert PLACE not in shown
    assert "Det skrives ikke ut noe" in shown


@pytest.mark.parametrize("path", ["", "/pdf", "/ics", "/given"])
def test_nobody_else_has_a_sheet_of_it(handed: Handed, path: str) -> None:
    carl = handed.world.carl

    answer = carl.post(handed.path(path), {"way": "sheet", "how": "self"})

    assert answer.status_code == 404
    assert PLACE not in answer.text


def test_a_moved_one_is_the_same_in_the_calendar_one_number_higher(handed: Handed) -> None:
    first = handed.entry(handed.anna.post(handed.path("/ics")))
    move = handed.world.path(f"appointments/{handed.one.id}/move")
    handed.anna.post(move, {**in_days(22, on="starts"), "give": ""})
    new = next(o for o in handed.world.all(AppointmentRow) if o.previous_id == handed.one.id)

    later = handed.entry(handed.anna.post(handed.path("/ics", new.id)))

    assert later["UID"] == first["UID"]
    assert later["SEQUENCE"] > first["SEQUENCE"]
    assert later["DTSTART"].dt == new.starts_at
    assert handed.anna.post(handed.path("/pdf")).status_code == 409


def test_one_that_was_cancelled_is_taken_back_in_the_calendar(handed: Handed) -> None:
    first = handed.entry(handed.anna.post(handed.path("/ics")))
    cancel = {"action": "cancel", "how": "self"}
    handed.anna.post(handed.world.path(f"appointments/{handed.one.id}"), cancel)
    assert "avlysningen" in text_of(handed.anna.get(handed.path()))

    answer = handed.anna.post(handed.path("/ics"))

    gone = handed.entry(answer)
    assert b"METHOD:CANCEL" in answer.data
    assert (gone["UID"], gone["STATUS"]) == (first["UID"], "CANCELLED")
    assert gone["SEQUENCE"] > first["SEQUENCE"]


def test_one_that_was_cancelled_by_mistake_counts_further(handed: Handed) -> None:
    path = handed.world.path(f"appointments/{handed.one.id}")
    handed.anna.post(path, {"action": "cancel", "how": "self"})
    gone = handed.entry(handed.anna.post(handed.path("/ics")))
    handed.anna.post(f"{path}/undo", {"why": "Feil time."})

    back = handed.entry(handed.anna.post(handed.path("/ics")))

    assert back["STATUS"] == "CONFIRMED"
    assert back["SEQUENCE"] > gone["SEQUENCE"]


def test_the_calendar_file_tells_nobody_who_it_is_by_whom_or_why(handed: Handed) -> None:
    answer = handed.anna.post(handed.path("/ics"))
    told = f"{answer.text} {answer.headers}".lower()

    for word in (NAME.split()[0], "bindeledd", "psyk", "selvmord", str(handed.world.case)):
        assert word.lower() not in told
    assert "SUMMARY:Time\r\n" in answer.text
    assert handed.world.logged("sheet.printed")[0]["form"] == "ics"


def test_one_that_is_over_has_no_sheet(handed: Handed) -> None:
    with handed.world.database.transaction() as session:
        over = handed.world.at.replace(year=handed.world.at.year - 1)
        session.execute(sa.update(AppointmentRow).values(starts_at=over))

    assert "Det lages ikke noe ark" in text_of(handed.anna.get(handed.path()))
    assert handed.anna.post(handed.path("/pdf")).status_code == 409


def test_over_http_the_sheet_says_what_reveals_and_prints_none_of_it(handed: Handed) -> None:
    door = a_door(handed.world.app, handed.world.database, handed.world.site.anna)
    path = f"/cases/{handed.world.case}/appointments/{handed.one.id}/sheet"
    agreed = {"where": "DPS Nord", "whom": "Berit"}

    shown = door("POST", path, {"language": "en", "agreed": agreed})
    refused = door("POST", f"{path}/calendar", {"agreed": agreed})

    assert shown.json["sheet"]["title"] == "Your appointment"
    assert shown.json["revealing"] == ["where"]
    assert (refused.status_code, refused.json["type"]) == (422, "urn:bindeledd:sheet.reveals")


def test_over_http_the_calendar_file_is_the_one_of_the_page(handed: Handed) -> None:
    door = a_door(handed.world.app, handed.world.database, handed.world.site.anna)
    path = f"/cases/{handed.world.case}/appointments/{handed.one.id}/sheet/calendar"

    answer = door("POST", path, {})

    assert answer.mimetype == "text/calendar"
    assert handed.entry(answer)["LOCATION"] == PLACE
