"""Each step and gate that a pack brings, gone through by itself: what makes it owed is told, and then
what does it. Follows the pack's files, so that a test that asks for it survives another name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bindeledd.features.pathways.domain import Book, Gate, Pathway, Step
from bindeledd.features.pathways.domain.facts import Condition
from bindeledd.features.pathways.domain.ladders import REPEAT, named_day, start_round
from bindeledd.features.pathways.domain.layer_values import Layer, an_end
from bindeledd.features.tasks.domain import Task
from bindeledd.plugin.carrying import never_carried
from bindeledd.plugin.contract import FRIDAY, places_of
from bindeledd.plugin.course import Course
from bindeledd.plugin.loading import Gathered

_BEGINNING, _ENDING = "index_event", "closed"


@dataclass(frozen=True, kw_only=True)
class Walked:
    """The rule of that key in one place (unit, organisation) for which it is.

    `owed`: its event made a task of it, with a due time. `heard`: a rung of its ladder has a moment
    for that task, at which somebody is told. `ends`: what it asks for ended that task; true where only a person ticks it off.
    """

    key: str
    place: tuple[str | None, str | None]
    owed: bool
    heard: bool
    ends: bool


def walk(gathered: Gathered) -> list[Walked]:
    """Every rule that the pack adds, in every place for which it adds it."""
    own = gathered.plugins[0].distribution
    return [
        _walked(gathered.book, layer, place, rule)
        for layer in gathered.book.layers
        if layer.origin.distribution == own
        for place in places_of(layer)
        for rule in _newest(gathered.book, layer, place)
    ]


def _newest(
    book: Book, layer: Layer, place: tuple[str | None, str | None]
) -> Iterator[Step | Gate]:
    """The layer's rules as they stand in that place: none of a version that has gone by."""
    routine = _routine(book, layer, place)
    found = (routine.find(one.key) for one in layer.added)
    yield from (one for one in found if one is not None and one.layer == layer.key)


def _routine(book: Book, layer: Layer, place: tuple[str | None, str | None]) -> Pathway:
    unit, organisation = place
    ends = [an_end(unit, unit, organisation, {})]
    base = book.newest(layer.extends)
    return book.resolve(*base.key, unit, unit, organisation, ends=ends, to=layer.to)


def _walked(
    book: Book, layer: Layer, place: tuple[str | None, str | None], rule: Step | Gate
) -> Walked:
    course = Course(book=book, routine=_routine(book, layer, place), now=FRIDAY)
    task = _made(course, rule)
    return Walked(
        key=rule.key,
        place=place,
        owed=task is not None,
        heard=task is not None and _heard(course, task),
        ends=task is not None and _ends(course, rule, task),
    )


def _made(course: Course, rule: Step | Gate) -> Task | None:
    """The task that the rule's own event makes, with the answers that it asks for."""
    facts = _first({**rule.when, **rule.given})
    begun = facts if rule.anchor == _BEGINNING else {}
    course.write(_BEGINNING, **{"index_kind": "suicide_attempt", **begun})
    if rule.anchor != _BEGINNING:
        course.later(hours=1).write(rule.anchor, **facts)
    return course.owed.get(rule.key)


def _heard(course: Course, task: Task) -> bool:
    """Whether a rung of the task's ladder, not only its repeat, has a moment in the first round."""
    ladder = course.book.ladders.get(task.ladder)
    if ladder is None or not ladder.rungs:
        return False
    plan = start_round(
        ladder,
        due_at=task.due_at,
        calendar=course.calendar,
        at=task.made_at,
        round=1,
        covered=True,
        not_before=named_day(task.due_reason, task.due_at),
        made=True,
    )
    return any(audience != REPEAT for _, audience in plan.entries)


def _ends(course: Course, rule: Step | Gate, task: Task) -> bool:
    """Whether what the rule asks for, told in its window, ends this very task."""
    if not rule.satisfying:
        return True
    course.now = max(course.now, task.window_from or course.now)
    for kind in rule.satisfying:
        said = _first(_asked_with(course.book, kind, rule.evidence))
        course.write(kind, **said)
        if not course.tasks[task.id].is_open:
            return kind != _ENDING  # what is left then is taken away, and not done
    return False


def _asked_with(book: Book, kind: str, evidence: Condition) -> Condition:
    """What of the evidence an event of this kind can carry."""
    others = never_carried(evidence, kind, book.fields)
    return {name: values for name, values in evidence.items() if name not in others}


def _first(asked: Condition) -> dict[str, str]:
    """An answer that fits, to each fact that is asked for."""
    return {name: min(values) for name, values in asked.items()}
