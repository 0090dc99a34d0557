"""A long history part by part: nothing twice, nothing left out, and how much is older."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.features.casefile.domain.history import LENGTH, part_of
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.foundation.ids import new_id

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)


def a_line(age: int = 0, kind: str = "reached") -> Happened:
    at = NOW - timedelta(days=age)
    return Happened(
        id=new_id(),
        kind=kind,
        at=at,
        date_only=False,
        recorded_at=at,
        recorded_by=None,
        source="person",
        facts={},
    )


@pytest.mark.parametrize("number", [0, 1, LENGTH - 1, LENGTH, LENGTH + 1, 3 * LENGTH + 7])
def test_part_by_part_each_line_is_read_once_and_in_order(number: int) -> None:
    history = [a_line(age) for age in range(number)]
    part = part_of(history)
    read: list[Happened] = []
    while part is not None and part.lines:
        assert part.older == number - len(read) - len(part.lines)
        read += part.lines
        part = part_of(history, before=part.last)

    assert read == history


def test_what_is_newer_than_the_part_that_is_read_moves_nothing() -> None:
    history = [a_line(age) for age in range(1, LENGTH + 5)]
    first = part_of(history)
    assert first is not None
    later = part_of([a_line(), *history], before=first.last)

    assert later is not None
    assert list(later.lines) == history[LENGTH:]


def test_behind_a_line_that_is_not_there_stands_nothing() -> None:
    assert part_of([a_line()], before=new_id()) is None


def test_a_message_that_told_of_several_things_stands_once() -> None:
    told, again = a_line(kind="message_received"), a_line(kind="message_received")
    part = part_of([told, again, a_line(1)])

    assert part is not None
    assert part.lines[0].id == told.id
    assert len(part.lines) == 2
