"""Where the drawn timeline puts what: a sketch in moments becomes a drawing in a box.

Read `draw`. Nothing stands outside the box, nothing is lost, and what came first stands first.
Lengths are the units of the drawing. The values stand in `drawn.py`, what a
case's sketch is in `sketching.py`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bindeledd.features.casefile.domain.drawn import (
    Bar,
    Bracket,
    Drawing,
    Label,
    Look,
    Mark,
    Moment,
    Row,
    Sketch,
    Window,
)
from bindeledd.features.casefile.domain.scaling import RIGHT, Scale, scale, ticks

# How tall each row is, how many windows stand below each other, how near marks of one row may stand, and how wide a letter is taken to be.
TODAY, ROW, LANE, TRACK, AXIS = 18, 24, 40, 28, 26
MOST, CLOSE, LETTER, APART = 5, 15, 6.6, 10
LEAST, BESIDE = 4.0, 6.0
LONGEST = 150


def draw(sketch: Sketch) -> Drawing | None:
    """The drawing; None where there is nothing to draw."""
    every = sorted(set(sketch.all()))
    if not every:
        return None
    line = scale(every)
    rows, lanes, below = _rows(sketch)
    tracks, height = _brackets(sketch, line, below)
    axis = height + ROW / 2
    rows[Row.OTHER] = axis
    return Drawing(
        width=RIGHT,
        height=axis + AXIS,
        axis=axis,
        today=None if sketch.today is None else line.x(sketch.today),
        rows={row: y for row, y in rows.items() if row is not Row.LANE},
        windows_at=tracks[0].y if tracks else None,
        marks=tuple(_marks(sketch, line, rows, lanes)),
        bars=tuple(_bars(sketch, line, lanes)),
        brackets=tuple(tracks),
        lanes=tuple(_lanes(sketch, line, lanes)),
        thread=tuple(_thread(sketch, line, lanes)),
        ticks=tuple(ticks(line)),
        folds=line.folds,
    )


def _rows(sketch: Sketch) -> tuple[dict[Row, float], dict[str, float], float]:
    """How far down each row and each lane stands, and where they end."""
    there, down = {one.row for one in sketch.moments}, float(TODAY)
    rows: dict[Row, float] = {}
    if Row.IN in there:
        rows[Row.IN], down = down + ROW / 2, down + ROW
    lanes: dict[str, float] = {}
    for name in dict.fromkeys(one.name for one in sketch.holders):
        down += LANE
        lanes[name] = down - 12
    rows[Row.LANE] = next(iter(lanes.values()), down)
    for row in (Row.APPOINTMENT, Row.OUT):
        if row in there:
            rows[row], down = down + ROW / 2, down + ROW
    return rows, lanes, down


def _lane_at(sketch: Sketch, lanes: dict[str, float], at: datetime, otherwise: float) -> float:
    """The lane of whoever is responsible at a moment; before the first, that of the first."""
    if not sketch.holders:
        return otherwise
    place = bisect_right(sketch.holders, at, key=lambda one: one.since) - 1
    return lanes[sketch.holders[max(place, 0)].name]


def _marks(
    sketch: Sketch, line: Scale, rows: dict[Row, float], lanes: dict[str, float]
) -> Iterator[Mark]:
    for row in Row:
        here = sorted((one for one in sketch.moments if one.row is row), key=lambda one: one.at)
        for near in _near(here, line):
            y = rows[row] if row is not Row.LANE else rows[Row.LANE]
            if row is Row.LANE:
                y = _lane_at(sketch, lanes, near[0].at, y)
            looks = {one.look for one in near}
            look = next(one for one in Look if one in looks)
            yield Mark(x=line.x(near[0].at), y=y, row=row, look=look, told=tuple(near))


def _near(moments: Sequence[Moment], line: Scale) -> Iterator[list[Moment]]:
    """Those that stand within `CLOSE` of the first of them, together."""
    found: list[Moment] = []
    for one in moments:
        if found and line.x(one.at) - line.x(found[0].at) >= CLOSE:
            yield found
            found = []
        found.append(one)
    if found:
        yield found


def _bars(sketch: Sketch, line: Scale, lanes: dict[str, float]) -> Iterator[Bar]:
    for one in sketch.stays:
        until = one.until or sketch.today or sketch.ended_at or one.since
        x, width = _span(line, one.since, until)
        yield Bar(x=x, y=_lane_at(sketch, lanes, one.since, TODAY), width=width)


def _span(line: Scale, since: datetime, until: datetime) -> tuple[float, float]:
    """From where, and how wide: never so narrow that it cannot be seen, never outside the box."""
    width = max(line.x(until) - line.x(since), LEAST)
    return min(line.x(since), RIGHT - width), width


def _lanes(sketch: Sketch, line: Scale, lanes: dict[str, float]) -> Iterator[Label]:
    """Each lane named where it is first entered."""
    for name, y in lanes.items():
        since = next(one.since for one in sketch.holders if one.name == name)
        yield label(name, line.x(since) + BESIDE, y - 12)


def label(words: str, x: float, y: float) -> Label:
    """Words that begin at `x`, or end there where the box has no room after it, cut where neither
    has."""
    words = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    after, before = int((RIGHT - x) / LETTER), int(x / LETTER)
    if len(words) <= after or after >= before:
        return Label(x=x, y=y, words=_cut(words, after))
    return Label(x=x, y=y, words=_cut(words, before), to_left=True)


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else words[: max(letters - 1, 0)] + "…"


def _thread(sketch: Sketch, line: Scale, lanes: dict[str, float]) -> Iterator[tuple[float, float]]:
    """From lane to lane, until today or until it ended."""
    if not sketch.holders:
        return
    y = lanes[sketch.holders[0].name]
    yield line.x(sketch.holders[0].since), y
    for one in sketch.holders[1:]:
        yield line.x(one.since), y
        y = lanes[one.name]
        yield line.x(one.since), y
    over = sketch.today or sketch.ended_at
    yield line.x(max(over, sketch.holders[-1].since) if over else sketch.holders[-1].since), y


def _brackets(sketch: Sketch, line: Scale, top: float) -> tuple[list[Bracket], float]:
    """Windows below each other where they or their words would meet, and where they end.

    Where `MOST` are below each other already, one joins the last of its sort.
    """
    ends: list[float] = []
    placed: list[tuple[int, list[Window]]] = []
    last: dict[int, list[Window]] = {}
    for near in _same(sketch.windows, line):
        begins, over = _room(near, sketch, line)
        free = next((n for n, end in enumerate(ends) if end + APART <= begins), len(ends))
        alike = (n for n, group in last.items() if _sort(group[0]) == _sort(near[0]))
        joined = next(alike, None) if free >= MOST else None
        if joined is None:
            ends[free : free + 1] = [over]
            placed.append((free, near))
            last[free] = near
        else:
            last[joined].extend(near)
            ends[joined] = max(ends[joined], _room(last[joined], sketch, line)[1])
    found = [_bracket(near, sketch, line, top + (n + 1) * TRACK - 8) for n, near in placed]
    return found, top + len(ends) * TRACK


def _sort(one: Window) -> tuple[bool, bool]:
    return one.is_open, one.late


def _bracket(near: list[Window], sketch: Sketch, line: Scale, y: float) -> Bracket:
    x, width, to = _ends(near, sketch, line)
    words = near[0].words if len(near) == 1 else f"{near[0].words} +{len(near) - 1}"
    named = near[0].is_open and near[0].words
    return Bracket(
        x=x,
        y=y,
        width=width,
        is_open=near[0].is_open,
        late_to=to,
        label=label(words, x, y - 7) if named else None,
        told=tuple(near),
    )


def _ends(near: Sequence[Window], sketch: Sketch, line: Scale) -> tuple[float, float, float | None]:
    """From where, how wide, and how far what is late reaches."""
    x, width = _span(line, near[0].since, max(one.until for one in near))
    late = sketch.today if near[0].late else None
    return x, width, None if late is None else max(line.x(late), x + width)


def _room(near: list[Window], sketch: Sketch, line: Scale) -> tuple[float, float]:
    """From where to where a bracket and its words take their track, with room for how many."""
    x, width, late = _ends(near, sketch, line)
    end = max(x + width, late or 0.0)
    if not near[0].is_open:
        return x, end
    said = label(near[0].words + " +999", x, 0)
    long = len(said.words) * LETTER
    return (min(x, said.x - long), end) if said.to_left else (x, max(end, said.x + long))


def _same(windows: Iterable[Window], line: Scale) -> list[list[Window]]:
    """Those with the same ends together, by when they begin."""
    found: dict[tuple[object, ...], list[Window]] = {}
    for one in sorted(windows, key=lambda one: (one.since, one.until)):
        ends = (round(line.x(one.since)), round(line.x(one.until)), *_sort(one))
        found.setdefault(ends, []).append(one)
    return sorted(found.values(), key=lambda near: (near[0].since, near[0].until))
