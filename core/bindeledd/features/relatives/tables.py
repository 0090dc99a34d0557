"""How relatives are stored: who they are and what they may be told is sealed as one bundle."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_deleted, only_sealed
from bindeledd.foundation.sealing.envelope import Place


class RelativeRow(Base):
    """Somebody near a patient. `person`: name, relation, phone, consents, carer, objection.

    `undecided`: an objection stands of which nobody has decided.
    """

    __tablename__ = "relatives"
    __table_args__ = (
        only_sealed("person"),
        sa.Index("ix_relatives_patient", "patient_id"),
        sa.Index(
            "ix_relatives_undecided",
            "id",
            sqlite_where=sa.text("undecided"),
            postgresql_where=sa.text("undecided"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"))
    person: Mapped[bytes | None]
    undecided: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class FamilyRow(Base):
    """What was last said of a patient's children and siblings.

    No row, or no `asked_at` (the answer was entered in error): nobody has asked.
    """

    __tablename__ = "families"
    __table_args__ = (only_sealed("family"),)

    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"), primary_key=True)
    tenant_id: Mapped[UUID]
    family: Mapped[bytes | None]
    asked_at: Mapped[datetime | None]
    asked_by: Mapped[UUID | None]


never_deleted("relatives")
never_deleted("families")


def person_place(tenant_id: UUID, relative_id: UUID, patient_id: UUID) -> Place:
    """Where the bundle of a relative stands; it is sealed under the patient's key."""
    return Place(tenant_id, "relatives", "person", relative_id, patient_id)


def family_place(tenant_id: UUID, patient_id: UUID) -> Place:
    return Place(tenant_id, "families", "family", patient_id, patient_id)
