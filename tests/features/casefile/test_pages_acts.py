"""What a team member does on a case, page by page: status, body, and what stands there after it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.access.domain import RelationKind
from bindeledd.features.access.service import relate
from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service import endings, record
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.contacts.tables import ContactRow
from bindeledd.features.documents.tables import DocumentRow, RecipientRow
from bindeledd.features.handovers.tables import HandoverRow
from bindeledd.features.intake.service.calling import call_in
from bindeledd.features.relatives.tables import FamilyRow, RelativeRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import ZONE, day_words, local_day
from bindeledd.web.shell import moment
from builders import a_book
from doors import a_door
from features.casefile.following import NAME, PHONE, World, day_in, in_days
from visitors import EITHER, Visitor, text_of

both = pytest.mark.parametrize("dialect", EITHER)
# A number of the immigration authorities, of a year to come.
DUF = "999900000108"


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def goes_back(world: World, page: str, fields: dict[str, Any], who: Visitor | None = None) -> str:
    """Send the form; the notice on the case, where the answer leads."""
    answer = (who or world.anna).post(world.path(page), fields)
    assert answer.status_code == 303, text_of(answer)
    assert answer.headers["Location"].startswith(world.path())
    return text_of((who or world.anna).get(answer.headers["Location"]))


def refuses(world: World, page: str, fields: dict[str, Any], status: int = 422) -> str:
    """Send the form; the page that comes back with what is wrong."""
    answer = world.anna.post(world.path(page), fields)
    assert answer.status_code == status, text_of(answer)
    assert 'role="alert"' in answer.text
    return answer.text


# --- contacts -------------------------------------------------------------------------------------


@both
def test_one_press_registers_that_the_person_was_reached(world: World) -> None:
    owed = len(world.open("call_patient"))
    page = goes_back(world, "contact", {"outcome": "spoke_with_patient", "words": "Har det bra."})

    assert "Kontakten er lagret" in page
    assert "Har det bra." in page
    assert "reached" in world.kinds()
    assert len(world.open("call_patient")) < owed


def test_an_attempt_leaves_what_is_owed_and_may_be_tried_again(world: World) -> None:
    owed = len(world.open("call_patient"))
    fields = {"outcome": "no_answer", **in_days(2, on="next")}
    page = goes_back(world, "contact", fields)

    assert "Det som gjenstod, gjenstår." in page
    again = [task for task in world.open("call_patient") if task.step_key != "next-attempt"]
    assert len(again) == owed + 1


def test_a_contact_that_is_refused_keeps_what_was_typed(world: World) -> None:
    fields = {"outcome": "", "other": "asked_to_call_back_at", "words": "Ring etter jobb."}
    page = refuses(world, "contact", fields)

    assert "Når vil pasienten bli ringt?" in page
    assert "Ring etter jobb." in page
    assert 'value="asked_to_call_back_at" selected' in page
    assert world.all(ContactRow) == []


def call_twice_in_vain(world: World) -> None:
    """Half an hour ago and now: two attempts, and not one."""
    first = (clock.now() - timedelta(minutes=30)).astimezone(ZONE)
    when = {"happened_on": day_words(first.date()), "happened_time": f"{first:%H:%M}"}
    goes_back(world, "contact", {"outcome": "no_answer", **when})
    goes_back(world, "contact", {"outcome": "no_answer"})


def test_whoever_writes_down_a_no_chooses_the_day_of_the_next_offer(world: World) -> None:
    page = world.anna.get(world.path("contact")).text
    assert "som rutinen sier. Senest" in text_of(world.anna.get(world.path("contact")))
    assert 'name="offer_again_on"' in page
    no = {"other": "declined_this_time", "outcome": ""}
    today = clock.now().astimezone(ZONE).date()

    for day in (today, today - timedelta(days=1), today + timedelta(days=120)):
        page = refuses(world, "contact", {**no, "offer_again_on": day_words(day)})
        assert day_words(day) in page
        assert 'id="offer_again_on-error"' in page
    page = refuses(world, "contact", {"outcome": "no_answer", "offer_again_on": day_in(20)})
    assert 'id="offer_again_on-error"' in page

    saturday = today + timedelta(days=14 + (5 - today.weekday()) % 7)
    page = goes_back(world, "contact", {**no, "offer_again_on": day_words(saturday)})
    assert "neste åpne dag" in page
    assert f"{day_words(saturday)} er stengt." in page
    again = [task for task in world.open("call_patient") if task.step_key == "offer-again"]
    [due] = [task.due_at.astimezone(ZONE).date() for task in again]
    assert due > saturday


def test_the_second_no_stands_in_the_history_as_a_person_who_answered_and_said_no(
    world: World,
) -> None:
    for _ in range(2):
        goes_back(world, "contact", {"other": "declined_this_time", "outcome": ""})

    page = world.anna.get(world.path())
    assert page.text.count('<span class="name">Personen svarte og sa nei</span>') == 2
    assert "Prøvde å få kontakt" not in text_of(page)


def test_whoever_asks_to_be_called_back_stands_there_as_one_who_answered(world: World) -> None:
    again = {"other": "asked_to_call_back_at", "outcome": "", **in_days(2, on="next")}
    goes_back(world, "contact", again)

    history = text_of(world.anna.get(world.path()))
    assert "Personen svarte" in history
    assert "Prøvde å få kontakt" not in history


def test_the_notice_of_a_second_call_says_that_it_counts_as_the_same_attempt(world: World) -> None:
    call = {"outcome": "no_answer"}
    first, second = (
        world.anna.post(world.path("contact"), call).headers["Location"] for _ in range(2)
    )
    same = "Det teller som samme forsøk som det forrige."

    assert same not in text_of(world.anna.get(first))
    assert same in text_of(world.anna.get(second))


def test_the_second_call_within_a_moment_counts_as_the_same_attempt(world: World) -> None:
    for _ in range(2):
        goes_back(world, "contact", {"outcome": "no_answer"})

    history = text_of(world.anna.get(world.path()))
    assert history.count("teller som samme forsøk") == 1
    assert world.open("clinician_decides") == []


def test_a_clinician_chooses_what_now_and_it_becomes_a_task(world: World) -> None:
    call_twice_in_vain(world)
    [task] = world.open("clinician_decides")
    page = f"tasks/{task.id}"
    shown = text_of(world.anna.get(world.path(page)))
    for title in ("Hjemmebesøk", "Ringe en pårørende", "113 eller politi er varslet"):
        assert title in shown

    refused = refuses(world, f"{page}/decide", {"choice": "acute_team", "why": "Bekymret."})
    assert 'id="who-error"' in refused
    assert "Bekymret." in refused
    assert 'id="choice"' in refuses(world, f"{page}/decide", {"why": "Bekymret."})
    assert "Velg hva" in refuses(world, f"{page}/done", {"done": "Venter"}, 409)

    fields = {"choice": "acute_team", "why": "Bekymret.", "who": "Lege Hansen"}
    said = goes_back(world, f"{page}/decide", fields)
    assert "Avgjørelsen er lagret" in said
    assert "Akutteamet er varslet" in said
    assert "Svarte: Lege Hansen" in said
    [owed] = world.open("follow_up_handed_on")
    assert "Lege Hansen" in text_of(world.anna.get(world.path(f"tasks/{owed.id}")))
    assert world.open("clinician_decides") == []


def relatives_to_call(page: str) -> dict[str, str]:
    """Id and name of each relative who can be chosen on the page."""
    choice = page.partition('name="relative"')[2].partition("</select>")[0]
    return dict(re.findall(r'<option value="([0-9a-f-]{36})">([^<]+)<', choice))


def test_the_task_of_a_relative_says_who_and_what_they_may_be_told(world: World) -> None:
    goes_back(world, "relatives", {"answer": "contacted", "name": "Ola Prøve", "phone": "90011223"})
    unsafe = {"answer": "contacted", "name": "Per Prøve", "unsafe": "yes"}
    goes_back(world, "relatives", unsafe)
    call_twice_in_vain(world)
    [task] = world.open("clinician_decides")
    form = world.anna.get(world.path(f"tasks/{task.id}")).text
    ids = relatives_to_call(form)
    assert list(ids.values()) == ["Ola Prøve"]

    [brother] = ids
    fields = {"choice": "relative", "why": "Bror pleier å vite.", "relative": brother}
    goes_back(world, f"tasks/{task.id}/decide", fields)
    [owed] = world.open("call_relative")
    shown = text_of(world.anna.get(world.path(f"tasks/{owed.id}")))
    assert "Ola Prøve" in shown
    assert "90 01 12 23" in shown
    assert "Bror pleier å vite." in shown


def test_whom_the_patient_does_not_want_to_be_told_cannot_be_chosen_to_be_called(
    world: World,
) -> None:
    goes_back(world, "relatives", {"answer": "contacted", "name": "Ola Prøve"})
    call_twice_in_vain(world)
    [task] = world.open("clinician_decides")
    page = f"tasks/{task.id}"
    [ola] = relatives_to_call(world.anna.get(world.path(page)).text)
    words = {"step": "object", "objection_words": "Er redd ham."}
    assert world.anna.post(world.path(f"relatives/{ola}/objection"), words).status_code == 303

    shown = world.anna.get(world.path(page)).text
    assert ola not in shown
    assert "står ikke her før innvendingen er avgjort" in shown
    chosen = {"choice": "relative", "why": "Bror pleier å vite.", "relative": ola}
    assert "vil ikke at denne pårørende får vite" in refuses(world, f"{page}/decide", chosen)


def test_a_relative_is_written_down_without_an_answer_that_nobody_gave(world: World) -> None:
    assert "Velg" in refuses(world, "relatives", {"words": "Ringte broren."})

    said = goes_back(world, "relatives", {"name": "Ola Prøve"})
    assert "Opplysningene om den pårørende er lagret" in said
    assert len(world.open("ask_relatives")) == 1

    said = goes_back(world, "relatives", {"answer": "agreed", "words": "Gjerne."})
    assert "Sier ja til at vi kontakter pårørende" in said
    assert world.open("ask_relatives") == []


def test_save_without_an_outcome_registers_nothing(world: World) -> None:
    assert "Velg hva det ble til." in refuses(world, "contact", {"words": "?"})
    assert world.all(ContactRow) == []


def test_the_same_form_sent_twice_acts_once(world: World) -> None:
    fields = {"outcome": "no_answer", "_once": "0b9c7e0a-8a8e-4a2a-9d9c-1f6f7a1c0001"}
    first = world.anna.post(world.path("contact"), fields)
    second = world.anna.post(world.path("contact"), fields)

    assert (first.status_code, second.status_code) == (303, 303)
    assert len(world.all(ContactRow)) == 1


def test_a_form_that_was_refused_may_be_mended_under_the_same_key(world: World) -> None:
    key = {"_once": "0b9c7e0a-8a8e-4a2a-9d9c-1f6f7a1c0002"}
    refuses(world, "contact", {"outcome": "", **key})
    goes_back(world, "contact", {"outcome": "no_answer", **key})

    assert len(world.all(ContactRow)) == 1


def test_a_form_that_was_sent_after_a_new_log_in_is_looked_at_before_it_acts(
    world: World,
) -> None:
    typed = {"outcome": "no_answer", "words": "Ringte to ganger.", "_once": "0b9c7e0a-8a8e-03"}
    answer = world.anna.post(world.path("contact"), {**typed, "_again": "yes"})
    assert answer.status_code == 200
    assert "Ringte to ganger." in answer.text
    assert "Det er ikke lagret ennå" in answer.text
    assert world.all(ContactRow) == []

    goes_back(world, "contact", typed)
    assert len(world.all(ContactRow)) == 1


# --- appointments ---------------------------------------------------------------------------------


def test_an_appointment_of_somebody_away_is_covered_by_a_colleague_on_the_page_of_its_task(
    world: World,
) -> None:
    anna, berit = world.site.anna.id, world.site.berit.id
    fields = {**in_days(3, on="starts"), "where": "Poliklinikken", "give": "yes", "how": "self"}
    goes_back(world, "appointment", {**fields, "member": anna})
    assert world.anna.post("/away", {"until_on": day_in(4)}).status_code == 303
    [task] = world.open("cover_appointment")

    for place in ("", "appointments"):
        assert "Poliklinikken · Anna" in text_of(world.anna.get(world.path(place)))
    page = world.berit.get(world.path(f"tasks/{task.id}"))
    shown = text_of(page)
    assert "Poliklinikken · Anna" in shown
    assert "Anna er borte da." in shown
    assert f'value="{berit}"' in page.text
    assert f'value="{anna}"' not in page.text
    for said in ("Poliklinikken", "10.00", "99 11 22 33", "Kollegaen tar timen", "Avlys timen"):
        assert said in shown
    assert "En medarbeider satte fristen" not in shown
    assert "senest 2 timer før" in shown
    [one] = world.all(AppointmentRow)
    assert world.path(f"appointments/{one.id}") in page.text

    away = refuses(world, f"tasks/{task.id}/cover", {"member": anna, "told": "Hun vet det"})
    assert "er også borte da" in away
    assert "Skriv hva pasienten fikk vite" in refuses(
        world, f"tasks/{task.id}/cover", {"member": berit, "told": ""}
    )
    goes_back(world, f"tasks/{task.id}/cover", {"member": berit, "told": "Hun vet at Berit kommer"})

    assert world.open("cover_appointment") == []
    [one] = world.all(AppointmentRow)
    assert (one.member_id, one.state) == (berit, "given")
    case = text_of(world.anna.get(world.path()))
    assert "Hun vet at Berit kommer" in case
    assert "Poliklinikken · Berit" in case
    assert "Poliklinikken · Anna" not in case


def test_whoever_is_away_stands_there_until_when_and_their_lead_ends_it(world: World) -> None:
    assert world.anna.post("/away", {"until_on": day_in(4)}).status_code == 303
    for page in ("/away", "/duty"):
        assert "Ingen stedfortreder" in text_of(world.berit.get(page))
    end = f"/away/{world.site.anna.id}/back"
    assert end in world.berit.get("/away").text

    assert world.carl.post(end).status_code in (403, 404)
    assert world.berit.post(end).status_code == 303
    assert "Ingen i teamet er ført opp som borte" in text_of(world.berit.get("/away"))


@both
def test_an_appointment_is_given_and_what_became_of_it_is_said(world: World) -> None:
    fields = {**in_days(3, on="starts"), "where": "Poliklinikken", "give": "yes", "how": "self"}
    assert "Timen er lagret og gitt." in goes_back(world, "appointment", fields)
    one = world.all(AppointmentRow)[0]
    page = text_of(world.anna.get(world.path(f"appointments/{one.id}")))

    assert "Poliklinikken" in page
    assert world.open("give_appointment") == []
    early = {"action": "keep", "how": "patient_said", "words": "Kom tidlig"}
    kept = refuses(world, f"appointments/{one.id}", early)
    assert "Timen har ikke vært ennå" in kept
    assert "Kom tidlig" in kept
    goes_back(world, f"appointments/{one.id}", {"action": "cancel", "how": "self"})
    assert world.all(AppointmentRow)[0].state == "cancelled"
    assert len(world.open("give_appointment")) == 1


def test_an_appointment_that_was_missed_by_mistake_is_put_right(world: World) -> None:
    goes_back(world, "appointment", {**in_days(3, on="starts"), "give": "yes", "how": "self"})
    one = world.all(AppointmentRow)[0]
    goes_back(world, f"appointments/{one.id}", {"action": "cancel", "how": "self"})

    assert "Skriv hvorfor" in refuses(world, f"appointments/{one.id}/undo", {"why": ""})
    goes_back(world, f"appointments/{one.id}/undo", {"why": "Feil time"})
    assert world.all(AppointmentRow)[0].state == "given"


def test_a_check_names_its_appointment_and_is_answered_once_that_has_been(world: World) -> None:
    for days, where in ((3, "Poliklinikken"), (6, "Kommunen")):
        fields = {**in_days(days, on="starts"), "where": where, "give": "yes", "how": "self"}
        goes_back(world, "appointment", fields)
    first = min(world.all(AppointmentRow), key=lambda row: row.starts_at)
    task = min(world.open("confirm_appointment"), key=lambda row: row.due_at)
    shown = text_of(world.anna.get(world.path(f"tasks/{task.id}")))
    assert "Poliklinikken" in shown
    assert "Kommunen" not in shown
    assert "Timen har vært" not in shown

    with world.database.transaction() as session:
        was = clock.now() - timedelta(minutes=5)
        session.execute(sa.update(AppointmentRow).values(starts_at=was))
    page = world.anna.get(world.path(f"tasks/{task.id}"))
    assert "Timen har vært" in text_of(page)
    assert f'href="{world.path(f"appointments/{first.id}")}"' in page.text


def begun_appointment(world: World) -> str:
    """One that the person was given five days ago, and that began five minutes ago; its address."""
    at = world.at - timedelta(days=5)
    with world.database.transaction() as session:
        made = appointments.book_appointment(
            session,
            world.case,
            starts_at=world.at - timedelta(minutes=5),
            detail={},
            give=True,
            by=world.site.anna,
            at=at,
            book=a_book(),
        )
    return f"appointments/{made.appointment.id}"


def actions_offered(page: str) -> set[str]:
    return set(re.findall(r'name="action" value="(\w+)"', page))


def test_before_it_begins_nobody_is_asked_whether_they_came(world: World) -> None:
    goes_back(world, "appointment", {**in_days(3, on="starts"), "give": "yes", "how": "self"})
    [ahead] = world.all(AppointmentRow)
    page = world.anna.get(world.path(f"appointments/{ahead.id}")).text

    assert actions_offered(page) == {"confirm", "cancel", "hand_on"}


def test_of_one_that_has_begun_only_what_became_of_it_is_offered(world: World) -> None:
    page = world.anna.get(world.path(begun_appointment(world))).text

    assert actions_offered(page) == {"keep", "miss", "cancel", "hand_on"}


MADE = "Det er laget en oppgave om å følge opp"
NONE_LEFT = "Ingen oppgave om å følge det opp står igjen"


def missed(world: World, *before: EventKind) -> str:
    """That nobody came is said once this was recorded of the case, after the appointment began."""
    one = begun_appointment(world)
    with world.database.transaction() as session:
        for kind in before:
            event = NewEvent(kind=kind, at=world.at)
            how = {"by": world.site.anna, "at": world.at, "book": a_book()}
            record(session, world.case, [event], **how)
    return goes_back(world, one, {"action": "miss", "how": "self"})


@both
def test_a_missed_appointment_says_that_following_it_up_is_owed(world: World) -> None:
    page = missed(world)

    assert len(world.open("respond_to_missed_appointment")) == 1
    assert MADE in page


@pytest.mark.parametrize("since", [EventKind.REACHED, EventKind.DEATH_REPORTED])
@both
def test_a_missed_appointment_that_leaves_nothing_owed_says_so(
    world: World, since: EventKind
) -> None:
    page = missed(world, since)

    assert world.open("respond_to_missed_appointment") == []
    assert MADE not in page
    assert NONE_LEFT in page


def test_a_cancelled_appointment_of_the_dead_asks_for_no_new_one(world: World) -> None:
    one = begun_appointment(world)
    with world.database.transaction() as session:
        dead = NewEvent(kind=EventKind.DEATH_REPORTED, at=world.at)
        record(session, world.case, [dead], by=world.site.anna, at=world.at, book=a_book())
    page = goes_back(world, one, {"action": "cancel", "how": "self"})

    assert world.open("give_appointment") == []
    assert "Det gjenstår å gi en ny" not in page


def overtaken_outcome(world: World) -> str:
    """Anna says that nobody came, on a page from before Berit said that they did: what comes back."""
    one = begun_appointment(world)
    goes_back(world, one, {"action": "keep", "how": "self", "words": "Snakket godt"}, world.berit)
    late = {"action": "miss", "how": "self", "words": "Kom ikke i dag"}
    return refuses(world, one, late, status=409)


@both
def test_an_overtaken_outcome_says_what_stands_who_said_it_and_when(world: World) -> None:
    page = re.sub(r"<[^>]+>", "", overtaken_outcome(world))

    assert re.search(r"Sist registrert om timen: Møtte til time, Berit\b.* kl\. \d\d\.\d\d", page)


def test_the_words_of_an_overtaken_outcome_are_kept_and_are_no_reason_to_undo_it(
    world: World,
) -> None:
    page = overtaken_outcome(world)
    [why] = re.findall(r'<textarea[^>]*name="why"[^>]*>([^<]*)<', page)

    assert why.strip() == ""
    assert re.search(r"<textarea[^>]*readonly[^>]*>Kom ikke i dag<", page)


def test_an_undoing_that_was_overtaken_says_who_undid_it(world: World) -> None:
    one = begun_appointment(world)
    goes_back(world, one, {"action": "keep", "how": "self"})
    goes_back(world, f"{one}/undo", {"why": "Feil time"}, world.berit)
    page = refuses(world, f"{one}/undo", {"why": "Det var en annen"}, status=409)

    assert re.search(r"Sist registrert om timen: [^<]*, Berit", page)
    assert "Det var en annen" in page


def test_a_check_that_nobody_made_stands_as_not_done_in_the_history(world: World) -> None:
    one = begun_appointment(world)
    goes_back(world, one, {"action": "keep", "how": "self"})

    page = text_of(world.anna.get(world.path()))
    assert "Ingen spurte om timen fortsatt gjaldt" in page
    history = page[page.index("Hva som har skjedd") :]
    began = moment(world.at - timedelta(minutes=5))
    line = history[: history.index("Ingen spurte om timen")].rpartition("Møtte til time")[2]
    assert began not in line, "when it was stands once, in the line itself"
    assert f"før den begynte ({began})" not in history


def test_a_contact_after_it_began_leaves_the_check_to_what_becomes_of_the_appointment(
    world: World,
) -> None:
    one = begun_appointment(world)
    spoke = goes_back(world, "contact", {"outcome": "spoke_with_patient", "words": "Har det bra."})
    assert "Ingen spurte om timen fortsatt gjaldt" not in spoke

    kept = goes_back(world, one, {"action": "keep", "how": "self"})
    assert "Ingen spurte om timen fortsatt gjaldt" in kept


def test_a_check_that_nobody_made_says_when_it_should_have_been(world: World) -> None:
    begun_appointment(world)

    assert "kontrollen skulle vært gjort" in text_of(world.anna.get(world.path()))


def test_the_day_asks_what_became_of_one_that_has_begun_and_not_whether_it_stands(
    world: World,
) -> None:
    begun_appointment(world)

    day = text_of(world.anna.get("/day?kind=confirm_appointment"))
    assert "Ingen spurte om den fortsatt gjaldt" in day


def test_booked_is_not_given_and_one_that_was_moved_is_a_new_one(world: World) -> None:
    page = goes_back(world, "appointment", in_days(3, on="starts"))
    assert "Den må gis til personen" in page
    one = world.all(AppointmentRow)[0]
    goes_back(world, f"appointments/{one.id}", {"action": "give", "how": "self"})
    goes_back(
        world,
        f"appointments/{one.id}/move",
        {**in_days(5, on="starts"), "give": "yes", "new_how": "self"},
    )

    assert sorted(row.state for row in world.all(AppointmentRow)) == ["given", "moved"]
    gone = refuses(world, f"appointments/{one.id}", {"action": "cancel", "how": "self"}, status=409)
    assert "slik den står nå" in gone


def test_nothing_says_that_the_person_knows_before_somebody_does(world: World) -> None:
    assert "checked" not in world.anna.get(world.path("appointment")).text
    kept = {
        **in_days(3, on="starts"),
        "give": "yes",
        "how": "self",
        "member": str(world.site.anna.id),
    }
    goes_back(world, "appointment", kept)
    one = world.all(AppointmentRow)[0]
    page = world.anna.get(world.path(f"appointments/{one.id}")).text
    assert "checked" not in page
    assert "Personen vet at timen er avlyst" in page

    whom = refuses(world, f"appointments/{one.id}/move", in_days(5, on="starts"))
    assert "Velg hvem av oss som møter pasienten på den nye tiden." in whom
    berit = {**in_days(5, on="starts"), "member": str(world.site.berit.id)}
    goes_back(world, f"appointments/{one.id}/move", berit)
    stands = {row.state: row.member_id for row in world.all(AppointmentRow)}
    assert stands == {"moved": world.site.anna.id, "booked": world.site.berit.id}
    assert len(world.open("free")) == 1


def test_how_we_know_is_chosen_by_whoever_says_it(world: World) -> None:
    goes_back(world, "appointment", {**in_days(3, on="starts"), "give": "yes", "how": "self"})
    one = world.all(AppointmentRow)[0]
    for page in (f"appointments/{one.id}", "summary"):
        assert "selected" not in world.anna.get(world.path(page)).text

    gone = refuses(world, f"appointments/{one.id}", {"action": "cancel", "words": "Syk"})
    assert "Velg hvordan vi vet det." in gone
    assert world.all(AppointmentRow)[0].state == "given"
    sent = refuses(world, "summary", {"step": "sent", "write": "yes", "to": ["gp"]})
    assert "Velg hvordan vi vet det." in sent
    assert world.all(RecipientRow) == []


@both
def test_how_we_know_is_asked_of_whoever_says_that_the_person_has_the_appointment(
    world: World,
) -> None:
    unsaid = {**in_days(3, on="starts"), "where": "Poliklinikken", "give": "yes"}
    back = refuses(world, "appointment", unsaid)
    assert "Velg hvordan vi vet det." in back
    assert 'value="Poliklinikken"' in back
    assert world.all(AppointmentRow) == []

    goes_back(world, "appointment", {**unsaid, "how": "colleague_said"})

    [one] = world.all(AppointmentRow)
    assert (one.state, one.how_known) == ("given", "colleague_said")


def test_how_we_know_is_asked_when_the_person_has_been_told_of_the_new_time(world: World) -> None:
    goes_back(world, "appointment", in_days(3, on="starts"))
    move = f"appointments/{world.all(AppointmentRow)[0].id}/move"
    told = {**in_days(5, on="starts"), "give": "yes"}
    assert "Velg hvordan vi vet det." in refuses(world, move, told)

    goes_back(world, move, {**told, "new_how": "receiver_said"})

    known = {row.state: row.how_known for row in world.all(AppointmentRow)}
    assert known == {"moved": "self", "given": "receiver_said"}


def test_a_time_that_nobody_has_given_asks_for_no_how(world: World) -> None:
    goes_back(world, "appointment", in_days(3, on="starts"))

    assert [row.state for row in world.all(AppointmentRow)] == ["booked"]


def test_an_appointment_is_moved_to_somebody_who_is_none_of_us(world: World) -> None:
    kept = {
        **in_days(3, on="starts"),
        "give": "yes",
        "how": "self",
        "member": str(world.site.anna.id),
    }
    goes_back(world, "appointment", {**kept, "whom": "Anna", "where": "Poliklinikken"})
    one = world.all(AppointmentRow)[0]
    assert "Ikke en av oss" in text_of(world.anna.get(world.path(f"appointments/{one.id}")))

    outside = {**in_days(5, on="starts"), "member": "outside"}
    nobody = refuses(world, f"appointments/{one.id}/move", outside)
    assert "Skriv hvem som møter pasienten." in nobody
    goes_back(world, f"appointments/{one.id}/move", {**outside, "new_whom": "Fastlege Vik"})

    stands = {row.state: row.member_id for row in world.all(AppointmentRow)}
    assert stands == {"moved": world.site.anna.id, "booked": None}
    assert "Poliklinikken · Fastlege Vik" in text_of(world.anna.get(world.path()))


def test_an_appointment_needs_a_day_and_a_time_ahead(world: World) -> None:
    page = refuses(world, "appointment", {"starts_on": day_in(3), "where": "Her"})
    assert "Skriv klokkeslettet også." in page
    assert 'value="Her"' in page
    assert "tilbake i tid" in refuses(world, "appointment", in_days(-1, on="starts"))
    assert world.all(AppointmentRow) == []


# --- the summary ----------------------------------------------------------------------------------


@both
def test_the_summary_is_written_sent_and_received(world: World) -> None:
    fields = {"step": "sent", "write": "yes", "to": ["referrer", "gp"], "how": "self"}
    goes_back(world, "summary", fields)
    rows = {row.kind: row for row in world.all(RecipientRow)}
    assert {kind: row.state for kind, row in rows.items()} == {
        "referrer": "sent",
        "gp": "sent",
        "follow_up": "due",
    }
    assert "summary_written" in world.kinds()
    assert "summary_sent" not in world.kinds()

    address = f"summary/{rows['gp'].document_id}"
    objected = {"step": "objected", "to": [rows["follow_up"].id]}
    assert "Skriv hva pasienten sa." in refuses(world, address, objected)
    goes_back(world, address, {**objected, "words": "Vil ikke."})
    assert "summary_sent" in world.kinds()
    assert world.open("send_summary") == []

    received = {"step": "received", "to": [rows["gp"].id]}
    page = refuses(world, address, {**received, "how": "self", "words": "Sendt i går"})
    assert "må vi vite fra mottakeren" in page
    assert "Sendt i går" in page
    goes_back(world, address, {**received, "how": "receiver_said"})
    assert {row.kind: row.state for row in world.all(RecipientRow)}["gp"] == "received"


@both
def test_a_summary_that_is_sent_to_nobody_is_refused_and_nobody_is_ticked_then(
    world: World,
) -> None:
    assert "checked" not in _ticks(world.anna.get(world.path("summary")).text)
    typed = {"step": "sent", "how": "self", "write": "yes", "words": "Sendt i dag"}
    page = refuses(world, "summary", typed)
    assert "Ingen er krysset av" in page
    assert "Sendt i dag" in page
    assert "checked" not in _ticks(page)
    assert world.all(RecipientRow) == []

    goes_back(world, "summary", {**typed, "to": "gp"})
    rows = world.all(RecipientRow)
    assert {row.kind for row in rows if row.state == "sent"} == {"gp"}
    address = f"summary/{rows[0].document_id}"
    assert "checked" not in _ticks(world.anna.get(world.path("summary")).text)
    for step in ("sent", "received", "objected"):
        assert "Ingen er krysset av" in refuses(world, address, {"step": step, "words": "?"})
    assert {row.kind for row in world.all(RecipientRow) if row.state == "sent"} == {"gp"}


def _ticks(page: str) -> str:
    """The boxes of a summary's receivers."""
    return "".join(re.findall(r'<input type="checkbox" name="to"[^>]*>', page))


