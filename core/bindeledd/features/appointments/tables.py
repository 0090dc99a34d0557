"""How appointments are stored: time, state and which member in the open; the rest is sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.appointments.domain import Appointment, AppointmentState, KnownHow
from bindeledd.foundation.db import Base, never_deleted, only_sealed
from bindeledd.foundation.sealing.envelope import Place


class AppointmentRow(Base):
    __tablename__ = "appointments"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('booked', 'given', 'kept', 'missed', 'moved', 'cancelled', 'handed_on', "
            "'in_error')",
            name="state",
        ),
        sa.CheckConstraint("(how_known IS NULL) = (as_of IS NULL)", name="how_known"),
        sa.CheckConstraint("(state IN ('booked', 'given')) = (ended_at IS NULL)", name="ended"),
        only_sealed("detail"),
        sa.Index(
            "ix_appointments_of_member",
            "member_id",
            "starts_at",
            sqlite_where=sa.text("state IN ('booked', 'given')"),
            postgresql_where=sa.text("state IN ('booked', 'given')"),
        ),
        sa.Index("ix_appointments_case", "case_id", "starts_at"),
        sa.Index("ix_appointments_week", "tenant_id", "starts_at"),
        sa.Index(
            "ix_appointments_ahead",
            "tenant_id",
            "starts_at",
            sqlite_where=sa.text("state IN ('booked', 'given')"),
            postgresql_where=sa.text("state IN ('booked', 'given')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    previous_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("appointments.id"))
    starts_at: Mapped[datetime]
    member_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    state: Mapped[str]
    given_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    how_known: Mapped[str | None]
    as_of: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    detail: Mapped[bytes]

    def read(self, sealed: Mapping[str, Any] | None = None) -> Appointment:
        return Appointment(
            id=self.id,
            tenant_id=self.tenant_id,
            case_id=self.case_id,
            starts_at=self.starts_at,
            member_id=self.member_id,
            state=AppointmentState(self.state),
            given_at=self.given_at,
            ended_at=self.ended_at,
            previous_id=self.previous_id,
            how_known=None if self.how_known is None else KnownHow(self.how_known),
            as_of=self.as_of,
            confirmed_at=self.confirmed_at,
            sealed=sealed or {},
        )

    def write(self, appointment: Appointment) -> None:
        self.state = appointment.state.value
        self.given_at = appointment.given_at
        self.ended_at = appointment.ended_at
        self.how_known = None if appointment.how_known is None else appointment.how_known.value
        self.as_of, self.confirmed_at = appointment.as_of, appointment.confirmed_at


def detail_place(tenant_id: UUID, appointment_id: UUID, patient_id: UUID) -> Place:
    """Where the sealed part of an appointment stands."""
    return Place(tenant_id, "appointments", "detail", appointment_id, patient_id)


never_deleted("appointments")
