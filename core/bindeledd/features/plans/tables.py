"""How plans are stored: one row for each version, everything that was said in it sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.plans.domain import Version
from bindeledd.features.plans.domain.bundles import with_words
from bindeledd.foundation.db import Base, never_changed, only_sealed
from bindeledd.foundation.sealing.envelope import Place


class PlanVersionRow(Base):
    """The plan of a follow-up as it was saved once. Never changed: a new one says more.

    Whether it was an error stands on its event.
    """

    __tablename__ = "plan_versions"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
        only_sealed("content"),
        sa.Index("ix_plan_versions_event", "event_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("events.id"))
    number: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    content: Mapped[bytes]

    def read(self, *, in_error: bool, said: Mapping[str, Any] | None = None) -> Version:
        version = Version(
            id=self.id,
            case_id=self.case_id,
            number=self.number,
            event_id=self.event_id,
            made_at=self.made_at,
            made_by=self.made_by,
            in_error=in_error,
        )
        return version if said is None else with_words(version, said)


def content_place(tenant_id: UUID, version_id: UUID, patient_id: UUID) -> Place:
    """Where the words of a version stand."""
    return Place(tenant_id, "plan_versions", "content", version_id, patient_id)


never_changed("plan_versions")
