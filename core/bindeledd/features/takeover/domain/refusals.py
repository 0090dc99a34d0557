"""What a take-over says no to, and why."""

from collections.abc import Sequence
from uuid import UUID

from bindeledd.features.takeover.domain import Reason, State
from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound


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
    """The file has no row below its headings: nothing was received."""

    code = "takeover.nothing_to_take"


class NotUnsigned(Conflict):
    """It is signed or undone already."""

    code = "takeover.not_unsigned"


class WasUndone(Conflict):
    """It was undone: its rows are owed by nobody, and decided in a new take-over."""

    code = "takeover.was_undone"


class LeadSigns(NotAllowed):
    """A take-over is signed, and undone, in person by those who lead its team."""

    code = "takeover.lead_signs"


class OriginalWithheld(NotAllowed):
    """The file names people whom the asker may not see."""

    code = "takeover.original_withheld"


class UndoAsked(Conflict):
    """Somebody has asked for undoing it already: it waits for a second person."""

    code = "takeover.undo_asked"


class UndoWaits(Conflict):
    """Somebody has asked for undoing it: whoever signs says no to that, and has to know of it."""

    code = "takeover.undo_waits"


class NoUndoAsked(Conflict):
    """Nobody has asked for undoing it."""

    code = "takeover.no_undo_asked"


class SecondNeeded(Conflict):
    """Undoing needs a second, different person than the one who asked."""

    code = "takeover.second_needed"


class UndoReason(Invalid):
    """Undoing needs a reason in words."""

    code = "takeover.undo_reason"


class RowNotOwed(NotFound):
    """There is no such refused row to decide."""

    code = "takeover.row_not_owed"


class RowDecided(Conflict):
    """Somebody has decided the row already."""

    code = "takeover.row_decided"


class WordsNeeded(Invalid):
    """That a row becomes no follow-up is said with a reason and in words."""

    code = "takeover.words_needed"


class NotFollowed(Conflict):
    """No open follow-up that the asker sees is known to be about whom the row names."""

    code = "takeover.not_followed"


class StillRefused(Invalid):
    """The corrected row cannot be taken in either. `reasons` say why."""

    code = "takeover.still_refused"

    def __init__(self, *, reasons: Sequence[Reason]) -> None:
        super().__init__(reasons=[(one.column, one.why.value) for one in reasons])
        self.reasons = tuple(reasons)


def check_unsigned(state: State) -> None:
    """Refuse what can be done to an unsigned take-over only."""
    if state is not State.UNSIGNED:
        raise NotUnsigned(state=state.value)


def check_sign(state: State, asked_by: UUID | None, *, despite_undo: bool) -> None:
    """Refuse to sign what is signed or undone, and over an undoing that the signer did not see."""
    check_unsigned(state)
    if asked_by is not None and not despite_undo:
        raise UndoWaits(asked_by=asked_by)


def check_undo(state: State, asked_by: UUID | None, by: UUID) -> None:
    """Refuse to undo what is signed, what nobody asked for, and alone."""
    check_unsigned(state)
    if asked_by is None:
        raise NoUndoAsked()
    if asked_by == by:
        raise SecondNeeded()
