"""How take-overs are stored, and what the database itself refuses.

The file and its refused rows are sealed under a data key of the take-over's own, a row that was
taken under its patient's. An unsigned one points at an open task, and that task cannot end before
it is signed or undone; a signed one to another, which stays until each refused row is decided.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_changed, never_deleted, only_sealed, refuse
from bindeledd.foundation.sealing.envelope import Place


class TakeoverRow(Base):
    """One file that was taken over. `fingerprint` is a keyed token of its bytes: a list is short
    enough to be guessed, so that its plain hash stands sealed in `about`, with its name."""

    __tablename__ = "takeovers"
    __table_args__ = (
        sa.CheckConstraint("state IN ('unsigned', 'signed', 'undone')", name="state"),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL) "
            "AND (signed_at IS NULL) = (signed_by IS NULL)",
            name="signed",
        ),
        sa.CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL) "
            "AND (undone_at IS NULL) = (undone_by IS NULL)",
            name="undone",
        ),
        sa.CheckConstraint(
            "undone_by IS NULL OR (undo_asked_by IS NOT NULL AND undone_by <> undo_asked_by)",
            name="two_persons",
        ),
        only_sealed("original"),
        only_sealed("about"),
        only_sealed("undo_words"),
        sa.Index(
            "uq_takeovers_file",
            "tenant_id",
            "fingerprint",
            unique=True,
            sqlite_where=sa.text("state <> 'undone'"),
            postgresql_where=sa.text("state <> 'undone'"),
        ),
        sa.Index("ix_takeovers_team", "tenant_id", "team_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    state: Mapped[str]
    fingerprint: Mapped[str]
    rows_in: Mapped[int]
    taken: Mapped[int]
    refused: Mapped[int]
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tasks.id"))
    original: Mapped[bytes]
    about: Mapped[bytes]
    taken_at: Mapped[datetime]
    taken_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    undo_asked_at: Mapped[datetime | None]
    undo_asked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    undo_words: Mapped[bytes | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    refused_task_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tasks.id"))
    undo_task_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tasks.id"))

    def place(self, purpose: str) -> Place:
        """Where its sealed `original`, `about` and `undo_words` stand."""
        return takeover_place(self.tenant_id, self.id, purpose)


def takeover_place(tenant_id: UUID, takeover_id: UUID, purpose: str) -> Place:
    return Place(tenant_id, "takeovers", purpose, takeover_id, takeover_id)


class TakenRow(Base):
    """One row of the file, for ever as it was compared. `reasons`: `[[column, why], …]`, codes, and
    the number of the other row where one is meant.

    `owed`: it was refused, and a person has to decide it (see `IS_OWED`). `followed_id`: the
    follow-up that was there already, where it was refused because of that.
    """

    __tablename__ = "takeover_rows"
    __table_args__ = (
        sa.UniqueConstraint("takeover_id", "number"),
        sa.CheckConstraint("outcome IN ('refused', 'taken')", name="outcome"),
        sa.CheckConstraint(
            "(outcome = 'taken') = (case_id IS NOT NULL) "
            "AND (case_id IS NULL) = (patient_id IS NULL)",
            name="taken",
        ),
        sa.CheckConstraint("outcome = 'refused' OR NOT owed", name="owed"),
        sa.CheckConstraint(
            "followed_id IS NULL OR (outcome = 'refused' AND NOT owed)", name="followed"
        ),
        only_sealed("cells"),
        sa.Index("ix_takeover_rows_case", "case_id"),
        sa.Index("ix_takeover_rows_followed", "followed_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    takeover_id: Mapped[UUID] = mapped_column(sa.ForeignKey("takeovers.id"))
    number: Mapped[int]
    outcome: Mapped[str]
    reasons: Mapped[list[Any]]
    case_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patients.id"))
    owed: Mapped[bool]
    followed_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    cells: Mapped[bytes]


class ReopenedRow(Base):
    """A row that was refused because its person was followed, whose follow-up was undone since: a
    person has to decide it. `id` is the row's; `task_id` by what, where its take-over was signed."""

    __tablename__ = "takeover_reopened"
    __table_args__ = (sa.Index("ix_takeover_reopened_task", "task_id"),)

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("takeover_rows.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    takeover_id: Mapped[UUID] = mapped_column(sa.ForeignKey("takeovers.id"))
    task_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tasks.id"))
    reopened_at: Mapped[datetime]


# Whether a person has to decide a row, since it was refused or since its person is followed no more.
IS_OWED = sa.or_(TakenRow.owed, sa.exists().where(ReopenedRow.id == TakenRow.id))


class RowDecisionRow(Base):
    """What a person said of a refused row; `id` is the row's. `said`: the words, or the row as it
    was corrected, sealed under the patient's key where there is one."""

    __tablename__ = "takeover_decisions"
    __table_args__ = (
        sa.CheckConstraint("decision IN ('followed', 'not_taken', 'taken_in')", name="decision"),
        sa.CheckConstraint(
            "(decision = 'not_taken') = (reason IS NOT NULL) "
            "AND (decision = 'not_taken') = (case_id IS NULL) "
            "AND (case_id IS NULL) = (patient_id IS NULL)",
            name="said",
        ),
        only_sealed("said"),
        sa.Index("ix_takeover_decisions_takeover", "takeover_id"),
    )

    id: Mapped[UUID] = mapped_column(sa.ForeignKey("takeover_rows.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    takeover_id: Mapped[UUID] = mapped_column(sa.ForeignKey("takeovers.id"))
    decision: Mapped[str]
    reason: Mapped[str | None]
    case_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patients.id"))
    said: Mapped[bytes]
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"))


def decision_place(tenant_id: UUID, row_id: UUID, subject: UUID) -> Place:
    """Where the sealed `said` of a decision stands: the patient's own, else the take-over's."""
    return Place(tenant_id, "takeover_decisions", "said", row_id, subject)


def row_place(tenant_id: UUID, row_id: UUID, subject: UUID) -> Place:
    """Where the sealed cells of a row stand: the patient's own, else (refused) the take-over's."""
    return Place(tenant_id, "takeover_rows", "cells", row_id, subject)


never_deleted("takeovers")
refuse(
    "takeovers",
    "INSERT",
    name="takeovers_add_up",
    when="NEW.rows_in <> NEW.taken + NEW.refused",
    message="rows in are those that were taken and those that were refused",
)
never_changed("takeover_rows")
never_changed("takeover_decisions")
never_changed("takeover_reopened")
_UNDECIDED = (
    "EXISTS (SELECT 1 FROM takeover_rows r WHERE r.takeover_id = {} AND (r.owed OR EXISTS "
    "(SELECT 1 FROM takeover_reopened g WHERE g.id = r.id)) AND NOT EXISTS "
    "(SELECT 1 FROM takeover_decisions d WHERE d.id = r.id))"
)
refuse(
    "takeovers",
    "UPDATE",
    name="takeovers_stay_what_they_are",
    when="NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id OR NEW.team_id <> OLD.team_id "
    "OR NEW.fingerprint <> OLD.fingerprint OR NEW.rows_in <> OLD.rows_in OR NEW.taken <> OLD.taken "
    "OR NEW.refused <> OLD.refused "
    "OR NEW.taken_at <> OLD.taken_at OR OLD.state <> 'unsigned'",
    message="a take-over is signed or undone once, and stays what it was",
)
for _on in ("INSERT", "UPDATE"):
    refuse(
        "takeovers",
        _on,
        name=f"takeovers_wait_with_an_open_task_on_{_on.lower()}",
        when="NEW.state = 'unsigned' AND NOT EXISTS (SELECT 1 FROM tasks WHERE "
        "tasks.id = NEW.task_id AND tasks.subject_id = NEW.id AND tasks.state = 'open')",
        message="a take-over that nobody has signed has an open task of its own",
    )
refuse(
    "tasks",
    "UPDATE",
    name="tasks_stay_while_a_takeover_waits",
    when="OLD.state = 'open' AND NEW.state <> 'open' AND EXISTS (SELECT 1 FROM takeovers "
    "WHERE takeovers.task_id = OLD.id AND takeovers.state = 'unsigned')",
    message="a take-over waits for a signature: sign or undo it first",
)
refuse(
    "takeovers",
    "UPDATE",
    name="takeovers_owe_what_they_refused",
    when=f"NEW.state = 'signed' AND {_UNDECIDED.format('NEW.id')} AND NOT EXISTS (SELECT 1 FROM "  # noqa: S608
    "tasks t WHERE t.id = NEW.refused_task_id AND t.subject_id = NEW.id AND t.state = 'open')",
    message="the refused rows of a signed take-over have an open task",
)
refuse(
    "tasks",
    "UPDATE",
    name="tasks_stay_while_refused_rows_wait",
    when="OLD.state = 'open' AND NEW.state <> 'open' AND EXISTS (SELECT 1 FROM takeovers k "  # noqa: S608
    f"WHERE k.refused_task_id = OLD.id AND {_UNDECIDED.format('k.id')})",
    message="refused rows of a take-over wait for a decision: decide each of them first",
)
refuse(
    "takeover_reopened",
    "INSERT",
    name="takeover_reopened_is_owed",
    when="EXISTS (SELECT 1 FROM takeovers k WHERE k.id = NEW.takeover_id AND k.state = 'signed') "
    "AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.id = NEW.task_id "
    "AND t.subject_id = NEW.takeover_id AND t.state = 'open')",
    message="a row of a signed take-over that waits anew has an open task",
)
refuse(
    "tasks",
    "UPDATE",
    name="tasks_stay_while_reopened_rows_wait",
    when="OLD.state = 'open' AND NEW.state <> 'open' AND EXISTS (SELECT 1 FROM takeover_reopened g "
    "WHERE g.task_id = OLD.id AND NOT EXISTS "
    "(SELECT 1 FROM takeover_decisions d WHERE d.id = g.id))",
    message="rows of a take-over wait anew for a decision: decide each of them first",
)
