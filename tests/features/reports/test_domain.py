"""Whole months, numbers too small to be said, and what is a table."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bindeledd.features.reports.domain import (
    CELL,
    COLUMNS,
    ROWS,
    WORDS,
    Count,
    NoTable,
    Numbers,
    Table,
    as_json,
    averages_of,
    from_json,
    spelled,
)
from bindeledd.features.reports.domain.few import (
    Range,
    gives_away,
    rounded,
    said_of_teams,
    said_of_years,
    said_together,
    told,
    with_wholes,
)
from bindeledd.features.reports.domain.months import months_before, periods, years_before


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


# --- a whole and its parts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "parts", "known"),
    [
        (Range(lowest=9, highest=9), [6, None], True),
        (Range(lowest=9, highest=9), [9], False),
        (Range(lowest=11, highest=11), [6, None, None], False),
        (Range(lowest=8, highest=8), [6, None, None], True),
        (Range(lowest=14, highest=14), [6, None, None], True),
        (Range(lowest=13, highest=13), [6, None, None], False),
        (Range(lowest=38, highest=42), [38, None], False),
        (Range(lowest=38, highest=42), [41, None], True),
    ],
)
def test_s230_a_whole_says_nothing_of_a_part_that_is_not_said(
    whole: Range, parts: list[int | None], known: bool
) -> None:
    assert gives_away(whole, parts, 5) is known


def test_s230_a_whole_is_held_back_where_it_minus_the_others_would_be_the_one_that_is_not_said() -> (
    None
):
    counted = {"opened": 9, "index.suicide_attempt": 7, "index.self_harm": 2}
    assert said_together(counted, 5) == {
        "opened": None,
        "index.suicide_attempt": 7,
        "index.self_harm": None,
    }
    assert said_together({**counted, "opened": 13, "index.self_harm": 6}, 5)["opened"] == 13


def test_s230_the_tasks_of_a_team_are_a_whole_of_those_of_each_kind() -> None:
    counted = {"tasks.late": 8, "task.call_patient.late": 6, "task.sign_closing.late": 2}
    assert said_together(counted, 5)["tasks.late"] is None
    assert said_together({**counted, "task.sign_closing.in_time": 1}, 1)["tasks.late"] == 8


def test_s230_endings_are_a_whole_of_those_of_each_kind() -> None:
    counted = {"event.closed": 9, "closed.completed": 8, "closed.died": 1}
    assert said_together(counted, 5) == {
        "event.closed": None,
        "closed.completed": 8,
        "closed.died": None,
    }


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("event.closing_requested", {"event.closing_requested.over": 18}),
        (
            "event.answered",
            {"event.answered.answer.asked.yes": 11, "event.answered.answer.b.no": 7},
        ),
        ("event.plan_offered", {"event.plan_offered.answer.asked.yes": 18}),
        ("event.death_confirmed", {"closed.died": 18}),
        ("closed.died", {"event.death_confirmed": 18}),
        ("event.index_event", {"opened": 18}),
        ("opened", {"begun_in.dps": 18}),
        ("event.index_event", {"begun_in.dps": 12, "begun_in.municipal": 6}),
        ("event.closed", {"closed.completed": 12, "closed.moved_on": 6}),
    ],
)
def test_s230_what_is_left_of_a_whole_is_a_part_like_any_other(
    whole: str, parts: dict[str, int]
) -> None:
    least = 5
    for many in range(18, 30):
        said = said_together(with_wholes({whole: many, **parts}), least)
        assert said[whole] == (many if many == 18 or many >= 18 + least else None)
        assert not any(name.startswith("event.") and ".answer." in name for name in said)


def test_s230_one_event_may_answer_two_questions() -> None:
    both = {"event.answered.answer.a.yes": 18, "event.answered.answer.b.no": 17}
    assert said_together(with_wholes({"event.answered": 20, **both}), 5) == {
        "event.answered": None,
        "answer.a.yes": 18,
        "answer.b.no": 17,
    }
    assert said_together(with_wholes({"event.answered": 25, **both}), 5)["event.answered"] == 25


def test_s230_who_asks_does_not_give_away_how_long_who_was_asked_waited() -> None:
    def said(sent: int, alone: int = 0) -> dict[str, dict[str, int | None]]:
        asks = {"event.handover_sent": sent, "event.reached": 9}
        other = {"event.handover_sent": alone} if alone else {}
        waits = {"wait.within": 12, "wait.beyond": 6, **other}
        return said_of_teams({"ward": [asks], "town": [waits]}, 5, years=False)

    assert said(20)["ward"] == {"event.handover_sent": None, "event.reached": 9}
    assert said(20)["town"] == {"wait.within": 12, "wait.beyond": 6}
    assert [said(18)["ward"]["event.handover_sent"], said(23)["ward"]["event.handover_sent"]] == [
        18,
        23,
    ]
    assert said(14, alone=6)["town"]["event.handover_sent"] is None
    assert said(16, alone=2)["ward"]["event.handover_sent"] == 16


def test_s230_of_years_too_nothing_that_is_left_is_known() -> None:
    months = [{"event.closing_requested": 20, "event.closing_requested.over": 20}] * 2
    assert said_of_years(months, 5)["event.closing_requested"] == 40
    few = [{"event.closing_requested": 21, "event.closing_requested.over": 20}] * 2
    said = said_of_years(few, 5)
    assert said == {"event.closing_requested": 40, "event.closing_requested.over": 40}


def test_s236_years_are_said_to_the_nearest_multiple_and_no_month_is_known_by_them() -> None:
    assert [rounded(many, 5)[0] for many in (0, 2, 3, 7, 8, 12)] == [0, 0, 5, 5, 10, 10]
    of_two_a_month = [{"event.reached": 2}] * 12
    assert said_of_years(of_two_a_month, 5) == {"event.reached": 25}
    one_is_not_said = [{"event.reached": 20}, {"event.reached": 21}, {"event.reached": 1}]
    assert said_of_years(one_is_not_said, 5) == {"event.reached": None}
    assert said_of_years([{"event.reached": 1}] * 4, 5) == {"event.reached": None}


def test_s236_running_years_overlap_by_all_but_one() -> None:
    months = years_before(datetime(2027, 4, 1, 3, tzinfo=UTC), 4)
    assert (months[0].key, months[-1].key, len(months)) == ("2023-01", "2026-12", 48)
    assert list(periods(months, 3)) == ["2023–2025", "2024–2026"]
    assert list(periods(months, 1)) == ["2023", "2024", "2025", "2026"]
    assert periods(months, 3)["2024–2026"][0] == "2024-01"


def test_s236_an_average_is_of_a_year_and_what_is_not_said_stays_so() -> None:
    period = "2017–2026"
    numbers = Numbers(
        since=date(2017, 1, 1),
        until=date(2026, 12, 31),
        least=5,
        years=10,
        counts=(
            Count(month=period, team="a", measure="opened", many=75),
            Count(month=period, team="b", measure="opened", many=None),
        ),
    )
    table = averages_of(numbers, {"opened": "I året"}, places=("År", "Team"))
    assert table.columns == ("År", "Team", "I året")
    assert table.rows == ((period, "a", 7.5), (period, "b", None))


@pytest.mark.parametrize(
    ("cell", "language", "read"),
    [
        (13.3, "nb", "13,3"),
        (13.3, "nn", "13,3"),
        (13.3, "en", "13.3"),
        (0.0, "nb", "0"),
        (None, "nb", "få"),
        (7, "nb", "7"),
        ("1.5", "nb", "1.5"),
    ],
)
def test_a_number_is_read_as_it_is_written_in_the_language(
    cell: str | int | float | None, language: str, read: str
) -> None:
    assert spelled(cell, language=language, hidden="få") == read
