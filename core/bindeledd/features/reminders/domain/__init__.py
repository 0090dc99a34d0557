"""When a message about a late task is sent again, and what stops it just before it goes out.

Nothing here knows of HTTP, of the database or of the clock. Read `hearing.py` (who hears), then
`gate`; `channels.py` is what a channel gets and gives, `inbox.py` what stands for a person.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.foundation.errors import NotAllowed

# Rungs that no ladder has: they are raised by what people or channels do, once in each round.
DEAD_RUNG = -1000
NO_COVER_RUNG = -1500


class Audience(StrEnum):
    """Who is meant by a rung. `repeat` tells nobody: there the next round begins.

    `beyond`, which no ladder has, is whoever stands next where the lead was not reached.
    """

    OWNER = "owner"
    TEAM = "team"
    LEAD = "lead"
    SECOND = "second"
    BEYOND = "beyond"
    REPEAT = "repeat"


class DeliveryState(StrEnum):
    """`accepted`: a gateway has it and owes a receipt; that is not delivered."""

    READY = "ready"
    LEASED = "leased"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    STOPPED = "stopped"
    DEAD = "dead"


class PersonalOnly(NotAllowed):
    """Only a person can say that they have seen something: never the system or a command."""

    code = "reminders.personal_only"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How the worker goes about it. Every figure is a setting; these are the defaults.

    `give_up_after` ends the attempts for one person, never the alert: then the lead hears.
    `fallback_repeat` is used when a ladder cannot be read: the round goes on all the same.
    """

    batch: int = 5000
    claim: int = 50
    lease: timedelta = timedelta(seconds=120)
    back_off: tuple[timedelta, ...] = (
        timedelta(seconds=10),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(minutes=30),
    )
    then_every: timedelta = timedelta(hours=1)
    jitter: float = 0.2
    give_up_after: timedelta = timedelta(hours=24)
    breaker_after: int = 3
    breaker_for: timedelta = timedelta(seconds=60)
    fallback_repeat: timedelta = timedelta(days=1)
    stale_after: timedelta = timedelta(seconds=120)
    stuck_after: timedelta = timedelta(minutes=10)
    skew: timedelta = timedelta(seconds=5)
    outage: timedelta = timedelta(minutes=5)
    hygiene: Hygiene = field(default_factory=Hygiene)


# --- what stops a message just before it goes out -------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One delivery in the hands of one worker, as things stand just before it is sent."""

    id: UUID
    tenant_id: UUID
    alert_id: UUID
    task_id: UUID
    member_id: UUID
    channel: str
    address: str | None
    attempts: int
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What has become of the task, of the person and of the address since the alert was raised.

    `address` is the one that the channel of the delivery sends to, as it stands now. `task_open`:
    it is owed still, and by the team for which the alert was raised.
    """

    task_open: bool
    raised_at: datetime
    seen_at: datetime | None
    seen_until: datetime | None
    member_active: bool
    address: str | None


class Gate(StrEnum):
    """`pass`, or the reason why a message does not go out."""

    PASS = "pass"  # noqa: S105
    TASK_ENDED = "task_ended"
    SEEN = "seen"
    MEMBER_INACTIVE = "member_inactive"
    ADDRESS_CHANGED = "address_changed"
    NO_ADDRESS = "no_address"


# Reasons after which somebody (else) still has to hear.
READDRESS = frozenset({Gate.MEMBER_INACTIVE, Gate.NO_ADDRESS})


def gate(address: str | None, now: Standing, at: datetime) -> Gate:
    """May this message go out at `at`? An acknowledgement stops only what was raised before it."""
    if not now.task_open:
        return Gate.TASK_ENDED
    if is_seen(now.seen_at, now.seen_until, raised_at=now.raised_at, at=at):
        return Gate.SEEN
    if not now.member_active:
        return Gate.MEMBER_INACTIVE
    if not now.address:
        return Gate.NO_ADDRESS
    return Gate.PASS if now.address == address else Gate.ADDRESS_CHANGED


def is_seen(
    seen_at: datetime | None, seen_until: datetime | None, *, raised_at: datetime, at: datetime
) -> bool:
    """Somebody has acknowledged it after the alert was raised, and that has not lapsed."""
    return bool(seen_at and seen_until and raised_at < seen_at and at < seen_until)


# --- when again ---------------------------------------------------------------------------------


def wait_before(attempt: int, rules: Rules, chance: float) -> timedelta:
    """How long to wait after attempt number `attempt` (from 1). `chance` lies in 0…1."""
    steps = rules.back_off
    wait = steps[attempt - 1] if attempt <= len(steps) else rules.then_every
    return wait * (1 + rules.jitter * (2 * chance - 1))


def gives_up(made_at: datetime, attempts: int, rules: Rules, at: datetime) -> bool:
    """Time to let the next person hear: tried at least once after the whole time has passed."""
    return attempts > 1 and at - made_at >= rules.give_up_after


# --- what the worker has done ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """The last time that a recurring job came to its end."""

    name: str
    at: datetime
    worker: str
    took_ms: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one sweep did: alerts raised, rounds begun, rounds begun because nobody is on duty."""

    alerts: int = 0
    rounds: int = 0
    uncovered: int = 0
    addressed: int = 0


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What one run of deliveries did, counted in deliveries (a message may fold many)."""

    sent: int = 0
    accepted: int = 0
    messages: int = 0
    later: int = 0
    held: int = 0
    stopped: int = 0
    dead: int = 0
