"""What is owed: a pure function from pathway, facts, events and tasks to changes of tasks.

The same events always give the same tasks. Whoever holds the case writes what `plan` says, in
the order new task, pointer, old task. `plan` never drops a task: a task ends because an event
satisfied it or made it moot, and it names that event. Beside it: `anchoring.py`, `standing.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import (
    Case,
    Event,
    EventKind,
    assumed,
    death_reported,
    whereabouts,
)
from bindeledd.features.cases.domain.after_death import ends_with
from bindeledd.features.cases.domain.ages import MINOR
from bindeledd.features.cases.domain.anchoring import anchored, anchored_before, rules_after
from bindeledd.features.cases.domain.framing import Frame
from bindeledd.features.cases.domain.once import without_owed
from bindeledd.features.cases.domain.overtaking import ended_anew
from bindeledd.features.cases.domain.reasons import of_rule
from bindeledd.features.cases.domain.reopening import as_signed
from bindeledd.features.cases.domain.resuming import from_when_known
from bindeledd.features.cases.domain.silence import review
from bindeledd.features.cases.domain.standing import (
    REVIEW,
    SatisfiedByEventOnly,
    as_it_stands,
    counted,
    done_by,
    done_in_words,
)
from bindeledd.features.pathways.domain import (
    Gate,
    Pathway,
    Step,
    applies,
    begins,
    due_moment,
    of_the_moment,
)
from bindeledd.features.tasks.domain import Task, TaskOrigin
from bindeledd.foundation.ids import new_id

__all__ = [
    "REVIEW",
    "Changes",
    "Frame",
    "SatisfiedByEventOnly",
    "done_in_words",
    "facts_of",
    "plan",
    "rules_after",
    "task_for",
]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Tasks to write: `new` ones and `changed` ones, and the task that the case then points at."""

    new: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()
    next_task_id: UUID | None = None


def plan(
    frame: Frame, case: Case, events: Iterable[Event], tasks: Iterable[Task], at: datetime
) -> Changes:
    """What has to change so that exactly what the pathway owes after `events` is owed.

    Promise: for every step and gate that applies there is a task or an event that satisfied it;
    afterwards an open case has an open task within its longest silence.
    """
    if not case.is_open:
        return Changes(next_task_id=None)
    history = tuple(sorted(events, key=lambda event: (event.at, event.recorded_at)))
    before = {task.id: task for task in tasks}
    known = {task.natural_key: task for task in before.values()}
    wanted = list(_wanted(frame, case, history, at))
    after = {task.id: as_it_stands(task, frame, history) for task in before.values()}
    done = whereabouts.done_before(after.values(), history)
    missing = (task for task in wanted if task.natural_key not in known and not done(task))
    new = without_owed(missing, after.values(), history)
    anew = ended_anew((*after.values(), *new), history)
    new = [task for task in new if task.id not in anew]
    after = {key: anew.get(key, task) for key, task in after.items()}
    now_open = [task for task in (*after.values(), *new) if task.is_open]
    looked = review(frame, case, history, (*after.values(), *new), at)
    if looked is not None:
        new.append(looked)
        now_open.append(looked)
    return Changes(
        new=tuple(new),
        changed=tuple(task for task in after.values() if task != before[task.id]),
        next_task_id=min(now_open, key=in_order).id,
    )


def in_order(task: Task) -> tuple[datetime, bool, str, str, UUID]:
    """By due time; of those due at the same moment always the same one first: what has to be there
    for the case to close, then by the routine's names. A run says what its trial said."""
    return task.due_at, task.strength != "must", task.step_key, task.kind, task.id


# --- what the pathway owes ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Now:
    """A case as it stands, with what is asked of it for every rule."""

    frame: Frame
    case: Case
    history: tuple[Event, ...]
    facts: Mapping[str, Any]
    sayers: Mapping[str, EventKind]
    dead: Event | None
    at: datetime
    asked: dict[tuple[UUID, datetime], Mapping[str, Any]] = field(default_factory=dict)


def _wanted(frame: Frame, case: Case, history: tuple[Event, ...], at: datetime) -> Iterator[Task]:
    """A task for each step and gate that applies and that no event has satisfied yet.

    What was signed as done stays done: a case that opens again owes by what was recorded since, and
    by what was signed as done and turns out not to be. What was signed as not done: `standing`.
    """
    valid = assumed.without_replaced(history)
    now = _Now(
        frame=frame,
        case=case,
        history=history,
        facts=facts_of(valid),
        sayers=_sayers(valid),
        dead=death_reported(history),
        at=at,
    )
    for rule, event in anchored(frame, history):
        yield from _owed(now, rule, event)
    signed = as_signed(history)
    if signed is not None:
        yield from _signed_as_done(now, signed)


