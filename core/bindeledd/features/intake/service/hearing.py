"""Who knows of a call now: whoever is on duty, and whoever has been told. Opens nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.reminders import queries as reminders
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor


@dataclass(frozen=True, kw_only=True)
class Told:
    """Somebody who has it in the inbox. `role` is a plain code: lead, on_duty, or nothing."""

    name: str
    role: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """Who is on duty for the team now, when the next duty begins, and who has been told."""

    team_id: UUID
    on_duty: tuple[str, ...]
    next_duty: datetime | None
    told: tuple[Told, ...]


def who_knows(
    session: Session, team_id: UUID, task_id: UUID | None, *, by: Actor, at: datetime
) -> Hearing:
    """Who is there for what the team owes, and who knows of it. Told is not the same as read."""
    there = {member.id: member.name for member in staff.on_duty(session, team_id, at)}
    leads = {member.id for member in staff.leads(session, team_id, at)}
    names = staff.member_names(session, by.tenant_id)
    rows = [] if task_id is None else reminders.told(session, task_id)
    begins = None if there else reminders.covered_from(session, at).get(team_id)
    return Hearing(
        team_id=team_id,
        on_duty=tuple(sorted(there.values())),
        next_duty=begins,
        told=tuple(
            Told(
                name=names.get(member, ""),
                role="lead" if member in leads else "on_duty" if member in there else "",
                at=since,
            )
            for member, since in rows
        ),
    )
