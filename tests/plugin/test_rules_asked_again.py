"""What any pack asks again because of an answer: whoever answers meanwhile is not asked once more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bindeledd.features.pathways.domain import Gate, Step, begins
from bindeledd.features.pathways.domain.layer_values import Layer, an_end
from bindeledd.plugin.contract import FRIDAY, places_of
from bindeledd.plugin.course import Course
from bindeledd.plugin.loading import gather, installed

BOOK = gather(sorted({point.name for point in installed()})).book
ASKED_AGAIN = [
    (layer, rule)
    for layer in BOOK.layers
    for rule in (*layer.steps, *layer.gates)
    if rule.given.keys() & rule.evidence.keys()
]


def again(layer: Layer, rule: Step | Gate) -> tuple[Course, dict[str, str]]:
    """Somebody for whom the rule is owed because of an answer, and answers that do what it asks."""
    unit, organisation = next(iter(places_of(layer)))
    base = BOOK.newest(layer.extends)
    ends = [an_end(unit, unit, organisation, {})]
    routine = BOOK.resolve(*base.key, unit, unit, organisation, ends=ends, to=layer.to)
    course = Course(book=BOOK, routine=routine, now=FRIDAY).begun()
    told = {name: min(values) for name, values in {**rule.evidence, **rule.given}.items()}
    course.tell("answered", words="Grunnen.", **told)
    return course, told


def finals(rule: Step | Gate) -> Iterator[tuple[str, str]]:
    """The answers that do not owe the same once more, each to its question."""
    for name in sorted(rule.given.keys() & rule.evidence.keys()):
        yield from ((name, value) for value in sorted(rule.evidence[name] - rule.given[name]))


def named(one: object) -> str:
    return getattr(one, "key", "")


@pytest.mark.parametrize(("layer", "rule"), ASKED_AGAIN, ids=named)
def test_a_final_answer_the_next_day_ends_the_question(layer: Layer, rule: Step | Gate) -> None:
    for name, value in finals(rule):
        course, told = again(layer, rule)
        assert rule.key in course.owed
        course.later(days=1).tell("answered", words="Grunnen.", **{**told, name: value})
        assert rule.key not in course.owed, (name, value)


@pytest.mark.parametrize(("layer", "rule"), ASKED_AGAIN, ids=named)
def test_silence_leaves_the_question_owed(layer: Layer, rule: Step | Gate) -> None:
    course, _ = again(layer, rule)
    course.later(days=100).tell("reached")
    assert rule.key in course.owed


def test_what_is_asked_again_is_known_here() -> None:
    assert {rule.key for _, rule in ASKED_AGAIN} >= {"tsb.overdose-talk-again"}
    assert all(begins(rule, {k: min(v) for k, v in rule.given.items()}) for _, rule in ASKED_AGAIN)
