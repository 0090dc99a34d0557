"""What a routine asks beside its forms: what is owed now first, the rest by who asks it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bindeledd.features.pathways.domain import Gate, Step
from bindeledd.features.pathways.domain.fields import CaseField


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The questions of one layer (`layer` is its key), or of the routine itself, where it is empty."""

    layer: str
    questions: tuple[CaseField, ...]


def owed_now(questions: Iterable[CaseField], owed: frozenset[str]) -> list[CaseField]:
    """Those that a rule of an open task looks at; `owed`: the keys of the steps and gates."""
    return [one for one in questions if not owed.isdisjoint(one.used_by)]


def by_layer(
    questions: Sequence[CaseField], find: Callable[[str], Step | Gate | None]
) -> tuple[Asked, ...]:
    """Each of these questions once, under the layer whose rule looks at it first, in their order."""
    sections: dict[str, list[CaseField]] = {}
    for one in questions:
        rules = (find(key) for key in one.used_by)
        layer = next((rule.layer for rule in rules if rule is not None), "")
        sections.setdefault(layer, []).append(one)
    return tuple(Asked(layer=key, questions=tuple(own)) for key, own in sections.items())
