"""Questions about the log. Nothing here changes anything."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.domain import LogEntry
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow

E, S = AuditEventRow, AuditSubjectRow


def subject_log(
    session: Session,
    tenant_id: UUID,
    subject_id: UUID,
    *,
    before: UUID | None = None,
    limit: int = 100,
) -> Sequence[LogEntry]:
    """Who saw or did what with a patient, when and why; the newest first.

    The next page comes `before` the last entry's id. Names of members belong to `staff`.
    """
    statement = (
        sa.select(E.id, E.at, E.act, E.purpose, E.actor_kind, E.actor_id, E.request_id)
        .join(S, S.event_id == E.id)
        .where(S.subject_id == subject_id, S.tenant_id == tenant_id)
        .order_by(S.event_id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(S.event_id < before)
    return [LogEntry(**row._mapping) for row in session.execute(statement)]
