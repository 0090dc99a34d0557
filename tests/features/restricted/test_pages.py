"""A review on the pages: opened by the lead, written, and one more is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation.db import Database
from features.casefile.following import World
from visitors import EITHER, text_of

FOUND = "Timen ble flyttet uten at noen sa fra"
LEFT = "Mapper som ingen kan åpne"


@pytest.mark.parametrize("dialect", EITHER)
def test_s215_a_review_from_the_follow_up_to_one_more_who_is_named(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    assert "Mappe med egen adgang" in text_of(world.berit.get(world.path()))
    assert world.anna.get(world.path("restricted")).status_code == 403
    assert world.berit.post(world.path("restricted"), {"title": " "}).status_code == 422
    made = world.berit.post(world.path("restricted"), {"title": "Gjennomgang"})
    assert made.status_code == 303
    record = str(made.headers["Location"]).partition("?")[0]
    assert world.berit.post(f"{record}/entries", {"words": ""}).status_code == 422
    assert world.berit.post(f"{record}/entries", {"words": FOUND}).status_code == 303
    assert FOUND in text_of(world.berit.get(record))

    for whoever in (world.anna, world.carl):
        assert whoever.get(record).status_code == 404
        assert "Gjennomgang" not in text_of(whoever.get("/restricted"))
    assert FOUND not in text_of(world.berit.get(world.path()))
    last = f"{record}/readers/{world.site.berit.id}/end"
    assert world.berit.post(last, {}).status_code == 409
    named = world.berit.post(f"{record}/readers", {"member": str(world.site.carl.id)})
    assert named.status_code == 303
    assert FOUND in text_of(world.carl.get(record))
    assert world.carl.get(world.path()).status_code == 404
    assert world.berit.post(last, {}).status_code == 303
    assert world.berit.get(record).status_code == 404


@pytest.mark.parametrize("dialect", EITHER)
def test_s215_the_lead_finds_a_review_whose_readers_have_left_and_names_somebody(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    made = world.berit.post(world.path("restricted"), {"title": "Gjennomgang"})
    record = str(made.headers["Location"]).partition("?")[0]
    world.berit.post(f"{record}/entries", {"words": FOUND})
    anna, carl = str(world.site.anna.id), str(world.site.carl.id)
    world.berit.post(f"{record}/readers", {"member": anna})
    world.berit.post(f"{record}/readers/{world.site.berit.id}/end", {})
    assert LEFT not in text_of(world.berit.get("/restricted"))

    with world.database.transaction() as session:
        session.execute(
            sa.update(MemberRow).where(MemberRow.id == world.site.anna.id).values(active=False)
        )
    for whoever in (world.carl, world.dina):
        assert LEFT not in text_of(whoever.get("/restricted"))
    shown = text_of(world.berit.get("/restricted"))
    assert LEFT in shown
    assert "Gjennomgang" not in shown
    chosen = {"record": record.rpartition("/")[2]}
    for wrong in ({"member": carl}, chosen, {**chosen, "member": anna}):
        assert world.berit.post("/restricted/left", wrong).status_code == 422
    assert world.dina.post("/restricted/left", {**chosen, "member": carl}).status_code == 404
    named = world.berit.post("/restricted/left", {**chosen, "member": carl})
    assert named.status_code == 303
    after = world.berit.get(str(named.headers["Location"]))
    assert after.status_code == 200
    assert LEFT not in text_of(after)
    assert FOUND in text_of(world.carl.get(record))


@pytest.mark.parametrize("dialect", EITHER)
def test_s215_whoever_sees_the_follow_up_finds_the_way_back_to_it(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    made = world.berit.post(world.path("restricted"), {"title": "Gjennomgang"})
    record = str(made.headers["Location"]).partition("?")[0]
    world.berit.post(f"{record}/readers", {"member": str(world.site.carl.id)})

    assert f'href="{world.path()}"' in world.berit.get(record).text
    assert f'href="{world.path()}"' not in world.carl.get(record).text
