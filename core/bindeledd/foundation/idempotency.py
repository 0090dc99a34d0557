"""Requests that are sent twice: what the first one made is said again, for a day.

The key is claimed in the transaction of the act itself, so that a request that is sent twice
acts once. Kept are status, address and ids, and what tells whether it is the same request:
sealed, and never a word of a patient.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from bindeledd.foundation.db import Base, only_sealed
from bindeledd.foundation.errors import Conflict, Invalid
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import new_subject, ring, seal, unseal
from bindeledd.foundation.sealing.tables import DataKeyRow

KEPT_FOR = timedelta(hours=24)
# Longer than any request may take: whoever was to keep its answer is gone by then.
ANSWERED_WITHIN = timedelta(seconds=90)


class IdempotencyKeyRow(Base):
    """A request that was made under a key of the client's choice; `scope` hashes who and where."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "scope", name="uq_idempotency_keys_scope"),
        sa.Index("ix_idempotency_keys_made_at", "made_at"),
        only_sealed("answer"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    scope: Mapped[str]
    made_at: Mapped[datetime]
    answer: Mapped[bytes | None]


class StillRunning(Conflict):
    """The same request is being worked on."""

    code = "request.still_running"


class AnswerLost(Conflict):
    """The same request was done, once; what was answered was not kept."""

    code = "request.answer_lost"


class KeyReused(Invalid):
    """The key was used for another request."""

    code = "request.key_reused"


class BadKey(Invalid):
    """An Idempotency-Key is 1 to 200 visible characters."""

    code = "request.bad_key"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One request under one key. `fingerprint` tells whether it is the same request."""

    tenant_id: UUID
    scope: str
    fingerprint: str


def claim_of(
    tenant_id: UUID, actor_id: UUID | None, key: str, method: str, path: str, body: bytes
) -> Claim:
    """The claim of a request. Refuses a key that is empty, too long or not plain."""
    if not 1 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise BadKey(length=len(key))
    scope = hashlib.sha256(f"{actor_id}|{method}|{path}|{key}".encode()).hexdigest()
    return Claim(tenant_id=tenant_id, scope=scope, fingerprint=hashlib.sha256(body).hexdigest())


def find_answer(session: Session, claim: Claim, *, at: datetime) -> Mapping[str, object] | None:
    """What the first one made, or None where the request is new. Refuses a different request,

    and one that is being worked on, or that was done by a process that ended before it answered.
    """
    row = session.execute(
        sa.select(IdempotencyKeyRow).where(
            IdempotencyKeyRow.tenant_id == claim.tenant_id,
            IdempotencyKeyRow.scope == claim.scope,
            IdempotencyKeyRow.made_at > at - KEPT_FOR,
        )
    ).scalar_one_or_none()
    if row is None:
        return None
    if row.answer is None:
        raise StillRunning() if at - row.made_at < ANSWERED_WITHIN else AnswerLost()
    kept = unseal(session, _place(claim.tenant_id, row.id), row.answer)
    if kept["fingerprint"] != claim.fingerprint:
        raise KeyReused()
    return kept


def take(session: Session, claim: Claim, *, at: datetime) -> UUID:
    """Claim the key in this transaction; a second one at the same time is refused."""
    session.execute(
        sa.delete(IdempotencyKeyRow).where(
            IdempotencyKeyRow.tenant_id == claim.tenant_id,
            IdempotencyKeyRow.scope == claim.scope,
            IdempotencyKeyRow.made_at <= at - KEPT_FOR,
        )
    )
    row_id = new_id()
    try:
        with session.begin_nested():
            session.execute(
                sa.insert(IdempotencyKeyRow).values(
                    id=row_id, tenant_id=claim.tenant_id, scope=claim.scope, made_at=at
                )
            )
    except IntegrityError:
        raise StillRunning() from None
    return row_id


def let_go(session: Session, row_id: UUID) -> None:
    """Give a claimed key back: nothing was done under it."""
    session.execute(sa.delete(IdempotencyKeyRow).where(IdempotencyKeyRow.id == row_id))


def tidy(session: Session, *, at: datetime) -> int:
    """Forget keys that are older than a day. How many."""
    gone = sa.delete(IdempotencyKeyRow).where(IdempotencyKeyRow.made_at <= at - KEPT_FOR)
    return len(session.scalars(gone.returning(IdempotencyKeyRow.id)).all())


def keep_answer(
    session: Session, claim: Claim, row_id: UUID, answer: Mapping[str, object], *, at: datetime
) -> None:
    """Keep what was made, sealed under a data key of the tenant itself."""
    made = session.scalar(
        sa.select(DataKeyRow.version).where(DataKeyRow.subject_id == claim.tenant_id)
    )
    if made is None:
        try:
            with session.begin_nested():
                new_subject(session, tenant_id=claim.tenant_id, subject_id=claim.tenant_id, at=at)
        except IntegrityError:
            ring(session).forget()
    sealed = seal(
        session,
        _place(claim.tenant_id, row_id),
        {**answer, "fingerprint": claim.fingerprint},
    )
    session.execute(
        sa.update(IdempotencyKeyRow).where(IdempotencyKeyRow.id == row_id).values(answer=sealed)
    )


def _place(tenant_id: UUID, row_id: UUID) -> Place:
    return Place(
        tenant=tenant_id,
        table="idempotency_keys",
        purpose="answer",
        row=row_id,
        subject=tenant_id,
    )
