"""Signing: a lead sees why it was asked for, signs it or says no; by name, and never alone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.queries import tasks_of
from bindeledd.features.cases.service import endings, work
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.handovers import service as handovers
from bindeledd.features.handovers.domain import FirstDate
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import TeamRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book, a_site, an_open_case
from doors import an_app
from features.worklist.builders import a_named_patient
from visitors import EITHER, a_visitor, text_of

FALLS_AWAY = re.compile(r'data-label="Oppgave">([^<]+)')


class World:
    """A follow-up of Kari in the team that Berit leads."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.now = clock.now()
        with database.transaction() as session:
            self.site = a_site(session, self.now)
            kari = a_named_patient(session, self.site)
            self.case = an_open_case(session, self.site, at=self.now, patient=kari).case.id
        self.app = app = an_app(database, home)
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

    def signs(self, page: str, words: str = "Enig.", **more: object) -> TestResponse:
        """Berit signs what this page showed."""
        [version] = re.findall(r'name="version" value="(\d+)"', page)
        fields = {"words": words, "version": version, **more}
        return self.berit.post(f"/sign/{self.case}", fields)

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

    done = world.signs(world.berit.get(f"/sign/{world.case}").text)
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


def test_a_time_without_attempts_stands_where_it_is_asked_for_and_where_it_is_signed(
    world: World,
) -> None:
    def days_ago(days: float) -> datetime:
        return world.now - timedelta(days=days)

    def tell(*told: tuple[float, EventKind, str]) -> None:
        with world.database.transaction() as session:
            for days, kind, channel in told:
                facts = {"channel": channel} if channel else {}
                event = NewEvent(kind=kind, at=days_ago(days), facts=facts)
                cases.record(
                    session, case, [event], by=world.site.anna, at=world.now, book=a_book()
                )

    with world.database.transaction() as session:
        who = a_named_patient(session, world.site, "Siri Prøve")
        case = an_open_case(session, world.site, at=days_ago(90), patient=who).case.id
    tried = EventKind.CONTACT_ATTEMPTED
    # Eight hours apart: at two times of day at least, whatever the hour is now.
    tell((87, tried, "phone"), (86 + 1 / 3, tried, "phone"), (85 + 2 / 3, tried, "phone"))
    tell((85, tried, "letter"), (40, tried, "visit"))
    tell((26, EventKind.RELATIVES_CONSIDERED, ""), (26, EventKind.RECEIVER_TOLD, ""))
    tell(*((days, tried, "phone") for days in (33, 26, 19, 12, 5)))
    asked = {"ending": "unreachable", "words": "Svarer ikke", "override": "yes"}

    page = text_of(world.anna.get(f"/cases/{case}/closing"))
    assert "Forsøk siden" in page
    assert "Lengste tid uten forsøk: 45 dager" in page
    assert "Rutinen tillater 7 dager." in page
    assert world.anna.post(f"/cases/{case}/closing", asked).status_code == 303
    signing = text_of(world.berit.get(f"/sign/{case}"))
    assert "Lengste tid uten forsøk: 45 dager" in signing
    assert "kan det ikke signeres" not in signing

    tell((4, EventKind.REACHED, ""), (3, tried, "phone"))
    signing = text_of(world.berit.get(f"/sign/{case}"))
    assert "kan det ikke signeres" in signing
    assert "et brev" in signing
    assert world.berit.post(f"/sign/{case}", {}).status_code == 422


def test_a_hole_between_attempts_is_refused_and_says_from_when_it_counts_again(
    world: World,
) -> None:
    with world.database.transaction() as session:
        at = world.now - timedelta(days=60)
        who = a_named_patient(session, world.site, "Siri Prøve")
        case = an_open_case(session, world.site, at=at, patient=who).case.id
        for days in (3, 40, 47, 54):
            event = NewEvent(
                kind=EventKind.CONTACT_ATTEMPTED,
                at=at + timedelta(days=days),
                facts={"channel": "phone"},
            )
            cases.record(session, case, [event], by=world.site.anna, at=world.now, book=a_book())

    asked = {"ending": "unreachable", "words": "Svarer ikke", "override": "yes"}
    refused = world.anna.post(f"/cases/{case}/closing", asked)

    assert refused.status_code == 409
    page = text_of(refused)
    assert "var det ingen forsøk, og rutinen tillater 7 dager" in page
    assert "tiden regnes på nytt fra" in page


