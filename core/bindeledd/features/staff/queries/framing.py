"""What every follow-up is planned with: who owns what is owed, and when they are at work."""

from collections.abc import Sequence
from datetime import date, time
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import Owners
from bindeledd.features.staff.tables import (
    ClosedDayRow,
    MemberRow,
    MembershipRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    UnitRow,
)
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.db import table

Frame = tuple[Owners, dict[UUID, Calendar]]

_TEAMS, _UNITS = table(TeamRow).c, table(UnitRow).c
_ASKED = table(TeamRow).alias("asked").c
_MEMBERS, _IN_TEAMS = table(MemberRow).c, table(MembershipRow).c
_ORGANISATIONS = table(OrganisationRow).c
_PLACES = (
    sa.select(_TEAMS.id, _TEAMS.key, _UNITS.team_id, _UNITS.key, _UNITS.kind, _ORGANISATIONS.key)
    .select_from(table(TeamRow))
    .outerjoin(
        table(UnitRow),
        sa.and_(
            _UNITS.id == sa.bindparam("unit", type_=sa.Uuid()),
            _UNITS.tenant_id == _TEAMS.tenant_id,
        ),
    )
    .outerjoin(table(OrganisationRow), _ORGANISATIONS.id == _UNITS.organisation_id)
    .where(
        _TEAMS.active,
        _TEAMS.tenant_id
        == sa.select(_ASKED.tenant_id)
        .where(_ASKED.id == sa.bindparam("team", type_=sa.Uuid()))
        .scalar_subquery(),
    )
)
_LED_BY = (
    sa.select(_MEMBERS.id)
    .join(table(MembershipRow), _IN_TEAMS.member_id == _MEMBERS.id)
    .where(
        _IN_TEAMS.team_id == sa.bindparam("team", type_=sa.Uuid()),
        _IN_TEAMS.role == sa.literal_column("'lead'"),
        _MEMBERS.active,
        _IN_TEAMS.until.is_(None),
    )
    .order_by(_MEMBERS.name)
    .limit(1)
)
_ITS_ORGANISATION, _ITS_UNITS = table(OrganisationRow).alias("its").c, table(UnitRow).alias("own").c
# The key of the organisation of the team that was asked for; keys and kinds of its units, one text.
_PLACE_OF_TEAM = (
    sa.select(_ITS_ORGANISATION.key)
    .join(_ASKED.id.table, _ASKED.organisation_id == _ITS_ORGANISATION.id)
    .where(_ASKED.id == sa.bindparam("team", type_=sa.Uuid()))
    .scalar_subquery(),
    sa.select(sa.func.aggregate_strings(_ITS_UNITS.key + "," + _ITS_UNITS.kind, ","))
    .where(_ITS_UNITS.team_id == sa.bindparam("team", type_=sa.Uuid()))
    .scalar_subquery(),
)


def _owners(
    team_id: UUID, rows: Sequence[Any], led_by: UUID | None, place: Sequence[str | None]
) -> Owners:
    """The answer of `_PLACES` (team, key; the unit's team, key, kind and organisation), of `_LED_BY`
    and of `_PLACE_OF_TEAM` as a value."""
    organisation, units = place
    teams = {f"team:{key}": team for team, key, *_ in rows}
    teams |= {"responsible_team": team_id, "lead": team_id}
    unit = next((row for row in rows if row[3] is not None), None)
    if unit is not None and any(row[0] == unit[2] for row in rows):
        teams["discharging_unit"] = unit[2]
    return Owners(
        teams=teams,
        holders={"lead": led_by} if led_by else {},
        unit_key=None if unit is None else unit[3],
        unit_kind=None if unit is None else unit[4],
        organisation=None if unit is None else unit[5],
        team_organisation=organisation or "",
        team_units=frozenset((units or "").split(",")) - {""},
    )


_HOURS, _DAYS = table(OpeningHoursRow).c, table(ClosedDayRow).c


def _text(column: Any) -> Any:
    return sa.cast(column, sa.Text())


def _listed(words: Any, team: sa.ColumnElement[UUID]) -> sa.ScalarSelect[Any]:
    """What a team has in a table of its own, as one text."""
    found = sa.select(sa.func.aggregate_strings(words, ",")).where(team == _TEAMS.id)
    return found.correlate(table(TeamRow)).scalar_subquery()


_FRAME = _PLACES.add_columns(
    _TEAMS.zone,
    _listed(
        _text(_HOURS.weekday) + "/" + _text(_HOURS.opens) + "/" + _text(_HOURS.closes),
        _HOURS.team_id,
    ),
    _listed(_text(_DAYS.day), _DAYS.team_id),
    _LED_BY.scalar_subquery(),
    *_PLACE_OF_TEAM,
)
FRAME_IN_TENANT = _FRAME.where(_TEAMS.tenant_id == sa.bindparam("tenant", type_=sa.Uuid()))


def frame(session: Session, *, team_id: UUID, unit_id: UUID | None) -> Frame:
    """Who owns what a case owes, and when every active team is at work, with one query."""
    return framed(team_id, session.execute(_FRAME, {"team": team_id, "unit": unit_id}).all())


def framed(team_id: UUID, rows: Sequence[Any]) -> Frame:
    """What `FRAME_IN_TENANT` answers, as a value."""
    led_by, *place = rows[0][-3:] if rows else (None, None, None)
    calendars = {
        team: _written(zone, hours or "", closed or "")
        for team, _, _, _, _, _, zone, hours, closed, *_ in rows
    }
    return _owners(team_id, [row[:6] for row in rows], led_by, place), calendars


@lru_cache(maxsize=1024)
def _written(zone: str, hours: str, closed: str) -> Calendar:
    """The calendar that stands written so: the same words, the same value."""
    parts = (one.split("/") for one in hours.split(",") if one)
    return Calendar.of(
        [
            (int(weekday), time.fromisoformat(opens), time.fromisoformat(closes))
            for weekday, opens, closes in parts
        ],
        zone=zone,
        closed=[date.fromisoformat(day) for day in closed.split(",") if day],
    )
