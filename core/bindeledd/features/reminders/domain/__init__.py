"""Who hears of a late task, when a message is sent again, and what stops it.

Nothing here knows of HTTP, of the database or of the clock. Read `who_hears`, then `gate`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.foundation.errors import NotAllowed
from bindeledd.foundation.texts import HOME

INBOX = "inbox"
EMAIL = "email"

# Rungs that no ladder has: they are raised by what people or channels do, once in each round.
DEAD_RUNG = -1000
NO_COVER_RUNG = -1500


class Audience(StrEnum):
    """Who is meant by a rung. `repeat` tells nobody: there the next round begins."""

    OWNER = "owner"
    TEAM = "team"
    LEAD = "lead"
    SECOND = "second"
    REPEAT = "repeat"


class AddressKind(StrEnum):
    """Which address of a person a channel sends to."""

    EMAIL = "email"
    PHONE = "phone"


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


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """Where e-mail goes out. `security` is `starttls`, `tls` or `none`; seconds for `timeout`."""

    host: str
    sender: str
    port: int = 25
    security: str = "none"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 10.0


# --- what a channel gets and gives ------------------------------------------------------------


class Outcome(StrEnum):
    """`sent`: handed over. `later`: try again. `refused`: this address will never take it."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of one message. `reason` is a code: never what a server said about a person.

    `channel_down` says that the fault is the channel's, not the recipient's. `reference` is by
    which the channel's gateway names the message when it reports back.
    """

    outcome: Outcome
    reason: str = ""
    channel_down: bool = False
    reference: str = ""


class Arrival(StrEnum):
    """What a gateway reports later. `under_way` says nothing yet."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNDER_WAY = "under_way"


@dataclass(frozen=True, kw_only=True)
class Reported:
    """One receipt: of the message named by `reference`. `reason` is a code."""

    reference: str
    arrival: Arrival
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Morning:
    """The numbers of a morning: what is late, and what falls due today, in a person's teams."""

    late: int
    today: int


@dataclass(frozen=True, kw_only=True)
class Hearer:
    """A person who is to be told: how many things wait, and the language to tell it in."""

    waiting: int
    language: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """All that may leave: how many things wait behind the log-in. `key` is the same when the same
    set of deliveries is tried again, so that a channel can recognise a repetition. `language` is
    the receiver's. `morning` stands in the morning's message only."""

    key: str
    member_id: UUID
    address: str
    waiting: int
    base_url: str
    language: str = HOME
    morning: Morning | None = None


class Channel(Protocol):
    """A way to tell a person. `leaves_machine` is False only where nothing can get out.

    `receipt_within`: how long a receipt may take after a message was sent; None where sent is
    all that can be known.
    """

    @property
    def key(self) -> str: ...

    @property
    def leaves_machine(self) -> bool: ...

    @property
    def address(self) -> AddressKind: ...

    @property
    def receipt_within(self) -> timedelta | None: ...

    def send(self, alert: Message) -> Receipt: ...


