"""Calls from people whom nobody follows up here yet, with their sealed words."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.intake.domain.queue import (
    CallNotFound,
    WaitingCall,
)
from bindeledd.features.intake.queries.sight import PAGE, in_sight, mine
from bindeledd.features.intake.tables import CallRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.sealing import keyring


def open_calls(session: Session, *, by: Actor, limit: int = PAGE) -> Sequence[WaitingCall]:
    """Calls that nobody has answered, of the asker's teams; words are opened.

    Acute concerns first, by their kind; the rest by due time.
    """
    rows = session.execute(
        sa.select(CallRow, TaskRow.due_at)
        .join(TaskRow, TaskRow.id == CallRow.task_id)
        .where(mine(CallRow, by), CallRow.ended_at.is_(None))
        .order_by(CallRow.kind != "acute_concern", TaskRow.due_at, CallRow.id)
        .limit(limit)
    ).all()
    keyring.open_keys(session, [row[0].id for row in rows])
    return [_call(session, row, due_at) for row, due_at in rows]


def some_calls(session: Session, ids: Collection[UUID], *, by: Actor) -> Sequence[WaitingCall]:
    """Those of `ids` that are open calls of the asker's teams; words are opened."""
    if not ids:
        return ()
    rows = session.execute(
        sa.select(CallRow, TaskRow.due_at)
        .join(TaskRow, TaskRow.id == CallRow.task_id)
        .where(CallRow.id.in_(ids), mine(CallRow, by), CallRow.ended_at.is_(None))
    ).all()
    keyring.open_keys(session, [row[0].id for row in rows])
    return [_call(session, row, due_at) for row, due_at in rows]


def _call(session: Session, row: CallRow, due_at: datetime) -> WaitingCall:
    return WaitingCall(
        id=row.id,
        kind=row.kind,
        team_id=row.team_id,
        patient_id=row.patient_id,
        called_at=row.called_at,
        due_at=due_at,
        task_id=row.task_id,
        words=keyring.unseal_or_report(session, row.place("words"), row.words),
        case_id=row.case_id,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        answer=None
        if row.answer is None
        else keyring.unseal_or_report(session, row.place("answer"), row.answer),
    )


def open_call(session: Session, call_id: UUID, *, by: Actor) -> WaitingCall:
    """One call with its words, answered or not. Raises `CallNotFound`."""
    row = get_call(session, call_id, by=by)
    due_at = session.scalars(sa.select(TaskRow.due_at).where(TaskRow.id == row.task_id)).one()
    return _call(session, row, due_at)


def count_open_calls(session: Session, *, by: Actor) -> int:
    """How many calls nobody has answered, of the asker's teams. Opens nothing."""
    asked = sa.select(sa.func.count()).where(mine(CallRow, by), CallRow.ended_at.is_(None))
    return int(session.scalar(asked) or 0)


def get_call(session: Session, call_id: UUID, *, by: Actor, for_update: bool = False) -> CallRow:
    """The call, if the asker may read it. Raises `CallNotFound`."""
    asked = sa.select(CallRow).where(CallRow.id == call_id, in_sight(CallRow, by))
    if for_update:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(asked)
    if row is None:
        raise CallNotFound(call=call_id)
    return row
