"""How messages and calls are stored, and what the database itself refuses.

Bytes, facts and words are sealed under a data key of the message (or call) itself, so that
"not ours" can erase them for good. What waits points at an open task, and that task cannot end
before the message has: the guards say it on both databases.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.audit.tables import stands_for
from bindeledd.foundation.db import Base, never_deleted, only_sealed, refuse
from bindeledd.foundation.sealing.envelope import Place

WAITS = sa.text(
    "(status IN ('to_decide', 'parked') OR (status = 'refused' AND decided_at IS NULL))"
)


class MessageRow(Base):
    """One message as it came in. `decided_by` is empty where the product itself decided.

    `fingerprint` is a keyed token of its bytes: a row of a list is short enough to be guessed from
    a plain hash. `message_ref` and `document_key` are keyed tokens of the sender's ids: what a sender writes
    stands in sealed columns only. They stay when it was not ours, so that it is known again.
    `again` counts how often the same bytes came anew after a person had answered them.
    """

    __tablename__ = "messages"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "fingerprint", "again"),
        sa.CheckConstraint(
            "status IN ('received', 'opened', 'updated', 'duplicate', 'to_decide', 'parked', "
            "'refused', 'not_ours')",
            name="status",
        ),
        sa.CheckConstraint(
            "status NOT IN ('to_decide', 'parked') OR task_id IS NOT NULL", name="waiting_owed"
        ),
        sa.CheckConstraint("status <> 'refused' OR task_id IS NOT NULL", name="refused_owed"),
        sa.CheckConstraint(
            "status <> 'not_ours' OR (original IS NULL AND facts IS NULL AND decided_at IS NOT NULL)",
            name="not_ours_erased",
        ),
        only_sealed("original"),
        only_sealed("facts"),
        sa.Index("ix_messages_document", "tenant_id", "document_key"),
        sa.Index("ix_messages_message", "tenant_id", "message_ref"),
        sa.Index(
            "ix_messages_queue",
            "tenant_id",
            "team_id",
            "received_at",
            "id",
            sqlite_where=WAITS,
            postgresql_where=WAITS,
        ),
        sa.Index(
            "ix_messages_listed", "tenant_id", "format", sqlite_where=WAITS, postgresql_where=WAITS
        ),
        sa.Index("ix_messages_person", "tenant_id", "person_token", "status"),
        sa.Index("ix_messages_task", "task_id"),
        sa.Index("ix_messages_patient", "patient_id"),
        sa.Index("ix_messages_duplicate", "duplicate_of"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    fingerprint: Mapped[str]
    again: Mapped[int] = mapped_column(default=0)
    size: Mapped[int]
    status: Mapped[str]
    reason: Mapped[str | None]
    format: Mapped[str | None]
    kind: Mapped[str | None]
    series: Mapped[str | None]
    message_ref: Mapped[str | None]
    document_key: Mapped[str | None]
    checked: Mapped[str | None]
    late: Mapped[bool] = mapped_column(default=False)
    person_token: Mapped[int | None]
    unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("units.id"))
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    case_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patients.id"))
    task_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tasks.id"))
    duplicate_of: Mapped[UUID | None] = mapped_column(sa.ForeignKey("messages.id"))
    repeats: Mapped[int] = mapped_column(default=0)
    original: Mapped[bytes | None]
    facts: Mapped[bytes | None]
    received_at: Mapped[datetime]
    received_by: Mapped[UUID | None]
    generated_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))

    def place(self, purpose: str) -> Place:
        """Where its sealed `original` and `facts` stand."""
        return message_place(self.tenant_id, self.id, purpose)


def message_place(tenant_id: UUID, message_id: UUID, purpose: str) -> Place:
    return Place(tenant_id, "messages", purpose, message_id, message_id)


class CallRow(Base):
    """Somebody called, and no follow-up is known to be meant yet.

    `kind` is `call` or `acute_concern`. `words` holds what was said and by whom; `answer` what
    was done. With `case_id` it stands on that case and is owed there.
    """

    __tablename__ = "calls"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('call', 'acute_concern')", name="kind"),
        sa.CheckConstraint(
            "ended_at IS NULL OR answer IS NOT NULL OR case_id IS NOT NULL", name="ended_answered"
        ),
        only_sealed("words"),
        only_sealed("answer"),
        sa.Index("ix_calls_open", "tenant_id", "ended_at", "team_id"),
        sa.Index("ix_calls_task", "task_id"),
        sa.Index("ix_calls_patient", "patient_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    kind: Mapped[str]
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tasks.id"))
    patient_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("patients.id"))
    case_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    words: Mapped[bytes]
    answer: Mapped[bytes | None]
    called_at: Mapped[datetime]
    taken_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))

    def place(self, purpose: str) -> Place:
        """Where its sealed `words` and `answer` stand."""
        return call_place(self.tenant_id, self.id, purpose)


def call_place(tenant_id: UUID, call_id: UUID, purpose: str) -> Place:
    return Place(tenant_id, "calls", purpose, call_id, call_id)


def _messages_about(patient_id: UUID) -> sa.Select[UUID]:
    return sa.select(MessageRow.id).where(MessageRow.patient_id == patient_id)


def _taken_for_them(patient_id: UUID) -> sa.Select[UUID]:
    return sa.select(MessageRow.id).where(
        MessageRow.status == "duplicate", MessageRow.duplicate_of.in_(_messages_about(patient_id))
    )


def _calls_about(patient_id: UUID) -> sa.Select[UUID]:
    return sa.select(CallRow.id).where(CallRow.patient_id == patient_id)


for _subjects in (_messages_about, _taken_for_them, _calls_about):
    stands_for(_subjects)
never_deleted("messages")
never_deleted("calls")
refuse(
    "messages",
    "UPDATE",
    name="messages_stay_what_they_are",
    when="NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id OR NEW.fingerprint <> OLD.fingerprint "
    "OR NEW.received_at <> OLD.received_at OR (OLD.status = 'not_ours' AND NEW.status <> 'not_ours')",
    message="a message keeps its hash, and what was decided not to be ours stays so",
)
for _on in ("INSERT", "UPDATE"):
    refuse(
        "messages",
        _on,
        name=f"messages_wait_with_an_open_task_on_{_on.lower()}",
        when="(NEW.status IN ('to_decide', 'parked') "
        "OR (NEW.status = 'refused' AND NEW.decided_at IS NULL)) AND NOT EXISTS "
        "(SELECT 1 FROM tasks WHERE tasks.id = NEW.task_id AND tasks.subject_id = NEW.id "
        "AND tasks.state = 'open')",
        message="a message that waits has an open task of its own",
    )
    refuse(
        "calls",
        _on,
        name=f"calls_wait_with_an_open_task_on_{_on.lower()}",
        when="NEW.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM tasks WHERE "
        "tasks.id = NEW.task_id AND tasks.subject_id = NEW.id AND tasks.state = 'open')",
        message="a call that nobody has answered has an open task of its own",
    )
refuse(
    "tasks",
    "UPDATE",
    name="tasks_stay_while_a_message_waits",
    when="OLD.state = 'open' AND NEW.state <> 'open' AND EXISTS (SELECT 1 FROM messages "
    "WHERE messages.task_id = OLD.id AND (messages.status IN ('to_decide', 'parked') "
    "OR (messages.status = 'refused' AND messages.decided_at IS NULL)))",
    message="a message still waits for an answer: decide it first",
)
refuse(
    "tasks",
    "UPDATE",
    name="tasks_stay_while_a_call_waits",
    when="OLD.state = 'open' AND NEW.state <> 'open' AND EXISTS (SELECT 1 FROM calls "
    "WHERE calls.task_id = OLD.id AND calls.ended_at IS NULL)",
    message="a call ends only with what was done: answer it first",
)
