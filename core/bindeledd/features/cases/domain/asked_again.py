"""A question that its own answer made owed again (*not now*): the next answer to it does that.

The window says when somebody asks again, and not when the person may answer: whoever has said yes
or no meanwhile is not asked once more.
"""

from collections.abc import Mapping

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.pathways.domain import Gate, Step
from bindeledd.features.tasks.domain import Task

_AGAIN = "again"


def asks_again(rule: Step | Gate) -> Mapping[str, list[str]]:
    """What a task of this rule remembers: the questions that it asks because of how they were
    answered."""
    same = sorted(rule.given.keys() & rule.evidence.keys())
    return {_AGAIN: same} if same and EventKind.ANSWERED in rule.satisfying else {}


def is_answered(task: Task, anchor: Event, event: Event) -> bool:
    """Whether an event that does the task is an answer given after the one that made it owed."""
    if not task.due_reason.get(_AGAIN) or event.kind is not EventKind.ANSWERED:
        return False
    return (event.at, event.recorded_at) > (anchor.at, anchor.recorded_at)
