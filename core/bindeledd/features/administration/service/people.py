"""Who works here: begun, changed, given a place or a role, ended, begun again. Places and members
end, and stand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access.domain import require_grant
from bindeledd.features.administration import queries
from bindeledd.features.administration.domain import (
    ADMIN,
    HoldsTasks,
    LoginTaken,
    OwnPlace,
    OwnRole,
    Person,
    Why,
    insist_led,
    insist_may_end,
    insist_unchanged,
    insist_works_here,
)
from bindeledd.features.administration.service.telling import told
from bindeledd.features.reminders.service.leaving import leave
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as staff_work
from bindeledd.features.staff.domain import Actor, Grant, Role


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
    queries.lock_directory(session, by.tenant_id)
    if queries.is_login_taken(session, by.tenant_id, login):
        raise LoginTaken()
    made = staff_work.set_member(
        session, login=login, name=name, email=email, phone=phone, by=by, at=at
    )
    if team_id is not None:
        staff_work.join_team(session, made.id, team_id, role, by=by, at=at)
    told(session, "member_added", {"member": made.id}, why, by=by, at=at)
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
    """What somebody is called and how alerts reach them. Raises `ChangedMeanwhile`, `MemberEnded`."""
    person = _locked(session, member_id, seen, by=by, at=at)
    insist_works_here(person)
    login = person.member.login
    staff_work.set_member(session, login=login, name=name, email=email, phone=phone, by=by, at=at)
    told(session, "member_changed", {"member": member_id}, why, by=by, at=at)


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
    `ChangedMeanwhile`, `LastLead`, `MemberEnded`."""
    if by.id == member_id:
        raise OwnPlace()
    person = _locked(session, member_id, seen, by=by, at=at)
    insist_works_here(person)
    if role is not Role.LEAD:
        insist_led([one for one in person.places if one.team_id == team_id])
    staff_work.join_team(session, member_id, team_id, role, by=by, at=at)
    told(session, "place_given", {"member": member_id, "team": team_id}, why, by=by, at=at)


def give_role(
    session: Session,
    member_id: UUID,
    role: Grant,
    *,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """A role for the whole tenant; it ends with the work here. Raises `OwnRole` for oneself,
    `ChangedMeanwhile`, `MemberEnded`."""
    if by.id == member_id:
        raise OwnRole()
    insist_works_here(_locked(session, member_id, seen, by=by, at=at))
    staff_work.grant(session, member_id, role.value, by=by, at=at)
    told(session, "role_given", {"member": member_id, "role": role.value}, why, by=by, at=at)


def give_language(
    session: Session,
    member_id: UUID,
    language: str,
    *,
    seen: str,
    why: Why,
    by: Actor,
    at: datetime,
) -> None:
    """The language of somebody who has chosen none. Raises `ChangedMeanwhile`, `MemberEnded`,
    `LanguageUnknown`."""
    insist_works_here(_locked(session, member_id, seen, by=by, at=at))
    staff_work.give_language(session, member_id, language, by=by, at=at)
    told(session, "language_given", {"member": member_id}, why, by=by, at=at)


def begin_again(
    session: Session, member_id: UUID, *, seen: str, why: Why, by: Actor, at: datetime
) -> None:
    """Somebody who had left works here again, with the log-in name from before and without a place
    or a role: those are given anew. Raises `ChangedMeanwhile`."""
    member = _locked(session, member_id, seen, by=by, at=at).member
    staff_work.set_member(
        session,
        login=member.login,
        name=member.name,
        email=member.email,
        phone=member.phone,
        by=by,
        at=at,
    )
    told(session, "member_returned", {"member": member_id}, why, by=by, at=at)


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
    told(session, "place_ended", {"member": member_id, "team": team_id}, why, by=by, at=at)


def end_member(
    session: Session, member_id: UUID, *, seen: str, why: Why, by: Actor, at: datetime
) -> None:
    """The work here ends now: access, places and duty at once. Raises `ChangedMeanwhile`,
    `HoldsTasks`, `LastLead`, `LastAdministrator`."""
    person = _locked(session, member_id, seen, by=by, at=at)
    insist_may_end(person, admins=queries.admins(session, by.tenant_id))
    leave(session, member_id, by=by, at=at)
    told(session, "member_ended", {"member": member_id}, why, by=by, at=at)


def _locked(session: Session, member_id: UUID, seen: str, *, by: Actor, at: datetime) -> Person:
    """The member as they stand, which nobody else changes meanwhile and nobody has since `seen`."""
    require_grant(by, ADMIN)
    staff.get_member(session, by.tenant_id, member_id)
    queries.lock_places(session, by.tenant_id, member_id)
    person = queries.person(session, by.tenant_id, member_id, at)
    insist_unchanged(seen, person.standing)
    return person
