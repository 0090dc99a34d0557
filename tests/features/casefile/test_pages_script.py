"""The script of a call stands beside the form of a contact, and says what it rests on."""

from __future__ import annotations

import pytest

from features.casefile.following import World
from features.casefile.test_outside import world
from visitors import Visitor, text_of

__all__ = ["world"]

TITLE, ASKED = (
    "Samtalen, steg for steg",
    "Spør hver gang, uten at det blir det samtalen handler mest om.",
)


def contact(world: World, who: Visitor) -> str:
    return text_of(who.get(world.path("contact")))


@pytest.mark.parametrize("over", [False, True])
def test_the_steps_stand_beside_the_form_and_over_the_list(world: World, over: bool) -> None:
    page = contact(world, world.anna.beside if over else world.anna)

    assert TITLE in page
    assert ASKED in page
    assert page.index("113") < page.index(TITLE), "the numbers are seen without scrolling"


def test_what_no_site_has_confirmed_says_so_and_what_was_read_names_its_source(
    world: World,
) -> None:
    page = contact(world, world.anna)

    assert "Noen steg er forslag som stedet ikke har bekreftet." in page
    assert "Vårt forslag, ikke bekreftet av stedet" in page
    assert "RK-08" in page


def test_where_a_death_is_reported_there_is_no_script(world: World) -> None:
    world.anna.post(world.path("death"), {"step": "reported", "words": "Søsteren ringte."})
    page = contact(world, world.anna)

    assert TITLE not in page
