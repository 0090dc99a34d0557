"""A team that is open and without anybody: seen before, after, and by whom it is heard."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff import service as staff
from bindeledd.features.staff.tables import OpeningHoursRow
from bindeledd.features.worklist.service.holes import heard, holes, made_by
from bindeledd.foundation.db import Database
from builders import MONDAY, Site, a_site
from features.worklist.test_pages import World
from visitors import text_of

DAY = timedelta(days=1)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def site(session: Session) -> Site:
    made = a_site(session)
    staff.materialise_duty(session, made.tenant, since=MONDAY)
    return made


def away(session: Session, site: Site, who: str) -> None:
    one = getattr(site, who)
    staff.away(session, one.id, since=MONDAY, until=MONDAY + DAY, by=one, at=MONDAY)


def test_a_team_with_somebody_at_work_has_no_hole(session: Session, site: Site) -> None:
    away(session, site, "anna")

    assert holes(session, site.team, MONDAY, MONDAY + DAY) == []


def test_whoever_is_the_last_makes_a_hole_by_leaving(session: Session, site: Site) -> None:
    assert site.berit.id is not None
    first = made_by(session, site.team, site.berit.id, MONDAY, MONDAY + DAY)
    away(session, site, "anna")

    assert (first, made_by(session, site.team, site.berit.id, MONDAY, MONDAY + DAY)) == (
        False,
        True,
    )


def test_a_team_that_is_all_away_is_a_hole(session: Session, site: Site) -> None:
    away(session, site, "anna")
    away(session, site, "berit")

    [(starts, ends)] = holes(session, site.team, MONDAY, MONDAY + DAY / 2)

    assert starts == MONDAY
    assert ends > MONDAY


def test_a_lead_who_is_there_hears(session: Session, site: Site) -> None:
    who = heard(session, site.tenant, site.team, MONDAY)

    assert (who.by_lead, who.there) == (True, True)


def test_a_lead_who_is_away_is_not_said_to_hear_at_work(session: Session, site: Site) -> None:
    away(session, site, "anna")
    away(session, site, "berit")

    who = heard(session, site.tenant, site.team, MONDAY)

    assert not who.by_lead


@pytest.fixture
def open_always(fresh_database: Database, tmp_path: Path) -> World:
    """A team that is open whatever the hour and the day, so that the clock decides nothing."""
    world = World(fresh_database, tmp_path)
    with world.database.transaction() as session:
        session.execute(sa.delete(OpeningHoursRow))
        for weekday in range(1, 8):
            session.add(
                OpeningHoursRow(
                    tenant_id=world.site.tenant,
                    team_id=world.site.team,
                    weekday=weekday,
                    opens=time(0),
                    closes=time(23, 59, 59),
                )
            )
        session.flush()
        staff.materialise_duty(session, world.site.tenant, since=world.at)
    return world


def test_the_last_is_warned_before_leaving(open_always: World) -> None:
    open_always.anna.post("/away")

    assert "ingen igjen på jobb" in text_of(open_always.berit.get("/away"))


def test_the_last_reads_after_leaving_that_nobody_answers_and_where_it_stands(
    open_always: World,
) -> None:
    open_always.anna.post("/away")

    done = open_always.berit.post("/away")

    page = text_of(open_always.berit.get(done.headers["Location"]))
    assert "ingen svarer for teamet" in page
    assert "Teamet er åpent, men ingen svarer" in page


def test_whoever_is_not_the_last_is_not_warned(open_always: World) -> None:
    assert "ingen igjen på jobb" not in text_of(open_always.anna.get("/away"))
