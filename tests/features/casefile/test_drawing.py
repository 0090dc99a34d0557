"""Where the drawn timeline puts what. No fixtures: nothing here needs more than values."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.features.casefile.domain.drawing import LETTER, draw
from bindeledd.features.casefile.domain.drawn import (
    Drawing,
    Holder,
    Look,
    Moment,
    Row,
    Sketch,
    Stay,
    Window,
)
from bindeledd.features.casefile.domain.scaling import RIGHT, scale, ticks

MONDAY = datetime(2027, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)

moments = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 (the zone comes from `timezones`)
    max_value=datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
spans = st.tuples(moments, moments).map(sorted)


@st.composite
def sketches(draw_: st.DrawFn) -> Sketch:
    """A case of any length, in any order of things, with names of any length."""
    names = st.text("aáčđŋ ", min_size=1, max_size=300)
    told = st.builds(
        Moment, at=moments, row=st.sampled_from(Row), look=st.sampled_from(Look), words=names
    )
    held = draw_(st.lists(st.builds(Holder, name=names, since=moments), max_size=5))
    return Sketch(
        today=draw_(st.none() | moments),
        holders=sorted(held, key=lambda one: one.since),
        moments=draw_(st.lists(told, max_size=60)),
        stays=[Stay(since=a, until=b) for a, b in draw_(st.lists(spans, max_size=4))],
        windows=[
            Window(since=a, until=b, words=draw_(names), is_open=draw_(st.booleans()))
            for a, b in draw_(st.lists(spans, max_size=12))
        ],
    )


def drawn(**said: object) -> Drawing:
    made = draw(Sketch(**{"today": MONDAY, **said}))
    assert made is not None
    return made


def at(days: float, row: Row = Row.OUT, **more: object) -> Moment:
    return Moment(at=MONDAY + days * DAY, row=row, **more)


def owed(since: float, until: float, **more: object) -> Window:
    return Window(since=MONDAY + since * DAY, until=MONDAY + until * DAY, **more)


# --- for whatever is drawn ------------------------------------------------------------------------


@given(sketches())
def test_nothing_is_drawn_outside_the_box(sketch: Sketch) -> None:
    made = draw(sketch)
    if made is None:
        return

    across = [one.x for one in (*made.marks, *made.bars, *made.brackets, *made.ticks, *made.folds)]
    across += [one.x + one.width for one in (*made.bars, *made.brackets)]
    across += [one.late_to for one in made.brackets if one.late_to is not None]
    across += [x for x, _ in made.thread]
    down = [one.y for one in (*made.marks, *made.bars, *made.brackets, *made.lanes)]
    assert all(0 <= x <= made.width for x in across)
    assert all(0 <= y <= made.height for y in down)


@given(sketches())
def test_no_words_run_out_of_the_box(sketch: Sketch) -> None:
    made = draw(sketch)
    if made is None:
        return

    said = [*made.lanes, *(one.label for one in made.brackets if one.label)]
    for one in said:
        long = len(one.words) * LETTER
        begins, ends = (one.x - long, one.x) if one.to_left else (one.x, one.x + long)
        assert round(begins, 6) >= 0
        assert round(ends, 6) <= made.width


@given(sketches())
def test_everything_that_happened_is_in_one_mark(sketch: Sketch) -> None:
    made = draw(sketch)

    told = [] if made is None else [one for mark in made.marks for one in mark.told]
    assert sorted(told, key=repr) == sorted(sketch.moments, key=repr)


@given(sketches())
def test_every_window_is_in_one_bracket(sketch: Sketch) -> None:
    made = draw(sketch)

    told = [] if made is None else [one for bracket in made.brackets for one in bracket.told]
    assert sorted(told, key=repr) == sorted(sketch.windows, key=repr)


@given(sketches())
def test_what_came_first_stands_first(sketch: Sketch) -> None:
    made = draw(sketch)
    if made is None:
        return

    for row in Row:
        here = [mark for mark in made.marks if mark.row is row]
        assert [one.x for one in here] == sorted(one.x for one in here)
        told = [one.at for mark in here for one in mark.told]
        assert told == sorted(told)


@given(sketches())
def test_no_two_marks_of_a_row_cover_each_other(sketch: Sketch) -> None:
    made = draw(sketch)
    if made is None:
        return

    for row in Row:
        across = [one.x for one in made.marks if one.row is row]
        assert all(b - a >= 14 for a, b in itertools.pairwise(across))


@given(sketches())
def test_no_two_brackets_meet(sketch: Sketch) -> None:
    made = draw(sketch)
    if made is None:
        return

    for track in {one.y for one in made.brackets}:
        here = sorted((one.x, one.x + one.width) for one in made.brackets if one.y == track)
        assert all(a[1] < b[0] for a, b in itertools.pairwise(here))


@given(st.lists(moments, min_size=1, max_size=20))
def test_later_is_never_further_left(found: list[datetime]) -> None:
    found = sorted(set(found))

    line = scale(found)

    across = [line.x(one) for one in found]
    assert across == sorted(across)


@given(spans)
def test_days_that_are_named_never_meet(found: list[datetime]) -> None:
    named = list(ticks(scale(sorted(set(found)))))

    across = [one.x for one in named]
    assert all(b - a >= 60 for a, b in itertools.pairwise(across))


# --- time -----------------------------------------------------------------------------------------


def test_nothing_at_all_is_no_drawing() -> None:
    assert draw(Sketch(today=None)) is None


def test_one_moment_alone_stands_inside() -> None:
    made = drawn(moments=[at(0)])

    assert 100 < made.marks[0].x < RIGHT - 100
    assert made.marks[0].x == made.today


@pytest.mark.parametrize("moved", [(3, 28), (10, 31)], ids=["spring", "autumn"])
def test_equal_times_are_equally_long_where_the_clocks_are_moved(moved: tuple[int, int]) -> None:
    on = datetime(2027, *moved, tzinfo=UTC)
    line = scale([on - 2 * DAY, on + 2 * DAY])

    hours = [line.x(on + hour * timedelta(hours=6)) for hour in range(-8, 9)]
    steps = {round(b - a) for a, b in itertools.pairwise(hours)}
    assert max(steps) - min(steps) <= 1


def test_a_named_day_begins_at_midnight_where_the_person_is() -> None:
    summer = scale([datetime(2027, 3, 22, tzinfo=UTC), datetime(2027, 4, 12, tzinfo=UTC)])

    after = next(one for one in ticks(summer) if one.on.isoformat() == "2027-03-29")

    assert after.x == summer.x(datetime(2027, 3, 28, 22, tzinfo=UTC))


def test_a_long_gap_is_folded_and_says_how_long_it_is() -> None:
    made = drawn(today=MONDAY + 400 * DAY, moments=[at(0), at(10), at(395)])

    first, second, third = (mark.x for mark in made.marks)
    assert [one.days for one in made.folds] == [385]
    assert third - second < second - first


def test_two_years_with_a_contact_each_month_have_no_gap() -> None:
    made = drawn(today=MONDAY + 730 * DAY, moments=[at(30 * n) for n in range(25)])

    assert made.folds == ()
    assert len(made.marks) == 25
    assert all(one.by_month for one in made.ticks)


def test_a_short_case_names_mondays() -> None:
    made = drawn(today=MONDAY + 21 * DAY, moments=[at(0)])

    assert [one.on.isoformat() for one in made.ticks] == ["2027-03-08", "2027-03-15"]


def test_a_gap_ahead_is_folded_too() -> None:
    made = drawn(moments=[at(-3)], windows=[owed(170, 180, words="Evaluering")])

    assert [one.days for one in made.folds] == [170]
    assert made.today is not None
    assert made.today < made.brackets[0].x


# --- rows -----------------------------------------------------------------------------------------


def test_contacts_in_stand_above_and_contacts_out_below_the_lane() -> None:
    made = drawn(
        holders=[Holder(name="Teamet", since=MONDAY)], moments=[at(1, Row.IN), at(1, Row.OUT)]
    )

    (_, lane), *_ = made.thread
    place = {mark.row: mark.y for mark in made.marks}
    assert place[Row.IN] < lane < place[Row.OUT]


def test_a_handover_changes_the_lane() -> None:
    made = drawn(
        today=MONDAY + 9 * DAY,
        holders=[
            Holder(name="Sykehuset", since=MONDAY),
            Holder(name="Kommunen", since=MONDAY + 4 * DAY),
        ],
    )

    before, at_it, after, end = made.thread
    assert [one.words for one in made.lanes] == ["Sykehuset", "Kommunen"]
    assert before[1] == at_it[1] < after[1] == end[1]
    assert at_it[0] == after[0]


def test_what_is_handed_back_comes_back_to_its_lane() -> None:
    names = ["Sykehuset", "Kommunen", "Sykehuset"]
    held = [Holder(name=name, since=MONDAY + n * DAY) for n, name in enumerate(names)]

    made = drawn(today=MONDAY + 9 * DAY, holders=held)

    assert len(made.lanes) == 2
    assert made.thread[0][1] == made.thread[-1][1]


def test_a_stay_is_as_long_as_it_was_and_until_today_while_it_lasts() -> None:
    stays = [
        Stay(since=MONDAY, until=MONDAY + 4 * DAY),
        Stay(since=MONDAY + 8 * DAY, until=None),
    ]

    made = drawn(today=MONDAY + 10 * DAY, stays=stays)

    first, second = made.bars
    assert first.width == pytest.approx(2 * second.width, abs=0.3)
    assert second.x + second.width == pytest.approx(made.today, abs=0.2)


def test_many_at_once_are_one_mark_that_knows_them_all() -> None:
    made = drawn(today=MONDAY + 90 * DAY, moments=[at(1, words=str(n)) for n in range(300)])

    (mark,) = made.marks
    assert len(mark.told) == 300


def test_a_mark_of_several_is_full_where_one_of_them_came_about() -> None:
    both = [at(0, look=Look.HOLLOW), at(0, look=Look.FULL)]

    made = drawn(moments=both)

    assert made.marks[0].look is Look.FULL


@pytest.mark.parametrize(("days", "past"), [(1, False), (60, True)])
def test_where_there_is_no_room_the_side_where_today_stands_is_seen_first(
    days: int, past: bool
) -> None:
    made = drawn(today=MONDAY + days * DAY, moments=[at(0)], windows=[owed(days, days + 20)])

    assert made.is_mostly_past is past


# --- what is owed ---------------------------------------------------------------------------------


def test_what_is_late_reaches_to_today() -> None:
    made = drawn(today=MONDAY + 5 * DAY, windows=[owed(0, 2, late=True, words="Ring")])

    (bracket,) = made.brackets
    assert bracket.late_to == made.today
    assert bracket.late_to > bracket.end


def test_what_is_not_late_ends_when_it_is_due() -> None:
    made = drawn(windows=[owed(0, 2, words="Ring")])

    assert made.brackets[0].late_to is None


def test_windows_with_the_same_ends_are_one_bracket_that_says_how_many() -> None:
    made = drawn(windows=[owed(0, 2, words="Ring"), owed(0, 2, words="Gi time")])

    (bracket,) = made.brackets
    assert bracket.label is not None
    assert bracket.label.words == "Ring +1"


def test_windows_whose_words_would_meet_stand_below_each_other() -> None:
    made = drawn(
        windows=[owed(0, 1, words="Ring personen om timen"), owed(1.2, 9, words="Gi time")]
    )

    first, second = made.brackets
    assert first.y < second.y


def test_however_much_is_owed_the_drawing_stays_low() -> None:
    many = [owed(n, 100 + n, words=f"Ring {n}", late=True) for n in range(90)]
    done = [owed(n, 100 + n, is_open=False) for n in range(90)]

    made = drawn(today=MONDAY + 200 * DAY, windows=[*many, *done])

    assert len({one.y for one in made.brackets}) <= 6
    assert sum(len(one.told) for one in made.brackets) == 180


def test_what_is_done_has_no_words() -> None:
    made = drawn(windows=[owed(0, 2, words="Ring", is_open=False)])

    assert made.brackets[0].label is None


def test_very_long_words_are_cut() -> None:
    long = "Gáivuona suohkana psykalaš dearvvašvuođabálvalus " * 8

    made = drawn(holders=[Holder(name=long, since=MONDAY)], windows=[owed(0, 2, words=long)])

    assert made.lanes[0].words.endswith("…")
