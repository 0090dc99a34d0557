"""Somebody is away: the appointments that they were to keep are work for those who are here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.appointments import queries
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases.service import work
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor, system

# What ends it, beside a person's word that somebody else keeps it and the patient knows.
COVERED = ("appointment_moved", "appointment_cancelled", "appointment_kept")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The follow-ups that owe an answer now; and the teams of those that owe nothing any more."""

    cases: Sequence[UUID]
    closed: Sequence[UUID] = ()


def cover_absence(
    session: Session,
    member_id: UUID,
    *,
    since: datetime,
    until: datetime,
    by: Actor,
    at: datetime,
    book: Book,
) -> Seen:
    """Somebody is away: each appointment that they were to keep then is owed an answer.

    Cover it, move it, or cancel it; the patient is told before it begins, so it is due then. Those
    that stand already with such a task, of an earlier word, get no second one. Whether whoever says
    it sees the follow-up is not asked: they are told nothing of it, and an absence is never refused.
    """
    done: list[UUID] = []
    closed: list[UUID] = []
    for row in queries.of_member(session, by.tenant_id, member_id, max(since, at), until):
        said = {"because": "away", "appointment_id": str(row.id)}
        if _answered_for(session, row):
            continue
        case = case_queries.get_case(session, row.case_id, tenant_id=by.tenant_id)
        if not case.is_open:
            closed.append(case.responsible_team_id)
            continue
        work.add_task(
            session,
            row.case_id,
            kind="cover_appointment",
            due_at=row.starts_at,
            words=said,
            satisfied_by=COVERED,
            about={"appointment_id": str(row.id)},
            by=_writer(session, by, row.case_id),
            at=at,
            book=book,
        )
        done.append(row.case_id)
    return Seen(cases=done, closed=sorted(set(closed)))


def _writer(session: Session, by: Actor, case_id: UUID) -> Actor:
    """Whoever says it, where they see the follow-up; else the product for them."""
    try:
        access.require_case(session, by, case_id)
    except OutOfSight:
        return system(by.tenant_id, by.request_id)
    return by


def _answered_for(session: Session, row: queries.Kept) -> bool:
    return any(
        task.kind == "cover_appointment" and task.is_open and task.due_at == row.starts_at
        for task in case_queries.tasks_of(session, row.case_id)
    )
