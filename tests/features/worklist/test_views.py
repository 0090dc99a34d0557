"""My day over HTTP: by status, body, refusals and who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.staff.tables import InstallationRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from builders import a_case_row, a_site
from doors import a_door, an_app
from features.worklist.builders import a_named_patient

HOUR = timedelta(hours=1)


class World:
    def __init__(self, database, home):
        self.database, self.now = database, clock.now()
        with database.transaction() as session:
            session.execute(
                sa.insert(InstallationRow).values(id=1, environment="test", made_at=self.now)
            )
            self.site = a_site(session, self.now)
            patient = a_named_patient(session, self.site, "Ánne Bæivi")
            self.late = a_case_row(
                session, self.site, patient=patient, at=self.now, due_at=self.now - HOUR
            )
            for hours in range(1, 60):
                a_case_row(session, self.site, at=self.now, due_at=self.now + hours * HOUR)
        app = an_app(database, home)
        self.anna = a_door(app, database, self.site.anna)
        self.carl = a_door(app, database, self.site.carl)

    def count(self, table):
        with self.database.transaction() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(table))


@pytest.fixture
def world(fresh_database, tmp_path):
    return World(fresh_database, tmp_path)


def test_a_page_is_shown_and_goes_on(world):
    first = world.anna("GET", "/worklist")
    rest = world.anna("GET", f"/worklist?after={first.json['next']}")

    assert first.status_code == 200
    row = first.json["rows"][0]
    assert row["id"] == str(world.late.task)
    assert row["bucket"] == "late"
    assert row["patient"]["name"] == "Ánne Bæivi"
    assert (len(first.json["rows"]), len(rest.json["rows"])) == (50, 10)
    assert rest.json["next"] is None


def test_a_page_is_one_event_with_its_patients(world):
    before = world.count(AuditSubjectRow)

    world.anna("GET", "/worklist")

    assert world.count(AuditSubjectRow) - before == 50


def test_another_team_sees_nothing_of_it(world):
    answer = world.carl("GET", "/worklist")

    assert (answer.status_code, answer.json["rows"]) == (200, [])


def test_the_poll_carries_no_patient_and_is_no_read(world):
    token = world.anna("GET", "/worklist").json["token"]
    events = world.count(AuditEventRow)

    same = world.anna("GET", f"/worklist/changed?token={token}")
    with world.database.transaction() as session:
        session.execute(sa.update(TaskRow).where(TaskRow.id == world.late.task).values(version=2))
    other = world.anna("GET", f"/worklist/changed?token={token}")

    assert (same.json, other.json) == ({"changed": False}, {"changed": True})
    assert world.count(AuditEventRow) == events


def test_the_parts_are_counted(world):
    counted = world.anna("GET", "/worklist/counts").json

    assert (counted["late"], counted["total"]) == (1, 60)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("after=x", 422, "worklist.bad_cursor"),
        ("team=7b0f4c1e-0d55-4a39-8a53-6e5f0a9d9b11", 404, "worklist.no_such_team"),
        ("team=x", 422, "request.bad_fields"),
        ("person=x", 422, "request.bad_fields"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(world, query, status, code):
    answer = world.anna("GET", f"/worklist?{query}")

    assert answer.status_code == status
    assert answer.json["type"] == f"urn:bindeledd:{code}"


@pytest.mark.parametrize(
    ("query", "many"),
    [("person=me", 0), ("person=nobody", 50), ("kind=call_patient", 50), ("kind=free", 0)],
)
def test_the_list_is_narrowed(world, query, many):
    assert len(world.anna("GET", f"/worklist?{query}").json["rows"]) == many
