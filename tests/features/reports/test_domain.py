"""Whole months, numbers too small to be said, and what is a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bindeledd.features.reports.domain import (
    CELL,
    COLUMNS,
    ROWS,
    WORDS,
    NoTable,
    Table,
    as_json,
    from_json,
    told,
)
from bindeledd.features.reports.domain.months import months_before


def test_only_whole_months_are_counted_on_the_wall_here() -> None:
    found = months_before(datetime(2027, 4, 1, 3, tzinfo=UTC), 3)
    assert [one.key for one in found] == ["2027-01", "2027-02", "2027-03"]
    assert found[0].begins == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert found[-1].ends == datetime(2027, 3, 31, 22, tzinfo=UTC)
    assert [one.ends for one in found[:-1]] == [one.begins for one in found[1:]]


def test_midnight_here_begins_the_month() -> None:
    before = datetime(2027, 3, 31, 21, 59, tzinfo=UTC)
    assert months_before(before, 1)[0].key == "2027-02"
    assert months_before(datetime(2027, 3, 31, 22, tzinfo=UTC), 1)[0].key == "2027-03"


@pytest.mark.parametrize(
    ("many", "least", "said"),
    [(0, 5, 0), (1, 5, None), (4, 5, None), (5, 5, 5), (99, 5, 99), (1, 1, 1), (99, 100, None)],
)
def test_few_are_not_said_and_nobody_is(many: int, least: int, said: int | None) -> None:
    assert told(many, least) == said


TABLE = Table(
    columns=("Måned", "Antall"), rows=(("2027-01", 7), ("2027-02", None)), words="Merk:\n"
)


def test_a_table_comes_back_as_it_was() -> None:
    assert from_json(as_json(TABLE)) == TABLE


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {},
        {"columns": ["A"], "rows": []},
        {"columns": ["A"], "rows": [], "words": "", "more": 1},
        {"columns": [], "rows": [], "words": ""},
        {"columns": "AB", "rows": [], "words": ""},
        {"columns": [1], "rows": [], "words": ""},
        {"columns": ["A\x00"], "rows": [], "words": ""},
        {"columns": ["A" * (CELL + 1)], "rows": [], "words": ""},
        {"columns": ["A"] * (COLUMNS + 1), "rows": [], "words": ""},
        {"columns": ["A"], "rows": [["1"]] * (ROWS + 1), "words": ""},
        {"columns": ["A"], "rows": [["1", "2"]], "words": ""},
        {"columns": ["A"], "rows": [[]], "words": ""},
        {"columns": ["A"], "rows": ["1"], "words": ""},
        {"columns": ["A"], "rows": [[True]], "words": ""},
        {"columns": ["A"], "rows": [[{"a": 1}]], "words": ""},
        {"columns": ["A"], "rows": [["x" * (CELL + 1)]], "words": ""},
        {"columns": ["A"], "rows": [["\x1b[2J"]], "words": ""},
        {"columns": ["A"], "rows": [["\ud800"]], "words": ""},
        {"columns": ["A"], "rows": [[10**13]], "words": ""},
        {"columns": ["A"], "rows": [[float("nan")]], "words": ""},
        {"columns": ["A"], "rows": [[float("inf")]], "words": ""},
        {"columns": ["A"], "rows": [], "words": None},
        {"columns": ["A"], "rows": [], "words": "x" * (WORDS + 1)},
    ],
)
def test_whatever_is_no_table_is_refused(given: object) -> None:
    with pytest.raises(NoTable):
        from_json(given)
