"""The questions by which is counted: by month, team and kind, from plain columns only. One query each.

The team is the one that answered for the follow-up then, so that a handover changes no month that is past.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bindeledd.features.access.queries import owner_at
from bindeledd.features.audit.tables import SHARING_REFUSED, AuditEventRow
from bindeledd.features.cases.tables import CaseRow, ClosureRow, EventRow
from bindeledd.features.reports.domain.months import Month
from bindeledd.features.staff.tables import TeamRow, UnitRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Utc


def waits_of(tenant_id: UUID, months: Sequence[Month]) -> sa.Select[Any]:
    """Every handover to a team of the tenant, with the id of that team: it is its wait, whoever
    answers for the case today. What went outside is kept there, and nobody here is told."""
    month = _as_table(months)
    return (
        sa.select(
            month.c.month,
            EventRow.facts["to_team"].as_string().label("team"),
            EventRow.at.label("sent_at"),
            _next("appointment_kept").label("kept_at"),
            _next("handover_sent", later=True).label("moved_at"),
            _next("handover_returned").label("returned_at"),
            CaseRow.closed_at,
        )
        .select_from(EventRow)
        .join(CaseRow, CaseRow.id == EventRow.case_id)
        .join(month, _within(month, EventRow.at))
        .where(
            EventRow.tenant_id == tenant_id,
            EventRow.in_error_at.is_(None),
            EventRow.kind == "handover_sent",
            EventRow.facts["to_team"].as_string().is_not(None),
        )
    )


def _next(kind: str, *, later: bool = False) -> sa.ScalarSelect[datetime]:
    """When the first event of this kind came after the one that is asked about."""
    after = aliased(EventRow)
    follows = after.at > EventRow.at if later else after.at >= EventRow.at
    return (
        sa.select(sa.func.min(after.at))
        .where(
            after.case_id == EventRow.case_id,
            after.kind == kind,
            follows,
            after.in_error_at.is_(None),
        )
        .scalar_subquery()
    )


def questions(
    tenant_id: UUID, months: Sequence[Month], at: datetime
) -> Iterator[sa.Select[tuple[str, str, str, int]]]:
    month = _as_table(months)
    yield _counted(
        sa.select(month.c.month, TeamRow.key.label("team"), sa.literal("opened").label("measure"))
        .select_from(CaseRow)
        .join(TeamRow, _answered_at(CaseRow.opened_at))
        .join(month, _within(month, CaseRow.opened_at))
        .where(CaseRow.tenant_id == tenant_id, ~_begun_by_bereavement())
    )
    yield _counted(
        _measured(month, "begun_in.", UnitRow.kind)
        .select_from(CaseRow)
        .join(UnitRow, UnitRow.id == CaseRow.unit_id)
        .join(TeamRow, _answered_at(CaseRow.opened_at))
        .join(month, _within(month, CaseRow.opened_at))
        .where(CaseRow.tenant_id == tenant_id, ~_begun_by_bereavement())
    )
    signed = sa.func.coalesce(ClosureRow.second_signed_at, ClosureRow.signed_at)
    yield _counted(
        _measured(month, "closed.", ClosureRow.ending)
        .select_from(ClosureRow)
        .join(CaseRow, CaseRow.id == ClosureRow.case_id)
        .join(TeamRow, _answered_at(signed))
        .join(month, _within(month, signed))
        .where(ClosureRow.tenant_id == tenant_id)
    )
    yield _refused(tenant_id, month)
    yield _of_events(_measured(month, "event.", EventRow.kind), tenant_id, month)
    yield from _of_facts(tenant_id, month)
    yield from _of_tasks(tenant_id, month, at)


def _begun_by_bereavement() -> sa.ColumnElement[bool]:
    """Whether it began with a bereavement: no index event had been written down by then.

    Its bereavement is counted as an event, and nothing of it with what the person did.
    """
    bereaved, before = aliased(EventRow), aliased(EventRow)
    told_before = sa.exists().where(
        before.case_id == bereaved.case_id,
        before.kind == "index_event",
        before.recorded_at <= bereaved.recorded_at,
    )
    return sa.exists().where(
        bereaved.case_id == CaseRow.id, bereaved.kind == "bereavement", ~told_before
    )


def _refused(tenant_id: UUID, month: sa.CTE) -> sa.Select[tuple[str, str, str, int]]:
    """What was not shared, because nobody said on what ground; with the team that answered then."""
    return _counted(
        sa.select(
            month.c.month,
            AuditEventRow.facts["team"].as_string().label("team"),
            sa.literal("shares_refused", sa.Text).label("measure"),
        )
        .select_from(AuditEventRow)
        .join(month, _within(month, AuditEventRow.at))
        .where(AuditEventRow.tenant_id == tenant_id, SHARING_REFUSED)
    )


def _of_facts(tenant_id: UUID, month: sa.CTE) -> Iterator[sa.Select[tuple[str, str, str, int]]]:
    """What a follow-up began with, and endings asked for over something that is owed."""
    index = _measured(month, "index.", EventRow.facts["index_kind"].as_string())
    over = _measured(month, "event.", EventRow.kind, ".over")
    for asked, kind, more in (
        (index, "index_event", EventRow.facts["index_kind"].as_string().is_not(None)),
        (over, "closing_requested", EventRow.facts["override"].as_boolean().is_(sa.true())),
    ):
        yield _of_events(asked.where(EventRow.kind == kind, more), tenant_id, month)


def _of_events(
    asked: sa.Select[tuple[str, str, str]], tenant_id: UUID, month: sa.CTE
) -> sa.Select[tuple[str, str, str, int]]:
    """Events that stand, with the team that answered when they were written down."""
    return _counted(
        asked.select_from(EventRow)
        .join(CaseRow, CaseRow.id == EventRow.case_id)
        .join(TeamRow, _answered_at(EventRow.recorded_at))
        .join(month, _within(month, EventRow.at))
        .where(EventRow.tenant_id == tenant_id, EventRow.in_error_at.is_(None))
    )


def of_answers(
    tenant_id: UUID, months: Sequence[Month], answers: Mapping[str, Sequence[str]]
) -> Iterator[sa.Select[tuple[str, str, str, int]]]:
    """Answers to questions of packs, with the kind of event that they came with: only the values that

    are asked for, and no other.
    """
    month = _as_table(months)
    for key, values in answers.items():
        answer = EventRow.facts[key].as_string()
        named = sa.literal(f".answer.{key}.", sa.Text) + answer
        asked = _measured(month, "event.", EventRow.kind + named).where(answer.in_(list(values)))
        yield _of_events(asked, tenant_id, month)


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
    for ending, holds, team in (
        (".in_time", in_time, TaskRow.owner_team_id),
        (".late", late, _owed_when_due()),
    ):
        yield _counted(
            _measured(month, "task.", TaskRow.kind, ending)
            .select_from(TaskRow)
            .outerjoin(CaseRow, CaseRow.id == TaskRow.case_id)
            .join(TeamRow, TeamRow.id == team)
            .join(month, _within(month, TaskRow.due_at))
            .where(TaskRow.tenant_id == tenant_id, holds)
        )


def _answered_at(at: sa.SQLColumnExpression[datetime]) -> sa.ColumnElement[bool]:
    """The team that answered for the follow-up then."""
    return TeamRow.id == sa.func.coalesce(owner_at(CaseRow.id, at), CaseRow.responsible_team_id)


def _owed_when_due() -> sa.ColumnElement[UUID]:
    """The team that owed what is late when it fell due. What the team that answers owes moves with

    the follow-up until it is ended; what another team owes does not.
    """
    answered = sa.case(
        (TaskRow.ended_at.is_(None), CaseRow.responsible_team_id),
        else_=owner_at(CaseRow.id, TaskRow.ended_at, just_before=True),
    )
    return sa.case(
        (TaskRow.owner_team_id == answered, owner_at(CaseRow.id, TaskRow.due_at)),
        else_=TaskRow.owner_team_id,
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
