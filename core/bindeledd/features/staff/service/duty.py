"""Duty rows: who answers for which team when, made anew from hours, memberships and absences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff import queries
from bindeledd.features.staff.domain import (
    DUTY_AHEAD,
    Absence,
    Duty,
    Membership,
    OnCall,
    Role,
    duty_of_team,
)
from bindeledd.features.staff.tables import (
    ABSENCE_STANDS,
    AbsenceRow,
    ClosedDayRow,
    DutyRow,
    MemberRow,
    MembershipRow,
    OnCallRow,
    TeamRow,
)


def keep_closed_days(
    session: Session, tenant_id: UUID, closed: Mapping[UUID, Iterable[date]], *, source: str
) -> int:
    """Write down days on which teams are closed, as a pack knows them. How many were new.

    Kept as rows, so that whoever makes duty anew later counts them too.
    """
    known = {
        (row.team_id, row.day)
        for row in session.execute(
            sa.select(ClosedDayRow.team_id, ClosedDayRow.day).where(
                ClosedDayRow.tenant_id == tenant_id
            )
        )
    }
    rows = [
        {"team_id": team, "day": day, "tenant_id": tenant_id, "source": source}
        for team, days in closed.items()
        for day in set(days)
        if (team, day) not in known
    ]
    if rows:
        session.execute(sa.insert(ClosedDayRow), rows)
    return len(rows)


def renew_duty(
    session: Session,
    tenant_id: UUID,
    closed: Mapping[UUID, Iterable[date]],
    *,
    since: datetime,
    days: int = DUTY_AHEAD,
    teams: Iterable[UUID] | None = None,
) -> int:
    """Write down the `closed` days that packs know, by team, and make duty anew with them.

    The one way by which set-up, the nightly job and a page do so after hours have changed.
    """
    keep_closed_days(session, tenant_id, closed, source="pack")
    return materialise_duty(session, tenant_id, since=since, days=days, teams=teams)


def materialise_duty(
    session: Session,
    tenant_id: UUID,
    *,
    since: datetime,
    days: int = DUTY_AHEAD,
    teams: Iterable[UUID] | None = None,
) -> int:
    """Write who is on duty from `since` for `days`, for some teams or all. How many rows.

    What was is kept; what is and what comes is rewritten as one set, so that running it twice
    changes nothing. A team without hours has only those who are on call.
    """
    some = None if teams is None else set(teams)
    _alone(session, tenant_id, some)
    calendars = queries.calendars(session, tenant_id)
    wanted = sorted(calendars if some is None else some & set(calendars))
    until = since + timedelta(days=days)
    memberships = _memberships(session, wanted, since)
    absences = _absences(session, tenant_id, since)
    on_call = _on_call(session, wanted, since, until)
    made: list[Duty] = []
    for team in wanted:
        spans = list(calendars[team].intervals(since, until))
        made += duty_of_team(
            team, spans, memberships.get(team, []), absences, on_call.get(team, [])
        )
    _rewrite(session, tenant_id, wanted, made, since)
    return len(made)


def _alone(session: Session, tenant_id: UUID, teams: set[UUID] | None) -> None:
    """Whoever makes these teams' duty anew waits for the one before, and sees what they wrote."""
    asked = sa.select(TeamRow.id).where(TeamRow.tenant_id == tenant_id)
    if teams is not None:
        asked = asked.where(TeamRow.id.in_(teams))
    session.execute(asked.order_by(TeamRow.id).with_for_update(key_share=True)).all()


def materialise_all(
    session: Session,
    *,
    at: datetime,
    days: int = DUTY_AHEAD,
    closed: Mapping[UUID, Iterable[date]] | None = None,
) -> int:
    """Every tenant's duty, for the nightly job. `closed`: days of packs, by team."""
    made = 0
    for tenant in queries.tenant_ids(session):
        own = {team.id for team in queries.teams(session, tenant)}
        theirs = {team: on for team, on in (closed or {}).items() if team in own}
        made += renew_duty(session, tenant, theirs, since=at, days=days)
    return made


def _memberships(
    session: Session, teams: Sequence[UUID], since: datetime
) -> dict[UUID, list[Membership]]:
    found: dict[UUID, list[Membership]] = {}
    for row in session.execute(
        sa.select(
            MembershipRow.member_id,
            MembershipRow.team_id,
            MembershipRow.role,
            MembershipRow.since,
            MembershipRow.until,
        )
        .join(MemberRow, MemberRow.id == MembershipRow.member_id)
        .where(
            MembershipRow.team_id.in_(teams),
            MemberRow.active,
            sa.or_(MembershipRow.until.is_(None), MembershipRow.until > since),
        )
    ):
        found.setdefault(row.team_id, []).append(
            Membership(
                member_id=row.member_id,
                team_id=row.team_id,
                role=Role(row.role),
                since=row.since,
                until=row.until,
            )
        )
    return found


def _on_call(
    session: Session, teams: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, list[OnCall]]:
    """Windows of active members, cut to the time that is written."""
    found: dict[UUID, list[OnCall]] = {}
    for row in session.execute(
        sa.select(
            OnCallRow.id,
            OnCallRow.team_id,
            OnCallRow.member_id,
            OnCallRow.starts_at,
            OnCallRow.ends_at,
        )
        .join(MemberRow, MemberRow.id == OnCallRow.member_id)
        .where(
            OnCallRow.team_id.in_(teams),
            OnCallRow.ended_at.is_(None),
            OnCallRow.starts_at < until,
            OnCallRow.ends_at > since,
            MemberRow.active,
        )
    ):
        window = OnCall(**row._mapping)
        cut = replace(window, starts_at=max(window.starts_at, since))
        found.setdefault(row.team_id, []).append(cut)
    return found


def _absences(session: Session, tenant_id: UUID, since: datetime) -> list[Absence]:
    """Absences that are not over; a stand-in who has left is no stand-in."""
    stand_in = sa.orm.aliased(MemberRow)
    return [
        Absence(member_id=row.member_id, since=row.since, until=row.until, stand_in_id=row.stand_in)
        for row in session.execute(
            sa.select(
                AbsenceRow.member_id,
                AbsenceRow.since,
                AbsenceRow.until,
                stand_in.id.label("stand_in"),
            )
            .outerjoin(stand_in, sa.and_(stand_in.id == AbsenceRow.stand_in_id, stand_in.active))
            .where(AbsenceRow.tenant_id == tenant_id, ABSENCE_STANDS, AbsenceRow.until > since)
        )
    ]


def _rewrite(
    session: Session, tenant_id: UUID, teams: Sequence[UUID], made: Sequence[Duty], since: datetime
) -> None:
    """Cut what runs now, take away what comes, write the new set."""
    theirs = DutyRow.team_id.in_(teams)
    session.execute(sa.delete(DutyRow).where(theirs, DutyRow.starts_at >= since))
    session.execute(
        sa.update(DutyRow)
        .where(theirs, DutyRow.starts_at < since, DutyRow.ends_at > since)
        .values(ends_at=since)
    )
    rows = [
        {
            "team_id": duty.team_id,
            "member_id": duty.member_id,
            "starts_at": duty.starts_at,
            "tenant_id": tenant_id,
            "ends_at": duty.ends_at,
            "kind": duty.kind.value,
        }
        for duty in made
    ]
    if rows:
        session.execute(sa.insert(DutyRow), rows)
