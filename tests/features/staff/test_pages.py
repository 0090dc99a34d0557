"""The keys are shown to everybody, and switched off by whoever would rather not."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.staff.pages import KEYS
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import Site, a_site
from doors import an_app
from visitors import EITHER, Visitor, a_visitor, text_of


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def site(fresh_database: Database) -> Site:
    with fresh_database.transaction() as session:
        return a_site(session, clock.now())


@pytest.fixture
def anna(site: Site, fresh_database: Database, tmp_path: Path) -> Visitor:
    return a_visitor(an_app(fresh_database, tmp_path), fresh_database, site.anna)


def has_keys(visitor: Visitor) -> bool:
    return "/static/keys.js" in visitor.get("/inbox").text


def test_every_key_stands_on_the_page_with_what_it_does(anna: Visitor) -> None:
    page = anna.get("/keys").text

    assert page.count("<kbd>") == sum(len(key.replace("–", "").split()) for key, _ in KEYS)
    assert 'href="/keys" data-key="?"' in anna.get("/inbox").text


def test_in_place_it_is_a_part_and_no_page(anna: Visitor) -> None:
    part = anna.beside.get("/keys").text

    assert "<html" not in part
    assert 'id="panel-title"' in part


@pytest.mark.parametrize("dialect", EITHER)
def test_switched_off_they_are_off_until_they_are_switched_on(
    anna: Visitor, site: Site, fresh_database: Database
) -> None:
    berit = a_visitor(anna.app, fresh_database, site.berit)
    off = anna.post("/keys", {"keys": "off"})
    assert "Tastene er slått av" in text_of(anna.get(off.headers["Location"]))
    assert (has_keys(anna), has_keys(berit)) == (False, True)
    anna.post("/keys", {"keys": "on"})

    assert has_keys(anna)


def test_the_choice_is_written_down(anna: Visitor, site: Site, fresh_database: Database) -> None:
    anna.post("/keys", {"keys": "off"})
    with fresh_database.session() as session:
        asked = sa.select(AuditEventRow).where(AuditEventRow.act == "staff.keys_chosen")
        (row,) = session.scalars(asked)

    assert row.actor_id == site.anna.id
    assert row.facts["keys"] is False


def test_each_page_that_two_keys_lead_to_names_them(anna: Visitor) -> None:
    menu = anna.get("/inbox").text

    assert 'href="/day" data-key="g d"' in menu
    assert 'href="/inbox" data-key="g i"' in menu
    assert 'data-key="n"' in menu
