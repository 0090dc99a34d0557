"""Questions about documents. Nothing here changes anything."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.queries.rows import find_row, in_sight
from bindeledd.features.documents.domain import Document, DocumentNotFound, Recipient
from bindeledd.features.documents.tables import DocumentRow, RecipientRow, detail_place
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing.keyring import unseal_or_report


def get_row(
    session: Session, by: Actor, document_id: UUID, *, for_update: bool = False
) -> tuple[DocumentRow, UUID]:
    """The row and its patient, for the service; refuses what `by` may not see.

    One that was another person's stands with that person, and is not found here any more.
    """
    row = find_row(session, DocumentRow, document_id, for_update=for_update)
    unknown = DocumentNotFound(document=document_id)
    if row is not None and row.in_error_at is not None:
        raise unknown
    return in_sight(session, by, row, unknown)


def recipient_rows(session: Session, document_ids: Sequence[UUID]) -> Sequence[RecipientRow]:
    """The recipients of these documents, in a stable order."""
    return session.scalars(
        sa.select(RecipientRow)
        .where(RecipientRow.document_id.in_(document_ids))
        .order_by(RecipientRow.kind, RecipientRow.id)
    ).all()


def documents_of(session: Session, case_id: UUID, *, patient_id: UUID) -> Sequence[Document]:
    """The documents of a case with their recipients, opened, the latest first.

    One that was another person's stands with that person. The caller writes down the read.
    """
    rows = session.scalars(
        sa.select(DocumentRow)
        .where(DocumentRow.case_id == case_id, DocumentRow.in_error_at.is_(None))
        .order_by(DocumentRow.made_at.desc(), DocumentRow.id)
    ).all()
    found: dict[UUID, list[Recipient]] = {row.id: [] for row in rows}
    for one in recipient_rows(session, list(found)):
        found[one.document_id].append(opened(session, one, patient_id))
    return [row.read(found[row.id]) for row in rows]


def opened(session: Session, row: RecipientRow, patient_id: UUID) -> Recipient:
    """The value of a row with what is sealed; a part that cannot be read is reported."""
    if row.detail is None:
        return row.read()
    place = detail_place(row.tenant_id, row.id, patient_id)
    return row.read(unseal_or_report(session, place, row.detail))


def find_summary(session: Session, case_id: UUID) -> UUID | None:
    """The summary that was begun last for this case."""
    return session.scalar(
        sa.select(DocumentRow.id)
        .where(
            DocumentRow.case_id == case_id,
            DocumentRow.kind == "summary",
            DocumentRow.in_error_at.is_(None),
        )
        .order_by(DocumentRow.made_at.desc(), DocumentRow.id)
        .limit(1)
    )
