"""What becomes of an open case that begins to follow another version of its routine.

Nothing drops: an open task whose rule is gone stays owed until a person does it. What is due
earlier by the new rule is due earlier; later only where whoever upgrades says so, and what a person
has said of a task stands. What is owed anew is owed by its true time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import Case, Event, EventKind, staying
from bindeledd.features.cases.domain.joining import of_layer
from bindeledd.features.cases.domain.planning import Changes, Frame, plan, task_for
from bindeledd.features.cases.domain.resuming import from_when_known
from bindeledd.features.pathways.domain import Gate, Step, Strength
from bindeledd.features.tasks.domain import Task, TaskOrigin, is_overdue

_BY_PERSON = (EventKind.TASK_BROUGHT_FORWARD.value, EventKind.TASK_MOVED_LATER.value)
_GATE = ("at", "need", "given", "evidence", "when", "strength", "hard")
_SAME = (
    "task",
    "due",
    "owner",
    "strength",
    "satisfying",
    "given",
    "evidence",
    "ladder",
    "contact",
    "after_death",
)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One due time that is another by the new rule."""

    task: Task
    before: datetime
    after: datetime


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """A case as it would be under the new routine.

    `later`: due times that the new rule puts later; they were moved only if that was asked for.
    `ruleless`: open tasks whose step or gate is gone. `overdue_now`: late by the change alone.
    `strength`, `owner`: open tasks that get another one, as they were and as they become. `gates`:
    those that ask for something else at their event, begin to, or no longer do.
    `stays`: layers of stays in other units, before and after (empty: there was none, or is none).
    """

    case: Case
    changes: Changes
    earlier: tuple[Moved, ...] = ()
    later: tuple[Moved, ...] = ()
    ruleless: tuple[Task, ...] = ()
    overdue_now: tuple[Task, ...] = ()
    strength: tuple[tuple[Task, Task], ...] = ()
    owner: tuple[tuple[Task, Task], ...] = ()
    gates: tuple[str, ...] = ()
    stays: tuple[tuple[str, str], ...] = ()

    @property
    def blocks(self) -> tuple[Task, ...]:
        """Those that no follow-up closes over from now on, and that it closed over before."""
        return tuple(after for _, after in self.strength if after.strength == Strength.MUST)


def upgraded(
    old: Frame | None,
    frame: Frame,
    case: Case,
    history: Sequence[Event],
    tasks: Iterable[Task],
    at: datetime,
    *,
    later: bool = False,
) -> Upgrade:
    """`case` (with its new version and layers) under `frame`, where it stood under `old` before.

    `old` is None where its version is not installed any more; then every rule counts as changed.
    """
    events = {event.id: event for event in history}
    before = {task.id: task for task in tasks}
    found = [_carried(task, old, frame, case, events, at) for task in before.values()]
    carried = {one.task.id: one.task for one in found}
    moved = [(before[one.task.id], one.by_rule) for one in found if one.by_rule is not None]
    put_later = [(task, rule) for task, rule in moved if rule.due_at > task.due_at]
    if later:
        carried |= {task.id: _as_said(carried[task.id], rule) for task, rule in put_later}
    changes = plan(frame, case, history, carried.values(), at)
    carried |= {task.id: task for task in changes.changed}
    late = {task.id for task in before.values() if is_overdue(task, at)}
    still = [task for task in (*carried.values(), *changes.new) if task.is_open]
    return Upgrade(
        case=case,
        changes=replace(
            changes,
            changed=tuple(task for task in carried.values() if task != before[task.id]),
        ),
        earlier=tuple(_moved(task, rule) for task, rule in moved if rule.due_at < task.due_at),
        later=tuple(_moved(task, rule) for task, rule in put_later),
        ruleless=tuple(
            task for task in still if _is_planned(task) and _rule(task, frame, events) is None
        ),
        overdue_now=tuple(t for t in still if is_overdue(t, at) and t.id not in late),
        strength=_another(before, still, lambda task: task.strength),
        owner=_another(before, still, lambda task: (task.owner, task.owner_team_id)),
        gates=_gates(old, frame),
        stays=_exchanged(staying.stays(history), frame.stays),
    )


def _another(
    before: Mapping[UUID, Task], now: Iterable[Task], said: Callable[[Task], object]
) -> tuple[tuple[Task, Task], ...]:
    pairs = [(before[task.id], task) for task in now if task.id in before]
    return tuple((was, task) for was, task in pairs if said(was) != said(task))


def _gates(old: Frame | None, new: Frame) -> tuple[str, ...]:
    """The gates that are not as they were in some routine, by key; each where the old are unknown."""
    was, now = ({} if one is None else _asked(one) for one in (old, new))
    return tuple(sorted(key for key in was | now if not _alike(was.get(key, []), now.get(key, []))))


