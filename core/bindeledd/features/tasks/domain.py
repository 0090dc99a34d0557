"""What a task is: something that somebody owes a patient by a time.

Stored states are `open`, `done` and `cancelled` and nothing else; overdue, seen and escalated
are derived. Decisions about tasks are made in `cases.domain`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.foundation.errors import Conflict, Invalid, NotFound


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


# The next rung of a task that raises nothing yet: a lead has still to sign what it came with. The
# roll call counts such a task by the one that asks for the signature.
HELD = datetime(9000, 1, 1, tzinfo=UTC)

# Kinds of tasks that reach out to the patient or relatives: a reported death ends them.
CONTACT_KINDS = frozenset(
    {"call_patient", "visit_patient", "call_relative", "verify_number", "give_appointment"}
)


class TaskOrigin(StrEnum):
    """Why it is owed: a pathway's step, a gate that was not kept, the core's law, a person."""

    STEP = "step"
    GATE = "gate"
    CORE = "core"
    PERSON = "person"


class TaskNotFound(NotFound):
    """There is no such task, or whoever asks may not see it."""

    code = "task.not_found"


class TaskNotOpen(Conflict):
    """The task is done or cancelled already."""

    code = "task.not_open"


class DueInPast(Invalid):
    """Something new cannot be owed by a time that has passed."""

    code = "task.due_in_past"


class TaskTouched(Conflict):
    """Somebody has done something with the task since it was shown."""

    code = "task.touched"


class HolderAway(Invalid):
    """A task is given to nobody who is away."""

    code = "task.holder_away"


class NotOfTheTeam(Invalid):
    """A task is held by somebody of the team that owns it."""

    code = "task.not_of_the_team"


class DueEarlierOnly(Invalid):
    """A task is brought forward; only a person with a reason moves it later."""

    code = "task.later_needs_reason"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing owed. `due_at` is a moment with a zone; `window_from` the earliest sensible one.

    `natural_key` (case, step, anchor event) makes planning twice impossible. `due_reason` says
    in plain codes why it is due then: rule, source, count, and whether it was moved earlier.
    """

    id: UUID
    tenant_id: UUID
    case_id: UUID | None
    subject_id: UUID | None = None
    kind: str
    origin: TaskOrigin
    step_key: str
    anchor_event_id: UUID | None
    strength: str = "should"
    owner: str = "responsible_team"
    owner_team_id: UUID
    held_by: UUID | None = None
    window_from: datetime | None = None
    due_at: datetime
    due_reason: Mapping[str, Any] = field(default_factory=dict)
    satisfied_by: tuple[str, ...] = ()
    ladder: str = "standard"
    state: TaskState = TaskState.OPEN
    ended_at: datetime | None = None
    ended_by_event_id: UUID | None = None
    made_at: datetime
    seen_until: datetime | None = None
    version: int = 1

    @property
    def natural_key(self) -> tuple[str, UUID | None]:
        return self.step_key, self.anchor_event_id

    @property
    def is_open(self) -> bool:
        return self.state is TaskState.OPEN


def is_overdue(task: Task, at: datetime) -> bool:
    """Late is late: open, and its time has passed."""
    return task.is_open and at > task.due_at


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A named person has acknowledged a late task: the ladder waits until `until`.

    `in_a_row` counts the acknowledgements of it while it was overdue and nothing was done.
    """

    task_id: UUID
    by: UUID
    at: datetime
    until: datetime
    in_a_row: int
