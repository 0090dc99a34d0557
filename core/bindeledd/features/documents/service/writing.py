"""How an act on a summary is written down: the event of its case, the log. Of this floor only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.documents import queries
from bindeledd.features.documents.domain import Document
from bindeledd.features.documents.tables import DocumentRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor

PART = EventKind.SUMMARY_SENT_TO_SOME


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The document after the act; `recorded` is None where no event of the case came of it."""

    document: Document
    recorded: Recorded | None = None


def open_document(
    session: Session, document_id: UUID, by: Actor
) -> tuple[DocumentRow, Document, UUID]:
    row, patient_id = queries.get_row(session, by, document_id, for_update=True)
    found = queries.recipient_rows(session, [document_id])
    return row, row.read([queries.opened(session, one, patient_id) for one in found]), patient_id


def record_event(
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
        facts={**facts(document), **({"recipients": [str(one) for one in to]} if to else {})},
        note=dict(words) if words else None,
        source_id=document.id,
    )
    return cases.record(session, document.case_id, [event], by=by, at=at, book=book)


def facts(document: Document) -> dict[str, Any]:
    return {"document_id": str(document.id), "objected": document.nobody_may_have_it}


def write_audit(
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
