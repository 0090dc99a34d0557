"""What a person tells in so many words, and which facts are only ever the product's own."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bindeledd.features import cases
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.staying import FOLLOWING
from bindeledd.features.cases.domain.telling import (
    FIXED,
    TELLABLE,
    BadFact,
    NotTellable,
    check,
)

HERE = Path(cases.__file__).parent
# What people answer, and what an answer over a door of its own may say beside them.
ANSWERS = {
    "bereaved",
    "channel",
    "contact_consent",
    "cover",
    "interpreter",
    "not_known",
    "person_answered",
    "plan_declined",
    "plan_later",
    "receiver_organisation",
    "relatives_later",
}


def facts_read() -> Iterator[str]:
    """The name of each plain fact that the rules and services of cases ask an event for by name."""
    for path in sorted(HERE.rglob("*.py")):
        parts = (cases.__name__, *path.relative_to(HERE).with_suffix("").parts)
        module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = asked_for(node)
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value
            elif isinstance(name, ast.Name) and isinstance(vars(module).get(name.id), str):
                yield vars(module)[name.id]


def asked_for(node: ast.AST) -> ast.expr | None:
    """What stands in `facts.get(…)`, in `facts[…]` or before `in facts`."""
    match node:
        case ast.Call(func=ast.Attribute(value=of, attr="get"), args=[name, *_]):
            pass
        case ast.Subscript(value=of, slice=name):
            pass
        case ast.Compare(left=name, ops=[ast.In() | ast.NotIn()], comparators=[of]):
            pass
        case _:
            return None
    return name if ast.unparse(of).endswith("facts") else None


READ = sorted({*facts_read(), FOLLOWING} - ANSWERS)


@pytest.mark.parametrize("name", READ)
def test_a_fact_that_rules_rest_on_and_that_is_no_answer_is_never_told_by_a_person(
    name: str,
) -> None:
    with pytest.raises(BadFact):
        check(EventKind.RISK_ASSESSED, {name: "abc"})


def test_the_facts_that_rules_read_are_found_by_their_names_and_by_their_constants() -> None:
    assert {"to_team", "layers_of_stay", "events"} <= set(READ)


@pytest.mark.parametrize("kind", sorted(FIXED - TELLABLE))
def test_what_has_a_door_of_its_own_is_not_told_in_so_many_words(kind: EventKind) -> None:
    with pytest.raises(NotTellable):
        check(kind, {})
