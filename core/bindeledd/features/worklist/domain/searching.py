"""What somebody searches for: how it is read, and when it says too little."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bindeledd.features.patients.domain import Listed
from bindeledd.foundation.errors import Conflict, Invalid

# So many stand on a page; as many more come with each *show more*.
PAGE, MOST = 20, 100
_LEAST_LETTERS, _LEAST_DIGITS = 2, 5
_BETWEEN = re.compile(r"[\s.\-/]+")


class SaysTooLittle(Invalid):
    """Two letters of a name, or five digits of a number, at the least."""

    code = "worklist.search_too_short"


class SearchesTooOften(Conflict):
    """Too many searches that found nobody; `seconds` until the next one."""

    code = "worklist.search_too_often"

    @classmethod
    def wait(cls, left: timedelta) -> "SearchesTooOften":
        return cls(seconds=max(int(left.total_seconds()), 1))


@dataclass(frozen=True, kw_only=True)
class FoundCase:
    """A follow-up of somebody who was found, open or closed."""

    id: UUID
    team_id: UUID
    opened_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, kw_only=True)
class Found:
    """Whoever was found, with those of their follow-ups that the searcher may see."""

    person: Listed
    cases: tuple[FoundCase, ...]


@dataclass(frozen=True, kw_only=True)
class Result:
    """`found` of those who fit, `more` whether there are others."""

    found: tuple[Found, ...] = ()
    more: bool = False


def wanted(text: str) -> str:
    """What was typed, with one space between words. Raises `SaysTooLittle`."""
    said = " ".join(text.split())[:200]
    letters = sum(sign.isalpha() for sign in said)
    if letters < _LEAST_LETTERS and not has_number(said):
        raise SaysTooLittle()
    return said


def has_number(text: str) -> bool:
    """Whether a number may stand in it that somebody is found by."""
    return sum(sign.isdigit() for sign in text) >= _LEAST_DIGITS


def bare(number: str) -> str:
    """A number as it is compared: without what stands between its signs."""
    return _BETWEEN.sub("", number).casefold()
