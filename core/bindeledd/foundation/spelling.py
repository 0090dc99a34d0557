"""How codes, moments, days and numbers are written for people, on a page and on paper."""

from datetime import datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from bindeledd.foundation.texts import t, texts

OSLO = ZoneInfo("Europe/Oslo")


def word(table: str, code: object, otherwise: str = "") -> str:
    """The words under `table` for a code; the code itself where it has none (a pack's own)."""
    found = texts().find(f"{table}.{code}")
    return found if isinstance(found, str) else otherwise or str(code)


def written(at: datetime, *, date_only: bool = False) -> str:
    """24.03.2027 kl. 15.00, on a Norwegian wall."""
    form = t("web.due.written_day" if date_only else "web.due.written")
    return at.astimezone(OSLO).strftime(form)


def weekday_written(at: datetime, *, date_only: bool = False) -> str:
    """onsdag 24.03.2027 kl. 15.00, on a Norwegian wall: for whoever has to come."""
    weekday = t(f"web.long_weekdays.{at.astimezone(OSLO).isoweekday()}")
    return f"{weekday} {written(at, date_only=date_only)}"


def written_day(value: str) -> str:
    """24.03.2027, of 2027-03-24."""
    year, month, day = value.split("-")
    return f"{day}.{month}.{year}"


def telephone(value: str) -> str:
    """A Norwegian number in pairs, as it is read aloud; any other as it stands."""
    digits = value.replace(" ", "").removeprefix("+47")
    if len(digits) == 8 and digits.isdigit():
        return " ".join(digits[place : place + 2] for place in range(0, 8, 2))
    return value


def is_unseen(sign: str) -> bool:
    """Whether nobody sees it, and it is no ordinary space, tabulator or end of a line."""
    return sign not in " \t\n\r" and category(sign)[0] in "CZ"


def visible(text: str) -> str:
    """The text with every unseen sign named: ‹U+00A0› for a hard space."""
    return "".join(f"‹U+{ord(sign):04X}›" if is_unseen(sign) else sign for sign in text)
