"""How fast the sweep is against one set-based statement that does the same state change.

`run(database_url)` makes what it needs in an empty database and leaves it there.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service.sweeping import stamp
from bindeledd.foundation.db import Database, Utc, open_database
from bindeledd.tables import metadata

START = datetime(2027, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
FAR = 3650
TEAMS = 50

_ONE_POSTGRESQL = """
WITH moved AS (
  UPDATE tasks SET next_rung = next_rung + 1,
    next_rung_at = (rung_plan -> (next_rung + 1) ->> 0)::timestamp AT TIME ZONE 'UTC'
  WHERE state = 'open' AND next_rung_at <= :at AND rung_plan -> next_rung ->> 1 <> 'repeat'
  RETURNING id, tenant_id, owner_team_id, held_by, due_at, round, next_rung - 1 AS rung,
    rung_plan -> (next_rung - 1) ->> 1 AS audience)
INSERT INTO alerts (id, tenant_id, task_id, team_id, held_by, due_at, round, rung, audience,
  raised_at)
SELECT (:stamp || substr(gen_random_uuid()::text, 16))::uuid, tenant_id, id, owner_team_id,
  held_by, due_at, round, rung, audience, :at FROM moved
"""

_ONE_SQLITE = (
    """
INSERT INTO alerts (id, tenant_id, task_id, team_id, held_by, due_at, round, rung, audience,
  raised_at)
SELECT :stamp || lower(substr(hex(randomblob(2)), 2) || '8' || substr(hex(randomblob(8)), 2)),
  tenant_id, id, owner_team_id, held_by, due_at, round, next_rung,
  json_extract(rung_plan, '$[' || next_rung || '][1]'), :at
FROM tasks WHERE state = 'open' AND next_rung_at <= :at
  AND json_extract(rung_plan, '$[' || next_rung || '][1]') <> 'repeat'
""",
    """
UPDATE tasks SET next_rung = next_rung + 1,
  next_rung_at = json_extract(rung_plan, '$[' || (next_rung + 1) || '][0]')
WHERE state = 'open' AND next_rung_at <= :at
  AND json_extract(rung_plan, '$[' || next_rung || '][1]') <> 'repeat'
