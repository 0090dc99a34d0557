"""When something that the product itself owes is due, and why then: in codes that a page says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bindeledd.features.pathways.domain.bases import standing
from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.due import due_moment
from bindeledd.foundation.calendars import Calendar

# Whose reason a time has that no rule gives: somebody of ours chose it.
CHOSEN: Mapping[str, Any] = {"rule": "person"}
SAME_DAY = "same_day"

_SEARCH = timedelta(days=400)
_OURS = {"basis": "default", "source": "Bindeledd", "default": True}


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When something is owed by, and why then (what `Task.due_reason` holds)."""

    due_at: datetime
    reason: Mapping[str, Any]


def core_clock(
    book: Book,
    kind: str,
    at: datetime,
    calendar: Calendar,
    *,
    facts: Mapping[str, object] | None = None,
) -> Clock:
    """When a task of `kind` that begins `at` is due, by the book's own rule.

    Where the book gives the kind no clock: before the team goes home.
    """
    rule = book.core.get(kind)
    if rule is None or rule.due is None:
        closes = (end for _, end in calendar.intervals(at, at + _SEARCH))
        return Clock(due_at=next(closes, at), reason={"rule": SAME_DAY, **_OURS})
    hurried = book.ladder(rule.ladder).ignores_hours
    due = due_moment(rule.due, at, False, calendar, facts=facts, ignores_hours=hurried)
    return Clock(
        due_at=due.due_at,
        reason={
            **due.reason,
            "rule": kind,
            "basis": rule.basis.kind.value,
            "source": rule.basis.source,
            **standing(rule.basis),
        },
    )