# --- who hears ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Who works here and is there at one moment. Members are active ones only.

    `stand_ins` has an entry for everybody who is away: the one who stands in, or None.
    """

    emails: Mapping[UUID, str | None] = field(default_factory=dict)
    phones: Mapping[UUID, str | None] = field(default_factory=dict)
    leads: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    on_duty: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    stand_ins: Mapping[UUID, UUID | None] = field(default_factory=dict)
    intake_teams: Mapping[UUID, UUID | None] = field(default_factory=dict)
    admins: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    def active(self, members: frozenset[UUID]) -> frozenset[UUID]:
        return frozenset(member for member in members if member in self.emails)

    def present(self, members: frozenset[UUID]) -> frozenset[UUID]:
        """Those who are not away, and those who stand in for the others."""
        there = (self.stand_ins.get(member, member) for member in members)
        return self.active(
            frozenset(one for one in there if one is not None and one not in self.stand_ins)
        )


@dataclass(frozen=True, order=True, kw_only=True)
class Group:
    """Alerts that the same people hear of: of one team, for one audience, held by one person."""

    tenant_id: UUID
    team_id: UUID
    audience: str
    held_by: UUID | None = None


def who_hears(group: Group, directory: Directory) -> frozenset[UUID]:
    """The people who hear of it. Empty only if nobody at all can be found.

    owner: whoever holds it if on duty, else the stand-in if there, else the team; team: whoever is on
    duty, else the lead; lead: the team's leads, else those of the intake team, else an admin;
    second: whoever holds it, on duty or not, else the admins, else the lead.
    """
    if group.audience == Audience.SECOND:
        return _second(group, directory) or managers(group.tenant_id, directory, group.team_id)
    if group.audience == Audience.OWNER:
        return (
            _holder(group, directory)
            or _team(group, directory)
            or managers(group.tenant_id, directory, group.team_id)
        )
    if group.audience == Audience.TEAM:
        return _team(group, directory) or managers(group.tenant_id, directory, group.team_id)
    return managers(group.tenant_id, directory, group.team_id)


def managers(tenant_id: UUID, directory: Directory, team_id: UUID | None) -> frozenset[UUID]:
    """Leads of the team, else of the intake team, else admins; those present before those away."""
    intake = directory.intake_teams.get(tenant_id)
    ranks = [directory.leads.get(team, frozenset()) for team in (team_id, intake) if team]
    ranks.append(directory.admins.get(tenant_id, frozenset()))
    for rank in ranks:
        if found := directory.present(rank):
            return found
    for rank in ranks:
        if found := directory.active(rank):
            return found
    return frozenset()


def _holder(group: Group, directory: Directory) -> frozenset[UUID]:
    if group.held_by is None:
        return frozenset()
    if group.held_by in _team(group, directory):
        return frozenset({group.held_by})
    stand_in = directory.stand_ins.get(group.held_by)
    if stand_in is None or stand_in in directory.stand_ins:
        return frozenset()  # who stands in for the stand-in answers for another team's work
    return directory.active(frozenset({stand_in}))


def _second(group: Group, directory: Directory) -> frozenset[UUID]:
    """Whoever gives a second signature: it is theirs, and no team's that happens to be at work."""
    named = frozenset({group.held_by}) if group.held_by else frozenset[UUID]()
    admins = directory.admins.get(group.tenant_id, frozenset())
    return directory.present(named) or directory.present(admins) or directory.active(admins)


def _team(group: Group, directory: Directory) -> frozenset[UUID]:
    return directory.active(directory.on_duty.get(group.team_id, frozenset()))


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


# --- what stands for a person ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class InboxItem:
    """One task that a person has been told of and that nobody has answered.

    `raised_at` and `audience` are those of the newest alert; `no_cover` says that somebody has
    answered that nobody can cover; `case_id` or `subject_id` says
    whose it is; `ladder` how long an acknowledgement lasts.
    """

    task_id: UUID
    case_id: UUID | None
    subject_id: UUID | None
    team_id: UUID
    kind: str
    due_at: datetime
    raised_at: datetime
    ladder: str
    audience: str
    round: int
    rung: int = 0
    no_cover: bool = False

    @property
    def about(self) -> UUID:
        """What it belongs to: a follow-up, a message or a call."""
        return self.case_id or self.subject_id or self.task_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the inbox: by rank, then by time.

    `rank`: acute concerns (2) first, then what nobody can cover (1), then the rest (0).
    """

    rank: int
    due_at: datetime
    key: UUID


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    """A page of the inbox; what belongs together stands together. `next`: where it goes on."""

    items: tuple[InboxItem, ...]
    next: Place | None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A failure of a job, a channel or a plugin, in the inbox of a person. Codes only."""

    fault_id: UUID
    source: str
    code: str
    first_at: datetime
    last_at: datetime
    count: int

    @property
    def place(self) -> str:
        """The job, channel or team that failed, without whom it is about: `channel:email`."""
        return self.source.partition("@")[0].partition("/")[0]

    @property
    def member_id(self) -> UUID | None:
        """Whom it is about, or whose address it was, where it is about a member of staff."""
        whose = self.source.partition("@")[0].partition("/")[2]
        return UUID(whose) if whose else None


def address_of(channel: str, member_id: UUID) -> str:
    """The source of a failure that is about one person's address on a channel."""
    return f"channel:{channel}/{member_id}"


def of_member(team_id: UUID, member_id: UUID) -> str:
    """The source of a failure of a team that is about one of its members."""
    return f"team:{team_id}/{member_id}"


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
