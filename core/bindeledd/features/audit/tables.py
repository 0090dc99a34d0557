"""How the log is stored: one event for each answer or act, one row for each patient in it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_changed

SHARING_REFUSED = sa.text("act = 'sharing.refused'")


class AuditEventRow(Base):
    """One act or one answer. `facts` holds ids, codes, counts and times only."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_tenant_at", "tenant_id", "at"),
        Index(
            "ix_audit_events_sharing_refused",
            "tenant_id",
            "at",
            sqlite_where=SHARING_REFUSED,
            postgresql_where=SHARING_REFUSED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    at: Mapped[datetime]
    act: Mapped[str]
    purpose: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    request_id: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AuditSubjectRow(Base):
    """A patient (or an undecided message or call, or a restricted record) that an event was about."""

    __tablename__ = "audit_subjects"
    __table_args__ = (Index("ix_audit_subjects_subject", "subject_id", "event_id"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("audit_events.id"), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]


def stands_for(subjects: Callable[[UUID], sa.Select[UUID]]) -> None:
    """Say which other subjects turned out to be about a patient: `subjects` selects their ids.

    Whatever was read of them before that was known is in the patient's log too.
    """
    STANDING_FOR.append(subjects)


STANDING_FOR: list[Callable[[UUID], sa.Select[UUID]]] = []

never_changed("audit_events")
never_changed("audit_subjects")
