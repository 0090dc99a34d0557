"""A lead signs that rows in = follow-ups + refused: then it begins. Or two people undo it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.appointments.service import leave
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain.closing import MustStillOwed
from bindeledd.features.cases.service.undoing import close_as_error
from bindeledd.features.intake.service.owed import owe, settle
from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service.beginning import let_go_on
from bindeledd.features.reminders.service.rounds import Rounds
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover import queries
from bindeledd.features.takeover.domain import SOURCE, UNDO, State, Takeover
from bindeledd.features.takeover.domain.refusals import (
    LeadSigns,
    UndoAsked,
    UndoReason,
    check_sign,
    check_undo,
    check_unsigned,
)
from bindeledd.features.takeover.service.deciding import locked, owe_refused
from bindeledd.features.takeover.service.reopening import owe_anew
from bindeledd.features.takeover.tables import TakeoverRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table
from bindeledd.foundation.sealing import keyring


def sign(
    session: Session,
    takeover_id: UUID,
    *,
    by: Actor,
    at: datetime,
    book: Book,
    despite_undo: bool = False,
) -> Takeover:
    """A lead of the team has read the comparison: rounds begin at once. It cannot be undone then,
    and its refused rows are owed by whoever signed, until each of them is decided.

    While somebody's asking to undo it waits, it is signed with `despite_undo` only: that says no to
    them. Raises `LeadSigns`, `TakeoverNotFound`, `NotUnsigned`, `UndoWaits`.
    """
    row = locked(session, takeover_id, by)
    check_sign(State(row.state), row.undo_asked_by, despite_undo=despite_undo)
    row.refused_task_id = owe_refused(session, row, by=by, at=at, book=book)
    row.state, row.signed_at, row.signed_by = State.SIGNED.value, at, by.id
    settle(session, row.task_id, at=at)
    settle(session, row.undo_task_id, at=at)  # signed: there is nothing to undo any more
    mine = queries.cases_of(session, row.id)
    cases.lock_cases(session, mine)
    held = let_go_on(session, _rounds(book), mine, at=at)
    _audit(session, "takeover.signed", row, by=by, at=at, tasks=held)
    return queries.opened(session, row)


def ask_undo(
    session: Session, takeover_id: UUID, *, words: str, by: Actor, at: datetime, book: Book
) -> Takeover:
    """Ask for undoing an unsigned take-over, with the reason; a second person owes the answer.

    Raises `LeadSigns`, `TakeoverNotFound`, `NotUnsigned`, `UndoAsked`, `UndoReason`.
    """
    row = locked(session, takeover_id, by)
    check_unsigned(State(row.state))
    if row.undo_asked_by is not None:
        raise UndoAsked(takeover=takeover_id)
    if not words.strip():
        raise UndoReason(takeover=takeover_id)
    row.undo_asked_at, row.undo_asked_by = at, by.id
    row.undo_words = keyring.seal(session, row.place("undo_words"), {"words": words.strip()})
    row.undo_task_id = _owe_second(session, row, by=by, at=at, book=book)
    session.flush()
    _audit(session, "takeover.undo_asked", row, by=by, at=at)
    return queries.opened(session, row)


def _owe_second(session: Session, row: TakeoverRow, *, by: Actor, at: datetime, book: Book) -> UUID:
    """Whoever may be the second person owes an answer, with a clock, and hears of it."""
    team_id, member_id = queries.second(session, row, at)
    task = owe(session, subject_id=row.id, kind=UNDO, team_id=team_id, by=by, at=at, book=book)
    session.execute(
        sa.update(table(TaskRow)).where(TaskRow.id == task.id).values(held_by=member_id)
    )
    return task.id


def undo(session: Session, takeover_id: UUID, *, by: Actor, at: datetime, book: Book) -> Takeover:
    """A second person agrees: every follow-up of it is closed as registered in error, none deleted;
    whoever was refused elsewhere because of one of them is owed a decision there.

    That is another lead of the team; where it has none, whoever leads another team of the tenant,
    or an administrator: for this one act they may what a lead of the team may. One in which somebody has recorded anything since stays open, and its rounds begin. Raises
    `LeadSigns`, `TakeoverNotFound`, `NotUnsigned`, `NoUndoAsked`, `SecondNeeded`.
    """
    if by.id is None or not (by.leads or "admin" in by.grants):
        raise LeadSigns(takeover=takeover_id)
    row = queries.get_row_to_undo(session, takeover_id, by=by, at=at)
    check_undo(State(row.state), row.undo_asked_by, by.id)
    by = replace(by, teams=by.teams | {row.team_id}, leads=by.leads | {row.team_id})
    words = _words(session, row)
    mine = queries.cases_of(session, row.id)
    queries.lock_refused_for(session, mine)
    cases.lock_cases(session, mine)  # whoever records something now is waited for, and counts
    kept = queries.worked_on(session, mine, row.taken_at)
    closed = {
        case_id
        for case_id in mine
        if case_id not in kept and _closed(session, row, case_id, words, by, at, book)
    }
    kept = set(mine) - closed
    row.state, row.undone_at, row.undone_by = State.UNDONE.value, at, by.id
    settle(session, row.task_id, at=at)
    settle(session, row.undo_task_id, at=at)
    let_go_on(session, _rounds(book), sorted(kept), at=at)
    owe_anew(session, closed, by=by, at=at, book=book)
    _audit(session, "takeover.undone", row, by=by, at=at, kept=len(kept))
    return queries.opened(session, row)


def _closed(
    session: Session,
    row: TakeoverRow,
    case_id: UUID,
    words: dict[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> bool:
    """Whether the case is closed now: one that waits for an answer, or moved on, stays.

    Whoever kept the list that it came from answers for its appointments again.
    """
    case = cases.get_case(session, case_id, tenant_id=row.tenant_id)
    if not case.is_open or case.responsible_team_id != row.team_id:
        return False
    assert row.undo_asked_by is not None and row.undo_asked_at is not None  # noqa: S101, PT018
    try:
        with session.begin_nested():
            leave(session, case_id, words=words, by=by, at=at, book=book)
            close_as_error(
                session,
                case_id,
                asked_by=row.undo_asked_by,
                asked_at=row.undo_asked_at,
                words=words,
                source=SOURCE,
                by=by,
                at=at,
            )
    except MustStillOwed:
        return False
    return True


def _words(session: Session, row: TakeoverRow) -> dict[str, Any]:
    if row.undo_words is None:
        return {}
    return keyring.unseal_or_report(session, row.place("undo_words"), row.undo_words) or {}


def _rounds(book: Book) -> Rounds:
    return Rounds(book=book, fallback_repeat=Rules().fallback_repeat)


def _audit(
    session: Session, act: str, row: TakeoverRow, *, by: Actor, at: datetime, **facts: object
) -> None:
    said = {"takeover": row.id, "rows": row.rows_in, "taken": row.taken, "refused": row.refused}
    audit.record(session, act, by=by, at=at, subjects=[row.id], facts={**said, **facts})
