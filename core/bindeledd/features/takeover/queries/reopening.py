"""Rows whose person was followed elsewhere: because of which follow-up, and by what they wait anew."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.tables import CaseRow, ClosureRow
from bindeledd.features.staff import queries as staff
from bindeledd.features.takeover.domain import State
from bindeledd.features.takeover.tables import ReopenedRow, TakenRow, TakeoverRow
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow

K, R, G = TakeoverRow, TakenRow, ReopenedRow


def refused_for(session: Session, case_ids: Collection[UUID]) -> Sequence[TakenRow]:
    """Rows that were refused because of these follow-ups, and do not wait for anybody yet."""
    if not case_ids:
        return ()
    waits = sa.exists().where(G.id == R.id)
    asked = sa.select(R).where(R.followed_id.in_(case_ids), ~waits)
    return session.scalars(asked.order_by(R.takeover_id, R.number)).all()


def undone_among(session: Session, case_ids: Collection[UUID]) -> set[UUID]:
    """Which of these follow-ups were closed with a take-over that was undone."""
    if not case_ids:
        return set()
    asked = (
        sa.select(CaseRow.id)
        .join(ClosureRow, ClosureRow.id == CaseRow.closure_id)
        .where(CaseRow.id.in_(case_ids), ClosureRow.ending == "registered_in_error")
    )
    return set(session.scalars(asked))


def tasks_anew(session: Session, row: TakeoverRow) -> set[UUID]:
    """The tasks by which its rows that wait anew are decided."""
    asked = sa.select(G.task_id).where(G.takeover_id == row.id, G.task_id.is_not(None))
    return {one for one in session.scalars(asked) if one is not None}


def open_task(session: Session, row: TakeoverRow) -> UUID | None:
    """The open task by which its refused rows are decided, if there is one."""
    known = {row.refused_task_id, *tasks_anew(session, row)} - {None}
    return session.scalar(sa.select(TaskRow.id).where(TaskRow.id.in_(known), IS_OPEN).limit(1))


def signer(session: Session, row: TakeoverRow, at: datetime) -> UUID | None:
    """Whoever signed it, while they lead its team; else the first who does; else the team."""
    leads = [one.id for one in staff.leads(session, row.team_id, at)]
    if row.state == State.SIGNED and row.signed_by in leads:
        return row.signed_by
    return leads[0] if leads else None
