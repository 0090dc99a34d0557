"""A take-over of a caseload: what becomes of a file's rows, and who answers for it.

rows in = follow-ups + refused, each refused row with its reasons. Until a lead has signed that,
nothing of it is raised, and two people may undo it. A refused row may be decided at once, and is
owed from the signature on until a person has decided it. Nothing here knows of HTTP, of the database or of the clock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.staff.domain import Actor

SOURCE = "takeover"
# What signing it is owed as; its subject is the take-over.
SIGN = "sign_takeover"
# What the refused rows of a signed one are owed as, until each of them is decided.
DECIDE = "decide_refused"
# What the second person of an undoing that was asked for owes.
UNDO = "confirm_undo"


class State(StrEnum):
    """Where a take-over stands."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What became of a row."""

    TAKEN = "taken"
    REFUSED = "refused"


class Why(StrEnum):
    """Why a cell, or a row as a whole, cannot be taken over."""

    MISSING = "missing"
    NOBODY = "nobody"
    NO_NUMBER = "no_number"
    NO_DAY = "no_day"
    IN_FUTURE = "in_future"
    IN_PAST = "in_past"
    BEFORE_INDEX = "before_index"
    NO_MOMENT = "no_moment"
    NOT_A_CHOICE = "not_a_choice"
    STAFF_UNKNOWN = "staff_unknown"
    UNIT_UNKNOWN = "unit_unknown"
    STEP_WITHOUT_TIME = "step_without_time"
    TIME_WITHOUT_STEP = "time_without_step"
    WITHOUT_APPOINTMENT = "without_appointment"
    BORN_OTHERWISE = "born_otherwise"
    LONG_AGO = "long_ago"
    NO_HEADING = "no_heading"
    NO_COUNT = "no_count"
    NO_ANSWER = "no_answer"
    TWICE_IN_FILE = "twice_in_file"
    ALREADY_FOLLOWED = "already_followed"
    BY_HAND = "by_hand"


