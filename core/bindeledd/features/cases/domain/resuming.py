"""A caseload that is taken over: its history is the real one, what it owes starts from then.

What fell due before the take-over is counted anew from it, so that nothing is late on the day on
which a team begins. What is due later keeps its own time.
"""

from dataclasses import replace

from bindeledd.features.cases.domain import Event
from bindeledd.features.cases.domain.framing import Frame
from bindeledd.features.pathways.domain import Gate, Step, due_moment
from bindeledd.features.tasks.domain import Task

TAKEOVER = "takeover"
# What was late already is due no earlier than the signature that lets it be raised.
_SIGNATURE = "sign_takeover"


def from_takeover(task: Task, rule: Step | Gate, anchor: Event, frame: Frame) -> Task:
    """The task as it is owed from the take-over on that told of its `anchor`.

    Its window stays where it was: whoever was reached since then need not be called again.
    """
    if anchor.source != TAKEOVER or task.due_at > anchor.recorded_at:
        return task
    hurried = frame.book.ladder(rule.ladder).ignores_hours
    signature = frame.book.core.get(_SIGNATURE)
    found = [
        due_moment(
            due,
            anchor.recorded_at,
            False,
            frame.calendar(task.owner_team_id),
            facts=anchor.facts,
            ignores_hours=hurried,
        )
        for due in (rule.due, None if signature is None else signature.due)
        if due is not None
    ]
    due_at = max(one.due_at for one in found)
    return replace(task, due_at=due_at, due_reason={**task.due_reason, "moved": TAKEOVER})
