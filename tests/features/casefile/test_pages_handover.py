"""Answering a handover: what is missing as of now, and a death that was said since it was sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.queries import tasks_of
from bindeledd.features.cases.service import saying
from bindeledd.features.handovers import service as handovers
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import local_day
from builders import a_book, a_site, an_open_case
from doors import a_door, an_app
from features.worklist.builders import a_named_patient
from visitors import EITHER, a_visitor, text_of

REPORTED, CONFIRMED = EventKind.DEATH_REPORTED, EventKind.DEATH_CONFIRMED
SAID = {REPORTED: "Det er meldt at personen er død", CONFIRMED: "Personen er død."}


class World:
    """Anna's team has handed Kari over to the municipality's, where Carl answers."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.now = database, clock.now()
        before = self.now - timedelta(hours=2)
        with database.transaction() as session:
            self.site = a_site(session, before)
            kari = a_named_patient(session, self.site)
            opened = an_open_case(
                session, self.site, at=before, discharged_at=before, patient=kari, unit=True
            )
            self.case = opened.case.id
            self.handed = handovers.hand_over(
                session,
                self.case,
                to_team_id=self.site.other_team,
                words={"words": "Bor hos dere"},
                by=self.site.anna,
                at=self.now - timedelta(hours=1),
                book=a_book(),
            )
        app = an_app(database, home)
        self.carl = a_visitor(app, database, self.site.carl)
        self.anna = a_visitor(app, database, self.site.anna)
        self.door = a_door(app, database, self.site.carl)
        self.path = f"/cases/{self.case}/handover"

    def tell(self, kind: EventKind, **facts: str) -> None:
        """Anna says it; a confirmation is Berit's."""
        by = self.site.berit if kind is CONFIRMED else self.site.anna
        told: dict[str, Any] = {"facts": facts, "words": {"words": "Fra legevakten"}, "by": by}
        with self.database.transaction() as session:
            saying.tell(session, self.case, kind, at=clock.now(), book=a_book(), **told)

    def dies(self, last: EventKind) -> None:
        self.tell(REPORTED)
        if last is CONFIRMED:
            self.tell(CONFIRMED)

    def page(self, visitor: Any = None) -> str:
        return text_of((visitor or self.carl).get(self.path))

    def first(self) -> dict[str, str]:
        day = local_day(self.now + timedelta(days=2))
        return {"first_on": day, "first_time": "10:00", "words": "Vi ser på den"}

    def owed(self) -> list[str]:
        with self.database.session() as session:
            return [task.kind for task in tasks_of(session, self.case) if task.is_open]


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("last", [REPORTED, CONFIRMED])
@pytest.mark.parametrize("who", ["carl", "anna"])
def test_the_page_of_a_handover_says_that_the_person_is_dead(
    world: World, last: EventKind, who: str
) -> None:
    before = world.page(getattr(world, who))
    world.dies(last)

    page = world.page(getattr(world, who))

    assert SAID[last] not in before
    assert SAID[last] in page


@pytest.mark.parametrize("last", [REPORTED, CONFIRMED])
def test_after_a_death_nobody_is_asked_for_a_call(world: World, last: EventKind) -> None:
    before = world.page()
    world.dies(last)

    page = world.page()

    assert "Ring pasienten" in before
    assert "Ring pasienten" not in page
    assert "Første egne avtale" not in page


@pytest.mark.parametrize("dialect", EITHER)
def test_after_a_death_the_receiver_accepts_with_a_day_and_owes_no_call(world: World) -> None:
    world.dies(REPORTED)

    done = world.carl.post(f"{world.path}/{world.handed.handover.id}/accept", world.first())

    assert done.status_code == 303
    assert ("free" in world.owed(), "call_patient" in world.owed()) == (True, False)


def test_after_a_death_an_acceptance_over_http_owes_no_call_either(world: World) -> None:
    world.dies(CONFIRMED)
    first = (world.now + timedelta(days=2)).isoformat()

    said = {"first_at": first}
    done = world.door("POST", f"/handovers/{world.handed.handover.id}/accepted", said)

    assert done.status_code == 200
    assert ("free" in world.owed(), "call_patient" in world.owed()) == (True, False)


def test_after_a_death_the_receiver_may_return_it(world: World) -> None:
    world.dies(CONFIRMED)

    at = f"{world.path}/{world.handed.handover.id}/return"

    assert world.carl.post(at, {"reason": "Personen er død"}).status_code == 303


def test_what_is_missing_is_as_of_now_and_not_as_of_when_it_was_sent(world: World) -> None:
    before = world.page()
    world.tell(EventKind.RISK_ASSESSED)

    now, _, then = world.page().partition("Dette manglet da den ble sendt")

    assert "Dette mangler, per" in now
    assert "Gjør vurdering" in before
    assert "Gjør vurdering" not in now
    assert "Gjør vurdering" in then


def test_after_a_death_what_fell_away_with_it_is_not_missing(world: World) -> None:
    world.dies(CONFIRMED)

    now, _, then = world.page().partition("Dette manglet da den ble sendt")

    assert "Gjør vurdering" not in now
    assert "Gjør vurdering" in then
