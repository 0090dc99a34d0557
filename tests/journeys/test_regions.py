"""One person for 120 days in each region: owed by its packs, accounted for every day, and drawn."""

from __future__ import annotations

import pytest

from architecture.tree import ROOT
from bindeledd.features.cases.domain import EventKind
from bindeledd.foundation.db import Database
from bindeledd.foundation.texts import speaking
from journeys.regional.page import PAGE, picture_of, section_of
from journeys.regional.stories import STORIES, Story, told
from journeys.regional.walking import LENGTH

DOCS = ROOT / "docs"


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.key)
def test_nobody_is_lost_in_120_days_and_the_page_shows_what_was_owed(
    database: Database, story: Story
) -> None:
    walk = told(database, story)
    assert walk.accounted == LENGTH.days + 1
    assert any(task.is_open for task in walk.tasks()), "an open case owes something"
    assert EventKind.GATE_BREACHED not in {event.kind for event in walk.events()}
    owed = {walk.key(task) for task in walk.tasks()}
    assert {key: walk.first_due(key) for key in story.due} == story.due
    for pack in story.packs:
        assert [key for key in owed if key.startswith(f"{pack}.")], (pack, sorted(owed))

    with speaking("en"):
        drawn, written = picture_of(story, walk), section_of(story, walk)
    assert (DOCS / "journeys" / f"{story.key}.svg").read_text(encoding="utf-8") == drawn, (
        "the picture is old: make journeys"
    )
    assert written in (DOCS / PAGE).read_text(encoding="utf-8"), "the page is old: make journeys"


def test_every_story_says_of_three_things_of_its_packs_when_they_are_due() -> None:
    for story in STORIES:
        assert len(story.due) >= 3, story.key
        assert {key.partition(".")[0] for key in story.due} <= set(story.packs), story.key


def test_the_page_has_every_story_and_no_other() -> None:
    heads = [
        line.removeprefix("## ")
        for line in (DOCS / PAGE).read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]
    assert heads == [story.title for story in STORIES]
    pictures = {file.stem for file in (DOCS / "journeys").iterdir()}
    assert pictures == {story.key for story in STORIES}
