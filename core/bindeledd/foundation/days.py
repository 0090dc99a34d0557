"""Days of the Norwegian year and moments on the wall: holidays, half days, clock changes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo


@lru_cache(maxsize=256)
def easter_sunday(year: int) -> date:
    """Easter Sunday, by the Gregorian computus of Meeus, Jones and Butcher."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    moon = (19 * golden + shift) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


# Norway's public holidays (the laws of 26 April 1947 and of 24 February 1995): month and day, and
# days from Easter Sunday. A test compares them with the library `holidays`, which would cost each
# process 14 MB.
_FIXED = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
_FROM_EASTER = (-3, -2, 0, 1, 39, 49, 50)


@lru_cache(maxsize=256)
def public_holidays(year: int) -> frozenset[date]:
    """Norway's public holidays of a year, movable ones included; ordinary Sundays are not."""
    easter = easter_sunday(year)
    movable = {easter + timedelta(days=days) for days in _FROM_EASTER}
    return frozenset(movable | {date(year, month, day) for month, day in _FIXED})


@dataclass(frozen=True)
class HalfDay:
    """A day that ends early: `12-24` (month and day) or `easter-4` (days from Easter Sunday)."""

    day: str
    closes: time = time(12)

    def __post_init__(self) -> None:
        self.on(2024)

    def on(self, year: int) -> date:
        """Which date it is in a year."""
        if self.day.startswith("easter"):
            return easter_sunday(year) + timedelta(days=int(self.day.removeprefix("easter")))
        month, day = self.day.split("-")
        return date(year, int(month), int(day))


@lru_cache(maxsize=1)
def written_half_days() -> tuple[HalfDay, ...]:
    """The half days that stand as a default in `config/defaults.toml`; a site may set others."""
    text = files("bindeledd.config").joinpath("defaults.toml").read_text(encoding="utf-8")
    return tuple(
        HalfDay(entry["day"], time.fromisoformat(entry["closes"]))
        for entry in tomllib.loads(text)["calendar"]["half_days"]
    )


@lru_cache(maxsize=1024)
def half_days_in(half_days: tuple[HalfDay, ...], year: int) -> Mapping[date, time]:
    return {half.on(year): half.closes for half in half_days}


def past_weekend(at: datetime) -> datetime:
    """The same time of day on the Monday after, where `at` falls on a Saturday or a Sunday."""
    return at + timedelta(days=7 - at.weekday() if at.weekday() >= 5 else 0)


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that IANA name."""
    return ZoneInfo(name)


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local wall-clock time.

    A time that does not exist (spring) becomes the first valid instant after it; one that comes
    twice (autumn) is the earlier.
    """
    local = datetime.combine(day, wall, tzinfo=zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), found, zone)


def _end_of_gap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the clocks were moved, to the second."""
    after = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)