def test_what_a_team_took_over_is_not_closed_as_taken_over_by_others(world: World) -> None:
    told: dict[str, Any] = {"at": world.now + timedelta(microseconds=2), "book": a_book()}
    carl, words = world.site.carl, {"words": "Bor i kommunen"}
    with world.database.transaction() as session:
        sent = handovers.hand_over(
            session,
            world.case,
            to_team_id=world.site.other_team,
            words=words,
            by=world.site.anna,
            at=world.now + timedelta(microseconds=1),
            book=a_book(),
        ).handover
        first = FirstDate(kind="call_patient", due_at=world.now + timedelta(days=1))
        handovers.accept(session, sent.id, first=first, words={}, by=carl, **told)

    asked = {"ending": "moved_on", "words": "De har henne nå", "override": "yes"}
    theirs = a_visitor(world.app, world.database, carl)
    assert "dette er oppfølgingen deres" in text_of(theirs.get(f"/cases/{world.case}/closing"))
    refused = theirs.post(f"/cases/{world.case}/closing", asked)
    assert refused.status_code == 409
    assert "har selv ansvaret for denne oppfølgingen" in text_of(refused)

    request = NewEvent(
        kind=EventKind.CLOSING_REQUESTED,
        at=world.now + timedelta(microseconds=3),
        facts={"ending": "moved_on", "override": True, "covers": []},
    )
    with world.database.transaction() as session:
        at = world.now + timedelta(microseconds=3)
        cases.record(session, world.case, [request], by=carl, **{**told, "at": at})
    page = text_of(world.dina.get(f"/sign/{world.case}"))
    assert "har selv ansvaret for denne oppfølgingen" in page
    assert world.dina.post(f"/sign/{world.case}", {}).status_code == 422
    assert world.state() == "open"


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
    page = world.berit.get(f"/sign/{world.case}").text

    first, second = (world.signs(page, _once="one") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)


def owed_again_under(world: World) -> str:
    """A lead has the page open; meanwhile that the person was reached turns out to be wrong."""
    told: dict[str, Any] = {"by": world.site.anna, "book": a_book()}
    with world.database.transaction() as session:
        kinds = (EventKind.DISCHARGED, EventKind.REACHED)
        home = [NewEvent(kind=kind, at=world.now) for kind in kinds]
        done = cases.record(session, world.case, home, at=world.now, **told)
    world.ask()
    page = world.berit.get(f"/sign/{world.case}").text
    at = world.now + timedelta(microseconds=9)
    wrong = [done.events[1].id]
    with world.database.transaction() as session:
        why = {"words": "Feil person"}
        cases.mark_in_error(session, world.case, wrong, words=why, at=at, **told)
    return page


@pytest.mark.parametrize("dialect", EITHER)
def test_a_page_that_was_overtaken_is_not_signed(world: World) -> None:
    page = owed_again_under(world)

    assert world.signs(page).status_code == 409
    assert world.state() == "open"


def test_a_page_that_was_overtaken_comes_back_with_its_words_and_who_changed_what(
    world: World,
) -> None:
    page = owed_again_under(world)
    answer = world.signs(page, "Lest og forstått")
    shown = text_of(answer)

    assert "endret siden du åpnet siden, og ingenting er signert" in shown
    assert "Sist registrert av Anna" in shown
    assert "Lest og forstått" in answer.text
    now, before = (FALLS_AWAY.findall(one) for one in (answer.text, page))
    assert len(now) > len(before)


def test_what_falls_away_now_is_signed_on_the_page_that_came_back(world: World) -> None:
    back = world.signs(owed_again_under(world)).text

    assert world.signs(back).status_code == 303
    assert world.state() == "closed"


def test_a_form_that_does_not_say_what_was_seen_signs_nothing(world: World) -> None:
    world.ask()

    assert world.berit.post(f"/sign/{world.case}", {"words": "Enig."}).status_code == 409
    assert world.state() == "open"


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
