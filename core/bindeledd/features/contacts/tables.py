"""How contacts are stored: when, who, which way in the open; outcome and words sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.contacts.domain import Channel, Contact, Direction
from bindeledd.foundation.db import Base, never_changed, only_sealed
from bindeledd.foundation.sealing.envelope import Place


class ContactRow(Base):
    """One attempt to reach the patient, or one call in. Never changed: a new one says more."""

    __tablename__ = "contacts"
    __table_args__ = (
        sa.CheckConstraint("direction IN ('out', 'in')", name="direction"),
        only_sealed("detail"),
        sa.Index("ix_contacts_case", "case_id", "at"),
        sa.Index("ix_contacts_event", "event_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("events.id"))
    at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    direction: Mapped[str]
    channel: Mapped[str]
    detail: Mapped[bytes]

    def read(self, sealed: Mapping[str, Any] | None = None) -> Contact:
        return Contact(
            id=self.id,
            case_id=self.case_id,
            at=self.at,
            by=self.made_by,
            direction=Direction(self.direction),
            channel=Channel(self.channel),
            event_id=self.event_id,
            sealed=sealed or {},
        )


def detail_place(tenant_id: UUID, contact_id: UUID, patient_id: UUID) -> Place:
    """Where the sealed part of a contact stands."""
    return Place(tenant_id, "contacts", "detail", contact_id, patient_id)


never_changed("contacts")
