"""How tasks are stored. Rows stay inside `service` and `queries`."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.tasks.domain import Task, TaskOrigin, TaskState
from bindeledd.foundation.db import Base, never_deleted, only_sealed, refuse

# As the roll call asks for it.
_COUNTED_ANEW = sa.text("due_reason ->> 'counted_anew' = 'stay_over'")


class TaskRow(Base):
    """Something that somebody owes by a time.

    Of a case (`case_id`), or of something that no case has yet (`subject_id`: an undecided
    message, a call that came in). The natural key makes planning twice impossible.
    `rung_plan` is the running round of the ladder: `[[moment, audience], …]`, the last entry
    being the moment at which the next round begins; `next_rung_at` is the moment of entry
    `next_rung`, and the sweep asks for nothing else. `uncovered_at` is set while a round runs
    because nobody is on duty before the task falls due.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.UniqueConstraint("id", "case_id", "state", name="uq_tasks_pointer"),
        sa.UniqueConstraint("case_id", "step_key", "anchor_event_id", name="uq_tasks_natural"),
        sa.UniqueConstraint("subject_id", "step_key", name="uq_tasks_subject"),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name="state"),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("(case_id IS NULL) <> (subject_id IS NULL)", name="one_subject"),
        sa.CheckConstraint(
            "state <> 'cancelled' OR ended_by_event_id IS NOT NULL", name="cancelled_by_event"
        ),
        sa.CheckConstraint("state <> 'open' OR next_rung_at IS NOT NULL", name="always_watched"),
        only_sealed("note"),
        sa.Index(
            "ix_tasks_worklist",
            "owner_team_id",
            "due_at",
            "id",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(
            "ix_tasks_kinds",
            "owner_team_id",
            "kind",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(
            "ix_tasks_sweep",
            "next_rung_at",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index(
            "ix_tasks_acute",
            "owner_team_id",
            "due_at",
            sqlite_where=sa.text("state = 'open' AND kind = 'acute_concern'"),
            postgresql_where=sa.text("state = 'open' AND kind = 'acute_concern'"),
        ),
        sa.Index(
            "ix_tasks_signing",
            "owner_team_id",
            "due_at",
            sqlite_where=sa.text("state = 'open' AND kind = 'sign_closing'"),
            postgresql_where=sa.text("state = 'open' AND kind = 'sign_closing'"),
        ),
        sa.Index(
            "ix_tasks_undecided",
            "tenant_id",
            "due_at",
            sqlite_where=sa.text("state = 'open' AND case_id IS NULL"),
            postgresql_where=sa.text("state = 'open' AND case_id IS NULL"),
        ),
        sa.Index("ix_tasks_case", "case_id", "state", "due_at", "id"),
        sa.Index(
            "ix_tasks_held",
            "held_by",
            sqlite_where=sa.text("state = 'open' AND held_by IS NOT NULL"),
            postgresql_where=sa.text("state = 'open' AND held_by IS NOT NULL"),
        ),
        sa.Index(
            "ix_tasks_ended",
            "owner_team_id",
            "ended_at",
            sqlite_where=sa.text("state <> 'open'"),
            postgresql_where=sa.text("state <> 'open'"),
        ),
        sa.Index(
            "ix_tasks_counted_anew",
            "tenant_id",
            "case_id",
            sqlite_where=_COUNTED_ANEW,
            postgresql_where=_COUNTED_ANEW,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("cases.id", deferrable=True, initially="DEFERRED")
    )
    subject_id: Mapped[UUID | None]
    kind: Mapped[str]
    origin: Mapped[str]
    step_key: Mapped[str]
    anchor_event_id: Mapped[UUID | None]
    strength: Mapped[str]
    owner: Mapped[str]
    owner_team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    held_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    window_from: Mapped[datetime | None]
    due_at: Mapped[datetime]
    first_due_at: Mapped[datetime]
    due_reason: Mapped[dict[str, Any]] = mapped_column(default=dict)
    satisfied_by: Mapped[list[Any]] = mapped_column(default=list)
    ladder: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    ended_at: Mapped[datetime | None]
    ended_by_event_id: Mapped[UUID | None]
    note: Mapped[bytes | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    # the running round
    round: Mapped[int] = mapped_column(default=1)
    next_rung: Mapped[int] = mapped_column(default=0)
    next_rung_at: Mapped[datetime | None]
    rung_plan: Mapped[list[Any]] = mapped_column(default=list)
    seen_at: Mapped[datetime | None]
    seen_until: Mapped[datetime | None]
    seen_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    seen_in_a_row: Mapped[int] = mapped_column(default=0)
    uncovered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    def read(self) -> Task:
        return read(self)


# Written into the statement: SQLite serves no partial index to a state that is a parameter.
IS_OPEN = TaskRow.state == sa.literal_column("'open'")
HAS_ENDED = TaskRow.state != sa.literal_column("'open'")


class Stored(Protocol):
    """A row of `tasks`, loaded as an entity or selected by columns."""

    id: Any
    tenant_id: Any
    case_id: Any
    subject_id: Any
    kind: Any
    origin: Any
    step_key: Any
    anchor_event_id: Any
    strength: Any
    owner: Any
    owner_team_id: Any
    held_by: Any
    window_from: Any
    due_at: Any
    due_reason: Any
    satisfied_by: Any
    ladder: Any
    state: Any
    ended_at: Any
    ended_by_event_id: Any
    made_at: Any
    seen_until: Any
    version: Any


def read(row: Stored) -> Task:
    """The value that a row holds."""
    return Task(
        id=row.id,
        tenant_id=row.tenant_id,
        case_id=row.case_id,
        subject_id=row.subject_id,
        kind=row.kind,
        origin=TaskOrigin(row.origin),
        step_key=row.step_key,
        anchor_event_id=row.anchor_event_id,
        strength=row.strength,
        owner=row.owner,
        owner_team_id=row.owner_team_id,
        held_by=row.held_by,
        window_from=row.window_from,
        due_at=row.due_at,
        due_reason=row.due_reason,
        satisfied_by=tuple(row.satisfied_by),
        ladder=row.ladder,
        state=TaskState(row.state),
        ended_at=row.ended_at,
        ended_by_event_id=row.ended_by_event_id,
        made_at=row.made_at,
        seen_until=row.seen_until,
        version=row.version,
    )


def values(task: Task) -> dict[str, Any]:
    """What a task's own columns hold (the running round is written beside it)."""
    return {
        "id": task.id,
        "tenant_id": task.tenant_id,
        "case_id": task.case_id,
        "subject_id": task.subject_id,
        "kind": task.kind,
        "origin": task.origin.value,
        "step_key": task.step_key,
        "anchor_event_id": task.anchor_event_id,
        "strength": task.strength,
        "owner": task.owner,
        "owner_team_id": task.owner_team_id,
        "held_by": task.held_by,
        "window_from": task.window_from,
        "due_at": task.due_at,
        "due_reason": dict(task.due_reason),
        "satisfied_by": list(task.satisfied_by),
        "ladder": task.ladder,
        "state": task.state.value,
        "ended_at": task.ended_at,
        "ended_by_event_id": task.ended_by_event_id,
    }


never_deleted("tasks")
refuse(
    "tasks",
    "UPDATE",
    name="tasks_stay_with_their_case",
    when="NEW.case_id IS DISTINCT FROM OLD.case_id OR NEW.id <> OLD.id "
    "OR NEW.subject_id IS DISTINCT FROM OLD.subject_id",
    message="a task stays with its case",
)
for _on in ("INSERT", "UPDATE OF owner_team_id"):
    refuse(
        "tasks",
        _on,
        name=f"tasks_have_a_team_on_{_on.partition(' ')[0].lower()}",
        when="NOT EXISTS (SELECT 1 FROM teams WHERE teams.id = NEW.owner_team_id)",
        message="a task is owed by a team that there is",
        dialects=("sqlite",),
    )
# The deferred key of `cases` says this at commit; a plain SQLite connection has keys switched off.
refuse(
    "tasks",
    "UPDATE",
    name="tasks_only_task_stays_open",
    when="OLD.state = 'open' AND NEW.state <> 'open' AND EXISTS (SELECT 1 FROM cases "
    "WHERE cases.id = OLD.case_id AND cases.next_task_id = OLD.id AND cases.state <> 'closed')",
    message="an open case keeps an open task: write the next task and the pointer first",
    dialects=("sqlite",),
)
