"""What somebody owes because of one word or act: it falls where that was an error.

A task that no pathway asks for has an event of its own. Where it `follows` from another event, it
is marked with that one, so that nobody goes on owing what never was so.
"""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind

FOLLOWS = "follows"

# The last answer to who is there while nobody is on duty.
_NOBODY = {"cover": "none"}


def says_that_nobody_covers(events: Iterable[Event]) -> Event | None:
    """The event by which somebody says that nobody can; None where nobody says so."""
    return next((event for event in events if _is_of_nobody(event)), None)


def _is_of_nobody(event: Event) -> bool:
    return event.kind is EventKind.GAP_COVERED and event.facts.items() >= _NOBODY.items()


def fallen_with(history: Sequence[Event], marked: Collection[UUID]) -> list[UUID]:
    """What was owed because of events that are marked as an error, unless the same stands still."""
    wrong = {str(e.id): e for e in history if e.in_error or e.id in set(marked)}
    standing = [event for event in history if str(event.id) not in wrong]
    return [
        event.id
        for event in standing
        if event.kind is EventKind.TASK_ADDED
        and (cause := wrong.get(str(event.facts.get(FOLLOWS)))) is not None
        and not _is_still_said(cause, standing)
    ]


def _is_still_said(cause: Event, standing: Iterable[Event]) -> bool:
    return any(event.kind is cause.kind and event.facts == cause.facts for event in standing)
