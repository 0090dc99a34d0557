"""Local routines on top of the national one: a layer adds and tightens, it never loosens.

What the step above marked `adjustable` may be loosened with a written reason. Each field that a
layer changes keeps who said it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from bindeledd.features.pathways.domain.facts import Condition
from bindeledd.features.pathways.domain.layer_values import LEVELS, Layer, Tightening
from bindeledd.features.pathways.domain.values import (
    BasisKind,
    Due,
    Gate,
    Pathway,
    Step,
    Strength,
)
from bindeledd.foundation.calendars import Count

_Owed = TypeVar("_Owed", Step, Gate)

_STRONGER = (Strength.MAY, Strength.SHOULD, Strength.MUST)
_NEVER_LATER = (Count.HOURS, Count.CALENDAR_DAYS)

# What a layer may say of a step or gate that is there already.
TIGHTENED = frozenset({"due", "strength", "satisfied_by", "evidence", "when", "owner", "ladder"})


def resolved(base: Pathway, layers: Iterable[Layer]) -> Pathway:
    """The pathway with these layers, the national one first, the unit's last.

    Never refuses (a start has refused already): where two layers of the same unit still differ,
    the stricter word stands.
    """
    for layer in sorted(layers, key=lambda layer: (LEVELS.index(layer.level), layer.id)):
        base = with_layer(base, layer)
    return base


def with_layer(base: Pathway, layer: Layer) -> Pathway:
    """The pathway with what this layer adds and tightens."""
    steps = {step.key: step for step in base.steps}
    gates = {gate.key: gate for gate in base.gates}
    for word in layer.tightenings:
        if word.gate and word.key in gates:
            gates[word.key] = _tightened(gates[word.key], word)
        elif word.key in steps:
            steps[word.key] = _tightened(steps[word.key], word)
    return replace(
        base,
        steps=(*steps.values(), *layer.steps),
        gates=(*gates.values(), *layer.gates),
    )


def _tightened(owed: _Owed, word: Tightening) -> _Owed:
    kept = {
        name: value
        for name, value in word.fields.items()
        if name != "basis" and why_not(owed, name, value, word) is None
    }
    changes: Mapping[str, Any] = {**kept, **_bases(owed, kept, word)}
    return replace(owed, **changes, said={**owed.said, **dict.fromkeys(changes, word.origin)})


def _bases(owed: Step | Gate, kept: Mapping[str, object], word: Tightening) -> dict[str, object]:
    """A layer's basis stands for what it said, lest its word be taken for an authority's.

    A deadline of the layer has the layer's basis, and so has the rule if anything else in it was
    tightened; a law stays a law.
    """
    basis = word.fields.get("basis")
    if basis is None:
        return {}
    found: dict[str, object] = {"due_basis": basis} if "due" in kept else {}
    more = any(value != getattr(owed, name) for name, value in kept.items() if name != "due")
    if more and owed.basis.kind is not BasisKind.LAW:
        found["basis"] = basis
        found.setdefault("due_basis", owed.deadline_basis)
    return found


# --- what may be said ---------------------------------------------------------------------------


def why_not(owed: Step | Gate, name: str, value: object, word: Tightening) -> str | None:
    """None, or why this word does not tighten."""
    wrong = _LOOSER[name](getattr(owed, name), value) if name in _LOOSER else None
    if wrong is None or (name in owed.adjustable and word.reason):
        return None
    if name in owed.adjustable:
        return f"{wrong}; det kan justeres (adjustable), men ingen grunn er skrevet"
    return wrong


def _later(old: Due, new: Due) -> str | None:
    if old.of != new.of or old.backwards != new.backwards:
        return "it is counted from another moment"
    if old.backwards and new.within.length < old.within.length:
        return f"{new.within} before is later than {old.within} before"
    if old.backwards:
        return None
    comparable = new.count is old.count or new.count in _NEVER_LATER
    if not comparable:
        return f"{new.count} cannot be compared with {old.count}"
    if _longest(new) > _longest(old):
        return f"{new.within} is later than {old.within}"
    if old.opens is not None and (new.opens is None or new.opens.length < old.opens.length):
        return f"the window opens before {old.opens}"
    return None


def _longest(due: Due) -> timedelta:
    return due.within.length + timedelta(days=due.end_of_day)


def _weaker(old: Strength, new: Strength) -> str | None:
    weaker = _STRONGER.index(new) < _STRONGER.index(old)
    return f"{new} is weaker than {old}" if weaker else None


def _more_ways(old: tuple[str, ...], new: tuple[str, ...]) -> str | None:
    if not old or not new:  # without any, a person ticks it off: nothing is weaker than that
        return "a person could tick it off" if old else None
    more = set(new) - set(old)
    return f"{', '.join(sorted(more))} did not satisfy it before" if more else None


def _less_evidence(old: Condition, new: Condition) -> str | None:
    less = [name for name, values in old.items() if name not in new or not new[name] <= values]
    return f"less is asked of {', '.join(less)}" if less else None


def _fewer_cases(old: Condition, new: Condition) -> str | None:
    fewer = [name for name, values in new.items() if name not in old or not old[name] <= values]
    return f"it would apply to fewer by {', '.join(fewer)}" if fewer else None


def _another(old: str, new: str) -> str | None:
    return None if old == new else f"{new} instead of {old}"


_LOOSER: Mapping[str, Callable[[Any, Any], str | None]] = {
    "due": _later,
    "strength": _weaker,
    "satisfied_by": _more_ways,
    "evidence": _less_evidence,
    "when": _fewer_cases,
    "owner": _another,
    "ladder": _another,
}
