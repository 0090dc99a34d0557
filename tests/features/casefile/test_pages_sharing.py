"""On what ground something is shared, on the pages: asked, shown, and looked at by somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.cases.service import upgrading
from bindeledd.features.staff.tables import OrganisationRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import gather
from doors import an_app
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
