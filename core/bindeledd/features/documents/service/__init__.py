"""What people and messages do with a discharge summary: begin, write, send, object, receive.

A mistake is taken back in `undoing.py`; the summaries of a wrong registration go on in `moving.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.documents import domain, queries
from bindeledd.features.documents.domain import (
    Document,
    HowKnown,
    Interim,
    Recipient,
    RecipientKind,
    RecipientState,
)
from bindeledd.features.documents.service.writing import (
    PART,
    Filed,
    open_document,
    record_event,
    write_audit,
)
from bindeledd.features.documents.tables import DocumentRow, RecipientRow, detail_place
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import seal


@dataclass(frozen=True, kw_only=True)
class NewRecipient:
    """Who should have it; `detail` (name, address, why) is sealed."""

    kind: RecipientKind
    detail: Mapping[str, Any] | None = None


# Who should have it by law (RX-01): whoever referred, the GP, whoever follows up.
_BY_LAW = tuple(
    NewRecipient(kind=kind)
    for kind in (RecipientKind.REFERRER, RecipientKind.GP, RecipientKind.FOLLOW_UP)
)


def begin_summary(
    session: Session,
    case_id: UUID,
    recipients: Sequence[NewRecipient] = (),
    *,
    by: Actor,
    at: datetime,
) -> Filed:
    """Say who should have the summary of this case. It is due: not written, not sent.

    Without `recipients`: those who should have it by law.
    """
    patient_id = access.require_case(session, by, case_id)
    row = DocumentRow(
        id=new_id(),
        tenant_id=by.tenant_id,
        case_id=case_id,
        kind="summary",
        made_at=at,
        made_by=by.id,
    )
    session.add(row)
    session.flush()
    made = [_add_recipient(session, row, one, patient_id) for one in recipients or _BY_LAW]
    session.flush()
    document = row.read(made)
    write_audit(session, "document.begun", document, patient_id, by=by, at=at)
    return Filed(document=document)


def _add_recipient(
    session: Session, row: DocumentRow, new: NewRecipient, patient_id: UUID
) -> Recipient:
    one = RecipientRow(
        id=new_id(),
        tenant_id=row.tenant_id,
        document_id=row.id,
        kind=new.kind.value,
        state=RecipientState.DUE.value,
    )
    if new.detail:
        place = detail_place(row.tenant_id, one.id, patient_id)
        one.detail = seal(session, place, new.detail)
    session.add(one)
    return one.read(new.detail)


def write_summary(
    session: Session,
    document_id: UUID,
    *,
    words: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Filed:
    """Say that the summary is written. It is not sent by that."""
    row, document, patient_id = open_document(session, document_id, by)
    document = domain.write(document, at)
    recorded = record_event(session, document, EventKind.SUMMARY_WRITTEN, at, words, by, at, book)
    row.written_at = document.written_at
    session.flush()
    write_audit(session, "document.written", document, patient_id, by=by, at=at)
    return Filed(document=document, recorded=recorded)


def send_summary(
    session: Session,
    document_id: UUID,
    recipients: Iterable[UUID],
    *,
    how: HowKnown = HowKnown.SELF,
    as_of: datetime | None = None,
    words: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Filed:
    """Say to whom it was sent. The case hears *sent* when everybody who should have it was.

    Until then it hears who was sent it, so that each can be told if it was wrong.
    """
    return _change(
        session, document_id, recipients, RecipientState.SENT, how, as_of, words, by, at, book
    )


def receive_summary(
    session: Session,
    document_id: UUID,
    recipients: Iterable[UUID],
    *,
    how: HowKnown,
    as_of: datetime | None = None,
    words: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Filed:
    """Say who has it, and how we know. Refuses the sender's word (`SendersWord`)."""
    return _change(
        session, document_id, recipients, RecipientState.RECEIVED, how, as_of, words, by, at, book
    )


def object_to_summary(
    session: Session,
    document_id: UUID,
    recipients: Iterable[UUID],
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Filed:
    """Write down that the patient objects to these having it: a lawful reason not to send."""
    return _change(
        session,
        document_id,
        recipients,
        RecipientState.OBJECTED,
        HowKnown.SELF,
        None,
        words,
        by,
        at,
        book,
    )


def tell_interim(
    session: Session,
    case_id: UUID,
    told: Interim,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """A phoned or interim summary: the gap is smaller, and the summary is owed as before.

    Raises `InterimToWhom`, `HappensLater`.
    """
    interim = NewEvent(
        kind=EventKind.SUMMARY_INTERIM,
        at=told.happened_at or at,
        date_only=told.date_only,
        note=told.note(),
    )
    return cases.record(session, case_id, [interim], by=by, at=at, book=book)


def _change(
    session: Session,
    document_id: UUID,
    recipients: Iterable[UUID],
    state: RecipientState,
    how: HowKnown,
    as_of: datetime | None,
    words: Mapping[str, Any] | None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Filed:
    _, before, patient_id = open_document(session, document_id, by)
    when = as_of or at
    after = domain.change(before, recipients, state, how=how, as_of=when, at=at)
    rows = {row.id: row for row in queries.recipient_rows(session, [document_id])}
    for one in after.recipients:
        rows[one.id].write(one)
    session.flush()
    recorded = None
    news = _news(before, after)
    for kind in news:
        recorded = record_event(session, after, kind, when, words, by, at, book)
    some = sorted(after.holders - before.holders)
    if some and not news:
        recorded = record_event(session, after, PART, when, words, by, at, book, to=some)
    write_audit(session, f"document.{state.value}", after, patient_id, by=by, at=at)
    return Filed(document=after, recorded=recorded)


def _news(before: Document, after: Document) -> list[EventKind]:
    """What the case hears: sent when all were sent it, received when all have it."""
    news = []
    if after.is_sent and not before.is_sent:
        news.append(EventKind.SUMMARY_SENT)
    if after.is_received and not before.is_received:
        news.append(EventKind.SUMMARY_RECEIVED)
    return news


def show_documents(
    session: Session, case_id: UUID, *, by: Actor, at: datetime
) -> Sequence[Document]:
    """The documents of a case, opened, for one who may see it. A read that is written down."""
    patient_id = access.require_case(session, by, case_id)
    audit.record(
        session, "documents.shown", by=by, at=at, subjects=[patient_id], facts={"case": case_id}
    )
    return queries.documents_of(session, case_id, patient_id=patient_id)
