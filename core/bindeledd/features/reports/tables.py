"""What was made last of each report: a table of numbers and a pack's words, about nobody."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.reports.domain import Made, from_json
from bindeledd.foundation.db import Base


class ReportRow(Base):
    """One report of a pack (`name` is PACK:REPORT), as it was made last for one tenant."""

    __tablename__ = "reports"

    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    counted: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any]]

    def read(self) -> Made:
        """Raises `NoTable` for what stands there and is none."""
        return Made(
            table=from_json(self.content),
            made_at=self.made_at,
            since=date.fromisoformat(self.counted["since"]),
            until=date.fromisoformat(self.counted["until"]),
            least=self.counted["least"],
        )
