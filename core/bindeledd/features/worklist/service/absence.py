"""Away today: what somebody holds, and what they were to keep, becomes work for those who are here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments.service.absence import cover_absence
from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders.domain.inbox import of_member
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.reminders.service.leaving import go_away
from bindeledd.features.staff.domain import Absence, Actor


@dataclass(frozen=True, kw_only=True)
class Gone:
    """What fell to the team: tasks that were held, and follow-ups with an appointment to see to."""

    absence: Absence
    tasks: Sequence[UUID]
    appointments: Sequence[UUID]


def leave_for_today(
    session: Session,
    member_id: UUID,
    *,
    since: datetime,
    until: datetime,
    stand_in_id: UUID | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Gone:
    """The member is away: tasks go back to the team, each appointment becomes a task of its case.

    A stand-in hears what the member would have heard, but an appointment is seen to in any case:
    whether the stand-in keeps it is said by a person. Who may say it: the member, or a lead.
    """
    gone = go_away(
        session,
        member_id,
        since=since,
        until=until,
        stand_in_id=stand_in_id,
        by=by,
        at=at,
    )
    kept = cover_absence(session, member_id, since=since, until=until, by=by, at=at, book=book)
    for team in kept.closed:
        source, code = of_member(team, member_id), "away_after_closing"
        report_fault(session, source, code, at=at, tenant_id=by.tenant_id, each=True)
    return Gone(absence=gone.absence, tasks=gone.tasks, appointments=kept.cases)
