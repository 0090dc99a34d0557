"""What has changed of a list: as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bindeledd.features.worklist.domain.changing import Change, Mark, change, token
from bindeledd.foundation.ids import new_id

AT = datetime(2027, 3, 1, 9, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA, TEAM = new_id(), new_id()


def a_mark(due_at: datetime = AT + HOUR, **said: object) -> Mark:
    plain = Mark(new_id(), 1, due_at, TEAM, None, None)
    return replace(plain, **said)  # type: ignore[arg-type]


def test_the_same_rows_have_not_changed() -> None:
    marks = [a_mark(), a_mark()]

    assert change(token(marks, AT), marks, AT + timedelta(minutes=5)) is None


def test_rows_that_came_and_rows_that_went_are_counted() -> None:
    stays, goes, comes = a_mark(), a_mark(), a_mark()

    assert change(token([stays, goes], AT), [comes, stays], AT) == Change(new=1, gone=1)


@pytest.mark.parametrize(
    "said",
    [{"version": 2}, {"held_by": ANNA}, {"seen_until": AT + HOUR}, {"due_at": AT + 2 * HOUR}],
)
def test_a_row_of_which_something_else_is_said_is_a_change_without_a_new_row(
    said: dict[str, object],
) -> None:
    mark = a_mark()

    assert change(token([mark], AT), [replace(mark, **said)], AT) == Change()  # type: ignore[arg-type]


def test_a_row_that_becomes_late_is_a_change() -> None:
    mark = a_mark(due_at=AT + timedelta(minutes=2))

    assert change(token([mark], AT), [mark], AT + timedelta(minutes=3)) == Change()


def test_that_seen_is_over_is_a_change() -> None:
    mark = a_mark(seen_until=AT + timedelta(minutes=2))

    assert change(token([mark], AT), [mark], AT + timedelta(minutes=3)) == Change()


def test_after_an_hour_the_words_for_how_late_it_is_are_drawn_anew() -> None:
    mark = a_mark(due_at=AT - HOUR)

    assert change(token([mark], AT), [mark], AT + HOUR) == Change()


@pytest.mark.parametrize("text", ["", "x", "abc.!!", ".", "a.b.c", "æ.ø"])
def test_a_token_that_no_list_gave_is_of_a_list_without_rows(text: str) -> None:
    assert change(text, [a_mark()], AT) == Change(new=1)


def test_a_token_holds_no_id() -> None:
    mark = a_mark(id=UUID("00000000-0000-4000-8000-00000000abcd"))

    assert "abcd" not in token([mark], AT)
