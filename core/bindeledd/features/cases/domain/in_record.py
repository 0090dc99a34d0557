"""What stands in the EPJ and turned out to be wrong: one correction is owed for each thing."""

from collections.abc import Sequence
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.recalling import was_refused

# After each of these something that stands in the EPJ may be wrong there.
_SAYS_IT_IS_WRONG = (
    EventKind.MARKED_IN_ERROR,
    EventKind.CLOSING_REQUESTED,
    EventKind.DEATH_REFUTED,
)


def in_the_record(history: Sequence[Event]) -> set[UUID]:
    """The events that make somebody owe a correction in the EPJ, each of notes of its own.

    What says that a note is wrong that is owed a correction already makes no second task of it.
    """
    found: list[Event] = []
    for wrong in sorted(history, key=lambda event: event.recorded_at):
        notes = set(wrong.facts.get("in_epj", ()))
        if not notes or wrong.kind not in _SAYS_IT_IS_WRONG or was_refused(history, wrong):
            continue
        owed = [one for one in found if not _corrected(history, one, wrong)]
        if notes - {note for one in owed for note in one.facts["in_epj"]}:
            found.append(wrong)
    return {event.id for event in found}


def _corrected(history: Sequence[Event], owed: Event, wrong: Event) -> bool:
    """Whether what one event made owed was done when another one was recorded.

    One from before such an end said what it corrects counts for any: owed twice is not lost.
    """
    return any(
        event.kind is EventKind.TASK_DONE
        and not event.in_error
        and event.facts.get("kind", "correct_epj") == "correct_epj"
        and event.facts.get("corrects", str(owed.id)) == str(owed.id)
        and event.recorded_at >= owed.recorded_at
        and event.recorded_at <= wrong.recorded_at
        for event in history
    )
