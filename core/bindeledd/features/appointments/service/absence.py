"""Somebody is away: the appointments that they were to keep are work for those who are here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import queries
from bindeledd.features.cases.service import work
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor, system

COVER = "cover_appointment"
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
    that stand already with such a task, of an earlier word, get no second one. Those of teams that
    `by` does not see are owed it too: it is the product that says so there, and tells `by` nothing.
    """
    done: list[UUID] = []
    closed: list[UUID] = []
    kept = queries.of_member(session, by.tenant_id, member_id, max(since, at), until)
    theirs = {row.case_id for row in kept}
    seen = queries.seen_among(session, by, theirs)
    answered = queries.answered_for(session, theirs, COVER)
    for row in kept:
        if str(row.id) in answered:
            continue
        if not row.is_followed:
            closed.append(row.team_id)
            continue
        who = by if row.case_id in seen else system(by.tenant_id, by.request_id)
        see_to(session, row.case_id, row.id, row.starts_at, by=who, at=at, book=book)
        done.append(row.case_id)
    return Seen(cases=done, closed=sorted(set(closed)))


def see_to(
    session: Session,
    case_id: UUID,
    appointment_id: UUID,
    due_at: datetime,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """Owe an answer to this appointment: what becomes of another one does not end it."""
    work.add_task(
        session,
        case_id,
        kind=COVER,
        due_at=max(due_at, at),
        words={"because": "away", "appointment_id": str(appointment_id)},
        satisfied_by=COVERED,
        about={"about": appointment_id, "appointment_id": appointment_id},
        by=by,
        at=at,
        book=book,
    )
