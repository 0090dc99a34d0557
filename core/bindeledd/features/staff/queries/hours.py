"""When teams are at work."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import (
    Team,
    TeamNotFound,
)
from bindeledd.features.staff.queries.directory import as_team
from bindeledd.features.staff.tables import (
    ClosedDayRow,
    OpeningHoursRow,
    TeamRow,
)
from bindeledd.foundation.calendars import Calendar


def team_calendar(session: Session, team_id: UUID, closed: Iterable[date] = ()) -> Calendar:
    """When the team is at work; `closed` adds days that a plugin knows. Refuses an unknown team."""
    zone = session.scalar(sa.select(TeamRow.zone).where(TeamRow.id == team_id))
    if zone is None:
        raise TeamNotFound(team=team_id)
    hours = session.execute(
        sa.select(OpeningHoursRow.weekday, OpeningHoursRow.opens, OpeningHoursRow.closes).where(
            OpeningHoursRow.team_id == team_id
        )
    )
    days = session.scalars(sa.select(ClosedDayRow.day).where(ClosedDayRow.team_id == team_id))
    return Calendar.of(
        [(row.weekday, row.opens, row.closes) for row in hours],
        zone=zone,
        closed={*days, *closed},
    )


_TENANT = sa.bindparam("tenant", type_=sa.Uuid())
_ZONES_AND_HOURS = (
    sa.select(
        TeamRow.id,
        TeamRow.zone,
        OpeningHoursRow.weekday,
        OpeningHoursRow.opens,
        OpeningHoursRow.closes,
    )
    .outerjoin(OpeningHoursRow, OpeningHoursRow.team_id == TeamRow.id)
    .where(TeamRow.tenant_id == _TENANT, TeamRow.active)
)
_CLOSED = sa.select(ClosedDayRow.team_id, ClosedDayRow.day).where(ClosedDayRow.tenant_id == _TENANT)


def calendars(
    session: Session, tenant_id: UUID, closed: Mapping[UUID, Iterable[date]] | None = None
) -> dict[UUID, Calendar]:
    """The calendar of every active team of the tenant, with two queries."""
    zones: dict[UUID, str] = {}
    hours: dict[UUID, list[tuple[int, time, time]]] = {}
    for team, zone, weekday, opens, closes in session.execute(
        _ZONES_AND_HOURS, {"tenant": tenant_id}
    ):
        zones[team] = zone
        if weekday is not None:
            hours.setdefault(team, []).append((weekday, opens, closes))
    days: dict[UUID, set[date]] = {team: set(dates) for team, dates in (closed or {}).items()}
    for found in session.execute(_CLOSED, {"tenant": tenant_id}):
        days.setdefault(found.team_id, set()).add(found.day)
    return {
        team: Calendar.of(hours.get(team, ()), zone=zone, closed=days.get(team, ()))
        for team, zone in zones.items()
    }


def teams_without_hours(session: Session, tenant_id: UUID) -> list[Team]:
    """Active teams that nobody ever staffs: `doctor` says so."""
    rows = session.scalars(
        sa.select(TeamRow)
        .where(
            TeamRow.tenant_id == tenant_id,
            TeamRow.active,
            ~sa.exists().where(OpeningHoursRow.team_id == TeamRow.id),
        )
        .order_by(TeamRow.name)
    )
    return [as_team(row) for row in rows]
