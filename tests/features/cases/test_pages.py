"""Signing: a lead sees why it was asked for, signs it or says no; by name, and never alone."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.queries import tasks_of
from bindeledd.features.cases.service import endings, work
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import TeamRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book, a_site, an_open_case
from doors import an_app
from features.worklist.builders import a_named_patient
from visitors import EITHER, a_visitor, text_of


class World:
    """A follow-up of Kari in the team that Berit leads."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.now = clock.now()
        with database.transaction() as session:
            self.site = a_site(session, self.now)
            kari = a_named_patient(session, self.site)
            self.case = an_open_case(session, self.site, at=self.now, patient=kari).case.id
        app = an_app(database, home)
        people = (self.site.anna, self.site.berit, self.site.dina)
        self.anna, self.berit, self.dina = (a_visitor(app, database, one) for one in people)

    def ask(self, ending: Ending = Ending.COMPLETED, by: Actor | None = None) -> None:
        """Somebody asks for an ending, with the reason in words."""
        who: dict[str, Any] = {"by": by or self.site.anna, "book": a_book()}
        with self.database.transaction() as session:
            if ending is Ending.DECLINED:
                agreed = {"offer_again_at": self.now.isoformat()}
                first, again = (self.now + timedelta(microseconds=n) for n in (1, 2))
                declined = [
                    NewEvent(kind=EventKind.DECLINED, at=first, facts=agreed),
                    NewEvent(kind=EventKind.DECLINED, at=again),
                ]
                cases.record(session, self.case, declined, at=again, **who)
            endings.request_closing(
                session,
                self.case,
                ending=ending,
                words={"words": "Fastlegen tar over."},
                override=True,
                at=self.now + timedelta(microseconds=3),
                **who,
            )

    def state(self) -> str:
        with self.database.session() as session:
            return session.get_one(CaseRow, self.case).state


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def test_an_empty_list_says_what_comes_here(world: World) -> None:
    assert "Ingen venter på signatur." in world.berit.get("/sign").text


@pytest.mark.parametrize("dialect", EITHER)
def test_a_lead_sees_who_asked_and_why_and_signs(world: World) -> None:
    world.ask()
    page = text_of(world.berit.get("/sign"))
    for word in ("Kari Prøve", "Fullført", "Anna", "Fastlegen tar over."):
        assert word in page

    done = world.berit.post(f"/sign/{world.case}", {"words": "Enig."})
    assert done.headers["Location"] == "/sign?notice=cases.notices.signed"
    assert world.state() == "closed"
    assert "Kari" not in world.berit.get("/sign").text


def test_saying_no_needs_a_reason_and_the_follow_up_goes_on(world: World) -> None:
    world.ask()
    empty = world.berit.post(f"/sign/{world.case}/refuse", {"why": " "})
    assert empty.status_code == 422
    assert 'href="#why"' in empty.text

    done = world.berit.post(f"/sign/{world.case}/refuse", {"why": "Hun har ikke fått time."})
    assert done.headers["Location"] == "/sign?notice=cases.notices.refused"
    assert world.state() == "open"
    assert "Kari" not in world.berit.get("/sign").text


def test_whoever_asked_cannot_be_the_second_to_sign(world: World) -> None:
    world.ask(Ending.DECLINED, by=world.site.berit)

    page = world.berit.get(f"/sign/{world.case}").text
    assert "en annen leder må signere" in page
    assert "Signer avslutningen" not in page

    refused = world.berit.post(f"/sign/{world.case}", {"words": "Mine ord står her."})
    assert refused.status_code == 422
    assert world.state() == "open"
    assert "en annen person" in refused.text


def test_a_member_who_leads_nobody_has_nothing_to_sign(world: World) -> None:
    world.ask()

    assert world.anna.get("/sign").status_code == 403
    assert world.anna.get(f"/sign/{world.case}").status_code == 403
    assert world.anna.post(f"/sign/{world.case}", {}).status_code == 403
    assert world.state() == "open"


def test_the_lead_of_another_team_sees_nothing_of_it(world: World) -> None:
    world.ask()

    assert "Kari" not in world.dina.get("/sign").text
    assert world.dina.get(f"/sign/{world.case}").status_code == 404
    assert world.dina.post(f"/sign/{world.case}", {}).status_code == 404
    assert world.state() == "open"


def test_a_form_that_is_sent_twice_signs_once(world: World) -> None:
    world.ask()
    form = {"words": "Enig.", "_once": "one"}

    first, second = (world.berit.post(f"/sign/{world.case}", form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)


@pytest.mark.parametrize("dialect", EITHER)
def test_what_signing_ends_is_listed_with_its_time_and_whose_it_is(world: World) -> None:
    with world.database.transaction() as session:
        work.add_task(
            session,
            world.case,
            due_at=world.now + timedelta(days=2),
            words={"words": "Ring NAV om <skjemaet>"},
            by=world.site.anna,
            at=world.now,
            book=a_book(),
        )
    assert "Ring NAV om <skjemaet>" in text_of(world.anna.get(f"/cases/{world.case}/closing"))
    world.ask()
    page = world.berit.get(f"/sign/{world.case}")
    listed = text_of(page).partition("Oppgaver som faller bort når du signerer")[2]

    assert "Ring NAV om <skjemaet>" in listed.partition("Si nei")[0]
    assert "Gå gjennom oppfølgingen" in listed.partition("Si nei")[0]
    with world.database.session() as session:
        team = session.get_one(TeamRow, world.site.team).name
    assert f" {team} " in listed.partition("Si nei")[0]
    with world.database.session() as session:
        open_still = [task for task in tasks_of(session, world.case) if task.is_open]
    assert page.text.count('data-label="Oppgave"') == len(open_still) - 1
    assert not re.search(r">[^<]*\d{4}-\d\d-\d\d", page.text)
