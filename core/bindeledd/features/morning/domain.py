"""What a lead's morning is made of: numbers with a list behind each, and the people of a team.

Nobody is ranked: people stand by name, and what waits by when it came. Nothing here knows of HTTP,
of the database or of the clock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from bindeledd.features.rollcall.domain import Kept
from bindeledd.features.staff.domain import Absence
from bindeledd.features.worklist.domain import Cursor

PAGE = 50
_WEEK = timedelta(days=7)


def looked_at(at: datetime) -> tuple[datetime, datetime, datetime]:
    """The moments at which a load is counted: now, a week ago, four weeks ago."""
    return at, at - _WEEK, at - 4 * _WEEK


@dataclass(frozen=True, kw_only=True)
class Load:
    """Open tasks at a moment; `late`: how many of them were past their due time."""

    open: int = 0
    late: int = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(open=self.open + other.open, late=self.late + other.late)


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The same now, a week ago and four weeks ago."""

    now: Load = field(default_factory=Load)
    week_ago: Load = field(default_factory=Load)
    month_ago: Load = field(default_factory=Load)

    def __add__(self, other: "Trend") -> "Trend":
        return Trend(
            now=self.now + other.now,
            week_ago=self.week_ago + other.week_ago,
            month_ago=self.month_ago + other.month_ago,
        )

    @property
    def is_empty(self) -> bool:
        return self == Trend()


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of a team, and what they hold there.

    `opened_at`: when my day was first shown to them today; it answers nothing. `works`: on duty at
    some time today; `away`: somebody has said so of now. One who has left stands here for as long as
    they hold something (`left`).
    """

    id: UUID
    name: str
    trend: Trend = field(default_factory=Trend)
    opened_at: datetime | None = None
    works: bool = False
    away: bool = False
    left: bool = False

    @property
    def has_not_opened(self) -> bool:
        """Here today, and nobody has shown them their list."""
        return self.works and not self.away and not self.left and self.opened_at is None


@dataclass(frozen=True, kw_only=True)
class TeamLoad:
    """One team: its people by name, and what nobody of them holds (`unheld`)."""

    id: UUID
    name: str
    people: tuple[Person, ...] = ()
    unheld: Trend = field(default_factory=Trend)


Held = Mapping[tuple[UUID, UUID | None], Trend]


@dataclass(frozen=True, kw_only=True)
class Today:
    """Who is there today: on duty, away now, and when their list was first shown to them."""

    works: Collection[UUID] = frozenset()
    away: Collection[UUID] = frozenset()
    opened: Mapping[UUID, datetime] = field(default_factory=dict)


def team_load(
    team_id: UUID,
    name: str,
    *,
    members: Collection[UUID],
    names: Mapping[UUID, str],
    held: Held,
    today: Today,
) -> TeamLoad:
    """The load of a team: its members by name, and those who have left and hold something still."""
    own = {holder: trend for (team, holder), trend in held.items() if team == team_id}
    holding = {one for one, trend in own.items() if one is not None and trend.now.open}
    people = [
        Person(
            id=one,
            name=names.get(one, ""),
            trend=own.get(one, Trend()),
            opened_at=today.opened.get(one),
            works=one in today.works,
            away=one in today.away,
            left=one not in members,
        )
        for one in {*members, *holding}
    ]
    people.sort(key=lambda one: (one.name.casefold(), one.id))
    return TeamLoad(id=team_id, name=name, people=tuple(people), unheld=own.get(None, Trend()))


@dataclass(frozen=True, kw_only=True)
class Away:
    """Somebody who is away today. `unstood`: a stand-in is named who is away then as well."""

    absence: Absence
    unstood: bool = False

    @property
    def nobody(self) -> bool:
        """Whether nobody stands in, named or not."""
        return self.absence.stand_in_id is None or self.unstood


def away_today(
    absences: Iterable[Absence], unstood: Collection[UUID | None], until: datetime
) -> tuple[Away, ...]:
    """Those of `absences` that stand and begin before `until`, the end of the day."""
    return tuple(
        Away(absence=one, unstood=one.id in unstood)
        for one in absences
        if one.cancelled_at is None and one.since < until
    )


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """An open task that came to a lead: when first and when last, and who has answered until when."""

    task_id: UUID
    case_id: UUID | None
    subject_id: UUID | None
    kind: str
    team_id: UUID
    due_at: datetime
    came_at: datetime
    last_at: datetime
    held_by: UUID | None = None
    seen_by: UUID | None = None
    seen_at: datetime | None = None
    seen_until: datetime | None = None

    def answered(self, at: datetime) -> bool:
        """Somebody said after the last alert that they know, and that time is not over."""
        if self.seen_at is None or self.seen_until is None:
            return False
        return self.seen_at > self.last_at and self.seen_until > at

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.came_at, self.task_id)


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """An open follow-up that nobody has reached since its last discharge."""

    case_id: UUID
    team_id: UUID
    discharged_at: datetime

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.discharged_at, self.case_id)


Row = TypeVar("Row", Escalation, Unreached)


def first_page(rows: Sequence[Row], size: int = PAGE) -> tuple[Sequence[Row], Cursor | None]:
    """The rows of one page, and where the next one begins, if there is more than a page."""
    return rows[:size], rows[size - 1].cursor if len(rows) > size else None


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What waits in the teams that somebody leads, each with a list behind it."""

    unanswered: int = 0
    answered: int = 0
    unreached: int = 0
    signatures: int = 0


@dataclass(frozen=True, kw_only=True)
class Morning:
    """A lead's morning at `at`. `statement`: the last roll call, None before the first one;
    `unread`: a morning's statement that no lead has read."""

    at: datetime
    statement: Kept | None
    unread: Kept | None
    numbers: Numbers
    teams: tuple[TeamLoad, ...] = ()
    away: tuple[Away, ...] = ()

    @property
    def not_opened(self) -> tuple[Person, ...]:
        """Who is here today and has not been shown their list, each once, by name."""
        found = {p.id: p for team in self.teams for p in team.people if p.has_not_opened}
        return tuple(sorted(found.values(), key=lambda one: (one.name.casefold(), one.id)))

    @property
    def alone(self) -> tuple[Away, ...]:
        """Those who are away with nobody who stands in."""
        return tuple(one for one in self.away if one.nobody)
