"""What the database itself refuses, tried as raw SQL on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bindeledd.features.takeover import service
from builders import MONDAY, a_book
from features.takeover.builders import a_row, a_test_site, csv_of, taken_over

UNSIGNED = [
    "UPDATE takeovers SET rows_in = rows_in + 1",
    "UPDATE takeovers SET fingerprint = 'x'",
    "UPDATE takeovers SET state = 'signed'",
    "UPDATE takeovers SET state = 'undone', undone_at = taken_at",
    "UPDATE takeovers SET state = 'undone', undone_at = taken_at, undone_by = undo_asked_by",
    "UPDATE tasks SET state = 'done', ended_at = made_at WHERE kind = 'sign_takeover'",
    "DELETE FROM takeovers",
    "DELETE FROM takeover_rows",
    "UPDATE takeover_rows SET outcome = 'refused', case_id = NULL, patient_id = NULL",
]


def refused(session: Session, statement: str) -> bool:
    try:
        with session.begin_nested():
            session.execute(sa.text(statement))
    except DBAPIError:
        return True
    return False


@pytest.mark.parametrize("statement", UNSIGNED)
def test_an_unsigned_take_over_cannot_be_changed_behind_the_lead(session, statement):
    site = a_test_site(session)
    done = taken_over(session, site, csv_of(a_row()))
    service.ask_undo(
        session, done.takeover.id, words="feil", by=site.berit, at=MONDAY, book=a_book()
    )

    assert refused(session, statement)


def test_a_signed_one_stays_signed(session):
    site = a_test_site(session)
    done = taken_over(session, site, csv_of(a_row()))
    service.sign(session, done.takeover.id, by=site.berit, at=MONDAY, book=a_book())

    assert refused(
        session, "UPDATE takeovers SET state = 'unsigned', signed_at = NULL, signed_by = NULL"
    )


def test_a_case_that_was_taken_over_obeys_the_law_of_every_case(session):
    site = a_test_site(session)
    taken_over(session, site, csv_of(a_row()))

    for statement in (
        "UPDATE cases SET next_task_id = NULL",
        "UPDATE cases SET state = 'closed', next_task_id = NULL",
        "DELETE FROM cases",
    ):
        assert refused(session, statement), statement
