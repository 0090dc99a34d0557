"""The inbox: what stands there, acknowledged by name; a look is no answer."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service import report_fault
from bindeledd.features.reminders.service.faults import tell_faults
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import a_book, a_case_row, a_site, a_task_row
from doors import an_app
from features.worklist.builders import a_named_patient
from visitors import EITHER, a_visitor, text_of

HOUR = timedelta(hours=1)


class World:
    """Kari's follow-up owes two things that are late; Anna and Berit are told."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.now = clock.now()
        with database.transaction() as session:
            site = self.site = a_site(session, self.now)
            kari = a_named_patient(session, site)
            case = a_case_row(session, site, due_at=self.now - 3 * HOUR, at=self.now, patient=kari)
            self.case, self.task = case.id, case.task
            self.other = a_task_row(
                session, site, case=case.id, due_at=self.now - 2 * HOUR, kind="give_appointment"
            )
        self.sweep()
        app = an_app(database, home)
        people = (site.anna, site.berit, site.carl)
        self.anna, self.berit, self.carl = (a_visitor(app, database, one) for one in people)

    def sweep(self) -> None:
        jobs.sweep(self.database, a_book(), rules=Rules(), clock=lambda: self.now)

    def row(self, task: object) -> TaskRow:
        with self.database.session() as session:
            return session.get_one(TaskRow, task)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("dialect", EITHER)
def test_what_is_late_stands_there_without_a_name_and_leads_to_its_follow_up(world: World) -> None:
    page = world.anna.get("/inbox")

    assert "Ring pasienten" in page.text
    assert "3 timer for sent" in page.text
    assert f"/cases/{world.case}" in page.text
    assert "Kari" not in page.text


def test_what_belongs_together_is_acknowledged_together(world: World) -> None:
    page = world.anna.get("/inbox").text

    assert page.count("Sett – jeg tar det innen") == 1
    assert set(re.findall(r'name="task" value="([^"]+)"', page)) == {
        str(world.task),
        str(world.other),
    }


def test_opening_the_page_acknowledges_nothing(world: World) -> None:
    world.anna.get("/inbox")

    assert world.row(world.task).seen_until is None
    assert "Ring pasienten" in world.anna.get("/inbox").text


@pytest.mark.parametrize("dialect", EITHER)
def test_an_acknowledgement_is_by_name_and_lasts_as_long_as_the_button_said(world: World) -> None:
    said = re.search(r"Sett – jeg tar det innen ([^<]+)<", world.anna.get("/inbox").text)
    done = world.anna.post("/inbox/seen", {"task": str(world.task)})

    assert done.headers["Location"] == "/inbox?notice=reminders.notices.acknowledged"
    row = world.row(world.task)
    assert (row.state, row.seen_by) == ("open", world.site.anna.id)
    assert said is not None
    assert row.seen_until is not None
    assert row.seen_until > world.now
    page = text_of(world.anna.get(done.headers["Location"]))
    assert "Kvittert." in page
    assert "Ring pasienten" not in page
    assert "Gi time" in page


def test_a_task_of_another_team_is_not_there(world: World) -> None:
    assert "Ring pasienten" not in world.carl.get("/inbox").text
    assert world.carl.post("/inbox/seen", {"task": str(world.task)}).status_code == 404
    assert world.row(world.task).seen_until is None


def test_an_empty_inbox_says_so(world: World) -> None:
    assert "Ingen varsler venter på deg." in world.carl.get("/inbox").text


def test_a_failure_stands_before_the_lead_until_it_is_read(world: World) -> None:
    with world.database.transaction() as session:
        report_fault(
            session, "job:x", "worker.job_failed", at=world.now, tenant_id=world.site.tenant
        )
        report_fault(session, "job:y", "a.plugins_own", at=world.now, tenant_id=world.site.tenant)
        tell_faults(session, at=world.now)
    page = world.berit.get("/inbox").text
    assert "En fast jobb feilet." in page
    assert "a.plugins_own" in page

    for where in re.findall(r'action="(/inbox/faults/[^"]+)"', page):
        assert world.berit.post(where).status_code == 303
    assert "En fast jobb feilet." not in world.berit.get("/inbox").text
    assert world.berit.post(f"/inbox/faults/{new_id()}/seen").status_code == 404


def test_a_call_and_a_message_lead_to_their_own_pages(world: World) -> None:
    call, message = new_id(), new_id()
    with world.database.transaction() as session:
        for subject, kind in ((call, "acute_concern"), (message, "decide_message")):
            a_task_row(session, world.site, subject=subject, due_at=world.now - HOUR, kind=kind)
    world.sweep()
    page = world.anna.get("/inbox").text

    assert f'href="/calls/{call}"' in page
    assert f'href="/queue/{message}"' in page


def test_an_id_that_is_none_does_nothing(world: World) -> None:
    assert world.anna.post("/inbox/seen", {"task": "x"}).status_code == 303
    with world.database.session() as session:
        seen = session.scalars(sa.select(TaskRow.seen_until)).all()
    assert set(seen) == {None}
