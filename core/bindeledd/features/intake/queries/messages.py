"""What waits for an answer, one message with its facts, and how many there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.intake.domain.foreign import WaitsForReader
from bindeledd.features.intake.domain.queue import (
    MessageNotFound,
    Status,
    Waiting,
    reason_and_field,
)
from bindeledd.features.intake.domain.vocabulary import TOLD
from bindeledd.features.intake.queries.sight import PAGE, UNANSWERED, in_sight, mine
from bindeledd.features.intake.tables import MessageRow, message_place
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.sealing import keyring

M = MessageRow


_FOR_PACK = sa.and_(
    M.status == sa.literal_column("'refused'"),
    M.decided_at.is_(None),
    M.reason == WaitsForReader.code,
)
_COLUMNS = (
    M.id,
    M.status,
    M.reason,
    M.format,
    M.kind,
    M.team_id,
    M.unit_id,
    M.received_at,
    M.generated_at,
    TaskRow.due_at,
    M.task_id,
    M.late,
    M.checked,
    M.size,
    M.patient_id,
)


def queue(
    session: Session,
    *,
    by: Actor,
    statuses: Collection[Status] = (),
    format: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Waiting]:
    """What waits for an answer of the asker's teams, the oldest first; facts are not opened.

    The next page begins `after` the (received_at, id) of the last.
    """
    asked = (
        sa.select(*_COLUMNS)
        .outerjoin(TaskRow, TaskRow.id == M.task_id)
        .where(mine(M, by), UNANSWERED)
    )
    if statuses:
        asked = asked.where(M.status.in_([status.value for status in statuses]))
    if format is not None:
        asked = asked.where(M.format == format)
    if after is not None:
        asked = asked.where(sa.tuple_(M.received_at, M.id) > sa.tuple_(*_bound(after)))
    rows = session.execute(asked.order_by(M.received_at, M.id).limit(limit))
    return [_waiting(row) for row in rows]


def heads(session: Session, ids: Collection[UUID], *, by: Actor) -> Mapping[UUID, Waiting]:
    """What some messages of the asker's teams are, of which unit and since when: nothing of whom
    they are about is opened."""
    asked = sa.select(*_COLUMNS).outerjoin(TaskRow, TaskRow.id == M.task_id)
    rows = session.execute(asked.where(mine(M, by), M.id.in_(ids))) if ids else ()
    return {row.id: _waiting(row) for row in rows}


def _bound(after: tuple[datetime, UUID]) -> tuple[Any, Any]:
    return sa.literal(after[0], M.received_at.type), sa.literal(after[1], M.id.type)


def _waiting(row: Any) -> Waiting:
    reason, wrong_at = reason_and_field(row.reason)
    return Waiting(
        id=row.id,
        status=Status(row.status),
        reason=reason,
        wrong_at=wrong_at,
        format=row.format,
        kind=row.kind,
        team_id=row.team_id,
        unit_id=row.unit_id,
        received_at=row.received_at,
        generated_at=row.generated_at,
        due_at=row.due_at,
        task_id=row.task_id,
        late=row.late,
        checked=row.checked,
        size=row.size,
        patient_id=row.patient_id,
    )


def with_facts(session: Session, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    """The same with their facts opened: one query, one for the keys. None where unreadable."""
    rows = session.execute(
        sa.select(M.id, M.tenant_id, M.facts).where(M.id.in_([one.id for one in waiting]))
    ).all()
    keyring.open_keys(session, [row.id for row in rows])
    opened = {row.id: _facts(session, row.tenant_id, row.id, row.facts) for row in rows}
    return [replace(one, facts=_shown(opened.get(one.id))) for one in waiting]


def _shown(facts: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without the whole of what a pack said: that is for whoever opens the one message."""
    return None if facts is None else {key: facts[key] for key in facts if key != TOLD}


def _facts(
    session: Session, tenant_id: UUID, message_id: UUID, sealed: bytes | None
) -> dict[str, Any] | None:
    if sealed is None:
        return None
    return keyring.unseal_or_report(session, message_place(tenant_id, message_id, "facts"), sealed)


def facts_of(session: Session, row: MessageRow) -> dict[str, Any] | None:
    """What the queue shows of a message, opened; None where erased or unreadable."""
    return _facts(session, row.tenant_id, row.id, row.facts)


def get_row(
    session: Session, message_id: UUID, *, by: Actor, for_update: bool = False
) -> MessageRow:
    """The message, if the asker may read it. Raises `MessageNotFound`."""
    asked = sa.select(M).where(M.id == message_id, in_sight(M, by))
    if for_update:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(asked)
    if row is None:
        raise MessageNotFound(message=message_id)
    return row


def waiting_for_pack(session: Session, format: str) -> Sequence[UUID]:
    """The messages that wait for the pack that reads this format, the oldest first."""
    return session.scalars(
        sa.select(M.id)
        .where(_FOR_PACK, M.format == format)
        .order_by(M.received_at, M.id)
        .limit(PAGE)
    ).all()


def find_waiting_for_pack(
    session: Session, message_id: UUID, *, for_update: bool = False
) -> MessageRow | None:
    """The message, where it still waits for a pack; None where that is over."""
    asked = sa.select(M).where(M.id == message_id, _FOR_PACK)
    if for_update:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    return session.scalar(asked)


def get_message(session: Session, message_id: UUID, *, by: Actor) -> Waiting:
    """One message with its facts, whatever became of it."""
    get_row(session, message_id, by=by)
    row = session.execute(
        sa.select(*_COLUMNS).outerjoin(TaskRow, TaskRow.id == M.task_id).where(M.id == message_id)
    ).one()
    return with_facts(session, [_waiting(row)])[0]


def original_of(session: Session, row: MessageRow) -> bytes | None:
    """The bytes as they came in; None where they were erased."""
    if row.original is None:
        return None
    return keyring.unseal_raw(session, row.place("original"), row.original)


def counts(session: Session, tenant_id: UUID) -> dict[str, int]:
    """How many messages stand in each state: for the roll call, `doctor` and the demo."""
    rows = session.execute(
        sa.select(M.status, sa.func.count()).where(M.tenant_id == tenant_id).group_by(M.status)
    )
    return {row.status: row[1] for row in rows}


def undecided_past_their_clock(session: Session, tenant_id: UUID, at: datetime) -> int:
    """How many wait although their clock has run out: must be 0."""
    return int(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(M)
            .join(TaskRow, TaskRow.id == M.task_id)
            .where(M.tenant_id == tenant_id, UNANSWERED, TaskRow.due_at < at)
        )
        or 0
    )
