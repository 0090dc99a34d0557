"""How far along a line a moment stands: long gaps folded, days and months named.

Equal times have equal lengths, but for a gap longer than `LONG` in which nothing happens: it is
drawn short, and says how long it is. Read `scale`.
"""

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bindeledd.foundation.days import instant
from bindeledd.foundation.spelling import OSLO

# Where the line begins and how far the box reaches; room after the last moment; words need as much.
LEFT, EDGE, RIGHT, WORDS = 72.0, 18.0, 1080.0, 62.0

DAY = timedelta(days=1)
# Longer than this is folded. From when on months are named and not weeks.
LONG, BY_MONTH = timedelta(days=60), timedelta(days=60)
# A folded gap is drawn as this part of what is not, so that its words have room.
FOLDED = 0.08


@dataclass(frozen=True, kw_only=True)
class Fold:
    """A gap in which nothing happens. `x`: the middle of it."""

    x: float
    days: int


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A day that is named on the axis: the first of a month, or a Monday."""

    x: float
    on: date
    by_month: bool


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Moments and where they stand, in order; between two of them equal times are equal lengths.

    `gaps` are the folded ones, from and until.
    """

    moments: tuple[datetime, ...]
    places: tuple[float, ...]
    gaps: tuple[tuple[datetime, datetime], ...] = ()

    def x(self, at: datetime) -> float:
        """How far along, in the box also for what lies outside the line."""
        after = min(max(bisect_right(self.moments, at), 1), len(self.moments) - 1)
        begin, end = self.moments[after - 1], self.moments[after]
        left, right = self.places[after - 1], self.places[after]
        part = min(max((at - begin) / (end - begin), 0.0), 1.0)
        return round(left + part * (right - left), 1)

    @property
    def folds(self) -> tuple[Fold, ...]:
        return tuple(
            Fold(x=round((self.x(since) + self.x(until)) / 2, 1), days=(until - since).days)
            for since, until in self.gaps
        )

    @property
    def open_length(self) -> timedelta:
        """How long it is without what is folded."""
        folded = sum((until - since for since, until in self.gaps), timedelta())
        return self.moments[-1] - self.moments[0] - folded


def scale(moments: Sequence[datetime]) -> Scale:
    """The line from the first to the last of some moments in order, at least a day long."""
    first, last = moments[0], moments[-1]
    if last - first < DAY:
        middle = first + (last - first) / 2
        first, last = middle - DAY / 2, middle + DAY / 2
    gaps = tuple((one, other) for one, other in itertools.pairwise(moments) if other - one > LONG)
    knots = tuple(sorted({first, last, *(one for gap in gaps for one in gap)}))
    folded = sum((until - since for since, until in gaps), timedelta())
    short = max((last - first - folded) * FOLDED, DAY)
    lengths = [
        short if (one, other) in gaps else other - one for one, other in itertools.pairwise(knots)
    ]
    whole, run, places = sum(lengths, timedelta()), timedelta(), [LEFT]
    for length in lengths:
        run += length
        places.append(LEFT + (RIGHT - EDGE - LEFT) * (run / whole))
    return Scale(moments=knots, places=tuple(places), gaps=gaps)


def ticks(line: Scale) -> Iterator[Tick]:
    """The days that are named, no two so near that their words would meet."""
    by_month = line.open_length > BY_MONTH
    taken = [fold.x for fold in line.folds]
    for on in _days(line, by_month=by_month):
        at = instant(on, time(), OSLO)
        x = line.x(at)
        inside = any(since < at < until for since, until in line.gaps)
        fits = x + WORDS <= RIGHT and all(abs(x - one) >= WORDS for one in taken)
        if line.moments[0] <= at <= line.moments[-1] and fits and not inside:
            taken.append(x)
            yield Tick(x=x, on=on, by_month=by_month)


def _days(line: Scale, *, by_month: bool) -> Iterator[date]:
    """The first of each month, or each Monday, from the first day of the line to the last."""
    day = line.moments[0].astimezone(OSLO).date()
    last = line.moments[-1].astimezone(OSLO).date()
    day = day.replace(day=1) if by_month else day - DAY * day.weekday()
    while day <= last:
        yield day
        day = (day + 31 * DAY).replace(day=1) if by_month else day + 7 * DAY
