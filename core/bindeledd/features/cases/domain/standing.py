"""What events do to tasks that are there: done, moot, owed again, or moved to another team."""

from dataclasses import replace
from datetime import datetime

from bindeledd.features.cases.domain import (
    Event,
    EventKind,
    ahead,
    assumed,
    covering,
    death_reported,
    last_of,
    reopening,
)
from bindeledd.features.cases.domain.after_death import ends_with
from bindeledd.features.cases.domain.applying import does_not_apply
from bindeledd.features.cases.domain.asked_again import is_answered
from bindeledd.features.cases.domain.belonging import belongs, is_of_the_same
from bindeledd.features.cases.domain.by_hand import done_in_words, withdrawn_by
from bindeledd.features.cases.domain.checking import never_made
from bindeledd.features.cases.domain.framing import Frame
from bindeledd.features.cases.domain.gaps import COVER, back_after
from bindeledd.features.cases.domain.overtaking import (
    OF_A_DEATH,
    REVIEW,
    is_review,
    overtaken,
    somebody_after_all,
)
from bindeledd.features.pathways.domain.facts import answers
from bindeledd.features.tasks.domain import Task, TaskOrigin, TaskState
from bindeledd.foundation.errors import Conflict

# What was in place for one stay says nothing of the next.
_BEGINS_A_STAY = (EventKind.ADMITTED, EventKind.INDEX_EVENT)
_DEATH = (EventKind.DEATH_REPORTED, EventKind.DEATH_CONFIRMED)
# Each names the task that is done by it.
_DOES_THE_TASK = (
    EventKind.TASK_DONE,
    EventKind.REVIEWED,
    EventKind.CONCERN_ANSWERED,
    EventKind.OBJECTION_DECIDED,
)
_MET = (EventKind.REACHED, EventKind.APPOINTMENT_KEPT)


__all__ = [
    "REVIEW",
    "SatisfiedByEventOnly",
    "as_it_stands",
    "counted",
    "does",
    "done_by",
    "done_in_words",
    "is_review",
]


class SatisfiedByEventOnly(Conflict):
    """The task is done by what happened (a contact, a summary), not by ticking it off."""

    code = "task.satisfied_by_event_only"


def as_it_stands(task: Task, frame: Frame, history: tuple[Event, ...]) -> Task:
    """The task after everything that was recorded: done, moot, owed again, or moved to a team."""
    told = counted(task, frame, history)
    ending = _ending(task, told) or _gap_over(task, frame, history)
    if ending is None:
        return _moved(_reopened(task, history), frame)
    if not task.is_open:
        return task
    state, event = ending
    return replace(task, state=state, ended_at=event.recorded_at, ended_by_event_id=event.id)


def counted(task: Task, frame: Frame, history: tuple[Event, ...]) -> tuple[Event, ...]:
    """What counts for the task: of a time without staff only who answers for all of it."""
    if task.kind != COVER:
        return history
    return covering.reaching(task, history, frame.calendar(task.owner_team_id))


