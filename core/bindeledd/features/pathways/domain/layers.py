"""Local routines on top of the national one: a layer adds and tightens, it never loosens.

What the step above marked `adjustable` may be loosened with a written reason. Each field that a
layer changes keeps who said it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Two things that cannot both stand: the layer's word, whose word it clashes with, and why."""

    tightening: Tightening | None
    key: str
    field: str
    said_by: str
    against: str
    wrong: str
    right: str
    line: int = 0


def clashes(pathways: Iterable[Pathway], layers: Sequence[Layer]) -> list[Clash]:
    """Whatever in these layers cannot stand: an unknown base, a loosening, one key said twice."""
    by_id: dict[str, list[Pathway]] = {}
    for pathway in pathways:
        by_id.setdefault(pathway.id, []).append(pathway)
    found: list[Clash] = []
    for layer in layers:
        for base in by_id.get(layer.extends, []):
            found += _of_layer(base, layer)
        if layer.extends not in by_id:
            found.append(_nothing_to_extend(layer, sorted(by_id)))
    return found + _added_twice(layers) + _one_against_another(by_id, layers)


def resolved(base: Pathway, layers: Iterable[Layer]) -> Pathway:
    """The pathway with these layers, the national one first, the unit's last.

    Never refuses (a start has refused already): where two layers of the same unit still differ,
    the stricter word stands.
    """
    for layer in sorted(layers, key=lambda layer: (LEVELS.index(layer.level), layer.id)):
        base = _with(base, layer)
    return base


def _with(base: Pathway, layer: Layer) -> Pathway:
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
        if name != "basis" and _allowed(owed, name, value, word) is None
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


def _allowed(owed: Step | Gate, name: str, value: object, word: Tightening) -> str | None:
    """None, or why this word does not tighten."""
    wrong = _LOOSER[name](getattr(owed, name), value) if name in _LOOSER else None
    if wrong is None or (name in owed.adjustable and word.reason):
        return None
    if name in owed.adjustable:
        return f"{wrong}; it is adjustable, but no reason is written"
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
    if new.within.length > old.within.length or (new.end_of_day and not old.end_of_day):
        return f"{new.within} is later than {old.within}"
    if old.opens is not None and (new.opens is None or new.opens.length < old.opens.length):
        return f"the window opens before {old.opens}"
    return None


def _weaker(old: Strength, new: Strength) -> str | None:
    weaker = _STRONGER.index(new) < _STRONGER.index(old)
    return f"{new} is weaker than {old}" if weaker else None


def _more_ways(old: tuple[str, ...], new: tuple[str, ...]) -> str | None:
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


# --- what cannot stand together -----------------------------------------------------------------


def _of_layer(base: Pathway, layer: Layer) -> list[Clash]:
    found = []
    for added in layer.added:
        there = base.find(added.key)
        if there is not None:
            found.append(
                Clash(
                    tightening=None,
                    key=added.key,
                    field="key",
                    said_by=str(added.origin),
                    against=str(there.origin),
                    wrong="is added, but stands there already",
                    right="give it a key of its own, or leave out its task to tighten what is there",
                    line=added.origin.line,
                )
            )
    for word in layer.tightenings:
        found += _of_word(base, word)
    return found


def _of_word(base: Pathway, word: Tightening) -> list[Clash]:
    owed = base.find(word.key)
    if owed is None or isinstance(owed, Gate) != word.gate:
        kind = "gate" if word.gate else "step"
        return [
            Clash(
                tightening=word,
                key=word.key,
                field="key",
                said_by=str(word.origin),
                against=str(base.origin),
                wrong=f"{base.id} {base.version} has no {kind} of this key to tighten",
                right="use a key that is there, or write the whole of it, with its task",
            )
        ]
    return [
        _loosening(word, name, wrong, str(owed.said.get(name, owed.origin)))
        for name, value in word.fields.items()
        if (wrong := _allowed(owed, name, value, word)) is not None
    ]


def _loosening(word: Tightening, name: str, wrong: str, against: str) -> Clash:
    return Clash(
        tightening=word,
        key=word.key,
        field=name,
        said_by=str(word.origin),
        against=against,
        wrong=f"{wrong}: a layer may tighten, not loosen",
        right="say something stricter, or ask for the field to be marked adjustable above",
    )


def _nothing_to_extend(layer: Layer, there: list[str]) -> Clash:
    return Clash(
        tightening=None,
        key="extends",
        field="extends",
        said_by=str(layer.origin),
        against="",
        wrong=f"{layer.extends} is not installed",
        right=f"one of: {', '.join(there)}" if there else "install the pathway that it extends",
        line=layer.origin.line,
    )


def _added_twice(layers: Sequence[Layer]) -> list[Clash]:
    first: dict[tuple[str, str], Step | Gate] = {}
    found = []
    for layer in layers:
        for added in layer.added:
            there = first.setdefault((layer.extends, added.key), added)
            if there is not added:
                found.append(
                    Clash(
                        tightening=None,
                        key=added.key,
                        field="key",
                        said_by=str(added.origin),
                        against=str(there.origin),
                        wrong="two layers add a step or gate of one key",
                        right="put the name of your pack before the key",
                        line=added.origin.line,
                    )
                )
    return found


def _one_against_another(
    pathways: Mapping[str, Sequence[Pathway]], layers: Sequence[Layer]
) -> list[Clash]:
    """A layer below that loosens what a layer above said, where both are for the same units."""
    ordered = sorted(layers, key=lambda layer: (LEVELS.index(layer.level), layer.id))
    found = []
    for number, above in enumerate(ordered):
        for below in ordered[number + 1 :]:
            if above.extends != below.extends or not _share_units(above, below):
                continue
            for base in pathways.get(above.extends, ()):
                both = _with(base, above)
                alone = _of_tightenings(base, below)
                found += [clash for clash in _of_tightenings(both, below) if clash not in alone]
    return found


def _of_tightenings(base: Pathway, layer: Layer) -> list[Clash]:
    return [
        clash
        for word in layer.tightenings
        if base.find(word.key) is not None
        for clash in _of_word(base, word)
    ]


def _share_units(one: Layer, other: Layer) -> bool:
    return not one.units or not other.units or bool(one.units & other.units)
