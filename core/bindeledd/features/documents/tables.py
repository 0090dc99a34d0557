"""How documents are stored: what and when in the open; to whom by name, and words, sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.documents.domain import (
    Document,
    DocumentKind,
    HowKnown,
    Recipient,
    RecipientKind,
    RecipientState,
)
from bindeledd.foundation.db import Base, never_deleted, only_sealed
from bindeledd.foundation.sealing.envelope import Place


class DocumentRow(Base):
    __tablename__ = "documents"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('summary')", name="kind"),
        sa.Index("ix_documents_case", "case_id", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    kind: Mapped[str]
    written_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    in_error_at: Mapped[datetime | None]

    def read(self, recipients: Sequence[Recipient]) -> Document:
        return Document(
            id=self.id,
            tenant_id=self.tenant_id,
            case_id=self.case_id,
            kind=DocumentKind(self.kind),
            written_at=self.written_at,
            recipients=tuple(recipients),
        )


class RecipientRow(Base):
    """One who should have a document. Received needs a way to know that is not the sender's word."""

    __tablename__ = "document_recipients"
    __table_args__ = (
        sa.CheckConstraint("state IN ('due', 'sent', 'received', 'objected')", name="state"),
        sa.CheckConstraint(
            "state <> 'received' OR how_known IN ('receipt', 'message', 'receiver_said')",
            name="not_the_senders_word",
        ),
        sa.CheckConstraint("state = 'due' OR as_of IS NOT NULL", name="as_of"),
        only_sealed("detail"),
        sa.Index("ix_document_recipients_document", "document_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("documents.id"))
    kind: Mapped[str]
    state: Mapped[str]
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    how_known: Mapped[str | None]
    as_of: Mapped[datetime | None]
    detail: Mapped[bytes | None]

    def read(self, sealed: Mapping[str, Any] | None = None) -> Recipient:
        return Recipient(
            id=self.id,
            kind=RecipientKind(self.kind),
            state=RecipientState(self.state),
            sent_at=self.sent_at,
            received_at=self.received_at,
            how_known=None if self.how_known is None else HowKnown(self.how_known),
            as_of=self.as_of,
            sealed=sealed or {},
        )

    def write(self, recipient: Recipient) -> None:
        self.state = recipient.state.value
        self.sent_at, self.received_at = recipient.sent_at, recipient.received_at
        self.how_known = None if recipient.how_known is None else recipient.how_known.value
        self.as_of = recipient.as_of


def detail_place(tenant_id: UUID, recipient_id: UUID, patient_id: UUID) -> Place:
    """Where the sealed part of a recipient stands."""
    return Place(tenant_id, "document_recipients", "detail", recipient_id, patient_id)


never_deleted("documents")
never_deleted("document_recipients")
