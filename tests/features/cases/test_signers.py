"""An ending that was asked for says who may sign it; one that nobody may is told to who can help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.casefile.jobs import tell_of_unsigned
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings
from bindeledd.features.reminders.queries.inbox import notices
from bindeledd.features.reminders.service.faults import tell_faults
from bindeledd.features.reminders.service.leaving import leave
from bindeledd.features.staff.domain import Actor, command
from bindeledd.features.staff.tables import GrantRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book
from doors import a_door
from features.cases.test_pages import World
from visitors import text_of


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    """Carl is the administrator."""
    world = World(fresh_database, tmp_path)
    whom = {"member_id": world.site.carl.id, "role": "admin", "tenant_id": world.site.tenant}
    with fresh_database.transaction() as session:
        session.execute(sa.insert(GrantRow).values(**whom))
    return world


def by_the_lead(world: World) -> str:
    """Berit asks on the page for an ending that another person has to sign; the notice."""
    world.ask(Ending.DECLINED)
    with world.database.transaction() as session:
        said: dict[str, Any] = {"words": {"words": "Nei"}, "by": world.site.berit}
        endings.refuse_closing(session, world.case, at=clock.now(), book=a_book(), **said)
    asked = {"ending": "declined", "words": "Takket nei", "override": "yes"}
    return world.berit.post(f"/cases/{world.case}/closing", asked).headers["Location"]


def hears(world: World, who: Actor) -> bool:
    """Whether somebody has it in the inbox that a closing is signed by nobody."""
    assert who.id is not None
    with world.database.transaction() as session:
        tell_faults(session, at=clock.now())
        found = notices(session, who.tenant_id, who.id)
    return any(one.code == "case.nobody_signs" for one in found)


@pytest.mark.parametrize("page", ["/cases/{}", "/cases/{}/closing"])
def test_whoever_asked_reads_who_may_sign(world: World, page: str) -> None:
    world.ask(Ending.DECLINED)

    assert "Kan signere: Berit." in text_of(world.anna.get(page.format(world.case)))


@pytest.mark.parametrize("page", ["/cases/{}", "/cases/{}/closing", "/sign/{}"])
def test_where_nobody_may_sign_the_page_says_who_can_change_that(world: World, page: str) -> None:
    assert by_the_lead(world).endswith("casefile.notices.closing_for_nobody")

    said = text_of(world.berit.get(page.format(world.case)))

    assert "Ingen kan signere dette nå" in said
    assert "Det kan Carl ordne." in said
    assert "Kan signere" not in said


def test_a_closing_that_nobody_may_sign_is_told_to_an_administrator_too(world: World) -> None:
    by_the_lead(world)

    assert hears(world, world.site.carl)
    assert hears(world, world.site.berit)
    assert not hears(world, world.site.anna)


def test_a_lead_who_leaves_what_waits_for_them_alone_is_found_by_the_clock(
    world: World,
) -> None:
    world.ask(Ending.DECLINED)
    assert tell_of_unsigned(world.database, clock=clock.now) == 0

    with world.database.transaction() as session:
        assert world.site.berit.id is not None
        leave(session, world.site.berit.id, by=command(world.site.tenant), at=clock.now())

    assert tell_of_unsigned(world.database, clock=clock.now) == 1


def test_a_lead_may_sign_alone_what_one_person_ends(world: World) -> None:
    world.ask(Ending.COMPLETED, by=world.site.anna)

    assert tell_of_unsigned(world.database, clock=clock.now) == 0


def test_the_json_of_the_case_says_who_may_sign(world: World) -> None:
    door = a_door(world.app, world.database, world.site.anna)
    before = door("GET", f"/cases/{world.case}").json
    world.ask(Ending.DECLINED)

    waits = door("GET", f"/cases/{world.case}").json

    assert (before["signers"], before["nobody_signs"]) == (None, False)
    assert (waits["signers"]["names"], waits["nobody_signs"]) == (["Berit"], False)


def test_the_json_of_the_case_says_that_nobody_may_sign_and_who_can_help(world: World) -> None:
    by_the_lead(world)
    door = a_door(world.app, world.database, world.site.anna)

    case = door("GET", f"/cases/{world.case}").json
    closing = json.loads(door("GET", f"/cases/{world.case}/file").data)["closing"]

    nobody = {"names": [], "admins": ["Carl"]}
    assert (case["signers"], case["nobody_signs"]) == (nobody, True)
    assert (closing["signers"], closing["nobody_signs"]) == (nobody, True)
