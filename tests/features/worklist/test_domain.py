"""The parts of the day, and the cursor. Nothing here needs more than values."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.worklist.domain import BadCursor, Bucket, Cursor, edges
from bindeledd.features.worklist.domain import bucket as part_of
from bindeledd.features.worklist.domain.leaving import Ahead, Going, in_turn, last_word
from bindeledd.foundation.calendars import ROUND_THE_CLOCK, Calendar
from bindeledd.foundation.ids import new_id

OFFICE = Calendar.of([(day, time(8), time(16)) for day in range(1, 6)])


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the first week of March 2027, on the wall in Oslo; the first is a Monday."""
    return datetime(2027, 3, day, hour - 1, minute, tzinfo=UTC)


def bucket(due_at: datetime, at: datetime, calendar: Calendar = OFFICE) -> Bucket:
    return part_of(edges(calendar, at).ends(at), due_at)


@pytest.mark.parametrize(
    ("due_at", "expected"),
    [
        (local(1, 8), Bucket.LATE),
        (local(1, 10), Bucket.TODAY),
        (local(1, 16), Bucket.TODAY),
        (local(1, 20), Bucket.BEFORE_BACK),
        (local(2, 7), Bucket.BEFORE_BACK),
        (local(2, 8), Bucket.WEEK),
        (local(7, 23), Bucket.WEEK),
        (local(8, 10), Bucket.LATER),
    ],
)
def test_a_monday_morning_has_five_parts(due_at, expected):
    assert bucket(due_at, local(1, 9)) is expected


@pytest.mark.parametrize(
    ("due_at", "expected"),
    [
        (local(5, 15), Bucket.TODAY),
        (local(6, 12), Bucket.BEFORE_BACK),
        (local(8, 7, 59), Bucket.BEFORE_BACK),
        (local(8, 8), Bucket.WEEK),
        (local(11, 23), Bucket.WEEK),
        (local(12, 1), Bucket.LATER),
    ],
)
def test_on_a_friday_whatever_closes_before_monday_is_told_apart(due_at, expected):
    assert bucket(due_at, local(5, 14)) is expected


def test_before_easter_we_are_back_on_tuesday():
    wednesday = datetime(2027, 3, 24, 9, tzinfo=UTC)

    assert edges(OFFICE, wednesday).back == datetime(2027, 3, 30, 6, tzinfo=UTC)


def test_a_short_shift_on_saturday_does_not_end_the_look_ahead_of_friday():
    saturdays = Calendar.of(
        [*((day, time(8), time(16)) for day in range(1, 6)), (6, time(9), time(12))]
    )

    assert bucket(local(7, 12), local(5, 14), saturdays) is Bucket.BEFORE_BACK
    assert bucket(local(8, 7), local(5, 14), saturdays) is Bucket.BEFORE_BACK
    assert bucket(local(8, 9), local(5, 14), saturdays) is Bucket.WEEK
    assert bucket(local(5, 9), local(4, 14), saturdays) is Bucket.WEEK  # Thursday sees Friday


def test_on_a_saturday_nothing_is_left_of_today():
    assert bucket(local(6, 15), local(6, 12)) is Bucket.BEFORE_BACK
    assert bucket(local(8, 9), local(7, 12)) is Bucket.WEEK  # Sunday's reader sees Monday


def test_whoever_works_round_the_clock_never_leaves():
    always = Calendar(hours=ROUND_THE_CLOCK)

    assert bucket(local(1, 23), local(1, 9), always) is Bucket.TODAY
    assert bucket(local(2, 1), local(1, 9), always) is Bucket.WEEK


def test_a_team_without_hours_has_a_list_all_the_same():
    never = Calendar(hours=((),) * 7)

    assert bucket(local(1, 8), local(1, 9), never) is Bucket.LATE
    assert bucket(local(2, 8), local(1, 9), never) is Bucket.WEEK


def test_the_parts_follow_one_another_in_due_time():
    order = list(Bucket)
    for hour in range(0, 24 * 8, 5):
        at = local(1, 1) + timedelta(hours=hour)
        dues = [at + timedelta(hours=step) for step in range(-10, 24 * 12, 3)]
        places = [order.index(bucket(due, at)) for due in dues]
        assert places == sorted(places)


def test_a_cursor_is_read_back():
    cursor = Cursor(local(1, 9), new_id())

    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["x", "æøå", "MjAyNw", "%%%", str(local(1, 9))])
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(BadCursor):
        Cursor.parse(text)


def test_somebody_of_whom_nobody_knows_whether_they_left_is_not_said_to_leave_today() -> None:
    left = datetime(2026, 3, 2, 12, tzinfo=UTC)
    guess = Event(
        id=new_id(),
        case_id=new_id(),
        kind=EventKind.DISCHARGED,
        at=left,
        recorded_at=left,
        facts={"not_known": True},
    )

    assert last_word([guess], datetime.date) is None


# --- what a team leaves behind --------------------------------------------------------------------


def test_what_is_overdue_stands_first_then_what_nobody_holds_then_by_name() -> None:
    anna, berit = new_id(), new_id()

    def owed(hour: int, held_by: UUID | None = None) -> Ahead:
        return Ahead(
            task_id=new_id(), case_id=new_id(), subject_id=None, kind="call_patient",
            due_at=local(5, hour), held_by=held_by,
        )  # fmt: skip

    of_berit, of_anna, loose, late = owed(16, berit), owed(17, anna), owed(18), owed(9, berit)
    names = {anna: "Anna", berit: "Berit"}

    turn = in_turn([of_berit, of_anna, loose, late], names, local(5, 15))
    assert turn == (late, loose, of_anna, of_berit)


@pytest.mark.parametrize(
    ("owed", "said", "unanswered"),
    [(True, None, True), (False, None, False), (True, "none", False), (True, "accepted", False)],
)
def test_a_row_says_that_nobody_has_answered_only_while_that_is_so(
    owed: bool, said: str | None, unanswered: bool
) -> None:
    cover = Event(
        id=new_id(), case_id=new_id(), kind=EventKind.GAP_COVERED, at=local(5, 10),
        recorded_at=local(5, 10), facts={"cover": said},
    )  # fmt: skip
    row = Going(
        case_id=new_id(), unit="", at=local(5, 9), date_only=False, left=True, who=None, parts=(),
        cover=cover if said else None, cover_owed=owed,
    )  # fmt: skip
    assert row.unanswered is unanswered
