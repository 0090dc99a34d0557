"""How care relations, sessions and tokens are stored."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_deleted


class CareRelationRow(Base):
    """A team that may see a case: `owner`, `receiver` of a handover or `participant`, for a time."""

    __tablename__ = "care_relations"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('owner', 'receiver', 'participant')", name="kind"),
        sa.Index("ix_care_relations_team", "team_id", "until"),
        sa.Index("ix_care_relations_case", "case_id", "until"),
        sa.Index("ix_care_relations_patient", "patient_id", "until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    kind: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class SessionRow(Base):
    """A logged-in browser. Only the hash of the secret is kept."""

    __tablename__ = "sessions"

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"), index=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TokenRow(Base):
    """A token for the API, made by its owner. Only the hash of the secret is kept."""

    __tablename__ = "tokens"
    __table_args__ = (sa.CheckConstraint("scope IN ('read', 'full')", name="scope"),)

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"), index=True)
    label: Mapped[str]
    scope: Mapped[str]
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LoginTryRow(Base):
    """Wrong tries at one log-in name or from one address; `key` is a hash of either."""

    __tablename__ = "login_tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    failed: Mapped[int]
    last_at: Mapped[datetime]
    wait_until: Mapped[datetime | None]


never_deleted("care_relations")
