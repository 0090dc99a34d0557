"""Questions of a lead's morning: as many for any caseload. Nothing here changes anything.

No name of a patient is opened here; the lists open theirs in `service`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.queries import visible_cases
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.morning.domain import (
    PAGE,
    Escalation,
    Held,
    Load,
    Numbers,
    Trend,
    Unreached,
    looked_at,
)
from bindeledd.features.reminders.domain import Audience
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import DutyRow, MemberRow, MembershipRow
from bindeledd.features.tasks.tables import HAS_ENDED, IS_OPEN, TaskRow
from bindeledd.features.worklist.domain import Cursor
from bindeledd.foundation.db import Utc

T, A, C, E = TaskRow, AlertRow, CaseRow, EventRow
# An alert of these has come as far as a lead, or past one who was not reached.
_OF_LEADS = (Audience.LEAD.value, Audience.BEYOND.value)
_SHOWN = "worklist.shown"


def places(session: Session, teams: Collection[UUID], at: datetime) -> Mapping[UUID, set[UUID]]:
    """Team → its active members at `at`."""
    rows = session.execute(
        sa.select(MembershipRow.team_id, MembershipRow.member_id)
        .join(MemberRow, MemberRow.id == MembershipRow.member_id)
        .where(
            MembershipRow.team_id.in_(sorted(teams)),
            MemberRow.active,
            MembershipRow.since <= at,
            sa.or_(MembershipRow.until.is_(None), MembershipRow.until > at),
        )
    )
    found: dict[UUID, set[UUID]] = {team: set() for team in teams}
    for row in rows:
        found[row.team_id].add(row.member_id)
    return found


def at_work(
    session: Session, teams: Collection[UUID], since: datetime, until: datetime
) -> set[UUID]:
    """Who is on duty for one of the teams at some time between the two."""
    return set(
        session.scalars(
            sa.select(DutyRow.member_id)
            .where(
                DutyRow.team_id.in_(sorted(teams)),
                DutyRow.starts_at < until,
                DutyRow.ends_at > since,
            )
            .distinct()
        )
    )


def opened(
    session: Session, tenant_id: UUID, members: Collection[UUID], since: datetime
) -> dict[UUID, datetime]:
    """When my day was first shown to each of these members since then."""
    rows = session.execute(
        sa.select(AuditEventRow.actor_id, sa.func.min(AuditEventRow.at, type_=Utc()))
        .where(
            AuditEventRow.tenant_id == tenant_id,
            AuditEventRow.at >= since,
            AuditEventRow.act == _SHOWN,
            AuditEventRow.actor_id.in_(sorted(members)),
        )
        .group_by(AuditEventRow.actor_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def loads(session: Session, teams: Collection[UUID], at: datetime) -> Held:
    """(team, holder) → what they held there at the moments that a load is looked at.

    Counted from the tasks as they stand now: with whoever holds them or held them last, and with
    the due time that they have.
    """
    moments = looked_at(at)
    parts = (IS_OPEN, sa.and_(HAS_ENDED, T.ended_at > moments[-1]))
    counted = [sa.func.count().filter(one) for moment in moments for one in _at(moment)]
    asked = sa.union_all(
        *(
            sa.select(T.owner_team_id, T.held_by, *counted)
            .where(T.owner_team_id.in_(sorted(teams)), part)
            .group_by(T.owner_team_id, T.held_by)
            for part in parts
        )
    )
    found: dict[tuple[UUID, UUID | None], Trend] = {}
    for team, holder, *numbers in session.execute(asked):
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        now, week, month = (Load(open=many, late=late) for many, late in pairs)
        trend = Trend(now=now, week_ago=week, month_ago=month)
        found[team, holder] = found.get((team, holder), Trend()) + trend
    return found


def _at(moment: datetime) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Owed at that moment; and late by then."""
    there = sa.and_(T.made_at <= moment, sa.or_(T.ended_at.is_(None), T.ended_at > moment))
    return there, sa.and_(there, T.due_at < moment)


# --- what waits, each with its list ---------------------------------------------------------------


def numbers(session: Session, by: Actor, at: datetime) -> Numbers:
    """How much waits in the teams that `by` leads; three statements."""
    came = _escalated(by.leads).subquery()
    answered = _answered(came, at)
    total, done = session.execute(
        sa.select(sa.func.count(), sa.func.count().filter(answered)).select_from(came)
    ).one()
    unreached = sa.select(sa.func.count()).select_from(_unreached(by.leads).subquery())
    return Numbers(
        unanswered=total - done,
        answered=done,
        unreached=session.scalar(unreached) or 0,
        signatures=session.scalar(_signatures(by)) or 0,
    )