def _signed_as_done(now: _Now, signed: tuple[Event, ...]) -> Iterator[Task]:
    wrong = {event.id for event in now.history if event.in_error}
    for rule, event in anchored_before(now.frame, signed):
        if event.id not in wrong:
            yield from (
                task for task in _owed(now, rule, event) if done_by(task, signed) is not None
            )


def _owed(now: _Now, rule: Step | Gate, event: Event) -> Iterator[Task]:
    """The task of a rule after an event, if it applies and nothing has satisfied it."""
    if not begins(rule, event.facts):
        return
    if not applies(rule.when, _known_of(now, event) if rule.when else {}) or (
        rule.contact and now.dead is not None
    ):
        return
    task = task_for(now.frame, now.case, rule, event, now.history, now.at)
    if task is None or (now.dead is not None and ends_with(now.dead, task)):
        return
    if done_by(task, counted(task, now.frame, now.history)) is None:
        yield from_when_known(task, rule, event, now.history, now.frame)


def _known_of(now: _Now, event: Event) -> Mapping[str, Any]:
    """What is known where a rule counts from this event.

    What it says itself is not overruled by the next of its kind: who took over the second time says
    nothing of the first. Answers are one register: the latest counts.
    """
    key = event.id, event.at
    if key not in now.asked:
        own = {} if event.kind is EventKind.ANSWERED else _said(event)
        kept = {name: value for name, value in own.items() if now.sayers.get(name) is event.kind}
        now.asked[key] = {**now.facts, **kept, **_of_the_moment(now.frame, event)}
    return now.asked[key]


def _said(event: Event) -> dict[str, Any]:
    return {name: value for name, value in event.facts.items() if value is not None}


def _sayers(history: tuple[Event, ...]) -> dict[str, EventKind]:
    """The kind of event that had the last word on each fact."""
    return {name: event.kind for event in history if not event.in_error for name in _said(event)}


def _of_the_moment(frame: Frame, event: Event) -> Mapping[str, str]:
    """What the responsible team's calendar knows of the moment of an event."""
    calendar = frame.calendar(frame.team("responsible_team"))
    return of_the_moment(event.at, event.date_only, calendar, known_at=event.recorded_at)


# Said of one index event, and never of the next.
INTOXICATION = "intoxication"


def facts_of(history: tuple[Event, ...]) -> dict[str, Any]:
    """What is known, the latest word winning; an age that is not known any more is not, nor what
    was said of an index event before the latest."""
    known: dict[str, Any] = {}
    for event in history:
        if not event.in_error:
            if event.kind is EventKind.AGE_NOTED:
                known.pop(MINOR, None)
            if event.kind is EventKind.INDEX_EVENT:
                known.pop(INTOXICATION, None)
            known.update(_said(event))
    return known


def task_for(
    frame: Frame,
    case: Case,
    rule: Step | Gate,
    anchor: Event,
    history: tuple[Event, ...],
    at: datetime,
) -> Task | None:
    """The task, or None where its moment lay before the event: then there is nothing to do."""
    team = frame.team(rule.owner, anchor, history)
    ladder = frame.book.ladder(rule.ladder)
    due = due_moment(
        rule.due,
        anchor.at,
        anchor.date_only,
        frame.calendar(team),
        facts=anchor.facts,
        ignores_hours=ladder.ignores_hours,
    )
    if due.lay_before:
        return None
    return Task(
        id=new_id(),
        tenant_id=case.tenant_id,
        case_id=case.id,
        kind=rule.task,
        origin=_origin(rule),
        step_key=f"gate.{rule.key}" if isinstance(rule, Gate) else rule.key,
        anchor_event_id=anchor.id,
        strength=rule.strength.value,
        owner=rule.owner,
        owner_team_id=team,
        held_by=frame.holders.get(rule.owner),
        window_from=due.opens,
        due_at=due.due_at,
        due_reason=_reason(frame.pathway, rule, due.reason, anchor),
        satisfied_by=rule.satisfying,
        ladder=rule.ladder,
        made_at=at,
    )


def _origin(rule: Step | Gate) -> TaskOrigin:
    if isinstance(rule, Gate):
        return TaskOrigin.GATE
    return TaskOrigin.CORE if rule.key.startswith("core.") else TaskOrigin.STEP


def _reason(
    pathway: Pathway, rule: Step | Gate, due: Mapping[str, Any], anchor: Event
) -> dict[str, Any]:
    """Why it is due then, in plain codes; `by`: who wrote down the day that was named."""
    named = "not_before" in due and anchor.recorded_by is not None
    return {
        **due,
        "pathway": pathway.id,
        "version": pathway.version,
        **({"by": str(anchor.recorded_by)} if named else {}),
        **of_rule(rule),
    }
