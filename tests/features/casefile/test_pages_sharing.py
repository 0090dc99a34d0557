"""On what ground something is shared, on the pages: asked, shown, and looked at by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases.service import upgrading
from bindeledd.features.reports import queries as reports
from bindeledd.features.staff.tables import OrganisationRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import gather
from doors import a_door, an_app
from features.casefile.following import World
from features.casefile.test_outside import registered
from visitors import EITHER, a_visitor, text_of

PACK = "drammen-kommune"
CONSENT, DANGER = f"{PACK}.consent", f"{PACK}.danger"

both = pytest.mark.parametrize("dialect", EITHER)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    """A case that follows the plan of Drammen."""
    made = World(fresh_database, tmp_path)
    book = gather([PACK]).book
    with fresh_database.transaction() as session:
        named = sa.update(OrganisationRow).where(OrganisationRow.id == made.site.organisation)
        session.execute(named.values(key="drammen"))
        to = upgrading.target(
            session,
            made.site.tenant,
            pathway_id="national.after-attempt",
            version="2026.1",
            book=book,
        )
        said = {"reason": "Rutinen gjelder nå", "by": made.site.berit, "at": clock.now()}
        assert upgrading.upgrade_case(session, made.case, to, **said) is not None
    made.app = an_app(fresh_database, tmp_path, [PACK])
    made.anna, made.berit = (
        a_visitor(made.app, fresh_database, one) for one in (made.site.anna, made.site.berit)
    )
    return made


@both
def test_s205_s206_a_handover_in_danger_from_ground_to_the_look_afterwards(world: World) -> None:
    page = text_of(world.anna.get(world.path("handover")))
    assert "Samtykke fra personen · kilde S-205; RK-04, RF-12, ikke lest" in page
    fields = {"to_team": str(world.site.other_team), "words": "Bor i kommunen deres"}
    refused = world.anna.post(world.path("handover"), fields)
    assert refused.status_code == 422
    assert "Velg på hvilket grunnlag det deles" in text_of(refused)
    unsaid = world.anna.post(world.path("handover"), {**fields, "ground": DANGER})
    assert unsaid.status_code == 422
    assert "Skriv hvorfor det ble delt" in text_of(unsaid)
    said = {**fields, "ground": DANGER, "why": "Orket ikke mer"}
    assert world.anna.post(world.path("handover"), said).status_code == 303

    [task] = world.open("review_sharing")
    shown = text_of(world.berit.get(world.path(f"tasks/{task.id}")))
    assert "Fare for liv og helse" in shown
    assert "Hvorfor: Orket ikke mer" in shown
    done = world.path(f"tasks/{task.id}/done")
    own = world.anna.post(done, {"done": "Det var riktig"})
    assert own.status_code == 403
    assert "Du delte dette selv" in text_of(own)
    assert world.berit.post(done, {"done": "Det var riktig"}).status_code == 303
    assert world.open("review_sharing") == []
    assert "Det var riktig" in text_of(world.anna.get(world.path()))


def test_s205_a_package_says_its_ground_on_paper_and_never_why(world: World) -> None:
    fields = {"receiver": registered(world), "phone": "55 00 00 00", "words": "Bor alene"}
    assert world.anna.post(world.path("handover/outside"), fields).status_code == 422
    made = world.anna.post(world.path("handover/outside"), {**fields, "ground": DANGER})
    assert made.status_code == 303, text_of(made)
    package = str(made.headers["Location"]).removeprefix(world.path()).lstrip("/")
    assert "Fare for liv og helse" in text_of(world.anna.get(world.path(package)))
    said = world.anna.post(world.path(f"{package}/file"), {}).get_json()
    assert said["ground"]["key"] == DANGER
    sent = {"way": "by_hand"}
    assert world.anna.post(world.path(f"{package}/sent"), sent).status_code == 422
    with_why = {**sent, "why": "Orket ikke mer"}
    assert world.anna.post(world.path(f"{package}/sent"), with_why).status_code == 303
    assert "Orket" not in str(world.anna.post(world.path(f"{package}/file"), {}).get_json())
    assert len(world.open("review_sharing")) == 1


# --- refused for want of a ground -------------------------------------------------------------------


def written(world: World) -> list[AuditEventRow]:
    """What stands in the log of what was not shared."""
    return [one for one in world.all(AuditEventRow) if one.act == "sharing.refused"]


def handed(world: World) -> int:
    fields = {"to_team": str(world.site.other_team), "words": "Bor i kommunen deres"}
    return world.anna.post(world.path("handover"), fields).status_code


def packed(world: World) -> int:
    fields = {"receiver": registered(world), "phone": "55 00 00 00", "words": "Bor alene"}
    return world.anna.post(world.path("handover/outside"), fields).status_code


def handed_over_http(world: World) -> int:
    door = a_door(world.app, world.database, world.site.anna)
    body = {"to_team_id": str(world.site.other_team), "words": "Bor i kommunen deres"}
    return door("POST", f"/cases/{world.case}/handovers", body).status_code


def packed_over_http(world: World) -> int:
    door = a_door(world.app, world.database, world.site.anna)
    body = {"outside_id": registered(world), "phone": "55 00 00 00", "words": "Bor alene"}
    return door("POST", f"/cases/{world.case}/packages", body).status_code


@both
@pytest.mark.parametrize("share", [handed, packed, handed_over_http, packed_over_http])
def test_s205_what_is_not_shared_for_want_of_a_ground_is_written_down(
    world: World, share: Callable[[World], int]
) -> None:
    assert share(world) == 422

    [one] = written(world)
    team = "follow-up"
    said = {"case": str(world.case), "team": team, "refused": "sharing.ground_needed"}
    assert {name: one.facts[name] for name in said} == said
    assert one.facts.keys() - said.keys() <= {"door"}, "codes and ids, and no words"
    assert one.actor_id == world.site.anna.id
    about = [row.subject_id for row in world.all(AuditSubjectRow) if row.event_id == one.id]
    assert about == [world.patient]


def test_s205_nothing_else_of_it_stands(world: World) -> None:
    handed(world)

    assert "handover_sent" not in world.kinds()


def test_s205_a_ground_that_stands_on_no_list_is_written_down_too(world: World) -> None:
    fields = {"to_team": str(world.site.other_team), "words": "Bor der", "ground": "made.up"}
    world.anna.post(world.path("handover"), fields)

    assert [one.facts["refused"] for one in written(world)] == ["sharing.ground_unknown"]


def test_s205_what_is_shared_on_a_ground_is_not_among_what_was_refused(world: World) -> None:
    fields = {"to_team": str(world.site.other_team), "words": "Bor der", "ground": CONSENT}
    assert world.anna.post(world.path("handover"), fields).status_code == 303

    assert written(world) == []


def test_s205_the_key_of_a_request_that_was_refused_may_be_used_again(world: World) -> None:
    door = a_door(world.app, world.database, world.site.anna)
    body = {"to_team_id": str(world.site.other_team), "words": "Bor i kommunen deres"}
    path = f"/cases/{world.case}/handovers"

    statuses = [
        door("POST", path, {**body, **more}, Idempotency_Key="one").status_code
        for more in ({}, {}, {"ground": CONSENT})
    ]

    assert statuses == [422, 422, 201]
    assert len(written(world)) == 2


@both
def test_s209_a_lead_reads_how_often_nothing_was_shared_and_few_are_not_said(
    world: World,
) -> None:
    def told(least: int) -> list[int | None]:
        later = clock.now() + timedelta(days=40)
        with world.database.transaction() as session:
            asked = {"months": 3, "least": least, "at": later}
            found = reports.count(session, world.site.tenant, **asked)
        return [one.many for one in found.counts if one.measure == "shares_refused"]

    for _ in range(3):
        handed_over_http(world)

    assert (told(least=3), told(least=5)) == ([3], [None])
