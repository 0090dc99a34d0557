"""What a team brings that takes over: followed from then on, and nothing of the past becomes late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.joining import BROUGHT, joined, with_brought

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def accepted(day: int, *brought: str, **facts: Any) -> Event:
    at = MONDAY + day * DAY
    return Event(
        id=uuid4(),
        case_id=uuid4(),
        kind=EventKind.HANDOVER_ACCEPTED,
        at=at,
        recorded_at=at,
        facts={BROUGHT: list(brought), **facts},
    )


def test_what_a_team_brings_is_followed_since_it_took_over() -> None:
    assert joined([accepted(1, "drammen@2026.1")]) == {"drammen": MONDAY + DAY}
    assert joined([]) == {}


def test_what_goes_on_with_the_next_team_goes_on_from_its_own_beginning() -> None:
    history = [accepted(1, "drammen@2026.1"), accepted(9, "drammen@2026.2", "senior@1")]
    assert joined(history) == {"drammen": MONDAY + DAY, "senior": MONDAY + 9 * DAY}


def test_what_the_next_team_does_not_bring_ends() -> None:
    history = [accepted(1, "drammen@2026.1"), accepted(9, "lier@1")]
    assert joined(history) == {"lier": MONDAY + 9 * DAY}


def test_the_layers_of_the_unit_stay_and_those_of_the_earlier_team_go() -> None:
    first = with_brought(("region@1", "trust@1"), [], ["drammen@2026.1"])
    assert first == ("region@1", "trust@1", "drammen@2026.1")
    then = with_brought(first, [accepted(1, "drammen@2026.1")], ["lier@1"])
    assert then == ("region@1", "trust@1", "lier@1")


def test_what_is_there_already_keeps_its_version() -> None:
    assert with_brought(("trust@1",), [], ["trust@2"]) == ("trust@1",)


def test_an_answer_from_before_there_was_such_a_fact_changes_nothing() -> None:
    old = accepted(1)
    old = Event(**{**old.__dict__, "facts": {"handover_id": "…"}})
    assert joined([accepted(0, "drammen@1"), old]) == {"drammen": MONDAY}
