"""How much a page of the list costs, and whether it costs more when more is owed.

`api(url)` compares the whole API answer, in process, with a hand-written WSGI function over
psycopg and orjson that checks the same token and scope, reads the same rows, opens the same
bundles and writes the same log. `growth(url, …)` compares pages among many tasks and few.
Each makes what it needs in an empty database and leaves it there.
"""

from __future__ import annotations

import hashlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import psycopg
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.types.json import Jsonb

from bindeledd.features.access.service import make_token
from bindeledd.features.patients.domain import HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.patients.tables import identity_bundle, place
from bindeledd.features.staff.domain import Actor, ActorKind, system
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import ALL, Cursor
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database, Utc, open_database
from bindeledd.foundation.ids import new_id, ordered_id
from bindeledd.foundation.sealing.keyring import Keyring, new_subject, seal
from bindeledd.foundation.sealing.providers import FileKeys
from bindeledd.plugin.loading import gather
from bindeledd.settings import read_settings
from bindeledd.tables import metadata

HOUR = timedelta(hours=1)
TICK = os.sysconf("SC_CLK_TCK")


# --- a site ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Place:
    """A tenant with teams, and one member who works in the first of them, with a token."""

    database: Database
    keyring: Keyring
    home: Path
    tenant: UUID
    member: UUID
    teams: list[UUID]
    token: str
    at: datetime

    @property
    def actor(self) -> Actor:
        return Actor(
            kind=ActorKind.MEMBER,
            tenant_id=self.tenant,
            id=self.member,
            teams=frozenset(self.teams[:1]),
        )


def prepare(url: str, *, teams: int = 50) -> Place:
    """Tables and a directory in an empty database."""
    home = Path(tempfile.mkdtemp(prefix="bindeledd-bench-"))
    keyring = Keyring(FileKeys(home / "keys", create=True))
    database = open_database(url, info={Keyring: keyring})
    with database.engine.begin() as connection:
        metadata.create_all(connection)
    tenant, organisation, member, at = new_id(), new_id(), new_id(), now()
    ids = [new_id() for _ in range(teams)]
    rows: dict[str, list[dict[str, Any]]] = {
        "installation": [{"id": 1, "environment": "test", "made_at": at}],
        "tenants": [{"id": tenant, "key": "b", "name": "B", "settings": {}, "made_at": at}],
        "organisations": [
            {"id": organisation, "tenant_id": tenant, "key": "o", "name": "O", "kind": "trust"}
        ],
        "teams": [
            {"id": team, "tenant_id": tenant, "organisation_id": organisation, "key": team.hex,
             "name": "T", "zone": "Europe/Oslo", "active": True} for team in ids
        ],
        "members": [
            {"id": member, "tenant_id": tenant, "login": "a", "name": "A", "active": True,
             "made_at": at}
        ],
        "memberships": [
            {"id": new_id(), "tenant_id": tenant, "member_id": member, "team_id": ids[0],
             "role": "member", "since": at - HOUR}
        ],
    }  # fmt: skip
    with database.transaction() as session:
        for name, some in rows.items():
            session.execute(metadata.tables[name].insert(), some)
        token = make_token(
            session, member, label="bench", until=at + 24 * HOUR, by=system(tenant), at=at
        )
    return Place(
        database=database, keyring=keyring, home=home, tenant=tenant, member=member, teams=ids,
        token=token, at=at,
    )  # fmt: skip


def fill_sealed(site: Place, cases: int) -> None:
    """Cases of the first team, each with a patient of its own and one open task."""
    for start in range(0, cases, 500):
        with site.database.transaction() as session:
            _some_sealed(session, site, range(start, min(start + 500, cases)))
    settle(site.database)


