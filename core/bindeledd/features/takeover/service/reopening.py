"""What was refused because its person was followed is owed anew where that follow-up was undone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases.service import caseless
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover import queries
from bindeledd.features.takeover.domain import DECIDE, State
from bindeledd.features.takeover.tables import ReopenedRow, TakenRow, TakeoverRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table


def owe_anew(
    session: Session, case_ids: Collection[UUID], *, by: Actor, at: datetime, book: Book
) -> None:
    """Let every row that was refused because of one of these follow-ups, which were undone, wait
    for a person: nobody follows whom it names any more.

    Where a lead has signed its take-over they have it as a task, with a clock and a ladder; before
    that the signature answers for it, as for every other refused row.
    """
    found: dict[UUID, list[TakenRow]] = {}
    for line in queries.refused_for(session, case_ids):
        found.setdefault(line.takeover_id, []).append(line)
    for takeover_id in sorted(found):
        row = session.get_one(TakeoverRow, takeover_id, with_for_update=True)
        _reopen(session, row, found[takeover_id], by=by, at=at, book=book)


def _reopen(
    session: Session,
    row: TakeoverRow,
    lines: Sequence[TakenRow],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    task_id = _owed(session, row, lines[0], by=by, at=at, book=book)
    session.execute(
        sa.insert(table(ReopenedRow)),
        [
            {
                "id": line.id,
                "tenant_id": row.tenant_id,
                "takeover_id": row.id,
                "task_id": task_id,
                "reopened_at": at,
            }
            for line in lines
        ],
    )
    facts = {"takeover": row.id, "rows": [line.number for line in lines]}
    audit.record(session, "takeover.rows_reopened", by=by, at=at, subjects=[row.id], facts=facts)


def _owed(
    session: Session, row: TakeoverRow, line: TakenRow, *, by: Actor, at: datetime, book: Book
) -> UUID | None:
    """The open task by which the refused rows of a signed take-over are decided, an own one where
    the last was done; None where the signature is still owed, or it was undone itself."""
    if row.state != State.SIGNED:
        return None
    waiting = queries.open_task(session, row)
    if waiting is not None:
        return waiting
    clock = caseless.clock_of(session, DECIDE, row.team_id, at=at, book=book)
    task = caseless.owe(
        session,
        subject_id=row.id,
        kind=DECIDE,
        step_key=f"intake.{DECIDE}.{line.number}",
        team_id=row.team_id,
        clock=clock,
        by=by,
        at=at,
        book=book,
    )
    held = sa.update(table(TaskRow)).where(TaskRow.id == task.id)
    session.execute(held.values(held_by=queries.signer(session, row, at)))
    return task.id
