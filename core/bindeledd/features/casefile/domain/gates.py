"""What should be in place at an event, and whether it is. Pure, over pathway, events and tasks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bindeledd.features.casefile.domain.owing import GateState, GateView
from bindeledd.features.casefile.domain.shown import Happened, Words
from bindeledd.features.cases.domain import Event, EventKind, ahead, death_reported
from bindeledd.features.cases.domain.after_death import falls_away
from bindeledd.features.cases.domain.joining import joined, of_layer
from bindeledd.features.cases.domain.replying import About, Reply, Said, reply
from bindeledd.features.pathways.domain import Gate, Pathway, applies, satisfies
from bindeledd.features.patients.domain import ContactKind, ContactWay
from bindeledd.features.patients.domain.phones import phone_key
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


def as_answered(
    view: GateView, timeline: Sequence[Happened], ways: Sequence[ContactWay] | None
) -> GateView:
    """The gate with the answer that only what was opened tells: what was said of relatives and of
    children, and of the number that answered. `ways`: None where they are hidden or unreadable."""
    if view.state is not GateState.IN_PLACE:
        return view
    if view.need == EventKind.NUMBER_VERIFIED:
        return replace(view, reply=_of_number(timeline, ways))
    told = view.reply
    if told is None or told.said is not Said.UNSAID:
        return view
    line = next((one for one in timeline if one.id == told.event_id), None)
    return replace(view, reply=replace(told, said=_said((line and line.note) or {})))


def unsafe_first(views: Iterable[GateView]) -> tuple[GateView, ...]:
    """Whom it is unsafe to contact stands above everything else; the rest in its order."""
    return tuple(sorted(views, key=lambda one: one.reply is None or not one.reply.is_unsafe))


_ANSWERS = {
    "contacted": Said.CONTACTED,
    "agreed": Said.YES,
    "later": Said.LATER,
    "declined": Said.NO,
    "none": Said.NONE,
    "unsafe": Said.UNSAFE,
}


def _said(note: Words) -> Said:
    if "children" not in note:
        return _ANSWERS.get(str(note.get("answer")), Said.UNSAID)
    if note["children"] is None:
        return Said.UNKNOWN
    return Said.SIBLINGS_UNASKED if note.get("siblings") is None else Said.ANSWERED


def _of_number(timeline: Sequence[Happened], ways: Sequence[ContactWay] | None) -> Reply | None:
    """What was said of the number that answered last; None where it is safe to call. Not asked is
    not safe, and of a number that is theirs no more nobody knows."""
    mine = (one for one in timeline if one.kind == EventKind.NUMBER_VERIFIED and not one.in_error)
    line = next(mine, None)
    if line is None:
        return None
    if ways is None:
        return Reply(about=About.TRIED, said=Said.UNSAID, event_id=line.id)
    phones = [way for way in ways if way.kind is ContactKind.PHONE]
    tried = (line.note or {}).get("phone")
    if isinstance(tried, str):
        phones = [way for way in phones if way.key == phone_key(tried)]
    if any(way.safe_to_call is False for way in phones):
        return Reply(about=About.TRIED, said=Said.NOT_SAFE, event_id=line.id)
    if any(way.safe_to_leave_message is False for way in phones):
        return Reply(about=About.TRIED, said=Said.NO_MESSAGE, event_id=line.id)
    if not phones or any(way.safe_to_call is None for way in phones):
        return Reply(about=About.TRIED, said=Said.UNKNOWN, event_id=line.id)
    return None


def _task(gate: Gate, tasks: Sequence[Task]) -> Task | None:
    """The task of the gate: an open one before one that ended, the latest before earlier ones."""
    own = [task for task in tasks if task.step_key == f"gate.{gate.key}"]
    return max(own, key=lambda task: (task.is_open, task.made_at), default=None)


def _state(gate: Gate, task: Task | None, events: Sequence[Event], dead: Event | None) -> GateState:
    """By the events that stand: what was struck out, or taken back since, is in place no more."""
    moot = dead is not None and falls_away(
        dead, gate.task, contact=gate.contact, said=gate.after_death
    )
    if moot and dead is not None and dead.kind is EventKind.DEATH_CONFIRMED:
        return GateState.FELL_AWAY
    if task is not None and task.is_open:
        return GateState.MISSING
    if any(satisfies(gate, event.kind.value, event.facts) for event in events):
        return GateState.IN_PLACE
    if task is not None and _was_done(gate, task, events):
        return GateState.IN_PLACE
    came = any(event.kind.value == gate.at for event in events)
    if task is not None and not (came or moot):
        return GateState.AWAITS
    if task is not None and (moot or task.state is TaskState.CANCELLED):
        return GateState.FELL_AWAY
    return GateState.MISSING if came else GateState.NOT_YET


def _was_done(gate: Gate, task: Task, events: Sequence[Event]) -> bool:
    """Done by something that stands: a person's own word that it is done, not an event that fell."""
    by = task.ended_by_event_id
    return task.state is TaskState.DONE and (by is None or any(one.id == by for one in events))
