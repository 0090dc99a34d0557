"""Days and times of day as people write them, in a form or in a spreadsheet."""

import re
from contextlib import suppress
from datetime import date, time

# Month names begin so in Norwegian; and where English begins otherwise, the Norwegian beside it.
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des")
_ENGLISH = {"may": "mai", "oct": "okt", "dec": "des"}
_DAY = re.compile(r"(\d{1,2})[\s./,-]*(\d{1,2}|[a-zæøå]{3,})[\s./,-]*(\d{4})\.?")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[\s.:,]?(\d{2}))?(?:[.:]\d{2})?")


def read_day(text: str) -> date | None:
    """`24.3.2027`, `24/3-2027`, `24. mars 2027`, `24 March 2027`, `2027-03-24`; the year whole."""
    with suppress(ValueError):
        return date.fromisoformat(text if "-" in text else "")
    found = (_DIGITS if text.isdigit() else _DAY).fullmatch(text.lower())
    if found is None:
        return None
    day, month, year = found.groups()
    number = int(month) if month.isdigit() else _month(month)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _month(name: str) -> int:
    """The number of a month by its name; 0 where no month is called so."""
    begins = _ENGLISH.get(name[:3], name[:3])
    return _MONTHS.index(begins) + 1 if begins in _MONTHS else 0


def read_clock(text: str) -> time | None:
    """`14.30`, `14:30`, `1430`, `kl. 14`, `9`."""
    found = _CLOCK.fullmatch(text.lower())
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        return None


def read_both(text: str) -> tuple[date, time | None] | None:
    """A day, with a time of day where one is written behind it; None for anything else."""
    text = re.sub(r"(?<=\d)T(?=\d)", " ", " ".join(text.split()))
    whole = read_day(text)
    if whole is not None:
        return whole, None
    parts = text.split(" ")
    for cut in range(len(parts) - 1, 0, -1):
        on, clock = read_day(" ".join(parts[:cut])), read_clock(" ".join(parts[cut:]))
        if on is not None and clock is not None:
            return on, clock
    return None
