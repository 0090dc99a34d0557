"""What is set up by the file and what is set up on the pages of administration are one thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bindeledd.features.administration import queries as administration
from bindeledd.features.administration import service as pages
from bindeledd.features.administration.domain import Why
from bindeledd.features.staff import queries, service
from bindeledd.features.staff.domain import Hours, hours_said, openings_said, system, week_of
from bindeledd.foundation.db import open_database
from bindeledd.setting_up.command import example_file
from builders import MONDAY
from setting_up.test_setup import Place, place

__all__ = ["place"]

NEW = """
[[team]]
key = "kveld"
name = "Kveldsteamet"
organisation = "provekommunen"
hours = ["man-tor 16:00-22:00", "lør 10:00-12:00", "lør 13:00-15:30"]

[[unit]]
key = "post9"
name = "Post 9"
kind = "ward"
organisation = "provekommunen"
team = "kveld"
her = ["80123"]
"""
EVENINGS = {day: openings_said("16-22") for day in (1, 2, 3, 4)} | {
    6: openings_said("10-12, 13-15.30")
}


def outcomes(place: Place, text: str, keys: Sequence[str]) -> dict[str, str]:
    """What a set-up did with the team, its hours, the unit and its address."""
    done = place.setup(text).changes
    return {f"{one['what']} {one['key']}": one["outcome"] for one in done if one["key"] in keys}


def on_pages(place: Place, hours: tuple[Hours, ...]) -> None:
    """The same team and unit, made as the pages make them."""
    database = open_database(place.url)
    with database.transaction() as session:
        tenant = queries.find_tenant(session, "provesykehuset")
        assert tenant is not None
        said: dict[str, Any] = {"why": Why.ORGANISED, "by": system(tenant), "at": MONDAY}
        town = queries.find_organisation(session, tenant, "provekommunen")
        assert town is not None
        lead = service.set_member(
            session, login="jovnna", name="Jovnna", by=said["by"], at=MONDAY
        ).id
        team = pages.add_team(
            session,
            key="kveld",
            name="Kveldsteamet",
            organisation_id=town,
            lead_id=lead,
            hours=hours,
            closed=(),
            **said,
        )
        pages.add_unit(
            session,
            key="post9",
            name="Post 9",
            kind="ward",
            organisation_id=town,
            team_id=team,
            acute_number=None,
            address=("HER", "80123"),
            **said,
        )
    database.close()


def test_what_the_pages_made_the_file_finds_as_it_would_have_made_it(place: Place) -> None:
    place.setup(example_file())
    on_pages(place, week_of(EVENINGS))

    assert outcomes(place, example_file() + NEW, ("kveld", "post9", "HER:80123")) == {
        "team kveld": "same",
        "hours kveld": "same",
        "unit post9": "same",
        "contact_point HER:80123": "same",
    }


def test_a_file_that_says_other_hours_holds_when_it_is_run_again(place: Place) -> None:
    place.setup(example_file())
    on_pages(place, week_of({1: openings_said("8-16")}))

    assert outcomes(place, example_file() + NEW, ("kveld",))["hours kveld"] == "changed"


def test_both_doors_lay_the_same_duty(place: Place) -> None:
    place.setup(example_file())
    on_pages(place, week_of(EVENINGS))
    before = _duty(place)
    place.setup(example_file() + NEW)

    assert before == _duty(place) != []


def _duty(place: Place) -> list[Any]:
    database = open_database(place.url)
    with database.transaction() as session:
        tenant = queries.find_tenant(session, "provesykehuset")
        assert tenant is not None
        team = queries.find_team(session, tenant, "kveld")
        assert team is not None
        found = queries.duty_of(session, team.id, MONDAY, MONDAY + timedelta(days=60))
        assert administration.team(session, tenant, team.id, MONDAY).answers
    database.close()
    return list(found)


def test_the_questions_and_the_pages_read_hours_alike() -> None:
    typed = "8-12 og 13-15.30"

    assert hours_said(f"man {typed.replace(' og ', ', man ')}") == [
        f"man {opens:%H:%M}-{closes:%H:%M}" for opens, closes in openings_said(typed)
    ]
