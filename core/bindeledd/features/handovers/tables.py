"""How handovers are stored: who to, times and states in the open; words and packages sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.handovers.domain import Answered, Handover, HandoverState, Missing, Way
from bindeledd.features.handovers.domain.outside import Outside, OutsideKind, Package
from bindeledd.foundation.db import Base, never_deleted, only_sealed, refuse
from bindeledd.foundation.sealing.envelope import Place

_PENDING = sa.text("state IN ('sent', 'received')")


class HandoverRow(Base):
    """At most one of a case waits for an answer, says the database."""

    __tablename__ = "handovers"
    __table_args__ = (
        sa.CheckConstraint("state IN ('sent', 'received', 'accepted', 'returned')", name="state"),
        sa.CheckConstraint("from_team_id <> to_team_id", name="two_teams"),
        sa.CheckConstraint("(to_team_id IS NULL) <> (to_outside_id IS NULL)", name="one_receiver"),
        sa.CheckConstraint(
            "to_outside_id IS NULL OR (package_id IS NOT NULL AND way IS NOT NULL)",
            name="sent_as_a_package",
        ),
        sa.CheckConstraint(
            "to_outside_id IS NULL OR state = 'sent' OR how_known IS NOT NULL", name="how_known"
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'returned') OR how_known IS NULL OR how_known <> 'receipt'",
            name="a_receipt_accepts_nothing",
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'returned')) = (answered_at IS NOT NULL)", name="answered"
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR (to_team_id IS NOT NULL AND first_task_id IS NOT NULL) "
            "OR (to_outside_id IS NOT NULL AND first_at IS NOT NULL)",
            name="accepted_with_a_date",
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
        sa.Index("uq_handovers_package", "package_id", unique=True),
        sa.Index("ix_handovers_to", "to_team_id", "state"),
        sa.Index("ix_handovers_case", "case_id", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    from_team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    to_team_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("teams.id"))
    to_outside_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("outside_receivers.id"))
    package_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("handover_packages.id"))
    way: Mapped[str | None]
    state: Mapped[str]
    sent_at: Mapped[datetime]
    sent_by: Mapped[UUID | None]
    received_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    how_known: Mapped[str | None]
    first_at: Mapped[datetime | None]
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
            to_outside_id=self.to_outside_id,
            package_id=self.package_id,
            way=None if self.way is None else Way(self.way),
            state=HandoverState(self.state),
            sent_at=self.sent_at,
            received_at=self.received_at,
            answered_at=self.answered_at,
            how_known=None if self.how_known is None else Answered(self.how_known),
            first_at=self.first_at,
            missing=tuple(_read_missing(one) for one in self.missing),
            sealed=sealed or {},
        )

    def write(self, handover: Handover) -> None:
        self.state = handover.state.value
        self.received_at, self.answered_at = handover.received_at, handover.answered_at
        self.how_known = None if handover.how_known is None else handover.how_known.value
        self.first_at = handover.first_at
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


class OutsideRow(Base):
    """A receiver outside the tenant. Directory data: not sealed, never deleted."""

    __tablename__ = "outside_receivers"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "organisation", "unit"),
        sa.CheckConstraint("organisation <> '' AND phone <> ''", name="can_be_asked"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    organisation: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    orgnr: Mapped[str] = mapped_column(default="")
    her_id: Mapped[str] = mapped_column(default="")
    phone: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]

    def read(self) -> Outside:
        return Outside(
            id=self.id,
            tenant_id=self.tenant_id,
            organisation=self.organisation,
            unit=self.unit,
            kind=OutsideKind(self.kind),
            orgnr=self.orgnr,
            her_id=self.her_id,
            phone=self.phone,
            address=self.address,
            active=self.active,
        )

    def write(self, outside: Outside) -> None:
        self.organisation, self.unit, self.kind = (
            outside.organisation,
            outside.unit,
            outside.kind.value,
        )
        self.orgnr, self.her_id = outside.orgnr, outside.her_id
        self.phone, self.address, self.active = outside.phone, outside.address, outside.active


class PackageRow(Base):
    """What a receiver outside may see, as it stood when it was made: sealed, never changed."""

    __tablename__ = "handover_packages"
    __table_args__ = (
        only_sealed("content"),
        sa.Index("ix_handover_packages_case", "case_id", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    outside_id: Mapped[UUID] = mapped_column(sa.ForeignKey("outside_receivers.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    left_at: Mapped[datetime | None]
    content: Mapped[bytes]

    def read(self, content: Mapping[str, Any], *, sent: bool) -> Package:
        return Package(
            id=self.id,
            tenant_id=self.tenant_id,
            case_id=self.case_id,
            outside_id=self.outside_id,
            made_at=self.made_at,
            made_by=self.made_by,
            left_at=self.left_at,
            sent=sent,
            content=content,
        )


def package_place(tenant_id: UUID, package_id: UUID, patient_id: UUID) -> Place:
    """Where what is in a package stands."""
    return Place(tenant_id, "handover_packages", "content", package_id, patient_id)


never_deleted("handovers")
never_deleted("outside_receivers")
never_deleted("handover_packages")
refuse(
    "handover_packages",
    "UPDATE",
    name="handover_packages_only_leave",
    when="NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.outside_id <> OLD.outside_id "
    "OR NEW.made_at <> OLD.made_at OR NEW.content <> OLD.content OR OLD.left_at IS NOT NULL",
    message="a package is never changed: it leaves once",
)
