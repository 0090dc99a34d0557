"""Counting: by month, team and kind, from plain columns only. Nothing sealed is opened."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.tables import CaseRow, ClosureRow, EventRow
from bindeledd.features.reports.domain import Count, Made, Numbers, told
from bindeledd.features.reports.domain.months import Month, months_before
from bindeledd.features.reports.tables import ReportRow
from bindeledd.features.staff.tables import TeamRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.db import Utc


def count(session: Session, tenant_id: UUID, *, months: int, least: int, at: datetime) -> Numbers:
    """The numbers of the whole months before `at`; what is fewer than `least` is not said."""
    every = months_before(at, months)
    day = Calendar().local_date
    rows = [row for asked in _questions(tenant_id, every, at) for row in session.execute(asked)]
    return Numbers(
        since=day(every[0].begins),
        until=day(every[-1].ends) - timedelta(days=1),
        least=least,
        counts=tuple(
            Count(month=row.month, team=row.team, measure=row.measure, many=told(row.many, least))
            for row in sorted(rows, key=lambda row: (row.month, row.team, row.measure))
        ),
    )


def made_last(session: Session, tenant_id: UUID, names: Sequence[str]) -> Mapping[str, Made]:
    """Report → what was made of it last."""
    rows = session.scalars(
        sa.select(ReportRow).where(ReportRow.tenant_id == tenant_id, ReportRow.name.in_(names))
    )
    return {row.name: row.read() for row in rows}


def _questions(
    tenant_id: UUID, months: Sequence[Month], at: datetime
) -> Iterator[sa.Select[tuple[str, str, str, int]]]:
    month = _as_table(months)
    case_team = TeamRow.id == CaseRow.responsible_team_id
    yield _counted(
        sa.select(month.c.month, TeamRow.key.label("team"), sa.literal("opened").label("measure"))
        .select_from(CaseRow)
        .join(TeamRow, case_team)
        .join(month, _within(month, CaseRow.opened_at))
        .where(CaseRow.tenant_id == tenant_id)
    )
    signed = sa.func.coalesce(ClosureRow.second_signed_at, ClosureRow.signed_at)
    yield _counted(
        _measured(month, "closed.", ClosureRow.ending)
        .select_from(ClosureRow)
        .join(CaseRow, CaseRow.id == ClosureRow.case_id)
        .join(TeamRow, case_team)
        .join(month, _within(month, signed))
        .where(ClosureRow.tenant_id == tenant_id)
    )
    yield _counted(
        _measured(month, "event.", EventRow.kind)
        .select_from(EventRow)
        .join(CaseRow, CaseRow.id == EventRow.case_id)
        .join(TeamRow, case_team)
        .join(month, _within(month, EventRow.at))
        .where(EventRow.tenant_id == tenant_id, EventRow.in_error_at.is_(None))
    )
    yield from _of_tasks(tenant_id, month, at)


def _of_tasks(
    tenant_id: UUID, month: sa.CTE, at: datetime
) -> Iterator[sa.Select[tuple[str, str, str, int]]]:
    """What fell due in a month: done in time, or done late and not at all. What became moot is

    neither. Both are counted and no sum of them, by which a number that is not said were known.
    """
    in_time = sa.and_(TaskRow.state == "done", TaskRow.ended_at <= TaskRow.due_at)
    late = sa.and_(
        TaskRow.state != "cancelled",
        TaskRow.due_at < at,
        sa.or_(TaskRow.state == "open", TaskRow.ended_at > TaskRow.due_at),
    )
    for ending, holds in ((".in_time", in_time), (".late", late)):
        yield _counted(
            _measured(month, "task.", TaskRow.kind, ending)
            .select_from(TaskRow)
            .join(TeamRow, TeamRow.id == TaskRow.owner_team_id)
            .join(month, _within(month, TaskRow.due_at))
            .where(TaskRow.tenant_id == tenant_id, holds)
        )


def _measured(
    month: sa.CTE, before: str, kind: sa.SQLColumnExpression[str], after: str = ""
) -> sa.Select[tuple[str, str, str]]:
    measure = (sa.literal(before, sa.Text) + kind + sa.literal(after, sa.Text)).label("measure")
    return sa.select(month.c.month, TeamRow.key.label("team"), measure)


def _counted(asked: sa.Select[tuple[str, str, str]]) -> sa.Select[tuple[str, str, str, int]]:
    every = asked.subquery()
    columns = (every.c.month, every.c.team, every.c.measure)
    return sa.select(*columns, sa.func.count().label("many")).group_by(*columns)


def _as_table(months: Sequence[Month]) -> sa.CTE:
    rows = [
        sa.select(
            sa.literal(one.key, sa.Text).label("month"),
            sa.literal(one.begins, Utc()).label("begins"),
            sa.literal(one.ends, Utc()).label("ends"),
        )
        for one in months
    ]
    return sa.union_all(*rows).cte("months")


def _within(month: sa.CTE, at: sa.SQLColumnExpression[datetime]) -> sa.ColumnElement[bool]:
    return sa.and_(at >= month.c.begins, at < month.c.ends)
