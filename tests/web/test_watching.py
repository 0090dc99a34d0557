"""What a watcher outside sees: who may have the measures, and that nothing hangs unseen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bindeledd.app import create_app
from bindeledd.features.access.service import try_account
from bindeledd.features.access.tables import LoginTryRow
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.tables import DeliveryRow, HeartbeatRow
from bindeledd.foundation import idempotency
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.ids import new_id
from bindeledd.plugin.loading import Gathered
from bindeledd.settings import Settings, read_settings
from bindeledd.watching import health
from bindeledd.worker import create_worker
from features.reminders.builders import TUESDAY, FakeChannel, at_once
from features.reminders.builders import a_site as a_staffed_site
from features.reminders.builders import a_task as a_late_task

TOKEN = "a-token-of-some-length"
STUCK = Rules().stuck_after


def metrics(client: FlaskClient, address: str = "127.0.0.1", **headers: str) -> int:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    told = client.get("/metrics", headers=names, environ_base={"REMOTE_ADDR": address})
    assert ("bindeledd_tasks_open" in told.text) is (told.status_code == 200)
    return told.status_code


def test_the_measures_are_for_this_machine_itself(client: FlaskClient) -> None:
    assert metrics(client) == metrics(client, "::1") == 200
    assert metrics(client, "10.0.0.7") == 403
    assert metrics(client, "10.0.0.7", Authorization="Bearer ") == 403


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_they_are_not_given_through_a_proxy_on_this_machine(client: FlaskClient, name: str) -> None:
    assert metrics(client, **{name: "127.0.0.1"}) == 403


def test_with_a_token_they_are_given_anywhere_and_through_the_proxy(
    fresh_database: Database, settings: Settings, gathered: Gathered
) -> None:
    given = replace(settings, public_url="https://b.example", metrics_token=TOKEN)
    client = create_app(given, database=fresh_database, gathered=gathered).test_client()

    assert metrics(client, "10.0.0.7", Authorization=f"Bearer {TOKEN}") == 200
    assert metrics(client, X_Forwarded_For="9.9.9.9", Authorization=f"Bearer {TOKEN}") == 200
    assert metrics(client, X_Forwarded_For="9.9.9.9", Authorization="Bearer wrong") == 403
    assert metrics(client, X_Forwarded_For="127.0.0.1") == 403


def test_the_token_stands_in_the_environment(tmp_path: Path) -> None:
    tables = {"outside": {"metrics_token_from": "METRICS"}}
    home = {"BINDELEDD_HOME": str(tmp_path)}

    assert read_settings(home | {"METRICS": TOKEN}, tables=tables).metrics_token == TOKEN
    assert TOKEN not in repr(read_settings(home | {"METRICS": TOKEN}, tables=tables))
    assert read_settings(home).metrics_token == ""
    for given in ({}, {"METRICS": "short"}):
        with pytest.raises(Misconfigured, match="METRICS"):
            read_settings(home | given, tables=tables)


def test_a_job_that_hangs_is_seen(
    database: Database, settings: Settings, gathered: Gathered
) -> None:
    with database.transaction() as session:
        site = a_staffed_site(session)
        a_late_task(session, site, held_by="anna")
    worker = create_worker(
        settings,
        database=database,
        gathered=gathered,
        channels=[FakeChannel()],
        clock=at_once(TUESDAY),
    )
    worker.run_once()
    assert all(health(database, TUESDAY, STUCK).values())

    with database.transaction() as session:
        session.execute(sa.update(HeartbeatRow).values(at=TUESDAY + timedelta(hours=1)))
        session.execute(
            sa.update(HeartbeatRow).where(HeartbeatRow.name == "deliver").values(at=TUESDAY)
        )
    late = health(database, TUESDAY + timedelta(hours=1), STUCK)
    assert [name for name, good in late.items() if not good] == ["deliver"]


def test_a_message_that_is_due_and_not_sent_is_seen(
    database: Database, settings: Settings, gathered: Gathered
) -> None:
    with database.transaction() as session:
        site = a_staffed_site(session)
        a_late_task(session, site, held_by="anna")
    create_worker(
        settings,
        database=database,
        gathered=gathered,
        channels=[FakeChannel()],
        clock=at_once(TUESDAY),
    ).run_once()
    with database.transaction() as session:
        one = sa.select(DeliveryRow.id).limit(1).scalar_subquery()
        session.execute(
            sa.update(DeliveryRow)
            .where(DeliveryRow.id == one)
            .values(state="ready", next_at=TUESDAY - STUCK)
        )

    assert health(database, TUESDAY, STUCK)["sent"]
    assert not health(database, TUESDAY + timedelta(seconds=1), STUCK)["sent"]


def test_old_tries_and_keys_of_requests_are_tidied_away(
    database: Database, settings: Settings, gathered: Gathered
) -> None:
    day = timedelta(days=1)
    with database.transaction() as session:
        for at in (TUESDAY - day, TUESDAY):
            try_account(session, f"nobody-{at}", address=str(at), at=at)
            claim = idempotency.claim_of(new_id(), None, "k", "POST", "/x", b"")
            idempotency.take(session, claim, at=at)
    worker = create_worker(
        settings,
        database=database,
        gathered=gathered,
        channels=[],
        clock=at_once(TUESDAY),
    )
    worker.tidy()

    with database.transaction() as session:
        left = session.scalars(sa.select(LoginTryRow.last_at)).all()
        kept = session.scalars(sa.select(idempotency.IdempotencyKeyRow.made_at)).all()
    assert (left, kept) == ([TUESDAY] * 2, [TUESDAY])