def _some_sealed(session: Any, site: Place, numbers: Iterable[int]) -> None:
    tables, rows = metadata.tables, {}
    rows = {name: [] for name in ("patients", "tasks", "cases", "care_relations")}
    for number in numbers:
        patient, case, task = new_id(), new_id(), new_id()
        due = site.at + number * timedelta(minutes=7) - 10 * HOUR
        new_subject(session, tenant_id=site.tenant, subject_id=patient, at=site.at)
        sealed = seal(session, place(site.tenant, "identity", patient), _bundle(number))
        rows["patients"].append(
            {
                "id": patient,
                "tenant_id": site.tenant,
                "identity": sealed,
                "version": 1,
                "made_at": site.at,
            }
        )
        rows["tasks"].append({**_task(site, task, due), "case_id": case})
        rows["cases"].append(
            {
                "id": case,
                "tenant_id": site.tenant,
                "patient_id": patient,
                "state": "open",
                "pathway_id": "national.after-attempt",
                "pathway_version": "2026.1",
                "responsible_team_id": site.teams[0],
                "opened_at": site.at,
                "next_task_id": task,
                "closing_number": 1,
                "version": 1,
            }
        )
        rows["care_relations"].append(
            {"id": new_id(), "tenant_id": site.tenant, "case_id": case, "patient_id": patient,
             "team_id": site.teams[0], "kind": "owner", "since": site.at}
        )  # fmt: skip
    for name, some in rows.items():
        session.execute(tables[name].insert(), some)


def _bundle(number: int) -> dict[str, Any]:
    held = Identifier(kind=IdentifierKind.FNR, value=f"{number:011}", synthetic=True)
    return identity_bundle(
        Identity(
            given="Kari Ánne",
            family=f"Prøve {number}",
            identifiers=(HeldIdentifier(identifier=held, source="message"),),
            language="nb",
            municipality="4601",
            address="Prøvegata 1, 5003 Bergen",
        )
    )


def _task(site: Place, task: UUID, due: datetime) -> dict[str, Any]:
    return {
        "id": task, "tenant_id": site.tenant, "kind": "call_patient", "origin": "step",
        "step_key": task.hex, "strength": "should", "owner": "responsible_team",
        "owner_team_id": site.teams[0], "due_at": due, "first_due_at": due, "due_reason": {},
        "satisfied_by": ["reached"], "ladder": "standard", "state": "open", "made_at": site.at,
        "round": 1, "next_rung": 0, "next_rung_at": due, "rung_plan": [], "seen_in_a_row": 0,
        "version": 1,
    }  # fmt: skip


def settle(database: Database) -> None:
    """Let the database do its own housekeeping outside the measured time."""
    with database.engine.connect() as connection:
        if database.dialect == "postgresql":
            fresh = connection.execution_options(isolation_level="AUTOCOMMIT")
            fresh.exec_driver_sql("VACUUM ANALYZE")
            fresh.exec_driver_sql("CHECKPOINT")
        else:
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN IMMEDIATE")


# --- CPU ------------------------------------------------------------------------------------------


class Spent:
    """CPU seconds of this process and of the PostgreSQL backends of a database, where they can
    be read (the server on the same machine)."""

    def __init__(self, url: str) -> None:
        asked = psycopg.connect(_plain(url))
        with asked:
            pids = asked.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchall()
        asked.close()
        self.pids = [pid for (pid,) in pids if Path(f"/proc/{pid}/stat").exists()]

    def now(self) -> float:
        return time.process_time() + sum(map(_backend, self.pids)) / TICK


