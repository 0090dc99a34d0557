"""Questions about the log. Nothing here changes anything."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.domain import LogEntry
from bindeledd.features.audit.tables import STANDING_FOR, AuditEventRow, AuditSubjectRow

E, S = AuditEventRow, AuditSubjectRow


def subject_log(
    session: Session,
    tenant_id: UUID,
    *subject_ids: UUID,
    before: UUID | None = None,
    limit: int = 100,
    beside: Collection[UUID] = (),
) -> Sequence[LogEntry]:
    """Who saw or did what with a patient, when and why; the newest first, each once.

    Several ids are one person who is registered several times.
    A message or a call that turned out to be about the patient is in it from its first reading;
    so is what `beside` names. The next page comes `before` the last entry's id, and costs no more
    than the first. Names of members belong to `staff`.
    """
    known = [one for subject_id in subject_ids for one in _known_as(session, subject_id)]
    about = sa.select(S.event_id).where(
        S.tenant_id == tenant_id, S.subject_id.in_([*known, *beside])
    )
    if before is not None:
        about = about.where(S.event_id < before)
    page = about.distinct().order_by(S.event_id.desc()).limit(limit).subquery()
    statement = (
        sa.select(E.id, E.at, E.act, E.purpose, E.actor_kind, E.actor_id, E.request_id, E.facts)
        .join(page, page.c.event_id == E.id)
        .order_by(E.id.desc())
    )
    return [LogEntry(**row._mapping) for row in session.execute(statement)]


def older_than(session: Session, tenant_id: UUID, before: datetime) -> tuple[int, datetime | None]:
    """How much of a tenant's log was written before a moment, and when the first of it was."""
    many, first = session.execute(
        sa.select(sa.func.count(), sa.func.min(E.at)).where(E.tenant_id == tenant_id, E.at < before)
    ).one()
    return int(many), first


def _known_as(session: Session, patient_id: UUID) -> list[UUID]:
    """The patient, and what turned out to be about them."""
    found = [patient_id]
    for subjects in STANDING_FOR:
        found += session.scalars(subjects(patient_id))
    return found
