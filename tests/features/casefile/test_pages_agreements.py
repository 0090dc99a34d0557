"""Naming a receiver asks which organisation, where one may have an agreement, and shows its contact."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import Identity
from bindeledd.features.staff.tables import OrganisationRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from doors import an_app
from features.casefile.following import World
from visitors import a_visitor, text_of

PACK = "helsefellesskap-handover"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    """A case of a trust, beside a town that has an agreement with it."""
    made = World(fresh_database, tmp_path)
    made.app = an_app(fresh_database, tmp_path, [PACK])
    made.anna = a_visitor(made.app, fresh_database, made.site.anna)
    with fresh_database.transaction() as session:
        session.execute(sa.update(OrganisationRow).values(kind="trust"))
        town = {"id": new_id(), "tenant_id": made.site.tenant, "key": "lier", "name": "Lier"}
        session.execute(sa.insert(OrganisationRow).values(**town, kind="municipality"))
    return made


def test_s193_who_receives_is_named_with_its_organisation_and_its_contact_is_shown(
    world: World,
) -> None:
    page = text_of(world.anna.get(world.path("say/receiver_named")))
    assert "Hvilken virksomhet?" in page
    assert "Lier" in page
    said = {"receiver_kind": "municipality", "receiver_organisation": "lier", "words": ""}
    answer = world.anna.post(world.path("say/receiver_named"), said)
    assert answer.status_code == 303, text_of(answer)
    assert world.event("receiver_named").facts["receiver_organisation"] == "lier"
    (told,) = world.open("hf_told")
    page = text_of(world.anna.get(world.path(f"say/answered?of={told.step_key}")))
    assert "Kontaktpersonen i kommunen, etter avtalen" in page


def test_s143_the_municipality_of_the_stay_stands_where_a_receiver_is_named(world: World) -> None:
    with world.database.transaction() as session:
        patients.change_identity(
            session,
            world.patient,
            Identity(given="Kari", family="Test", municipality="Tromsø"),
            by=world.site.anna,
            at=clock.now(),
        )
    page = text_of(world.anna.get(world.path("say/receiver_named")))
    assert "Personen oppholder seg i Tromsø." in page
    assert "Oppholdskommune" in text_of(world.anna.get(world.path("person")))


def test_s037_burdens_and_protection_are_words_and_are_never_added_up(world: World) -> None:
    page = text_of(world.anna.get(world.path("say/risk_assessed")))
    assert "hva som belaster og hva som beskytter" in page
    assert "Ingenting av det telles eller legges sammen" in page
    answer = world.anna.post(
        world.path("say/risk_assessed"), {"words": "Mistet jobben; har en søster."}
    )
    assert answer.status_code == 303
    assert world.event("risk_assessed").facts == {}
