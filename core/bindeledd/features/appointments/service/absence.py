"""Somebody is away: the appointments that they were to keep are work for those who are here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import queries
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases.service import work
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor, system


def cover_absence(
    session: Session,
    member_id: UUID,
    *,
    since: datetime,
    until: datetime,
    by: Actor,
    at: datetime,
    book: Book,
) -> list[UUID]:
    """Somebody is away: each appointment that they were to keep then is owed an answer.

    Cover it, move it, or cancel it; the patient is told before it begins, so it is due then. Gives
    the cases. Those that stand already with such a task, of an earlier word, get no second one.
    Those of teams that `by` does not see are owed it too: it is the product that says so there.
    """
    done: list[UUID] = []
    kept = queries.of_member(session, by.tenant_id, member_id, max(since, at), until)
    seen = queries.seen_among(session, by, [row.case_id for row in kept])
    for row in kept:
        said = {"because": "away", "appointment_id": str(row.id)}
        if _answered_for(session, row):
            continue
        work.add_task(
            session,
            row.case_id,
            kind=COVER,
            due_at=row.starts_at,
            words=said,
            satisfied_by=COVERED,
            about=about(row.id),
            by=by if row.case_id in seen else system(by.tenant_id),
            at=at,
            book=book,
        )
        done.append(row.case_id)
    return done


COVER = "cover_appointment"
# What ends it, beside a person's word that somebody else keeps it and the patient knows.
COVERED = ("appointment_moved", "appointment_cancelled", "appointment_kept")


def about(appointment_id: UUID) -> dict[str, UUID]:
    """What such a task is about: what becomes of another appointment does not end it."""
    return {"about": appointment_id, "appointment_id": appointment_id}


def _answered_for(session: Session, row: queries.Kept) -> bool:
    return any(
        task.kind == COVER and task.is_open and task.due_at == row.starts_at
        for task in case_queries.tasks_of(session, row.case_id)
    )
