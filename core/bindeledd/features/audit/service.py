"""Writing the log: in the same transaction as the act or the answer, before it leaves."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.domain import Acting
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.foundation.db import table
from bindeledd.foundation.db.sets import insert_set, is_together
from bindeledd.foundation.ids import ordered_id

_EVENT = sa.insert(table(AuditEventRow))
_SUBJECTS = sa.insert(table(AuditSubjectRow))
# Both in one statement, where a set can be a parameter and each statement is a message: fifty subjects
# cost two thirds of what they do as a set of rows (`insert_set`), which waits for others.
_BOTH = sa.text(
    "WITH event AS (INSERT INTO audit_events "
    "(id, tenant_id, at, act, purpose, actor_kind, actor_id, request_id, facts) "
    "VALUES (:id, :tenant_id, :at, :act, :purpose, :actor_kind, :actor_id, :request_id, :facts)) "
    "INSERT INTO audit_subjects (event_id, subject_id, tenant_id) "
    "SELECT :id, one, :tenant_id FROM unnest(CAST(:subjects AS uuid[])) AS one"
).bindparams(
    *(
        sa.bindparam(name, type_=table(AuditEventRow).c[name].type)
        for name in ("id", "tenant_id", "at", "act", "purpose", "actor_kind", "actor_id")
    ),
    sa.bindparam("request_id", type_=sa.Text()),
    sa.bindparam("facts", type_=table(AuditEventRow).c.facts.type),
)


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

    The same call serves acts (`task.done`) and answers (`worklist.shown`). One statement or two,
    however many subjects.
    """
    event_id = ordered_id()
    event: dict[str, Any] = {
        "id": event_id,
        "tenant_id": by.tenant_id,
        "at": at,
        "act": act,
        "purpose": purpose,
        "actor_kind": by.kind,
        "actor_id": by.id,
        "request_id": by.request_id,
        "facts": {name: _plain(value) for name, value in (facts or {}).items()},
    }
    if by.door:
        event["facts"]["door"] = by.door
    named = list(dict.fromkeys(subjects))
    if is_together(session):
        insert_set(session, table(AuditEventRow), [event])
        if named:
            sets = [_subject(event, subject) for subject in named]
            insert_set(session, table(AuditSubjectRow), sets)
        return event_id
    if named and session.get_bind().dialect.name == "postgresql":
        text = "{" + ",".join(subject.hex for subject in named) + "}"
        session.execute(_BOTH, {**event, "subjects": text})
        return event_id
    session.execute(_EVENT, event)
    if named:
        session.execute(_SUBJECTS, [_subject(event, subject) for subject in named])
    return event_id


def _subject(event: Mapping[str, Any], subject: UUID) -> dict[str, Any]:
    return {"event_id": event["id"], "subject_id": subject, "tenant_id": event["tenant_id"]}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return str(value)