def test_whom_the_patient_names_has_a_name(world: World) -> None:
    page = refuses(world, "summary", {"step": "sent", "to": ["gp", "named_by_patient"]})

    assert "Skriv navnet" in page
    assert 'value="gp" checked' in page
    assert world.all(RecipientRow) == []


def test_a_summary_by_phone_leaves_it_owed(world: World) -> None:
    said = {"told": "Det viktigste", "whom": "Lege Prøve", "way": "phone"}
    for missing in ("told", "whom", "way"):
        page = refuses(world, "summary/interim", {**said, missing: ""})
        assert f'id="{missing}-error"' in page
    goes_back(world, "summary/interim", said)

    assert "summary_interim" in world.kinds()
    assert len(world.open("send_summary")) == 1


def test_a_summary_by_phone_is_read_with_its_day_to_whom_and_by_which_way(world: World) -> None:
    yesterday = (clock.now() - timedelta(days=1)).astimezone(ZONE).date()
    given = {"told": "Det viktigste", "whom": "Lege Prøve", "way": "digital"}
    goes_back(world, "summary/interim", {**given, "given_on": yesterday.isoformat()})

    told = world.event("summary_interim")
    assert (told.at.astimezone(ZONE).date(), told.date_only) == (yesterday, True)
    for page in (world.path(), f"/epj/{told.id}"):
        shown = text_of(world.anna.get(page))
        assert "Lege Prøve" in shown
        assert "Digital melding" in shown


