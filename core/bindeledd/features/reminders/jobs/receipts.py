"""The clock's way to receipts: have callbacks read, outside any transaction, and miss what is late."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bindeledd.features.reminders.domain import Reported, Rules
from bindeledd.features.reminders.jobs import Clock
from bindeledd.features.reminders.service import receipts
from bindeledd.foundation.db import Database

# What a channel makes of a callback; None when it could not be read.
Read = Callable[[Mapping[str, Any]], Sequence[Reported] | None]

_TOGETHER = 50
_GONE_AFTER = timedelta(minutes=5)


def read_callbacks(database: Database, channel: str, read: Read, *, clock: Clock) -> int:
    """Have those that wait read, until one cannot be; gives how many were settled."""
    with database.transaction() as session:
        waiting = receipts.take_callbacks(session, channel, limit=_TOGETHER)
    settled = 0
    for callback_id, body in waiting:
        said = read(json.loads(body))
        with database.transaction() as session:
            settled += receipts.settle_callback(session, callback_id, said, at=clock())
        if said is None:
            break
    return settled


def miss(database: Database, *, rules: Rules, clock: Clock) -> int:
    """Whatever was accepted and not confirmed in time becomes work. Gives how much."""
    total, done = 0, 1
    while done:
        with database.transaction() as session:
            done = receipts.miss_receipts(session, at=clock(), batch=rules.claim * 10)
        total += done
    return total


def stop_abandoned(database: Database, channels: Sequence[str], *, clock: Clock) -> int:
    """Stop what waits for a channel that is not there any more."""
    with database.transaction() as session:
        return receipts.stop_abandoned(session, channels, at=clock(), after=_GONE_AFTER)
