"""How organisations, teams, members and their duty are stored. Directory data: not sealed."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base


class InstallationRow(Base):
    """The one row that says what this database is for; the environment is fixed when it is made."""

    __tablename__ = "installation"
    __table_args__ = (
        sa.CheckConstraint("id = 1", name="only_one"),
        sa.CheckConstraint(
            "environment IN ('production', 'test', 'training', 'demo')", name="environment"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    environment: Mapped[str]
    made_at: Mapped[datetime]


class TenantRow(Base):
    """One data controller. `settings` holds plain choices of the site (pathways, routes)."""

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    intake_team_id: Mapped[UUID | None]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]


class OrganisationRow(Base):
    __tablename__ = "organisations"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]


class TeamRow(Base):
    """Who owns tasks. `hours` and closed days decide what counts as staffed."""

    __tablename__ = "teams"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    key: Mapped[str]
    name: Mapped[str]
    zone: Mapped[str] = mapped_column(default="Europe/Oslo")
    active: Mapped[bool] = mapped_column(default=True)


class OpeningHoursRow(Base):
    """When a team is staffed on a weekday (1 Monday … 7 Sunday), in the team's own zone."""

    __tablename__ = "opening_hours"

    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens: Mapped[time] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    closes: Mapped[time]


class UnitRow(Base):
    """A ward, clinic or service that messages come from or go to. `team_id` works for it."""

    __tablename__ = "units"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    team_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("teams.id"))
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    acute_number: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)


class ContactPointRow(Base):
    """An address of a unit or an organisation in the messages: HER, RESH, ENH (orgnr) or local."""

    __tablename__ = "contact_points"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "scheme", "value"),
        sa.CheckConstraint("scheme IN ('HER', 'RESH', 'ENH', 'local')", name="scheme"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("units.id"))
    scheme: Mapped[str]
    value: Mapped[str]


class MemberRow(Base):
    """A person who works here, with the account to log in with, and what they chose for the pages."""

    __tablename__ = "members"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "login"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    login: Mapped[str]
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str | None]
    single_keys: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None]
    code_hash: Mapped[str | None]
    code_until: Mapped[datetime | None]
    made_at: Mapped[datetime]


class MembershipRow(Base):
    """A member's place in a team, as `member` or `lead`, for a time."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.CheckConstraint("role IN ('member', 'lead')", name="role"),
        sa.Index("ix_memberships_team", "team_id", "role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"), index=True)
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    role: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class GrantRow(Base):
    """A role for the whole tenant: `admin` (IT, sees no patients) or `privacy`."""

    __tablename__ = "grants"

    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]


class AbsenceRow(Base):
    """A member who is away, and who stands in.

    `let_go_at`: when what they held fell to the team, once for each absence without a stand-in; or
    when it was seen that the absence was over. It is never deleted: `cancelled_at` says when
    somebody took back one that had not begun.
    """

    __tablename__ = "absences"
    __table_args__ = (sa.CheckConstraint("until > since", name="forwards"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"), index=True)
    stand_in_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    let_go_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]


# The absences that nobody has taken back.
ABSENCE_STANDS = AbsenceRow.cancelled_at.is_(None)


class OnCallRow(Base):
    """A member is on call for a team from `starts_at` to `ends_at`: the duty rows follow from it.

    It is never deleted: `ended_at` says when somebody took it back.
    """

    __tablename__ = "on_call"
    __table_args__ = (
        sa.CheckConstraint("ends_at > starts_at", name="forwards"),
        sa.Index("ix_on_call_team", "team_id", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class ClosedDayRow(Base):
    """A day on which a team is closed beyond weekends and public holidays (site or plugin)."""

    __tablename__ = "closed_days"

    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    source: Mapped[str]


class DutyRow(Base):
    """Somebody is on duty for a team from `starts_at` to `ends_at`: materialised 60 days ahead,

    so that the roll call can ask in plain SQL. Made anew when hours, absence, membership or
    closed days change; `kind` is `hours`, `stand_in` or `on_call`.
    """

    __tablename__ = "duty"
    __table_args__ = (
        sa.Index("ix_duty_team_ends", "team_id", "ends_at", "starts_at"),
        sa.Index("ix_duty_ends", "ends_at", "starts_at"),
        sa.Index("ix_duty_member", "member_id", "ends_at", "starts_at"),
        sa.Index(
            "ix_duty_lent",
            "member_id",
            "ends_at",
            sqlite_where=sa.text("kind <> 'hours'"),
            postgresql_where=sa.text("kind <> 'hours'"),
        ),
    )

    team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    ends_at: Mapped[datetime]
    kind: Mapped[str]
