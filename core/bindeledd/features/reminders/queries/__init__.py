"""Questions about alerts, deliveries, faults and heartbeats. Nothing here changes anything.

What stands for a person is asked in `inbox`.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders.domain import Heartbeat
from bindeledd.features.reminders.domain.hearing import Directory
from bindeledd.features.reminders.queries.answering import answers
from bindeledd.features.reminders.queries.inbox import (
    hearers,
    inbox,
    inbox_page,
    notices,
    told,
    unseen_faults,
    waiting,
    waiting_for,
)
from bindeledd.features.reminders.tables import WAITS, AlertRow, DeliveryRow, HeartbeatRow
from bindeledd.features.staff.tables import (
    ABSENCE_STANDS,
    AbsenceRow,
    DutyRow,
    GrantRow,
    InstallationRow,
    MemberRow,
    MembershipRow,
    TeamRow,
    TenantRow,
)
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.foundation.db import Utc

__all__ = [
    "DELIVER",
    "ROLL_CALL",
    "SWEEP",
    "answers",
    "counts",
    "covered_from",
    "database_clock",
    "directory",
    "due_now",
    "environment",
    "heartbeat",
    "inbox",
    "inbox_page",
    "notices",
    "stale",
    "stuck",
    "told",
    "unseen_faults",
    "waiting",
    "hearers",
    "waiting_for",
]

SWEEP, DELIVER, ROLL_CALL = "sweep", "deliver", "rollcall"
# Before the key of a channel: a worker that sends through it lives.
CHANNEL = "channel:"


def database_clock(session: Session) -> datetime:
    """The moment by the database's own clock."""
    if session.get_bind().dialect.name == "postgresql":
        answer = session.scalar(sa.text("SELECT clock_timestamp()").columns(at=Utc()))
        return answer if isinstance(answer, datetime) else datetime.now(UTC)
    text = session.scalar(sa.text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')"))
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)


def environment(session: Session) -> str | None:
    """What this database is for, or None before it is set up."""
    return session.scalar(sa.select(InstallationRow.environment))


# --- numbers that the clock's jobs, the roll call and the metrics ask for -----------------------


def counts(session: Session, tenant_id: UUID) -> dict[str, int]:
    """Alerts, those that nobody could be found for, and deliveries by state."""
    alerts, unaddressed = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(AlertRow.addressed_at.is_(None)),
        ).where(AlertRow.tenant_id == tenant_id)
    ).one()
    states = session.execute(
        sa.select(DeliveryRow.state, sa.func.count())
        .where(DeliveryRow.tenant_id == tenant_id)
        .group_by(DeliveryRow.state)
    )
    return {"alerts": alerts, "unaddressed": unaddressed} | {row[0]: row[1] for row in states}


def due_now(session: Session, at: datetime) -> int:
    """How many open tasks have reached their next rung."""
    found = session.scalar(sa.select(sa.func.count()).where(IS_OPEN, TaskRow.next_rung_at <= at))
    return int(found or 0)


def heartbeat(session: Session, name: str = SWEEP) -> Heartbeat | None:
    """The last time that the job `name` came to its end, or None if it never did."""
    row = session.execute(
        sa.select(
            HeartbeatRow.name,
            HeartbeatRow.at,
            HeartbeatRow.worker,
            HeartbeatRow.took_ms,
            HeartbeatRow.count,
        ).where(HeartbeatRow.name == name)
    ).one_or_none()
    return Heartbeat(**row._mapping) if row else None


def channels_of_workers(session: Session, since: datetime) -> set[str]:
    """The channels that some worker has said that it sends through, at `since` or later."""
    names = session.scalars(
        sa.select(HeartbeatRow.name).where(
            HeartbeatRow.name.startswith(CHANNEL), HeartbeatRow.at >= since
        )
    )
    return {name.removeprefix(CHANNEL) for name in names}


def stale(session: Session, at: datetime, limit: timedelta, *, name: str = SWEEP) -> bool:
    """Nobody notices what becomes late: the last completed sweep is older than `limit`, or none.

    For `/healthz` and the banner.
    """
    last = heartbeat(session, name)
    return last is None or at - last.at > limit


def stuck(session: Session, before: datetime) -> bool:
    """Was something due to be sent already `before`, and is still not sent?"""
    waits = sa.exists().where(WAITS, DeliveryRow.next_at < before)
    return bool(session.scalar(sa.select(waits)))


# --- who is there -------------------------------------------------------------------------------


def directory(session: Session, at: datetime) -> Directory:
    """Who works here and is there at `at`: six questions, whatever the number of alerts."""
    members = session.execute(
        sa.select(MemberRow.id, MemberRow.email, MemberRow.phone).where(MemberRow.active)
    ).all()
    leads: dict[UUID, set[UUID]] = defaultdict(set)
    for team, member in session.execute(
        sa.select(MembershipRow.team_id, MembershipRow.member_id).where(
            MembershipRow.role == "lead", *_covers(MembershipRow, at)
        )
    ):
        leads[team].add(member)
    on_duty: dict[UUID, set[UUID]] = defaultdict(set)
    for team, member in session.execute(
        sa.select(DutyRow.team_id, DutyRow.member_id).where(
            DutyRow.starts_at <= at, DutyRow.ends_at > at
        )
    ):
        on_duty[team].add(member)
    away = session.execute(
        sa.select(AbsenceRow.member_id, AbsenceRow.stand_in_id).where(
            ABSENCE_STANDS, AbsenceRow.since <= at, AbsenceRow.until > at
        )
    )
    admins: dict[UUID, set[UUID]] = defaultdict(set)
    for tenant, member in session.execute(
        sa.select(GrantRow.tenant_id, GrantRow.member_id).where(GrantRow.role == "admin")
    ):
        admins[tenant].add(member)
    intake = session.execute(sa.select(TenantRow.id, TenantRow.intake_team_id))
    return Directory(
        emails={row.id: row.email for row in members},
        phones={row.id: row.phone for row in members},
        leads={team: frozenset(found) for team, found in leads.items()},
        on_duty={team: frozenset(found) for team, found in on_duty.items()},
        stand_ins={row.member_id: row.stand_in_id for row in away},
        intake_teams={row.id: row.intake_team_id for row in intake},
        admins={tenant: frozenset(found) for tenant, found in admins.items()},
    )


def _covers(row: type[MembershipRow], at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return row.since <= at, sa.or_(row.until.is_(None), row.until > at)


def covered_from(session: Session, at: datetime) -> dict[UUID, datetime]:
    """For each team with anybody on duty at or after `at`: the first moment of it (maybe past)."""
    # Asked of each team, so that duty that is over is never read: none of it is ever deleted.
    first = (
        sa.select(sa.func.min(DutyRow.starts_at, type_=Utc()))
        .join(MemberRow, MemberRow.id == DutyRow.member_id)
        .where(DutyRow.team_id == TeamRow.id, DutyRow.ends_at > at, MemberRow.active)
        .correlate(TeamRow)
        .scalar_subquery()
    )
    rows = session.execute(sa.select(TeamRow.id, first))
    return {row[0]: row[1] for row in rows if row[1] is not None}
