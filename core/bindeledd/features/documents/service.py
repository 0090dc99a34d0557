"""What people and messages do with a discharge summary: begin, write, send, object, receive."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent, telling
from bindeledd.features.cases.domain.correcting import WordsUnreadable
from bindeledd.features.cases.queries.rows import rows_among
from bindeledd.features.cases.service.moving import Moved
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.documents import domain, queries
from bindeledd.features.documents.domain import (
    Document,
    HowKnown,
    Recipient,
    RecipientKind,
    RecipientState,
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


_PART = EventKind.SUMMARY_SENT_TO_SOME


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The document after the act; `recorded` is None where no event of the case came of it."""

    document: Document
    recorded: Recorded | None = None


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
    _audit(session, "document.begun", document, patient_id, by=by, at=at)
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
    row, document, patient_id = _open(session, document_id, by)
    document = domain.write(document, at)
    recorded = _record(session, document, EventKind.SUMMARY_WRITTEN, at, words, by, at, book)
    row.written_at = document.written_at
    session.flush()
    _audit(session, "document.written", document, patient_id, by=by, at=at)
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
    _, before, patient_id = _open(session, document_id, by)
    after = domain.take_back(before, recipients)
    rows = {row.id: row for row in queries.recipient_rows(session, [document_id])}
    for one in after.recipients:
        rows[one.id].write(one)
    session.flush()
    wrong = _wrong_now(session, before, after)
    about = None if wrong else _facts(after)
    recorded = cases.take_back(
        session, after.case_id, wrong, words=words, about=about, by=by, at=at, book=book
    )
    if recorded.case.is_open:
        _tell_of_the_rest(session, after, by=by, at=at, book=book)
    _audit(session, "document.undone", after, patient_id, by=by, at=at)
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
    row, before, patient_id = _open(session, document_id, by)
    after = domain.unwrite(before)
    row.written_at = None
    session.flush()
    wrong = _said_of(session, after, {EventKind.SUMMARY_WRITTEN})
    recorded = cases.take_back(session, after.case_id, wrong, words=words, by=by, at=at, book=book)
    _audit(session, "document.unwritten", after, patient_id, by=by, at=at)
    return Filed(document=after, recorded=recorded)


def _wrong_now(session: Session, before: Document, after: Document) -> list[UUID]:
    """The events of this document that no longer hold: it was not sent, or not received."""
    kinds = set()
    if before.is_sent and not after.is_sent:
        kinds.add(EventKind.SUMMARY_SENT)
    if before.is_received and not after.is_received:
        kinds.add(EventKind.SUMMARY_RECEIVED)
    parts = _parts(session, after)
    gone = [event for event, named in parts.items() if not named & after.holders]
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
        _record(session, document, _PART, when, None, by, at, book, to=some)


def _parts(session: Session, document: Document) -> dict[UUID, frozenset[UUID]]:
    """The events that say that some were sent it, and whom each of them names."""
    return {
        event.id: frozenset(UUID(one) for one in event.facts["recipients"])
        for event in case_queries.events_of(session, document.case_id)
        if event.kind is _PART
        and not event.in_error
        and event.facts.get("document_id") == str(document.id)
    }


def _said_of(session: Session, document: Document, kinds: Collection[EventKind]) -> list[UUID]:
    """The events of these kinds that stand and tell of this document."""
    return case_queries.telling_of(session, document.case_id, "document_id", document.id, kinds)


def move_to_person(
    session: Session,
    moved: Moved,
    renamed: Mapping[UUID, UUID],
    *,
    wrong_patient_id: UUID,
    by: Actor,
    at: datetime,
) -> None:
    """The documents that moved events tell of, with the right person; here they were an error.

    Who was sent it, when, and how we know, go with it. Raises `WordsUnreadable`.
    """
    case = moved.right.case
    olds = rows_among(session, DocumentRow, moved.wrong.case.id, list(renamed), order="made_at")
    to: dict[UUID, list[RecipientRow]] = {old.id: [] for old in olds}
    for one in queries.recipient_rows(session, list(to)) if to else ():
        to[one.document_id].append(one)
    for old in olds:
        new = DocumentRow(
            id=renamed[old.id],
            tenant_id=old.tenant_id,
            case_id=case.id,
            kind=old.kind,
            written_at=old.written_at,
            made_at=at,
            made_by=by.id,
        )
        session.add(new)
        session.flush()
        made = [
            _copy(session, one, renamed[one.id], new.id, wrong_patient_id, case.patient_id)
            for one in to[old.id]
        ]
        old.in_error_at = at
        session.flush()
        _audit(session, "document.moved", new.read(made), case.patient_id, by=by, at=at)


