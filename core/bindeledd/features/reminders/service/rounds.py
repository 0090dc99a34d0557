"""Starting a round whatever happens: a ladder that cannot be read still goes on, with the lead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain.book import Book, LadderUnknown
from bindeledd.features.pathways.domain.ladder_values import Ladder
from bindeledd.features.pathways.domain.ladders import (
    LEAD,
    REPEAT,
    acknowledged,
    named_day,
    start_round,
    written,
)
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.calendars import Calendar


@dataclass(frozen=True, kw_only=True)
class Started:
    """A round as it is written on the task; `fault` says why it is not the ladder's own."""

    plan: list[Any]
    next_rung_at: datetime
    next_rung: int = 0
    fault: str | None = None


@dataclass(kw_only=True)
class Rounds:
    """The book and the calendars of the teams, each read once. Made anew for each sweep."""

    book: Book
    fallback_repeat: timedelta
    closed: Mapping[UUID, Iterable[date]] = field(default_factory=dict)
    _calendars: dict[UUID, Calendar] = field(default_factory=dict, repr=False)

    def calendar(self, session: Session, team_id: UUID) -> Calendar:
        if team_id not in self._calendars:
            self._calendars[team_id] = staff.team_calendar(
                session, team_id, self.closed.get(team_id, ())
            )
        return self._calendars[team_id]

    def ladder(self, key: str) -> Ladder:
        """The ladder of that key, else the standard one."""
        try:
            return self.book.ladder(key)
        except LadderUnknown:
            return self.book.ladder("standard")

    def start(
        self,
        session: Session,
        key: str,
        team_id: UUID,
        *,
        due_at: datetime,
        at: datetime,
        uncovered: bool,
        said: Sequence[Sequence[str]] = (),
        reason: Mapping[str, object] | None = None,
    ) -> Started:
        """The round that begins at `at`, or goes on after what was `said` in it. It always ends
        with a "repeat" later than `at`. Where nobody is on duty the lead hears at once, and the
        due time is never slept through."""
        try:
            plan = start_round(
                self.ladder(key),
                due_at=due_at,
                calendar=self.calendar(session, team_id),
                at=at,
                round=1 if due_at > at else 2,
                covered=not uncovered,
                said=said,
                not_before=named_day(reason or {}, due_at),
            )
        except (LadderUnknown, ValueError, OverflowError, IndexError):
            return self._fallback(at)
        return Started(plan=plan.entries, next_rung_at=plan.next_rung_at, next_rung=plan.next_rung)

    def acknowledge(
        self, session: Session, key: str, team_id: UUID, *, due_at: datetime, at: datetime
    ) -> tuple[datetime, Started]:
        """Until when an acknowledgement at `at` lasts; before the due time, until then at most."""
        try:
            until, _ = acknowledged(self.ladder(key), self.calendar(session, team_id), at)
        except (LadderUnknown, ValueError, OverflowError):
            until = at + self.fallback_repeat
        if at < due_at:
            until = min(until, due_at)
        return until, Started(plan=[[written(until), REPEAT]], next_rung_at=until)

    def _fallback(self, at: datetime) -> Started:
        plan = [[written(at), LEAD], [written(at + self.fallback_repeat), REPEAT]]
        return Started(plan=plan, next_rung_at=at, fault="reminders.ladder_unreadable")