def escalations(
    session: Session,
    by: Actor,
    at: datetime,
    *,
    answered: bool,
    after: Cursor | None = None,
    limit: int = PAGE + 1,
) -> Sequence[Escalation]:
    """What came to a lead in the teams that `by` leads, by when it first came."""
    came = _escalated(by.leads).subquery()
    done = _answered(came, at)
    asked = sa.select(came).where(done if answered else sa.not_(sa.func.coalesce(done, sa.false())))
    if after is not None:
        asked = asked.where(_after(came.c.came_at, came.c.task_id, after))
    rows = session.execute(asked.order_by(came.c.came_at, came.c.task_id).limit(limit))
    return [Escalation(**row._mapping) for row in rows]


def unreached(
    session: Session, by: Actor, *, after: Cursor | None = None, limit: int = PAGE + 1
) -> Sequence[Unreached]:
    """Open follow-ups of the teams that `by` leads, discharged and not reached since, by discharge."""
    found = _unreached(by.leads).subquery()
    asked = sa.select(found)
    if after is not None:
        asked = asked.where(_after(found.c.discharged_at, found.c.case_id, after))
    rows = session.execute(asked.order_by(found.c.discharged_at, found.c.case_id).limit(limit))
    return [Unreached(**row._mapping) for row in rows]


def _after(
    moment: sa.ColumnElement[datetime], row: sa.ColumnElement[UUID], cursor: Cursor
) -> sa.ColumnElement[bool]:
    typed = sa.bindparam(None, cursor.due_at, type_=Utc())
    return sa.or_(moment > typed, sa.and_(moment == typed, row > cursor.id))


def _escalated(teams: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """Open tasks of these teams with an alert to a lead, for the due time that they have."""
    return (
        sa.select(
            T.id.label("task_id"),
            T.case_id,
            T.subject_id,
            T.kind,
            T.owner_team_id.label("team_id"),
            T.due_at,
            sa.func.min(A.raised_at, type_=Utc()).label("came_at"),
            sa.func.max(A.raised_at, type_=Utc()).label("last_at"),
            T.held_by,
            T.seen_by,
            T.seen_at,
            T.seen_until,
        )
        .join(A, A.task_id == T.id)
        .where(
            T.owner_team_id.in_(sorted(teams)),
            IS_OPEN,
            A.team_id == T.owner_team_id,
            A.due_at == T.due_at,
            A.audience.in_(_OF_LEADS),
        )
        .group_by(T.id)
    )


def _answered(came: sa.Subquery, at: datetime) -> sa.ColumnElement[bool]:
    """As `Escalation.answered` says it."""
    return sa.and_(came.c.seen_at > came.c.last_at, came.c.seen_until > at)


def _unreached(teams: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    discharged = sa.func.max(sa.case((_is("discharged"), E.at)), type_=Utc())
    met = sa.func.max(sa.case((sa.not_(_is("discharged")), E.at)), type_=Utc())
    return (
        sa.select(
            C.id.label("case_id"),
            C.responsible_team_id.label("team_id"),
            discharged.label("discharged_at"),
        )
        .join(E, E.case_id == C.id)
        .where(
            C.responsible_team_id.in_(sorted(teams)),
            C.state == sa.literal_column("'open'"),
            sa.text("events.in_error_at IS NULL"),
            sa.text("events.kind IN ('discharged', 'reached', 'appointment_kept')"),
        )
        .group_by(C.id, C.responsible_team_id)
        .having(discharged.is_not(None), sa.or_(met.is_(None), met < discharged))
    )


def _is(kind: str) -> sa.ColumnElement[bool]:
    return E.kind == sa.literal_column(f"'{kind}'")


def _signatures(by: Actor) -> sa.Select[int]:
    """Closings that wait for a signature, as the page of signatures lists them."""
    return (
        sa.select(sa.func.count())
        .select_from(T)
        .join(C, C.id == T.case_id)
        .where(
            T.owner_team_id.in_(sorted(by.leads)),
            T.kind == sa.literal_column("'sign_closing'"),
            IS_OPEN,
            C.responsible_team_id.in_(sorted(by.leads)),
            C.id.in_(visible_cases(by)),
        )
    )
