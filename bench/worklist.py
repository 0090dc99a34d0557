"""What a page of the list costs: the whole API answer, in process, against one by hand.

By hand is a WSGI function over psycopg and orjson that checks the same token and scope, reads the
same rows, opens the same bundles and writes the same log.
"""

from __future__ import annotations

import hashlib
import os
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.types.json import Jsonb

from bench.asking import Spent, ask, make_app, plain_url, quiet, request
from bench.sites import Place, fill_sealed, prepare
from bindeledd.features.patients.tables import place
from bindeledd.foundation.ids import ordered_id

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
  k.tenant_key_version, k.wrapped, t.step_key
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


_WEEK = timedelta(days=7)


def by_hand(site: Place, url: str) -> Callable[[dict[str, Any], Any], list[bytes]]:
    """The same answer without a framework: psycopg with prepared binary statements, and orjson."""
    connection = psycopg.connect(
        plain_url(url), prepare_threshold=0, options="-c random_page_cost=1.1 -c jit=off"
    )
    cursor = connection.cursor(binary=True)
    keys: dict[UUID, AESGCM] = {}

    def data_key(row: Any) -> AESGCM:
        found = keys.get(row[12])
        if found is None:
            found = site.keyring.unwrap(site.tenant, row[12], row[14], row[15], row[16])
            keys[row[12]] = found
        return found

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        at = datetime.now(UTC)
        secret = environ["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
        digest = hashlib.sha256(secret.encode()).hexdigest()
        who = cursor.execute(_WHO, {"hash": digest, "at": at}).fetchall()
        team = next(row[3] for row in who if row[3] is not None)
        rows = cursor.execute(_PAGE, {"team": team}).fetchall()
        shown = [_answer(row, site.tenant, data_key(row), at) for row in rows[:50]]
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


def _answer(row: Any, tenant: UUID, key: AESGCM, at: datetime) -> dict[str, Any]:
    sealed, patient = row[13], row[12]
    bound = place(tenant, "identity", patient).bound_to(int.from_bytes(sealed[2:4], "big"))
    said = orjson.loads(key.decrypt(sealed[4:16], sealed[16:], bound))
    return {
        "id": row[0], "case_id": row[2], "subject_id": row[3], "kind": row[4],
        "due_at": row[1], "window_from": row[5], "bucket": _bucket(row[1], at),
        "team_id": row[6], "held_by": row[7], "strength": row[8], "origin": row[9],
        "seen_until": row[10], "version": row[11], "withheld": False,
        "step_key": row[17],
        "patient": {
            "id": patient, "name": said["full"] or f"{said['given']} {said['family']}",
            "born_on": said["born_on"], "interpreter": said["interpreter"],
            "protected": said["protected"], "unreadable": False,
        },
    }  # fmt: skip


def _bucket(due: datetime, at: datetime) -> str:
    if due < at:
        return "late"
    return "week" if due < at + _WEEK else "later"


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
