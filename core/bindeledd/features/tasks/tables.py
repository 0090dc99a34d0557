"""How tasks are stored. Rows stay inside `service` and `queries`."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_deleted, only_sealed, refuse


class TaskRow(Base):
    """Something that somebody owes by a time.

    Of a case (`case_id`), or of something that no case has yet (`subject_id`: an undecided
    message, a call that came in). The natural key makes planning twice impossible.
    `rung_plan` is the running round of the ladder: `[[moment, audience], …]`, the last entry
    being the moment at which the next round begins; `next_rung_at` is the moment of entry
    `next_rung`, and the sweep asks for nothing else.
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
            "ix_tasks_sweep",
            "next_rung_at",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_tasks_case", "case_id", "state", "due_at"),
        sa.Index(
            "ix_tasks_held",
            "held_by",
            sqlite_where=sa.text("state = 'open' AND held_by IS NOT NULL"),
            postgresql_where=sa.text("state = 'open' AND held_by IS NOT NULL"),
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
    version: Mapped[int] = mapped_column(default=1)


never_deleted("tasks")
refuse(
    "tasks",
    "UPDATE",
    name="tasks_stay_with_their_case",
    when="NEW.case_id IS DISTINCT FROM OLD.case_id OR NEW.id <> OLD.id "
    "OR NEW.subject_id IS DISTINCT FROM OLD.subject_id",
    message="a task stays with its case",
)
# The deferred key of `cases` says this at commit; a plain SQLite connection has keys switched off.
refuse(
    "tasks",
    "UPDATE",
    name="tasks_only_task_stays_open",
    when="OLD.state = 'open' AND NEW.state <> 'open' AND EXISTS (SELECT 1 FROM cases "
    "WHERE cases.next_task_id = OLD.id AND cases.state <> 'closed')",
    message="an open case keeps an open task: write the next task and the pointer first",
    dialects=("sqlite",),
)
