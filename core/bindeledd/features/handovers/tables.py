"""How handovers are stored: teams, times and states in the open; reasons and words sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.handovers.domain import Handover, HandoverState, Missing
from bindeledd.foundation.db import Base, never_deleted, only_sealed
from bindeledd.foundation.sealing.envelope import Place

_PENDING = sa.text("state IN ('sent', 'received')")


class HandoverRow(Base):
    """At most one of a case waits for an answer, says the database."""

    __tablename__ = "handovers"
    __table_args__ = (
        sa.CheckConstraint("state IN ('sent', 'received', 'accepted', 'returned')", name="state"),
        sa.CheckConstraint("from_team_id <> to_team_id", name="two_teams"),
        sa.CheckConstraint(
            "(state IN ('accepted', 'returned')) = (answered_at IS NOT NULL)", name="answered"
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR first_task_id IS NOT NULL", name="accepted_with_a_date"
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR answer IS NOT NULL", name="returned_with_reason"
        ),
        only_sealed("note"),
        only_sealed("answer"),
        sa.Index(
            "uq_handovers_one_pending",
            "case_id",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        sa.Index("ix_handovers_pair", "tenant_id", "from_team_id", "to_team_id"),
        sa.Index("ix_handovers_to", "to_team_id", "state"),
        sa.Index("ix_handovers_case", "case_id", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    from_team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    to_team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    state: Mapped[str]
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID | None]
    received_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    first_task_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tasks.id"))
    missing: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[bytes | None]
    answer: Mapped[bytes | None]

    def read(self, sealed: Mapping[str, Any] | None = None) -> Handover:
        return Handover(
            id=self.id,
            tenant_id=self.tenant_id,
            case_id=self.case_id,
            from_team_id=self.from_team_id,
            to_team_id=self.to_team_id,
            state=HandoverState(self.state),
            sent_at=self.sent_at,
            received_at=self.received_at,
            answered_at=self.answered_at,
            missing=tuple(_read_missing(one) for one in self.missing),
            sealed=sealed or {},
        )

    def write(self, handover: Handover) -> None:
        self.state = handover.state.value
        self.received_at, self.answered_at = handover.received_at, handover.answered_at
        self.missing = [_write_missing(one) for one in handover.missing]


def _read_missing(one: Mapping[str, Any]) -> Missing:
    return Missing(
        kind=one["kind"],
        strength=one["strength"],
        team_id=UUID(one["team"]),
        due_at=datetime.fromisoformat(one["due_at"]),
    )


def _write_missing(one: Missing) -> dict[str, str]:
    return {
        "kind": one.kind,
        "strength": one.strength,
        "team": str(one.team_id),
        "due_at": one.due_at.isoformat(),
    }


def note_place(handover: Handover, purpose: str, patient_id: UUID) -> Place:
    """Where the words of the sender (`note`) or of the receiver (`answer`) stand."""
    return Place(handover.tenant_id, "handovers", purpose, handover.id, patient_id)


never_deleted("handovers")