def test_a_summary_by_phone_is_not_given_ahead_of_time(world: World) -> None:
    said = {"told": "Det viktigste", "whom": "Lege Prøve", "way": "phone"}
    page = refuses(world, "summary/interim", {**said, "given_on": day_in(2)})

    assert 'id="given_on-error"' in page


def test_whom_the_patient_names_stands_among_those_who_should_have_it(world: World) -> None:
    goes_back(world, "summary", {"step": "written", "other": "Psykolog Ås"})

    assert "Psykolog Ås" in text_of(world.anna.get(world.path("summary")))


_BY_LAW = ["referrer", "gp", "follow_up"]


@both
def test_a_summary_that_was_not_sent_after_all_is_owed_again(world: World) -> None:
    goes_back(world, "summary", {"step": "sent", "how": "self", "write": "yes", "to": _BY_LAW})
    assert world.open("send_summary") == []
    gp = next(row for row in world.all(RecipientRow) if row.kind == "gp")
    address = f"summary/{gp.document_id}/undo"
    assert "Ingen er krysset av" in refuses(world, address, {"why": "Feil"})
    assert "Skriv hva som er feil." in refuses(world, address, {"wrong": gp.id})

    page = goes_back(world, address, {"wrong": gp.id, "why": "Den ligger igjen her."})
    assert "Den ligger igjen her." in page
    assert {row.kind: row.state for row in world.all(RecipientRow)}["gp"] == "due"
    assert len(world.open("send_summary")) == 1
    again = {"step": "sent", "how": "self", "to": [gp.id]}
    goes_back(world, f"summary/{gp.document_id}", again)
    assert world.open("send_summary") == []


