"""Teams: a new one with a lead and hours, another name, other hours. Nothing is deleted."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access.domain import require_grant
from bindeledd.features.administration import queries
from bindeledd.features.administration.domain import (
    ADMIN,
    KeyTaken,
    LeadEnded,
    OwnPlace,
    Team,
    Why,
    insist_key,
    insist_open,
    insist_unchanged,
)
from bindeledd.features.administration.service.telling import told
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import Actor, Hours, Role


def add_team(
    session: Session,
    *,
    key: str,
    name: str,
    organisation_id: UUID,
    lead_id: UUID,
    hours: Sequence[Hours],
    closed: Collection[date],
    why: Why,
    by: Actor,
    at: datetime,
) -> UUID:
    """A new team, which somebody leads and which is open at some time, with its duty from now.

    `closed`: days that packs know. Raises `KeyWrong`, `KeyTaken`, `NeverOpen`, `HoursWrong`,
    `OwnPlace` for oneself as the lead, `LeadEnded`, `MemberNotFound`, `OrganisationNotThere`.
    """
    require_grant(by, ADMIN)
    insist_key(key)
    insist_open(hours)
    if lead_id == by.id:
        raise OwnPlace()
    if not staff.get_member(session, by.tenant_id, lead_id).active:
        raise LeadEnded(member=lead_id)
    queries.lock_directory(session, by.tenant_id)
    if staff.find_team(session, by.tenant_id, key) is not None:
        raise KeyTaken()
    queries.organisation(session, by.tenant_id, organisation_id)
    made = staff_work.set_team(
        session, key=key, name=name, organisation_id=organisation_id, by=by, at=at
    ).id
    staff_work.set_hours(session, made, hours, by=by, at=at)
    staff_work.join_team(session, lead_id, made, Role.LEAD, by=by, at=at)
    staff_work.renew_duty(session, by.tenant_id, {made: closed}, since=at, teams=[made])
    told(session, "team_added", {"team": made, "member": lead_id}, why, by=by, at=at)
    return made


def rename_team(
    session: Session,
    team_id: UUID,
    *,
    name: str,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """What a team is called. Raises `ChangedMeanwhile`, `TeamNotFound`."""
    team = _locked(session, team_id, seen, by=by, at=at)
    staff_work.set_team(
        session,
        key=team.key,
        name=name,
        organisation_id=team.organisation_id,
        zone=team.zone,
        by=by,
        at=at,
    )
    told(session, "team_changed", {"team": team_id}, why, by=by, at=at)


def change_hours(
    session: Session,
    team_id: UUID,
    *,
    hours: Sequence[Hours],
    closed: Collection[date],
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """When a team is open from now, all of it; who answers is made anew, and due times that stand
    do not move. `closed`: days that packs know.

    Raises `ChangedMeanwhile`, `NeverOpen`, `HoursWrong`, `TeamNotFound`.
    """
    _locked(session, team_id, seen, by=by, at=at)
    insist_open(hours)
    staff_work.set_hours(session, team_id, hours, by=by, at=at)
    staff_work.renew_duty(session, by.tenant_id, {team_id: closed}, since=at, teams=[team_id])
    told(session, "hours_changed", {"team": team_id}, why, by=by, at=at)


def _locked(session: Session, team_id: UUID, seen: str, *, by: Actor, at: datetime) -> Team:
    """The team as it stands, which nobody else changes meanwhile and nobody has since `seen`."""
    require_grant(by, ADMIN)
    queries.lock_team(session, team_id)
    session.expire_all()
    team = queries.team(session, by.tenant_id, team_id, at)
    insist_unchanged(seen, team.standing)
    return team
