"""One open task for each thing that is owed: what an earlier stay left open is not asked for twice.

The earlier one stands, with its own due time, and one answer does both. Where it ends by what says
nothing of the later stay, the later one is owed by the next plan. That holds for the rules of the
national routine, for its gates, for its calls after a discharge and for the new assessment after a
handover that was returned: what a pack adds is owed as the pack says, each time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.tasks.domain import Task, TaskOrigin

# A stay has a summary of its own, and whoever wrote the first has not written the second.
_OF_EACH_STAY = frozenset({"send_summary"})
_GIVE, _CALL, _ASSESS = "give_appointment", "call_patient", "assess_risk"
_RULE = "rule "
_STRENGTHS = ("may", "should", "must")


def without_owed(
    wanted: Iterable[Task], owed: Iterable[Task], history: Iterable[Event]
) -> list[Task]:
    """Of the tasks that are `wanted`, those that no open one asks for already; the earliest due of
    each stands. The breach of a gate without exception is a fact of each event."""
    standing: dict[str, list[Task]] = defaultdict(list)
    kinds = {one.id: one.kind for one in history}
    found = []
    for task in owed:
        if task.is_open:
            _stands(standing, task)
    for task in sorted(wanted, key=lambda one: one.due_at):
        alike = (*standing[task.kind], *standing[f"{_RULE}{task.step_key}"])
        each_time = task.due_reason.get("hard") or _is_of_a_pack(task)
        if each_time or not any(_asks_for(one, task, kinds) for one in alike):
            found.append(task)
            _stands(standing, task)
    return found


def _stands(standing: Mapping[str, list[Task]], task: Task) -> None:
    standing[task.kind].append(task)
    standing[f"{_RULE}{task.step_key}"].append(task)


def _asks_for(owed: Task, task: Task, kinds: Mapping[UUID, EventKind]) -> bool:
    """Whether what is owed already, of the same kind or by the same rule, asks for all that the task
    would, no later and no more softly."""
    if owed.due_at > task.due_at or _rank(owed) < _rank(task):
        return False
    if owed.origin is not TaskOrigin.GATE:
        same = _calls_home(owed, task, kinds) or _assesses_anew(owed, task, kinds)
        return same and _is_of_an_earlier_stay(owed, task)
    after = kinds.get(task.anchor_event_id) if task.anchor_event_id else None
    new_time = after is EventKind.APPOINTMENT_CANCELLED and _gives_one(owed, task)
    return new_time or _is_of_an_earlier_stay(owed, task)


def _calls_home(owed: Task, task: Task, kinds: Mapping[UUID, EventKind]) -> bool:
    """Both are calls that the routine counts from a discharge, watched by one ladder."""
    both = owed.kind == task.kind == _CALL
    return both and _steps_after(EventKind.DISCHARGED, owed, task, kinds)


def _assesses_anew(owed: Task, task: Task, kinds: Mapping[UUID, EventKind]) -> bool:
    """Both ask for a new assessment because a handover came back: one made now knows of both."""
    both = owed.kind == task.kind == _ASSESS
    return both and _steps_after(EventKind.HANDOVER_RETURNED, owed, task, kinds)


def _steps_after(kind: EventKind, owed: Task, task: Task, kinds: Mapping[UUID, EventKind]) -> bool:
    """Both are steps that are counted from such an event, watched by one ladder."""
    steps = owed.origin is task.origin is TaskOrigin.STEP and owed.ladder == task.ladder
    anchors = [one.anchor_event_id for one in (owed, task)]
    return steps and all(one and kinds.get(one) is kind for one in anchors)


def _is_of_a_pack(task: Task) -> bool:
    """A pack's own keys begin with its name and a full stop."""
    return "." in task.step_key.removeprefix("gate.")


def _is_of_an_earlier_stay(owed: Task, task: Task) -> bool:
    """The same rule, asked at another event of the same kind."""
    same = owed.step_key == task.step_key and owed.owner_team_id == task.owner_team_id
    evidence = owed.due_reason.get("evidence") == task.due_reason.get("evidence")
    asks = evidence and owed.satisfied_by == task.satisfied_by
    return same and asks and task.kind not in _OF_EACH_STAY


def _gives_one(owed: Task, task: Task) -> bool:
    """An appointment that was cancelled before it was given leaves what the gate asks for anyway."""
    both = owed.kind == task.kind == _GIVE and task.origin is TaskOrigin.STEP
    return both and set(owed.satisfied_by) <= set(task.satisfied_by)


def _rank(task: Task) -> int:
    return _STRENGTHS.index(task.strength)
