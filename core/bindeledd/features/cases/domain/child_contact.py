"""Whoever answers for children as next of kin here is told of them: *not told yet* is owed."""

from collections.abc import Iterable

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.pathways.domain.facts import Condition

TASK = "tell_child_contact"
# Said with an answer about children: whether they were told; `nobody`: there is no minor to tell of.
FACT = "child_contact"
NOT_TOLD = "no"
SETTLES: Condition = {FACT: frozenset({"yes", "nobody"})}


def is_owed_from(event: Event, history: Iterable[Event]) -> bool:
    """Whether telling them is counted from this answer: the first *not told yet* that nothing has
    settled. Said once more, it moves nothing. `history` is that of the course that runs now: what
    was signed away with the one before owes nothing, and hides nothing."""
    if event.facts.get(FACT) != NOT_TOLD:
        return False
    owed_from = None
    for one in history:
        said = one.facts.get(FACT)
        if one.kind is not EventKind.CHILDREN_ASKED or one.in_error or said is None:
            continue
        owed_from = (owed_from or one.id) if said == NOT_TOLD else None
        if one.id == event.id:
            break
    return owed_from == event.id
