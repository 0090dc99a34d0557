"""What the lead hears at once, outside the ladder: a message that reached nobody, a full budget.

Where nobody leads but those whom a message does not reach, whoever stands next hears too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import DEAD_RUNG, Audience, Claim
from bindeledd.features.reminders.domain.hearing import managers
from bindeledd.features.reminders.domain.inbox import address_of
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import upsert
from bindeledd.foundation.ids import ordered_id


def tell_dead(
    session: Session, dead: Sequence[Claim | DeliveryRow], code: str, *, at: datetime
) -> None:
    """What did not reach somebody, on one channel: the lead hears, and a fault says whom.

    Of what did not reach the lead, and no other lead is there to hear, whoever stands next hears.
    """
    rows = _open_tasks(session, {one.task_id for one in dead})
    _raise(session, rows, DEAD_RUNG, Audience.LEAD, at)
    unreached: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for one in dead:
        unreached[one.task_id].add(one.member_id)
    _raise(session, _nobody_else(session, rows, unreached, at), DEAD_RUNG, Audience.BEYOND, at)
    for tenant_id, member_id in sorted({(one.tenant_id, one.member_id) for one in dead}):
        source = address_of(dead[0].channel, member_id)
        report_fault(session, source, code, at=at, tenant_id=tenant_id)


def raise_for_lead(session: Session, task_ids: set[UUID], *, rung: int, at: datetime) -> None:
    """An alert to the lead at once, outside the ladder: once for each `rung` and round."""
    _raise(session, _open_tasks(session, task_ids), rung, Audience.LEAD, at)


def _nobody_else(
    session: Session,
    rows: Sequence[sa.Row[*tuple[Any, ...]]],
    unreached: Mapping[UUID, Set[UUID]],
    at: datetime,
) -> list[sa.Row[*tuple[Any, ...]]]:
    """Those of which everybody who would hear as the lead is whom the message did not reach."""
    directory = queries.directory(session, at)
    return [
        row
        for row in rows
        if (heard := managers(row.tenant_id, directory, row.owner_team_id))
        and heard <= unreached[row.id]
    ]


def _open_tasks(session: Session, task_ids: set[UUID]) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    return session.execute(
        sa.select(
            TaskRow.id,
            TaskRow.tenant_id,
            TaskRow.owner_team_id,
            TaskRow.held_by,
            TaskRow.due_at,
            TaskRow.round,
        )
        .where(TaskRow.id.in_(task_ids), TaskRow.state == "open")
        .order_by(TaskRow.id)
    ).all()


def _raise(
    session: Session,
    rows: Sequence[sa.Row[*tuple[Any, ...]]],
    rung: int,
    audience: Audience,
    at: datetime,
) -> None:
    if rows:
        insert = upsert(session, AlertRow).values([_alert(row, rung, audience, at) for row in rows])
        session.execute(insert.on_conflict_do_nothing())


def _alert(
    row: sa.Row[*tuple[Any, ...]], rung: int, audience: Audience, at: datetime
) -> dict[str, object]:
    return {
        "id": ordered_id(),
        "tenant_id": row.tenant_id,
        "task_id": row.id,
        "team_id": row.owner_team_id,
        "held_by": row.held_by,
        "due_at": row.due_at,
        "round": row.round,
        "rung": rung,
        "audience": audience.value,
        "raised_at": at,
    }
