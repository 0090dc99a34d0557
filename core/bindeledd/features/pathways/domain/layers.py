"""Local routines on top of the national one: a layer adds and tightens, it never loosens.

What the step above marked `adjustable` may be loosened with a written reason. Each field that a
layer changes keeps who said it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bindeledd.features.pathways.domain.facts import Condition
from bindeledd.features.pathways.domain.layer_values import Layer, Tightening, in_order
from bindeledd.features.pathways.domain.sooner import why_later
from bindeledd.features.pathways.domain.values import (
    BasisKind,
    Change,
    Gate,
    Pathway,
    Step,
    Strength,
    said_by,
)
from bindeledd.foundation.texts import Said, said

_Owed = TypeVar("_Owed", Step, Gate)

_STRONGER = (Strength.MAY, Strength.SHOULD, Strength.MUST)

# What a layer may say of a step or gate that is there already; `hard` of gates only.
TIGHTENED = frozenset(
    {"due", "strength", "satisfied_by", "evidence", "when", "owner", "ladder", "hard"}
)


def resolved(base: Pathway, layers: Iterable[Layer]) -> Pathway:
    """The pathway with these layers, the national one first, the unit's last.

    Never refuses (a start has refused already): where two layers of the same unit still differ,
    the stricter word stands.
    """
    for layer in in_order(layers):
        base = with_layer(base, layer)
    return base


def with_layer(base: Pathway, layer: Layer) -> Pathway:
    """The pathway with what this layer adds and tightens."""
    steps = {step.key: step for step in base.steps}
    gates = {gate.key: gate for gate in base.gates}
    for word in layer.tightenings:
        if word.gate and word.key in gates:
            gates[word.key] = _tightened(gates[word.key], word, layer)
        elif not word.gate and word.key in steps:
            steps[word.key] = _tightened(steps[word.key], word, layer)
    return replace(
        base,
        steps=(*steps.values(), *(_added(step, layer) for step in layer.steps)),
        gates=(*gates.values(), *(_added(gate, layer) for gate in layer.gates)),
    )


def _added(owed: _Owed, layer: Layer) -> _Owed:
    return replace(owed, level=layer.level, layer=layer.key, agreed=bool(layer.to))


def _tightened(owed: _Owed, word: Tightening, layer: Layer) -> _Owed:
    kept = {
        name: value
        for name, value in word.fields.items()
        if name != "basis" and why_not(owed, name, value, word) is None
    }
    fields: Mapping[str, Any] = {**kept, **_bases(owed, kept, word)}
    origins = {name: word.stands.get(_written_as(name), word.origin) for name in fields}
    changes: tuple[Change, ...] = tuple(
        Change(
            field=name,
            before=getattr(owed, name),
            before_said_by=said_by(owed, name),
            adjustable_before=name in owed.adjustable,
            after=value,
            layer=layer.id,
            version=layer.version,
            level=layer.level,
            origin=origins[name],
            reason=word.reason,
        )
        for name, value in fields.items()
    )
    return replace(
        owed,
        **fields,
        rows=tuple(dict.fromkeys((*owed.rows, *word.rows))),
        adjustable=(owed.adjustable - kept.keys()) | (word.adjustable & kept.keys()),
        said={**owed.said, **origins},
        changes=(*owed.changes, *changes),
    )


def _written_as(name: str) -> str:
    return "basis" if name == "due_basis" else name


def _bases(owed: Step | Gate, kept: Mapping[str, object], word: Tightening) -> dict[str, object]:
    """A layer's basis stands for what it said, lest its word be taken for an authority's.

    A deadline of the layer has the layer's basis, and so has the rule if anything else in it was
    tightened; a law stays a law. A basis alone confirms what was only a default.
    """
    basis = word.fields.get("basis")
    if basis is None:
        return {}
    if word.fields.keys() == {"basis"}:
        return _confirmed(owed, basis)
    found: dict[str, object] = {"due_basis": basis} if "due" in kept else {}
    more = any(value != getattr(owed, name) for name, value in kept.items() if name != "due")
    if more and owed.basis.kind is not BasisKind.LAW:
        found["basis"] = basis
        found.setdefault("due_basis", owed.deadline_basis)
    return found


def _confirmed(owed: Step | Gate, basis: object) -> dict[str, object]:
    """What stood as a default of nobody's is now what the layer says that it is."""
    found: dict[str, object] = {}
    if owed.basis.shown_as_default:
        found["basis"] = basis
    if owed.deadline_basis.shown_as_default:
        found["due_basis"] = basis
    return found


# --- what may be said ---------------------------------------------------------------------------


def why_not(owed: Step | Gate, name: str, value: object, word: Tightening) -> Said | None:
    """None, or why this word does not tighten.

    What is adjustable may be loosened with a reason: as far as what stood before it, or further
    where that was adjustable too. An agreement of two loosens nothing that others have said.
    """
    if name not in _LOOSER:
        return None
    if name == "strength" and value is not Strength.MUST and _stays_hard(owed, word):
        return said("pathways.loosening.exception")
    for stood, adjustable in _stood(owed, name):
        wrong = _LOOSER[name](stood, value)
        if wrong is None:
            return None
        if not adjustable:
            return wrong
        if word.agreed and not owed.agreed:
            return said("pathways.loosening.by_agreement", wrong=wrong)
        if not word.reason:
            return said("pathways.loosening.no_reason", wrong=wrong)
    return None


def _stays_hard(owed: Step | Gate, word: Tightening) -> bool:
    """A gate without exception is a must, as long as nobody may take that from it."""
    if not isinstance(owed, Gate) or not owed.hard:
        return False
    return word.fields.get("hard") is not False or why_not(owed, "hard", False, word) is not None


def _stood(owed: Step | Gate, name: str) -> Iterator[tuple[Any, bool]]:
    """What the field is and was before, the latest first, and whether each may be loosened."""
    yield getattr(owed, name), name in owed.adjustable
    for change in reversed(owed.changes):
        if change.field == name:
            yield change.before, change.adjustable_before


def _softer(old: bool, new: bool) -> Said | None:
    return said("pathways.loosening.exception") if old and not new else None


def _weaker(old: Strength, new: Strength) -> Said | None:
    weaker = _STRONGER.index(new) < _STRONGER.index(old)
    return said("pathways.loosening.weaker", new=new, old=old) if weaker else None


def _more_ways(old: tuple[str, ...], new: tuple[str, ...]) -> Said | None:
    """What a person ticks off is ticked off, and what an event does is done by that event."""
    if bool(old) != bool(new):
        return said("pathways.loosening.ticked" if old else "pathways.loosening.done_by_itself")
    more = set(new) - set(old)
    return said("pathways.loosening.more_ways", more=", ".join(sorted(more))) if more else None


def _less_evidence(old: Condition, new: Condition) -> Said | None:
    less = [name for name, values in old.items() if name not in new or not new[name] <= values]
    return said("pathways.loosening.less", less=", ".join(less)) if less else None


def _fewer_cases(old: Condition, new: Condition) -> Said | None:
    fewer = [name for name, values in new.items() if name not in old or not old[name] <= values]
    return said("pathways.loosening.fewer", fewer=", ".join(fewer)) if fewer else None


def _another(old: str, new: str) -> Said | None:
    return None if old == new else said("pathways.loosening.another", new=new, old=old)


_LOOSER: Mapping[str, Callable[[Any, Any], Said | None]] = {
    "due": why_later,
    "strength": _weaker,
    "satisfied_by": _more_ways,
    "evidence": _less_evidence,
    "when": _fewer_cases,
    "owner": _another,
    "ladder": _another,
    "hard": _softer,
}
