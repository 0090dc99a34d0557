"""Local routines that a case follows since somebody else took over: theirs count from then on.

What the new team's own layers say is owed after what is recorded from the acceptance on. What was
owed before it was owed by the routine of then: nothing of the past becomes late by a handover.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bindeledd.features.cases.domain import Event, EventKind

# The fact of an accepted handover: the layers (`id@version`) that the new team brings.
BROUGHT = "layers_joined"


def of_layer(key: str) -> str:
    """The id of a layer without its version."""
    return key.partition("@")[0]


def joined(history: Iterable[Event]) -> dict[str, datetime]:
    """Since when each layer (by its id) is followed that the team of today has brought.

    A layer that goes on with the next team goes on from its own beginning; others end.
    """
    since: dict[str, datetime] = {}
    for event in sorted(history, key=lambda event: event.recorded_at):
        brought = event.facts.get(BROUGHT)
        if event.kind is EventKind.HANDOVER_ACCEPTED and isinstance(brought, list):
            ids = [of_layer(str(key)) for key in brought]
            since = {layer: since.get(layer, event.recorded_at) for layer in ids}
    return since


def with_brought(
    layers: Sequence[str], history: Iterable[Event], brought: Sequence[str]
) -> tuple[str, ...]:
    """The layers of a case once another team has taken over, with what that one brings.

    Those that an earlier team brought end; one that is there already keeps its version.
    """
    before = joined(history)
    stays = {of_layer(key) for key in brought}
    kept = [key for key in layers if of_layer(key) not in before or of_layer(key) in stays]
    there = {of_layer(key) for key in kept}
    return (*kept, *(key for key in brought if of_layer(key) not in there))
