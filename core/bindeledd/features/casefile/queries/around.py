"""Everybody whom the page of a case names: who sees it, who works on it, who was told of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.handovers.tables import OutsideRow
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.staff.tables import DutyRow, MemberRow, TeamRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Utc

Row = sa.Row[*tuple[Any, ...]]
Duty = Mapping[UUID, datetime]

_NOTHING, _NONE = sa.cast(sa.null(), sa.Text()), sa.cast(sa.null(), Utc())
# What only those have who hear of a task.
_NOT_HEARD = (
    sa.cast(sa.null(), sa.Uuid()).label("member"),
    _NOTHING.label("channel"),
    _NOTHING.label("reason"),
    sa.cast(sa.null(), sa.Integer()).label("rung"),
    _NONE.label("again"),
)


def _outsiders(ids: list[UUID]) -> list[sa.Select[*tuple[Any, ...]]]:
    """What the receivers outside are called: asked only where there are any."""
    if not ids:
        return []
    name = sa.case(
        (OutsideRow.unit == "", OutsideRow.organisation),
        else_=OutsideRow.unit + ", " + OutsideRow.organisation,
    )
    asked = sa.select(sa.literal("outside"), OutsideRow.id, _NOTHING, name, _NONE, *_NOT_HEARD)
    return [asked.where(OutsideRow.id.in_(ids))]


def _heard(case_id: UUID) -> sa.Select[*tuple[Any, ...]]:
    """Who was told of what is owed, in the round that runs, and what waits to be said to them."""
    waits = DeliveryRow.state.in_(("ready", "leased"))
    running = sa.and_(
        AlertRow.due_at == TaskRow.due_at,
        AlertRow.round == TaskRow.round,
        AlertRow.team_id == TaskRow.owner_team_id,
    )
    return (
        sa.select(
            sa.literal("heard"),
            TaskRow.id,
            AlertRow.audience,
            MemberRow.name,
            AlertRow.raised_at,
            DeliveryRow.member_id,
            DeliveryRow.channel,
            sa.case((waits, DeliveryRow.reason)),
            AlertRow.rung,
            DeliveryRow.next_at,
        )
        .join(AlertRow, AlertRow.task_id == TaskRow.id)
        .join(DeliveryRow, DeliveryRow.alert_id == AlertRow.id)
        .join(MemberRow, MemberRow.id == DeliveryRow.member_id)
        .where(TaskRow.case_id == case_id, TaskRow.state == "open", running)
    )


@dataclass(frozen=True, kw_only=True)
class Around:
    """Who sees the case; what everybody is called; when each team is next on duty; who was told
    of what is owed."""

    relations: list[Row]
    names: Mapping[UUID, str]
    duty: Duty
    heard: list[Row]


def directory(
    session: Session,
    case_id: UUID,
    *,
    members: Iterable[UUID],
    teams: Iterable[UUID],
    outside: Iterable[UUID] = (),
    at: datetime,
) -> Around:
    """Everybody whom the page of a case names, by one statement."""
    on_duty = (
        sa.select(sa.func.min(DutyRow.starts_at))
        .join(MemberRow, MemberRow.id == DutyRow.member_id)
        .where(
            DutyRow.team_id == TeamRow.id,
            DutyRow.ends_at > sa.literal(at, type_=Utc()),
            MemberRow.active,
        )
        .scalar_subquery()
    )
    named: sa.CompoundSelect[*tuple[Any, ...]] = sa.union_all(
        sa.select(
            sa.literal("relation").label("what"),
            CareRelationRow.team_id.label("id"),
            CareRelationRow.kind.label("kind"),
            TeamRow.name.label("name"),
            CareRelationRow.since.label("moment"),
            *_NOT_HEARD,
        )
        .join(TeamRow, TeamRow.id == CareRelationRow.team_id)
        .where(CareRelationRow.case_id == case_id, CareRelationRow.until.is_(None)),
        sa.select(
            sa.literal("team"), TeamRow.id, _NOTHING, TeamRow.name, on_duty, *_NOT_HEARD
        ).where(TeamRow.id.in_(list(teams))),
        sa.select(
            sa.literal("member"), MemberRow.id, _NOTHING, MemberRow.name, _NONE, *_NOT_HEARD
        ).where(MemberRow.id.in_(list(members))),
        *_outsiders(list(outside)),
        _heard(case_id),
    )
    rows = session.execute(named).all()
    return Around(
        relations=[row for row in rows if row.what == "relation"],
        names={row.id: row.name for row in rows if row.what != "heard"},
        duty={row.id: row.moment for row in rows if row.what == "team" and row.moment is not None},
        heard=[row for row in rows if row.what == "heard"],
    )
