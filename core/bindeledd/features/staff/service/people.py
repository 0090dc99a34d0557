"""Members: who works where, who has left. Duty is made anew with each change."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.staff import queries
from bindeledd.features.staff.domain import (
    Actor,
    LoginWrong,
    Role,
    TeamNotFound,
)
from bindeledd.features.staff.service.directory import Installed, _put, _told
from bindeledd.features.staff.service.duty import materialise_duty
from bindeledd.features.staff.tables import (
    AbsenceRow,
    GrantRow,
    MemberRow,
    MembershipRow,
    OnCallRow,
    TeamRow,
)
from bindeledd.foundation.ids import new_id


def set_member(
    session: Session,
    *,
    login: str,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    by: Actor,
    at: datetime,
) -> Installed:
    """A person who works here, known by the log-in name (kept in small letters).

    Somebody who had left and is named again is active again; memberships are given anew.
    """
    login = login.strip().lower()
    if not 2 <= len(login) <= 80 or any(c.isspace() or c in "/|," for c in login):
        raise LoginWrong(length=len(login))
    values = {"name": name.strip(), "email": email or None, "phone": phone or None, "active": True}
    done = _put(
        session, MemberRow, {"tenant_id": by.tenant_id, "login": login}, values, {"made_at": at}
    )
    return _told(session, "member", done, by=by, at=at)


def teams_touched(session: Session, member_id: UUID, at: datetime) -> list[UUID]:
    """Teams whose duty the member touches: as member, on call, or standing in for one of those."""
    stands_in_for = sa.select(AbsenceRow.member_id).where(
        AbsenceRow.stand_in_id == member_id, AbsenceRow.until > at
    )
    on_call = sa.select(OnCallRow.team_id).where(
        sa.or_(OnCallRow.member_id == member_id, OnCallRow.member_id.in_(stands_in_for)),
        OnCallRow.ended_at.is_(None),
        OnCallRow.ends_at > at,
    )
    places = sa.select(MembershipRow.team_id).where(
        sa.or_(
            MembershipRow.member_id == member_id,
            MembershipRow.member_id.in_(stands_in_for),
        ),
        sa.or_(MembershipRow.until.is_(None), MembershipRow.until > at),
    )
    return list(session.scalars(places.union(on_call)))


def join_team(
    session: Session,
    member_id: UUID,
    team_id: UUID,
    role: Role = Role.MEMBER,
    *,
    by: Actor,
    at: datetime,
    until: datetime | None = None,
) -> Installed:
    """Give the member a place in the team from `at`. Another role there ends first."""
    _insist(session, by.tenant_id, member_id, team_id)
    places = session.scalars(
        sa.select(MembershipRow).where(
            MembershipRow.member_id == member_id,
            MembershipRow.team_id == team_id,
            sa.or_(MembershipRow.until.is_(None), MembershipRow.until > at),
        )
    ).all()
    if any(place.role == role and place.until == until for place in places):
        return Installed(id=member_id, outcome="same")
    for place in places:
        place.until = at
    session.add(
        MembershipRow(
            id=new_id(),
            tenant_id=by.tenant_id,
            member_id=member_id,
            team_id=team_id,
            role=role.value,
            since=at,
            until=until,
        )
    )
    session.flush()
    facts = {"member": member_id, "team": team_id, "role": role.value}
    audit.record(session, "staff.joined_team", by=by, at=at, facts=facts, purpose="admin")
    materialise_duty(session, by.tenant_id, since=at, teams=[team_id])
    return Installed(id=member_id, outcome="changed" if places else "made")


def _insist(session: Session, tenant_id: UUID, member_id: UUID, team_id: UUID) -> None:
    queries.get_member(session, tenant_id, member_id)
    if session.scalar(sa.select(TeamRow.tenant_id).where(TeamRow.id == team_id)) != tenant_id:
        raise TeamNotFound(team=team_id)


def leave_team(
    session: Session, member_id: UUID, team_id: UUID, *, by: Actor, at: datetime
) -> None:
    """End the member's place in the team at once, and the windows on call that came with it.

    A window that a lead gave to somebody of another team has nothing to do with the place: it stays.
    """
    was_member = sa.exists().where(
        MembershipRow.member_id == member_id,
        MembershipRow.team_id == team_id,
        MembershipRow.since <= OnCallRow.made_at,
        sa.or_(MembershipRow.until.is_(None), MembershipRow.until > OnCallRow.made_at),
    )
    _end_windows(session, member_id, OnCallRow.team_id == team_id, was_member, by=by, at=at)
    session.execute(
        sa.update(MembershipRow)
        .where(
            MembershipRow.tenant_id == by.tenant_id,
            MembershipRow.member_id == member_id,
            MembershipRow.team_id == team_id,
            sa.or_(MembershipRow.until.is_(None), MembershipRow.until > at),
        )
        .values(until=at)
    )
    facts = {"member": member_id, "team": team_id}
    audit.record(session, "staff.left_team", by=by, at=at, facts=facts, purpose="admin")
    materialise_duty(session, by.tenant_id, since=at, teams=[team_id])


def grant(session: Session, member_id: UUID, role: str, *, by: Actor, at: datetime) -> Installed:
    """Give the member a role for the whole tenant: `admin` or `privacy`."""
    queries.get_member(session, by.tenant_id, member_id)
    if session.get(GrantRow, (member_id, role)) is not None:
        return Installed(id=member_id, outcome="same")
    session.add(GrantRow(member_id=member_id, role=role, tenant_id=by.tenant_id))
    session.flush()
    facts = {"member": member_id, "role": role}
    audit.record(session, "staff.granted", by=by, at=at, facts=facts, purpose="admin")
    return Installed(id=member_id, outcome="made")


def deactivate_member(
    session: Session, member_id: UUID, *, by: Actor, at: datetime
) -> Sequence[UUID]:
    """End the member's work here at once: places, grants, windows on call, duty. The teams that
    they were in.

    Every request asks whether the member is active, so sessions and tokens open nothing from
    the next request on. What they held goes back to the teams by `tasks.service.let_go`.
    """
    queries.get_member(session, by.tenant_id, member_id)
    teams = teams_touched(session, member_id, at)
    session.execute(sa.update(MemberRow).where(MemberRow.id == member_id).values(active=False))
    session.execute(
        sa.update(MembershipRow)
        .where(
            MembershipRow.member_id == member_id,
            sa.or_(MembershipRow.until.is_(None), MembershipRow.until > at),
        )
        .values(until=at)
    )
    _end_windows(session, member_id, by=by, at=at)
    session.execute(sa.delete(GrantRow).where(GrantRow.member_id == member_id))
    audit.record(
        session, "staff.deactivated", by=by, at=at, facts={"member": member_id}, purpose="admin"
    )
    materialise_duty(session, by.tenant_id, since=at, teams=teams)
    return teams


def _end_windows(
    session: Session,
    member_id: UUID,
    *some: sa.ColumnElement[bool],
    by: Actor,
    at: datetime,
) -> None:
    """End the member's windows on call that are not over: those for which `some` holds."""
    session.execute(
        sa.update(OnCallRow)
        .where(
            OnCallRow.tenant_id == by.tenant_id,
            OnCallRow.member_id == member_id,
            OnCallRow.ended_at.is_(None),
            OnCallRow.ends_at > at,
            *some,
        )
        .values(ended_at=at, ended_by=by.id)
        .execution_options(synchronize_session="fetch")
    )
