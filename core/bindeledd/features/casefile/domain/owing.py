"""What is shown of what is owed: why, until when, who is alerted, which gates it keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.casefile.domain.shown import Happened, Words
from bindeledd.features.cases.domain.replying import Reply
from bindeledd.features.tasks.domain import Task


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something explained: a stable code, the values in it, and the sentence for a person."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """The running round of a task's ladder: who hears next, and when. `next_audience` is `repeat`
    where the next round begins."""

    round: int
    next_at: datetime | None
    next_audience: str | None
    seen_until: datetime | None = None
    seen_by: UUID | None = None
    covered_from: datetime | None = None
    told_at: datetime | None = None

    def covers(self, due_at: datetime) -> bool:
        """Whether somebody is on duty before it is due."""
        return self.covered_from is not None and self.covered_from < due_at


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A task with why it is due then, and why nobody is being alerted about it (or who is).

    `default`: the time is ours, no source gives it; it is never shown as a rule. `wrong`: the mark
    by which what its words quote was recorded in error. `early`: why it stands though it was
    answered. `gap_over`: since when the team is back, where it asks who answers until then and
    nobody did. `heard`: who has been told in the round that runs, and who has not yet and why.
    """

    task: Task
    overdue: bool
    default: bool
    rule: str
    source: str
    basis: str
    due_because: tuple[Said, ...]
    alerting: Said | None
    watch: Watch
    note: Words | None = None
    unreadable: bool = False
    wrong: "Happened | None" = None
    early: Said | None = None
    gap_over: datetime | None = None
    heard: tuple[Said, ...] = ()


class GateState(StrEnum):
    """`not_yet`: the event at which it is asked for has not come. `awaits`: it was recorded in
    error, and what was owed comes back when it does come."""

    IN_PLACE = "in_place"
    MISSING = "missing"
    NOT_YET = "not_yet"
    AWAITS = "awaits"
    FELL_AWAY = "fell_away"


@dataclass(frozen=True, kw_only=True)
class GateView:
    """A gate of the pathway: what should be in place at an event, and whether it is.

    `reply`: what the person answered, where what is in place is that they were asked.
    """

    key: str
    at: str
    need: str
    title: str = ""
    state: GateState
    strength: str
    default: bool
    source: str
    task_id: UUID | None = None
    due_at: datetime | None = None
    team_id: UUID | None = None
    reply: Reply | None = None
