"""That a note stands in the EPJ: when somebody said so, and who. No words."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_deleted


class EpjMarkRow(Base):
    """One for each event that was put into the EPJ; taken back, both columns are empty again."""

    __tablename__ = "epj_marks"
    __table_args__ = (
        sa.CheckConstraint("(entered_at IS NULL) = (entered_by IS NULL)", name="by_whom"),
        sa.Index("ix_epj_marks_case", "case_id"),
    )

    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    entered_at: Mapped[datetime | None]
    entered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))


never_deleted("epj_marks")
