"""Numbers on the plan that a person keeps, and where to read: nothing that no text gives."""

from __future__ import annotations

from datetime import datetime

import pytest

PACK = "hjelpelenker"
ANYWHERE = (None, None, None)
NOON = datetime(2027, 3, 1, 12)  # noqa: DTZ001


@pytest.fixture
def entries(gathered):
    return {one.key.removeprefix(f"{PACK}."): one for one in gathered(PACK).book.contacts}


def test_s138_two_numbers_stand_on_the_printed_plan_day_and_night(entries):
    printed = {one.phone for one in entries.values() if one.on_paper}
    assert printed == {"113", "116 117"}
    assert all(one.is_for("offer_plan", ANYWHERE) for one in entries.values() if one.on_paper)
    assert all(one.answers(NOON) for one in entries.values())


@pytest.mark.parametrize(
    ("row", "key", "task"),
    [("S-085", "plan-guide", "offer_plan"), ("S-097", "relatives-guide", "ask_relatives")],
)
def test_s085_s097_what_is_named_without_an_address_has_none(entries, row, key, task):
    one = entries[key]
    assert (one.link, one.version, one.phone, one.rows) == ("", "", "", (row,))
    assert one.is_for(task, ANYWHERE)
    assert not one.on_paper


def test_s138_nothing_else_is_given_out(entries):
    assert {one.phone for one in entries.values()} == {"113", "116 117", ""}
    assert {one.link for one in entries.values()} == {""}


def test_nothing_is_owed_because_of_it(routine):
    assert routine(PACK) == routine()


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []
