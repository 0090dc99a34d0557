"""Whether a page of the list costs more when more is owed: among many tasks against few."""

from __future__ import annotations

import statistics
import time
from typing import Any

import sqlalchemy as sa

from bench.sites import Place, prepare, settle
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import ALL, Cursor
from bindeledd.foundation.db import Utc

_NUMBERS = {
    "postgresql": "generate_series(0, {count} - 1) AS g(n)",
    "sqlite": "(WITH RECURSIVE g(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g "
    "WHERE n < {count} - 1) SELECT n FROM g) AS g",
}
_NEW = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
_JSON = {"postgresql": "'{}'::jsonb, '[]'::jsonb, '[]'::jsonb", "sqlite": "'{}', '[]', '[]'"}
_ID = {"postgresql": "uuid", "sqlite": "char(32)"}
_DUE = {
    "postgresql": "CAST(:at AS timestamptz) + (CAST(g.n AS bigint) * 7919 % 1000003) "
    "* interval '1 second'",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', :at, '+' || (g.n * 7919 % 1000003) || ' seconds')",
}
PER_CASE = 4
_FILL = (
    "CREATE TABLE bench_cases AS SELECT g.n AS n, {new} AS id, {new} AS patient, {new} AS task, "
    "t.id AS team FROM {cases} JOIN bench_teams t ON t.n = g.n % {teams}",
    "CREATE UNIQUE INDEX bench_cases_n ON bench_cases (n)",
    "INSERT INTO patients (id, tenant_id, version, made_at) "
    "SELECT patient, :tenant, 1, :at FROM bench_cases",
    "INSERT INTO tasks (id, tenant_id, case_id, kind, origin, step_key, strength, owner, "
    "owner_team_id, due_at, first_due_at, due_reason, satisfied_by, rung_plan, ladder, state, "
    "made_at, round, next_rung, next_rung_at, seen_in_a_row, version) "
    "SELECT CASE WHEN g.n % {per} = 0 THEN b.task ELSE {new} END, :tenant, b.id, 'call_patient', "
    "'core', CAST(g.n AS text), 'should', 'responsible_team', b.team, {due}, {due}, {json}, "
    "'standard', 'open', :at, 1, 0, :at, 0, 1 "
    "FROM {tasks} JOIN bench_cases b ON b.n = g.n / {per}",
    "INSERT INTO cases (id, tenant_id, patient_id, state, pathway_id, pathway_version, "
    "responsible_team_id, opened_at, next_task_id, closing_number, version) "
    "SELECT id, :tenant, patient, 'open', 'national.after-attempt', '2026.1', team, :at, task, 1, 1 "
    "FROM bench_cases",
    "INSERT INTO care_relations (id, tenant_id, case_id, patient_id, team_id, kind, since) "
    "SELECT {new}, :tenant, id, patient, team, 'owner', :at FROM bench_cases",
)


def fill_many(site: Place, tasks: int) -> None:
    """Open tasks over all teams, four for each case, made by the database itself."""
    dialect = site.database.dialect
    words = {
        "new": _NEW[dialect],
        "json": _JSON[dialect],
        "due": _DUE[dialect],
        "per": PER_CASE,
        "teams": len(site.teams),
        "cases": _NUMBERS[dialect].format(count=tasks // PER_CASE),
        "tasks": _NUMBERS[dialect].format(count=tasks),
    }
    with site.database.engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TABLE bench_teams (n INTEGER PRIMARY KEY, id {_ID[dialect]})"
        )
        connection.execute(
            sa.text("INSERT INTO bench_teams VALUES (:n, :id)").bindparams(
                sa.bindparam("id", type_=sa.Uuid())
            ),
            [{"n": n, "id": team} for n, team in enumerate(site.teams)],
        )
        if dialect == "postgresql":
            connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
        for statement in _FILL:
            made = sa.text(statement.format(**words))
            if ":tenant" in statement:
                made = made.bindparams(sa.bindparam("tenant", site.tenant, type_=sa.Uuid()))
            if ":at" in made.text:
                made = made.bindparams(sa.bindparam("at", site.at, type_=Utc()))
            connection.execute(made)
    settle(site.database)


def growth(
    url_few: str,
    url_many: str,
    *,
    few: int = 10_000,
    many: int = 1_000_000,
    rounds: int = 7,
    pages: int = 200,
) -> list[dict[str, Any]]:
    """First and next page among many open tasks against few: time of the median page.

    Two empty databases of one kind. Value: many ÷ few, the median of interleaved rounds.
    """
    sites = {"few": prepare(url_few), "many": prepare(url_many)}
    for name, count in (("few", few), ("many", many)):
        fill_many(sites[name], count)
    cursors = {name: _middle(site) for name, site in sites.items()}
    took: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for (page, name), one in _round(sites, cursors, pages).items():
            took.setdefault((page, name), []).append(statistics.median(one))
    dialect = sites["few"].database.dialect
    for site in sites.values():
        site.database.close()
    return [_grown(page, dialect, took, many) for page in ("first", "next")]


def _grown(
    page: str, dialect: str, took: dict[tuple[str, str], list[float]], many: int
) -> dict[str, Any]:
    ratios = [b / a for a, b in zip(took[page, "few"], took[page, "many"], strict=True)]
    return {
        "name": f"worklist_{page}_page_{dialect}",
        "unit": f"x of the page among few, at {many} open tasks",
        "value": statistics.median(ratios),
        "limit": 1.3,
        "at_least": False,
        "few_us": statistics.median(took[page, "few"]) * 1e6,
        "many_us": statistics.median(took[page, "many"]) * 1e6,
        "ratios": ratios,
    }


def _middle(site: Place) -> Cursor:
    """Where the second page of the first team begins."""
    with site.database.transaction() as session:
        row = queries.page_rows(session, site.teams[:1], None, ALL)[49]
    return Cursor(row.due_at, row.id)


_BLOCK = 25


def _round(
    sites: dict[str, Place], cursors: dict[str, Cursor], pages: int
) -> dict[tuple[str, str], list[float]]:
    """Seconds of each page, the two databases asked in turn, block by block.

    CPU on SQLite, where all of it is ours; the clock on the wall where a server answers.
    """
    took: dict[tuple[str, str], list[float]] = {}
    sessions = {name: site.database.session() for name, site in sites.items()}
    server = sites["few"].database.dialect == "postgresql"
    clock = time.perf_counter if server else time.process_time
    for block in range(max(pages // _BLOCK, 1)):
        for name in ("few", "many") if block % 2 else ("many", "few"):
            for page, after in (("first", None), ("next", cursors[name])):
                for _ in range(_BLOCK):
                    begun = clock()
                    rows = queries.page_rows(sessions[name], sites[name].teams[:1], after, ALL)
                    took.setdefault((page, name), []).append(clock() - begun)
                    if len(rows) != 51:
                        raise AssertionError(f"{len(rows)} rows on a page")
    for session in sessions.values():
        session.rollback()
        session.close()
    return took
