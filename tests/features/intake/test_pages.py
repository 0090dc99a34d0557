"""Register by hand, somebody called, the queue: status, who may, what is stored, what is kept."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.intake import service
from bindeledd.features.intake.tables import CallRow, MessageRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.staff.tables import DutyRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import local_day
from bindeledd.foundation.ids import new_id
from builders import a_member
from doors import an_app
from features.intake.builders import (
    BOOK,
    HEART,
    IŊGÁ,
    an_epikrise,
    an_inbox,
    routes,
)
from visitors import EITHER, Visitor, a_visitor, text_of

both = pytest.mark.parametrize("dialect", EITHER)


class World:
    """A site that takes messages in; Eli and Gro of one team, Finn of another."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        now = clock.now()
        with database.transaction() as session:
            self.site = an_inbox(session, opens="ask").site
            team, other = self.site.team, self.site.other_team
            people = [
                a_member(session, self.site.tenant, where, name, "member", now)
                for where, name in ((team, "eli"), (other, "finn"))
            ]
        app = an_app(database, home)
        self.eli, self.finn = (a_visitor(app, database, one) for one in people)

    def count(self, row: Any) -> int:
        with self.database.transaction() as session:
            return int(session.scalar(sa.select(sa.func.count()).select_from(row)) or 0)

    def all(self, row: Any) -> list[Any]:
        with self.database.session() as session:
            return list(session.scalars(sa.select(row)))

    def acts(self) -> list[str]:
        return [one.act for one in self.all(AuditEventRow)]

    def arrived(self, data: bytes, opens: str = "ask") -> Any:
        with self.database.transaction() as session:
            return service.receive(
                session,
                data=data,
                by=self.site.system,
                at=clock.now(),
                book=BOOK,
                routes=routes(opens),
            )


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


PERSON = {
    "name": "Kari Prøve",
    "phone": "99 88 77 66",
    "index_kind": "self_harm",
    "happened_on": "1.3.2026",
    "words": "Ringer helst etter fire.",
}


# --- register -------------------------------------------------------------------------------------


def test_the_form_begins_with_today_and_stands_ready_to_type(world: World) -> None:
    page = world.eli.get("/register")

    assert page.status_code == 200
    assert re.search(r'id="name"[^>]* autofocus', page.text)
    assert re.search(r'id="happened_on"[^>]* value="\d{1,2}\.\d{1,2}\.20\d\d"', page.text)


@both
def test_somebody_without_any_number_is_registered_and_owed_something(world: World) -> None:
    answer = world.eli.post("/register", PERSON)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/register/done")
    assert world.count(CaseRow) == 1
    assert any(task.case_id and task.state == "open" for task in world.all(TaskRow))
    began = next(one for one in world.all(EventRow) if one.kind == "index_event")
    assert began.facts["index_kind"] == "self_harm"
    assert began.date_only


@pytest.mark.parametrize("answer", ["unknown", "no"])
def test_not_known_whether_somebody_left_is_an_answer_and_what_is_owed_then_is_owed(
    world: World, answer: str
) -> None:
    page = text_of(world.eli.get("/register"))
    assert "Vet ikke" in page
    assert "Nei, eller vet ikke" not in page
    happened = local_day(clock.now() - timedelta(days=3))
    world.eli.post("/register", {**PERSON, "happened_on": happened, "discharged": answer})

    owed = {task.kind for task in world.all(TaskRow) if task.case_id}
    left = [event for event in world.all(EventRow) if event.kind == "discharged"]
    if answer == "no":
        assert (owed, left) == ({"review_case"}, [])
        return
    assert {"call_patient", "send_summary", "ask_children"} <= owed
    [event] = left
    assert event.facts["not_known"] is True
    [case] = world.all(CaseRow)
    assert "Det er ikke kjent om personen er skrevet ut" in text_of(
        world.eli.get(f"/cases/{case.id}")
    )
    leaving = text_of(world.eli.get("/leaving"))
    assert "Kari Prøve" in leaving
    assert "Ukjent om personen er utskrevet" in leaving

    world.eli.post(f"/cases/{case.id}/say/discharged", {})
    shown = text_of(world.eli.get(f"/cases/{case.id}"))
    assert "Det er ikke kjent om personen er skrevet ut" not in shown
    assert "er planlagt på nytt fra den" in shown
    ended = next(t for t in world.all(TaskRow) if t.anchor_event_id == event.id)
    assert ended.state == "cancelled"
    there = text_of(world.eli.get(f"/cases/{case.id}/tasks/{ended.id}"))
    assert "Falt bort Utskrevet" in there


