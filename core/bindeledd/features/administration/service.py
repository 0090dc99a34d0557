"""What IT sees and changes: for whoever has the role, written down with who, when and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access.domain import require_grant
from bindeledd.features.administration import queries
from bindeledd.features.administration.domain import (
    ADMIN,
    Beat,
    Directory,
    Failure,
    HoldsTasks,
    Keys,
    LoginTaken,
    OwnPlace,
    Person,
    Rhythm,
    TeamPage,
    Why,
    insist_led,
    insist_may_end,
    insist_unchanged,
)
from bindeledd.features.audit import service as audit
from bindeledd.features.reminders.service.leaving import leave
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import Actor, Role

_AHEAD = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Running:
    """What runs, what failed, and how old the keys are."""

    beats: Sequence[Beat]
    failures: Sequence[Failure]
    keys: Keys


def show_running(
    session: Session, rhythms: Mapping[str, Rhythm], *, by: Actor, at: datetime
) -> Running:
    """Jobs, failures and keys. Raises `GrantMissing`."""
    _shown(session, "running", by=by, at=at)
    return Running(
        beats=queries.beats(session, rhythms),
        failures=queries.failures(session, by.tenant_id),
        keys=queries.keys(session, by.tenant_id),
    )


def show_failures(session: Session, page: str, *, by: Actor, at: datetime) -> Sequence[Failure]:
    """What failed and nobody has marked as seen. Raises `GrantMissing`."""
    _shown(session, page, by=by, at=at)
    return queries.failures(session, by.tenant_id)


def show_directory(session: Session, *, by: Actor, at: datetime) -> Directory:
    """Organisations, units, addresses and teams. Raises `GrantMissing`."""
    _shown(session, "directory", by=by, at=at)
    return queries.directory(session, by.tenant_id, at)


def show_team(session: Session, team_id: UUID, *, by: Actor, at: datetime) -> TeamPage:
    """One team, its people and its duty of the days to come. Raises `GrantMissing`, `TeamNotFound`."""
    _shown(session, "team", by=by, at=at)
    staff.get_team(session, by.tenant_id, team_id)
    every = queries.directory(session, by.tenant_id, at).teams
    leads = {one.id for one in staff.leads(session, team_id, at)}
    return TeamPage(
        team=next(one for one in every if one.id == team_id),
        members=tuple(
            (one, Role.LEAD if one.id in leads else Role.MEMBER)
            for one in staff.members_of(session, team_id, at)
        ),
        on_call=staff.on_call(session, [team_id], at),
        duty=staff.duty_of(session, team_id, at, at + _AHEAD),
    )


def show_person(session: Session, member_id: UUID, *, by: Actor, at: datetime) -> Person:
    """One member. Raises `GrantMissing`, `MemberNotFound`."""
    _shown(session, "member", by=by, at=at)
    return queries.person(session, by.tenant_id, member_id, at)


def may_see(session: Session, page: str, *, by: Actor, at: datetime) -> None:
    """A page that asks nothing more of the database than names. Raises `GrantMissing`."""
    _shown(session, page, by=by, at=at)


def _shown(session: Session, page: str, *, by: Actor, at: datetime) -> None:
    require_grant(by, ADMIN)
    facts = {"page": page}
    audit.record(session, "administration.shown", by=by, at=at, facts=facts, purpose="admin")


# --- members --------------------------------------------------------------------------------------


def add_member(
    session: Session,
    *,
    login: str,
    name: str,
    email: str | None,
    phone: str | None,
    team_id: UUID | None,
    role: Role,
    why: Why,
    by: Actor,
    at: datetime,
) -> UUID:
    """Somebody begins here, in a team where one is named. Raises `LoginTaken`, `LoginWrong`."""
    require_grant(by, ADMIN)
    if queries.is_login_taken(session, by.tenant_id, login):
        raise LoginTaken()
    made = staff_work.set_member(
        session, login=login, name=name, email=email, phone=phone, by=by, at=at
    )
    if team_id is not None:
        staff_work.join_team(session, made.id, team_id, role, by=by, at=at)
    _told(session, "member_added", made.id, why, by=by, at=at)
    return made.id


def change_member(
    session: Session,
    member_id: UUID,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """What somebody is called and how alerts reach them. Raises `ChangedMeanwhile`."""
    person = _locked(session, member_id, seen, by=by, at=at)
    login = person.member.login
    staff_work.set_member(session, login=login, name=name, email=email, phone=phone, by=by, at=at)
    _told(session, "member_changed", member_id, why, by=by, at=at)


def give_place(
    session: Session,
    member_id: UUID,
    team_id: UUID,
    role: Role,
    *,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """A place in a team from now; another role there ends. Raises `OwnPlace` for oneself,
    `ChangedMeanwhile`, `LastLead`."""
    if by.id == member_id:
        raise OwnPlace()
    person = _locked(session, member_id, seen, by=by, at=at)
    if role is not Role.LEAD:
        insist_led([one for one in person.places if one.team_id == team_id])
    staff_work.join_team(session, member_id, team_id, role, by=by, at=at)
    _told(session, "place_given", member_id, why, team=team_id, by=by, at=at)


def end_place(
    session: Session,
    member_id: UUID,
    team_id: UUID,
    *,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """The place in a team ends now; it stands as it was. Raises `ChangedMeanwhile`, `LastLead`,
    `HoldsTasks` where they hold something of that team."""
    person = _locked(session, member_id, seen, by=by, at=at)
    going = [one for one in person.places if one.team_id == team_id]
    for one in going:
        if one.team in person.held:
            raise HoldsTasks(member=member_id, count=person.held[one.team])
    insist_led(going)
    staff_work.leave_team(session, member_id, team_id, by=by, at=at)
    _told(session, "place_ended", member_id, why, team=team_id, by=by, at=at)


def end_member(
    session: Session, member_id: UUID, *, seen: str, why: Why, by: Actor, at: datetime
) -> None:
    """The work here ends now: access, places and duty at once. Raises `ChangedMeanwhile`,
    `HoldsTasks`, `LastLead`, `LastAdministrator`."""
    person = _locked(session, member_id, seen, by=by, at=at)
    insist_may_end(person, admins=queries.admins(session, by.tenant_id))
    leave(session, member_id, by=by, at=at)
    _told(session, "member_ended", member_id, why, by=by, at=at)


def _locked(session: Session, member_id: UUID, seen: str, *, by: Actor, at: datetime) -> Person:
    """The member as they stand, which nobody else changes meanwhile and nobody has since `seen`."""
    require_grant(by, ADMIN)
    staff.get_member(session, by.tenant_id, member_id)
    queries.lock_places(session, by.tenant_id, member_id)
    person = queries.person(session, by.tenant_id, member_id, at)
    insist_unchanged(seen, person.standing)
    return person


def _told(
    session: Session,
    what: str,
    member_id: UUID,
    why: Why,
    *,
    team: UUID | None = None,
    by: Actor,
    at: datetime,
) -> None:
    facts: dict[str, object] = {"member": member_id, "why": why.value}
    if team is not None:
        facts["team"] = team
    audit.record(session, f"administration.{what}", by=by, at=at, facts=facts, purpose="admin")
