"""What was due before anybody here could know of it is counted anew from when it became known.

A caseload that is taken over: its history is the real one, what it owes starts from then. And what
belongs to a stay that was over when it was first told of. What is due later keeps its own time,
and of several contacts the earlier is due no later than the next.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.framing import Frame
from bindeledd.features.pathways.domain import Due, Gate, Step, due_moment
from bindeledd.features.tasks.domain import Task

TAKEOVER = "takeover"
STAY_OVER = "stay_over"
# Of a reason: when it was due by its rule, before it was counted anew. That stays true.
WAS_DUE = "was_due_at"
# Of a reason: why it was counted anew, whatever is done with its time afterwards. The roll call
# counts what was put later so.
ANEW = "counted_anew"
# Of a reason: what comes after it in the routine is due sooner than it would be, counted anew.
IN_TURN = "in_turn"
# What was late already is due no earlier than the signature that lets it be raised.
_SIGNATURE = "sign_takeover"
_OF_THE_STAY = frozenset({EventKind.INDEX_EVENT, EventKind.ADMITTED, EventKind.READY_FOR_DISCHARGE})


def from_when_known(
    task: Task, rule: Step | Gate, anchor: Event, history: Iterable[Event], frame: Frame
) -> Task:
    """The task as it is owed from when its `anchor` became known, where it was due before that.

    Its window stays where it was: whoever was reached since then need not be called again. What is
    owed from the discharge itself keeps its time: whoever went home waits, told of late or not.
    """
    if task.due_at > anchor.recorded_at:
        return task
    if anchor.source == TAKEOVER:
        signature = frame.book.core.get(_SIGNATURE)
        clocks = [rule.due, None if signature is None else signature.due]
        return _counted_anew(task, rule, anchor, frame, clocks, TAKEOVER)
    if _was_over(anchor, history):
        return _counted_anew(task, rule, anchor, frame, [rule.due], STAY_OVER)
    return task


def _was_over(anchor: Event, history: Iterable[Event]) -> bool:
    """Whether the person had left, as known here, when this event of the stay was first told of."""
    return anchor.kind in _OF_THE_STAY and any(
        event.kind is EventKind.DISCHARGED
        and not event.in_error
        and event.recorded_at <= anchor.recorded_at
        and event.at + timedelta(days=event.date_only) >= anchor.at
        for event in history
    )


def _counted_anew(
    task: Task,
    rule: Step | Gate,
    anchor: Event,
    frame: Frame,
    clocks: Iterable[Due | None],
    because: str,
) -> Task:
    hurried = frame.book.ladder(rule.ladder).ignores_hours
    found = [
        due_moment(
            due,
            anchor.recorded_at,
            False,
            frame.calendar(task.owner_team_id),
            facts=anchor.facts,
            ignores_hours=hurried,
        )
        for due in clocks
        if due is not None
    ]
    due_at = max(one.due_at for one in found)
    why = {**task.due_reason, "moved": because, ANEW: because, WAS_DUE: task.due_at.isoformat()}
    after = min(_due_after(task, rule, anchor, frame), default=due_at)
    if after < due_at:
        return replace(task, due_at=after, due_reason={**why, IN_TURN: True})
    return replace(task, due_at=due_at, due_reason=why)


def _due_after(task: Task, rule: Step | Gate, anchor: Event, frame: Frame) -> Iterator[datetime]:
    """When the same is owed again after this anchor, of what was not late when it became known."""
    if not isinstance(rule, Step):
        return
    for other in frame.pathway.steps:
        if _of_one_row(other, rule) and other.key != rule.key:
            due = due_moment(
                other.due,
                anchor.at,
                anchor.date_only,
                frame.calendar(task.owner_team_id),
                facts=anchor.facts,
                ignores_hours=frame.book.ladder(other.ladder).ignores_hours,
            )
            if due.due_at > anchor.recorded_at:
                yield due.due_at


def _of_one_row(one: Step, other: Step) -> bool:
    """Whether the same person is owed the same by both, on the same conditions: the first contact,
    the second, the third."""
    alike = (one.task, one.after, one.satisfied_by, one.owner, one.when)
    return alike == (other.task, other.after, other.satisfied_by, other.owner, other.when)
