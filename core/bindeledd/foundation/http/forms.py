"""What a person typed into a form: read field by field, and kept as it was typed.

A page that refuses is shown again with `form.values` and `form.errors`: nothing is lost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request

from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.http.fields import AT_MOST, is_possible
from bindeledd.foundation.http.plain import is_text
from bindeledd.foundation.texts import refusal_text, t
from bindeledd.foundation.written import read_clock, read_day

ZONE = ZoneInfo("Europe/Oslo")
# Says in a form that the session had ended under it, and that somebody has logged in since.
AGAIN = "_again"

# Never shown again, whatever happens to the form.
SECRET = frozenset({"password", "again", "code", "token"})
# What a page itself puts into a form: a choice, a number, an id.
_CHOSEN = re.compile(r"[a-z_]+|[0-9]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Where people write: one word in small letters is a word there.
_WORDED = frozenset({"words", "done", "told", "why", "although", "reason"})

E = TypeVar("E", bound=StrEnum)


@dataclass
class Form:
    """The fields as they were typed, and what is wrong with them: field → words."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def is_good(self) -> bool:
        return not self.errors

    def wrong(self, name: str, words: str) -> None:
        """Say that a field is wrong; the first that is said of it stands."""
        self.errors.setdefault(name, words)

    def refused(self, refusal: Refusal, places: Mapping[str, str] | None = None) -> None:
        """Say what a refusal says, at the field that `places` names for its code."""
        self.wrong((places or {}).get(refusal.code, "form"), refusal_text(refusal.code))

    def text(self, name: str) -> str:
        return self[name].strip()

    def needed(self, name: str, words: str) -> str:
        """What stands in the field; with nothing in it the field is wrong."""
        text = self.text(name)
        if not text:
            self.wrong(name, words)
        return text

    def ticked(self, name: str) -> bool:
        return bool(self[name])

    def yes_no(self, name: str) -> bool | None:
        """What was answered; None where nothing was, or that nobody knows."""
        return {"yes": True, "no": False}.get(self.text(name))

    def one_of(self, name: str, kinds: type[E], words: str = "") -> E | None:
        """The choice that was made; None where none was, which is wrong where `words` are given."""
        chosen = self.text(name)
        if chosen in list(kinds):
            return kinds(chosen)
        if chosen or words:
            self.wrong(name, words or t("web.form.choose"))
        return None

    def id(self, name: str) -> UUID | None:
        """The id of what was chosen, None where nothing was."""
        text = self.text(name)
        try:
            return UUID(text) if text else None
        except ValueError:
            self.wrong(name, t("web.form.choose"))
            return None

    def day(self, name: str) -> date | None:
        """A day as people write it: 24.3.2027, 24/3-2027, 24. mars 2027; or 2027-03-24."""
        text = self.text(name)
        found = read_day(text)
        if found is not None and not is_possible(found):
            found = None
        if text and found is None:
            self.wrong(name, t("web.form.date"))
        return found

    def clock(self, name: str) -> time | None:
        """A time of day: 14.30, 14:30, 1430 or 14."""
        text = self.text(name)
        found = read_clock(text)
        if text and found is None:
            self.wrong(name, t("web.form.time"))
        return found

    def moment(self, day: str, clock: str, *, at: datetime) -> tuple[datetime | None, bool]:
        """The moment in two fields, and whether only its day is known.

        Without a day but with a time it is today (the day of `at`); without both it is None.
        """
        on, hour = self.day(day), self.clock(clock)
        if on is None and hour is None:
            return None, False
        on = on or at.astimezone(ZONE).date()
        local = datetime.combine(on, hour or time(), tzinfo=ZONE)
        return local.astimezone(UTC), hour is None


def left_out(values: Mapping[str, str], page: str = "") -> list[str]:
    """What a person typed that has no field on `page`: whoever shows the page shows it too.

    Never a secret, nor what the form itself chose, nor what is no text.
    """
    return [
        text
        for name, text in values.items()
        if text.strip() and is_text(text) and f'name="{name}"' not in page
        if not (name.startswith("_") or name in SECRET)
        if name in _WORDED or _CHOSEN.fullmatch(text) is None
    ]


def local_day(at: datetime) -> str:
    """The day of `at` as people write it in a form: 24.3.2027."""
    return day_words(at.astimezone(ZONE).date())


def day_words(on: date) -> str:
    """A day as people write it in a form."""
    return f"{on.day}.{on.month}.{on.year}"


def stamped(at: datetime) -> str:
    """The moment of `at` as it stands in the name of a file, by the clock on the wall."""
    return at.astimezone(ZONE).strftime("%Y%m%d-%H%M")


def sent() -> Form:
    """The form of this request, with what is too long named at its field (`AT_MOST`).

    After a log-in under it, it is looked at once more before it acts.
    """
    form = Form(values=request.form.to_dict())
    if form[AGAIN]:
        form.wrong(AGAIN, t("web.form.again"))
    for name, most in AT_MOST.items():
        if len(form.text(name)) > most:
            form.wrong(name, t("web.form.too_long", most=most))
    return form
