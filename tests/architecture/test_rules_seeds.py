"""What the plans ask for: every row is answered, a frame, left out with a reason, or still to come."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from architecture.tree import ROOT
from bindeledd import covering
from bindeledd.features.pathways.domain.coverage import Standing, Stands, faults
from bindeledd.features.pathways.domain.rows import Relevance
from bindeledd.features.pathways.service import catalogue
from bindeledd.plugin.asking import load
from bindeledd.plugin.covering import core_cover
from bindeledd.plugin.loading import installed
from bindeledd.plugin.rows import pack_cover

# How many A and B rows nothing answers yet. This number becomes smaller, and never larger.
NOT_YET = 0


@pytest.fixture(scope="module")
def stands() -> list[Stands]:
    return covering.standing(ROOT)


def test_no_row_is_without_an_answer_or_a_reason(stands: list[Stands]) -> None:
    assert faults(stands) == []


def test_what_is_still_to_come_only_becomes_less(stands: list[Stands]) -> None:
    assert sum(one.standing is Standing.PLANNED for one in stands) == NOT_YET


def test_the_page_is_as_the_packs_the_core_and_the_tests_are_now(stands: list[Stands]) -> None:
    there = (ROOT / covering.PAGE).read_text(encoding="utf-8")
    assert there == covering.page(ROOT, stands), "run: python -m bindeledd.covering"


def test_every_pack_of_this_repository_is_looked_at() -> None:
    packs = {folder.name for folder in ROOT.glob("plugins/*/")}
    assert packs - {covering.distribution_of(point) for point in installed()} == set(), (
        "make install"
    )


def test_the_list_of_rows_is_whole() -> None:
    found = catalogue()
    assert [str(finding) for finding in found.findings] == []
    assert Counter(str(row.relevance) for row in found.rows.values() if row.relevance) == {
        "A": 72,
        "B": 153,
        "C": 33,
    }
    texts = {source.partition(":")[0] for row in found.rows.values() for source in row.sources}
    assert texts == set(found.texts)


def test_a_row_says_in_a_short_sentence_of_ours_what_it_is_about() -> None:
    for row in catalogue().rows.values():
        assert row.asks.endswith("."), row.id
        assert len(row.asks.split()) <= 20, row.id
        assert not re.search("[«»]", row.asks), row.id


def test_every_list_of_answers_can_be_read_and_names_what_there_is() -> None:
    covers = [core_cover(), *(pack_cover(load(point)[0]) for point in installed())]
    assert [str(finding) for cover in covers for finding in cover.findings] == []
    named = {path for cover in covers for answer in cover.answers for path in answer.by}
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_what_a_site_has_to_open_and_why_is_said_in_bokmal_and_english() -> None:
    covers = [core_cover(), *(pack_cover(load(point)[0]) for point in installed())]
    reasons = [one for cover in covers for one in (*cover.frames, *cover.without)]
    said = [words for one in reasons for words in (one.reason, one.text) if words]
    assert len(said) > 50
    assert [words for words in said if not {"nb", "en"} <= words.keys()] == []


def test_a_test_is_named_after_a_row_that_there_is() -> None:
    assert set(covering.rows_in_tests(ROOT)) - set(catalogue().rows) == set()


def test_a_row_of_which_nothing_is_said_would_be_found(stands: list[Stands]) -> None:
    asked = next(one for one in stands if one.row.relevance is Relevance.A)
    silent = Stands(row=asked.row, standing=Standing.SILENT)
    assert faults([silent]) == [f"{asked.row.id}: nothing answers it, and no reason is written"]
