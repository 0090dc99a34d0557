"""Beginning the next round, so that no round ends for ever; and the lead's word for want of cover.

Each function does one batch in the caller's transaction and gives how many it moved. What they
write is raised by the sweep (`sweeping.climb`) or at once (`telling`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain.ladders import written
from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import Audience
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.reminders.service.rounds import Rounds, Started
from bindeledd.features.staff.tables import TeamRow
from bindeledd.features.tasks.domain import HELD
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow

_COLUMNS = (
    TaskRow.id,
    TaskRow.tenant_id,
    TaskRow.owner_team_id,
    TaskRow.ladder,
    TaskRow.due_at,
    TaskRow.due_reason,
    TaskRow.round,
    TaskRow.seen_until,
    TaskRow.seen_in_a_row,
    TaskRow.rung_plan,
    TaskRow.next_rung,
    TaskRow.seen_at,
)
_TASKS = cast(sa.Table, TaskRow.__table__)
_BEGIN = (
    sa.update(_TASKS)
    .where(_TASKS.c.id == sa.bindparam("task"))
    .values(
        {
            name: sa.bindparam(f"new_{name}", type_=_TASKS.c[name].type)
            for name in (
                "round",
                "next_rung",
                "next_rung_at",
                "rung_plan",
                "seen_in_a_row",
                "uncovered_at",
            )
        }
        | {"seen_at": None, "seen_until": None, "seen_by": None}
    )
)


def begin_next_rounds(session: Session, rounds: Rounds, *, at: datetime, batch: int) -> int:
    """Start the next round of at most `batch` tasks whose round has run out or whose
    acknowledgement has lapsed. A plan that cannot be read counts as run out."""
    dialect = session.get_bind().dialect.name
    entry: sa.ColumnClause[str] = (
        sa.literal_column("tasks.rung_plan -> tasks.next_rung ->> 1")
        if dialect == "postgresql"
        else sa.literal_column("json_extract(tasks.rung_plan, '$[' || tasks.next_rung || '][1]')")
    )
    rows = session.execute(
        sa.select(*_COLUMNS)
        .where(
            IS_OPEN,
            TaskRow.next_rung_at <= at,
            sa.func.coalesce(entry, Audience.REPEAT.value) == Audience.REPEAT.value,
        )
        .order_by(TaskRow.next_rung_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        covered = queries.covered_from(session, at)
        _begin(session, rounds, rows, covered, at)
    return len(rows)


def begin_uncovered(session: Session, rounds: Rounds, *, at: datetime, batch: int) -> int:
    """Let the lead hear of cases whose next task nobody is on duty for before it falls due; once,
    until it is covered, acknowledged or due. It is no new round: the running one goes on.

    Of what is watched day and night (an acute concern, a reported death) whatever else is owed."""
    covered = queries.covered_from(session, at)
    waiting: dict[datetime | None, list[UUID]] = {}
    for team_id in session.scalars(sa.select(TeamRow.id).order_by(TeamRow.id)):
        first = covered.get(team_id)
        if first is None or first > at:
            waiting.setdefault(first, []).append(team_id)
    if not waiting:
        return 0
    hurried = rounds.book.day_and_night
    rows = session.execute(_uncovered(waiting, hurried, at).limit(batch)).all()
    if rows:
        _begin(session, rounds, rows, covered, at, goes_on=True)
    return len(rows)


def lead_hears(
    session: Session, rounds: Rounds, task_ids: Collection[UUID], *, at: datetime
) -> None:
    """The same for these tasks alone, without waiting for the sweep."""
    covered = queries.covered_from(session, at)
    rows = session.execute(
        sa.select(*_COLUMNS)
        .where(
            TaskRow.id.in_(task_ids),
            IS_OPEN,
            TaskRow.due_at > at,
            TaskRow.uncovered_at.is_(None),
            TaskRow.next_rung_at < HELD,
            TaskRow.seen_at.is_(None),
        )
        .with_for_update()
    ).all()
    alone = [row for row in rows if not _is_covered(row, covered)]
    if alone:
        _begin(session, rounds, alone, covered, at, goes_on=True)


def hold(session: Session, case_ids: Collection[UUID]) -> None:
    """Let the open tasks of these cases raise nothing until `let_go_on`: no alert, no rung.

    Only in the transaction that made them, and only where something else is owed that ends it.
    """
    session.execute(
        sa.update(_TASKS)
        .where(_TASKS.c.case_id.in_(case_ids), _TASKS.c.state == "open")
        .values(
            next_rung=0,
            next_rung_at=HELD,
            rung_plan=[[written(HELD), Audience.REPEAT.value]],
            uncovered_at=None,
        )
    )


def let_go_on(session: Session, rounds: Rounds, case_ids: Collection[UUID], *, at: datetime) -> int:
    """Begin the rounds of what was held in these cases, at once. Gives how many tasks."""
    rows = session.execute(
        sa.select(*_COLUMNS)
        .where(TaskRow.case_id.in_(case_ids), TaskRow.state == "open", TaskRow.next_rung_at == HELD)
        .with_for_update()
    ).all()
    if rows:
        _begin(session, rounds, rows, queries.covered_from(session, at), at, first=True)
    return len(rows)


def _is_covered(row: sa.Row[*tuple[Any, ...]], covered: Mapping[UUID, datetime]) -> bool:
    first = covered.get(row.owner_team_id)
    return first is not None and first < row.due_at


def _uncovered(
    waiting: Mapping[datetime | None, Collection[UUID]], hurried: Collection[str], at: datetime
) -> sa.Select[*tuple[Any, ...]]:
    """The tasks of teams for whom somebody is there from `first` on, or nobody (None)."""
    before = [
        sa.and_(TaskRow.owner_team_id.in_(teams), *([TaskRow.due_at <= first] if first else []))
        for first, teams in waiting.items()
    ]
    earlier = sa.orm.aliased(TaskRow)
    asked = [
        IS_OPEN,
        sa.or_(*before),
        TaskRow.due_at > at,
        TaskRow.uncovered_at.is_(None),
        TaskRow.next_rung_at < HELD,
        sa.or_(TaskRow.seen_until.is_(None), TaskRow.seen_until <= at),
        sa.or_(
            TaskRow.ladder.in_(sorted(hurried)),
            ~sa.exists().where(
                earlier.case_id == TaskRow.case_id,
                earlier.state == sa.literal_column("'open'"),
                earlier.due_at < TaskRow.due_at,
            ),
        ),
    ]
    return (
        sa.select(*_COLUMNS)
        .where(*asked)
        .order_by(TaskRow.due_at)
        .with_for_update(of=TaskRow, skip_locked=True)
    )


def _begin(
    session: Session,
    rounds: Rounds,
    rows: Sequence[sa.Row[*tuple[Any, ...]]],
    covered: Mapping[UUID, datetime],
    at: datetime,
    *,
    goes_on: bool = False,
    first: bool = False,
) -> None:
    """Write the new round of each row, or how the running one goes on; the sweep raises its
    alerts afterwards. `first`: nothing was said in the one that stands, so this is it."""
    changes = []
    for row in rows:
        uncovered = row.due_at > at and not _is_covered(row, covered)
        said = _said(row) if goes_on else None
        started = rounds.start(
            session,
            row.ladder,
            row.owner_team_id,
            due_at=row.due_at,
            at=at,
            uncovered=uncovered,
            said=said or (),
            reason=row.due_reason,
        )
        if started.fault:
            report_fault(
                session, f"ladder:{row.ladder}", started.fault, at=at, tenant_id=row.tenant_id
            )
        round = row.round + (not first and (said is None or started.fault is not None))
        changes.append(_change(row, round, started, at if uncovered else None))
    session.execute(_BEGIN, changes)


def _said(row: sa.Row[*tuple[Any, ...]]) -> list[Any] | None:
    """What was said in the running round; None where it cannot go on (seen, or unreadable)."""
    plan, reached = row.rung_plan, row.next_rung
    if row.seen_at is not None or not isinstance(plan, list) or not 0 <= reached < len(plan):
        return None
    said = plan[:reached]
    whole = all(isinstance(one, list) and len(one) == 2 for one in said)
    return said if whole else None


def _change(
    row: sa.Row[*tuple[Any, ...]], round: int, started: Started, uncovered_at: datetime | None
) -> dict[str, object]:
    return {
        "task": row.id,
        "new_round": round,
        "new_next_rung": started.next_rung,
        "new_next_rung_at": started.next_rung_at,
        "new_rung_plan": started.plan,
        "new_seen_in_a_row": row.seen_in_a_row if row.seen_until else 0,
        "new_uncovered_at": uncovered_at,
    }
