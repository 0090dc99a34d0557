"""How many deliveries one worker claims and settles in a second, and how many it really sends.

`run(database_url)` makes what it needs in an empty database and leaves it there.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import sqlalchemy as sa

from bench.sweep import prepare
from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import AddressKind, Message, Outcome, Receipt
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.service import delivering, leasing
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.staff.tables import MemberRow, TenantRow
from bindeledd.foundation.db import Database, open_database
from bindeledd.foundation.ids import ordered_id

START = datetime(2027, 3, 1, 8, tzinfo=UTC)
LATER = timedelta(minutes=1)
SENT = Receipt(outcome=Outcome.SENT)


class Nowhere:
    """A channel that takes everything at once: what is left is our own work."""

    key: ClassVar[str] = "email"
    leaves_machine: ClassVar[bool] = False
    address: ClassVar[AddressKind] = AddressKind.EMAIL
    receipt_within: ClassVar[None] = None

    def send(self, alert: Message) -> Receipt:
        return SENT


def run(database_url: str, *, deliveries: int = 20_000, batch: int = 50) -> dict[str, Any]:
    """Claim and settle, each person's own delivery, in batches of `batch`; then the whole way."""
    database = open_database(database_url)
    try:
        prepare(database, tasks=2 * deliveries, overdue=2 * deliveries, moments=1)
        jobs.notice(database, Book(), rules=Rules(), at=START)
        _one_for_each_person(database, 2 * deliveries)
        alone = _claim_and_settle(database, deliveries, batch)
        whole = _whole_way(database, batch)
    finally:
        database.close()
    return {
        "name": f"deliveries_{database.dialect}",
        "unit": "claimed and settled a second",
        "value": alone,
        "limit": 2000,
        "at_least": True,
        "batch": batch,
        "gated_and_sent_per_second": whole,
    }


def _one_for_each_person(database: Database, count: int) -> None:
    """The dearest case: nothing to fold, every delivery another person's."""
    with database.transaction() as session:
        tenant = session.scalar(sa.select(TenantRow.id))
        members = [uuid4() for _ in range(count)]
        session.execute(
            sa.insert(MemberRow),
            [
                {"id": one, "tenant_id": tenant, "login": one.hex, "name": "A", "active": True,
                 "email": "a@b.example", "made_at": START}
                for one in members
            ],
        )  # fmt: skip
        alerts = session.execute(sa.select(AlertRow.id, AlertRow.task_id).limit(count)).all()
        session.execute(
            sa.insert(DeliveryRow),
            [
                {"id": ordered_id(), "tenant_id": tenant, "alert_id": alert.id,
                 "task_id": alert.task_id, "member_id": member, "channel": "email",
                 "address": "a@b.example", "made_at": START, "next_at": START}
                for alert, member in zip(alerts, members, strict=True)
            ],
        )  # fmt: skip
        session.execute(sa.update(AlertRow).values(addressed_at=START))


def _claim_and_settle(database: Database, count: int, batch: int) -> float:
    rules, at, done = Rules(), START + LATER, 0
    begun = time.perf_counter()
    while done < count:
        with database.transaction() as session:
            token, claims = leasing.claim(
                session, "email", fresh=True, at=at, limit=batch, rules=rules
            )
        with database.transaction() as session:
            delivering.settle(session, token, claims, SENT, at=at, rules=rules)
        done += len(claims)
    return done / (time.perf_counter() - begun)


def _whole_way(database: Database, batch: int) -> float:
    rules = Rules(claim=batch)
    runner = Deliverer(database, [Nowhere()], "https://b.example", rules, lambda: START + LATER)
    begun = time.perf_counter()
    sent = runner.run().sent
    return sent / (time.perf_counter() - begun)