@both
def test_that_a_summary_was_written_is_taken_back_after_that_it_was_sent(world: World) -> None:
    goes_back(world, "summary", {"step": "sent", "how": "self", "write": "yes", "to": ["gp"]})
    gp = next(row for row in world.all(RecipientRow) if row.kind == "gp")
    written = f"events/{world.event('summary_written').id}/mistake"
    page = world.anna.get(world.path(written)).text
    assert f'href="{world.path("summary")}#undo"' in page
    assert 'name="words"' not in page
    refused = refuses(world, written, {"words": "Det var et utkast."}, status=409)
    assert "Ta først tilbake at den er sendt" in refused

    goes_back(world, f"summary/{gp.document_id}/undo", {"wrong": gp.id, "why": "Bare et utkast."})
    goes_back(world, written, {"words": "Det var et utkast."})
    assert {row.state for row in world.all(RecipientRow)} == {"due"}
    assert world.all(DocumentRow)[0].written_at is None


@both
def test_a_summary_that_was_not_written_after_all_is_to_be_written(world: World) -> None:
    goes_back(world, "summary", {"step": "written"})
    page = f"events/{world.event('summary_written').id}/mistake"
    assert world.path(page) in world.anna.get(world.path("mistakes")).text

    goes_back(world, page, {"words": "Feil pasient."})

    assert [row.written_at for row in world.all(DocumentRow)] == [None]
    assert world.event("summary_written").in_error_at is not None


def test_a_summary_that_was_sent_is_written_until_the_sending_is_taken_back(world: World) -> None:
    goes_back(world, "summary", {"step": "sent", "how": "self", "write": "yes", "to": _BY_LAW})
    page = f"events/{world.event('summary_written').id}/mistake"

    refuses(world, page, {"words": "Feil pasient."}, status=409)

    assert world.event("summary_written").in_error_at is None


# --- relatives and children -----------------------------------------------------------------------


@both
def test_relatives_and_children_are_asked_about(world: World) -> None:
    fields = {"answer": "contacted", "name": "Ole", "relation": "Bror", "phone": "99 00 11 22"}
    page = goes_back(world, "relatives", fields)
    assert "Ole" in page
    assert len(world.all(RelativeRow)) == 1
    assert world.open("ask_relatives") == []

    page = goes_back(world, "children", {"children_number": "2", "children": "2015", "told": "no"})
    assert "2 barn (2015)" in page
    assert "Barneansvarlig har ikke fått beskjed" in page
    assert len(world.all(FamilyRow)) == 1
    assert world.open("ask_children") == []


