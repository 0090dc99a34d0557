"""Whether the next appointment still stands: only what says so ends that it is asked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import Appointment, KnownHow
from bindeledd.features.appointments.queries import get_row
from bindeledd.features.cases.queries import tasks_of
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book, a_site, an_open_case
from doors import a_door, an_app
from features.worklist.builders import a_named_patient
from visitors import EITHER, a_visitor, text_of

SPOKE = {"outcome": "spoke_with_patient", "words": "Snakket om kjøring i helgen"}
QUESTION = "Sa personen at timen"


class World:
    """Kari has an appointment in a while; that it is asked whether it stands is owed by now."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.now = database, clock.now()
        before = self.now - timedelta(days=10)
        with database.transaction() as session:
            self.site = a_site(session, before)
            kari = a_named_patient(session, self.site)
            self.case = an_open_case(session, self.site, at=before, patient=kari).case.id
            self.appointment = appointments.book_appointment(
                session,
                self.case,
                starts_at=self.now + timedelta(hours=20),
                detail={},
                give=True,
                how=KnownHow.SELF,
                by=self.site.anna,
                at=before,
                book=a_book(),
            ).appointment.id
        app = an_app(database, home)
        self.anna = a_visitor(app, database, self.site.anna)
        self.door = a_door(app, database, self.site.anna)

    def contact(self, stands: str = "", of: UUID | None = None, **said: str) -> Any:
        asked = {"still_stands": stands, "still_stands_of": str(of or self.appointment)}
        return self.anna.post(f"/cases/{self.case}/contact", {**SPOKE, **asked, **said})

    def owed(self) -> int:
        with self.database.session() as session:
            tasks = tasks_of(session, self.case)
            return sum(task.is_open and task.kind == "confirm_appointment" for task in tasks)

    def stands(self) -> Appointment:
        with self.database.session() as session:
            row, _ = get_row(session, self.site.anna, self.appointment)
            return row.read()


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("stands", ["", "not_asked", "no"])
def test_a_conversation_that_did_not_say_so_leaves_the_check_owed(
    world: World, stands: str
) -> None:
    assert world.owed() == 1

    assert world.contact(stands).status_code == 303

    assert (world.owed(), world.stands().confirmed_at) == (1, None)


def test_a_conversation_over_http_leaves_the_check_owed(world: World) -> None:
    assert world.door("POST", f"/cases/{world.case}/contacts", SPOKE).status_code == 201

    assert world.owed() == 1


@pytest.mark.parametrize("dialect", EITHER)
def test_a_yes_in_the_contact_ends_the_check_and_says_how_it_is_known(world: World) -> None:
    assert world.contact("yes").status_code == 303

    found = world.stands()
    assert world.owed() == 0
    assert found.how_known is KnownHow.PATIENT_SAID
    assert found.confirmed_at is not None


@pytest.mark.parametrize("dialect", EITHER)
def test_over_http_it_is_said_with_the_contact_too(world: World) -> None:
    said = {**SPOKE, "still_stands": str(world.appointment)}

    done = world.door("POST", f"/cases/{world.case}/contacts", said)

    assert done.status_code == 201
    kinds = [one["kind"] for one in done.json["recorded"]["events"]]
    assert kinds == ["reached", "appointment_confirmed"]
    assert (world.owed(), world.stands().how_known) == (0, KnownHow.PATIENT_SAID)


def test_over_http_too_only_who_was_spoken_with_has_said_it(world: World) -> None:
    said = {"outcome": "no_answer", "still_stands": str(world.appointment)}

    refused = world.door("POST", f"/cases/{world.case}/contacts", said)

    assert refused.status_code == 422
    assert refused.json["type"].endswith("contact.said_by_nobody")
    assert world.owed() == 1


def test_a_no_says_what_is_to_be_done_with_the_appointment(world: World) -> None:
    done = world.contact("no")

    assert "Timen står ikke" in text_of(world.anna.get(done.headers["Location"]))


def test_only_who_was_spoken_with_has_said_that_it_stands(world: World) -> None:
    refused = world.contact("yes", outcome="no_answer")

    assert refused.status_code == 422
    assert "Bare den du snakket med" in text_of(refused)
    assert world.owed() == 1


@pytest.mark.parametrize("page", ["", "/contact"])
def test_it_is_asked_in_the_form_of_a_contact_while_it_is_owed(world: World, page: str) -> None:
    before = text_of(world.anna.get(f"/cases/{world.case}{page}"))
    world.contact("yes")

    after = text_of(world.anna.get(f"/cases/{world.case}{page}"))

    assert (QUESTION in before, QUESTION in after) == (True, False)


def test_the_appointment_of_another_follow_up_is_not_confirmed(world: World) -> None:
    with world.database.transaction() as session:
        other = an_open_case(session, world.site, at=world.now).case.id
        theirs = appointments.book_appointment(
            session,
            other,
            starts_at=world.now + timedelta(hours=20),
            detail={},
            by=world.site.anna,
            at=world.now,
            book=a_book(),
        ).appointment.id

    assert world.contact("yes", of=theirs).status_code == 404


@pytest.mark.parametrize("dialect", EITHER)
def test_with_the_contact_it_is_undone_that_the_appointment_stands(world: World) -> None:
    world.contact("yes")
    events = world.door("GET", f"/cases/{world.case}").json["events"]
    [reached] = [one["id"] for one in events if one["kind"] == "reached"]

    undone = world.anna.post(f"/cases/{world.case}/contact/undone", {"event": reached})

    assert undone.status_code == 303
    assert (world.owed(), world.stands().confirmed_at) == (1, None)
