"""The clock's way to receipts: have callbacks read, outside any transaction, and miss what is late."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import Reported
from bindeledd.features.reminders.jobs import Clock, worker_name
from bindeledd.features.reminders.service import faults, receipts
from bindeledd.foundation.db import Database

# What a channel makes of a callback; None when it could not be read.
Read = Callable[[Mapping[str, Any]], Sequence[Reported] | None]

_TOGETHER = 50
GONE_AFTER = timedelta(minutes=5)


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


def say_channels(database: Database, channels: Collection[str], *, clock: Clock) -> int:
    """Let other workers know what this one sends through, so that none stops it."""
    with database.transaction() as session:
        for key in sorted(channels):
            name = f"{queries.CHANNEL}{key}"
            faults.beat(session, name, worker=worker_name(), took_ms=0, at=clock())
    return len(channels)


def stop_abandoned(
    database: Database, channels: Collection[str], *, known: Collection[str] = (), clock: Clock
) -> int:
    """Stop what waits for a channel that is not there any more: here, in the settings, or in
    another worker that lives."""
    with database.transaction() as session:
        return receipts.stop_abandoned(session, channels, known=known, at=clock(), after=GONE_AFTER)