@both
def test_whoever_is_responsible_for_children_and_was_not_told_is_owed_to_be_told(
    world: World,
) -> None:
    said = {"children_number": "1", "children": "2015"}
    page = goes_back(world, "children", {**said, "told": "no"})
    assert "Gi beskjed til barneansvarlig" in page
    [owed] = world.open("tell_child_contact")
    assert world.path("children") in world.anna.get(world.path(f"tasks/{owed.id}")).text

    goes_back(world, "children", {**said, "told": "yes"})

    assert world.open("tell_child_contact") == []


@both
def test_what_nobody_asked_about_is_never_shown_as_none(world: World) -> None:
    page = goes_back(world, "children", {"children_number": "0"})
    assert "0 barn · søsken: ikke spurt" in page
    assert "0 søsken" not in page

    page = goes_back(world, "children", {"children_unknown": "yes", "siblings_number": "2"})
    assert "Barn: vet ikke · 2 søsken" in page
    again = world.anna.get(world.path("children")).text
    assert 'name="siblings_number" type="text" value="2"' in again
    refuses(world, "children", {"children_unknown": "yes", "children_number": "1"})


def test_a_birth_year_that_makes_no_sense_is_kept_as_it_was_typed(world: World) -> None:
    for years in ("2o15", "3015"):
        page = refuses(world, "children", {"children_number": "1", "children": years})
        assert f'value="{years}"' in page
        assert "Fødselsåret kan ikke stemme" in page
    assert "Skriv 0" in refuses(world, "children", {})
    assert world.all(FamilyRow) == []


@both
def test_a_relative_may_know_what_the_patient_says_until_it_is_taken_back(world: World) -> None:
    said = {"answer": "contacted", "name": "Ole", "phone": "99001122"}
    assert "Kan ikke få vite noe om pasienten" in goes_back(world, "relatives", said)
    page = f"relatives/{world.all(RelativeRow)[0].id}"
    assert world.path(page) in world.anna.get(world.path()).text

    assert "Kryss av for minst én ting" in refuses(world, f"{page}/consent", {"since": ""})
    backwards = {"what": "plan", "since": "24.3.2027", "until": "1.3.2027"}
    wrong = refuses(world, f"{page}/consent", {**backwards, "consent_words": "Sa hun"})
    assert 'value="plan" checked' in wrong
    assert "Sa hun" in wrong
    shown = goes_back(world, f"{page}/consent", {"what": ["plan", "appointments"]})
    assert "Samtykke: Timer og avtaler, Planen fra" in shown

    address = re.search(
        r'action="[^"]*/(consent/[^/]+/withdraw)"', world.anna.get(world.path(page)).text
    )
    assert address
    assert "Trukket tilbake" in goes_back(world, f"{page}/{address[1]}", {})
    refuses(world, f"{page}/{address[1]}", {}, status=409)
    assert {"relatives.consent_given", "relatives.consent_withdrawn"} <= set(world.acts())


def test_what_stands_of_a_relative_is_put_right_and_they_may_end(world: World) -> None:
    goes_back(world, "relatives", {"answer": "contacted", "name": "Ole"})
    page = f"relatives/{world.all(RelativeRow)[0].id}"
    shown = goes_back(world, page, {"version": "1", "name": "Ola", "phone": "99001122"})
    assert "Ola" in shown
    assert "99 00 11 22" in shown
    changed = {"version": "1", "name": "Olav"}
    assert 'value="Olav"' in refuses(world, page, changed, status=409)
    assert "Skriv navnet" in refuses(world, page, {"version": "2", "name": ""})
    assert "Ikke lenger pårørende" in goes_back(
        world, page, {"version": "2", "name": "Ola", "ended": "yes"}
    )
    assert world.anna.get(world.path(f"relatives/{world.case}")).status_code == 404


def test_the_page_of_an_unsafe_relative_begins_with_that_and_invites_to_nothing(
    world: World,
) -> None:
    goes_back(world, "relatives", {"answer": "contacted", "name": "Per Prøve", "unsafe": "yes"})
    [row] = world.all(RelativeRow)
    page = world.anna.get(world.path(f"relatives/{row.id}"))

    assert "krever ikke samtykke" not in text_of(page)
    assert "button-primary" not in page.text
    assert page.text.index("Ikke ta kontakt: ikke trygt") < page.text.index("få vite</h2>")


def test_an_unsafe_relative_is_marked_so(world: World) -> None:
    page = goes_back(world, "relatives", {"answer": "unsafe", "relation": "Samboer"})

    assert "Ikke ta kontakt: ikke trygt" in page


# --- what happened --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fields", "facts", "task"),
    [
        ("risk_assessed", {}, {}, "assess_risk"),
        ("plan_offered", {}, {}, "offer_plan"),
        ("number_verified", {"number": "+4799112233", "how": "rung"}, {}, "verify_number"),
        ("interpreter_asked", {"interpreter": "no"}, {"interpreter": "no"}, ""),
        ("receiver_named", {"receiver_kind": "gp"}, {"receiver_kind": "gp"}, "name_receiver"),
        ("contact_person_named", {}, {}, "name_contact_person"),
    ],
)
def test_what_was_done_is_recorded_with_its_fact(
    world: World, kind: str, fields: dict[str, Any], facts: dict[str, str], task: str
) -> None:
    goes_back(world, f"say/{kind}", {**fields, "words": "Gjort i dag."})

    assert world.event(kind).facts == facts
    assert not [one for one in world.open(task) if one.step_key.startswith("gate.")]


def test_whoever_says_that_nobody_receives_reads_that_it_is_owed_still(world: World) -> None:
    said = {"receiver_kind": "none", "words": "Fastlegen har sluttet."}
    answer = world.anna.post(world.path("say/receiver_named"), said)

    assert "oppgaven står til en mottaker er navngitt" in text_of(
        world.anna.get(answer.headers["Location"])
    )
    assert world.open("name_receiver")


def test_a_number_is_not_checked_by_saving_an_empty_page(world: World) -> None:
    assert "Velg ett" in refuses(world, "say/number_verified", {"words": "Gjort"})
    assert "Velg ett" in refuses(world, "say/number_verified", {"number": "+4799112233"})

    assert "number_verified" not in world.kinds()
    assert world.open("verify_number")


def test_a_number_that_was_rung_is_marked_on_the_person(world: World) -> None:
    goes_back(world, "say/number_verified", {"number": "+4799112233", "how": "rung"})

    assert "ringt og svart" in text_of(world.anna.get(world.path()))


def test_a_fact_is_chosen_and_a_day_to_come_is_refused(world: World) -> None:
    assert "Velg ett" in refuses(world, "say/receiver_named", {"receiver_kind": "noe"})
    later = {"happened_on": day_in(2), "words": "I overmorgen"}
    page = refuses(world, "say/risk_assessed", later)
    assert "ligger fram i tid" in page
    assert "I overmorgen" in page
    assert world.anna.get(world.path("say/closed")).status_code == 404
    assert world.anna.post(world.path("say/closed")).status_code == 404


def test_a_mistake_that_was_pasted_into_the_epj_leads_to_its_note_before_it_is_marked(
    world: World,
) -> None:
    goes_back(world, "contact", {"outcome": "spoke_with_patient"})
    one = world.event("reached").id
    page = world.anna.get(world.path(f"events/{one}/mistake"))

    assert "Er notatet limt inn i journalen, trykk «Står i journalen»" in text_of(page)
    assert f'<a href="/epj/{one}">Åpne notatet</a>' in page.text


def test_a_mistake_that_was_pasted_and_marked_already_says_what_to_do(world: World) -> None:
    goes_back(world, "contact", {"outcome": "spoke_with_patient"})
    page = f"events/{world.event('reached').id}/mistake"
    goes_back(world, page, {"words": "Feil person."})

    every = world.anna.get(world.path("mistakes"))
    assert "Er notatet limt inn i journalen?" in text_of(every)
    assert world.path(page) in every.text
    shown = world.anna.get(world.path(page))
    assert "må det rettes der også" in text_of(shown)
    address = re.search(r'href="(/epj/[^"]+)"', shown.text)
    assert address is not None
    note = text_of(world.anna.get(address[1]))
    assert "Feil person." in note
    assert "Er det limt inn der, rett det der" in note


def test_a_mistake_that_stands_in_the_epj_is_corrected_by_its_task_alone(world: World) -> None:
    goes_back(world, "contact", {"outcome": "spoke_with_patient"})
    one = world.event("reached").id
    world.anna.post(f"/epj/{one}", {"entered": "yes"})

    page = world.anna.get(world.path(f"events/{one}/mistake"))
    assert "Er notatet limt inn i journalen" not in text_of(page)


def test_what_is_known_by_its_day_only_is_marked_without_a_clock(world: World) -> None:
    world.anna.post(world.path("say/admitted"), {"happened_on": day_in(-1)})
    page = world.anna.get(world.path("mistakes")).text
    link = page.split(f"events/{world.event('admitted').id}/mistake")[1].split("</a>")[0]

    assert "Innlagt" in link
    assert "kl." not in link


