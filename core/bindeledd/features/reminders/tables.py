"""How alerts, deliveries and heartbeats are stored. Nothing here says anything of a patient."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_deleted


class AlertRow(Base):
    """What somebody must hear. The key makes raising it twice impossible."""

    __tablename__ = "alerts"
    __table_args__ = (
        sa.UniqueConstraint(
            "task_id", "due_at", "round", "rung", "audience", name="uq_alerts_once"
        ),
        sa.Index(
            "ix_alerts_unaddressed",
            "raised_at",
            sqlite_where=sa.text("addressed_at IS NULL"),
            postgresql_where=sa.text("addressed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tasks.id"))
    team_id: Mapped[UUID]
    held_by: Mapped[UUID | None]
    due_at: Mapped[datetime]
    round: Mapped[int]
    rung: Mapped[int]
    audience: Mapped[str]
    raised_at: Mapped[datetime]
    addressed_at: Mapped[datetime | None]


class DeliveryRow(Base):
    """One try to tell one person through one channel. Failure means later, never gone.

    `next_at` of a leased row is the end of its lease, so that one comparison finds what is due
    and what a dead worker left behind. `address` is the staff address that it was meant for.
    An inbox item is delivered when it is written; `cleared_at` says that nothing is owed any more.
    `accepted`: a gateway has it, `reference` names it there, and `next_at` is when a receipt has
    to have come.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("alert_id", "member_id", "channel", name="uq_deliveries_once"),
        sa.CheckConstraint(
            "state IN ('ready', 'leased', 'accepted', 'delivered', 'stopped', 'dead')",
            name="state",
        ),
        sa.Index(
            "ix_deliveries_ready",
            "channel",
            "next_at",
            sqlite_where=sa.text("state IN ('ready', 'leased')"),
            postgresql_where=sa.text("state IN ('ready', 'leased')"),
        ),
        sa.Index(
            "ix_deliveries_dead",
            "tenant_id",
            sqlite_where=sa.text("state = 'dead'"),
            postgresql_where=sa.text("state = 'dead'"),
        ),
        sa.Index(
            "ix_deliveries_accepted",
            "next_at",
            sqlite_where=sa.text("state = 'accepted'"),
            postgresql_where=sa.text("state = 'accepted'"),
        ),
        sa.Index(
            "ix_deliveries_reference",
            "reference",
            sqlite_where=sa.text("reference IS NOT NULL"),
            postgresql_where=sa.text("reference IS NOT NULL"),
        ),
        sa.Index(
            "ix_deliveries_inbox",
            "member_id",
            "task_id",
            sqlite_where=sa.text("channel = 'inbox' AND cleared_at IS NULL"),
            postgresql_where=sa.text("channel = 'inbox' AND cleared_at IS NULL"),
        ),
        sa.Index(
            "ix_deliveries_sent",
            "member_id",
            "settled_at",
            sqlite_where=sa.text("channel <> 'inbox'"),
            postgresql_where=sa.text("channel <> 'inbox'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    alert_id: Mapped[UUID] = mapped_column(sa.ForeignKey("alerts.id"))
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tasks.id"), index=True)
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"))
    channel: Mapped[str]
    address: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="ready")
    made_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    reference: Mapped[str | None]


class CallbackRow(Base):
    """What a gateway sent about messages of a channel, until a worker has had it read.

    `body` is what came, as JSON; it is erased when it has been read or given up: `outcome` says
    which. Of staff only, never of a patient.
    """

    __tablename__ = "callbacks"
    __table_args__ = (
        sa.Index(
            "ix_callbacks_waiting",
            "channel",
            "attempts",
            "at",
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str]
    at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    body: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


# Written into the statements, as the partial indexes say it: SQLite serves no parameter from them.
WAITS = DeliveryRow.state.in_([sa.literal_column("'ready'"), sa.literal_column("'leased'")])
STANDS = sa.and_(
    DeliveryRow.channel == sa.literal_column("'inbox'"), DeliveryRow.cleared_at.is_(None)
)
IS_DEAD = DeliveryRow.state == sa.literal_column("'dead'")


class HeartbeatRow(Base):
    """The last thing that each recurring job writes when it has done its work."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    worker: Mapped[str]
    took_ms: Mapped[int]
    count: Mapped[int] = mapped_column(default=0)


class FaultRow(Base):
    """A failure that a named person must see: of a job, a channel or a plugin. Codes only."""

    __tablename__ = "faults"
    __table_args__ = (sa.UniqueConstraint("source", "code", name="uq_faults_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID | None]
    source: Mapped[str]
    code: Mapped[str]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=1)
    seen_by: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class NoticeRow(Base):
    """A fault in the inbox of one person. `at` is when the fault last made itself known to them."""

    __tablename__ = "notices"

    fault_id: Mapped[UUID] = mapped_column(sa.ForeignKey("faults.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("members.id"), primary_key=True, index=True
    )
    tenant_id: Mapped[UUID]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class DigestRow(Base):
    """The morning's numbers to one person, once a day; sent like a delivery, with a lease."""

    __tablename__ = "digests"
    __table_args__ = (
        sa.CheckConstraint("state IN ('ready', 'leased', 'delivered', 'dead')", name="state"),
        sa.Index(
            "ix_digests_ready",
            "next_at",
            sqlite_where=sa.text("state IN ('ready', 'leased')"),
            postgresql_where=sa.text("state IN ('ready', 'leased')"),
        ),
    )

    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="ready")
    made_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_token: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None]


never_deleted("alerts", twice="left_out")
never_deleted("deliveries", twice="left_out")
