"""An interim summary: to whom it was given, when and by which way, over HTTP and outside."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.features.casefile.domain import leaflet
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.printing import plain
from builders import a_book
from doors import Door, a_door
from features.casefile.following import World
from features.casefile.test_outside import both, dialect, prepared, registered, world
from visitors import text_of

__all__ = ["dialect", "world"]

SAID = {"words": "Det viktigste", "way": "digital"}


@pytest.fixture
def anna(world: World) -> Door:
    return a_door(world.app, world.database, world.site.anna)


def interim(world: World) -> str:
    return f"/cases/{world.case}/documents/interim"


@both
def test_a_receiver_of_the_register_is_named_and_the_day_is_kept(world: World, anna: Door) -> None:
    given = (world.at - timedelta(minutes=20)).isoformat()
    said = {**SAID, "outside_id": registered(world), "happened_at": given, "date_only": True}
    assert anna("POST", interim(world), said).status_code == 201

    told = world.event("summary_interim")
    assert (told.at.isoformat(), told.date_only) == (given, True)
    assert "Prøve kommune" in text_of(world.anna.get(world.path()))


@both
def test_it_is_refused_without_to_whom_without_its_way_and_ahead_of_time(
    world: World, anna: Door
) -> None:
    ahead = (world.at + timedelta(hours=2)).isoformat()
    for body, status in (
        ({**SAID, "whom": " "}, 422),
        ({"words": "Det viktigste", "whom": "Lege Prøve"}, 422),
        ({**SAID, "whom": "Lege Prøve", "happened_at": ahead}, 422),
        ({**SAID, "outside_id": str(new_id())}, 404),
    ):
        assert anna("POST", interim(world), body).status_code == status
    assert "summary_interim" not in world.kinds()


@both
def test_the_package_says_to_whom_and_by_which_way(world: World, anna: Door) -> None:
    anna("POST", interim(world), {**SAID, "whom": "Lege Prøve"})
    package = prepared(world)
    content = world.anna.post(world.path(f"{package}/file"), {}).get_json()

    [told] = [one for one in content["happened"] if one["kind"] == "summary_interim"]
    assert (told["channel"], told["whom"]) == ("digital", "Lege Prøve")
    assert "Lege Prøve" in plain(leaflet.sheet(content))


@both
def test_one_from_before_without_to_whom_is_read_as_it_was(world: World) -> None:
    old = NewEvent(kind=EventKind.SUMMARY_INTERIM, at=world.at, note={"words": "Ringt fastlegen"})
    with world.database.transaction() as session:
        by, at = world.site.anna, world.at
        cases.record(session, world.case, [old], by=by, at=at, book=a_book())

    told = world.event("summary_interim")
    for page in (world.path(), f"/epj/{told.id}"):
        assert "Ringt fastlegen" in text_of(world.anna.get(page))
