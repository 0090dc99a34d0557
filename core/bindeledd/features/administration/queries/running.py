"""What runs, what failed and who was told of it, and how old the keys are."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.administration.domain import Beat, Failure, KeyAge, Keys, Rhythm
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.reminders.domain.inbox import Notice
from bindeledd.features.reminders.service.wording import fault
from bindeledd.features.reminders.tables import FaultRow, HeartbeatRow, NoticeRow
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation.db import Utc
from bindeledd.foundation.sealing.rotation import key_status
from bindeledd.foundation.sealing.tables import DataKeyRow

M = MemberRow


def beats(session: Session, rhythms: Mapping[str, Rhythm]) -> list[Beat]:
    """Each of these jobs, and when it came to its end last."""
    rows = session.execute(
        sa.select(HeartbeatRow.name, HeartbeatRow.at, HeartbeatRow.took_ms).where(
            HeartbeatRow.name.in_(list(rhythms))
        )
    )
    known = {row.name: row for row in rows}
    return [
        Beat(name=name, rhythm=rhythm, at=known[name].at, took_ms=known[name].took_ms)
        if name in known
        else Beat(name=name, rhythm=rhythm)
        for name, rhythm in rhythms.items()
    ]


def failures(session: Session, tenant_id: UUID) -> Sequence[Failure]:
    """What failed, of this tenant or of none, and nobody has marked as seen; with who was told."""
    rows = session.execute(
        sa.select(
            FaultRow.id.label("fault_id"),
            FaultRow.source,
            FaultRow.code,
            FaultRow.first_at,
            FaultRow.last_at,
            FaultRow.count,
        )
        .where(
            FaultRow.seen_at.is_(None),
            sa.or_(FaultRow.tenant_id.is_(None), FaultRow.tenant_id == tenant_id),
        )
        .order_by(FaultRow.last_at.desc(), FaultRow.id)
    )
    found = [Notice(**row._mapping) for row in rows]
    told: dict[UUID, list[str]] = {}
    for fault_id, name in session.execute(
        sa.select(NoticeRow.fault_id, M.name)
        .join(M, M.id == NoticeRow.member_id)
        .where(
            NoticeRow.tenant_id == tenant_id,
            NoticeRow.fault_id.in_([one.fault_id for one in found]),
        )
        .order_by(M.name)
    ):
        told.setdefault(fault_id, []).append(name)
    whose = staff.logins_of(session, {one.member_id for one in found if one.member_id})
    return [
        Failure(
            source=one.source,
            words=fault(one, whose),
            first_at=one.first_at,
            last_at=one.last_at,
            count=one.count,
            told=tuple(told.get(one.fault_id, ())),
        )
        for one in found
    ]


def keys(session: Session, tenant_id: UUID) -> Keys:
    """The versions of the tenant's key, and since when each is in use."""
    status = key_status(session, tenant_id)
    since = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(DataKeyRow.tenant_key_version, sa.func.min(DataKeyRow.made_at, type_=Utc()))
            .where(DataKeyRow.tenant_id == tenant_id)
            .group_by(DataKeyRow.tenant_key_version)
        )
    }
    turned = session.scalar(
        sa.select(sa.func.max(AuditEventRow.at, type_=Utc())).where(
            AuditEventRow.tenant_id == tenant_id, AuditEventRow.act == "keys.turned"
        )
    )
    return Keys(
        versions=tuple(
            KeyAge(
                version=one.version,
                at_hand=one.at_hand,
                newest=one.newest,
                wraps=one.wraps,
                since=since.get(one.version),
            )
            for one in status.versions
        ),
        turned_at=turned,
    )
