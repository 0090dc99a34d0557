"""What a report is made of, and what it may say. Numbers about nobody; no database, no clock."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound

# The most that one table holds: columns, rows, signs in a cell, signs of words beside it.
COLUMNS, ROWS, CELL, WORDS = 20, 500, 200, 4000
_LARGEST = 10**12
# The kind of task by which a lead owes going through a report.
REVIEW = "review_report"


class ReportNotFound(NotFound):
    """No pack that is switched on has such a report."""

    code = "reports.not_found"


class LeadsOnly(NotAllowed):
    """Reports are read by somebody who leads a team."""

    code = "reports.leads_only"


class ReviewNotFound(NotFound):
    """Nothing like this is owed, or another team owes it."""

    code = "reports.review_not_found"


class ReviewDone(Conflict):
    """Somebody has gone through it already."""

    code = "reports.review_done"


class ReviewSaysNothing(Invalid):
    """What a lead has seen and will do is said in words."""

    code = "reports.review_empty"


class NoTable(Invalid):
    """What a pack gave is no table. Says where, and never what stood there."""

    code = "reports.no_table"


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many of one thing in one month at one team; None where so few that it is not said.

    `measure`: `opened`, `begun_in.KIND_OF_UNIT`, `closed.ENDING`, `event.KIND`, `shares_refused`,
    `task.KIND.in_time`, `task.KIND.late`.
    `month`: `2027-01`; where years are counted, `2027` or the first and the last, `2018–2027`.
    """

    month: str
    team: str
    measure: str
    many: int | None


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """All that a pack is told. What is not there is 0; fewer than `least` are None.

    Whole months, from the day `since` to the day `until`, both counted. `years`: how many years
    each count is of, to the nearest multiple of `least`; 0 where months are counted.
    """

    since: date
    until: date
    least: int
    years: int = 0
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a report says. A cell is text, a number, or None for what cannot be said."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...] = ()
    words: str = ""


def table_of(
    numbers: Numbers, shown: Mapping[str, str], *, places: tuple[str, str], words: str = ""
) -> Table:
    """These measures, each with its heading: a row for each month and team that has one of them.

    `places`: the headings of month and team. What was not counted is 0; too few stay None, and no
    sum is made from which they could be known.
    """
    counted = {
        (one.month, one.team, one.measure): one.many
        for one in numbers.counts
        if one.measure in shown
    }
    rows = sorted({(month, team) for month, team, _ in counted})
    return Table(
        columns=(*places, *shown.values()),
        rows=tuple(
            (month, team, *(counted.get((month, team, measure), 0) for measure in shown))
            for month, team in rows
        ),
        words=words,
    )


def averages_of(
    numbers: Numbers, shown: Mapping[str, str], *, places: tuple[str, str], words: str = ""
) -> Table:
    """As `table_of`, with what there was in a year on the average of the years counted together."""
    table = table_of(numbers, shown, places=places, words=words)
    return replace(
        table,
        rows=tuple(
            (period, team, *(_a_year(many, numbers.years) for many in counted))
            for period, team, *counted in table.rows
        ),
    )


def _a_year(many: str | int | float | None, years: int) -> str | int | float | None:
    return round(many / max(years, 1), 1) if isinstance(many, int | float) else many


@dataclass(frozen=True, kw_only=True)
class Made:
    """A table, when it was made, and of which time."""

    table: Table
    made_at: datetime
    since: date
    until: date
    least: int


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A report that a pack has: `name` is PACK:REPORT, `title` by language."""

    name: str
    title: Mapping[str, str]
    months: int = 12
    years: int = 0
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    review_every: int = 0
    organisations: tuple[str, ...] = ()


class Maker(Protocol):
    """Makes a report, in the pack's own process."""

    @property
    def declared(self) -> Declared: ...

    def is_ready(self) -> bool:
        """Whether it can be asked now."""
        ...

    def make(self, numbers: Numbers) -> Table | None:
        """The table; None where there was trouble, which has been told."""
        ...


def spelled(cell: str | int | float | None, *, language: str, hidden: str) -> str:
    """A cell as it is read: a comma where the language has one, `hidden` for what is not said."""
    if cell is None:
        return hidden
    if isinstance(cell, float):
        return f"{cell:.10g}" if language == "en" else f"{cell:.10g}".replace(".", ",")
    return str(cell)


# --- as JSON --------------------------------------------------------------------------------------


def as_json(table: Table) -> dict[str, Any]:
    return {
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
        "words": table.words,
    }


def from_json(given: object) -> Table:
    """A table of foreign code, looked at anew. Raises `NoTable`."""
    if not isinstance(given, dict) or set(given) != {"columns", "rows", "words"}:
        raise NoTable(place="table")
    columns, rows = _list(given["columns"], COLUMNS, "columns"), _list(given["rows"], ROWS, "rows")
    if not columns or not all(isinstance(one, str) and _is_plain(one, CELL) for one in columns):
        raise NoTable(place="columns")
    if not isinstance(given["words"], str) or not _is_plain(given["words"], WORDS):
        raise NoTable(place="words")
    cells = [_list(row, COLUMNS, "rows") for row in rows]
    if any(len(row) != len(columns) or not all(map(_is_cell, row)) for row in cells):
        raise NoTable(place="rows")
    return Table(
        columns=tuple(columns), rows=tuple(tuple(row) for row in cells), words=given["words"]
    )


def _list(given: object, most: int, place: str) -> Sequence[Any]:
    if not isinstance(given, list) or len(given) > most:
        raise NoTable(place=place)
    return given


def _is_cell(given: object) -> bool:
    if isinstance(given, str):
        return _is_plain(given, CELL)
    if isinstance(given, bool):
        return False
    return given is None or (isinstance(given, int | float) and abs(given) <= _LARGEST)


def _is_plain(text: str, most: int) -> bool:
    odd = {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs")}
    return len(text) <= most and odd <= {"\n"}
