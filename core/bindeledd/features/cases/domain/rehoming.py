"""A pack goes, and what it made owed stays: open, owned and dated as it was, in the pack's words.

The task rests on the core from then on: on a ladder of the core, and done by what did it before.
Only where nobody can record that any more, a person says that it is done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bindeledd.features.cases.domain import Case, EventKind
from bindeledd.features.cases.domain.joining import of_layer
from bindeledd.features.cases.domain.postponing import at_most
from bindeledd.features.pathways.domain import Book
from bindeledd.features.tasks.domain import Task, TaskOrigin

_PLANNED = (TaskOrigin.STEP, TaskOrigin.GATE)
_STANDARD = "standard"


@dataclass(frozen=True, kw_only=True)
class Away:
    """What goes with a pack: keys of steps as tasks carry them, kinds of tasks, ladders, layers (by
    id) and facts; `titles` what steps and kinds were called. `book` is what stays, `before` what there was."""

    pack: str
    book: Book
    steps: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    ladders: frozenset[str] = frozenset()
    layers: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    before: Book | None = None


def going(pack: str, before: Book, after: Book) -> Away:
    """What stands in one book and not in the other."""
    here, there = ({layer.id for layer in book.layers} for book in (before, after))
    asked, still = ({own.key for own in book.fields} for book in (before, after))
    return Away(
        pack=pack,
        book=after,
        steps=before.owed_keys - after.owed_keys,
        kinds=frozenset(before.task_titles.keys() - after.task_titles.keys()),
        ladders=frozenset(before.ladders.keys() - after.ladders.keys()),
        layers=frozenset(here - there),
        facts=frozenset(asked - still),
        titles={**before.task_titles, **before.step_titles},
        before=before,
    )


@dataclass(frozen=True, kw_only=True)
class Rehomed:
    """One case: the layers that it (and its stays elsewhere: `stays`) no longer follows, and each
    task as it was and as it becomes."""

    case: Case
    tasks: tuple[tuple[Task, Task], ...] = ()
    layers: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()

    @property
    def after(self) -> Case:
        return replace(
            self.case, layers=tuple(key for key in self.case.layers if key not in self.layers)
        )


def rehomed(
    case: Case, tasks: tuple[Task, ...], stays: Iterable[str], away: Away, at: datetime
) -> Rehomed | None:
    """What becomes of an open case; None where nothing of it rests on the pack.

    `stays` are the layers that its stays elsewhere follow.
    """
    moved = tuple((task, home(task, away, at)) for task in tasks if task.is_open)
    moved = tuple((task, new) for task, new in moved if task != new)
    layers = tuple(key for key in case.layers if of_layer(key) in away.layers)
    gone = tuple(key for key in stays if of_layer(key) in away.layers)
    if not (moved or layers or gone):
        return None
    return Rehomed(case=case, tasks=moved, layers=layers, stays=gone)


def home(task: Task, away: Away, at: datetime) -> Task:
    """The task without the pack; the same one where it does not rest on it.

    Its key stays, so that nothing is owed twice should the pack come back, and so does how far a
    member may put it later: another kind or ladder lets nobody put it further.
    """
    new = _rested(task, away, at)
    if away.before is None or (new.kind, new.ladder) == (task.kind, task.ladder):
        return new
    limit = str(at_most(task, away.before))
    return replace(new, due_reason={**new.due_reason, "later_at_most": limit})


def _rested(task: Task, away: Away, at: datetime) -> Task:
    ladder = _ladder(task, away) if task.ladder in away.ladders else task.ladder
    kept = _without_what_is_lost(replace(task, ladder=ladder), away, at)
    planned = task.origin in _PLANNED and task.step_key in away.steps
    if not planned and task.kind not in away.kinds:
        return kept
    return replace(
        kept,
        kind="free" if task.kind in away.kinds else task.kind,
        origin=TaskOrigin.PERSON,
        due_reason={**kept.due_reason, "rehomed": away.pack},
    )


def _without_what_is_lost(task: Task, away: Away, at: datetime) -> Task:
    """Evidence that nobody can give any more is not waited for, on a rule of the core as well.

    What was told before did not do it then, so it does not end it now. An answer whose question is
    gone is told by a person: any other answer would end it else.
    """
    evidence: dict[str, Any] = dict(task.due_reason.get("evidence", {}))
    if not evidence.keys() & away.facts:
        return task
    left = {name: values for name, values in evidence.items() if name not in away.facts}
    asked = task.satisfied_by if left else [k for k in task.satisfied_by if k != EventKind.ANSWERED]
    reason = {**task.due_reason, "evidence": left, "evidence_ended": at.isoformat()}
    return replace(task, satisfied_by=tuple(asked), due_reason=reason)


def _ladder(task: Task, away: Away) -> str:
    rule = away.book.core.get(task.kind)
    return rule.ladder if rule is not None and rule.ladder in away.book.ladders else _STANDARD


def words_of(task: Task, away: Away, language: str) -> str:
    """What the pack called it: the step's own words, else those of its kind; empty for neither."""
    said = away.titles.get(task.step_key) or away.titles.get(task.kind) or {}
    return said.get(language) or said.get("nb", "")
