"""What IT sees: for whoever has the role, and written down."""

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
    Keys,
    Person,
    Rhythm,
    TeamPage,
)
from bindeledd.features.audit import service as audit
from bindeledd.features.staff import queries as staff
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
    shown(session, "running", by=by, at=at)
    return Running(
        beats=queries.beats(session, rhythms),
        failures=queries.failures(session, by.tenant_id),
        keys=queries.keys(session, by.tenant_id),
    )


def show_failures(session: Session, page: str, *, by: Actor, at: datetime) -> Sequence[Failure]:
    """What failed and nobody has marked as seen. Raises `GrantMissing`."""
    shown(session, page, by=by, at=at)
    return queries.failures(session, by.tenant_id)


def show_directory(session: Session, *, by: Actor, at: datetime) -> Directory:
    """Organisations, units, addresses and teams. Raises `GrantMissing`."""
    shown(session, "directory", by=by, at=at)
    return queries.directory(session, by.tenant_id, at)


def show_team(session: Session, team_id: UUID, *, by: Actor, at: datetime) -> TeamPage:
    """One team, its people and its duty of the days to come. Raises `GrantMissing`, `TeamNotFound`."""
    shown(session, "team", by=by, at=at)
    team = queries.team(session, by.tenant_id, team_id, at)
    leads = {one.id for one in staff.leads(session, team_id, at)}
    return TeamPage(
        team=team,
        members=tuple(
            (one, Role.LEAD if one.id in leads else Role.MEMBER)
            for one in staff.members_of(session, team_id, at)
        ),
        on_call=staff.on_call(session, [team_id], at),
        duty=staff.duty_of(session, team_id, at, at + _AHEAD),
    )


def show_person(session: Session, member_id: UUID, *, by: Actor, at: datetime) -> Person:
    """One member. Raises `GrantMissing`, `MemberNotFound`."""
    shown(session, "member", by=by, at=at)
    return queries.person(session, by.tenant_id, member_id, at)


def may_see(session: Session, page: str, *, by: Actor, at: datetime) -> None:
    """A page that asks nothing more of the database than names. Raises `GrantMissing`."""
    shown(session, page, by=by, at=at)


def shown(session: Session, page: str, *, by: Actor, at: datetime) -> None:
    """Only whoever has the role, and it is written down which page it was. Raises `GrantMissing`."""
    require_grant(by, ADMIN)
    facts = {"page": page}
    audit.record(session, "administration.shown", by=by, at=at, facts=facts, purpose="admin")
