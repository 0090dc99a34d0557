"""Looking afterwards at what was shared: by somebody else than whoever shared it."""

from collections.abc import Sequence
from uuid import UUID

from bindeledd.features.cases.domain import Event
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.errors import NotAllowed

REVIEW_SHARING = "review_sharing"
# Of the sending: who chose the ground, where a package was made by one person and sent by another.
CHOSEN_BY = "ground_chosen_by"


class OwnSharing(NotAllowed):
    """Whoever shared it does not look at it afterwards."""

    code = "task.own_sharing"


def check_other(task: Task, history: Sequence[Event], by: UUID | None) -> None:
    """Refuse whoever sent what the task looks at, and whoever chose the ground for it.

    Raises `OwnSharing`.
    """
    if task.kind != REVIEW_SHARING:
        return
    shared = next((one for one in history if one.id == task.anchor_event_id), None)
    if by is None or (shared is not None and by in _shared_by(shared)):
        raise OwnSharing(task=task.id)


def _shared_by(sent: Event) -> set[UUID | None]:
    chosen = sent.facts.get(CHOSEN_BY)
    return {sent.recorded_by, None if chosen is None else UUID(str(chosen))}
