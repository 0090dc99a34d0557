"""Who answers while nobody is on duty, from when until when: it counts for that time only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.gaps import COVER, gap_of
from bindeledd.features.cases.domain.may_tell import AnswerNeeded
from bindeledd.features.staff.domain.duty import minus
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Invalid

# Facts of an event by which somebody says yes; whoever answers is named in its words.
FROM, UNTIL = "covers_from", "covers_until"
# In the words that are sealed: who answers.
WHO = "who"


class CoverEndsFirst(Invalid):
    """Whoever answers does so until a later moment than from. Names the field."""

    code = "case.cover_ends_first"


class NobodyCovers(Invalid):
    """Only where somebody has said yes is it said who answers and when. Names the field."""

    code = "case.nobody_covers"


@dataclass(frozen=True, kw_only=True)
class Cover:
    """`who` answers, and when: from `starts_at` until `ends_at`."""

    who: str = field(repr=False)
    starts_at: datetime
    ends_at: datetime

    @property
    def facts(self) -> dict[str, str]:
        """As they stand with the event, in the open: times."""
        return {FROM: self.starts_at.isoformat(), UNTIL: self.ends_at.isoformat()}


def check(kind: EventKind, facts: Mapping[str, object], cover: Cover | None) -> None:
    """Refuse that somebody has said yes to answering without who they are and when, and the other
    way round. Raises `AnswerNeeded`, `NobodyCovers`, `CoverEndsFirst`: each names the field."""
    says_yes = kind is EventKind.GAP_COVERED and facts.get("cover") == "accepted"
    if cover is None and says_yes:
        raise AnswerNeeded(fact="covers")
    if cover is None:
        return
    if not says_yes:
        raise NobodyCovers(fact="covers")
    if not cover.who.strip():
        raise AnswerNeeded(fact="covers.who")
    if cover.ends_at <= cover.starts_at:
        raise CoverEndsFirst(fact="covers.until")


def time_of(facts: Mapping[str, object]) -> tuple[datetime, datetime] | None:
    """From when until when somebody answers, by the facts of an event; None where they do not say
    so."""
    said = facts.get(FROM), facts.get(UNTIL)
    if not (isinstance(said[0], str) and isinstance(said[1], str)):
        return None
    return datetime.fromisoformat(said[0]), datetime.fromisoformat(said[1])


def is_over(event: Event, at: datetime) -> bool:
    """Whether the time for which somebody said yes has passed; never where no time was said."""
    time = time_of(event.facts)
    return time is not None and time[1] <= at


def reaching(task: Task, history: tuple[Event, ...], calendar: Calendar) -> tuple[Event, ...]:
    """The history for a task that asks for cover: without each yes that, with those before it,
    leaves some of the time without staff open. What had passed when it was said nobody can cover;
    one that names no time counts for all of it."""
    if task.kind != COVER:
        return history
    start, end = gap_of(task, calendar)
    short = set() if end is None else set(_short(history, start, end))
    return tuple(event for event in history if event.id not in short)


def _short(history: Iterable[Event], start: datetime, end: datetime) -> Iterator[UUID]:
    told = [one for one in history if one.kind is EventKind.GAP_COVERED and not one.in_error]
    spans = []
    for event in sorted(told, key=lambda one: one.recorded_at):
        time = time_of(event.facts)
        if time is None:
            continue
        spans.append(time)
        if minus((max(start, event.recorded_at), end), spans):
            yield event.id
