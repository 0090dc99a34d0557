"""What a receiver outside said, written down by us: with who said it, when and how we know.

A wrong or withdrawn answer is put right here too: it stays in the history as entered in error, and
the handover waits again, or is returned. The sender has been responsible all along.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Event, EventKind, telling
from bindeledd.features.cases.service import saying
from bindeledd.features.cases.service.reopening import record_answer
from bindeledd.features.handovers import domain, queries
from bindeledd.features.handovers.domain import Answered, HandoverAction, NotTheSender
from bindeledd.features.handovers.domain import answering as corrections
from bindeledd.features.handovers.domain import outside as rules
from bindeledd.features.handovers.domain.answering import Correction, Receipt
from bindeledd.features.handovers.service import Handed, owe_receiver
from bindeledd.features.handovers.service.writing import (
    event_of,
    forget_answer,
    write_answer,
    write_audit,
)
from bindeledd.features.handovers.tables import HandoverRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor

_EVENTS = {
    HandoverAction.RECEIVE: EventKind.HANDOVER_RECEIVED,
    HandoverAction.ACCEPT: EventKind.HANDOVER_ACCEPTED,
    HandoverAction.RETURN: EventKind.HANDOVER_RETURNED,
}


def answer(
    session: Session,
    handover_id: UUID,
    action: HandoverAction,
    *,
    how: Answered,
    who: str,
    as_of: datetime | None = None,
    first_at: datetime | None = None,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Handed:
    """Write down what the receiver outside said: that it arrived, that they take over, or not.

    Returned: everything is owed by the sender, who has been responsible all along and has work.
    Of a case that is closed, and waits because an answer was wrong, it is written down all the same.
    Raises `NotTheSender`, `ReasonNeeded`, and what `outside.answered` refuses.
    """
    row, patient_id = _own_handover(session, handover_id, by)
    if action is HandoverAction.RETURN and not str(words.get("words", "")).strip():
        raise domain.ReasonNeeded(handover=handover_id)
    said_at = as_of or at
    handover = rules.answered(
        row.read(), action, how=how, who=who, as_of=said_at, at=at, first_at=first_at
    )
    said = {"who": who.strip(), "how": how.value, **words}
    event = event_of(_EVENTS[action], handover, said_at, said)
    recorded = record_answer(session, row.case_id, event, by=by, at=at, book=book)
    if action is HandoverAction.RETURN and recorded.case.is_open:
        recorded = owe_receiver(session, recorded, words, by=by, at=at, book=book)
    write_answer(session, row, handover, said, patient_id, by=by)
    write_audit(session, handover, patient_id, by=by, at=at)
    return Handed(handover=handover, recorded=recorded)


def _own_handover(session: Session, handover_id: UUID, by: Actor) -> tuple[HandoverRow, UUID]:
    """Of a handover outside the answer is recorded by the team that sent it."""
    row, patient_id = queries.get_row(session, by, handover_id, for_update=True)
    if row.to_outside_id is None or not (by.sees_all or row.from_team_id in by.teams):
        raise NotTheSender(handover=handover_id)
    return row, patient_id


def correct(
    session: Session,
    handover_id: UUID,
    correction: Correction,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Handed:
    """Put right what was written down of the answer: it was wrong, or they take it back.

    It stands in the history as entered in error, with the reason. The handover waits again, with
    our own clock, or is returned. A case that was closed on the strength of it opens. Raises
    `NotTheSender`, `ReasonNeeded`, `NotAnswered`, `AnotherSince`, and what `outside.answered` refuses.
    """
    words = {"words": correction.why.strip()}
    telling.check_words(words)
    row, patient_id = _own_handover(session, handover_id, by)
    saying.expected(session, row.case_id, by=by)
    history = case_queries.events_of(session, row.case_id)
    corrections.check_last(row.read(), history)
    wrong = corrections.told_by(row.read(), history)
    receipt = _receipt(session, row, by, history)
    handover = corrections.taken_back(row.read(), receipt)
    forget_answer(session, row, handover, {} if receipt is None else receipt.said, patient_id)
    recorded = cases.take_back(session, row.case_id, wrong, words=words, by=by, at=at, book=book)
    write_audit(session, handover, patient_id, by=by, at=at, act="handover.corrected")
    if not correction.returned:
        return Handed(handover=handover, recorded=recorded)
    said: dict[str, Any] = {"how": correction.how, "who": correction.who, "as_of": correction.as_of}
    return answer(
        session,
        handover_id,
        HandoverAction.RETURN,
        **said,
        words=words,
        by=by,
        at=at,
        book=book,
    )


def _receipt(
    session: Session, row: HandoverRow, by: Actor, history: Sequence[Event]
) -> Receipt | None:
    """That they have received it, where that was said before the answer and stands."""
    told = corrections.received_by(row.read(), history)
    if told is None:
        return None
    case = case_queries.get_case(session, row.case_id, tenant_id=by.tenant_id)
    said = case_queries.words_of(session, {told.id: case}).get(told.id, {})
    how = Answered(said.get("how", Answered.RECEIPT.value))
    return Receipt(at=told.at, by=told.recorded_by, how=how, said=said)