@both
def test_what_was_entered_in_error_is_marked_with_a_reason_and_stays(world: World) -> None:
    goes_back(world, "contact", {"outcome": "spoke_with_patient", "words": "Har det bra."})
    page = f"events/{world.event('reached').id}/mistake"
    assert world.path("mistakes") in world.anna.get(world.path()).text
    assert world.path(page) in world.anna.get(world.path("mistakes")).text
    assert "Har det bra." in text_of(world.anna.get(world.path(page)))

    assert "Skriv hva som er feil." in refuses(world, page, {"words": " "})
    assert world.event("reached").in_error_at is None
    shown = goes_back(world, page, {"words": "Det var en annen pasient."})
    assert world.event("reached").in_error_at is not None
    assert "Feilført" in shown
    assert "Det var en annen pasient." in shown
    assert "Ikke nådd etter utskrivning" in shown
    assert "case.marked_in_error" in world.acts()
    assert "allerede merket" in text_of(world.anna.get(world.path(page)))


def test_whoever_is_to_call_reads_that_the_person_said_no_and_when_it_is_offered_again(
    world: World,
) -> None:
    said = {"outcome": "declined_all_further", "words": "Vil ha fred", "offer_again_on": day_in(9)}
    goes_back(world, "contact", said)
    task = world.open("call_patient")[0]

    for page in (f"tasks/{task.id}", "contact"):
        shown = text_of(world.anna.get(world.path(page)))
        assert "Personen takket nei" in shown
        assert "Tilbys igjen" in shown
        assert "Vil ha fred" in shown


def test_whoever_marks_an_attempt_sees_that_the_no_goes_with_it(world: World) -> None:
    goes_back(world, "contact", {"outcome": "declined_all_further"})
    page = f"events/{world.event('contact_attempted').id}/mistake"

    shown = text_of(world.anna.get(world.path(page)))
    goes_back(world, page, {"words": "Det var en annen som svarte."})

    assert "hører til den samme kontakten" in shown
    assert "Takket nei" in shown
    assert world.event("declined").in_error_at is not None


def test_two_assessments_that_are_owed_say_what_each_is_for(world: World) -> None:
    left = NewEvent(kind=EventKind.LEFT_BEFORE_ASSESSMENT, at=clock.now())
    with world.database.transaction() as session:
        record(session, world.case, [left], by=world.site.anna, at=left.at, book=a_book())
    assert len(world.open("assess_risk")) == 2

    for page in ("", "closing"):
        shown = text_of(world.anna.get(world.path(page)))
        assert "Gjør vurdering Vurdering etter at personen gikk" in shown
        assert "Gjør vurdering Skulle vært på plass ved utskrivning" in shown


def test_words_that_were_recorded_in_error_are_struck_wherever_a_task_quotes_them(
    world: World,
) -> None:
    goes_back(world, "contact", {"outcome": "declined_all_further", "words": "Vil ikke"})
    task = next(one for one in world.open("review_case") if one.step_key.startswith("person."))
    pages = ("", f"tasks/{task.id}", "closing")
    for page in pages:
        shown = world.anna.get(world.path(page)).text
        assert "Vil ikke" in shown
        assert "<s>Vil ikke</s>" not in shown

    attempt = f"events/{world.event('contact_attempted').id}/mistake"
    goes_back(world, attempt, {"words": "Det var en annen som svarte."})

    for page in pages:
        shown = world.anna.get(world.path(page)).text
        assert "<s>Vil ikke</s>" in shown
        assert "Anna merket det som feil" in shown


def test_what_other_rows_rest_on_is_not_marked_from_the_timeline(world: World) -> None:
    goes_back(world, "appointment", {**in_days(3, on="starts"), "give": "yes", "how": "self"})
    goes_back(world, "summary", {"step": "sent", "how": "self", "write": "yes", "to": _BY_LAW})
    said = {
        "appointment_given": "annet bygger på dem",
        "summary_sent": "tas tilbake på siden Epikrise",
    }
    for kind, where in said.items():
        page = f"events/{world.event(kind).id}/mistake"
        assert world.path(page) not in world.anna.get(world.path("mistakes")).text
        assert where in text_of(world.anna.get(world.path(page)))
        refuses(world, page, {"words": "Feil"}, status=409)
        assert world.event(kind).in_error_at is None
    assert world.anna.get(world.path(f"events/{world.case}/mistake")).status_code == 404


# --- the person -


@both
def test_who_the_person_is_is_put_right_and_an_old_number_is_kept(world: World) -> None:
    shown = world.anna.get(world.path("person"))
    assert NAME in text_of(shown)
    fields = {"version": _version(world), "name": "Kari Ås", "born_on": "1.5.1985"}
    wrong = refuses(world, "person", {**fields, "number": "12345678901", "language": "nordsamisk"})
    assert "Kontrollsifrene" in wrong or "ikke en dato" in wrong
    assert 'value="nordsamisk"' in wrong
    said = {**fields, "number": DUF, "language": "nordsamisk", "interpreter": "yes"}
    page = goes_back(world, "person", said)
    assert "Kari Ås" in page
    assert "1. mai 1985" in page
    assert DUF in page
    assert "Trenger tolk" in page

    stale = refuses(world, "person", {**fields, "keep": DUF}, status=409)
    assert "Noen andre har endret" in stale
    goes_back(world, "person", {**fields, "version": _version(world)})
    assert "Tidligere nummer" in text_of(world.anna.get(world.path("person")))
    assert "patient.identity_changed" in world.acts()
    assert "Skriv navnet" in refuses(world, "person", {"version": _version(world)})


def _version(world: World) -> str:
    page = world.anna.get(world.path("person")).text
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


@both
def test_how_the_person_is_reached_safely_is_written_down(world: World) -> None:
    row = {"value_0": PHONE, "safe_0": "no", "message_0": "no", "best_0": "etter kl. 17"}
    new = {"value_1": "22 33 44 55", "kind_1": "phone", "label_1": "jobb", "safe_1": "yes"}
    tried = {"verified_1": local_day(world.at)}
    fields = {"version": _version(world), **row, **new, **tried}
    assert "Velg hvordan" in refuses(world, "reach", fields)
    page = goes_back(world, "reach", {**fields, "how_1": "rung"})
    for words in ("Ikke trygt å ringe", "Legg ikke igjen beskjed", "etter kl. 17", "22 33 44 55"):
        assert words in page
    assert "ringt og svart" in page
    assert "patient.contact_ways_changed" in world.acts()

    refuses(world, "reach", fields, status=409)
    left = {"version": _version(world), **row, **new, "gone_0": "yes", "value_1": "22334455"}
    page = goes_back(world, "reach", left)
    assert "99 11 22 33" not in page
    assert "ringt og svart" in page
    other = {"version": _version(world), "value_0": "22334466"}
    assert "ringt og svart" not in goes_back(world, "reach", other)


def test_a_protected_number_is_changed_by_the_responsible_team_only(world: World) -> None:
    world.identity(protected_address=True)
    assert "99 11 22 33" in text_of(world.anna.get(world.path("reach")))
    assert "case.number_revealed" in world.acts()
    with world.database.transaction() as session:
        relate(
            session,
            case_id=world.case,
            patient_id=world.patient,
            team_id=world.site.other_team,
            kind=RelationKind.PARTICIPANT,
            by=world.site.system,
            at=clock.now(),
        )
    for answer in (
        world.carl.get(world.path("reach")),
        world.carl.post(world.path("reach"), {"version": "1", "value_0": "22334455"}),
    ):
        assert answer.status_code == 403
        assert "99 11 22 33" not in answer.text


def test_an_interpreter_that_is_asked_about_stands_on_the_person(world: World) -> None:
    page = goes_back(world, "say/interpreter_asked", {"interpreter": "yes"})

    assert "Trenger tolk" in page


# --- tasks ----------------------------------------------------------------------------------------


@both
def test_a_task_is_added_taken_moved_and_done(world: World) -> None:
    goes_back(world, "tasks/new", {"words": "Ring skolen", **in_days(3)})
    task = world.open("free")[0]
    page = f"tasks/{task.id}"
    assert "Ring skolen" in text_of(world.anna.get(world.path(page)))

    assert "Du har oppgaven." in goes_back(world, f"{page}/hold", {"take": "yes"})
    assert world.open("free")[0].held_by == world.site.anna.id
    goes_back(world, f"{page}/hold", {"take": "no"})
    assert world.open("free")[0].held_by is None

    sooner = {"way": "sooner", "words": "Skolen stenger", **in_days(2)}
    assert "flyttet frem" in goes_back(world, f"{page}/move", sooner)
    wrong = refuses(world, f"{page}/move", {**sooner, **in_days(9)})
    assert "Skolen stenger" in wrong
    assert "moved_later" not in wrong
    assert "til senere" in goes_back(world, f"{page}/move", {**sooner, "way": "later"} | in_days(9))
    history = text_of(world.anna.get(world.path()))
    assert history.count("Oppgave: Egen oppgave") == 3
    due = world.open("free")[0].due_at.astimezone(ZONE).date().isoformat()
    assert due == day_in(9)

    assert "Skriv hva som ble gjort." in refuses(world, f"{page}/done", {})
    half = {"done": "Snakket med rektor.", "next_on": "24.3.2027"}
    assert "klokkeslettet" in refuses(world, f"{page}/done", half)
    past = {"done": "Snakket med rektor.", **in_days(-1, on="next")}
    assert "Snakket med rektor." in refuses(world, f"{page}/done", past)
    again = {"done": "Snakket med rektor.", **in_days(4, on="next")}
    assert "en ny står i listen" in goes_back(world, f"{page}/done", again)
    ahead = world.open("free")
    assert [one.due_at.astimezone(ZONE).date().isoformat() for one in ahead] == [day_in(4)]
    goes_back(world, f"tasks/{ahead[0].id}/done", {"done": "Alt er i orden."})
    assert world.open("free") == []
    again = refuses(world, f"{page}/done", {"done": "En gang til."}, status=409)
    assert "allerede avsluttet" in again


