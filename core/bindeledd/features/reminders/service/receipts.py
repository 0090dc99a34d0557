"""What became of a message that a gateway accepted: receipts that come, and receipts that do not.

Accepted is not delivered. A receipt that is late, or says that it failed, is work for a person.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import DeliveryState, Gate, gate
from bindeledd.features.reminders.domain.channels import AddressKind, Arrival, Reported
from bindeledd.features.reminders.domain.hygiene import Word
from bindeledd.features.reminders.service.delivering import standings
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.reminders.service.raising import tell_dead
from bindeledd.features.reminders.tables import WAITS, CallbackRow, DeliveryRow
from bindeledd.foundation.ids import ordered_id

MISSING = "receipt_missing"

# A callback may come before we have written by which name the gateway knows the message.
_EARLY = timedelta(minutes=10)
_TRIES = 5
_ENDED = frozenset({Gate.TASK_ENDED, Gate.SEEN})


def confirm(session: Session, channel: str, said: Reported, *, at: datetime) -> bool:
    """Write down what a gateway reports; False if it names a message that is not known (yet).

    Twice is once. What was given up as unconfirmed is delivered after all; what was delivered
    stays so, whatever comes later.
    """
    rows = session.scalars(
        sa.select(DeliveryRow)
        .where(DeliveryRow.channel == channel, DeliveryRow.reference == said.reference)
        .with_for_update()
    ).all()
    if said.arrival is Arrival.DELIVERED:
        _delivered(rows, at)
    elif said.arrival is Arrival.FAILED:
        failed = [row for row in rows if row.state == DeliveryState.ACCEPTED]
        _end(failed, DeliveryState.DEAD, said.reason or "failed", at)
        session.flush()
        if failed:
            _let_go(session, failed, at)
            tell_dead(session, failed, "reminders.delivery_dead", at=at)
    session.flush()
    return bool(rows)


def _let_go(session: Session, dead: Collection[DeliveryRow], at: datetime) -> None:
    """What waited for these receipts is looked at again now: it may go out by another way."""
    session.execute(
        sa.update(DeliveryRow)
        .where(
            DeliveryRow.state == DeliveryState.READY.value,
            DeliveryRow.reason == Word.AWAITED.value,
            DeliveryRow.task_id.in_({row.task_id for row in dead}),
            DeliveryRow.member_id.in_({row.member_id for row in dead}),
            DeliveryRow.next_at > at,
        )
        .values(next_at=at)
    )


def _delivered(rows: Sequence[DeliveryRow], at: datetime) -> None:
    late = (DeliveryState.DEAD.value, MISSING)
    for row in rows:
        if row.state == DeliveryState.ACCEPTED or (row.state, row.reason) == late:
            row.state, row.settled_at, row.reason = DeliveryState.DELIVERED.value, at, None


def _end(rows: Iterable[DeliveryRow], state: DeliveryState, reason: str, at: datetime) -> None:
    for row in rows:
        row.state, row.settled_at, row.reason = state.value, at, reason


def miss_receipts(session: Session, *, at: datetime, batch: int) -> int:
    """Give up at most `batch` messages whose receipt has not come in time; gives how many.

    Where the task is still owed and nobody has seen it, the lead hears and a fault stands.
    """
    rows = session.scalars(
        sa.select(DeliveryRow)
        .where(DeliveryRow.state == DeliveryState.ACCEPTED.value, DeliveryRow.next_at <= at)
        .order_by(DeliveryRow.next_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    ).all()
    now = standings(session, [row.id for row in rows], AddressKind.PHONE)
    missed: dict[str, list[DeliveryRow]] = {}
    for row in rows:
        said = gate(row.address, now[row.id], at)
        if said in _ENDED:
            _end([row], DeliveryState.STOPPED, said.value, at)
        else:
            _end([row], DeliveryState.DEAD, MISSING, at)
            missed.setdefault(row.channel, []).append(row)
    session.flush()
    for dead in missed.values():
        tell_dead(session, dead, "reminders.receipt_missing", at=at)
    return len(rows)


def stop_abandoned(
    session: Session,
    channels: Collection[str],
    *,
    known: Collection[str] = (),
    at: datetime,
    after: timedelta,
) -> int:
    """Stop what waits to be sent through a channel that is not there any more; gives how many.

    `channels`: those that this worker sends through; `known`: those that the settings of the site
    name besides. What another worker had less than `after` ago is there, too. The inbox has each
    that was stopped, and a fault says that the channel is gone. What waits for a channel that is
    there, and not here, is left alone with another fault.
    """
    there = {*channels, *known, *queries.channels_of_workers(session, at - after)}
    _tell_left(session, there - set(channels), at=at, after=after)
    values: dict[str, Any] = {"state": "stopped", "settled_at": at, "reason": "no_channel"}
    gone = session.execute(
        sa.update(DeliveryRow)
        .where(
            WAITS,
            DeliveryRow.channel.not_in(sorted(there)),
            DeliveryRow.next_at < at - after,
        )
        .values(**values, lease_token=None, lease_until=None)
        .returning(DeliveryRow.channel, DeliveryRow.tenant_id)
        .execution_options(synchronize_session=False)
    ).all()
    for channel, tenant_id in sorted({(row[0], row[1]) for row in gone}):
        report_fault(
            session, f"channel:{channel}", "reminders.channel_gone", at=at, tenant_id=tenant_id
        )
    return len(gone)


def _tell_left(
    session: Session, channels: Collection[str], *, at: datetime, after: timedelta
) -> None:
    """Something waits too long for one of these, and whoever has it does not send it."""
    if not channels:
        return
    left = session.execute(
        sa.select(DeliveryRow.channel, DeliveryRow.tenant_id)
        .where(WAITS, DeliveryRow.channel.in_(sorted(channels)), DeliveryRow.next_at < at - after)
        .distinct()
    ).all()
    for channel, tenant_id in sorted((row[0], row[1]) for row in left):
        report_fault(
            session, f"channel:{channel}", "reminders.channel_left", at=at, tenant_id=tenant_id
        )


# --- what gateways send ---------------------------------------------------------------------------


def keep_callback(session: Session, channel: str, body: str, *, at: datetime) -> UUID:
    """Keep what a gateway sent, as it came, until a worker has it read."""
    row = CallbackRow(id=ordered_id(), channel=channel, at=at, body=body)
    session.add(row)
    session.flush()
    return row.id


def take_callbacks(session: Session, channel: str, *, limit: int) -> list[tuple[UUID, str]]:
    """Some that wait, those that were tried least first."""
    rows = session.scalars(
        sa.select(CallbackRow)
        .where(CallbackRow.channel == channel, CallbackRow.outcome.is_(None))
        .order_by(CallbackRow.attempts, CallbackRow.at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return [(row.id, row.body or "") for row in rows]


def settle_callback(
    session: Session, callback_id: UUID, said: Sequence[Reported] | None, *, at: datetime
) -> bool:
    """Act on what a callback said; None: it could not be read. False: it is tried again.

    One that names a message not known yet waits some minutes for it. What is never understood
    is given up with a fault; the message's own clock goes on and tells a person.
    """
    row = session.get(CallbackRow, callback_id, with_for_update=True)
    if row is None or row.outcome is not None:
        return True
    row.attempts += 1
    if said is None:
        told = row.attempts >= _TRIES and at - row.at >= _EARLY
        return told and _close(session, row, "unreadable", at)
    known = [confirm(session, row.channel, one, at=at) for one in said]
    if all(known):
        return _close(session, row, "read", at)
    return at - row.at >= _EARLY and _close(session, row, "unknown", at)


def _close(session: Session, row: CallbackRow, outcome: str, at: datetime) -> bool:
    row.outcome, row.taken_at, row.body = outcome, at, None
    session.flush()
    if outcome != "read":
        report_fault(session, f"channel:{row.channel}", f"reminders.callback_{outcome}", at=at)
    return True
