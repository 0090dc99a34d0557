"""A row of a list, cell by cell: values only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.takeover.domain import SOURCE, State, Why, is_worked_on
from bindeledd.features.takeover.domain.reading import COLUMNS, Row, headings, read_row
from bindeledd.features.takeover.domain.refusals import (
    ColumnUnknown,
    NotUnsigned,
    NoUndoAsked,
    SecondNeeded,
    check_undo,
    check_unsigned,
)
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sheets import Line
from bindeledd.foundation.texts import refusal_said

AT = datetime(2027, 3, 1, 8, tzinfo=UTC)
NEEDED = {
    "Fødselsnummer": "1",
    "Hendelse": "selvskading",
    "Hendelsesdato": "1.2.2027",
    "Ansvarlig": "A",
}


def read(**more: str) -> Row:
    cells = {**NEEDED, **{COLUMNS[key]: cell for key, cell in more.items()}}
    keys = headings(Line(number=1, cells=tuple(cells)))
    line = Line(number=2, cells=tuple(cells.values()))
    return read_row(line, keys, at=AT, zone=ZoneInfo("Europe/Oslo"))


def test_headings_are_read_however_they_are_written() -> None:
    line = Line(number=1, cells=("FØDSELSNUMMER", " hendelse *", "Hendelsesdato", "ansvarlig", ""))

    assert headings(line) == ("number", "index", "index_at", "owner", "")


@pytest.mark.parametrize(
    ("cell", "at", "date_only"),
    [
        ("25.2.2027", datetime(2027, 2, 24, 23, tzinfo=UTC), True),
        ("2027-02-25", datetime(2027, 2, 24, 23, tzinfo=UTC), True),
        ("25.2.2027 10.30", datetime(2027, 2, 25, 9, 30, tzinfo=UTC), False),
        ("25. februar 2027 kl. 10:30", datetime(2027, 2, 25, 9, 30, tzinfo=UTC), False),
        ("2027-02-25 10:30", datetime(2027, 2, 25, 9, 30, tzinfo=UTC), False),
    ],
)
def test_a_moment_is_read_as_people_write_it(cell: str, at: datetime, date_only: bool) -> None:
    when = read(reached=cell).reached

    assert when is not None
    assert (when.at, when.date_only) == (at, date_only)


@pytest.mark.parametrize(
    ("cell", "days", "before"),
    [("", 0, 0), ("3", 0, 3), ("2.2.2027; 3.2.2027 14", 2, 0), ("2; 3.2.2027", 1, 2)],
)
def test_attempts_are_days_or_how_many_or_both(cell: str, days: int, before: int) -> None:
    row = read(attempts=cell)

    assert (len(row.tried), row.tried_before, row.reasons) == (days, before, ())


def test_what_only_a_number_says_counts_for_no_day() -> None:
    assert [read(attempts=cell).reasons[0].why for cell in ("2000", "mange", "2; i går")] == [
        Why.NO_COUNT
    ] * 3


def test_a_heading_that_nobody_knows_is_pointed_at_and_named() -> None:
    with pytest.raises(ColumnUnknown) as unknown:
        headings(Line(number=1, cells=("Fødselsnummer", "Skostørrelse")))
    assert refusal_said(unknown.value).endswith("(kolonne 2, «Skostørrelse»)")


def test_a_row_that_stands_where_headings_belong_is_not_told() -> None:
    with pytest.raises(ColumnUnknown) as unknown:
        headings(Line(number=1, cells=("15038912345", "Kari", "Nordmann", "Selvskading")))
    assert refusal_said(unknown.value).endswith("(kolonne 1)")


def test_who_signs_and_who_undoes() -> None:
    one, other = new_id(), new_id()

    check_unsigned(State.UNSIGNED)
    check_undo(State.UNSIGNED, one, other)
    for state in (State.SIGNED, State.UNDONE):
        with pytest.raises(NotUnsigned):
            check_unsigned(state)
    with pytest.raises(NoUndoAsked):
        check_undo(State.UNSIGNED, None, other)
    with pytest.raises(SecondNeeded):
        check_undo(State.UNSIGNED, one, one)


# --- whether anybody has recorded something since -------------------------------------------------


LATER = AT + timedelta(hours=1)


def told(kind: EventKind, **more: Any) -> Event:
    said = {"at": LATER, "recorded_at": LATER, "recorded_by": new_id(), **more}
    return Event(id=new_id(), case_id=new_id(), kind=kind, **said)


@pytest.mark.parametrize(
    "history",
    [
        [],
        [told(EventKind.REACHED, recorded_at=AT)],
        [told(EventKind.REACHED, source=SOURCE)],
        [told(EventKind.ROUTINE_CHANGED)],
        [told(EventKind.ROUTINE_CHANGED), told(EventKind.TASK_MOVED_LATER)],
        [told(EventKind.GATE_BREACHED, source="core")],
        [told(EventKind.AGE_NOTED, source="core", recorded_by=None)],
    ],
)
def test_what_says_nothing_of_the_person_is_no_work(history: list[Event]) -> None:
    assert not is_worked_on(history, AT)


@pytest.mark.parametrize(
    "history",
    [
        [told(EventKind.CONTACT_ATTEMPTED)],
        [told(EventKind.MESSAGE_RECEIVED, source="message", recorded_by=None)],
        [told(EventKind.MARKED_IN_ERROR, source="core")],
        [told(EventKind.AGE_NOTED)],
        [told(EventKind.TASK_MOVED_LATER)],
        [
            told(EventKind.ROUTINE_CHANGED),
            told(EventKind.TASK_MOVED_LATER, recorded_at=LATER + timedelta(minutes=1)),
        ],
    ],
)
def test_what_somebody_recorded_since_is_work(history: list[Event]) -> None:
    assert is_worked_on(history, AT)
