"""Failures as rows in front of a named person, and the heartbeat of each job."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.service import record
from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain.hearing import Directory, managers
from bindeledd.features.reminders.tables import FaultRow, HeartbeatRow, NoticeRow
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import upsert
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.ids import ordered_id

# A failure that goes on is not shown anew at every tick.
_AGAIN = timedelta(hours=1)


def report_fault(
    session: Session,
    source: str,
    code: str,
    *,
    at: datetime,
    tenant_id: UUID | None = None,
    each: bool = False,
) -> None:
    """Write down that something failed; the same failure counts up.

    One that a person has seen is shown anew when it still happens an hour later; at once where
    `each` time is news of its own (another person has left).

    `source` says which job, channel, plugin or team (`job:sweep`, `channel:email`, `team:<id>`),
    whose address on a channel (`address_of`) or which member of a team (`of_member`); `code` is plain. Nothing of a patient. One tenant's fault never counts up another's.
    """
    if tenant_id is not None and str(tenant_id) not in source:
        source = f"{source}@{tenant_id}"
    insert = upsert(session, FaultRow).values(
        id=ordered_id(),
        tenant_id=tenant_id,
        source=source,
        code=code,
        first_at=at,
        last_at=at,
        count=1,
    )
    again = sa.true() if each else FaultRow.seen_at < at - _AGAIN
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["source", "code"],
            set_={
                "last_at": at,
                "count": FaultRow.count + 1,
                "seen_at": sa.case((again, None), else_=FaultRow.seen_at),
                "seen_by": sa.case((again, None), else_=FaultRow.seen_by),
                "told_at": sa.case((again, None), else_=FaultRow.told_at),
            },
        )
    )


def tell_faults(session: Session, *, at: datetime) -> int:
    """Put every fault that nobody has been told of into the inbox of those who answer for it.

    Leads of the intake team, else admins; a fault of no tenant goes to those of every tenant, one
    of a team to whoever leads that team as well.
    One for whom nobody can be found stays untold and is tried again. Gives how many were told.
    """
    faults = session.execute(
        sa.select(FaultRow.id, FaultRow.tenant_id, FaultRow.source)
        .where(FaultRow.seen_at.is_(None), FaultRow.told_at.is_(None))
        .order_by(FaultRow.first_at)
        .limit(500)
    ).all()
    if not faults:
        return 0
    directory = queries.directory(session, at)
    told: set[UUID] = set()
    for fault_id, owner, source in faults:
        for tenant_id in [owner] if owner else list(directory.intake_teams):
            members = _who_answers(tenant_id, _team_in(source), directory)
            for member_id in sorted(members):
                _show(session, fault_id, tenant_id, member_id, at)
                told.add(fault_id)
    if told:
        session.execute(sa.update(FaultRow).where(FaultRow.id.in_(told)).values(told_at=at))
    return len(told)


def _who_answers(tenant_id: UUID, team_id: UUID | None, directory: Directory) -> frozenset[UUID]:
    own = managers(tenant_id, directory, team_id) if team_id else frozenset()
    admins = directory.active(directory.admins.get(tenant_id, frozenset()))
    return own | managers(tenant_id, directory, None) | admins


def _team_in(source: str) -> UUID | None:
    """The team of a source as `team:<id>@<tenant>` or `team:<id>/<member>@<tenant>`."""
    kind, _, rest = source.partition(":")
    try:
        return UUID(rest.partition("@")[0].partition("/")[0]) if kind == "team" else None
    except ValueError:
        return None


def _show(session: Session, fault_id: UUID, tenant_id: UUID, member_id: UUID, at: datetime) -> None:
    session.execute(
        upsert(session, NoticeRow)
        .values(fault_id=fault_id, member_id=member_id, tenant_id=tenant_id, at=at)
        .on_conflict_do_update(
            index_elements=["fault_id", "member_id"], set_={"at": at, "seen_at": None}
        )
    )


def see_notice(session: Session, fault_id: UUID, *, by: Actor, at: datetime) -> None:
    """A person says that they have seen a failure. If it happens again, it is shown again."""
    done = session.execute(
        sa.update(NoticeRow)
        .where(
            NoticeRow.fault_id == fault_id,
            NoticeRow.member_id == by.id,
            NoticeRow.tenant_id == by.tenant_id,
        )
        .values(seen_at=at)
        .returning(NoticeRow.fault_id)
    ).all()
    if not done:
        raise NotFound(fault=fault_id)
    session.execute(
        sa.update(FaultRow).where(FaultRow.id == fault_id).values(seen_by=by.id, seen_at=at)
    )
    record(session, "fault.seen", by=by, at=at, facts={"fault": fault_id})


def beat(
    session: Session, name: str, *, worker: str, took_ms: int, count: int = 0, at: datetime
) -> None:
    """Written last by a recurring job: it came to its end at `at`."""
    values = {"at": at, "worker": worker, "took_ms": took_ms, "count": count}
    session.execute(
        upsert(session, HeartbeatRow)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )
