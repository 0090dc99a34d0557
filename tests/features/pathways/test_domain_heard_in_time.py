"""A ladder of a pack is never slower than the standard one, whatever its hours and days are."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain.heard_in_time import too_late
from bindeledd.features.pathways.domain.reading import read_file

USUAL = {
    "seen": 'seen_for = "P1D"',
    "again": 'repeat_every = "P1D"',
    "rungs": 'rungs = [{ after = "P1D", count = "working_days", to = "lead" }]',
}
BY_THE_CLOCK = {
    "seen": 'seen_for = "PT24H"\nseen_count = "hours"',
    "again": 'repeat_every = "PT24H"\nrepeat_count = "hours"',
    "rungs": 'rungs = [{ after = "PT24H", to = "lead" }]',
}


def found(core: dict[str, str], /, **said: str) -> list[str]:
    """What is wrong with a ladder of a pack that says this, and else what the standard one says."""
    texts = {"core": ("standard", core), "pack": ("pack.calm", core | said)}
    ladders = [
        ladder
        for place, (key, words) in texts.items()
        for ladder in read_file(
            "\n".join([f'[ladder."{key}"]', *words.values()]), distribution=place, file="l.toml"
        ).ladders
    ]
    assert len(ladders) == 2
    return [str(one) for one in too_late(ladders, "core")]


STAFFED = {
    "seen": 'seen_for = "PT24H"\nseen_count = "staffed_hours"',
    "again": 'repeat_every = "PT24H"\nrepeat_count = "staffed_hours"',
    "rungs": 'rungs = [{ after = "PT24H", count = "staffed_hours", to = "lead" }]',
}


@pytest.mark.parametrize("what", STAFFED)
def test_staffed_hours_never_pass_for_hours_of_the_clock(what: str) -> None:
    [said] = found(BY_THE_CLOCK, **{what: STAFFED[what]})
    assert "PT24H staffed_hours kan komme senere enn standardtrappens PT24H hours" in said


@pytest.mark.parametrize("what", STAFFED)
def test_staffed_hours_never_pass_for_a_working_day(what: str) -> None:
    [said] = found(USUAL, **{what: STAFFED[what].replace("PT24H", "PT4H")})
    assert "PT4H staffed_hours kan komme senere enn standardtrappens P1D working_days" in said


def test_staffed_hours_stand_beside_a_rung_that_is_in_time() -> None:
    both = '{ after = "PT4H", count = "staffed_hours", to = "lead" }, { after = "P1D", count = "working_days", to = "lead" }'
    assert found(USUAL, rungs=f"rungs = [{both}]") == []


def test_a_day_of_the_clock_is_longer_than_a_working_day_when_the_clocks_change() -> None:
    [said] = found(USUAL, rungs='rungs = [{ after = "PT24H", to = "lead" }]')
    assert "PT24H hours kan komme senere enn standardtrappens P1D working_days" in said


@pytest.mark.parametrize(
    "said",
    [
        {"seen": 'seen_for = "P1D"\nseen_count = "calendar_days"'},
        {"again": 'repeat_every = "PT8H"\nrepeat_count = "hours"'},
        {"rungs": 'rungs = [{ after = "PT4H", to = "lead" }]'},
        {"rungs": 'rungs = [{ after = "PT0S", count = "staffed_hours", to = "lead" }]'},
    ],
    ids=["a day of the calendar", "eight hours", "four hours", "at once"],
)
def test_what_is_as_soon_on_every_day_is_taken(said: dict[str, str]) -> None:
    assert found(USUAL, **said) == []


def test_what_is_plainly_longer_is_named_with_both_lengths() -> None:
    [said] = found(USUAL, rungs='rungs = [{ after = "P2D", count = "working_days", to = "lead" }]')
    assert "P2D er lengre enn standardtrappens P1D" in said