def test_what_only_an_event_does_is_not_said_to_be_done(world: World) -> None:
    task = world.open("call_patient")[0]
    page = text_of(world.anna.get(world.path(f"tasks/{task.id}")))

    assert "Oppgaven blir gjort av det som skjer" in page
    assert "Hva ble gjort" not in page
    refuses(world, f"tasks/{task.id}/done", {"done": "Ja"}, status=409)
    assert world.anna.get(world.path(f"tasks/{world.case}")).status_code == 404


def test_moving_needs_a_reason_and_a_task_needs_words_and_a_time_ahead(world: World) -> None:
    task = world.open("call_patient")[-1]
    moved = refuses(world, f"tasks/{task.id}/move", {"way": "sooner", **in_days(1)})
    assert "Skriv hvorfor fristen flyttes." in moved
    assert "Skriv hva som skal gjøres" in refuses(world, "tasks/new", in_days(1))
    past = refuses(world, "tasks/new", {"words": "Ring mor", **in_days(-1)})
    assert "Fristen har allerede vært" in past
    assert "Ring mor" in past
    assert world.open("free") == []


# --- handovers ------------------------------------------------------------------------------------


@both
def test_a_case_is_handed_over_received_and_accepted_by_the_other_team(world: World) -> None:
    other = str(world.site.other_team)
    page = goes_back(world, "handover", {"to_team": other, "words": "Flyttet til Bømlo."})
    assert "Dere har ansvaret til den er akseptert" in page or "lederen deres" in page
    row = world.all(HandoverRow)[0]
    own = world.anna.post(world.path(f"handover/{row.id}/accept"), in_days(2, on="first"))
    assert own.status_code == 403
    assert "Bare mottakerteamet" in own.text

    answer = world.path("handover")
    assert "Flyttet til Bømlo." in text_of(world.carl.get(answer))
    goes_back(world, f"handover/{row.id}/received", {}, world.carl)
    assert world.carl.post(world.path(f"handover/{row.id}/accept"), {}).status_code == 422
    accepted = {**in_days(2, on="first"), "words": "Vi ringer."}
    page = goes_back(world, f"handover/{row.id}/accept", accepted, world.carl)
    assert "Teamet ditt har ansvaret nå." in page
    assert "Akseptert av municipal" in page
    assert world.all(CaseRow)[0].responsible_team_id == world.site.other_team


def test_a_handover_is_returned_with_a_reason(world: World) -> None:
    goes_back(world, "handover", {"to_team": str(world.site.other_team)})
    row = world.all(HandoverRow)[0]
    address = world.path(f"handover/{row.id}/return")
    assert "Skriv hvorfor den returneres." in world.carl.post(address).text
    done = world.carl.post(address, {"reason": "Bor ikke her."})

    assert done.status_code == 303
    assert world.all(HandoverRow)[0].state == "returned"
    after = world.carl.get(done.headers["Location"])
    assert after.status_code == 200
    assert "Overføringen er returnert" in text_of(after)
    case = text_of(world.anna.get(world.path()))
    assert "Bor ikke her." in case
    assert case.count("Til municipal") == 2


def test_a_handover_needs_another_team(world: World) -> None:
    refuses(world, "handover", {})
    assert "Velg et annet team" in refuses(world, "handover", {"to_team": str(world.site.team)})
    assert world.all(HandoverRow) == []


# --- endings --------------------------------------------------------------------------------------


def _must(world: World, strength: str) -> None:
    with world.database.transaction() as session:
        session.execute(sa.update(TaskRow).values(strength=strength))


@both
def test_closing_is_asked_for_and_waits_for_the_lead(world: World) -> None:
    _must(world, "should")
    page = goes_back(world, "closing", {"ending": "completed", "words": "Alt er på plass."})

    assert "Den venter på signatur." in page
    assert "closing_requested" in world.kinds()
    assert world.all(CaseRow)[0].state == "open"
    again = refuses(world, "closing", {"ending": "completed", "words": "Igjen"}, status=409)
    assert "Noen har allerede bedt om å avslutte" in again


def test_what_must_be_in_place_blocks_unless_it_is_overridden_in_writing(world: World) -> None:
    _must(world, "must")
    fields = {"ending": "completed", "words": "Personen flyttet til Sverige."}
    page = refuses(world, "closing", fields, status=409)
    assert "mangler ennå" in page
    assert "Personen flyttet til Sverige." in page
    assert "Avslutt selv om dette mangler" in page
    assert "Skriv en begrunnelse." in refuses(
        world, "closing", {"ending": "completed", "override": "yes"}
    )
    goes_back(world, "closing", {**fields, "override": "yes"})
    assert world.event("closing_requested").facts["override"] is True


def test_no_reason_is_asked_for_where_none_would_do(world: World) -> None:
    _must(world, "should")
    with world.database.transaction() as session:
        first = world.open("call_patient")[0].id
        session.execute(sa.update(TaskRow).where(TaskRow.id == first).values(kind="acute_concern"))
    page = refuses(world, "closing", {"ending": "completed", "words": "Ferdig."}, status=409)

    assert "Noen venter på svar nå." in page
    assert 'name="override"' not in page


def test_an_ending_says_what_it_still_lacks(world: World) -> None:
    _must(world, "should")
    lacks = {
        "moved_on": "Ingen mottaker har akseptert",
        "declined": "ikke registrert at pasienten har takket nei",
        "died": "ikke bekreftet av en annen person",
        "unreachable": "5 forsøk",
    }
    for ending, words in lacks.items():
        page = refuses(world, "closing", {"ending": ending, "words": "Fordi"}, status=409)
        assert words in page
        assert not re.search(r">[^<]*\d{4}-\d\d-\d\d", page)
        assert "Dette gjenstår nå, og faller bort når lederen signerer" in page
        assert page.count('data-label="Hvem har den"') == len(_owed(world))
        assert f'value="{ending}" checked' in page


def still(page: str) -> list[str]:
    """What the page lists as missing before somebody cannot be reached."""
    listed = page.split('<details id="still"')[1].split("</details>")[0]
    return re.findall(r"<li>([^<]+)</li>", listed)


def test_what_is_missing_before_somebody_cannot_be_reached_is_a_list_before_and_after_the_try(
    world: World,
) -> None:
    _must(world, "should")

    before = world.anna.get(world.path("closing")).text
    after = refuses(world, "closing", {"ending": "unreachable", "words": "Fordi"}, status=409)

    assert still(before) == still(after)
    assert {"5 forsøk", "et brev"} <= set(still(before))
    assert '<details id="still" open>' in after


@both
def test_an_ending_waits_for_the_appointments_that_stand_and_says_which(world: World) -> None:
    _must(world, "should")
    goes_back(
        world,
        "appointment",
        {**in_days(9, on="starts"), "where": "DPS", "give": "yes", "how": "self"},
    )
    [one] = world.all(AppointmentRow)
    place = world.path(f"appointments/{one.id}")

    ending = {"ending": "completed", "words": "Ferdig."}
    page = refuses(world, "closing", ending, status=409)

    assert "Timer som står" in page
    assert f'href="{place}"' in page
    assert "Ferdig." in page
    assert "Skriv hvem som følger opp timen" in refuses(
        world, f"appointments/{one.id}", {"action": "hand_on", "whom": " "}
    )
    told = {"action": "hand_on", "whom": "Fastlege Vik, sa det selv"}
    page = goes_back(world, f"appointments/{one.id}", told)
    assert "andre følger opp timen" in page
    assert "Fastlege Vik, sa det selv" in page
    assert "Timer som står" not in world.anna.get(world.path("closing")).text
    goes_back(world, "closing", ending)


def test_a_lead_sees_the_appointments_that_came_after_the_request(world: World) -> None:
    _must(world, "should")
    goes_back(world, "closing", {"ending": "completed", "words": "Ferdig."})
    goes_back(
        world,
        "appointment",
        {**in_days(9, on="starts"), "where": "DPS", "give": "yes", "how": "self"},
    )
    [one] = world.all(AppointmentRow)
    _must(world, "should")

    shown = world.berit.get(f"/sign/{world.case}").text
    answer = world.berit.post(f"/sign/{world.case}", {"words": "Enig"})

    assert "Disse timene står." in shown
    assert world.path(f"appointments/{one.id}") in shown
    assert answer.status_code == 422
    assert "Avklar hver av dem først" in answer.text
    assert world.all(CaseRow)[0].state == "open"


