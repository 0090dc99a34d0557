"""Somebody is away: the appointments that they were to keep are work for those who are here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import queries
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases.service.adding import Wanted, add_tasks
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor, system
from bindeledd.features.tasks.domain import Task

COVER = "cover_appointment"
# What ends it, beside a person's word that somebody else keeps it and the patient knows.
COVERED = (
    "appointment_moved",
    "appointment_cancelled",
    "appointment_kept",
    "appointment_handed_on",
)


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
    that stand already with such a task, of an earlier word, get no second one. Those of teams that
    `by` does not see are owed it too: it is the product that says so there, and tells `by` nothing.
    """
    kept = queries.of_member(session, by.tenant_id, member_id, max(since, at), until)
    case_ids = {row.case_id for row in kept}
    seen = queries.seen_among(session, by, case_ids)
    tasks = case_queries.tasks_of_all(session, case_ids)
    cases = case_queries.get_cases(session, case_ids, tenant_id=by.tenant_id)
    left: dict[UUID, list[queries.Kept]] = {}
    for row in kept:
        if not _answered_for(tasks[row.case_id], row):
            left.setdefault(row.case_id, []).append(row)
    still_open = [case_id for case_id in left if cases[case_id].is_open]
    for case_id in still_open:
        who = by if case_id in seen else system(by.tenant_id, by.request_id)
        wanted = [_wanted(row.id, row.starts_at, at) for row in left[case_id]]
        add_tasks(session, case_id, wanted, by=who, at=at, book=book)
    closed = {cases[one].responsible_team_id for one in left if one not in still_open}
    return Seen(
        cases=[row.case_id for one in still_open for row in left[one]], closed=sorted(closed)
    )


def see_to(
    session: Session,
    case_id: UUID,
    appointments: Sequence[tuple[UUID, datetime]],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """Owe an answer to each of these (id, due time): what becomes of another one does not end it."""
    wanted = [_wanted(one, due_at, at) for one, due_at in appointments]
    if wanted:
        add_tasks(session, case_id, wanted, by=by, at=at, book=book)


def _wanted(appointment_id: UUID, due_at: datetime, at: datetime) -> Wanted:
    return Wanted(
        kind=COVER,
        due_at=max(due_at, at),
        words={"because": "away", "appointment_id": str(appointment_id)},
        satisfied_by=COVERED,
        about={"about": appointment_id, "appointment_id": appointment_id},
    )


def _answered_for(tasks: Sequence[Task], row: queries.Kept) -> bool:
    return any(
        task.kind == COVER and task.is_open and task.due_at == row.starts_at for task in tasks
    )
