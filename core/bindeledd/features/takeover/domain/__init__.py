"""A take-over of a caseload: what becomes of a file's rows, and who answers for it.

rows in = follow-ups + refused, each refused row with its reasons. Until a lead has signed that,
nothing of it is raised, and two people may undo it. Nothing here knows of HTTP, of the database
or of the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound

SOURCE = "takeover"
# What signing it is owed as; its subject is the take-over.
SIGN = "sign_takeover"


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
    TWICE_IN_FILE = "twice_in_file"
    ALREADY_FOLLOWED = "already_followed"
    BY_HAND = "by_hand"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why, and in which column; an empty column means the row as a whole."""

    column: str
    why: Why


class TakeoverNotFound(NotFound):
    """There is no such take-over, or it is another team's."""

    code = "takeover.not_found"


class ColumnUnknown(Invalid):
    """A heading that the template does not have: nothing of a file is passed over in silence."""

    code = "takeover.column_unknown"


class ColumnMissing(Invalid):
    """A column that every file needs."""

    code = "takeover.column_missing"


class SameFile(Conflict):
    """The same file was taken over before."""

    code = "takeover.same_file"


class NothingToTake(Invalid):
    """No row could be taken over: there is nothing to sign."""

    code = "takeover.nothing_to_take"


class NotUnsigned(Conflict):
    """It is signed or undone already."""

    code = "takeover.not_unsigned"


class LeadSigns(NotAllowed):
    """A take-over is signed, and undone, in person by those who lead its team."""

    code = "takeover.lead_signs"


class OriginalWithheld(NotAllowed):
    """The file names people whom the asker may not see."""

    code = "takeover.original_withheld"


class UndoAsked(Conflict):
    """Somebody has asked for undoing it already: it waits for a second person."""

    code = "takeover.undo_asked"


class NoUndoAsked(Conflict):
    """Nobody has asked for undoing it."""

    code = "takeover.no_undo_asked"


class SecondNeeded(Conflict):
    """Undoing needs a second, different person than the one who asked."""

    code = "takeover.second_needed"


class UndoReason(Invalid):
    """Undoing needs a reason in words."""

    code = "takeover.undo_reason"


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """One file that was taken over for a team. `rows` in = `taken` + `refused`."""

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
    file: str = field(default="", repr=False)
    sha256: str = ""

    @property
    def adds_up(self) -> bool:
        return self.rows == self.taken + self.refused


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One row beside what became of it. `cells` are what stood in the file; None if unreadable.

    A row that is `withheld` has neither cells nor ids: the asker may not see whom it is about.
    """

    number: int
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    case_id: UUID | None = None
    patient_id: UUID | None = None
    cells: Mapping[str, str] | None = field(default=None, repr=False)
    case_state: str = ""
    withheld: bool = False


def check_unsigned(state: State) -> None:
    """Refuse what can be done to an unsigned take-over only."""
    if state is not State.UNSIGNED:
        raise NotUnsigned(state=state.value)


def check_undo(state: State, asked_by: UUID | None, by: UUID) -> None:
    """Refuse to undo what is signed, what nobody asked for, and alone."""
    check_unsigned(state)
    if asked_by is None:
        raise NoUndoAsked()
    if asked_by == by:
        raise SecondNeeded()
