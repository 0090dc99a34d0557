"""Noticing: what has reached its next rung becomes an alert. What follows stands in `beginning`.

Due-ness is a question about rows with no lower bound in time: late is late, never gone. Each
function does one batch in the caller's transaction and gives how many it moved; 0 means that
nothing is left (or that another worker has it).
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.foundation.db import Utc

_POSTGRESQL = """
WITH due AS MATERIALIZED (
  SELECT ctid FROM tasks
  WHERE state = 'open' AND next_rung_at <= :at AND rung_plan -> next_rung ->> 1 <> 'repeat'
  ORDER BY next_rung_at LIMIT :batch FOR UPDATE SKIP LOCKED),
moved AS (
  UPDATE tasks SET next_rung = next_rung + 1,
    next_rung_at = CASE WHEN rung_plan -> (next_rung + 1) ->> 0 LIKE '____-__-__ __:__:__%'
      THEN (rung_plan -> (next_rung + 1) ->> 0)::timestamp AT TIME ZONE 'UTC' ELSE :at END
  WHERE ctid = ANY(ARRAY(SELECT ctid FROM due))
  RETURNING id, tenant_id, owner_team_id, held_by, due_at, round, next_rung - 1 AS rung,
    rung_plan -> (next_rung - 1) ->> 1 AS audience),
raised AS (
  INSERT INTO alerts (id, tenant_id, task_id, team_id, held_by, due_at, round, rung, audience,
    raised_at)
  SELECT (:stamp || substr(gen_random_uuid()::text, 16))::uuid, tenant_id, id, owner_team_id,
    held_by, due_at, round, rung, audience, :at FROM moved
  ON CONFLICT (task_id, due_at, round, rung, audience) DO NOTHING)
SELECT count(*) FROM moved
"""

# A plan is read once for each task: what is due stands in a table of this connection's own.
_SQLITE = (
    """
CREATE TEMPORARY TABLE IF NOT EXISTS due_rungs (task INTEGER PRIMARY KEY, audience, moment)
""",
    "DELETE FROM temp.due_rungs",
    """
INSERT INTO temp.due_rungs
SELECT rowid, json_extract(rung_plan, '$[' || next_rung || '][1]') AS audience,
  CASE WHEN json_extract(rung_plan, '$[' || (next_rung + 1) || '][0]')
    LIKE '____-__-__ __:__:__.______'
    THEN json_extract(rung_plan, '$[' || (next_rung + 1) || '][0]') ELSE :at END
FROM tasks WHERE state = 'open' AND next_rung_at <= :at AND audience <> 'repeat'
ORDER BY next_rung_at LIMIT :batch
""",
    """
INSERT INTO alerts (id, tenant_id, task_id, team_id, held_by, due_at, round, rung, audience,
  raised_at)
SELECT :stamp || lower(substr(hex(randomblob(2)), 2) || '8' || substr(hex(randomblob(8)), 2)),
  tenant_id, id, owner_team_id, held_by, due_at, round, next_rung, audience, :at
FROM temp.due_rungs CROSS JOIN tasks ON tasks.rowid = due_rungs.task WHERE true
ON CONFLICT (task_id, due_at, round, rung, audience) DO NOTHING
""",
    """
UPDATE tasks SET next_rung = next_rung + 1,
  next_rung_at = (SELECT moment FROM temp.due_rungs WHERE task = tasks.rowid)
WHERE rowid IN (SELECT task FROM temp.due_rungs)
""",
)

_AT = sa.bindparam("at", type_=Utc())
_CLIMB_POSTGRESQL = sa.text(_POSTGRESQL).bindparams(_AT)
_CLIMB_SQLITE = [
    sa.text(statement).bindparams(_AT) if ":at" in statement else sa.text(statement)
    for statement in _SQLITE
]


def stamp(at: datetime, dialect: str) -> str:
    """The beginning of a version 7 id made at `at`; the database adds the random rest."""
    digits = f"{int(at.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7" if dialect == "postgresql" else f"{digits}7"


def climb(session: Session, *, at: datetime, batch: int) -> int:
    """Raise the alerts of at most `batch` tasks that have reached a rung, and move them on.

    One statement on PostgreSQL (safe with any number of workers), a few inside `BEGIN IMMEDIATE`
    on SQLite. A plan whose next moment cannot be read is due again at once.
    """
    dialect = session.get_bind().dialect.name
    asked = {"at": at, "batch": batch, "stamp": stamp(at, dialect)}
    if dialect == "postgresql":
        return int(session.execute(_CLIMB_POSTGRESQL, asked).scalar_one())
    for statement in _CLIMB_SQLITE:
        last = session.execute(statement, asked)
    return _rows(last)


def _rows(result: sa.Result[Any]) -> int:
    return int(result.rowcount) if isinstance(result, sa.CursorResult) else 0
