"""A record that nobody can open any more stands before the lead, and over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders.queries.inbox import notices
from bindeledd.features.reminders.service.faults import tell_faults
from bindeledd.features.reminders.service.leaving import leave
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.restricted import service
from bindeledd.features.restricted.jobs import tell_left
from bindeledd.features.staff.domain import Actor, command
from bindeledd.foundation.db import Database
from builders import MONDAY, Followed, Site
from doors import a_door
from features.casefile.following import World
from visitors import EITHER

AT = MONDAY + timedelta(days=3)
AGAIN = timedelta(hours=6)


def a_review(session: Session) -> tuple[Site, UUID, UUID]:
    """A review of Berit's team that only Carl can open: site, record, follow-up."""
    followed = Followed(session)
    site = followed.site
    record = service.open_record(
        session, followed.case_id, title="Gjennomgang", by=site.berit, at=AT
    )
    assert site.berit.id is not None
    assert site.carl.id is not None
    service.name_reader(session, record.id, member_id=site.carl.id, by=site.berit, at=AT)
    service.end_reader(session, record.id, member_id=site.berit.id, by=site.berit, at=AT)
    return site, record.id, followed.case_id


def left(session: Session, whom: Actor) -> None:
    assert whom.id is not None
    leave(session, whom.id, by=command(whom.tenant_id), at=AT)


def told(database: Database, who: Actor) -> list[tuple[str, int]]:
    """What stands in the inbox of somebody about records, and how many times it happened."""
    assert who.id is not None
    with database.transaction() as session:
        tell_faults(session, at=AT)
        found = notices(session, who.tenant_id, who.id)
    return [(one.source, one.count) for one in found if one.code == "restricted.left"]


def test_the_lead_hears_that_the_last_who_can_open_a_review_has_left(database: Database) -> None:
    with database.transaction() as session:
        site, record, case = a_review(session)
    assert tell_left(database, clock=lambda: AT) == 0
    assert told(database, site.berit) == []

    with database.transaction() as session:
        left(session, site.carl)
    assert tell_left(database, clock=lambda: AT) == 1
    assert told(database, site.berit) == [(f"team:{site.team}@{site.tenant}", 1)]
    assert told(database, site.anna) == []
    with database.transaction() as session:
        said = str(session.execute(sa.select(FaultRow.__table__)).all())
    assert str(record) not in said
    assert str(case) not in said

    assert tell_left(database, clock=lambda: AT + AGAIN) == 1
    with database.transaction() as session:
        assert site.berit.id is not None
        service.name_reader(session, record, member_id=site.berit.id, by=site.berit, at=AT)
    assert tell_left(database, clock=lambda: AT + 2 * AGAIN) == 0


@pytest.mark.parametrize("dialect", EITHER)
def test_the_lead_finds_it_over_http_and_names_somebody(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    site = world.site
    anna, berit, carl, dina = (
        a_door(world.app, fresh_database, one)
        for one in (site.anna, site.berit, site.carl, site.dina)
    )
    made = berit("POST", f"/cases/{world.case}/restricted", {"title": "Gjennomgang"})
    path = f"/restricted/{made.json['id']}"  # type: ignore[index]
    assert berit("POST", f"{path}/readers", {"member_id": str(site.anna.id)}).status_code == 204
    assert berit("DELETE", f"{path}/readers/{site.berit.id}").status_code == 204
    assert berit("GET", "/restricted/left").json == {"records": []}
    with fresh_database.transaction() as session:
        left(session, site.anna)

    for whoever in (carl, dina):
        assert whoever("GET", "/restricted/left").json == {"records": []}
    assert anna("GET", "/restricted/left").status_code == 401
    [found] = berit("GET", "/restricted/left").json["records"]  # type: ignore[index]
    assert set(found) == {"id", "opened_at"}
    assert path.endswith(found["id"])
    assert berit("GET", path).status_code == 404
    named = {"member_id": str(site.carl.id)}
    assert dina("POST", f"{path}/readers", named).status_code == 404
    assert berit("POST", f"{path}/readers", named).status_code == 204
    assert carl("GET", path).json["title"] == "Gjennomgang"  # type: ignore[index]
    assert berit("GET", "/restricted/left").json == {"records": []}
