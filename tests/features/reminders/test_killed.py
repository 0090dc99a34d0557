"""Workers that are killed with -9, and several at once: nothing lost, nothing doubled inside."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa

from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import open_database
from features.reminders.builders import (
    BOOK,
    DAY,
    TUESDAY,
    FakeChannel,
    a_site,
    a_task,
    add_duty,
    add_member,
    at_once,
    states,
)

KILLS = 50
HERE = Path(__file__).parent


def fill(database, tasks: int):
    with database.transaction() as session:
        people = [f"m{n}" for n in range(12)]
        site = a_site(session, on_duty=())
        for name in people:
            add_member(session, site, name)
            add_duty(session, site, name, TUESDAY - DAY, TUESDAY + 900 * DAY)
        for n in range(tasks):
            a_task(session, site, held_by=people[n % 12] if n % 7 else None)
    return site


def told_exactly_once(session) -> int:
    """Every rung that a task has passed has one alert, and no other; gives how many alerts."""
    raised = Counter(
        (row.task_id, row.round, row.rung)
        for row in session.execute(sa.select(AlertRow.task_id, AlertRow.round, AlertRow.rung))
    )
    expected = Counter()
    for row in session.execute(sa.select(TaskRow.id, TaskRow.round, TaskRow.next_rung)):
        for number in range(1, row.round):
            rungs = 4 if number == 1 else 3
            expected.update((row.id, number, rung) for rung in range(rungs))
        expected.update((row.id, row.round, rung) for rung in range(row.next_rung))
    assert raised == expected
    return len(raised)


def inbox_exactly_once(session) -> None:
    """Every alert was addressed, and stands once in the inbox of each who was told."""
    assert session.scalar(sa.select(sa.func.count()).where(AlertRow.addressed_at.is_(None))) == 0
    inside = session.execute(
        sa.select(DeliveryRow.alert_id, DeliveryRow.member_id, sa.func.count())
        .where(DeliveryRow.channel == "inbox")
        .group_by(DeliveryRow.alert_id, DeliveryRow.member_id)
    ).all()
    assert {row[2] for row in inside} == {1}
    alerts = set(session.scalars(sa.select(AlertRow.id)))
    assert {row.alert_id for row in inside} == alerts
    mailed = set(
        session.execute(
            sa.select(DeliveryRow.alert_id, DeliveryRow.member_id).where(
                DeliveryRow.channel == "email"
            )
        ).all()
    )
    assert mailed == {(row.alert_id, row.member_id) for row in inside}


def stopped_only_what_was_told(session) -> bool:
    """Each e-mail that stayed was about a task and round of which the same person had one."""
    rows = session.execute(
        sa.select(
            DeliveryRow.state,
            DeliveryRow.reason,
            DeliveryRow.member_id,
            AlertRow.task_id,
            AlertRow.round,
            AlertRow.due_at,
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .where(DeliveryRow.channel == "email")
    ).all()
    told = {row[2:] for row in rows if row.state == "delivered"}
    stopped = [row for row in rows if row.state == "stopped"]
    return all(row.reason == "already_told" and row[2:] in told for row in stopped)


def test_a_worker_killed_with_minus_nine_loses_and_doubles_nothing(
    fresh_database, database_url, tmp_path
):
    fill(fresh_database, 24)
    sink = tmp_path / "sent.txt"
    done = subprocess.run(
        [sys.executable, str(HERE / "killing.py"), database_url, str(KILLS), "7", str(sink)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) == KILLS

    with fresh_database.transaction() as session:
        assert told_exactly_once(session) >= 24 * 4
        inbox_exactly_once(session)
    assert set(states(fresh_database)) == {"delivered", "stopped"}
    with fresh_database.transaction() as session:
        assert stopped_only_what_was_told(session)
        mails = sa.select(DeliveryRow.id, DeliveryRow.state).where(DeliveryRow.channel == "email")
        state = {row.id.hex: row.state for row in session.execute(mails)}
    sent = set(sink.read_text().split())
    assert {one for one, stands in state.items() if stands == "delivered"} <= sent
    # Sent by one that died before it could write it down, and by then the person had been told.
    assert {state[one] for one in sent} <= {"delivered", "stopped"}
    # Sent by one that died before it could write it down, and said again: never not at all.
    assert max(Counter(sink.read_text().split()).values()) > 1
    if fresh_database.dialect == "sqlite":
        with fresh_database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_four_workers_at_once_raise_and_send_everything_once(fresh_database, database_url):
    fill(fresh_database, 60)
    channels = [FakeChannel() for _ in range(4)]
    rules = Rules(batch=11, claim=7)

    def work(channel: FakeChannel) -> tuple[int, int]:
        database = open_database(database_url)
        try:
            swept = jobs.sweep(
                database, BOOK, rules=rules, clock=at_once(TUESDAY + DAY), channels=["email"]
            )
            run = Deliverer(database, [channel], "https://b.example", rules, at_once(TUESDAY + DAY))
            return swept.alerts, run.run().sent
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, channels))
    finish = FakeChannel()
    last = work(finish)

    assert sum(alerts for alerts, _ in done) + last[0] == 60 * 4
    with fresh_database.transaction() as session:
        assert told_exactly_once(session) == 60 * 4
        inbox_exactly_once(session)
        # One that was raised while another of the same task and round was on its way.
        assert stopped_only_what_was_told(session)
    ended = states(fresh_database)
    assert sum(sent for _, sent in done) + last[1] == ended["delivered"]
    assert set(ended) <= {"delivered", "stopped"}
    keys = [message.key for channel in [*channels, finish] for message in channel.sent]
    assert len(keys) == len(set(keys))
