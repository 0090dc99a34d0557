"""Sending what is due: claim, gate, send outside any transaction, settle.

What fails waits in its own lane and behind its own channel's breaker: it never holds up what is
new, nor another channel.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import Claim, Delivered, DeliveryState, Rules
from bindeledd.features.reminders.domain.channels import (
    AddressKind,
    Channel,
    Hearer,
    Message,
    Outcome,
    Receipt,
)
from bindeledd.features.reminders.jobs import Clock, report
from bindeledd.features.reminders.jobs.breakers import Breaker
from bindeledd.features.reminders.service import delivering, leasing
from bindeledd.features.reminders.service.addressing import address
from bindeledd.features.reminders.service.hygiene import hold_back
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured

DEMO = "demo"

# How many people's claims pass the gate together, and for how many seconds that holds.
_TOGETHER = 20
_MOMENT = 2.0


def only_inside(environment: str | None, channels: Iterable[Channel]) -> None:
    """The hard rule: in a demonstration nothing can leave the machine."""
    for channel in channels:
        if environment == DEMO and channel.leaves_machine:
            raise Misconfigured(
                "installation.sends_from_a_demo",
                where="environment = demo",
                name=channel.key,
            )


@dataclass
class Deliverer:
    """Sends through the channels of one worker; keeps the breakers between two runs.

    `beside`: channels that are sent through elsewhere; an alert is addressed to them as well.
    `day_and_night`: ladders that quiet hours and budgets never touch. `given_up`: channels that
    nothing waits for any more, which this worker has seen fail for as long as one is waited for.
    """

    database: Database
    channels: Sequence[Channel]
    base_url: str
    rules: Rules
    clock: Clock
    beside: Sequence[Channel] = ()
    day_and_night: Collection[str] = ()
    given_up: Callable[[], Collection[str]] = tuple
    seconds: Callable[[], float] = time.monotonic
    _breakers: dict[str, Breaker] = field(default_factory=dict, repr=False)

    def run(self) -> Delivered:
        """Send everything that is due now, what was never tried first."""
        with self.database.transaction() as session:
            only_inside(queries.environment(session), self.channels)
        self._address()
        counts: defaultdict[str, int] = defaultdict(int)
        for channel in self.channels:
            while self._batch(channel, counts):
                pass
        return Delivered(**counts)

    def _address(self) -> None:
        every = [*self.channels, *self.beside]
        done = 1
        while done:
            with self.database.transaction() as session:
                done = address(
                    session,
                    at=self.clock(),
                    batch=self.rules.batch,
                    channels=[channel.key for channel in every],
                    phoned=phoned(every),
                )

    def failing(self) -> set[str]:
        """Those of its channels that rest, and have failed for as long as a way is waited for."""
        at, patience = self.clock(), self.rules.hygiene.next_way_after
        return {key for key, one in list(self._breakers.items()) if one.gives_up(at, patience)}

    def breaker(self, key: str) -> Breaker:
        if key not in self._breakers:
            self._breakers[key] = Breaker(self.rules.breaker_after, self.rules.breaker_for)
        return self._breakers[key]

    def _batch(self, channel: Channel, counts: defaultdict[str, int]) -> bool:
        """One batch of what is new, else one of what failed before. False: nothing is due."""
        if self.breaker(channel.key).resting(self.clock()):
            return False
        for fresh in (True, False):
            with self.database.transaction() as session:
                token, claims = leasing.claim(
                    session,
                    channel.key,
                    fresh=fresh,
                    at=self.clock(),
                    limit=self.rules.claim,
                    rules=self.rules,
                )
            if claims:
                self._send_all(channel, token, claims, counts)
                return True
        return False

    def _send_all(
        self,
        channel: Channel,
        token: UUID,
        claims: Sequence[Claim],
        counts: defaultdict[str, int],
    ) -> None:
        """One message for each person. What there is no time for under this lease is given back."""
        people: defaultdict[UUID, list[Claim]] = defaultdict(list)
        for one in claims:
            people[one.member_id].append(one)
        left = list(people.items())
        begun, spare = self.seconds(), self.rules.lease.total_seconds() / 2
        breaker = self.breaker(channel.key)
        while left and breaker.until is None and self.seconds() - begun <= spare:
            left = self._send_some(channel, token, left, counts)
        if left:
            self._release(token, [one for _, own in left for one in own], breaker)

    def _send_some(
        self,
        channel: Channel,
        token: UUID,
        people: list[tuple[UUID, list[Claim]]],
        counts: defaultdict[str, int],
    ) -> list[tuple[UUID, list[Claim]]]:
        """Gate a few people's claims, send at once, settle. Gives those whose turn has not come.

        Whatever passed the gate more than a moment ago passes it again before it is sent.
        """
        some, rest = people[:_TOGETHER], people[_TOGETHER:]
        passed, hear = self._gate(channel, token, some, counts)
        gated, sent = self.seconds(), []
        while passed:
            member_id, own = passed.pop(0)
            receipt = self._try(channel, self._message(member_id, own, hear))
            sent.append((own, receipt))
            if self._learn(channel, receipt) or self.seconds() - gated > _MOMENT:
                break
        self._settle(channel, token, sent, counts)
        return passed + rest

    def _gate(
        self,
        channel: Channel,
        token: UUID,
        some: list[tuple[UUID, list[Claim]]],
        counts: defaultdict[str, int],
    ) -> tuple[list[tuple[UUID, list[Claim]]], Mapping[UUID, Hearer]]:
        claims = [one for _, own in some for one in own]
        with self.database.transaction() as session:
            at = self.clock()
            let = delivering.pass_gate(session, token, claims, at=at, kind=channel.address)
            passed = hold_back(
                session,
                token,
                let,
                at=at,
                hygiene=self.rules.hygiene,
                day_and_night=self.day_and_night,
                given_up=self.given_up(),
            )
            held = leasing.take_along(session, token, passed, at=at, rules=self.rules)
            along = delivering.pass_gate(session, token, held, at=at, kind=channel.address)
            members = [member_id for member_id, _ in some]
            hear = queries.hearers(session, members, self.clock())
        counts["stopped"] += len(claims) - len(let)
        counts["held"] += len(let) - len(passed)
        people: defaultdict[UUID, list[Claim]] = defaultdict(list)
        for one in (*passed, *along):
            people[one.member_id].append(one)
        return list(people.items()), hear

    def _learn(self, channel: Channel, receipt: Receipt) -> bool:
        """True when the channel has to rest from now on; then it is a fault that people see."""
        resting = self.breaker(channel.key).learn(receipt, self.clock())
        if resting:
            report(
                self.database,
                f"channel:{channel.key}",
                "reminders.channel_down",
                clock=self.clock,
            )
        return resting

    def _settle(
        self,
        channel: Channel,
        token: UUID,
        sent: list[tuple[list[Claim], Receipt]],
        counts: defaultdict[str, int],
    ) -> None:
        """What went out is written as one set; each failure, and what has a name, for itself."""
        out = [(own, receipt) for own, receipt in sent if receipt.outcome is Outcome.SENT]
        bad = [(own, receipt) for own, receipt in sent if receipt.outcome is not Outcome.SENT]
        good = [one for own, _ in out for one in own]
        done = [(good, Receipt(outcome=Outcome.SENT))] if good else []
        with self.database.transaction() as session:
            for own, receipt in [*(done if channel.receipt_within is None else out), *bad]:
                state = delivering.settle(
                    session,
                    token,
                    own,
                    receipt,
                    at=self.clock(),
                    rules=self.rules,
                    receipt_within=channel.receipt_within,
                )
                counts[_COUNTED[state]] += len(own)
        counts["messages"] += len(out)

    def _release(self, token: UUID, claims: Sequence[Claim], breaker: Breaker) -> None:
        down = breaker.until is not None
        until = breaker.until or self.clock() + self.rules.back_off[0]
        with self.database.transaction() as session:
            delivering.release(session, token, claims, until=until, down=down)

    def _message(
        self, member_id: UUID, claims: Sequence[Claim], hear: Mapping[UUID, Hearer]
    ) -> Message:
        joined = "".join(sorted(claim.id.hex for claim in claims))
        return Message(
            key=hashlib.sha256(joined.encode()).hexdigest()[:40],
            member_id=member_id,
            address=claims[0].address or "",
            waiting=max(hear[member_id].waiting, 1),
            language=hear[member_id].language,
            base_url=self.base_url,
        )

    def _try(self, channel: Channel, message: Message) -> Receipt:
        try:
            return channel.send(message)
        except Exception:  # noqa: BLE001 (a foreign channel: whatever it raises means later)
            report(
                self.database,
                f"channel:{channel.key}",
                "reminders.channel_raised",
                clock=self.clock,
            )
            return Receipt(outcome=Outcome.LATER, reason="channel_raised", channel_down=True)


def phoned(channels: Iterable[Channel]) -> frozenset[str]:
    """The keys of those channels that go to a phone."""
    return frozenset(one.key for one in channels if one.address is AddressKind.PHONE)


_COUNTED = {
    DeliveryState.ACCEPTED: "accepted",
    DeliveryState.DELIVERED: "sent",
    DeliveryState.READY: "later",
    DeliveryState.DEAD: "dead",
}
