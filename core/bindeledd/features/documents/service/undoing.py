"""What was said of a summary by mistake is taken back, and what is owed is planned anew."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, telling
from bindeledd.features.documents import domain, queries
from bindeledd.features.documents.domain import Document
from bindeledd.features.documents.service.writing import (
    PART,
    Filed,
    facts,
    open_document,
    record_event,
    write_audit,
)
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor


def undo(
    session: Session,
    document_id: UUID,
    recipients: Iterable[UUID],
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Filed:
    """Take back what was said of these recipients by mistake; what is owed is planned anew.

    `words` say why (sealed). Raises `ReasonNeeded`, `DocumentRefused`, `NotFound`.
    """
    telling.check_words(words)
    _, before, patient_id = open_document(session, document_id, by)
    after = domain.take_back(before, recipients)
    rows = {row.id: row for row in queries.recipient_rows(session, [document_id])}
    for one in after.recipients:
        rows[one.id].write(one)
    session.flush()
    wrong = _wrong_now(session, before, after)
    about = None if wrong else facts(after)
    recorded = cases.take_back(
        session, after.case_id, wrong, words=words, about=about, by=by, at=at, book=book
    )
    if recorded.case.is_open:
        _tell_of_the_rest(session, after, by=by, at=at, book=book)
    write_audit(session, "document.undone", after, patient_id, by=by, at=at)
    return Filed(document=after, recorded=recorded)


def undo_writing(
    session: Session,
    document_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Filed:
    """Take back that the summary is written; what is owed is planned anew. `words`: why (sealed).

    Raises `ReasonNeeded`, `WasSent`, `DocumentRefused` (it is not written).
    """
    telling.check_words(words)
    row, before, patient_id = open_document(session, document_id, by)
    after = domain.unwrite(before)
    row.written_at = None
    session.flush()
    wrong = _said_of(session, after, {EventKind.SUMMARY_WRITTEN})
    recorded = cases.take_back(session, after.case_id, wrong, words=words, by=by, at=at, book=book)
    write_audit(session, "document.unwritten", after, patient_id, by=by, at=at)
    return Filed(document=after, recorded=recorded)


def _wrong_now(session: Session, before: Document, after: Document) -> list[UUID]:
    """The events of this document that no longer hold: it was not sent, or not received."""
    kinds = set()
    if before.is_sent and not after.is_sent:
        kinds.add(EventKind.SUMMARY_SENT)
    if before.is_received and not after.is_received:
        kinds.add(EventKind.SUMMARY_RECEIVED)
    told = _parts(session, after)
    gone = [event for event, named in told.items() if not named & after.holders]
    return [*_said_of(session, after, kinds), *gone]


def _tell_of_the_rest(
    session: Session, document: Document, *, by: Actor, at: datetime, book: Book
) -> None:
    """Who has it still, once *sent to all* was taken back for somebody else."""
    if document.is_sent:
        return
    told = frozenset[UUID]().union(*_parts(session, document).values())
    left: dict[datetime, list[UUID]] = {}
    for one in document.recipients:
        if one.has_it and one.id not in told:
            left.setdefault(one.sent_at or one.received_at or at, []).append(one.id)
    for when, some in left.items():
        record_event(session, document, PART, when, None, by, at, book, to=some)


def _said_of(session: Session, document: Document, kinds: Collection[EventKind]) -> list[UUID]:
    """The events of these kinds that stand and tell of this document."""
    return case_queries.telling_of(session, document.case_id, "document_id", document.id, kinds)


def _parts(session: Session, document: Document) -> dict[UUID, frozenset[UUID]]:
    """The events that say that some were sent it, and whom each of them names."""
    return {
        event.id: frozenset(UUID(one) for one in event.facts["recipients"])
        for event in case_queries.events_of(session, document.case_id)
        if event.kind is PART
        and not event.in_error
        and event.facts.get("document_id") == str(document.id)
    }
