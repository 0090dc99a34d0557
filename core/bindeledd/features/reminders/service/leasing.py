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
from bindeledd.features.reminders.domain.hygiene import Word
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
# And what is held back from the person, once it is known that a message goes.
_WHY = ", ".join(f"'{word.value}'" for word in (Word.APART, Word.QUIET, Word.BUDGET))
_HELD = (
    "channel <> 'inbox' AND settled_at IS NULL AND state = 'ready' "
    f"AND next_at > :at AND reason IN ({_WHY})"
)


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
_OF_MEMBERS = {
    "postgresql": "member_id = ANY(CAST(:members AS uuid[]))",
    "sqlite": "member_id IN (SELECT value FROM json_each(:members))",
}
_OTHERS = {name: _claiming(name, f"{_ALONG} AND {of}") for name, of in _OF_MEMBERS.items()}
_ALL_HELD = {name: _claiming(name, f"{_HELD} AND {of}") for name, of in _OF_MEMBERS.items()}


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


def take_along(
    session: Session, token: UUID, going: Sequence[Claim], *, at: datetime, rules: Rules
) -> list[Claim]:
    """What is held back on this channel from the people to whom these claims go out now, leased
    with the same token: it goes as one number with them, and does not interrupt again."""
    if not going:
        return []
    dialect = session.get_bind().dialect.name
    members = sorted({one.member_id for one in going})
    asked = {
        "channel": going[0].channel,
        "at": at,
        "until": at + rules.lease,
        "token": token,
        "members": _members(members, dialect),
        "limit": _FOLDED,
    }
    return [Claim(**row._mapping) for row in session.execute(_ALL_HELD[dialect], asked)]


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