def _owed(world: World) -> list[TaskRow]:
    return [one for one in world.all(TaskRow) if one.state == "open"]


@both
def test_a_death_is_confirmed_by_another_person_than_who_reported_it(world: World) -> None:
    refuses(world, "death", {"step": "reported"})
    goes_back(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    own = refuses(world, "death", {"step": "confirmed", "words": "Ja"}, status=409)
    assert "en annen person" in own
    page = goes_back(
        world, "death", {"step": "confirmed", "words": "Folkeregisteret."}, world.berit
    )

    assert "Dødsfallet er bekreftet." in page
    assert "death_confirmed" in world.kinds()


def test_after_a_reported_death_no_contact_is_offered_but_a_sign_of_life_is_written_down(
    world: World,
) -> None:
    goes_back(world, "death", {"step": "reported", "words": "Søsteren ringte."})

    page = world.anna.get(world.path()).text
    assert "Registrer kontakt" not in page
    assert world.path("appointments/new") not in page
    assert 'value="no_answer"' not in page
    form = world.anna.get(world.path("contact")).text
    assert "Ta ikke kontakt." in form
    assert 'value="no_answer"' not in form
    goes_back(world, "contact", {"outcome": "spoke_with_patient", "words": "Hun tok telefonen."})
    assert "reached" in world.kinds()


def test_a_report_that_was_wrong_is_taken_back(world: World) -> None:
    goes_back(world, "death", {"step": "reported", "words": "Søsteren ringte."})
    goes_back(world, "death", {"step": "refuted", "words": "Det var en annen."})

    assert "Det er meldt at personen er død" not in text_of(world.anna.get(world.path()))


def test_a_closed_case_can_be_read_and_nothing_is_done_on_it(world: World) -> None:
    _must(world, "should")
    goes_back(world, "closing", {"ending": "completed", "words": "Alt er på plass."})
    with world.database.transaction() as session:
        endings.sign_closing(
            session,
            world.case,
            words={"words": "Lest."},
            by=world.site.berit,
            at=clock.now(),
            book=a_book(),
        )
    page = world.anna.get(world.path())

    assert page.status_code == 200
    assert "Oppfølgingen er avsluttet: Fullført" in page.text
    assert "Signert av Berit" in text_of(page)
    assert "En ny hendelse åpner den igjen" in page.text
    assert "do_contact" not in page.text
    kept = refuses(world, "contact", {"outcome": "no_answer", "words": "Ringte"}, status=409)
    assert "Ringte" in kept


def test_what_others_did_meanwhile_loses_nothing_of_what_was_typed(world: World) -> None:
    with world.database.transaction() as session:
        reached = NewEvent(kind=EventKind.REACHED, at=clock.now())
        record(
            session,
            world.case,
            [reached],
            by=world.site.berit,
            at=clock.now(),
            book=a_book(),
        )
    task = next(row for row in world.all(TaskRow) if row.state != "open")
    fields = {"way": "sooner", "words": "Ba om det", **in_days(1)}
    page = refuses(world, f"tasks/{task.id}/move", fields, status=409)

    assert "allerede avsluttet" in page


def test_a_message_is_not_said_to_be_left_where_it_is_not_safe_without_a_stop(world: World) -> None:
    plain = text_of(world.anna.get(world.path("contact")))
    assert "det er ikke trygt" not in plain
    marked = {"value_0": PHONE, "message_0": "no", "version": world.version()}
    assert world.anna.post(world.path("reach"), marked).status_code == 303
    assert "det er ikke trygt" in text_of(world.anna.get(world.path("contact")))

    left = {"outcome": "voicemail_left_discreet", "words": "Ringte"}
    stopped = world.anna.post(world.path("contact"), left)
    assert stopped.status_code == 422
    assert "Hvorfor ble det lagt igjen beskjed likevel?" in text_of(stopped)
    assert "Ringte" in text_of(stopped)
    saved = world.anna.post(world.path("contact"), {**left, "although": "Trodde det var mobilen"})
    assert saved.status_code == 303
    case = text_of(world.anna.get(world.path()))
    assert "Lagt igjen der det ikke er trygt: Trodde det var mobilen" in case
    assert "Vurder om den kan ha gjort skade." in case


def test_the_history_says_which_task_was_done_and_when_the_appointment_is(world: World) -> None:
    goes_back(world, "appointment", {**in_days(3, on="starts"), "give": "yes", "how": "self"})
    [one] = world.all(AppointmentRow)
    goes_back(world, "tasks/new", {**in_days(2, on="due"), "words": "Hent journal"})
    [task] = world.open("free")
    goes_back(world, f"tasks/{task.id}/done", {"done": "Hentet"})

    history = text_of(world.anna.get(world.path())).rpartition("Oppgave gjort")[2]

    assert "Oppgave: Egen oppgave Hentet" in history
    assert history.count("Timen ") >= 1
    starts = one.starts_at.astimezone(ZONE)
    assert f"kl. {starts:%H.%M}" in history.partition("Timen ")[2][:60]


@both
def test_whoever_marks_the_last_discharge_is_asked_what_is_right(world: World) -> None:
    page = f"events/{world.event('discharged').id}/mistake"
    assert "Fortsatt innlagt" in text_of(world.anna.get(world.path(page)))
    said = {"words": "Feil tidspunkt"}

    assert "Vet du det ikke, velg det" in refuses(world, page, said)
    refuses(world, page, {**said, "where": "left"})
    assert world.event("discharged").in_error_at is None
    goes_back(world, page, {**said, "where": "not_known"})

    assert world.open("find_discharge")
    assert world.open("call_patient")


def test_whoever_knows_when_the_person_really_left_says_so_at_once(world: World) -> None:
    page = f"events/{world.event('discharged').id}/mistake"
    right = {"where": "left", "left_on": day_in(0), "left_time": "00:01"}

    goes_back(world, page, {"words": "Feil tidspunkt", **right})

    assert world.open("find_discharge") == []
    assert world.open("call_patient")


def test_nothing_is_asked_of_whoever_marks_anything_else(world: World) -> None:
    goes_back(world, "contact", {"outcome": "spoke_with_patient", "words": "Bra"})
    page = f"events/{world.event('reached').id}/mistake"

    assert "Fortsatt innlagt" not in text_of(world.anna.get(world.path(page)))


def test_a_summary_that_some_lack_says_who_has_it_and_who_does_not(world: World) -> None:
    said = goes_back(
        world, "summary", {"step": "sent", "write": "yes", "to": ["gp"], "how": "self"}
    )

    assert "epikrisen er sendt" not in said
    assert "ikke alle har fått epikrisen" in said
    assert "Fastlegen sendt" in said
    lack = said.partition("Mangler den ennå ")[2].partition("Epikrise")[0][:60]
    assert all(one in lack for one in ("Den som henviste eller la inn", "De som følger opp"))


def a_concern(world: World) -> str:
    fields = {
        "said": "Søsteren er redd for ham i kveld",
        "caller": "Søster Ida",
        "number": "99 22 33 44",
        "acute": "yes",
    }
    with world.database.transaction() as session:
        call_in(
            session,
            words={name: text for name, text in fields.items() if name != "acute"},
            acute=True,
            by=world.site.anna,
            at=clock.now(),
            book=a_book(),
            patient_id=world.patient,
        )
    [task] = world.open("acute_concern")
    return f"tasks/{task.id}"


@pytest.mark.parametrize("what", ["redd for ham i kveld", "Søster Ida", "99 22 33 44"])
def test_an_acute_concern_says_on_its_page_who_called_from_where_and_what_was_said(
    world: World, what: str
) -> None:
    assert what in text_of(world.anna.get(world.path(a_concern(world))))


def test_what_somebody_else_told_stands_in_the_history_as_told_by_them(world: World) -> None:
    a_concern(world)

    shown = text_of(world.anna.get(world.path()))

    assert "Fortalt av den som tok kontakt: Søster Ida Søsteren er redd for ham" in shown


def test_a_contact_in_with_somebody_else_says_who_told_it_once(world: World) -> None:
    said = {"direction": "in", "outcome": "answered_by_next_of_kin"}
    door = a_door(world.app, world.database, world.site.anna)
    words = {"whom": "Søster Ida", "words": "Han har sluttet å spise"}
    assert door("POST", f"/cases/{world.case}/contacts", {**said, **words}).status_code == 201

    shown = text_of(world.anna.get(world.path()))

    assert "Fortalt av den som tok kontakt: Søster Ida" in shown
    assert shown.count("Søster Ida") == 1


def test_whoever_reads_the_page_of_an_acute_concern_is_written_down(world: World) -> None:
    page = a_concern(world)
    before = world.reads()

    world.anna.get(world.path(page))

    assert world.reads() == before + 1
