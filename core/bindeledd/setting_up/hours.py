"""Opening hours as people type them: `mandag til fredag 8-15.30`, made what the file says."""

import re

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
_CLOCK = r"(\d{1,2})(?:[:.](\d\d))?"
_TO = r"(?:\s*(?:-|–|til)\s*|\s+to\s+)"
_PART = re.compile(
    rf"(?P<days>{'|'.join(_SETS)}|[a-zæøå]+(?:{_TO}[a-zæøå]+)?)\s+(?:kl\.?\s*)?"
    rf"(?P<hours>{_CLOCK}{_TO}(?:kl\.?\s*)?{_CLOCK}|hele døgnet|heile døgnet|døgnet rundt|round the clock)"
)


def hours_said(text: str) -> list[str]:
    """`man-fre 08:00-15:30` for each part between commas. Raises `ValueError` with that part."""
    parts = [
        part.strip() for part in re.split(r"[,;]|\s(?:og|and)\s", text.lower()) if part.strip()
    ]
    return [_written(part) for part in parts] or [_written(text)]


def _written(part: str) -> str:
    found = _PART.fullmatch(part)
    days = _days(found["days"]) if found else None
    if found is None or days is None:
        raise ValueError(part)
    if found["hours"].endswith(("døgnet", "rundt", "clock")):
        return f"{days} 00:00-00:00"
    opens_at, opens_past, closes_at, closes_past = found.groups()[2:6]
    return f"{days} {_clock(part, opens_at, opens_past)}-{_clock(part, closes_at, closes_past)}"


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
    if int(hour) > 24 or int(minute or 0) > 59:
        raise ValueError(part)
    return f"{int(hour) % 24:02}:{minute or '00'}"
