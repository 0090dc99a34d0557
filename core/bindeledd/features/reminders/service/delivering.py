"""What was claimed (`leasing.py`): the gate before it goes out, and what became of it afterwards.

Sending happens between the claim and `settle`, outside every transaction.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reminders.domain import (
    READDRESS,
    Claim,
    DeliveryState,
    Gate,
    Rules,
    Standing,
    gate,
    gives_up,
    wait_before,
)
from bindeledd.features.reminders.domain.channels import AddressKind, Outcome, Receipt
from bindeledd.features.reminders.service.addressing import address_again
from bindeledd.features.reminders.service.leasing import write_held
from bindeledd.features.reminders.service.raising import tell_dead
from bindeledd.features.reminders.tables import STANDS, AlertRow, DeliveryRow
from bindeledd.features.staff.tables import MemberRow
from bindeledd.features.tasks.tables import TaskRow

# Why a delivery that was never tried was given back.
CHANNEL_DOWN = "channel_down"


# --- just before it goes out ----------------------------------------------------------------------


def pass_gate(
    session: Session,
    token: UUID,
    claims: Sequence[Claim],
    *,
    at: datetime,
    kind: AddressKind = AddressKind.EMAIL,
) -> list[Claim]:
    """Those of one person's claims that may go out now; the others are stopped with a reason.

    A changed address (of this kind) is replaced by the one that stands in the directory now;
    where the person cannot hear any more, the alert is addressed again.
    """
    if not claims:
        return []
    now = standings(session, [claim.id for claim in claims], kind)
    passed: list[Claim] = []
    stopped: dict[Gate, list[Claim]] = {}
    for one in claims:
        said = gate(one.address, now[one.id], at)
        if said is Gate.ADDRESS_CHANGED:
            passed.append(replace(one, address=now[one.id].address))
        elif said is Gate.PASS:
            passed.append(one)
        else:
            stopped.setdefault(said, []).append(one)
    for reason, ended in stopped.items():
        _stop(session, token, ended, reason, at)
    return passed


def _stop(
    session: Session, token: UUID, claims: Sequence[Claim], reason: Gate, at: datetime
) -> None:
    write_held(session, token, claims, {
        "state": DeliveryState.STOPPED.value, "settled_at": at, "reason": reason.value
    })  # fmt: skip
    if reason in READDRESS:
        address_again(session, [claim.alert_id for claim in claims])


def standings(session: Session, ids: Sequence[UUID], kind: AddressKind) -> Mapping[UUID, Standing]:
    """How things stand now for each delivery, with the person's address of this kind."""
    address = MemberRow.phone if kind is AddressKind.PHONE else MemberRow.email
    rows = session.execute(
        sa.select(
            DeliveryRow.id,
            TaskRow.state,
            TaskRow.seen_at,
            TaskRow.seen_until,
            (AlertRow.team_id == TaskRow.owner_team_id).label("same_team"),
            AlertRow.raised_at,
            MemberRow.active,
            address.label("address"),
        )
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .join(TaskRow, TaskRow.id == DeliveryRow.task_id)
        .join(MemberRow, MemberRow.id == DeliveryRow.member_id)
        .where(DeliveryRow.id.in_(ids))
    )
    return {
        row.id: Standing(
            task_open=row.state == "open" and row.same_team,
            raised_at=row.raised_at,
            seen_at=row.seen_at,
            seen_until=row.seen_until,
            member_active=row.active,
            address=row.address,
        )
        for row in rows
    }


# --- afterwards -----------------------------------------------------------------------------------


def settle(
    session: Session,
    token: UUID,
    claims: Sequence[Claim],
    receipt: Receipt,
    *,
    at: datetime,
    rules: Rules,
    chance: float | None = None,
    receipt_within: timedelta | None = None,
) -> DeliveryState:
    """Write down what became of one person's claims. Nothing is written if the token is old.

    Where a receipt is owed, what was sent is accepted and no more, until the receipt comes.
    Later means later: never deleted. A refusal, or the whole time passed, is `dead`: the lead
    hears, and a fault stands in front of people. What is newer is tried again, however often
    something joins it.
    """
    if receipt.outcome is Outcome.SENT and receipt_within is not None:
        write_held(session, token, claims, {
            "state": DeliveryState.ACCEPTED.value, "next_at": at + receipt_within,
            "settled_at": at, "reference": receipt.reference or None, "reason": None,
        })  # fmt: skip
        return DeliveryState.ACCEPTED
    if receipt.outcome is Outcome.SENT:
        write_held(session, token, claims, {
            "state": DeliveryState.DELIVERED.value, "settled_at": at, "reason": None
        })  # fmt: skip
        return DeliveryState.DELIVERED
    refused = receipt.outcome is Outcome.REFUSED
    dead = [
        claim for claim in claims if refused or gives_up(claim.made_at, claim.attempts, rules, at)
    ]
    if dead:
        _bury(session, token, dead, receipt.reason, at)
    claims = [claim for claim in claims if claim not in dead]
    if not claims:
        return DeliveryState.DEAD
    drawn = random.random() if chance is None else chance  # noqa: S311 (jitter)
    again = at + wait_before(max(claim.attempts for claim in claims), rules, drawn)
    write_held(session, token, claims, {
        "state": DeliveryState.READY.value, "next_at": again, "reason": receipt.reason
    })  # fmt: skip
    return DeliveryState.READY


def release(
    session: Session, token: UUID, claims: Sequence[Claim], *, until: datetime, down: bool = False
) -> None:
    """Give back what was not tried, for `until`: the channel is `down`, or time ran out."""
    write_held(session, token, claims, {
        "state": DeliveryState.READY.value, "next_at": until,
        "attempts": DeliveryRow.attempts - 1,
    } | ({"reason": CHANNEL_DOWN} if down else {}))  # fmt: skip


def _bury(
    session: Session, token: UUID, claims: Sequence[Claim], reason: str, at: datetime
) -> None:
    written = set(write_held(session, token, claims, {
        "state": DeliveryState.DEAD.value, "settled_at": at, "reason": reason
    }))  # fmt: skip
    dead = [claim for claim in claims if claim.id in written]
    if dead:
        tell_dead(session, dead, "reminders.delivery_dead", at=at)


def clear_inbox(session: Session, *, at: datetime) -> int:
    """Take inbox items off the standing list whose task has ended. Gives how many."""
    # Asked of each that stands, never of all tasks that have ended.
    of_task = sa.select(TaskRow.state).where(TaskRow.id == DeliveryRow.task_id).scalar_subquery()
    cleared = session.execute(
        sa.update(DeliveryRow)
        .where(
            STANDS,
            of_task != "open",
        )
        .values(cleared_at=at)
        .execution_options(synchronize_session=False)
    )
    return int(cleared.rowcount) if isinstance(cleared, sa.CursorResult) else 0
