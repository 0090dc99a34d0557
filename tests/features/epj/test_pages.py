"""The list *not in the EPJ yet* at the pages: per team, and whoever marks a note stays where they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service import record
from bindeledd.features.cases.service.saying import tell
from bindeledd.features.staff.service import join_team
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book, an_open_case
from features.casefile.following import World
from visitors import text_of


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def plans(world: World, case, count: int, by=None) -> None:
    with world.database.transaction() as session:
        for _ in range(count):
            said = [NewEvent(kind=EventKind.PLAN_OFFERED, at=world.at)]
            who = by or world.site.anna
            record(session, case, said, by=who, at=clock.now(), book=a_book())


def links(page: str, what: str) -> list[str]:
    return [found.replace("&amp;", "&") for found in re.findall(f'href="({what}[^"]*)"', page)]


def test_whoever_marks_a_note_of_the_second_page_is_still_on_the_second_page(world: World) -> None:
    plans(world, world.case, 52)
    first = world.anna.get("/epj?order=newest").text
    [onward] = [one for one in links(first, r"/epj\?") if "after=" in one]
    page = world.anna.get(onward).text
    notes = [one for one in links(page, "/epj/") if "/pdf" not in one]
    assert len(notes) == 2
    note = world.anna.get(notes[0]).text
    assert onward in links(note, r"/epj\?")
    [to] = re.findall(r'action="(/epj/[^"]*after=[^"]*)"', note)

    done = world.anna.post(to.replace("&amp;", "&"), {"entered": "yes"})

    assert done.status_code == 303
    there = world.anna.get(done.headers["Location"])
    assert "51 er ikke ført" in text_of(there)
    assert links(there.text, "/epj/") == [notes[1]]


def test_the_newest_stand_first_and_the_page_says_how_long_the_rest_have_waited(
    world: World,
) -> None:
    plans(world, world.case, 52)
    with world.database.transaction() as session:
        told = [NewEvent(kind=EventKind.PLAN_OFFERED, at=clock.now())]
        how = {"by": world.site.anna, "at": clock.now(), "book": a_book()}
        today = record(session, world.case, told, **how).events[0].id

    page = world.anna.get("/epj")
    assert links(page.text, "/epj/")[0] == f"/epj/{today}"
    assert "53 er ikke ført" in text_of(page)
    assert "Den som har ventet lengst, er fra" in text_of(page)
    [oldest] = links(page.text, r"/epj\?order=oldest")
    assert f"/epj/{today}" not in links(world.anna.get(oldest).text, "/epj/")


def test_whoever_has_several_teams_sees_one_of_them_at_a_time(world: World) -> None:
    plans(world, world.case, 2)
    with world.database.transaction() as session:
        site = world.site
        other = an_open_case(session, site, at=world.at, team=site.other_team, by=site.carl).case.id
        join_team(session, site.berit.id, site.other_team, by=site.system, at=world.at)
    plans(world, other, 1, by=world.site.carl)
    assert "3 er ikke ført" in text_of(world.berit.get("/epj"))
    teams = links(world.berit.get("/epj").text, r"/epj\?team=")
    counted = {text_of(world.berit.get(one)).split(" er ikke ført")[0][-1] for one in teams[:2]}
    assert counted == {"2", "1"}
    assert "team=" not in world.anna.get("/epj").text, "one team needs no choice"
    other_team = f"/epj?team={world.site.other_team}"
    assert "Ingenting her" in text_of(world.anna.get(other_team))


def test_a_refuted_death_invites_nobody_to_put_its_note_into_the_record(world: World) -> None:
    with world.database.transaction() as session:
        how = {"by": world.site.anna, "at": clock.now(), "book": a_book()}
        told = [NewEvent(kind=EventKind.DEATH_REPORTED, at=world.at)]
        note = record(session, world.case, told, **how).events[0].id
    assert "Ikke ennå" in text_of(world.anna.get(f"/cases/{world.case}"))
    with world.database.transaction() as session:
        said = {"words": {"words": "Hun svarte på døra"}, "by": world.site.anna}
        tell(session, world.case, EventKind.DEATH_REFUTED, **said, at=clock.now(), book=a_book())

    page = world.anna.get(f"/epj/{note}")
    assert page.text.index("Meldingen stemte ikke.") < page.text.index("<pre")
    for never in ("Oppfølgingen var registrert ved en feil", "Kopier", "Ikke ennå"):
        assert never not in text_of(page)
    case = text_of(world.anna.get(f"/cases/{world.case}"))
    assert "Meldingen stemte ikke." in case
    assert "Ikke ennå" not in case


def test_what_the_paper_of_a_note_has_no_letters_for_is_said_before_it_is_printed(
    world: World,
) -> None:
    said = {"outcome": "spoke_with_patient", "words": "Ring أحمد 40000001"}
    world.anna.post(world.path("contact"), said)
    note = links(world.anna.get("/epj").text, "/epj/")[0]

    page = text_of(world.anna.get(note))

    assert "Noen tegn kan ikke skrives ut" in page
    assert "أ ح م د" in page
