"""Two workers, one message; two messages, one person: with real commits, at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.intake import service
from bindeledd.features.intake.domain.facts import Kind
from bindeledd.features.intake.domain.queue import Received
from bindeledd.features.patients.tables import PatientRow
from bindeledd.foundation.db import Database
from features.intake.builders import BOOK, NOW, Inbox, a_logistic, an_epikrise, an_inbox, routes

ALWAYS = routes("always")


def at_once(database: Database, *messages: bytes) -> list[Received]:
    with database.transaction() as session:
        site = an_inbox(session).site
    ready = Barrier(len(messages))

    def take(data: bytes) -> Received:
        ready.wait()
        with database.transaction() as session:
            inbox = Inbox(session=session, site=site, routes=ALWAYS)
            return inbox.receive(data)

    with ThreadPoolExecutor(len(messages)) as pool:
        return list(pool.map(take, messages))


def count(database: Database, row: type) -> int:
    with database.transaction() as session:
        return int(session.scalar(sa.select(sa.func.count()).select_from(row)) or 0)


def test_the_same_bytes_at_the_same_time_are_one_message(fresh_database):
    done = at_once(fresh_database, *[an_epikrise()] * 3)

    assert sorted(one.status for one in done) == ["duplicate", "duplicate", "opened"]
    assert len({one.message_id for one in done}) == 1


def test_several_messages_about_one_person_at_the_same_time_open_one_follow_up(fresh_database):
    more = [
        a_logistic(kind, envelope={"message_id": f"m{kind}"})
        for kind in (Kind.ADMITTED, Kind.DISCHARGED)
    ]

    done = at_once(fresh_database, an_epikrise(), *more)

    assert sorted(one.status for one in done) == ["opened", "updated", "updated"]
    assert count(fresh_database, PatientRow) == 1
    assert count(fresh_database, CaseRow) == 1


def test_nothing_is_half_taken_when_the_transaction_fails(fresh_database):
    with fresh_database.transaction() as session:
        site = an_inbox(session).site

    def fail_after_taking() -> None:
        with fresh_database.transaction() as session:
            taken = service.receive(
                session, data=an_epikrise(), by=site.system, at=NOW, book=BOOK, routes=ALWAYS
            )
            raise LookupError(taken.message_id)

    with pytest.raises(LookupError):
        fail_after_taking()

    assert count(fresh_database, PatientRow) == count(fresh_database, CaseRow) == 0
    with fresh_database.transaction() as session:
        again = service.receive(
            session, data=an_epikrise(), by=site.system, at=NOW, book=BOOK, routes=ALWAYS
        )
    assert again.status == "opened"
