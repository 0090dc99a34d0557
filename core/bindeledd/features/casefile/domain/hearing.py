"""Who has been told of a task, by name, and whose message waits and why: in codes and in words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bindeledd.features.casefile.domain.explaining import said
from bindeledd.features.casefile.domain.owing import Said
from bindeledd.features.reminders.domain import Audience
from bindeledd.features.reminders.domain.channels import INBOX
from bindeledd.features.reminders.domain.hygiene import OVER_BUDGET_RUNG, Word
from bindeledd.features.tasks.domain import Task


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One person and one alert of the round that runs. `waits`: why it has not gone out by this
    channel; `again`: when that is tried."""

    by: UUID
    name: str
    audience: str
    at: datetime
    rung: int
    channel: str
    waits: str | None = None
    again: datetime | None = None


def heard(
    task: Task, rows: Sequence[Heard], at: datetime, *, name: Callable[[Any], str]
) -> tuple[Said, ...]:
    """Who was told last and when, who instead of whom, and whose message waits: nothing of what
    has ended."""
    if not task.is_open:
        return ()
    return (*_told(task, rows, name), *_waits(rows, at))


def _told(task: Task, rows: Sequence[Heard], name: Callable[[Any], str]) -> Iterator[Said]:
    """The last rung that told somebody, and the stand-ins of whoever has the task."""
    inbox = [one for one in rows if one.channel == INBOX and one.rung != OVER_BUDGET_RUNG]
    for one in _once(one for one in inbox if _instead(task, one)):
        yield said("told_instead", who=one.name, of=name(task.held_by), at=one.at)
    last = max((one.at for one in inbox), default=None)
    whom = sorted({one.name for one in inbox if one.at == last and not _instead(task, one)})
    if last is not None and whom:
        yield said("told_whom", who=", ".join(whom), at=last)


def _instead(task: Task, one: Heard) -> bool:
    """Whether it was meant for whoever has the task, and went to another."""
    return one.audience == Audience.OWNER and task.held_by not in (None, one.by)


def _waits(rows: Sequence[Heard], at: datetime) -> Iterator[Said]:
    """What is held back of what leaves the building; it stands in the inbox all the same."""
    lead = sorted({one.name for one in rows if one.rung == OVER_BUDGET_RUNG})
    waiting = [one for one in rows if one.again is not None and one.again > at]
    for one in _once(one for one in waiting if one.waits == Word.QUIET):
        yield said("quiet_until", who=one.name, until=one.again)
    for one in _once(one for one in waiting if one.waits == Word.BUDGET):
        if lead:
            yield said("over_budget", who=one.name, lead=", ".join(lead), until=one.again)
        else:
            yield said("over_budget_nobody", who=one.name, until=one.again)


def _once(rows: Iterable[Heard]) -> list[Heard]:
    """Each person once, with the latest of theirs, by name."""
    found: dict[UUID, Heard] = {}
    for one in sorted(rows, key=lambda one: one.at):
        found[one.by] = one
    return sorted(found.values(), key=lambda one: one.name)