# Whoever is refused for one of these is followed here: nobody has to decide anything.
ACCOUNTED_FOR = frozenset({Why.TWICE_IN_FILE, Why.ALREADY_FOLLOWED})


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why, and in which column; an empty column means the row as a whole. `row`: the other row;
    `case_id`: the follow-up that is there already, as it was found."""

    column: str
    why: Why
    row: int | None = None
    case_id: UUID | None = field(default=None, compare=False)


def is_owed(outcome: Outcome, reasons: Iterable[Reason]) -> bool:
    """Whether a person has to decide the row: it was refused, and nobody answers for whom it is."""
    return outcome is Outcome.REFUSED and not any(one.why in ACCOUNTED_FOR for one in reasons)


def is_followed(reasons: Iterable[Reason], state: State, left_open: Collection[int]) -> bool:
    """Whether whom a refused row is about is followed: by another case, or by another row of the
    file. Where the take-over was undone, only by one whose follow-up was left open."""
    why = [one for one in reasons if one.why in ACCOUNTED_FOR]
    if state is not State.UNDONE:
        return bool(why)
    return any(one.why is Why.ALREADY_FOLLOWED or one.row in left_open for one in why)


def is_worked_on(history: Iterable[Event], since: datetime) -> bool:
    """Whether anybody recorded something of the person after the take-over itself.

    That the routine is another one (an upgrade, a pack that was taken out), with the due times
    that this put later, and what the core concludes on its own, say nothing of the person.
    """
    told = [one for one in history if one.recorded_at > since and one.source != SOURCE]
    routine = {one.recorded_at for one in told if one.kind is EventKind.ROUTINE_CHANGED}
    return any(not _of_routine(one, routine) for one in told)


def _of_routine(one: Event, routine: Collection[datetime]) -> bool:
    if one.kind is EventKind.TASK_MOVED_LATER:
        return one.recorded_at in routine
    if one.kind is EventKind.AGE_NOTED:
        return one.recorded_by is None
    return one.kind in (EventKind.ROUTINE_CHANGED, EventKind.GATE_BREACHED)


class Decision(StrEnum):
    """What a person has said of a refused row."""

    TAKEN_IN = "taken_in"
    FOLLOWED = "followed"
    NOT_TAKEN = "not_taken"


class WhyNot(StrEnum):
    """Why a refused row becomes no follow-up here."""

    ELSEWHERE = "elsewhere"
    ENDED = "ended"
    NOBODY_THERE = "nobody_there"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What was said of a refused row, by whom and when; `words` are None if unreadable."""

    decision: Decision
    reason: WhyNot | None = None
    case_id: UUID | None = None
    by: UUID
    at: datetime
    words: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """One file that was taken over for a team. `rows` in = `taken` + `refused`.

    `put_right`: refused rows that somebody corrected and took in before it was signed;
    `undecided`: refused rows that a person has to decide; `accounted`: refused rows of persons who
    are followed, which nobody has to decide; `refused_due_at`: by when, once signed;
    `left_open`: the rows whose follow-ups are open after it was undone.
    """

    id: UUID
    tenant_id: UUID
    team_id: UUID
    state: State
    rows: int
    taken: int
    refused: int
    taken_at: datetime
    taken_by: UUID | None = None
    task_id: UUID
    due_at: datetime
    signed_at: datetime | None = None
    signed_by: UUID | None = None
    undo_asked_at: datetime | None = None
    undo_asked_by: UUID | None = None
    undone_at: datetime | None = None
    undone_by: UUID | None = None
    undecided: int = 0
    accounted: int = 0
    put_right: int = 0
    refused_due_at: datetime | None = None
    left_open: tuple[int, ...] = ()
    file: str = field(default="", repr=False)
    sha256: str = ""

    @property
    def undo_waits(self) -> bool:
        """Whether somebody has asked for undoing it, and a second person is to answer."""
        return self.state is State.UNSIGNED and self.undo_asked_by is not None

    @property
    def adds_up(self) -> bool:
        return self.rows == self.taken + self.refused

    @property
    def taken_now(self) -> int:
        """The follow-ups of it as it stands: what was put right with them."""
        return self.taken + self.put_right

    @property
    def refused_now(self) -> int:
        return self.refused - self.put_right

    def follows(self, row: "Compared") -> bool:
        """Whether whom a refused row is about is followed, so that nobody decides it."""
        return is_followed(row.reasons, self.state, self.left_open)


def may_look(one: Takeover, by: Actor) -> bool:
    """Whether the asker may open it, of those that stand in their list: whoever confirmed for
    another team that it is undone sees its numbers in the list from then on."""
    mine = by.sees_all or "privacy" in by.grants or one.team_id in by.leads
    return mine or one.state is State.UNSIGNED


@dataclass(frozen=True, kw_only=True)
class FirstOwed:
    """What a follow-up owes first, by which step of its routine, and by when."""

    kind: str
    step_key: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Followed:
    """The open follow-up that fits a refused row, for one who sees it: which, whose, of which team."""

    case_id: UUID
    patient_id: UUID
    team_id: UUID


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One row beside what became of it. `cells` are what stood in the file; None if unreadable.

    `first` is what its follow-up owes first; `followed`: who follows the person of a refused row
    already, as far as the asker sees it. A row that is `withheld` has neither cells nor ids: the asker may not see whom it is about.
    """

    number: int
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    case_id: UUID | None = None
    patient_id: UUID | None = None
    cells: Mapping[str, str] | None = field(default=None, repr=False)
    case_state: str = ""
    withheld: bool = False
    owed: bool = False
    decided: Decided | None = None
    first: FirstOwed | None = None
    followed: Followed | None = None

    @property
    def undecided(self) -> bool:
        """Whether it waits for a person's answer."""
        return self.owed and self.decided is None

    @property
    def reopened(self) -> bool:
        """Whether it was refused because of a follow-up that was undone since."""
        return self.owed and not is_owed(self.outcome, self.reasons)
