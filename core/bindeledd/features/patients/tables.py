"""How patients are stored: ids and tokens in the open, everything else sealed."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_deleted, only_sealed


class PatientRow(Base):
    """A person. `identity`: names, numbers with their history, birth date, language, interpreter,

    address protection. `contact_ways`: phones with verified-on, safe-to-call, best time.
    """

    __tablename__ = "patients"
    __table_args__ = (only_sealed("identity"), only_sealed("contact_ways"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"), index=True)
    identity: Mapped[bytes | None]
    contact_ways: Mapped[bytes | None]
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]


class LookupRow(Base):
    """A keyed, truncated token by which a patient can be found: by national id or phone."""

    __tablename__ = "patient_lookups"
    __table_args__ = (sa.Index("ix_patient_lookups_token", "tenant_id", "kind", "token"),)

    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant_id: Mapped[UUID]


class DuplicateHintRow(Base):
    """Two patients who may be one: a suggestion that a person answers. Never merged by itself."""

    __tablename__ = "duplicate_hints"

    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"), primary_key=True)
    tenant_id: Mapped[UUID]
    seen_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    same: Mapped[bool | None]


never_deleted("patients")