""",
)


def run(
    database_url: str, *, tasks: int = 1_000_000, overdue: int = 100_000, rounds: int = 3
) -> dict[str, Any]:
    """Interleaved rounds of both; ratios are ours ÷ one statement, in tasks a second."""
    database = open_database(database_url)
    try:
        prepare(database, tasks=tasks, overdue=overdue, moments=2 * rounds)
        return _measure(database, overdue, rounds)
    finally:
        database.close()


def prepare(database: Database, *, tasks: int, overdue: int, moments: int) -> None:
    """Tables, teams with somebody on duty, open tasks of which `overdue` have a rung each day."""
    with database.engine.begin() as connection:
        metadata.create_all(connection)
    with database.engine.begin() as connection:
        teams = _directory(connection)
        for late, count in ((True, overdue), (False, tasks - overdue)):
            _fill(connection, teams, late=late, count=count, moments=moments)
    _settle(database)


def _directory(connection: sa.Connection) -> list[str]:
    tenant, organisation, member = uuid4(), uuid4(), uuid4()
    table = metadata.tables

    def add(into: str, **values: Any) -> None:
        connection.execute(table[into].insert().values(**values))

    add("tenants", id=tenant, key="bench", name="B", settings={}, made_at=START)
    add("organisations", id=organisation, tenant_id=tenant, key="o", name="O", kind="trust")
    add("members", id=member, tenant_id=tenant, login="a", name="A", active=True, made_at=START,
        email="a@b.example")  # fmt: skip
    teams = [uuid4() for _ in range(TEAMS)]
    for team in teams:
        add("teams", id=team, tenant_id=tenant, organisation_id=organisation, key=team.hex,
            name="T", zone="Europe/Oslo", active=True)  # fmt: skip
        add("duty", team_id=team, member_id=member, starts_at=START - DAY, kind="on_call",
            ends_at=START + FAR * DAY, tenant_id=tenant)  # fmt: skip
    connection.execute(sa.text("CREATE TABLE bench_teams (n INTEGER PRIMARY KEY, id TEXT)"))
    plain = [team.hex for team in teams]
    connection.execute(
        sa.text("INSERT INTO bench_teams VALUES (:n, :id)"),
        [{"n": n, "id": one} for n, one in enumerate(plain)],
    )
    return plain


def _plan(late: bool, moments: int) -> str:
    first = START if late else START + FAR * DAY
    entries = [(first + n * DAY, "team") for n in range(moments)]
    entries.append((START + 2 * FAR * DAY, "repeat"))
    written = ",".join(f'["{moment:%Y-%m-%d %H:%M:%S.%f}","{who}"]' for moment, who in entries)
    return f"[{written}]"


def _fill(
    connection: sa.Connection, teams: list[str], *, late: bool, count: int, moments: int
) -> None:
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        numbers = "generate_series(1, :count) AS g(n)"
        new, team, plan = "gen_random_uuid()", "t.id::uuid", "CAST(:plan AS jsonb)"
        empty = "'{}'::jsonb, '[]'::jsonb"
    else:
        numbers = (
            "(WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < :count) "
            "SELECT n FROM g) AS g"
        )
        new, team, plan = "lower(hex(randomblob(16)))", "t.id", ":plan"
        empty = "'{}', '[]'"
    connection.execute(
        sa.text(
            "INSERT INTO tasks (id, tenant_id, subject_id, kind, origin, step_key, strength, "
            "owner, owner_team_id, due_at, first_due_at, due_reason, satisfied_by, ladder, state, "
            "made_at, round, next_rung, next_rung_at, rung_plan, seen_in_a_row, version) "
            f"SELECT {new}, {team}, {new}, 'call_patient', 'core', 'bench', 'should', "
            f"'responsible_team', {team}, :due, :due, {empty}, 'standard', 'open', :made, 1, 0, "
            f":first, {plan}, 0, 1 FROM {numbers} JOIN bench_teams t ON t.n = g.n % {len(teams)}"
        ).bindparams(*(sa.bindparam(name, type_=Utc()) for name in ("due", "made", "first"))),
        {
            "count": count,
            "due": START if late else START + FAR * DAY,
            "made": START - DAY,
            "first": START if late else START + FAR * DAY,
            "plan": _plan(late, moments),
        },
    )


def _settle(database: Database) -> None:
    """Let the database do its own housekeeping outside the measured time."""
    with database.engine.connect() as connection:
        if database.dialect == "postgresql":
            fresh = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in ("tasks", "alerts"):
                fresh.exec_driver_sql(f"VACUUM ANALYZE {table}")
            fresh.exec_driver_sql("CHECKPOINT")
        else:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _measure(database: Database, overdue: int, rounds: int) -> dict[str, Any]:
    ours: list[float] = []
    floor: list[float] = []
    for number in range(2 * rounds):
        at = START + number * DAY
        # ours first in one pair, the other first in the next
        mine = number % 4 in (0, 3)
        begun = time.perf_counter()
        moved = _ours(database, at) if mine else _one_statement(database, at)
        took = time.perf_counter() - begun
        if moved != overdue:
            raise AssertionError(f"{moved} of {overdue} tasks were moved")
        (ours if mine else floor).append(overdue / took)
        _settle(database)
    with database.engine.begin() as connection:
        alerts = connection.execute(sa.text("SELECT count(*) FROM alerts")).scalar_one()
        if alerts != 2 * rounds * overdue:
            raise AssertionError(f"{alerts} alerts")
    ratios = [mine / other for mine, other in zip(ours, floor, strict=True)]
    return {
        "name": f"sweep_{database.dialect}",
        "unit": "x of one set-based statement",
        "value": statistics.median(ratios),
        "limit": 0.70 if database.dialect == "postgresql" else 0.60,
        "at_least": True,
        "tasks_per_second": statistics.median(ours),
        "one_statement_per_second": statistics.median(floor),
        "ratios": ratios,
        "overdue": overdue,
    }


def _ours(database: Database, at: datetime) -> int:
    return jobs.notice(database, Book(), rules=Rules(), at=at).alerts


def _one_statement(database: Database, at: datetime) -> int:
    asked = {"at": at, "stamp": stamp(at, database.dialect)}
    statements = [_ONE_POSTGRESQL] if database.dialect == "postgresql" else list(_ONE_SQLITE)
    moved = 0
    with database.transaction() as session:
        for statement in statements:
            typed = sa.text(statement).bindparams(sa.bindparam("at", type_=Utc()))
            moved = session.execute(typed, asked).rowcount  # type: ignore[attr-defined]
    return int(moved)
