"""How comparisons are stored: numbers and outcomes in the open, name and hash of the file sealed.

The list itself is not kept: whoever is not ours is erased with the decision, and must not go on
standing in a file beside it. What waits for a person is sealed as a message of its own.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_changed, only_sealed, refuse
from bindeledd.foundation.sealing.envelope import Place


class DischargeListRow(Base):
    """One list, for ever as it was compared. `about`: the name of the file and its hash."""

    __tablename__ = "discharge_lists"
    __table_args__ = (
        only_sealed("about"),
        sa.Index("ix_discharge_lists_tenant", "tenant_id", "compared_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    about: Mapped[bytes]
    lines: Mapped[int]
    followed: Mapped[int]
    waiting: Mapped[int]
    decided: Mapped[int]
    asked: Mapped[int]
    refused: Mapped[int]
    compared_at: Mapped[datetime]
    compared_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))

    def place(self, purpose: str) -> Place:
        """Where its sealed `about` stands."""
        return list_place(self.tenant_id, self.id, purpose)


def list_place(tenant_id: UUID, list_id: UUID, purpose: str) -> Place:
    return Place(tenant_id, "discharge_lists", purpose, list_id, list_id)


class ListedRow(Base):
    """One line of a list and what became of it; what stood in it is sealed with the message that
    waits for a person, and nowhere else. So is a line that cannot be read (`refused`)."""

    __tablename__ = "discharge_list_lines"
    __table_args__ = (
        sa.UniqueConstraint("list_id", "number"),
        sa.CheckConstraint(
            "outcome IN ('followed', 'waiting', 'decided', 'asked', 'refused')", name="outcome"
        ),
        sa.CheckConstraint("outcome <> 'asked' OR message_id IS NOT NULL", name="asked"),
        sa.Index("ix_discharge_list_lines_message", "message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    list_id: Mapped[UUID] = mapped_column(sa.ForeignKey("discharge_lists.id"))
    number: Mapped[int]
    outcome: Mapped[str]
    message_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("messages.id"))


refuse(
    "discharge_lists",
    "INSERT",
    name="discharge_lists_add_up",
    when="NEW.lines <> NEW.followed + NEW.waiting + NEW.decided + NEW.asked + NEW.refused",
    message="every line of a list is followed, waits, was decided, is asked about or refused",
)
never_changed("discharge_lists")
never_changed("discharge_list_lines")
