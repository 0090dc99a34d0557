"""A task that only an event ends leads to where that event is recorded, whatever a pack names."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bindeledd.features.pathways.domain.words import EVENTS
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from features.casefile.following import World
from visitors import text_of


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def led(world: World, *events: str, kind: str = "own_letter", **reason: Any) -> tuple[str, str]:
    """Where the page of the task leads that these events end, and its own address."""
    task = min(one.id for one in world.all(TaskRow) if one.state == "open")
    with world.database.transaction() as session:
        changed = {"kind": kind, "satisfied_by": list(events)}
        found = sa.update(TaskRow).where(TaskRow.id == task)
        why = session.scalars(sa.select(TaskRow.due_reason).where(TaskRow.id == task)).one()
        session.execute(found.values(due_reason={**why, "evidence": {}, **reason}, **changed))
    own = world.path(f"tasks/{task}")
    page = world.berit.get(own).text
    _, _, after = page.partition("Oppgaven blir gjort av det som skjer.")
    link = re.search(r'href="([^"]+)"', after)
    assert link is not None
    return unescape(link[1]), own


def test_every_event_that_a_pack_may_name_leads_to_a_page_that_is_there(world: World) -> None:
    for event in sorted(EVENTS):
        to, own = led(world, event)
        assert to != own, event
        assert world.berit.get(to).status_code == 200, (event, to)


def test_a_letter_leads_to_the_contacts_with_how_and_without_what_came_of_it(world: World) -> None:
    to, _ = led(world, "contact_attempted", evidence={"channel": ["letter"]})

    assert to == f"{world.path('contact')}?channel=letter"
    page = world.anna.get(to).text
    assert re.search(r'<option value="letter"\s+selected', page)
    assert "Registrer kontakt" in text_of(world.anna.get(world.path()))
    assert led(world, "contact_attempted")[0] == world.path("contact")
    two = {"channel": ["letter", "phone"]}
    assert led(world, "contact_attempted", evidence=two)[0] == world.path("contact")


def test_what_a_pack_left_behind_leads_there_too(world: World) -> None:
    to, _ = led(world, "contact_attempted", kind="free", rehomed="bodo")
    assert to == world.path("contact")


def test_a_kind_of_the_core_leads_to_what_its_rule_waits_for(world: World) -> None:
    assert led(world, "receiver_named", kind="follow_up_handover")[0] == world.path(
        "say/receiver_named"
    )
    assert led(world, "handover_accepted", kind="follow_up_handover")[0] == world.path("handover")
