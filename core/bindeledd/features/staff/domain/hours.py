"""A week of opening hours: what may be one, and how people type it (`mandag til fredag 8-15.30`)."""

import re
from collections.abc import Iterable, Mapping
from datetime import time

from bindeledd.features.staff.domain.refusals import HoursWrong
from bindeledd.features.staff.domain.values import Hours

# (opens, closes); `closes` at or before `opens` is on the next day.
Opening = tuple[time, time]

_DAYS = {
    "man": ("man", "mån", "mon"),
    "tir": ("tir", "tys", "tue"),
    "ons": ("ons", "wed"),
    "tor": ("tor", "thu"),
    "fre": ("fre", "fri"),
    "lør": ("lør", "lau", "sat"),
    "søn": ("søn", "sun"),
}
_SETS = {
    "hverdager": "man-fre",
    "alle dager": "man-søn",
    "hver dag": "man-søn",
    "kvardagar": "man-fre",
    "alle dagar": "man-søn",
    "kvar dag": "man-søn",
    "weekdays": "man-fre",
    "every day": "man-søn",
}
_WEEK = range(1, 8)
_CLOCK = r"(\d{1,2})(?:[:.](\d\d))?"
_TO = r"(?:\s*(?:-|–|til)\s*|\s+to\s+)"
_ROUND = r"hele døgnet|heile døgnet|døgnet rundt|round the clock"
_FROM_TO = rf"{_CLOCK}{_TO}(?:kl\.?\s*)?{_CLOCK}"
_PART = re.compile(
    rf"(?P<days>{'|'.join(_SETS)}|[a-zæøå]+(?:{_TO}[a-zæøå]+)?)\s+(?:kl\.?\s*)?"
    rf"(?P<hours>{_FROM_TO}|{_ROUND})"
)
_OPENING = re.compile(rf"(?:kl\.?\s*)?(?P<hours>{_FROM_TO}|{_ROUND})")


def insist_week(hours: Iterable[Hours]) -> dict[tuple[int, time], time]:
    """When the team closes, by weekday and opening. Raises `HoursWrong` for a weekday that no week
    has, and for two closings of one opening."""
    found: dict[tuple[int, time], time] = {}
    for one in hours:
        if (
            one.weekday not in _WEEK
            or found.get((one.weekday, one.opens), one.closes) != one.closes
        ):
            raise HoursWrong(weekday=one.weekday)
        found[one.weekday, one.opens] = one.closes
    return found


def week_of(days: Mapping[int, Iterable[Opening]]) -> tuple[Hours, ...]:
    """The openings of each weekday (1 Monday … 7 Sunday) as one week, in order."""
    return tuple(
        Hours(weekday=day, opens=opens, closes=closes)
        for day in sorted(days)
        for opens, closes in sorted(days[day])
    )


def openings_said(text: str) -> tuple[Opening, ...]:
    """The openings of one day as they are typed: `8-12, 13-15.30`, `hele døgnet`; nothing: closed.

    Raises `ValueError` with the part that is not understood.
    """
    found = []
    for part in _parts(text):
        said = _OPENING.fullmatch(part)
        if said is None:
            raise ValueError(part)
        opens, closes = (time.fromisoformat(one) for one in _times(part, said))
        found.append((opens, closes))
    return tuple(found)


def opening_words(opens: time, closes: time) -> str:
    """`08.00–15.30`, as `openings_said` reads it; a midnight that closes is 24.00."""
    return f"{opens:%H.%M}–{'24.00' if closes == time() else f'{closes:%H.%M}'}"


def hours_said(text: str) -> list[str]:
    """`man-fre 08:00-15:30` for each part between commas. Raises `ValueError` with that part."""
    return [_written(part) for part in _parts(text)] or [_written(text)]


def _parts(text: str) -> list[str]:
    said = re.split(r"[,;]|\s(?:og|and)\s", text.lower())
    return [part.strip() for part in said if part.strip()]


def _written(part: str) -> str:
    found = _PART.fullmatch(part)
    days = _days(found["days"]) if found else None
    if found is None or days is None:
        raise ValueError(part)
    return f"{days} {'-'.join(_times(part, found))}"


def _times(part: str, found: re.Match[str]) -> tuple[str, str]:
    """When it opens and closes, as `08:00`."""
    if found["hours"].endswith(("døgnet", "rundt", "clock")):
        return "00:00", "00:00"
    opens_at, opens_past, closes_at, closes_past = found.groups()[-4:]
    return _clock(part, opens_at, opens_past), _clock(part, closes_at, closes_past)


def _days(said: str) -> str | None:
    if said in _SETS:
        return _SETS[said]
    named = [_day(one) for one in re.split(_TO, said)]
    known = [one for one in named if one is not None]
    order = list(_DAYS)
    if len(known) != len(named) or order.index(known[0]) > order.index(known[-1]):
        return None
    return "-".join(known)


def _day(name: str) -> str | None:
    return next((day for day, begins in _DAYS.items() if name.startswith(begins)), None)


def _clock(part: str, hour: str, minute: str | None) -> str:
    if int(minute or 0) > 59 or int(hour) * 60 + int(minute or 0) > 24 * 60:
        raise ValueError(part)
    return f"{int(hour) % 24:02}:{minute or '00'}"
