"""The parts of a day's list, and where a page goes on.

The list is ordered by due time and then id. It is never ordered by anything that is predicted of
a person. Nothing here knows of HTTP, of the database or of the clock.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from bindeledd.features.intake.domain.queue import Rang, Waiting
from bindeledd.features.patients.domain import Listed
from bindeledd.features.reminders.domain.inbox import InboxItem, Place
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Invalid, NotFound

PAGE = 50
# What is owed about a call: without a follow-up it stands on the call's own page.
OF_CALLS = frozenset({"answer_call", "acute_concern"})
# Tasks that are done by ringing somebody: they have the way to the telephone in their row.
CALLS = frozenset({"call_patient", "respond_to_missed_appointment", "clinician_decides"})


class Bucket(StrEnum):
    """Parts of the list, in its order. `before_back`: closes before the team is back at work."""

    LATE = "late"
    TODAY = "today"
    BEFORE_BACK = "before_back"
    WEEK = "week"
    LATER = "later"


class BadCursor(Invalid):
    """The cursor is not one that a page gave."""

    code = "worklist.bad_cursor"


class NotYourTeam(NotFound):
    """There is no such team for the one who asks."""

    code = "worklist.no_such_team"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the next one begins after it."""

    due_at: datetime
    id: UUID

    def __str__(self) -> str:
        text = f"{self.due_at.isoformat()}~{self.id.hex}"
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The cursor that a page gave as `text`. Raises `BadCursor`."""
        try:
            plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
            moment, _, row = plain.partition("~")
            due_at = datetime.fromisoformat(moment)
            if due_at.tzinfo is None:
                raise BadCursor()
            return cls(due_at.astimezone(UTC), UUID(row))
        except (ValueError, OverflowError, binascii.Error):
            raise BadCursor() from None


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What of the list is asked for. `held_by`: whoever holds it; `unheld`: nobody does."""

    team: UUID | None = None
    held_by: UUID | None = None
    unheld: bool = False
    kinds: tuple[str, ...] = ()


ALL = Filter()


Ends = tuple[datetime, datetime, datetime, datetime]


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the parts of the list meet, for one team seen from one moment. All in UTC.

    `leaves`: the end of what is left of today's staffed time; `back`: the first staffed moment
    after it, and where 24 unstaffed hours lie ahead the end of those, though a short shift lies
    before them; `week_ends`: midnight when seven days have gone, today the first of them.
    """

    leaves: datetime
    back: datetime
    week_ends: datetime

    def ends(self, at: datetime) -> Ends:
        """Where every part but the last ends, in their order; none before the one that precedes it.

        An end is no more of its part. What is due as the team closes is today's.
        """
        today = max(at, self.leaves + _TICK)
        back = max(today, self.back)
        return at, today, back, max(back, self.week_ends)


_BUCKETS = tuple(Bucket)
_WEEK = timedelta(days=7)
_TICK = timedelta(microseconds=1)  # no moment that is written down is finer


def bucket(ends: Ends, due_at: datetime) -> Bucket:
    """Which part of the list something belongs to that is due at `due_at`."""
    return _BUCKETS[bisect_right(ends, due_at)]


def edges(calendar: Calendar, at: datetime) -> Edges:
    """The edges of the list for a team with this calendar, to the minute."""
    return _edges(calendar, at.replace(second=0, microsecond=0))


@lru_cache(maxsize=512)
def _edges(calendar: Calendar, at: datetime) -> Edges:
    today = calendar.local_date(at)
    tomorrow = calendar.start_of_day(today + timedelta(days=1))
    leaves = calendar.last_staffed(tomorrow, at) or at
    gap = calendar.gap_ahead(at)
    back = calendar.next_staffed(leaves) if gap is None else gap[1]
    return Edges(
        leaves=leaves.astimezone(UTC),
        back=(back or leaves).astimezone(UTC),
        week_ends=calendar.start_of_day(today + _WEEK).astimezone(UTC),
    )


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the list: rows as they are answered, and where the next one begins.

    A row: `id, case_id, subject_id, kind, due_at, window_from, bucket, team_id, held_by,
    strength, origin, seen_until, version, patient`; `patient` is None where no case is known yet,
    or `{id, name, born_on, interpreter, protected, unreadable}`. A task of one's own team about
    a case that the team may not see stands there without the patient (`withheld`).
    `token` changes when anything that the page shows has changed.
    """

    rows: list[dict[str, Any]]
    next: Cursor | None
    token: str


@dataclass(frozen=True, kw_only=True)
class Day(Page):
    """A page of the list with what stands above and beside it; rows as in `Page`.

    `acute`: the acute concerns, above the first page. `rang`: who called, by call. `not_now`: case
    → the day to come before which the person does not want to be contacted. `too_late`: check →
    when the appointment began that it asks of. `not_safe`: the people to be rung of whom a number
    is marked as not safe to call.
    """

    acute: list[dict[str, Any]]
    rang: Mapping[UUID, Rang]
    not_now: Mapping[UUID, datetime]
    too_late: Mapping[UUID, datetime]
    not_safe: Set[UUID] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """A page of the inbox: whom it is about, by case (only those that the asker may see), and
    who rang, by call; what a message is, by message; what was said where nobody can cover, by case."""

    items: tuple[InboxItem, ...]
    names: Mapping[UUID, Listed]
    rang: Mapping[UUID, Rang]
    next: Place | None
    no_cover: Mapping[UUID, "NoCover"] = field(default_factory=dict)
    messages: Mapping[UUID, Waiting] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NoCover:
    """Somebody has said that nobody can answer until the team is back: who, when, in which words."""

    by: UUID | None
    at: datetime
    words: str


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much is owed, by part of the list; `total` over all of them. `kinds`: of which kinds."""

    late: int = 0
    today: int = 0
    before_back: int = 0
    week: int = 0
    later: int = 0
    kinds: frozenset[str] = frozenset()

    @property
    def total(self) -> int:
        return self.late + self.today + self.before_back + self.week + self.later