def _copy(
    session: Session, old: RecipientRow, copy_id: UUID, document_id: UUID, wrong: UUID, right: UUID
) -> Recipient:
    before = queries.opened(session, old, wrong)
    if old.detail is not None and not before.sealed:
        raise WordsUnreadable(recipient=old.id)
    one = RecipientRow(id=copy_id, tenant_id=old.tenant_id, document_id=document_id, kind=old.kind)
    one.write(before)
    if before.sealed:
        one.detail = seal(session, detail_place(old.tenant_id, one.id, right), before.sealed)
    session.add(one)
    return one.read(before.sealed)


def tell_interim(
    session: Session,
    case_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """A phoned or interim summary: the gap is smaller, and the summary is owed as before."""
    interim = NewEvent(kind=EventKind.SUMMARY_INTERIM, at=at, note=dict(words) or None)
    return cases.record(session, case_id, [interim], by=by, at=at, book=book)


def _open(session: Session, document_id: UUID, by: Actor) -> tuple[DocumentRow, Document, UUID]:
    row, patient_id = queries.get_row(session, by, document_id, for_update=True)
    found = queries.recipient_rows(session, [document_id])
    return row, row.read([queries.opened(session, one, patient_id) for one in found]), patient_id


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
    _, before, patient_id = _open(session, document_id, by)
    when = as_of or at
    after = domain.change(before, recipients, state, how=how, as_of=when, at=at)
    rows = {row.id: row for row in queries.recipient_rows(session, [document_id])}
    for one in after.recipients:
        rows[one.id].write(one)
    session.flush()
    recorded = None
    news = _news(before, after)
    for kind in news:
        recorded = _record(session, after, kind, when, words, by, at, book)
    some = sorted(after.holders - before.holders)
    if some and not news:
        recorded = _record(session, after, _PART, when, words, by, at, book, to=some)
    _audit(session, f"document.{state.value}", after, patient_id, by=by, at=at)
    return Filed(document=after, recorded=recorded)


def _news(before: Document, after: Document) -> list[EventKind]:
    """What the case hears: sent when all were sent it, received when all have it."""
    news = []
    if after.is_sent and not before.is_sent:
        news.append(EventKind.SUMMARY_SENT)
    if after.is_received and not before.is_received:
        news.append(EventKind.SUMMARY_RECEIVED)
    return news


def _record(
    session: Session,
    document: Document,
    kind: EventKind,
    happened_at: datetime,
    words: Mapping[str, Any] | None,
    by: Actor,
    at: datetime,
    book: Book,
    *,
    to: Sequence[UUID] = (),
) -> Recorded:
    event = NewEvent(
        kind=kind,
        at=happened_at,
        facts={**_facts(document), **({"recipients": [str(one) for one in to]} if to else {})},
        note=dict(words) if words else None,
        source_id=document.id,
    )
    return cases.record(session, document.case_id, [event], by=by, at=at, book=book)


def _facts(document: Document) -> dict[str, Any]:
    return {"document_id": str(document.id), "objected": document.nobody_may_have_it}


def _audit(
    session: Session, act: str, document: Document, patient_id: UUID, *, by: Actor, at: datetime
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subjects=[patient_id],
        facts={
            "case": document.case_id,
            "document": document.id,
            "recipients": [f"{one.kind.value}:{one.state.value}" for one in document.recipients],
        },
    )


def show_documents(
    session: Session, case_id: UUID, *, by: Actor, at: datetime
) -> Sequence[Document]:
    """The documents of a case, opened, for one who may see it. A read that is written down."""
    patient_id = access.require_case(session, by, case_id)
    audit.record(
        session, "documents.shown", by=by, at=at, subjects=[patient_id], facts={"case": case_id}
    )
    return queries.documents_of(session, case_id, patient_id=patient_id)
