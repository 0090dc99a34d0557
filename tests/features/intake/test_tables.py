"""What the database itself refuses about messages and calls, typed by hand on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bindeledd.features.intake import service
from bindeledd.foundation.ids import new_id
from features.intake.builders import BOOK, HEART, NOW, an_epikrise, an_inbox

WORDS = {"said": "Hun er borte"}


def refused(session, statement: str, **values) -> str:
    """What the database says to the statement; a savepoint keeps the rest alive."""
    types = [sa.bindparam(name, type_=sa.Uuid()) for name in values if name != "at"]
    with (
        pytest.raises((sa.exc.IntegrityError, sa.exc.InternalError, sa.exc.DatabaseError)) as said,
        session.begin_nested(),
    ):
        session.execute(sa.text(statement).bindparams(*types), values)
    return str(said.value.orig)


@pytest.mark.parametrize("data", [an_epikrise(diagnoses=HEART), b"broken"])
@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_a_task_stays_open_while_its_message_waits(session, data, state):
    inbox = an_inbox(session)
    done = inbox.receive(data)

    said = refused(
        session,
        f"UPDATE tasks SET state = '{state}', ended_at = made_at, ended_by_event_id = id "
        "WHERE id = :task",
        task=inbox.row(done).task_id,
    )

    assert "a message still waits for an answer" in said


def test_a_task_stays_open_while_its_call_waits(session):
    inbox = an_inbox(session)
    service.call_in(session, words=WORDS, acute=True, by=inbox.site.anna, at=NOW, book=BOOK)

    said = refused(session, "UPDATE tasks SET state = 'done', ended_at = made_at")

    assert "a call ends only with what was done" in said


@pytest.mark.parametrize("table", ["messages", "calls"])
def test_messages_and_calls_are_never_deleted(session, table):
    inbox = an_inbox(session)
    inbox.receive(b"broken")
    service.call_in(session, words=WORDS, acute=False, by=inbox.site.anna, at=NOW, book=BOOK)

    assert f"rows of {table} are never deleted" in refused(session, f"DELETE FROM {table}")


def test_what_waits_points_at_an_open_task_of_its_own(session):
    inbox = an_inbox(session)
    one = inbox.receive(an_epikrise(diagnoses=HEART))
    other = inbox.receive(b"broken")
    swap = "UPDATE messages SET task_id = :task WHERE id = :message"

    for task in (new_id(), inbox.row(other).task_id, None):
        assert refused(session, swap, task=task, message=one.message_id)


def test_a_message_cannot_be_put_back_into_the_queue_without_an_open_task(session):
    inbox = an_inbox(session)
    done = inbox.receive(an_epikrise())

    assert refused(
        session,
        "UPDATE messages SET status = 'to_decide' WHERE id = :message",
        message=done.message_id,
    )


def test_what_is_not_ours_stays_erased_and_decided(session):
    inbox = an_inbox(session)
    done = inbox.receive(an_epikrise(diagnoses=HEART))
    service.decide(session, done.message_id, ours=False, by=inbox.site.anna, at=NOW, book=BOOK)

    for change in ("status = 'updated'", "fingerprint = 'x'", "decided_at = NULL"):
        assert refused(
            session, f"UPDATE messages SET {change} WHERE id = :message", message=done.message_id
        )


def test_plain_bytes_cannot_land_in_a_sealed_column(session):
    inbox = an_inbox(session)
    done = inbox.receive(b"broken")
    statement = sa.text("UPDATE messages SET original = :plain WHERE id = :message").bindparams(
        sa.bindparam("message", type_=sa.Uuid()), sa.bindparam("plain", type_=sa.LargeBinary())
    )

    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(
            statement,
            {"plain": b"a plain message, long enough to be one", "message": done.message_id},
        )