def _ending(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    """The event that satisfied the task or made it moot, if one stands."""
    for event in history:
        if event.facts.get("task_id") == str(task.id) and not event.in_error:
            if event.kind in _DOES_THE_TASK:
                return TaskState.DONE, event
            if withdrawn_by(task, event):
                return TaskState.CANCELLED, event
    satisfied = done_by(task, history)
    if satisfied is not None:
        missed = never_made(task, satisfied, history)
        return TaskState.CANCELLED if missed else TaskState.DONE, satisfied
    return _moot(task, history)


def done_by(task: Task, history: tuple[Event, ...]) -> Event | None:
    """The event that did what is owed, or left nothing to do; None while it is owed."""
    if task.kind == assumed.FIND_OUT:
        return assumed.found_out(task.anchor_event_id, history)
    return _satisfied_by(task, history) or _settled(task, history)


def _settled(task: Task, history: tuple[Event, ...]) -> Event | None:
    """A death that was refuted leaves nothing to confirm, whenever the sign of life was."""
    if task.kind != "confirm_death" or death_reported(history) is not None:
        return None
    return last_of(history, EventKind.DEATH_REFUTED)


def _moot(task: Task, history: tuple[Event, ...]) -> tuple[TaskState, Event] | None:
    for event in history:
        if event.id == task.anchor_event_id and event.in_error and not is_review(task):
            return TaskState.CANCELLED, event
    dead = death_reported(history)
    if dead is not None and ends_with(dead, task):
        return TaskState.CANCELLED, dead
    if dead is None and (alive := _nobody_died(task, history)) is not None:
        return TaskState.CANCELLED, alive
    if (answer := does_not_apply(task, history)) is not None:
        return TaskState.CANCELLED, answer
    return overtaken(task, history)


def _nobody_died(task: Task, history: tuple[Event, ...]) -> Event | None:
    """What was owed because a death was confirmed, and then refuted: nobody is left behind."""
    for event in history:
        if event.id == task.anchor_event_id and event.kind in OF_A_DEATH:
            return last_of(history, EventKind.DEATH_REFUTED)
    return None


def _gap_over(
    task: Task, frame: Frame, history: tuple[Event, ...]
) -> tuple[TaskState, Event] | None:
    """Whoever was spoken with or seen after the gap came through it: nobody can cover it any more."""
    if task.kind != COVER:
        return None
    back = back_after(task, frame.calendar(task.owner_team_id))
    for event in history:
        met = event.kind in _MET and not event.in_error
        if met and back is not None and event.at >= back:
            return TaskState.CANCELLED, event
    return None


def _satisfied_by(task: Task, history: tuple[Event, ...]) -> Event | None:
    """The first valid event that does what is owed.

    A step is done by what happens from its window (or its anchor) on; what becomes of the very
    appointment or handover that began it counts before its window too, and so does the next answer
    to a question that is asked again. A gate is kept by what was
    in place before its event too, as long as it belongs to the same stay; an appointment keeps one
    if it lies ahead of that event, whichever stay it was made in.
    """
    if not task.satisfied_by:
        return None
    after = (event for event in history if event.id != task.anchor_event_id)
    doing = [event for event in after if not event.in_error and does(task, event)]
    if not doing:
        return None
    anchor = next((event for event in history if event.id == task.anchor_event_id), None)
    since = _since(task, anchor, history)
    for event in doing:
        if not _in_place(task, anchor, event, history):
            continue
        if task.kind == "confirm_death":  # an answer answers what had been said when it was given
            if anchor is None or event.recorded_at >= anchor.recorded_at:
                return event
            continue
        in_time = event.at >= since or _reaches_over(task, anchor, event)
        if in_time and belongs(anchor, event):
            return event
        if event.kind is EventKind.APPOINTMENT_CONFIRMED:  # still valid is asked in its window
            continue
        if anchor is not None and _does_before_its_window(task, anchor, event):
            return event
    return None


def _does_before_its_window(task: Task, anchor: Event, event: Event) -> bool:
    own = event.at >= anchor.at and is_of_the_same(anchor, event)
    return own or is_answered(task, anchor, event)


def _in_place(task: Task, anchor: Event | None, event: Event, history: tuple[Event, ...]) -> bool:
    """Whether what keeps a gate still held when the gate was asked."""
    if task.origin is not TaskOrigin.GATE or anchor is None:
        return True
    return ahead.lies_ahead(event, ahead.Asked.by(anchor), history)


def _reaches_over(task: Task, anchor: Event | None, event: Event) -> bool:
    """Whether a gate is kept by an appointment that was made in an earlier stay."""
    if task.origin is not TaskOrigin.GATE or anchor is None:
        return False
    return ahead.reaches_over(event, ahead.Asked.by(anchor))


def does(task: Task, event: Event) -> bool:
    """Whether an event is of a kind that ends the task, with the evidence that its rule asks for.

    A receipt of an earlier attempt ends nothing: nobody tried again. Nor does what was recorded
    while more was asked for.
    """
    ended = task.due_reason.get("evidence_ended")
    if event.is_receipt or (ended and event.recorded_at <= datetime.fromisoformat(ended)):
        return False
    evidence = {
        name: frozenset(values) for name, values in task.due_reason.get("evidence", {}).items()
    }
    does = event.kind in task.satisfied_by or _names_who_takes_over(task, event)
    return does and answers(event.kind.value, evidence, event.facts)


def _names_who_takes_over(task: Task, event: Event) -> bool:
    """Somebody outside has said that they take over: by that it is settled who receives.

    A rule that asks for more (what kind of receiver) is kept only by what says so.
    """
    outside = event.kind is EventKind.HANDOVER_ACCEPTED and bool(event.facts.get("to_outside"))
    return outside and EventKind.RECEIVER_NAMED in task.satisfied_by


def _since(task: Task, anchor: Event | None, history: tuple[Event, ...]) -> datetime:
    if anchor is None:
        return task.made_at
    if task.origin is not TaskOrigin.GATE:
        return max(task.window_from or anchor.at, anchor.at)
    counts = assumed.without_replaced(history)
    before = [event for event in counts if not event.in_error and event.at < anchor.at]
    last = max((event.at for event in before if event.kind is anchor.kind), default=None)
    if last is None:
        return min(event.at for event in history)
    stays = [event.at for event in before if event.kind in _BEGINS_A_STAY and event.at > last]
    return max(stays, default=last)


def _reopened(task: Task, history: tuple[Event, ...]) -> Task:
    """A task whose ending no longer stands: the event was an error, the death was refuted, what
    was closed was opened by a correction, the next answer says that it applies. Whoever signed anew
    has looked."""
    if task.is_open or task.ended_by_event_id is None or is_review(task):
        return task
    by = next((event for event in history if event.id == task.ended_by_event_id), None)
    looked = task.kind == reopening.LOOK and by is not None and not by.in_error
    if by is None or looked:
        return task
    undone = reopening.undid(history, by) or somebody_after_all(by, history)
    applies = task.state is TaskState.CANCELLED and by.kind is EventKind.ANSWERED
    if not (by.in_error or by.kind in _DEATH or undone or applies):
        return task
    return replace(task, state=TaskState.OPEN, ended_at=None, ended_by_event_id=None)


def _moved(task: Task, frame: Frame) -> Task:
    """On acceptance of a handover exactly the open tasks of `responsible_team` move."""
    team = frame.team(task.owner)
    if not task.is_open or task.owner not in ("responsible_team", "lead"):
        return task
    if task.owner_team_id == team:
        return task
    return replace(task, owner_team_id=team, held_by=frame.holders.get(task.owner))
