"""What a pack asks to have shown stands where it is needed: the case, an appointment, a package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service import saying
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import gather
from doors import a_door, an_app
from features.casefile.following import World, in_days
from features.casefile.test_outside import prepared
from visitors import a_visitor, text_of

PACKS = ["kommune-veileder", "barn-som-parorende", "somatic-ed-selfharm"]
WHERE, DBT = "Hvor vil personen helst møte oss?", "Dialektisk atferdsterapi (DBT)"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    made = World(fresh_database, tmp_path)
    made.app = an_app(fresh_database, tmp_path, PACKS)
    made.anna = a_visitor(made.app, fresh_database, made.site.anna)
    return made


def tell(world: World, kind: EventKind = EventKind.ANSWERED, **facts: Any) -> None:
    with world.database.transaction() as session:
        saying.tell(
            session,
            world.case,
            kind,
            facts=facts,
            words={"words": "Sagt av dem det gjelder"},
            by=world.site.anna,
            at=clock.now(),
            book=gather(PACKS).book,
        )


def noted_on(world: World) -> list[dict[str, Any]]:
    door = a_door(world.app, world.database, world.site.anna)
    told = door("GET", f"/cases/{world.case}/file").json
    assert told is not None
    return [one for one in told["noted"] if "case" in one["shown_in"]]


def card(world: World) -> str:
    """The answers on the case, and nothing of its history."""
    page = world.anna.get(world.path()).text
    return page.partition('id="noted"')[2].partition("</section>")[0]


def test_s073_where_the_person_would_meet_us_stands_where_an_appointment_is_made(
    world: World,
) -> None:
    assert WHERE not in text_of(world.anna.get(world.path("appointment")))
    tell(world, kv_place="home")
    page = text_of(world.anna.get(world.path("appointment")))
    assert f"{WHERE} Hjemme" in " ".join(page.split())


def test_s073_and_where_one_is_moved(world: World) -> None:
    tell(world, kv_place="home")
    fields = {**in_days(3, on="starts"), "where": "Poliklinikken"}
    assert world.anna.post(world.path("appointment"), fields).status_code == 303
    page = world.anna.get(world.path("appointments")).text
    one = page.partition(f"{world.path('appointments')}/")[2][:36]
    assert WHERE in text_of(world.anna.get(world.path(f"appointments/{one}")))


def test_s142_the_treatment_stands_on_the_case_and_over_http(world: World) -> None:
    assert card(world) == ""
    tell(world, kv_treatment="dbt")
    assert DBT in card(world)
    (noted,) = noted_on(world)
    assert (noted["key"], noted["value"]) == ("kv_treatment", "dbt")


def test_the_latest_answer_is_shown_alone(world: World) -> None:
    tell(world, kv_treatment="dbt")
    tell(world, kv_treatment="none_offered")
    assert "Ikke noe bestemt" in card(world)
    assert DBT not in card(world)


def test_an_answer_that_was_an_error_is_not_shown(world: World) -> None:
    tell(world, kv_treatment="dbt")
    door = a_door(world.app, world.database, world.site.anna)
    said = {"events": [str(world.event("answered").id)], "words": "Feil person"}
    assert door("POST", f"/cases/{world.case}/events/in-error", said).status_code == 200
    assert noted_on(world) == []


def test_s142_s023_a_receiver_outside_reads_treatment_and_service(world: World) -> None:
    tell(world, kv_treatment="dbt")
    named = {"receiver_kind": "specialist_mental_health", "ed_receiver": "ambulatory_acute_team"}
    tell(world, EventKind.RECEIVER_NAMED, **named)
    package = prepared(world)
    assert DBT in text_of(world.anna.get(world.path(package)))
    world.anna.post(world.path(f"{package}/pdf"), {})
    answers = world.anna.post(world.path(f"{package}/file"), {}).get_json()["answers"]
    assert {one["key"]: one["value"] for one in answers} == {
        "kv_treatment": "dbt",
        "ed_receiver": "ambulatory_acute_team",
    }


def test_s094_the_method_stands_on_the_case_and_stays_in_the_house(world: World) -> None:
    tell(world, barn_conversation="held", barn_method="barneperspektivsamtalen")
    assert "Barneperspektivsamtalen" in card(world)
    assert "Barneperspektivsamtalen" not in text_of(world.anna.get(world.path(prepared(world))))


def test_what_no_pack_asks_to_have_shown_stands_in_the_history_alone(world: World) -> None:
    tell(world, kv_finding="not_found")
    assert card(world) == ""
    assert "Fant kartleggingen" in text_of(world.anna.get(world.path()))
