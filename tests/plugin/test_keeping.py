"""A version that somebody follows says what it said when it was first seen here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bindeledd.checkup.packs import told_check
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.tables import SeenVersionRow
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.keeping import insist_versions_kept
from bindeledd.plugin.loading import Gathered, gather
from builders import MONDAY, Site, a_site
from plugin.test_leaving import a_stay_that_follows, open_case

LATER = MONDAY + timedelta(days=3)
LAYER = "example.after-attempt@0.1"


@pytest.fixture(scope="module")
def example() -> Gathered:
    return gather(["example"])


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


@pytest.fixture
def followed(session: Session, site: Site, example: Gathered) -> Book:
    """The routines of the first start, and a follow-up that follows them."""
    assert insist_versions_kept(session, example.book, at=MONDAY, strict=True) == []
    open_case(session, site, example)
    return example.book


def edited(book: Book) -> Book:
    return replace(book, layers=tuple(replace(one, content="e" * 64) for one in book.layers))


def edited_core(book: Book) -> Book:
    return replace(
        book,
        pathways={key: replace(one, content="e" * 64) for key, one in book.pathways.items()},
    )


def test_a_start_on_what_was_always_there_says_nothing(session: Session, followed: Book) -> None:
    assert insist_versions_kept(session, followed, at=LATER, strict=True) == []


def test_a_version_that_is_followed_and_was_edited_stops_a_start_where_patients_are(
    session: Session, followed: Book
) -> None:
    [layer] = followed.layers
    with pytest.raises(Misconfigured) as stopped:
        insist_versions_kept(session, edited(followed), at=LATER, strict=True)
    assert stopped.value.where == str(layer.stands["version"])
    assert all(
        part in stopped.value.what
        for part in (LAYER, f"{MONDAY:%Y-%m-%d}", layer.content[:12], "e" * 12)
    )
    assert "pathways upgrade" in stopped.value.do


def test_elsewhere_it_is_told_at_every_start(session: Session, followed: Book) -> None:
    for _ in range(2):
        [told] = insist_versions_kept(session, edited(followed), at=LATER, strict=False)
        assert told.code == "plugin.version_changed"


def test_what_only_a_stay_elsewhere_follows_is_held_too(
    session: Session, site: Site, example: Gathered
) -> None:
    insist_versions_kept(session, example.book, at=MONDAY, strict=True)
    open_case(session, site, gather())
    a_stay_that_follows(session, LAYER)
    with pytest.raises(Misconfigured, match=r"example\.after-attempt@0\.1"):
        insist_versions_kept(session, edited(example.book), at=LATER, strict=True)


def test_what_nobody_follows_may_be_edited_and_counts_from_then_on(
    session: Session, site: Site, example: Gathered
) -> None:
    insist_versions_kept(session, example.book, at=MONDAY, strict=True)
    assert insist_versions_kept(session, edited(example.book), at=LATER, strict=True) == []
    seen = session.get_one(SeenVersionRow, LAYER, populate_existing=True)
    assert (seen.content, seen.since) == ("e" * 64, LATER)


def test_the_products_own_routine_is_told_of_and_stops_no_alert(
    session: Session, followed: Book
) -> None:
    [told] = insist_versions_kept(session, edited_core(followed), at=LATER, strict=True)
    assert told.code == "plugin.own_version_changed"


def test_the_doctor_says_what_stopped_no_start() -> None:
    wrong = Misconfigured(
        "plugin.version_changed", where="f.toml:2", known=LAYER, on="2026-03-02", was="a", now="b"
    )
    found = told_check(wrong)
    assert not found.ok
    assert found.found.startswith("f.toml:2: ")
