"""What becomes of an open case that begins to follow another version of its routine.

Nothing drops: an open task whose rule is gone stays owed until a person does it. What is due
earlier by the new rule is due earlier; later only where whoever upgrades says so, and what a person
has said of a task stands. What is owed anew is owed by its true time.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import Case, Event, EventKind
from bindeledd.features.cases.domain.planning import Changes, Frame, plan, task_for
from bindeledd.features.cases.domain.resuming import from_takeover
from bindeledd.features.pathways.domain import Gate, Pathway, Step
from bindeledd.features.tasks.domain import Task, TaskOrigin, is_overdue

_BY_PERSON = (EventKind.TASK_BROUGHT_FORWARD.value, EventKind.TASK_MOVED_LATER.value)
_SAME = ("task", "due", "owner", "strength", "satisfying", "evidence", "ladder", "contact")


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
    """

    case: Case
    changes: Changes
    earlier: tuple[Moved, ...] = ()
    later: tuple[Moved, ...] = ()
    ruleless: tuple[Task, ...] = ()
    overdue_now: tuple[Task, ...] = ()


def upgraded(
    old: Pathway | None,
    frame: Frame,
    case: Case,
    history: Sequence[Event],
    tasks: Iterable[Task],
    at: datetime,
    *,
    later: bool = False,
) -> Upgrade:
    """`case` (with its new version and layers) under `frame`, where it followed `old` before.

    `old` is None where its version is not installed any more; then every rule counts as changed.
    """
    before = {task.id: task for task in tasks}
    found = [_carried(task, old, frame, case, tuple(history), at) for task in before.values()]
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
        ruleless=tuple(task for task in still if _is_planned(task) and _rule(task, frame) is None),
        overdue_now=tuple(t for t in still if is_overdue(t, at) and t.id not in late),
    )


@dataclass(frozen=True, kw_only=True)
class _Carried:
    """An open task under the new rule; `by_rule`: as that rule alone would have it, if it moves."""

    task: Task
    by_rule: Task | None = None


def _carried(
    task: Task,
    old: Pathway | None,
    frame: Frame,
    case: Case,
    history: tuple[Event, ...],
    at: datetime,
) -> _Carried:
    stays = _Carried(task=task)
    rule = _rule(task, frame) if task.is_open and _is_planned(task) else None
    anchor = next((event for event in history if event.id == task.anchor_event_id), None)
    if rule is None or anchor is None or anchor.in_error:
        return stays
    if old is not None and _same(old.find(rule.key), rule):
        return stays
    fresh = task_for(frame, case, rule, anchor, history, at)
    if fresh is None:
        return stays
    return _restated(task, from_takeover(fresh, rule, anchor, frame))


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


def _rule(task: Task, frame: Frame) -> Step | Gate | None:
    """The step or gate that owes it, if the new routine still has one of that key."""
    found = frame.pathway.find(task.step_key.removeprefix("gate."))
    is_gate = task.origin is TaskOrigin.GATE
    return found if isinstance(found, Gate) is is_gate else None


def _same(old: Step | Gate | None, new: Step | Gate) -> bool:
    """Whether nothing that a task carries has changed."""
    if old is None or type(old) is not type(new):
        return False
    bases = old.basis == new.basis and old.deadline_basis == new.deadline_basis
    return bases and all(getattr(old, name) == getattr(new, name) for name in _SAME)


# --- over many cases ------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Sums:
    """What an upgrade comes to over all open cases; `steps`: the same for each step or gate."""

    cases: int = 0
    behind: int = 0
    refused: list[UUID] = field(default_factory=list)
    steps: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, done: Upgrade) -> None:
        """Count one case that is behind."""
        self.behind += 1
        self._count("earlier", (moved.task for moved in done.earlier))
        self._count("later", (moved.task for moved in done.later))
        self._count("new", done.changes.new)
        self._count("ruleless", done.ruleless)
        self._count("overdue_now", done.overdue_now)

    def _count(self, what: str, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self.steps.setdefault(task.step_key, Counter())[what] += 1

    def total(self, what: str) -> int:
        """How many tasks in all: `earlier`, `later`, `new`, `ruleless`, `overdue_now`."""
        return sum(counts[what] for counts in self.steps.values())

    @property
    def numbers(self) -> dict[str, int]:
        """What a script may rely on."""
        parts = ("earlier", "later", "new", "ruleless", "overdue_now")
        return {
            "cases": self.cases,
            "behind": self.behind,
            **{part: self.total(part) for part in parts},
            "refused": len(self.refused),
        }
