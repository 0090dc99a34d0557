"""When nobody answers although a team is open, and who hears of it then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain.hearing import managers
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import minus

Span = tuple[datetime, datetime]


def holes(
    session: Session,
    team_id: UUID,
    since: datetime,
    until: datetime,
    *,
    without: UUID | None = None,
) -> Sequence[Span]:
    """The open hours of the team that nobody answers for; `without`: as if that one were away."""
    duty = staff.duty_of(session, team_id, since, until)
    answered = [(one.starts_at, one.ends_at) for one in duty if one.member_id != without]
    hours = staff.team_calendar(session, team_id).intervals(since, until)
    return [hole for span in hours for hole in minus((span[0], span[1]), answered)]


def made_by(
    session: Session, team_id: UUID, member_id: UUID, since: datetime, until: datetime
) -> bool:
    """Whether there is a time at which this member, and nobody else, answers for the open team."""
    stands = holes(session, team_id, since, until)
    alone = holes(session, team_id, since, until, without=member_id)
    return _length(alone) > _length(stands)


def _length(spans: Sequence[Span]) -> timedelta:
    return sum((end - start for start, end in spans), timedelta())


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Who hears in place of a team: `by_lead` where a lead of its own is there, `there` where
    anybody of them is."""

    names: tuple[str, ...]
    by_lead: bool
    there: bool


def heard(session: Session, tenant_id: UUID, team_id: UUID, at: datetime) -> Heard:
    """Who hears now of what falls due for a team without anybody on duty."""
    directory = reminders.directory(session, at)
    found = managers(tenant_id, directory, team_id)
    names = staff.member_names(session, tenant_id)
    own = directory.present(directory.leads.get(team_id, frozenset()))
    return Heard(
        names=tuple(sorted(names.get(one, "") for one in found)),
        by_lead=bool(own & directory.leads.get(team_id, frozenset())),
        there=bool(directory.present(found)),
    )
