"""Calling the roll, keeping what it said, and the signature of a lead that means *read*."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.rollcall import queries
from bindeledd.features.rollcall.domain import (
    AlreadyRead,
    Kept,
    Kind,
    LeadReads,
    OutOfDate,
    Silences,
    Statement,
    StatementNotFound,
)
from bindeledd.features.rollcall.tables import RollCallRow, numbers, remainder
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import Utc
from bindeledd.foundation.ids import ordered_id

# Its own statement, as everything here: the roll call does not rest on those whom it watches.
_FAULT = sa.text("""
INSERT INTO faults (id, tenant_id, source, code, first_at, last_at, count)
VALUES (:id, :tenant, :source, :code, :at, :at, 1)
ON CONFLICT (source, code) DO UPDATE SET last_at = excluded.last_at, count = faults.count + 1,
  told_at = CASE WHEN faults.seen_at IS NULL THEN faults.told_at END, seen_at = NULL, seen_by = NULL
""").bindparams(
    sa.bindparam("id", type_=sa.Uuid()),
    sa.bindparam("tenant", type_=sa.Uuid()),
    sa.bindparam("at", type_=Utc()),
)


def call_the_roll(
    session: Session,
    tenant_id: UUID,
    *,
    silences: Silences,
    at: datetime,
    kind: Kind = Kind.RUN,
) -> Kept:
    """Derive where everyone stands, and keep it. What is missing becomes a fault before a person."""
    return keep(session, queries.derive(session, tenant_id, silences=silences, at=at), kind=kind)


def keep(session: Session, statement: Statement, *, kind: Kind = Kind.RUN) -> Kept:
    """Keep what a roll call said; what is missing becomes a fault before a person."""
    tenant_id, at = statement.tenant_id, statement.at
    row = RollCallRow(
        id=ordered_id(),
        tenant_id=tenant_id,
        at=at,
        kind=kind.value,
        numbers=numbers(statement),
        remainder=remainder(statement),
        swept_at=statement.swept_at,
    )
    session.add(row)
    session.flush()
    for code in _faults(statement):
        asked = {"id": ordered_id(), "tenant": tenant_id, "code": code, "at": at}
        session.execute(_FAULT, {**asked, "source": f"rollcall:{tenant_id}"})
    return row.read()


def _faults(statement: Statement) -> list[str]:
    """What a person must hear of, in codes."""
    found = {
        "remainder": bool(statement.unseen or statement.remainder),
        "pointer_wrong": bool(statement.pointer_wrong),
        "undecided_unseen": bool(statement.undecided.unseen),
        "handovers_lost": statement.beside.handovers_lost,
    }
    return [code for code, wrong in found.items() if wrong]


def show_latest(session: Session, *, by: Actor, at: datetime) -> Kept:
    """The statement that was made last, for a lead; written down. Raises `StatementNotFound`."""
    _require_lead(by)
    kept = queries.find_latest(session, by.tenant_id)
    if kept is None:
        raise StatementNotFound()
    _shown(session, [kept], by=by, at=at)
    return kept.beside(kept, at)


def _dated(session: Session, kept: Sequence[Kept], *, by: Actor, at: datetime) -> list[Kept]:
    """The same; each knows when was last counted, and what is to be read whether that is too old."""
    last = queries.find_latest(session, by.tenant_id)
    return list(kept) if last is None else [one.beside(last, at) for one in kept]


def show_mornings(session: Session, *, by: Actor, at: datetime) -> Sequence[Kept]:
    """The morning statements of about a month, the newest first, for a lead; written down."""
    _require_lead(by)
    kept = queries.morning_statements(session, by.tenant_id)
    _shown(session, kept, by=by, at=at)
    return _dated(session, kept, by=by, at=at)


def show_statement(session: Session, statement_id: UUID, *, by: Actor, at: datetime) -> Kept:
    """One statement as it was kept, for a lead; written down. Raises `StatementNotFound`."""
    _require_lead(by)
    kept = queries.get_statement(session, by.tenant_id, statement_id)
    _shown(session, [kept], by=by, at=at)
    return _dated(session, [kept], by=by, at=at)[0]


def _require_lead(by: Actor) -> None:
    if not by.sees_all and not by.leads:
        raise LeadReads()


def _shown(session: Session, kept: Sequence[Kept], *, by: Actor, at: datetime) -> None:
    facts = {"statements": [one.id for one in kept]}
    audit.record(session, "rollcall.shown", by=by, at=at, facts=facts, purpose="admin")


def sign(session: Session, statement_id: UUID, *, by: Actor, at: datetime) -> Kept:
    """A lead says: I have read it. Once, and by name; it changes nothing else.

    Where counting has stopped, what is unread stands unread until it is counted anew. Raises `LeadReads`, `StatementNotFound`, `AlreadyRead`, `OutOfDate`.
    """
    if by.id is None or not by.leads:
        raise LeadReads(statement=statement_id)
    kept = queries.get_statement(session, by.tenant_id, statement_id)
    if kept.read_at is not None:
        raise AlreadyRead(statement=statement_id, read_at=kept.read_at)
    dated = _dated(session, [kept], by=by, at=at)[0]
    if dated.out_of_date:
        raise OutOfDate(statement=statement_id, counted_at=dated.counted_at)
    done = session.execute(
        sa.update(RollCallRow)
        .where(RollCallRow.id == statement_id, RollCallRow.read_at.is_(None))
        .values(read_by=by.id, read_at=at)
        .returning(RollCallRow.id)
        .execution_options(populate_existing=True)
    ).all()
    if not done:
        raise AlreadyRead(statement=statement_id)
    facts = {"statement": statement_id, **kept.statement.numbers}
    audit.record(session, "rollcall.read", by=by, at=at, facts=facts, purpose="admin")
    session.expire_all()
    return queries.get_statement(session, by.tenant_id, statement_id)
