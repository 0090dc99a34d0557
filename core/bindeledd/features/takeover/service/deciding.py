"""Each refused row is owed until a person has decided it: taken in as it was corrected, followed
already, or not taken, with the reason in words. The last one ends the task.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.intake.service.owed import owe, settle
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.reminders.service.beginning import hold
from bindeledd.features.staff.domain import Actor
from bindeledd.features.takeover import queries
from bindeledd.features.takeover.domain import DECIDE, Decision, Reason, State, Why, WhyNot
from bindeledd.features.takeover.domain.reading import read_again
from bindeledd.features.takeover.domain.refusals import (
    LeadSigns,
    NotFollowed,
    RowDecided,
    StillRefused,
    WasUndone,
    WordsNeeded,
)
from bindeledd.features.takeover.service import rows as one_row
from bindeledd.features.takeover.service.desks import a_desk, hold_by
from bindeledd.features.takeover.tables import (
    RowDecisionRow,
    TakenRow,
    TakeoverRow,
    decision_place,
)
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.days import zone_named
from bindeledd.foundation.db import table
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.sealing import keyring


def locked(session: Session, takeover_id: UUID, by: Actor) -> TakeoverRow:
    """The row, for a person who leads its team; another team's is not there."""
    if by.id is None or not by.leads:
        raise LeadSigns(takeover=takeover_id)
    return queries.get_row_to_sign(session, takeover_id, by=by)


def owe_refused(
    session: Session, row: TakeoverRow, *, by: Actor, at: datetime, book: Book
) -> UUID | None:
    """Let whoever signs owe the refused rows that nobody answers for; None where there are none."""
    if not queries.undecided(session, row.id):
        return None
    task = owe(
        session,
        subject_id=row.id,
        kind=DECIDE,
        team_id=row.team_id,
        by=by,
        at=at,
        book=book,
    )
    session.execute(sa.update(table(TaskRow)).where(TaskRow.id == task.id).values(held_by=by.id))
    return task.id


def refuse_row(
    session: Session,
    takeover_id: UUID,
    number: int,
    *,
    reason: WhyNot | None,
    words: str,
    by: Actor,
    at: datetime,
) -> None:
    """A lead says why the row becomes no follow-up here.

    Raises `LeadSigns`, `TakeoverNotFound`, `WasUndone`, `RowNotOwed`, `RowDecided`, `WordsNeeded`.
    """
    row, line = _waiting(session, takeover_id, number, by)
    if reason is None or not words.strip():
        raise WordsNeeded(takeover=takeover_id)
    said = {"words": words.strip()}
    _decide(session, row, line, Decision.NOT_TAKEN, said, reason=reason, by=by, at=at)


def say_followed(
    session: Session, takeover_id: UUID, number: int, *, by: Actor, at: datetime
) -> None:
    """A lead says that whom the row names is followed: the one open follow-up that fits.

    Raises as `refuse_row` does, and `NotFollowed` where none that the asker sees is known to fit.
    """
    row, line = _waiting(session, takeover_id, number, by)
    found = queries.find_followed(session, queries.cells_of(session, line), by=by)
    if found is None:
        raise NotFollowed(takeover=takeover_id)
    about = (found.case_id, found.patient_id)
    _decide(session, row, line, Decision.FOLLOWED, {}, about=about, by=by, at=at)


def take_in(
    session: Session,
    takeover_id: UUID,
    number: int,
    *,
    cells: Mapping[str, str],
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """The row as it was corrected becomes a follow-up, which is raised as every other: from now on,
    or from the signature on where nobody has signed, and undone with the others.

    Whoever turns out to be followed by the team already is said to be. Raises as `refuse_row`
    does, and `StillRefused` with everything that is wrong with it still.
    """
    row, line = _waiting(session, takeover_id, number, by)
    desk = a_desk(session, row.team_id, by=by, at=at, book=book)
    read = read_again(number, cells, at=at, zone=zone_named(desk.calendar.zone))
    if not read["number"]:
        desk.followed = queries.names_followed(session, by.tenant_id)
    identifier, more = one_row.identify(desk, read)
    reasons = [*read.reasons, *more]
    if reasons:
        raise StillRefused(reasons=reasons)
    not_taken = one_row.why_not(desk, read, identifier)
    if not_taken is not None and not_taken.why is Why.ALREADY_FOLLOWED:
        found = queries.find_followed(session, read.cells, by=by)
        if found is not None:
            about = (found.case_id, found.patient_id)
            _decide(session, row, line, Decision.FOLLOWED, {}, about=about, by=by, at=at)
            return
    if not_taken is not None:
        raise StillRefused(reasons=[not_taken])
    try:
        with session.begin_nested():
            about = one_row.take(desk, read, line.id, identifier)
    except Refusal:
        raise StillRefused(reasons=[Reason(column="", why=Why.BY_HAND)]) from None
    hold_by(desk, desk.staff[folded(read["owner"])], [about[0]])
    if row.state == State.UNSIGNED:
        hold(session, [about[0]])
    said = {"cells": dict(read.cells)}
    _decide(session, row, line, Decision.TAKEN_IN, said, about=about, by=by, at=at)


def _waiting(
    session: Session, takeover_id: UUID, number: int, by: Actor
) -> tuple[TakeoverRow, TakenRow]:
    """The take-over, locked, and its row that is still to be decided; signed or not: deciding
    raises nothing."""
    row = locked(session, takeover_id, by)
    if row.state == State.UNDONE:
        raise WasUndone(takeover=takeover_id)
    line = queries.get_owed(session, row.id, number)
    if session.get(RowDecisionRow, line.id) is not None:
        raise RowDecided(takeover=takeover_id, row=number)
    return row, line


def _decide(
    session: Session,
    row: TakeoverRow,
    line: TakenRow,
    decision: Decision,
    said: Mapping[str, Any],
    *,
    reason: WhyNot | None = None,
    about: tuple[UUID, UUID] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    case_id, patient_id = about or (None, None)
    place = decision_place(row.tenant_id, line.id, patient_id or row.id)
    session.execute(
        sa.insert(table(RowDecisionRow)).values(
            id=line.id,
            tenant_id=row.tenant_id,
            takeover_id=row.id,
            decision=decision.value,
            reason=None if reason is None else reason.value,
            case_id=case_id,
            patient_id=patient_id,
            said=keyring.seal(session, place, said),
            decided_at=at,
            decided_by=by.id,
        )
    )
    left = queries.undecided(session, row.id)
    if not left:
        for task_id in {row.refused_task_id, *queries.tasks_anew(session, row)}:
            settle(session, task_id, at=at)
    audit.record(
        session,
        "takeover.row_decided",
        by=by,
        at=at,
        subjects=[row.id, *([patient_id] if patient_id else [])],
        facts={
            "takeover": row.id,
            "row": line.number,
            "decision": decision.value,
            "reason": "" if reason is None else reason.value,
            "case": case_id,
            "left": left,
        },
    )
