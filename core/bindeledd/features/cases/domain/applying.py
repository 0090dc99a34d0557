"""A gate that asks on its page whether it applies: the answer that it does not ends it."""

from collections.abc import Mapping

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.pathways.domain import Gate, Step
from bindeledd.features.pathways.domain.facts import fact_words
from bindeledd.features.tasks.domain import Task

_WHEN = "when"


def asked_of(rule: Step | Gate) -> Mapping[str, Mapping[str, list[str]]]:
    """What a task of this rule remembers: for which answers it is owed, where answers do it."""
    if not isinstance(rule, Gate) or not rule.when or rule.need != EventKind.ANSWERED:
        return {}
    return {_WHEN: {name: sorted(values) for name, values in rule.when.items()}}


def does_not_apply(task: Task, history: tuple[Event, ...]) -> Event | None:
    """The answer, given since the gate was asked, by which it is not for this person; the latest
    answer to each question counts."""
    when = task.due_reason.get(_WHEN)
    begun = [event.recorded_at for event in history if event.id == task.anchor_event_id]
    if not when or not begun:
        return None
    for name, values in when.items():
        said = [one for one in history if _answers(one, name) and one.recorded_at >= begun[0]]
        last = max(said, key=lambda one: one.recorded_at, default=None)
        if last is not None and not fact_words(last.facts[name]) & set(values):
            return last
    return None


def _answers(event: Event, name: str) -> bool:
    answered = event.kind is EventKind.ANSWERED and not event.in_error
    return answered and event.facts.get(name) is not None
