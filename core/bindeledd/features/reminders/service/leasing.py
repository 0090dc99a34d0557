"""A lease on what is to be sent: who holds its token, and nobody else, writes what became of it.

A worker that dies leaves a lease that lapses; a worker that wakes up late has a token that no
longer fits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders.domain import Claim, Rules
from bindeledd.features.reminders.tables import DeliveryRow
from bindeledd.foundation.db import Utc
from bindeledd.foundation.ids import new_id

_FOLDED = 5000

_CLAIM = """
UPDATE deliveries SET state = 'leased', lease_token = :token, lease_until = :until,
  next_at = :until, attempts = attempts + 1 {source}
RETURNING deliveries.id, deliveries.tenant_id, deliveries.alert_id, deliveries.task_id,
  deliveries.member_id, deliveries.channel, deliveries.address, deliveries.attempts,
  deliveries.made_at
"""
_WHICH = """
SELECT id FROM deliveries WHERE state IN ('ready', 'leased') AND channel = :channel
  AND {extra} ORDER BY next_at LIMIT :limit
"""
_FRESH = "next_at <= :at AND (attempts = 0) = :fresh"
# With one message to a person goes what waits for its turn on this channel: the number has it all.
_ALONG = "(next_at <= :at OR state = 'ready' AND reason = 'other_way_first')"


def _claiming(dialect: str, extra: str) -> sa.TextualSelect:
    which = _WHICH.format(extra=extra)
    if dialect == "postgresql":
        statement = f"WITH k AS MATERIALIZED ({which} FOR UPDATE SKIP LOCKED) " + _CLAIM.format(
            source="FROM k WHERE deliveries.id = k.id"
        )
    else:
        statement = _CLAIM.format(source=f"WHERE id IN ({which})")
    return (
        sa.text(statement)
        .bindparams(
            sa.bindparam("at", type_=Utc()),
            sa.bindparam("until", type_=Utc()),
            sa.bindparam("token", type_=sa.Uuid()),
        )
        .columns(
            id=sa.Uuid(),
            tenant_id=sa.Uuid(),
            alert_id=sa.Uuid(),
            task_id=sa.Uuid(),
            member_id=sa.Uuid(),
            made_at=Utc(),
        )
    )


_FIRST = {name: _claiming(name, _FRESH) for name in ("postgresql", "sqlite")}
_OTHERS = {
    "postgresql": _claiming(
        "postgresql", f"{_ALONG} AND member_id = ANY(CAST(:members AS uuid[]))"
    ),
    "sqlite": _claiming(
        "sqlite",
        f"{_ALONG} AND member_id IN (SELECT value FROM json_each(:members))",  # noqa: S608
    ),
}


def claim(
    session: Session, channel: str, *, fresh: bool, at: datetime, limit: int, rules: Rules
) -> tuple[UUID, list[Claim]]:
    """Lease what is due on a channel, and with it all else that is due for the same people.

    `fresh` asks for what was never tried, otherwise for what failed before or was left behind:
    so that what fails can never hold up what is new. Gives the token and the claims.
    """
    dialect = session.get_bind().dialect.name
    token = new_id()
    asked = {"channel": channel, "at": at, "until": at + rules.lease, "token": token}
    rows = session.execute(_FIRST[dialect], asked | {"fresh": fresh, "limit": limit}).all()
    if not rows:
        return token, []
    members = sorted({row.member_id for row in rows})
    others = session.execute(
        _OTHERS[dialect],
        asked | {"members": _members(members, dialect), "limit": _FOLDED},
    ).all()
    return token, [Claim(**row._mapping) for row in [*rows, *others]]


def _members(members: Sequence[UUID], dialect: str) -> object:
    if dialect == "postgresql":
        return [str(member) for member in members]
    return "[" + ",".join(f'"{member.hex}"' for member in members) + "]"


def write_held(
    session: Session, token: UUID, claims: Sequence[Claim], values: Mapping[str, Any]
) -> list[UUID]:
    """The fence: only rows that this token still holds are written. Gives their ids."""
    if not claims:
        return []
    ids = [claim.id for claim in claims]
    written = session.execute(
        sa.update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), DeliveryRow.lease_token == token)
        .values(**values, lease_token=None, lease_until=None)
        .returning(DeliveryRow.id)
        .execution_options(synchronize_session=False)
    )
    return list(written.scalars())
