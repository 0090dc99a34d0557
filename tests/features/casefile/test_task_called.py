"""A task has one name on every page of its case: what it asks of the reader now."""

from __future__ import annotations

import re

import pytest

from features.casefile.following import World
from features.casefile.test_outside import accepts, dies, sent_out, world
from features.casefile.test_pages_acts import begun_appointment

__all__ = ["world"]

OVER = "Ingen ble avtalt å svare mens vi hadde stengt"
BECAME = "Registrer hva det ble av timen"


def listed(page: str, name: str) -> str:
    """The address of the row of that name in what is owed."""
    return re.findall(rf'<a class="main-link" href="([^"]+)">{name}</a>', page)[0]


def title(page: str) -> str:
    return re.findall(r"<title>(.*?) · ", page)[0]


def heading(page: str) -> str:
    return re.findall(r"<h1>(.*?)</h1>", page)[0]


@pytest.mark.parametrize("named", [title, heading])
def test_a_time_that_nobody_covered_has_one_name_in_the_list_and_on_its_page(
    world: World, named: object
) -> None:
    row = listed(world.anna.get(world.uncovered()).text, OVER)

    assert callable(named)
    assert named(world.anna.get(row).text) == OVER


@pytest.mark.parametrize("named", [title, heading])
def test_a_check_of_an_appointment_that_began_has_one_name_in_the_list_and_on_its_page(
    world: World, named: object
) -> None:
    begun_appointment(world)
    row = listed(world.anna.get(world.path()).text, BECAME)

    assert callable(named)
    assert named(world.anna.get(row).text) == BECAME


def test_a_check_of_an_appointment_that_began_has_that_name_in_the_drawing_too(
    world: World,
) -> None:
    begun_appointment(world)
    drawn = world.anna.get(world.path()).text.split('<svg class="drawn"')[1].split("</svg>")[0]

    assert BECAME in drawn
    assert "Kontroller at timen gjelder" not in drawn


AFTER = "Avlys timer og stans brev: mottakeren tok over etter dødsfallet"
SIGN = "Bekreft dødsfall: noe som er registrert etter meldingen, kan bety at personen lever"


def test_what_is_withdrawn_twice_after_a_death_says_which_is_for_the_receiver(
    world: World,
) -> None:
    one = sent_out(world)
    dies(world)
    accepts(world, one)

    page = world.anna.get(world.path()).text

    assert listed(page, "Avlys timer og stans brev")
    assert listed(page, AFTER)


def test_a_second_question_of_a_death_says_why_it_is_asked(world: World) -> None:
    said = {"step": "reported", "words": "Søsteren ringte."}
    assert world.anna.post(world.path("death"), said).status_code == 303
    alive = {"outcome": "spoke_with_patient", "words": "Hun tok telefonen."}
    assert world.anna.post(world.path("contact"), alive).status_code == 303

    page = world.anna.get(world.path()).text

    assert listed(page, "Bekreft dødsfall")
    assert listed(page, SIGN)
