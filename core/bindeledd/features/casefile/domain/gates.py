"""What should be in place at an event, and whether it is. Pure, over pathway, events and tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bindeledd.features.casefile.domain.owing import GateState, GateView
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.cases.domain import Event, EventKind, ahead, death_reported
from bindeledd.features.cases.domain.joining import joined, of_layer
from bindeledd.features.cases.domain.replying import Said, reply
from bindeledd.features.cases.domain.standing import falls_away
from bindeledd.features.pathways.domain import Gate, Pathway, applies, satisfies
from bindeledd.features.tasks.domain import Task, TaskState
from bindeledd.foundation.texts import said_of


def gates(
    pathway: Pathway, events: Sequence[Event], tasks: Sequence[Task], at: datetime
) -> list[GateView]:
    """Every gate of the pathway that may apply, in its order, as it stands at `at`."""
    valid = [event for event in events if not event.in_error]
    facts: dict[str, object] = {}
    for event in valid:
        facts |= {name: value for name, value in event.facts.items() if value is not None}
    dead, gone = death_reported(tuple(valid)), ahead.taken_back(valid)
    stand = [event for event in valid if event.id not in gone]
    since = joined(valid)
    return [
        _view(gate, ahead.in_place(stand, gate.at, at), tasks, dead)
        for gate in pathway.gates
        if applies(gate.when, facts) and not _came_before(gate, stand, tasks, since)
    ]


def _came_before(
    gate: Gate, events: Sequence[Event], tasks: Sequence[Task], since: Mapping[str, datetime]
) -> bool:
    """Whether what the gate is asked at was over when the team came that brought it."""
    began = since.get(of_layer(gate.layer))
    if began is None or _task(gate, tasks) is not None:
        return False
    at = [event.recorded_at for event in events if event.kind.value == gate.at]
    return bool(at) and max(at) < began


def _view(
    gate: Gate, events: Sequence[Event], tasks: Sequence[Task], dead: Event | None
) -> GateView:
    task = _task(gate, tasks)
    shown = task if task is not None and task.is_open else None
    state = _state(gate, task, events, dead)
    return GateView(
        key=gate.key,
        at=gate.at,
        need=gate.need,
        title=said_of(gate.title),
        state=state,
        strength=gate.strength.value,
        default=gate.basis.shown_as_default,
        source=gate.basis.source,
        task_id=None if shown is None else shown.id,
        due_at=None if shown is None else shown.due_at,
        team_id=None if shown is None else shown.owner_team_id,
        reply=reply(gate, events) if state is GateState.IN_PLACE else None,
    )


def as_answered(view: GateView, timeline: Sequence[Happened]) -> GateView:
    """The gate with the answer that only what was said tells: about relatives, that is sealed."""
    told = view.reply
    if told is None or told.said is not Said.UNSAID:
        return view
    line = next((one for one in timeline if one.id == told.event_id), None)
    if line is None or (line.note or {}).get("answer") != "declined":
        return view
    return replace(view, reply=replace(told, said=Said.NO))


def _task(gate: Gate, tasks: Sequence[Task]) -> Task | None:
    """The task of the gate: an open one before one that ended, the latest before earlier ones."""
    own = [task for task in tasks if task.step_key == f"gate.{gate.key}"]
    return max(own, key=lambda task: (task.is_open, task.made_at), default=None)


def _state(gate: Gate, task: Task | None, events: Sequence[Event], dead: Event | None) -> GateState:
    """By the events that stand: what was struck out, or taken back since, is in place no more."""
    moot = dead is not None and falls_away(dead, gate.task, contact=gate.contact)
    if moot and dead is not None and dead.kind is EventKind.DEATH_CONFIRMED:
        return GateState.FELL_AWAY
    if task is not None and task.is_open:
        return GateState.MISSING
    if any(satisfies(gate, event.kind.value, event.facts) for event in events):
        return GateState.IN_PLACE
    if task is not None and _was_done(gate, task, events):
        return GateState.IN_PLACE
    came = any(event.kind.value == gate.at for event in events)
    if task is not None and (moot or not came or task.state is TaskState.CANCELLED):
        return GateState.FELL_AWAY
    return GateState.MISSING if came else GateState.NOT_YET


def _was_done(gate: Gate, task: Task, events: Sequence[Event]) -> bool:
    """Done by something that stands: a person's own word that it is done, not an event that fell."""
    by = task.ended_by_event_id
    return task.state is TaskState.DONE and (by is None or any(one.id == by for one in events))
