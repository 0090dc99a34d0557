"""Where every registered case stands, and what the law cannot see.

`registered = owned + overdue_seen + escalated + closed_signed`, with no remainder. Nothing here
knows of HTTP, of the database or of the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.errors import Conflict, NotAllowed, NotFound

# A sweep runs every 30 s: what fell due less than this ago may still be on its way.
GRACE = timedelta(seconds=120)
# The roll is called every ten minutes: what was counted longer ago says nothing of now.
CALLED_WITHIN = timedelta(minutes=30)
# An hour more than the longest silence: the clocks may be put back inside it.
CLOCK_CHANGE = timedelta(hours=1)
FIRST_PHASE = timedelta(days=30)
# How many of each list a kept statement names; its numbers are of all.
LISTED = 200


class Standing(StrEnum):
    """Where a case stands. Exactly one of them, at every instant."""

    OWNED = "owned"
    OVERDUE_SEEN = "overdue_seen"
    ESCALATED = "escalated"
    CLOSED_SIGNED = "closed_signed"


class Why(StrEnum):
    """Why a case is not accounted for."""

    NO_OPEN_TASK = "no_open_task"
    BEYOND_SILENCE = "beyond_silence"
    PATHWAY_UNKNOWN = "pathway_unknown"
    NOBODY_ON_DUTY = "nobody_on_duty"
    NOBODY_TOLD = "nobody_told"
    ROUND_STOPPED = "round_stopped"
    SWEEP_STOPPED = "sweep_stopped"
    NOT_SIGNED = "not_signed"


class StatementNotFound(NotFound):
    """There is no such statement, or not in this tenant."""

    code = "rollcall.not_found"


class AlreadyRead(Conflict):
    """Somebody has signed this statement already."""

    code = "rollcall.already_read"


class OutOfDate(Conflict):
    """The last count is too old to be signed as read: nobody knows how it stands now."""

    code = "rollcall.out_of_date"


class LeadReads(NotAllowed):
    """A statement is read and signed by somebody who leads a team, in person."""

    code = "rollcall.lead_reads"


@dataclass(frozen=True, kw_only=True)
class Silence:
    """The longest time in which a pathway lets nothing be owed, by phase of the follow-up."""

    first_30_days: timedelta
    later: timedelta


Silences = Mapping[tuple[str, str], Silence]


def silences_of(book: Book) -> Silences:
    """The longest silence of every pathway and version that is installed."""
    return {
        key: Silence(
            first_30_days=pathway.longest_silence.first_30_days.length,
            later=pathway.longest_silence.later.length,
        )
        for key, pathway in book.pathways.items()
    }


@dataclass(frozen=True, kw_only=True)
class Unaccounted:
    """A case (or something undecided) that nobody answers for, and why."""

    id: UUID
    why: str


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """What arrived and nobody has said "ours" or "not ours" of.

    `waiting` have an owner and a clock; `unseen` are past their clock and nobody has seen or
    heard of it, or have lost their clock: that must be none.
    """

    waiting: int = 0
    overdue: int = 0
    unseen: tuple[Unaccounted, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Handovers:
    """`sent = accepted + returned + pending`; anything else is in `lost`."""

    sent: int = 0
    accepted: int = 0
    returned: int = 0
    pending: int = 0

    @property
    def lost(self) -> int:
        return self.sent - self.accepted - self.returned - self.pending


@dataclass(frozen=True, kw_only=True)
class PairOfOrganisations(Handovers):
    """The handovers from one organisation to another, in or outside the tenant, by name."""

    sender: str
    receiver: str


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What the law cannot see: over open cases. Days are whole days.

    `moved_later`: due times that a person put later; `counted_anew`: those that the rules put later,
    because a stay was over when it was first told of.
    `takeovers_unsigned`: caseloads that were taken over and raise nothing before a lead has
    signed; `takeover_rows_undecided`: rows of theirs that were refused and that nobody has decided;
    `listed_undecided`: discharges of a list that nobody follows or has decided.
    """

    never_reached: int = 0
    longest_days_since_reached: int | None = None
    median_days_since_reached: int | None = None
    moved_later: int = 0
    moved_later_last_day: int = 0
    counted_anew: int = 0
    counted_anew_last_day: int = 0
    handovers: Handovers = field(default_factory=Handovers)
    takeovers_unsigned: int = 0
    takeover_rows_undecided: int = 0
    listed_undecided: int = 0
    pairs: tuple[PairOfOrganisations, ...] = ()
    faults_unseen: int = 0

    @property
    def handovers_lost(self) -> bool:
        """Whether a handover is neither answered nor waiting, in all or between a pair."""
        return bool(self.handovers.lost or any(pair.lost for pair in self.pairs))


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One roll call of a tenant at one moment.

    `registered_in_error`: how many of `closed_signed` were closed as that, outside the indicators.
    `pointer_wrong`: open cases that do not point at the earliest of their open tasks; they are
    counted where their earliest task puts them. `unlisted`: how many more are missing than a kept
    statement lists; none where it was derived just now.
    """

    tenant_id: UUID
    at: datetime
    registered: int
    owned: int = 0
    overdue_seen: int = 0
    escalated: int = 0
    closed_signed: int = 0
    registered_in_error: int = 0
    remainder: tuple[Unaccounted, ...] = ()
    pointer_wrong: tuple[UUID, ...] = ()
    undecided: Undecided = field(default_factory=Undecided)
    beside: Beside = field(default_factory=Beside)
    swept_at: datetime | None = None
    unlisted: int = 0

    @property
    def unseen(self) -> int:
        """How many are not accounted for: by counting, not by the list of their ids."""
        known = self.owned + self.overdue_seen + self.escalated + self.closed_signed
        return self.registered - known

    @property
    def complete(self) -> bool:
        """True when nobody is missing, decided or not, and no bookkeeping differs."""
        return not (
            self.unseen
            or self.remainder
            or self.pointer_wrong
            or self.undecided.unseen
            or self.beside.handovers_lost
        )

    @property
    def numbers(self) -> dict[str, int]:
        """The six numbers that a script may rely on."""
        return {
            "registered": self.registered,
            "owned": self.owned,
            "overdue_seen": self.overdue_seen,
            "escalated": self.escalated,
            "closed_signed": self.closed_signed,
            "unseen": self.unseen,
        }


class Kind(StrEnum):
    """`morning`: the one that a lead reads and signs; `run`: every ten minutes."""

    RUN = "run"
    MORNING = "morning"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A statement as it was stored, with who has read it.

    `counted_at`: when the roll was called last. `out_of_date`: that is too long ago to say anything
    of now, and this is that call or one that nobody has read.
    """

    id: UUID
    kind: Kind
    statement: Statement
    read_by: UUID | None = None
    read_at: datetime | None = None
    counted_at: datetime | None = None
    out_of_date: bool = False

    def beside(self, last: "Kept", at: datetime) -> "Kept":
        """The same, as it stands at `at`, where `last` is what the roll said last."""
        counted_at = last.statement.at
        old = at - counted_at > CALLED_WITHIN
        asked = self.id == last.id or self.read_at is None
        return replace(self, counted_at=counted_at, out_of_date=old and asked)
