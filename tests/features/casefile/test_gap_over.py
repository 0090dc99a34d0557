"""A time without staff that nobody covered: once it is over it is said as past, with what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain.owing import Owed
from bindeledd.features.cases.domain import EventKind
from builders import MONDAY, Followed, a_book
from features.casefile.following import World
from features.casefile.test_outside import world
from visitors import text_of

__all__ = ["world"]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FRIDAY, NEXT_MONDAY = MONDAY + 4 * DAY, MONDAY + 7 * DAY


@pytest.fixture
def follow(session: Session) -> Followed:
    return Followed(session, discharged_at=FRIDAY)


def covers(follow: Followed, **after: float) -> Owed:
    """The task of cover as the case shows it so long after the Friday."""
    at = FRIDAY + timedelta(**after)
    by, book = follow.site.anna, a_book()
    file = service.case_file(follow.session, follow.case_id, by=by, at=at, book=book)
    [owed] = [one for one in file.owed if one.task.kind == "cover_gap"]
    return owed


@pytest.mark.parametrize("after", [{"hours": 1}, {"days": 1}, {"days": 2, "hours": 22}])
def test_before_the_team_is_back_somebody_may_cover_still(
    follow: Followed, after: dict[str, float]
) -> None:
    assert covers(follow, **after).gap_over is None


@pytest.mark.parametrize("days", [3, 3.5, 10])
def test_once_the_team_is_back_it_is_said_as_past(follow: Followed, days: float) -> None:
    owed = covers(follow, days=days)

    assert owed.task.is_open, "late is never gone"
    assert owed.gap_over is not None
    assert NEXT_MONDAY - HOUR <= owed.gap_over <= NEXT_MONDAY


def test_a_conversation_after_it_ends_it(follow: Followed) -> None:
    follow.record(EventKind.REACHED, at=NEXT_MONDAY + HOUR)

    assert follow.open("cover_gap") == []


def test_the_page_says_it_as_past_and_what_ends_it(world: World) -> None:
    page = text_of(world.anna.get(world.uncovered()))

    assert "Ingen ble avtalt å svare mens vi hadde stengt" in page
    assert "Avtal hvem som svarer mens vi har stengt" not in page
    assert "avslutter oppgaven" in page