def test_a_receiver_outside_is_told_of_the_real_discharge_only(world: World) -> None:
    happened = local_day(clock.now() - timedelta(days=3))
    world.eli.post("/register", {**PERSON, "happened_on": happened, "discharged": "unknown"})
    [case] = world.all(CaseRow)
    receiver = new_id()
    outside = {"organisation": "Prøve kommune", "kind": "municipality", "phone": "77 00 00 00"}
    assert world.eli.post(f"/outside/{receiver}", outside).status_code == 303

    def package() -> tuple[str, Any]:
        asked = {"receiver": str(receiver), "phone": "55 00 00 00", "words": "Bor alene"}
        made = world.eli.post(f"/cases/{case.id}/handover/outside", asked)
        assert made.status_code == 303, text_of(made)
        page = made.headers["Location"]
        return text_of(world.eli.get(page)), world.eli.post(f"{page}/file", {}).get_json()

    page, said = package()
    assert "Det er ikke kjent om personen er skrevet ut." in page
    assert "Utskrevet" not in page
    assert said["discharge_not_known"] is True
    assert "discharged" not in [one["kind"] for one in said["happened"]]

    world.eli.post(f"/cases/{case.id}/say/discharged", {})
    page, said = package()
    assert "Det er ikke kjent" not in page
    assert said["discharge_not_known"] is False
    assert [one["kind"] for one in said["happened"]].count("discharged") == 1


