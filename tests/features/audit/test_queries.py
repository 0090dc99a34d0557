"""The patient's own log: who, when, what, why; complete, newest first, and fixed for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.queries import subject_log
from bindeledd.features.audit.service import record
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import MONDAY, a_site


def test_the_log_of_a_patient_names_who_when_what_and_why(session: Session) -> None:
    site, patient = a_site(session), new_id()
    record(session, "case.shown", by=site.anna, at=MONDAY, subjects=[patient, new_id()])
    record(session, "case.shown", by=site.carl, at=MONDAY, subjects=[new_id()])

    (entry,) = subject_log(session, site.tenant, patient)

    assert (entry.act, entry.at, entry.actor_id) == ("case.shown", MONDAY, site.anna.id)
    assert (entry.purpose, entry.actor_kind) == ("TREAT", "member")


def test_pages_of_the_log_hold_every_entry_once(session: Session) -> None:
    site, patient = a_site(session), new_id()
    made = [
        record(session, "x", by=site.anna, at=MONDAY + timedelta(hours=n), subjects=[patient])
        for n in range(7)
    ]

    seen, before = [], None
    while page := subject_log(session, site.tenant, patient, before=before, limit=3):
        seen += [entry.id for entry in page]
        before = page[-1].id

    assert sorted(seen) == sorted(made)
    assert seen == sorted(seen, reverse=True)


def test_another_tenant_has_another_log(session: Session) -> None:
    site, other, patient = a_site(session), a_site(session), new_id()
    record(session, "case.shown", by=site.anna, at=MONDAY, subjects=[patient])

    assert subject_log(session, other.tenant, patient) == []


@pytest.mark.parametrize("table", ["audit_events", "audit_subjects"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}"], ids=["change", "delete"]
)
def test_hand_typed_sql_changes_nothing_in_the_log(
    fresh_database: Database, table: str, statement: str
) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)
        record(session, "case.shown", by=site.anna, at=MONDAY, subjects=[new_id()])

    with (
        pytest.raises(sa.exc.DBAPIError, match="never"),
        fresh_database.engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement.format(table))