def _backend(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _plain(url: str) -> str:
    made = sa.make_url(url).set(drivername="postgresql")
    return made.render_as_string(hide_password=False)


# --- the whole answer -------------------------------------------------------------------------------


def request(path: str, token: str, method: str = "GET", body: bytes = b"") -> dict[str, Any]:
    """A WSGI environment."""
    path, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "HTTP_AUTHORIZATION": f"Bearer {token}",
        "HTTP_ACCEPT": "application/json", "CONTENT_TYPE": "application/json" if body else "",
        "CONTENT_LENGTH": str(len(body)), "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False, "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip


def ask(app: Any, environ: dict[str, Any]) -> bytes:
    """The body of a successful answer."""
    said: list[str] = []
    found = app(environ, lambda status, headers, exc=None: said.append(status))
    body = b"".join(found)
    if hasattr(found, "close"):
        found.close()
    if not said[0].startswith("2"):
        raise AssertionError(f"{said[0]}: {body[:400]!r}")
    return body


@contextmanager
def quiet() -> Any:
    """The log of the requests goes nowhere; writing it is still paid for."""
    kept = sys.stderr
    with Path(os.devnull).open("w") as nowhere:
        sys.stderr = nowhere
        try:
            yield
        finally:
            sys.stderr = kept


def make_app(site: Place) -> Any:
    from bindeledd.app import create_app

    settings = replace(read_settings({"BINDELEDD_HOME": str(site.home)}), environment="test")
    return create_app(settings, database=site.database, gathered=gather())


_WHO = """
WITH who AS (
  SELECT m.id, m.tenant_id FROM members m JOIN tokens k ON k.member_id = m.id
  WHERE k.secret_hash = %(hash)s AND k.ended_at IS NULL AND k.until > %(at)s AND m.active)
SELECT who.id, who.tenant_id, 'self', NULL FROM who
UNION ALL SELECT who.id, who.tenant_id, s.role, s.team_id FROM who
  JOIN memberships s ON s.member_id = who.id AND s.since <= %(at)s
  AND (s.until IS NULL OR s.until > %(at)s)
UNION ALL SELECT who.id, who.tenant_id, d.kind, d.team_id FROM who
  JOIN duty d ON d.member_id = who.id AND d.kind <> 'hours' AND d.starts_at <= %(at)s
  AND d.ends_at > %(at)s
UNION ALL SELECT who.id, who.tenant_id, g.role, NULL FROM who JOIN grants g ON g.member_id = who.id
"""
_PAGE = """
SELECT t.id, t.due_at, t.case_id, t.subject_id, t.kind, t.window_from, t.owner_team_id, t.held_by,
  t.strength, t.origin, t.seen_until, t.version, t.patient_id, p.identity, k.version,
  k.tenant_key_version, k.wrapped
FROM (SELECT o.*, (SELECT r.patient_id FROM care_relations r WHERE r.case_id = o.case_id
                   AND r.team_id = %(team)s AND r.until IS NULL LIMIT 1) AS patient_id
      FROM tasks o WHERE owner_team_id = %(team)s AND state = 'open'
      ORDER BY due_at, id LIMIT 51) t
LEFT JOIN patients p ON p.id = t.patient_id
LEFT JOIN data_keys k ON k.subject_id = p.id AND k.state = 'active'
ORDER BY t.due_at, t.id
"""
_LOG = """
WITH e AS (
  INSERT INTO audit_events (id, tenant_id, at, act, purpose, actor_kind, actor_id, request_id, facts)
  VALUES (%(id)s, %(tenant)s, %(at)s, 'worklist.shown', 'TREAT', 'member', %(actor)s, %(request)s,
    %(facts)s))
INSERT INTO audit_subjects (event_id, subject_id, tenant_id)
SELECT %(id)s, s, %(tenant)s FROM unnest(%(subjects)s::uuid[]) s
"""


def by_hand(site: Place, url: str) -> Callable[[dict[str, Any], Any], list[bytes]]:
    """The same answer without a framework: psycopg with prepared binary statements, and orjson."""
    connection = psycopg.connect(
        _plain(url), prepare_threshold=0, options="-c random_page_cost=1.1 -c jit=off"
    )
    cursor = connection.cursor(binary=True)
    keys: dict[UUID, AESGCM] = {}
    week = timedelta(days=7)

    def data_key(row: Any) -> AESGCM:
        found = keys.get(row[12])
        if found is None:
            found = site.keyring.unwrap(site.tenant, row[12], row[14], row[15], row[16])
            keys[row[12]] = found
        return found

    def bucket(due: datetime, at: datetime) -> str:
        if due < at:
            return "late"
        return "week" if due < at + week else "later"

    def answer(row: Any, at: datetime) -> dict[str, Any]:
        sealed, patient = row[13], row[12]
        bound = place(site.tenant, "identity", patient).bound_to(int.from_bytes(sealed[2:4], "big"))
        said = orjson.loads(data_key(row).decrypt(sealed[4:16], sealed[16:], bound))
        return {
            "id": row[0], "case_id": row[2], "subject_id": row[3], "kind": row[4],
            "due_at": row[1], "window_from": row[5], "bucket": bucket(row[1], at),
            "team_id": row[6], "held_by": row[7], "strength": row[8], "origin": row[9],
            "seen_until": row[10], "version": row[11], "withheld": False,
            "patient": {
                "id": patient, "name": said["full"] or f"{said['given']} {said['family']}",
                "born_on": said["born_on"], "interpreter": said["interpreter"],
                "protected": said["protected"], "unreadable": False,
            },
        }  # fmt: skip

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        at = datetime.now(UTC)
        secret = environ["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
        digest = hashlib.sha256(secret.encode()).hexdigest()
        who = cursor.execute(_WHO, {"hash": digest, "at": at}).fetchall()
        team = next(row[3] for row in who if row[3] is not None)
        rows = cursor.execute(_PAGE, {"team": team}).fetchall()
        shown = [answer(row, at) for row in rows[:50]]
        cursor.execute(
            _LOG,
            {"id": ordered_id(), "tenant": site.tenant, "at": at, "actor": who[0][0],
             "request": os.urandom(16).hex(), "subjects": [row[12] for row in rows[:50]],
             "facts": Jsonb({"rows": len(shown), "teams": [str(team)]})},
        )  # fmt: skip
        connection.commit()
        last = rows[49]
        body = {"rows": shown, "next": f"{last[1].isoformat()}~{last[0].hex}", "at": at}
        start("200 OK", [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
        return [orjson.dumps(body)]

    return application


def api(url: str, *, cases: int = 10_000, rounds: int = 7, requests: int = 100) -> dict[str, Any]:
    """CPU a request of the whole answer with 50 sealed rows, against the same by hand.

    PostgreSQL only. Value: by hand ÷ ours, the median of interleaved rounds; more is better.
    """
    site = prepare(url)
    fill_sealed(site, cases)
    with quiet():
        ours, other = make_app(site), by_hand(site, url)
        environ = lambda: request("/api/v1/worklist", site.token)  # noqa: E731
        same(ask(ours, environ()), ask(other, environ()))
        for app in (ours, other):
            _spend(app, environ, 50, None)
        spent = Spent(url)
        took: dict[str, list[float]] = {"ours": [], "by_hand": []}
        for number in range(rounds):
            order = [("ours", ours), ("by_hand", other)]
            for name, app in order if number % 2 else reversed(order):
                took[name].append(_spend(app, environ, requests, spent))
    ratios = [hand / mine for mine, hand in zip(took["ours"], took["by_hand"], strict=True)]
    site.database.close()
    return {
        "name": "worklist_api",
        "unit": "x of hand-written psycopg and orjson (CPU)",
        "value": statistics.median(ratios),
        "limit": 0.60,
        "at_least": True,
        "ours_ms": statistics.median(took["ours"]) * 1000,
        "by_hand_ms": statistics.median(took["by_hand"]) * 1000,
        "backends_counted": len(spent.pids),
        "ratios": ratios,
    }


def same(mine: bytes, hand: bytes) -> None:
    """Both say the same of the same rows."""
    one, other = orjson.loads(mine)["rows"], orjson.loads(hand)["rows"]
    for row in (*one, *other):
        del row["bucket"]
    if len(one) != 50 or one != other:
        raise AssertionError("the two answers differ")


def _spend(
    app: Any, environ: Callable[[], dict[str, Any]], many: int, spent: Spent | None
) -> float:
    before = spent.now() if spent else 0.0
    for _ in range(many):
        ask(app, environ())
    return (spent.now() - before) / many if spent else 0.0


# --- growth -----------------------------------------------------------------------------------------

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
