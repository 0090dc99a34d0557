"""What is put right on the pages of a follow-up that is closed: it opens again, and says so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings, record
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.relatives.tables import RelativeRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book
from features.casefile.following import World
from visitors import EITHER, text_of

both = pytest.mark.parametrize("dialect", EITHER)
WHY = "Det var en annen som svarte."


@pytest.fixture
def dialect() -> str:
    return "sqlite"


class Ended(World):
    """Kari was reached; then her follow-up was closed."""

    def __init__(self, database: Database, home: Path) -> None:
        super().__init__(database, home)
        with database.transaction() as session:
            reached = NewEvent(kind=EventKind.REACHED, at=self.at)
            said = {"by": self.site.anna, "at": self.at, "book": a_book()}
            record(session, self.case, [reached], **said)

    def close(self, ending: Ending = Ending.COMPLETED) -> None:
        with self.database.transaction() as session:
            said: dict[str, Any] = {"words": {"words": "Ferdig"}, "book": a_book()}
            said["at"] = clock.now()
            asked = {"ending": ending, "override": True, "by": self.site.anna}
            endings.request_closing(session, self.case, **asked, **said)
            endings.sign_closing(session, self.case, by=self.site.berit, **said)

    def mistake(self, kind: str) -> str:
        return self.path(f"events/{self.event(kind).id}/mistake")

    def state(self) -> str:
        return str(self.all(CaseRow)[0].state)


@pytest.fixture
def ended(fresh_database: Database, tmp_path: Path) -> Ended:
    return Ended(fresh_database, tmp_path)


@both
def test_what_is_put_right_opens_it_again_and_the_page_says_so_before_and_after(
    ended: Ended,
) -> None:
    ended.close()
    assert ended.mistake("reached") in ended.anna.get(ended.path("mistakes")).text
    page = ended.anna.get(ended.mistake("reached")).text
    assert "Når noe rettes, åpnes den igjen" in page

    answer = ended.anna.post(ended.mistake("reached"), {"words": WHY})

    shown = text_of(ended.anna.get(answer.headers["Location"]))
    assert "Oppfølgingen er åpen igjen." in shown
    assert ended.state() == "open"
    assert ended.open("review_correction")
    assert "Se hva rettelsen betyr nå" in shown
    assert WHY in shown


def test_the_lead_sees_what_was_wrong_who_says_so_and_what_is_owed_again(ended: Ended) -> None:
    ended.close()
    ended.anna.post(ended.mistake("reached"), {"words": WHY})
    [look] = ended.open("review_correction")

    shown = text_of(ended.berit.get(ended.path(f"tasks/{look.id}")))

    assert WHY in shown
    assert "Fikk kontakt" in shown
    assert "Anna" in shown
    assert "gjenstår igjen" in shown
    assert "Send epikrise" in shown


def test_without_a_reason_it_stays_closed(ended: Ended) -> None:
    ended.close()

    answer = ended.anna.post(ended.mistake("reached"), {"words": " "})

    assert answer.status_code == 422
    assert ended.state() == "closed"


def test_that_it_was_closed_may_be_marked_and_what_it_was_asked_for_may_not(ended: Ended) -> None:
    ended.close()

    assert "Skriv også hva som er riktig" in ended.anna.get(ended.mistake("closed")).text
    assert (
        "Skriv også hva som er riktig"
        not in ended.anna.get(ended.mistake("closing_requested")).text
    )
    ended.anna.post(ended.mistake("closed"), {"words": "Feil pasient ble avsluttet."})

    assert ended.state() == "open"
    assert ended.open("call_patient")


def test_one_that_was_registered_in_error_says_that_it_stays_closed(ended: Ended) -> None:
    ended.close(Ending.REGISTERED_IN_ERROR)

    page = ended.anna.get(ended.mistake("reached")).text
    answer = ended.anna.post(ended.mistake("reached"), {"words": WHY})

    assert "blir stående avsluttet" in page
    assert "merket som feil" in text_of(ended.anna.get(answer.headers["Location"]))
    assert ended.state() == "closed"
    assert not [task for task in ended.all(TaskRow) if task.state == "open"]


def test_what_became_of_an_appointment_is_put_right_after_closing(ended: Ended) -> None:
    starts = (ended.at + timedelta(days=3)).astimezone()
    ended.anna.post(
        ended.path("appointment"),
        {
            "starts_on": starts.date().isoformat(),
            "starts_time": "10:00",
            "give": "yes",
            "how": "self",
        },
    )
    [one] = ended.all(AppointmentRow)
    place = ended.path(f"appointments/{one.id}")
    ended.anna.post(place, {"action": "hand_on", "whom": "Fastlegen"})
    ended.close()
    assert place in ended.anna.get(ended.path()).text

    ended.anna.post(f"{place}/undo", {"why": "Fastlegen har den ikke."})

    assert ended.state() == "open"
    assert ended.open("record_outcome")
    assert [row.state for row in ended.all(AppointmentRow)] == ["given"]


def test_nobody_else_puts_anything_right(ended: Ended) -> None:
    ended.close()

    answer = ended.carl.post(ended.mistake("reached"), {"words": WHY})

    assert answer.status_code == 404
    assert ended.state() == "closed"


@both
def test_an_objection_of_somebody_who_is_followed_no_more_stands_in_the_list_and_is_decided(
    ended: Ended,
) -> None:
    answer = {"answer": "contacted", "name": "Ola Prøve"}
    assert ended.anna.post(ended.path("relatives"), answer).status_code == 303
    ended.close()
    [father] = ended.all(RelativeRow)
    door = ended.path(f"relatives/{father.id}/objection")
    said = {"step": "object", "objection_words": "Er redd ham."}
    assert ended.anna.post(door, said).status_code == 303

    [task] = ended.open("decide_objection")
    assert task.case_id is None
    day = ended.berit.get("/day")
    assert f'href="/relatives/{father.id}"' in day.text
    there = ended.berit.get(f"/relatives/{father.id}")
    assert there.headers["Location"].endswith(ended.path(f"relatives/{father.id}"))
    assert "Er redd ham." in text_of(ended.berit.get(there.headers["Location"]))
    assert ended.carl.get(f"/relatives/{father.id}").status_code == 404

    said = {"step": "respect", "decision_words": "Grunnene er gode."}
    assert ended.berit.post(door, said).status_code == 303
    assert ended.open("decide_objection") == []
    assert f"/relatives/{father.id}" not in ended.berit.get("/day").text


def test_of_somebody_who_has_died_the_page_says_how_it_ended_and_promises_no_new_event(
    ended: Ended,
) -> None:
    for step, who in (("reported", ended.anna), ("confirmed", ended.berit)):
        said = {"step": step, "words": "Det er sagt."}
        assert who.post(ended.path("death"), said).status_code == 303
    ended.close(Ending.DIED)

    page = text_of(ended.anna.get(ended.path()))

    assert "Oppfølgingen er avsluttet: Død" in page
    assert "En ny hendelse åpner den igjen" not in page


def test_marking_the_index_event_as_an_error_says_what_to_do_if_all_of_it_was_one(
    ended: Ended,
) -> None:
    page = text_of(ended.anna.get(ended.mistake("index_event")))
    other = text_of(ended.anna.get(ended.mistake("reached")))

    assert "be om avslutning: registrert ved en feil" in page
    assert "registrert ved en feil" not in other
