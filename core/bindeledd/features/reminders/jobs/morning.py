"""The morning's message: written when it is time, claimed, sent outside any transaction, settled."""

import hashlib
from collections.abc import Iterable

from bindeledd.features.reminders.domain import DeliveryState, Rules
from bindeledd.features.reminders.domain.channels import EMAIL, Channel, Message, Outcome, Receipt
from bindeledd.features.reminders.jobs import Clock
from bindeledd.features.reminders.service import digesting
from bindeledd.foundation.db import Database


def send_digests(
    database: Database,
    channels: Iterable[Channel],
    *,
    base_url: str,
    rules: Rules,
    clock: Clock,
) -> int:
    """Everybody who works today has the numbers once. By e-mail only; gives how many went out.

    What there is no time for under its lease is left for whoever comes next.
    """
    mail = next((channel for channel in channels if channel.key == EMAIL), None)
    if mail is None:
        return 0
    with database.transaction() as session:
        digesting.write_digests(session, at=clock(), rules=rules)
    sent = 0
    while True:
        with database.transaction() as session:
            begun = clock()
            token, sheets = digesting.claim_digests(session, at=begun, rules=rules)
        if not sheets:
            return sent
        for sheet in sheets:
            if clock() - begun > rules.lease / 2:
                break
            receipt = _try(mail, _message(sheet, base_url, str(clock().date())))
            with database.transaction() as session:
                state = digesting.settle_digest(
                    session, token, sheet, receipt, at=clock(), rules=rules
                )
            sent += state is DeliveryState.DELIVERED
            if receipt.channel_down:
                return sent


def _message(sheet: digesting.Sheet, base_url: str, day: str) -> Message:
    return Message(
        key=hashlib.sha256(f"morning {sheet.member_id} {day}".encode()).hexdigest()[:40],
        member_id=sheet.member_id,
        address=sheet.address,
        waiting=sheet.waiting,
        base_url=base_url,
        language=sheet.language,
        morning=sheet.morning,
    )


def _try(channel: Channel, message: Message) -> Receipt:
    try:
        return channel.send(message)
    except Exception:  # noqa: BLE001 (a foreign channel: whatever it raises means later)
        return Receipt(outcome=Outcome.LATER, reason="channel_raised", channel_down=True)
