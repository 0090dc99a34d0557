"""What a person may say of a task in words: that it is done, or that it is owed no longer."""

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.tasks.domain import Task, TaskOrigin

# Whoever corrected it in the EPJ says so of each note; whether somebody was met, or an objection is
# respected, is a yes or a no.
_SAID_ELSEWHERE = frozenset({"correct_epj", "ask_whether_met", "decide_objection"})


def done_in_words(task: Task) -> bool:
    """Whether a person may say that it is done; else only what happens does it."""
    if task.kind in _SAID_ELSEWHERE or (task.kind == "cover_gap" and task.satisfied_by):
        return False
    return _asked_by_a_person(task) or not task.satisfied_by


def withdrawn_by(task: Task, event: Event) -> bool:
    """Whether the event takes back what a person had asked for: nothing that a routine made owed."""
    return event.kind is EventKind.TASK_WITHDRAWN and _asked_by_a_person(task)


def _asked_by_a_person(task: Task) -> bool:
    """What a pack left behind is nobody's own, and is taken back by nobody."""
    return task.origin is TaskOrigin.PERSON and "rehomed" not in task.due_reason
