"""Finding the people: alerts become inbox items and deliveries, by groups and never by row.

The inbox item is written here, in the same statement, so that it exists exactly once. An alert
for which nobody can be found stays unaddressed, is tried again, and is a fault that people see.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain.channels import EMAIL, INBOX
from bindeledd.features.reminders.domain.hearing import Group, who_hears
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.reminders.service.sweeping import stamp
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.foundation.db import Utc

_INSERT = """
INSERT INTO deliveries (id, tenant_id, alert_id, task_id, member_id, channel, address, state,
  attempts, made_at, next_at, settled_at)
"""

_POSTGRESQL = f"""
WITH routes AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(CAST(:routes AS jsonb)) AS r(team uuid, audience text,
    held_by uuid, member uuid, channel text, address text)),
k AS MATERIALIZED (
  SELECT a.id FROM alerts a
  WHERE a.addressed_at IS NULL AND EXISTS (SELECT 1 FROM routes r WHERE r.team = a.team_id
    AND r.audience = a.audience AND r.held_by IS NOT DISTINCT FROM a.held_by)
  ORDER BY a.raised_at LIMIT :batch FOR UPDATE OF a SKIP LOCKED),
moved AS (
  UPDATE alerts SET addressed_at = :at FROM k WHERE alerts.id = k.id
  RETURNING alerts.id, alerts.tenant_id, alerts.task_id, alerts.team_id, alerts.audience,
    alerts.held_by),
told AS ({_INSERT}
  SELECT (:stamp || substr(gen_random_uuid()::text, 16))::uuid, m.tenant_id, m.id, m.task_id,
    r.member, r.channel, r.address, CASE r.channel WHEN 'inbox' THEN 'delivered' ELSE 'ready' END,
    0, :at, :at, CASE r.channel WHEN 'inbox' THEN :at END
  FROM moved m JOIN routes r ON r.team = m.team_id AND r.audience = m.audience
    AND r.held_by IS NOT DISTINCT FROM m.held_by
  ON CONFLICT (alert_id, member_id, channel) DO NOTHING)
SELECT count(*) FROM moved
"""  # noqa: S608

_SQLITE_ROUTES = """
WITH routes AS MATERIALIZED (
  SELECT json_extract(value, '$.team') AS team, json_extract(value, '$.audience') AS audience,
    json_extract(value, '$.held_by') AS held_by, json_extract(value, '$.member') AS member,
    json_extract(value, '$.channel') AS channel, json_extract(value, '$.address') AS address
  FROM json_each(:routes))
"""

_SQLITE_CHOSEN = """
  SELECT a.* FROM alerts a WHERE a.addressed_at IS NULL AND EXISTS (SELECT 1 FROM routes r
    WHERE r.team = a.team_id AND r.audience = a.audience AND r.held_by IS a.held_by)
  ORDER BY a.raised_at, a.rowid LIMIT :batch
"""

_SQLITE = (
    f"""
{_SQLITE_ROUTES} {_INSERT}
SELECT :stamp || lower(substr(hex(randomblob(2)), 2) || '8' || substr(hex(randomblob(8)), 2)),
  m.tenant_id, m.id, m.task_id, r.member, r.channel, r.address,
  CASE r.channel WHEN 'inbox' THEN 'delivered' ELSE 'ready' END, 0, :at, :at,
  CASE r.channel WHEN 'inbox' THEN :at END
FROM ({_SQLITE_CHOSEN}) m JOIN routes r ON r.team = m.team_id AND r.audience = m.audience
  AND r.held_by IS m.held_by
WHERE true
ON CONFLICT (alert_id, member_id, channel) DO NOTHING
""",  # noqa: S608
    f"""
{_SQLITE_ROUTES}
UPDATE alerts SET addressed_at = :at WHERE id IN (SELECT id FROM ({_SQLITE_CHOSEN}))
""",  # noqa: S608
)

_AT = sa.bindparam("at", type_=Utc())
_ADDRESS_POSTGRESQL = sa.text(_POSTGRESQL).bindparams(_AT)
_ADDRESS_SQLITE = [sa.text(statement).bindparams(_AT) for statement in _SQLITE]


def address(
    session: Session,
    *,
    at: datetime,
    batch: int,
    channels: Sequence[str] = (EMAIL,),
    phoned: Collection[str] = (),
) -> int:
    """Address at most `batch` alerts; gives how many. 0: nothing left that can be addressed.

    A channel that is in `phoned` goes to the phone of a person, the others to the e-mail address.
    """
    groups = _waiting_groups(session)
    if not groups:
        return 0
    directory = queries.directory(session, at)
    heard = {group: who_hears(group, directory) for group in groups}
    for group, members in heard.items():
        if not members:
            report_fault(
                session,
                f"team:{group.team_id}",
                "reminders.nobody_to_tell",
                at=at,
                tenant_id=group.tenant_id,
            )
    dialect = session.get_bind().dialect.name
    books = {way: directory.phones if way in phoned else directory.emails for way in channels}
    routes = _routes(heard, books, dialect)
    return _write(session, routes, at, batch, dialect) if routes else 0


def _waiting_groups(session: Session) -> list[Group]:
    rows = session.execute(
        sa.select(AlertRow.tenant_id, AlertRow.team_id, AlertRow.audience, AlertRow.held_by)
        .where(AlertRow.addressed_at.is_(None))
        .distinct()
    )
    return [Group(**row._mapping) for row in rows]


def _routes(
    heard: Mapping[Group, frozenset[UUID]],
    books: Mapping[str, Mapping[UUID, str | None]],
    dialect: str,
) -> list[dict[str, str | None]]:
    def plain(value: UUID | None) -> str | None:
        if value is None:
            return None
        return str(value) if dialect == "postgresql" else value.hex

    routes: list[dict[str, str | None]] = []
    for group, members in heard.items():
        for member in sorted(members):
            addresses = {way: book.get(member) for way, book in books.items()}
            ways = {INBOX: None} | {way: one for way, one in addresses.items() if one}
            routes.extend(
                {
                    "team": plain(group.team_id),
                    "audience": group.audience,
                    "held_by": plain(group.held_by),
                    "member": plain(member),
                    "channel": way,
                    "address": address,
                }
                for way, address in ways.items()
            )
    return routes


def _write(
    session: Session, routes: list[dict[str, str | None]], at: datetime, batch: int, dialect: str
) -> int:
    asked = {
        "at": at,
        "batch": batch,
        "stamp": stamp(at, dialect),
        "routes": json.dumps(routes),
    }
    if dialect == "postgresql":
        return int(session.execute(_ADDRESS_POSTGRESQL, asked).scalar_one())
    insert, update = _ADDRESS_SQLITE
    session.execute(insert, asked)
    done: sa.Result[Any] = session.execute(update, asked)
    return int(done.rowcount) if isinstance(done, sa.CursorResult) else 0


def address_again(session: Session, alert_ids: Sequence[UUID]) -> None:
    """Let alerts be addressed anew: whoever was to hear cannot, so somebody else must."""
    if alert_ids:
        session.execute(
            sa.update(AlertRow).where(AlertRow.id.in_(alert_ids)).values(addressed_at=None)
        )
