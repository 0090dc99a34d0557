"""The log: one event for each act or answer with its set of subjects, and never a word changed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.staff.domain import system
from bindeledd.foundation.db import Database

AT = datetime(2027, 3, 1, 8, tzinfo=UTC)
BY = system(uuid4(), request_id="a-request")


def subjects_of(session: Session, event: object) -> list[object]:
    asked = sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id == event)
    return list(session.scalars(asked))


def test_an_answer_with_fifty_people_is_one_event_with_fifty_subjects(session: Session) -> None:
    people = [uuid4() for _ in range(50)]
    event = audit.record(session, "worklist.shown", by=BY, at=AT, subjects=people)
    assert set(subjects_of(session, event)) == set(people)
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditEventRow)) == 1


def test_whoever_is_named_twice_is_written_once(session: Session) -> None:
    person = uuid4()
    event = audit.record(session, "case.shown", by=BY, at=AT, subjects=[person, person])
    assert subjects_of(session, event) == [person]


def test_the_event_says_who_when_and_why(session: Session) -> None:
    event = audit.record(session, "case.opened", by=BY, at=AT, purpose="ETREAT")
    row = session.get_one(AuditEventRow, event)
    assert (row.tenant_id, row.actor_kind, row.actor_id) == (BY.tenant_id, "system", None)
    assert (row.at, row.purpose, row.request_id) == (AT, "ETREAT", "a-request")


def test_facts_are_plain_values(session: Session) -> None:
    case = uuid4()
    facts = {"case": case, "count": 3, "late": True, "due_at": AT, "kinds": ("a", "b"), "no": None}
    event = audit.record(session, "case.planned", by=BY, at=AT, facts=facts)
    assert session.get_one(AuditEventRow, event).facts == {
        "case": str(case),
        "count": 3,
        "late": True,
        "due_at": "2027-03-01T08:00:00+00:00",
        "kinds": ["a", "b"],
        "no": None,
    }


def test_what_is_rolled_back_leaves_no_trace_in_the_log(fresh_database: Database) -> None:
    with fresh_database.session() as session:
        audit.record(session, "case.opened", by=BY, at=AT, subjects=[uuid4()])
        session.rollback()
    with fresh_database.transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AuditEventRow)) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET act = 'nothing.happened'",
        "DELETE FROM audit_events",
        "UPDATE audit_subjects SET tenant_id = event_id",
        "DELETE FROM audit_subjects",
    ],
)
def test_the_database_refuses_to_change_the_log(fresh_database: Database, statement: str) -> None:
    with fresh_database.transaction() as session:
        event = audit.record(session, "case.opened", by=BY, at=AT, subjects=[uuid4()])
    with pytest.raises(sa.exc.DBAPIError, match="never"), fresh_database.transaction() as session:
        session.execute(sa.text(statement))
    with fresh_database.transaction() as session:
        assert session.get_one(AuditEventRow, event).act == "case.opened"
        assert len(subjects_of(session, event)) == 1
