"""What else is here of a message: the same one, others of the same document, what waits beside it."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.intake.domain.queue import (
    WAITING,
    Status,
)
from bindeledd.features.intake.tables import MessageRow

M = MessageRow


def find_by_bytes(session: Session, tenant_id: UUID, tokens: Sequence[str]) -> MessageRow | None:
    """The message of these bytes: the newest, where they came anew after an answer."""
    return session.scalar(
        sa.select(M)
        .where(M.tenant_id == tenant_id, M.fingerprint.in_(tokens))
        .order_by(M.again.desc())
        .limit(1)
    )


def with_reference(
    session: Session, tenant_id: UUID, tokens: Sequence[str]
) -> Sequence[MessageRow]:
    """The messages that came in with this id of the sender's, the earliest first."""
    return session.scalars(
        sa.select(M)
        .where(M.tenant_id == tenant_id, M.message_ref.in_(tokens))
        .order_by(M.received_at, M.id)
    ).all()


def find_by_ref(session: Session, row: MessageRow, tokens: Sequence[str]) -> MessageRow | None:
    """The first other message that came in with this id of the sender's, refused ones left out."""
    return session.scalar(
        sa.select(M)
        .where(
            M.tenant_id == row.tenant_id,
            M.message_ref.in_(tokens),
            M.id != row.id,
            M.status != Status.REFUSED.value,
        )
        .order_by(M.received_at, M.id)
        .limit(1)
    )


def document_key(session: Session, tenant_id: UUID, tokens: Sequence[str]) -> str:
    """The key of the series: that of the message that a document's id names, if it is here.

    Else that of the same document, else the newest of `tokens`: one for each version of the key.
    """
    named = M.message_ref.in_(tokens)
    found = session.scalar(
        sa.select(M.document_key)
        .where(
            M.tenant_id == tenant_id,
            M.document_key.is_not(None),
            sa.or_(named, M.document_key.in_(tokens)),
        )
        .order_by(sa.case((named, 0), else_=1), M.received_at)
        .limit(1)
    )
    return found or tokens[0]


def series_of(session: Session, row: MessageRow) -> Sequence[MessageRow]:
    """The other messages of the same document, the earliest made first."""
    if row.document_key is None:
        return ()
    return session.scalars(
        sa.select(M)
        .where(
            M.tenant_id == row.tenant_id,
            M.document_key == row.document_key,
            M.id != row.id,
            M.status.not_in([Status.REFUSED.value]),
        )
        .order_by(M.generated_at, M.received_at, M.id)
    ).all()


def copies_of(session: Session, row: MessageRow) -> Sequence[MessageRow]:
    """Messages that were taken for this one, or that it replaced."""
    return session.scalars(
        sa.select(M).where(
            M.tenant_id == row.tenant_id,
            M.duplicate_of == row.id,
            M.status == Status.DUPLICATE.value,
        )
    ).all()


def waiting_for(session: Session, tenant_id: UUID, tokens: Collection[int]) -> Sequence[MessageRow]:
    """What waits and may be about the person with these tokens: candidates, still to be compared."""
    if not tokens:
        return ()
    return session.scalars(
        sa.select(M)
        .where(
            M.tenant_id == tenant_id,
            M.person_token.in_(sorted(tokens)),
            M.status.in_([status.value for status in WAITING]),
        )
        .order_by(M.generated_at, M.received_at, M.id)
        .with_for_update()
    ).all()
