"""Sets of rows: each whole and in its order, and together in one message where that can be."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.foundation.db import table
from bindeledd.foundation.db.sets import insert_set, is_together, together
from statements import statements

EVENTS, SUBJECTS = table(AuditEventRow), table(AuditSubjectRow)


def write(session: Session, subjects: int) -> UUID:
    """An entry of the log with so many people: two sets, the second of which needs the first."""
    event, tenant = uuid4(), uuid4()
    told = {
        "id": event, "tenant_id": tenant, "at": datetime(2026, 3, 2, 8, 0, 0, 250_000, tzinfo=UTC),
        "act": "case.shown", "purpose": "TREAT", "actor_kind": "member", "actor_id": None,
        "request_id": "Ánne", "facts": {"rows": subjects},
    }  # fmt: skip
    insert_set(session, EVENTS, [told])
    people = [
        {"event_id": event, "subject_id": uuid4(), "tenant_id": tenant} for _ in range(subjects)
    ]
    insert_set(session, SUBJECTS, people)
    return event


def stands(session: Session, event: UUID) -> tuple[int, int]:
    asked = (EVENTS.c.id == event, SUBJECTS.c.event_id == event)
    events, subjects = (
        session.scalar(sa.select(sa.func.count()).select_from(one.left.table).where(one))
        for one in asked
    )
    return events or 0, subjects or 0


def fail_after(session: Session, written: list[UUID]) -> None:
    with together(session):
        written.append(write(session, 1))
        raise LookupError


def test_what_is_written_together_stands_whole(session: Session) -> None:
    with together(session):
        event = write(session, 3)

    assert stands(session, event) == (1, 3)


def test_what_is_written_together_is_one_message_on_postgresql(session: Session) -> None:
    with statements(session.connection()) as sent, together(session):
        write(session, 3)
        write(session, 2)

    assert len(sent) == (1 if session.get_bind().dialect.name == "postgresql" else 4)


def test_a_block_in_a_block_is_sent_with_the_outer_one(session: Session) -> None:
    with statements(session.connection()) as sent, together(session):
        with together(session):
            event = write(session, 1)
        before = len(sent)

    assert before == (0 if session.get_bind().dialect.name == "postgresql" else 2)
    assert stands(session, event) == (1, 1)


def test_a_block_that_fails_leaves_nothing_for_the_next(session: Session) -> None:
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("a file is written at once, and rolled back by whoever began")
    written: list[UUID] = []
    with pytest.raises(LookupError):
        fail_after(session, written)
    [event] = written
    with together(session):
        other = write(session, 1)

    assert not is_together(session)
    assert (stands(session, event), stands(session, other)) == ((0, 0), (1, 1))


def test_a_block_without_a_row_sends_nothing(session: Session) -> None:
    with statements(session.connection()) as sent, together(session):
        pass

    assert sent == []