def test_a_page_that_refuses_keeps_every_word_and_says_where_it_is_wrong(world: World) -> None:
    typed = {**PERSON, "number": "12345678901", "index_kind": "", "discharged_on": "31.2.2026"}
    answer = world.eli.post("/register", typed)

    assert answer.status_code == 422
    assert world.count(PatientRow) == 0
    for value in ("Kari Prøve", "99 88 77 66", "12345678901", "31.2.2026", "Ringer helst etter"):
        assert value in answer.text
    for field in ("number", "index_kind", "discharged_on"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize(
    ("answer", "known"), [("yes", "yes"), ("no", "no"), ("unknown", None), ("", None)]
)
def test_whether_it_was_an_intoxication_is_asked_and_not_known_is_no_answer(
    world: World, answer: str, known: str | None
) -> None:
    assert "Var det en forgiftning" in text_of(world.eli.get("/register"))

    world.eli.post("/register", {**PERSON, "intoxication": answer})

    [began] = [event for event in world.all(EventRow) if event.kind == "index_event"]
    assert began.facts.get("intoxication") == known


def test_nobody_at_all_cannot_be_registered(world: World) -> None:
    answer = world.eli.post("/register", {**PERSON, "name": "", "phone": ""})

    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert "Ringer helst etter fire." in answer.text


@pytest.mark.parametrize("field", ["happened_on", "discharged_on"])
def test_nothing_has_happened_that_lies_ahead(world: World, field: str) -> None:
    answer = world.eli.post("/register", {**PERSON, field: "1.1.2199"})

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


def test_a_form_that_is_sent_twice_registers_once(world: World) -> None:
    once = {**PERSON, "_once": str(new_id())}
    first, second = (world.eli.post("/register", once) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert world.count(PatientRow) == 1


def test_the_answer_is_the_same_when_another_team_follows_the_person_up(world: World) -> None:
    known = {**PERSON, "number": IŊGÁ.number}
    mine = world.eli.post("/register", known)
    theirs = world.finn.post("/register", known)

    assert theirs.status_code == mine.status_code
    assert theirs.headers["Location"] == mine.headers["Location"] == "/register/done"
    assert world.count(PatientRow) == 1
    assert [one.kind for one in world.all(EventRow)].count("acute_concern") == 1
    assert "Kari" not in world.finn.get("/register/done").text


@both
def test_the_confirmation_leads_to_the_new_follow_up_and_to_nobody_elses(world: World) -> None:
    known = {**PERSON, "number": IŊGÁ.number}
    world.eli.post("/register", known)
    world.finn.post("/register", known)
    [case] = world.all(CaseRow)

    assert 'href="/register/mine"' in world.eli.get("/register/done").text
    mine = world.eli.get("/register/mine")
    assert f'href="/cases/{case.id}"' in mine.text
    assert "Kari Prøve" in text_of(mine)
    assert 'href="/register/mine"' in world.finn.get("/register/done").text
    theirs = world.finn.get("/register/mine")
    assert str(case.id) not in theirs.text
    assert "Kari" not in theirs.text


def test_somebody_alike_is_shown_to_those_who_may_see_both(world: World) -> None:
    world.eli.post("/register", {**PERSON, "name": "Per Prøve"})
    answer = world.eli.post("/register", {**PERSON, "name": "Per Prøve", "words": "Igjen."})
    where = answer.headers["Location"]

    assert where.startswith("/register/done?patient=")
    assert text_of(world.eli.get(where)).count("Per Prøve") == 2
    assert "Per Prøve" not in world.finn.get(where).text

    page = world.eli.get(where).text
    fields = dict(re.findall(r'name="((?:patient|other)_id)" value="([^"]+)"', page))
    done = world.eli.post("/register/done", {**fields, "same": "no"})
    assert done.status_code == 303
    assert "Per Prøve" not in world.eli.get(where).text


# --- somebody called ------------------------------------------------------------------------------

CALL = {
    "caller": "Naboen",
    "number": "22 33 44 55",
    "about": "Han i andre etasje",
    "said": "Hørte at han gråt i natt.",
}


def test_the_acute_numbers_stand_on_the_page(world: World) -> None:
    page = text_of(world.eli.get("/called"))

    for number in ("113", "116 117", "55 00 00 00"):
        assert number in page


@both
def test_a_call_has_an_owner_and_a_clock_when_it_is_saved(world: World) -> None:
    answer = world.eli.post("/called", {**CALL, "acute": "yes"})
    call = world.all(CallRow)[0]
    task = next(one for one in world.all(TaskRow) if one.id == call.task_id)

    assert answer.headers["Location"].startswith(f"/calls/{call.id}")
    assert (call.kind, task.kind, task.state) == ("acute_concern", "acute_concern", "open")
    assert task.owner_team_id == world.site.team
    page = text_of(world.eli.get(answer.headers["Location"]))
    assert "Frist for follow-up:" in page
    assert "Hørte at han gråt i natt." in page
    assert "113" in page


def test_the_page_says_who_has_been_told_of_an_acute_concern(world: World) -> None:
    world.eli.post("/register", PERSON)
    case = world.all(CaseRow)[0]
    answers = [
        world.eli.post("/called", {**CALL, "acute": "yes", **about})
        for about in ({}, {"case_id": str(case.id)})
    ]

    for answer in answers:
        page = text_of(world.eli.get(answer.headers["Location"]))
        assert "På vakt i follow-up nå: Eli." in page
        assert "Eli (på vakt)" in page
        for number in ("113", "116 117", "55 00 00 00"):
            assert number in page


def test_the_page_says_that_nobody_is_on_duty_and_that_the_lead_was_told(world: World) -> None:
    with world.database.transaction() as session:
        session.execute(sa.delete(DutyRow))
    answer = world.eli.post("/called", {**CALL, "acute": "yes"})

    page = text_of(world.eli.get(answer.headers["Location"]))
    assert "Ingen i follow-up er på vakt nå." in page
    assert "Berit (leder)" in page
    assert "Eli (" not in page


def test_a_call_of_which_nothing_was_said_keeps_the_page_as_it_was(world: World) -> None:
    answer = world.eli.post("/called", {"acute": "yes"})

    assert answer.status_code == 422
    assert world.count(CallRow) == 0
    assert re.search(r'name="acute"[^>]* checked', answer.text)


def test_calls_wait_where_their_team_sees_them_and_nobody_else(world: World) -> None:
    world.eli.post("/called", CALL)
    call = world.all(CallRow)[0]

    assert "Naboen" in world.eli.get("/calls").text
    assert "1 henvendelse venter" in text_of(world.eli.get("/called"))
    assert "Naboen" not in world.finn.get("/calls").text
    assert world.finn.get(f"/calls/{call.id}").status_code == 404
    assert world.finn.post(f"/calls/{call.id}/answer", {"done": "x"}).status_code == 404


def test_an_acute_concern_stands_first_among_calls(world: World) -> None:
    world.eli.post("/called", {**CALL, "caller": "Rektor"})
    with world.database.transaction() as session:
        long_ago = clock.now() - timedelta(days=2)
        session.execute(sa.update(TaskRow).values(due_at=long_ago))
    world.eli.post("/called", {**CALL, "caller": "Søsteren", "acute": "yes"})

    page = world.eli.get("/calls").text
    assert page.index("Søsteren") < page.index("Rektor")


def test_a_call_ends_only_with_what_was_done(world: World) -> None:
    world.eli.post("/called", CALL)
    call = world.all(CallRow)[0]

    empty = world.eli.post(f"/calls/{call.id}/answer", {"done": " "})
    assert empty.status_code == 422
    assert world.all(CallRow)[0].ended_at is None

    done = world.eli.post(f"/calls/{call.id}/answer", {"done": "Ringte tilbake."})
    assert done.status_code == 303
    assert world.all(CallRow)[0].ended_at is not None
    assert "Ringte tilbake." in world.eli.get(f"/calls/{call.id}").text


def test_a_call_is_matched_to_somebody_found_by_phone_or_name(world: World) -> None:
    world.eli.post("/register", PERSON)
    world.eli.post("/called", CALL)
    call = world.all(CallRow)[0]

    for wanted in ("99887766", "kari prø"):
        found = world.eli.post(f"/calls/{call.id}/find", {"wanted": wanted})
        assert "Kari Prøve" in text_of(found)
    nobody = world.eli.post(f"/calls/{call.id}/find", {"wanted": "Ola"})
    assert "Ingen treff" in nobody.text

    patient = world.all(PatientRow)[0]
    answer = world.eli.post(f"/calls/{call.id}/match", {"patient_id": str(patient.id)})
    case = world.all(CaseRow)[0]
    assert answer.headers["Location"].startswith(f"/called/about/{case.id}")
    assert "Svar på henvendelse" in text_of(world.eli.get(answer.headers["Location"]))
    assert "patient.searched" in world.acts()


def test_the_search_finds_nobody_whom_another_team_follows_up(world: World) -> None:
    world.eli.post("/register", PERSON)
    world.finn.post("/called", {**CALL, "team_id": str(world.site.other_team)})
    call = world.all(CallRow)[0]

    for wanted in ("99887766", "Kari Prøve"):
        found = world.finn.post(f"/calls/{call.id}/find", {"wanted": wanted})
        assert "Ingen treff" in found.text


def test_from_a_follow_up_the_call_is_about_that_person(world: World) -> None:
    world.eli.post("/register", PERSON)
    case = world.all(CaseRow)[0]

    assert f'href="/called?case={case.id}"' in world.eli.get(f"/cases/{case.id}").text
    page = world.eli.get(f"/called?case={case.id}")
    assert "Kari Prøve" in page.text
    assert "Kari Prøve" not in world.finn.get(f"/called?case={case.id}").text

    said = {"said": "Moren ringte.", "case_id": str(case.id)}
    answer = world.eli.post("/called", said)
    assert answer.headers["Location"].startswith(f"/called/about/{case.id}")
    assert "called_in" in [one.kind for one in world.all(EventRow)]
    assert world.finn.post("/called", said).status_code in (404, 422)
    assert world.count(CallRow) == 0


# --- the queue ------------------------------------------------------------------------------------


def test_what_waits_is_listed_without_being_opened(world: World) -> None:
    world.arrived(an_epikrise(diagnoses=HEART))
    page = world.eli.get("/queue")

    assert "Skal avgjøres" in text_of(page)
    assert "Post 3" in page.text
    assert IŊGÁ.family_name not in page.text
    assert "intake.message_shown" not in world.acts()
    assert "Post 3" not in world.finn.get("/queue").text


@both
def test_a_message_is_opened_on_its_own_page_and_that_is_written_down(world: World) -> None:
    done = world.arrived(an_epikrise(diagnoses=HEART))
    page = world.eli.get(f"/queue/{done.message_id}")

    assert IŊGÁ.family_name in page.text
    assert "27. mars 2026" in page.text
    assert "intake.message_shown" in world.acts()
    assert world.finn.get(f"/queue/{done.message_id}").status_code == 404


@pytest.mark.parametrize("dialect", EITHER[:1])
def test_a_discharge_that_lies_ahead_is_remarked_before_anybody_says_yes(world: World) -> None:
    later = clock.now() + timedelta(days=30)
    ahead = world.arrived(an_epikrise(diagnoses=HEART, discharged=later))
    assert "ligger frem i tid" in world.eli.get(f"/queue/{ahead.message_id}").text


@both
def test_ours_opens_a_follow_up(world: World) -> None:
    done = world.arrived(an_epikrise(diagnoses=HEART))
    where = f"/queue/{done.message_id}"

    unsaid = world.eli.post(f"{where}/ours", {"team_id": ""})
    assert unsaid.status_code == 422
    assert 'href="#index_kind"' in unsaid.text
    assert world.count(CaseRow) == 0

    said = {"index_kind": "intent_unclarified", "intoxication": "no"}
    answer = world.eli.post(f"{where}/ours", said)
    began = next(one for one in world.all(EventRow) if one.kind == "index_event")
    assert began.facts["intoxication"] == "no"
    assert answer.headers["Location"] == "/queue?notice=intake.notices.opened"
    assert world.count(CaseRow) == 1
    assert "Oppfølgingen er åpnet" in world.eli.get(answer.headers["Location"]).text

    again = world.eli.post(f"{where}/ours", {"index_kind": "self_harm"})
    assert again.status_code == 422
    assert "allerede svart" in again.text


def test_not_ours_erases_only_when_one_is_sure(world: World) -> None:
    done = world.arrived(an_epikrise(diagnoses=HEART))
    where = f"/queue/{done.message_id}"

    unsure = world.eli.post(f"{where}/not-ours")
    assert unsure.status_code == 422
    assert world.all(MessageRow)[0].original is not None

    sure = world.eli.post(f"{where}/not-ours", {"sure": "yes"})
    assert sure.status_code == 303
    row = world.all(MessageRow)[0]
    assert (row.status, row.original, row.facts) == ("not_ours", None, None)
    assert "Ikke vår" in text_of(world.eli.get(where))


def test_a_message_may_be_about_somebody_known_by_another_number(world: World) -> None:
    world.eli.post("/register", PERSON)
    done = world.arrived(an_epikrise(diagnoses=HEART))
    where = f"/queue/{done.message_id}"
    patient = world.all(PatientRow)[0]

    assert "Kari Prøve" in world.eli.post(f"{where}/find", {"wanted": "Kari"}).text
    answer = world.eli.post(f"{where}/ours", {"patient_id": str(patient.id)})
    assert answer.headers["Location"] == "/queue?notice=intake.notices.updated"
    assert world.count(PatientRow) == 1


def test_what_cannot_be_read_says_why_and_is_answered_in_words(world: World) -> None:
    done = world.arrived(b"<not-a-message>")
    where = f"/queue/{done.message_id}"

    assert "Meldingen er ikke hel" in text_of(world.eli.get(where))
    assert world.eli.post(f"{where}/answer", {"done": ""}).status_code == 422
    again = world.eli.post(f"{where}/read-again")
    assert again.headers["Location"] == "/queue?notice=intake.notices.refused"
    told = world.eli.post(f"{where}/answer", {"done": "Ba avsender sende på nytt."})
    assert told.status_code == 303
    assert "Ingen meldinger venter" in world.eli.get("/queue").text


def test_the_queue_is_filtered_by_what_waits(world: World) -> None:
    world.arrived(an_epikrise(diagnoses=HEART))
    world.arrived(b"<not-a-message>")

    assert text_of(world.eli.get("/queue?status=refused")).count("Åpne") == 1
    assert text_of(world.eli.get("/queue")).count("Åpne") == 2


def test_nobody_gets_in_without_logging_in(world: World) -> None:
    stranger = Visitor(world.eli.app, "none")

    for path in ("/register", "/called", "/calls", "/queue"):
        assert stranger.get(path).headers["Location"].startswith("/log-in")


def test_the_name_that_was_registered_stands_sealed(world: World) -> None:
    world.eli.post("/register", PERSON)
    patient = world.all(PatientRow)[0]

    assert b"Kari" not in patient.identity
    with world.database.session() as session:
        assert patients.get_names(session, [patient.id])[patient.id].name == "Kari Prøve"


def test_whoever_owns_a_refused_row_or_message_sees_what_stood_in_it(world: World) -> None:
    row = "Fødselsnummer;Etternavn;Utskrevet\r\n08818142561;Med;31.11.2026\r\n".encode()
    done = world.arrived(row)
    page = text_of(world.eli.get(f"/queue/{done.message_id}"))
    assert "08818142561" in page
    assert "31.11.2026" in page
    assert "intake.message_shown" in world.acts()

    letter = world.arrived(b"<Melding><Navn>Med Marke</Navn></Melding>")
    assert "Med Marke" in text_of(world.eli.get(f"/queue/{letter.message_id}"))
    assert world.finn.get(f"/queue/{letter.message_id}").status_code == 404