def _asked(frame: Frame) -> dict[str, list[object]]:
    """What each gate asks for, in each of the routines."""
    found: dict[str, list[object]] = {}
    for gate in (owed for routine in frame.routines.every for owed in routine.owed):
        if isinstance(gate, Gate):
            found.setdefault(gate.key, []).append([getattr(gate, name) for name in _GATE])
    return found


def _alike(some: Sequence[object], others: Sequence[object]) -> bool:
    return all(one in others for one in some) and all(one in some for one in others)


def _exchanged(
    were: Iterable[staying.Stay], now: Iterable[staying.Stay]
) -> tuple[tuple[str, str], ...]:
    """The layers of the same stays that are not what they were: each by its name, before and after."""
    found: dict[tuple[str, str], None] = {}
    for before, after in zip(were, now, strict=True):
        was, becomes = (
            {of_layer(key): key for key in stay.layers or ()} for stay in (before, after)
        )
        for layer in was | becomes:
            found.setdefault((was.get(layer, ""), becomes.get(layer, "")))
    return tuple(pair for pair in found if pair[0] != pair[1])


@dataclass(frozen=True, kw_only=True)
class _Carried:
    """An open task under the new rule; `by_rule`: as that rule alone would have it, if it moves."""

    task: Task
    by_rule: Task | None = None


def _carried(
    task: Task,
    old: Frame | None,
    frame: Frame,
    case: Case,
    events: Mapping[UUID, Event],
    at: datetime,
) -> _Carried:
    stays = _Carried(task=task)
    rule = _rule(task, frame, events) if task.is_open and _is_planned(task) else None
    anchor = None if task.anchor_event_id is None else events.get(task.anchor_event_id)
    if rule is None or anchor is None or anchor.in_error:
        return stays
    if old is not None and _same(old.rule_of(task, events), rule):
        return stays
    history = tuple(events.values())
    fresh = task_for(frame, case, rule, anchor, history, at)
    if fresh is None:
        return stays
    return _restated(task, from_when_known(fresh, rule, anchor, history, frame))


def _restated(task: Task, fresh: Task) -> _Carried:
    """The task with everything that the new rule says of it, never later than it was."""
    moved = task.due_reason.get("moved")
    due_at = min(task.due_at, fresh.due_at)
    reason = dict(fresh.due_reason)
    if moved == EventKind.TASK_MOVED_LATER:
        due_at = task.due_at
    if due_at != fresh.due_at:
        reason["moved"] = moved if moved in _BY_PERSON else "kept"
    if due_at != fresh.due_at and moved in _BY_PERSON:
        reason["moved_by"] = task.due_reason.get("moved_by")
    same_owner = task.owner == fresh.owner
    said = replace(
        task,
        kind=fresh.kind,
        strength=fresh.strength,
        owner=fresh.owner,
        owner_team_id=task.owner_team_id if same_owner else fresh.owner_team_id,
        held_by=task.held_by if same_owner else fresh.held_by,
        window_from=None if fresh.window_from is None else min(fresh.window_from, due_at),
        due_at=due_at,
        due_reason=reason,
        satisfied_by=fresh.satisfied_by,
        ladder=fresh.ladder,
    )
    stands = moved in _BY_PERSON and due_at == task.due_at
    return _Carried(task=said, by_rule=None if stands or fresh.due_at == task.due_at else fresh)


def _as_said(task: Task, rule: Task) -> Task:
    """The task with the new rule's own time, later than it was."""
    return replace(
        task, due_at=rule.due_at, window_from=rule.window_from, due_reason=rule.due_reason
    )


def _moved(task: Task, rule: Task) -> Moved:
    return Moved(task=task, before=task.due_at, after=rule.due_at)


def _is_planned(task: Task) -> bool:
    return task.origin in (TaskOrigin.STEP, TaskOrigin.GATE)


def _rule(task: Task, frame: Frame, events: Mapping[UUID, Event]) -> Step | Gate | None:
    """The step or gate that owes it, if the new routine of its event still has one of that key."""
    found = frame.rule_of(task, events)
    is_gate = task.origin is TaskOrigin.GATE
    return found if isinstance(found, Gate) is is_gate else None


def _same(old: Step | Gate | None, new: Step | Gate) -> bool:
    """Whether nothing that a task carries has changed."""
    if old is None or type(old) is not type(new):
        return False
    bases = old.basis == new.basis and old.deadline_basis == new.deadline_basis
    return bases and all(getattr(old, name) == getattr(new, name) for name in _SAME)
