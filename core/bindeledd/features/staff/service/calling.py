"""On call: who answers for a team outside its hours, from when to when. Duty follows at once."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.staff import queries
from bindeledd.features.staff.domain import (
    LONGEST_ON_CALL,
    Actor,
    LeadOnly,
    MemberNotFound,
    NotForwards,
    OnCall,
    OnCallNotFound,
    OnCallOver,
    OnCallTooLong,
)
from bindeledd.features.staff.service.duty import materialise_duty
from bindeledd.features.staff.tables import OnCallRow
from bindeledd.foundation.ids import new_id


def put_on_call(
    session: Session,
    team_id: UUID,
    member_id: UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    longest: timedelta = LONGEST_ON_CALL,
    by: Actor,
    at: datetime,
) -> OnCall:
    """The member answers for the team in this window, and sees what is the team's while it runs.

    Said by a lead of the team. The member may be of another team. Refuses a window that is over,
    and one that is longer than `longest`.
    """
    queries.get_team(session, by.tenant_id, team_id)
    _insist_lead(by, team_id)
    if not queries.get_member(session, by.tenant_id, member_id).active:
        raise MemberNotFound(member=member_id)
    if ends_at <= starts_at:
        raise NotForwards(since=starts_at, until=ends_at)
    if ends_at <= at:
        raise OnCallOver(ends_at=ends_at)
    if ends_at - starts_at > longest:
        raise OnCallTooLong(days=longest.days)
    window = OnCall(
        id=new_id(), team_id=team_id, member_id=member_id, starts_at=starts_at, ends_at=ends_at
    )
    session.add(
        OnCallRow(
            id=window.id,
            tenant_id=by.tenant_id,
            team_id=team_id,
            member_id=member_id,
            starts_at=starts_at,
            ends_at=ends_at,
            made_by=by.id,
            made_at=at,
        )
    )
    session.flush()
    _told(session, "staff.on_call", window, by=by, at=at)
    return window


def end_on_call(session: Session, window_id: UUID, *, by: Actor, at: datetime) -> OnCall:
    """Take a window back: it ends now, and so does the access that it gave.

    Raises `OnCallNotFound` (also for a window of a team that one is not in), `LeadOnly`, `OnCallOver`.
    """
    row = session.scalar(
        sa.select(OnCallRow).where(OnCallRow.id == window_id, OnCallRow.tenant_id == by.tenant_id)
    )
    if row is None or not (by.sees_all or row.team_id in by.teams):
        raise OnCallNotFound(window=window_id)
    _insist_lead(by, row.team_id)
    if row.ended_at is not None or row.ends_at <= at:
        raise OnCallOver(window=window_id)
    row.ended_at, row.ended_by = at, by.id
    session.flush()
    window = OnCall(
        id=row.id,
        team_id=row.team_id,
        member_id=row.member_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    _told(session, "staff.on_call_ended", window, by=by, at=at)
    return window


def _insist_lead(by: Actor, team_id: UUID) -> None:
    if not by.sees_all and team_id not in by.leads:
        raise LeadOnly(team=team_id)


def _told(session: Session, what: str, window: OnCall, *, by: Actor, at: datetime) -> None:
    facts = {
        "window": window.id,
        "team": window.team_id,
        "member": window.member_id,
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
    }
    audit.record(session, what, by=by, at=at, facts=facts, purpose="admin")
    materialise_duty(session, by.tenant_id, since=at, teams=[window.team_id])
