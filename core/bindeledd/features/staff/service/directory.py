"""Setting up: organisations, teams, units, addresses, hours. Run again, it changes, never deletes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.staff.domain import Actor, EnvironmentFixed, Hours, PointTaken, insist_week
from bindeledd.features.staff.tables import (
    ClosedDayRow,
    ContactPointRow,
    InstallationRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    TenantRow,
    UnitRow,
)
from bindeledd.foundation.db import Base
from bindeledd.foundation.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What one step of the set-up did: `made`, `changed` (names the columns) or `same`."""

    id: UUID
    outcome: str
    columns: tuple[str, ...] = ()


def set_installation(session: Session, environment: str, *, at: datetime) -> str:
    """Fix what this database is for. Refuses another environment than the one it was made for."""
    known = session.scalar(sa.select(InstallationRow.environment))
    if known is None:
        session.execute(
            sa.insert(InstallationRow).values(id=1, environment=environment, made_at=at)
        )
        return "made"
    if known != environment:
        raise EnvironmentFixed(known=known, asked=environment)
    return "same"


def _put(
    session: Session,
    table: type[Base],
    where: Mapping[str, Any],
    values: Mapping[str, Any],
    made: Mapping[str, Any] | None = None,
) -> Installed:
    """Make the row that `where` names, or change what differs in it."""
    columns = sa.inspect(table).columns
    row = session.execute(
        sa.select(columns["id"], *(columns[name] for name in values)).where(
            *(columns[name] == value for name, value in where.items())
        )
    ).one_or_none()
    if row is None:
        row_id = new_id()
        session.execute(
            sa.insert(table).values(**{"id": row_id, **where, **values, **(made or {})})
        )
        return Installed(id=row_id, outcome="made")
    different = {name: value for name, value in values.items() if row._mapping[name] != value}
    if different:
        session.execute(sa.update(table).where(columns["id"] == row.id).values(**different))
    return Installed(
        id=row.id,
        outcome="changed" if different else "same",
        columns=tuple(sorted(different)),
    )


def _told(session: Session, what: str, done: Installed, *, by: Actor, at: datetime) -> Installed:
    if done.outcome != "same":
        audit.record(
            session,
            f"staff.{what}_{done.outcome}",
            by=by,
            at=at,
            facts={what: done.id, "columns": done.columns},
            purpose="admin",
        )
    return done


def set_tenant(session: Session, *, key: str, name: str, at: datetime) -> Installed:
    """The data controller. Who acts is not known yet, so nothing is written in the log."""
    return _put(session, TenantRow, {"key": key}, {"name": name}, {"settings": {}, "made_at": at})


def set_tenant_settings(
    session: Session,
    tenant_id: UUID,
    *,
    by: Actor,
    at: datetime,
    intake_team_id: UUID | None = None,
    choices: Mapping[str, Any] | None = None,
) -> Installed:
    """Who decides about messages whose unit nobody knows, and the site's plain choices."""
    row = session.get_one(TenantRow, tenant_id)
    before = (row.intake_team_id, dict(row.settings))
    row.intake_team_id = intake_team_id or row.intake_team_id
    row.settings = {**row.settings, **(choices or {})}
    same = before == (row.intake_team_id, dict(row.settings))
    session.flush()
    done = Installed(id=tenant_id, outcome="same" if same else "changed")
    return _told(session, "tenant", done, by=by, at=at)


def set_organisation(
    session: Session, *, key: str, name: str, kind: str, by: Actor, at: datetime
) -> Installed:
    where = {"tenant_id": by.tenant_id, "key": key}
    done = _put(session, OrganisationRow, where, {"name": name, "kind": kind})
    return _told(session, "organisation", done, by=by, at=at)


def set_team(
    session: Session,
    *,
    key: str,
    name: str,
    organisation_id: UUID,
    zone: str = "Europe/Oslo",
    by: Actor,
    at: datetime,
) -> Installed:
    values = {"name": name, "organisation_id": organisation_id, "zone": zone}
    where = {"tenant_id": by.tenant_id, "key": key}
    done = _put(session, TeamRow, where, values, {"active": True})
    return _told(session, "team", done, by=by, at=at)


def set_unit(
    session: Session,
    *,
    key: str,
    name: str,
    kind: str,
    organisation_id: UUID,
    team_id: UUID | None,
    acute_number: str | None = None,
    by: Actor,
    at: datetime,
) -> Installed:
    """A ward, clinic or service; `team_id` works for it."""
    values = {
        "name": name,
        "kind": kind,
        "organisation_id": organisation_id,
        "team_id": team_id,
        "acute_number": acute_number,
    }
    where = {"tenant_id": by.tenant_id, "key": key}
    done = _put(session, UnitRow, where, values, {"active": True})
    return _told(session, "unit", done, by=by, at=at)


def set_contact_point(
    session: Session,
    *,
    scheme: str,
    value: str,
    organisation_id: UUID,
    unit_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Installed:
    """An address in the messages. Refuses one that another organisation or unit has already."""
    value = value.replace(" ", "")
    known = session.execute(
        sa.select(ContactPointRow.organisation_id, ContactPointRow.unit_id).where(
            ContactPointRow.tenant_id == by.tenant_id,
            ContactPointRow.scheme == scheme,
            ContactPointRow.value == value,
        )
    ).one_or_none()
    if known is not None and (known.organisation_id, known.unit_id) != (organisation_id, unit_id):
        raise PointTaken(scheme=scheme, value=value)
    done = _put(
        session,
        ContactPointRow,
        {"tenant_id": by.tenant_id, "scheme": scheme, "value": value},
        {"organisation_id": organisation_id, "unit_id": unit_id},
    )
    return _told(session, "contact_point", done, by=by, at=at)


def set_hours(
    session: Session, team_id: UUID, hours: Iterable[Hours], *, by: Actor, at: datetime
) -> Installed:
    """The team's opening hours, all of them; the duty rows are made anew by the caller.

    Refuses as `insist_week` does.
    """
    wanted = insist_week(hours)
    rows = session.execute(
        sa.select(OpeningHoursRow.weekday, OpeningHoursRow.opens, OpeningHoursRow.closes).where(
            OpeningHoursRow.team_id == team_id
        )
    )
    if {(row.weekday, row.opens): row.closes for row in rows} == wanted:
        return Installed(id=team_id, outcome="same")
    session.execute(sa.delete(OpeningHoursRow).where(OpeningHoursRow.team_id == team_id))
    if wanted:
        session.execute(
            sa.insert(OpeningHoursRow),
            [
                {
                    "tenant_id": by.tenant_id,
                    "team_id": team_id,
                    "weekday": weekday,
                    "opens": opens,
                    "closes": closes,
                }
                for (weekday, opens), closes in wanted.items()
            ],
        )
    done = Installed(id=team_id, outcome="changed", columns=("hours",))
    return _told(session, "team", done, by=by, at=at)


def close_day(
    session: Session, team_id: UUID, day: date, *, source: str, by: Actor, at: datetime
) -> Installed:
    """A day on which the team is closed beyond weekends and public holidays."""
    if session.get(ClosedDayRow, (team_id, day)) is not None:
        return Installed(id=team_id, outcome="same")
    session.execute(
        sa.insert(ClosedDayRow).values(
            team_id=team_id, day=day, tenant_id=by.tenant_id, source=source
        )
    )
    done = Installed(id=team_id, outcome="changed", columns=("closed_days",))
    return _told(session, "team", done, by=by, at=at)
