"""Writing the log: in the same transaction as the act or the answer, before it leaves."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.domain import Acting
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.foundation.db import table
from bindeledd.foundation.ids import ordered_id

_EVENT = sa.insert(table(AuditEventRow))
_SUBJECTS = sa.insert(table(AuditSubjectRow))
_SET = sa.text(
    "INSERT INTO audit_subjects (event_id, subject_id, tenant_id) "
    "SELECT :event, one, :tenant FROM unnest(CAST(:subjects AS uuid[])) AS one"
).bindparams(sa.bindparam("event", type_=sa.Uuid()), sa.bindparam("tenant", type_=sa.Uuid()))


def record(
    session: Session,
    act: str,
    *,
    by: Acting,
    at: datetime,
    subjects: Iterable[UUID] = (),
    facts: Mapping[str, object] | None = None,
    purpose: str = "TREAT",
) -> UUID:
    """One event with its set of subjects (patients). `facts`: ids, codes, counts, times only.

    The same call serves acts (`task.done`) and answers (`worklist.shown`). Two statements,
    however many subjects.
    """
    event_id = ordered_id()
    session.execute(
        _EVENT,
        {
            "id": event_id,
            "tenant_id": by.tenant_id,
            "at": at,
            "act": act,
            "purpose": purpose,
            "actor_kind": by.kind,
            "actor_id": by.id,
            "request_id": by.request_id,
            "facts": {name: _plain(value) for name, value in (facts or {}).items()},
        },
    )
    named = list(dict.fromkeys(subjects))
    if named:
        _write_subjects(session, event_id, by.tenant_id, named)
    return event_id


def _write_subjects(
    session: Session, event_id: UUID, tenant_id: UUID, subjects: list[UUID]
) -> None:
    """One statement: a set on PostgreSQL, where many executions would cost as many messages."""
    if session.get_bind().dialect.name == "postgresql":
        text = "{" + ",".join(subject.hex for subject in subjects) + "}"
        session.execute(_SET, {"event": event_id, "tenant": tenant_id, "subjects": text})
        return
    rows = [
        {"event_id": event_id, "subject_id": subject, "tenant_id": tenant_id}
        for subject in subjects
    ]
    session.execute(_SUBJECTS, rows)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return str(value)
