"""What stands for a person: tasks that they were told of, failures, and how many of both.

Nothing here says whom it is about.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders.domain import NO_COVER_RUNG
from bindeledd.features.reminders.domain.channels import INBOX, Hearer
from bindeledd.features.reminders.domain.inbox import (
    NOBODY_COVERS,
    RANKS,
    THE_REST,
    UNTIL_DECIDED,
    InboxItem,
    InboxPage,
    Notice,
    Place,
)
from bindeledd.features.reminders.queries.answering import answers
from bindeledd.features.reminders.tables import STANDS, AlertRow, DeliveryRow, FaultRow, NoticeRow
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.foundation.db import Utc
from bindeledd.foundation.texts import site_language

# A moment that is known, or one that a statement leaves open.
Moment = datetime | sa.BindParameter[datetime]


def _unanswered(at: Moment) -> sa.ColumnElement[bool]:
    """A condition on a task and an alert: nobody has acknowledged it since, or that has lapsed."""
    seen = sa.and_(
        TaskRow.seen_until.is_not(None),
        TaskRow.seen_until > at,
        TaskRow.seen_at > AlertRow.raised_at,
    )
    return sa.not_(sa.func.coalesce(seen, sa.false()))


def _standing(members: Sequence[UUID], at: Moment) -> sa.Select[UUID, UUID, datetime]:
    """The tasks that stand before each member: what waits, and what stays until it is decided."""
    return _told_of(members).where(sa.or_(_unanswered(at), TaskRow.kind.in_(UNTIL_DECIDED)))


def _waiting(members: Sequence[UUID], at: Moment) -> sa.Select[UUID, UUID, datetime]:
    """The tasks that wait for an answer of each member."""
    return _told_of(members).where(_unanswered(at))


def _told_of(members: Sequence[UUID]) -> sa.Select[UUID, UUID, datetime]:
    """The open tasks that each member was told of, with the newest alert that they were told by.

    What another team has taken over waits for that team: its ladder began anew there.
    """
    return (
        sa.select(
            DeliveryRow.member_id,
            DeliveryRow.task_id,
            sa.func.max(AlertRow.raised_at).label("raised_at"),
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .join(TaskRow, TaskRow.id == DeliveryRow.task_id)
        .where(
            DeliveryRow.member_id.in_(members),
            STANDS,
            IS_OPEN,
            AlertRow.team_id == TaskRow.owner_team_id,
        )
        .group_by(DeliveryRow.member_id, DeliveryRow.task_id)
    )


def inbox(
    session: Session, tenant_id: UUID, member_id: UUID, at: datetime, *, limit: int = 200
) -> Sequence[InboxItem]:
    """What waits for a member, as on the page, the longest overdue first: each task once, one query.

    Nothing here disappears by being looked at: only an acknowledgement or the deed ends it, and
    a death that was reported only that somebody has confirmed or refuted it.
    """
    asked = _items(_standing([member_id], at).subquery(), tenant_id).limit(limit)
    return [InboxItem(**row._mapping) for row in session.execute(asked)]


def inbox_page(
    session: Session,
    tenant_id: UUID,
    member_id: UUID,
    at: datetime,
    *,
    after: Place | None = None,
    limit: int = 25,
) -> InboxPage:
    """The same by what belongs together (a follow-up, a message, a call): one page of `limit`.

    An acute concern stands first, by its kind, then a death that was reported, then what nobody can
    cover; the rest by due time. Two questions.
    """
    standing = _standing([member_id], at).subquery()
    asked = _bunches(standing, tenant_id, after).limit(limit + 1)
    found = [Place(*row) for row in session.execute(asked)]
    shown = found[:limit]
    if not shown:
        return InboxPage(items=(), next=None)
    keys = [place.key for place in shown]
    rows = session.execute(_items(standing, tenant_id).where(_KEY.in_(keys)))
    order = {key: number for number, key in enumerate(keys)}
    items = [InboxItem(**row._mapping) for row in rows]
    items.sort(key=lambda item: order[item.about])
    return InboxPage(items=tuple(items), next=shown[-1] if len(found) > limit else None)


_KEY = sa.func.coalesce(TaskRow.case_id, TaskRow.subject_id, type_=sa.Uuid())
_NO_COVER = sa.exists().where(AlertRow.task_id == TaskRow.id, AlertRow.rung == NO_COVER_RUNG)
_RANK = sa.case(
    *((TaskRow.kind == kind, number) for kind, number in RANKS.items()),
    (_NO_COVER, NOBODY_COVERS),
    else_=THE_REST,
)


def _bunches(
    standing: sa.Subquery, tenant_id: UUID, after: Place | None
) -> sa.Select[int, datetime, UUID]:
    """One row for each thing that tasks belong to, in the order of the page."""
    every = (
        sa.select(
            sa.func.max(_RANK, type_=sa.Integer()).label("rank"),
            sa.func.min(TaskRow.due_at, type_=Utc()).label("due_at"),
            _KEY.label("key"),
        )
        .join(standing, standing.c.task_id == TaskRow.id)
        .where(TaskRow.tenant_id == tenant_id)
        .group_by(_KEY)
        .subquery()
    )
    asked = sa.select(every.c.rank, every.c.due_at, every.c.key)
    if after is not None:
        here = sa.tuple_(every.c.due_at, every.c.key)
        last = (sa.literal(after.due_at, Utc()), sa.literal(after.key, sa.Uuid()))
        same = sa.and_(every.c.rank == after.rank, here > sa.tuple_(*last))
        asked = asked.where(sa.or_(every.c.rank < after.rank, same))
    return asked.order_by(every.c.rank.desc(), every.c.due_at, every.c.key)


def _items(standing: sa.Subquery, tenant_id: UUID) -> sa.Select[*tuple[Any, ...]]:
    def newest(column: Any) -> Any:
        return (
            sa.select(column)
            .join(DeliveryRow, DeliveryRow.alert_id == AlertRow.id)
            .where(
                AlertRow.task_id == standing.c.task_id,
                AlertRow.raised_at == standing.c.raised_at,
                DeliveryRow.member_id == standing.c.member_id,
            )
            .order_by(AlertRow.rung.desc())
            .limit(1)
            .scalar_subquery()
        )

    return (
        sa.select(
            TaskRow.id.label("task_id"),
            TaskRow.case_id,
            TaskRow.subject_id,
            TaskRow.owner_team_id.label("team_id"),
            TaskRow.kind,
            TaskRow.due_at,
            TaskRow.round,
            TaskRow.ladder,
            TaskRow.seen_at,
            TaskRow.seen_until,
            TaskRow.seen_by,
            _NO_COVER.label("no_cover"),
            standing.c.raised_at,
            newest(AlertRow.audience).label("audience"),
            newest(AlertRow.rung).label("rung"),
        )
        .join(standing, standing.c.task_id == TaskRow.id)
        .where(TaskRow.tenant_id == tenant_id)
        .order_by(_RANK.desc(), TaskRow.due_at, TaskRow.id)
    )


def told(
    session: Session, task_id: UUID, *, rung: int | None = None
) -> Sequence[tuple[UUID, datetime]]:
    """Who has it in the inbox, of this rung or of any, and since when; the first told first."""
    first = sa.func.min(DeliveryRow.made_at, type_=Utc())
    of_rung = sa.select(AlertRow.id).where(AlertRow.task_id == task_id, AlertRow.rung == rung)
    rows = session.execute(
        sa.select(DeliveryRow.member_id, first)
        .where(
            DeliveryRow.task_id == task_id,
            DeliveryRow.channel == INBOX,
            sa.true() if rung is None else DeliveryRow.alert_id.in_(of_rung),
        )
        .group_by(DeliveryRow.member_id)
        .order_by(first, DeliveryRow.member_id)
    )
    return [(row[0], row[1]) for row in rows]


def waiting(session: Session, member_id: UUID, at: datetime, *, by: Actor | None = None) -> int:
    """How many things wait behind the log-in of a member: tasks and unseen notices; one question.

    With `by`, the member as they are now, only what they may answer: they may have been told of
    something while they answered for a team, and it waits for that team.
    """
    return session.scalar(_how_many(member_id, by and by.rights), {"at": at}) or 0


@lru_cache(maxsize=512)
def _how_many(member_id: UUID, by: Actor | None) -> sa.Select[int]:
    """The question of `waiting`, made once for each member: it is asked before every page."""
    standing = _waiting([member_id], sa.bindparam("at", type_=Utc()))
    if by is not None:
        standing = standing.where(answers(by))
    tasks = sa.select(sa.func.count()).select_from(standing.subquery())
    unseen = sa.select(sa.func.count()).where(
        NoticeRow.member_id == member_id, NoticeRow.seen_at.is_(None)
    )
    return sa.select(tasks.scalar_subquery() + unseen.scalar_subquery())


def waiting_for(session: Session, members: Sequence[UUID], at: datetime) -> dict[UUID, int]:
    """How many things wait for each of some members; two questions, however many they are."""
    standing = _waiting(members, at).subquery()
    tasks = sa.select(standing.c.member_id, sa.func.count()).group_by(standing.c.member_id)
    faults = (
        sa.select(NoticeRow.member_id, sa.func.count())
        .where(NoticeRow.member_id.in_(members), NoticeRow.seen_at.is_(None))
        .group_by(NoticeRow.member_id)
    )
    found: dict[UUID, int] = defaultdict(int)
    for question in (tasks, faults):
        for member, count in session.execute(question):
            found[member] += count
    return found


def hearers(session: Session, members: Sequence[UUID], at: datetime) -> dict[UUID, Hearer]:
    """How many things wait for each of some members, and their own language, else the site's."""
    waiting, spoken = waiting_for(session, members, at), staff.languages_of(session, members)
    return {
        one: Hearer(waiting=waiting[one], language=spoken.get(one) or site_language())
        for one in members
    }


_FAULTS = sa.select(
    FaultRow.id.label("fault_id"),
    FaultRow.source,
    FaultRow.code,
    FaultRow.first_at,
    FaultRow.last_at,
    FaultRow.count,
)


def notices(session: Session, tenant_id: UUID, member_id: UUID) -> Sequence[Notice]:
    """Failures that a member has been shown and not yet marked as seen, the newest first."""
    rows = session.execute(
        _FAULTS.join(NoticeRow, NoticeRow.fault_id == FaultRow.id)
        .where(
            NoticeRow.tenant_id == tenant_id,
            NoticeRow.member_id == member_id,
            NoticeRow.seen_at.is_(None),
        )
        .order_by(FaultRow.last_at.desc())
    )
    return [Notice(**row._mapping) for row in rows]


def unseen_faults(session: Session) -> Sequence[Notice]:
    """Failures of the whole installation that nobody has marked as seen, the newest first."""
    rows = session.execute(
        _FAULTS.where(FaultRow.seen_at.is_(None)).order_by(FaultRow.last_at.desc())
    )
    return [Notice(**row._mapping) for row in rows]
