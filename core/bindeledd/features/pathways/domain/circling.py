"""Gates that wait for each other could never be passed; steps that make each other owed never end."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from bindeledd.features.pathways.domain.clashing import beside
from bindeledd.features.pathways.domain.layer_values import Layer, in_order
from bindeledd.features.pathways.domain.layers import resolved
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.domain.values import Gate, Pathway, Step, said_by
from bindeledd.features.pathways.domain.versions import newest
from bindeledd.features.pathways.domain.words import ANSWERED
from bindeledd.foundation.texts import Fault


def circles(pathways: Iterable[Pathway], layers: Sequence[Layer]) -> Iterator[Finding]:
    """Each gate that stands in a circle, by who says it: a routine, or the layer that closed it."""
    bases = newest(pathways, lambda path: path.id)
    for base in bases.values():
        yield from _among(base.gates, base.gates)
    ordered = in_order(newest(layers, lambda layer: layer.id).values())
    for layer in ordered:
        if layer.gates and layer.extends in bases:
            whole = resolved(bases[layer.extends], [*beside(layer, ordered), layer])
            own = {gate.key for gate in layer.gates}
            yield from _among([gate for gate in whole.gates if gate.key in own], whole.gates)


def _among(own: Iterable[Gate], every: Sequence[Gate]) -> Iterator[Finding]:
    before: dict[str, list[str]] = {}
    for gate in every:
        if not _by_answer(gate):
            before.setdefault(gate.at, []).append(gate.need)
    for gate in own:
        way = () if _by_answer(gate) else _way(gate.need, gate.at, before)
        if way:
            yield Finding(
                origin=gate.stands.get("need", gate.origin),
                key=f"{gate.key}.need",
                fault=Fault("pathways.circle", {"way": " → ".join((gate.at, *way))}),
            )


def _by_answer(gate: Gate) -> bool:
    """What was answered stands in the facts: one answer may wait for another."""
    return ANSWERED in (gate.at, gate.need)


def _way(start: str, end: str, before: dict[str, list[str]]) -> tuple[str, ...]:
    """From one event to what has to be there before it, and so on, to `end`; empty if never."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in ways:
        if way[-1] == end:
            return way
        for need in before.get(way[-1], ()):
            if need not in seen:
                seen.add(need)
                ways.append((*way, need))
    return ()


# --- steps ----------------------------------------------------------------------------------------


def step_circles(pathways: Iterable[Pathway], layers: Sequence[Layer]) -> Iterator[Finding]:
    """Each step of a circle in which whatever ends one makes another owed, for ever.

    A step that is owed again by what ended it is no circle: a meeting that is held, and the next. By
    an answer it is one, where each answer that ends it begins it.
    """
    bases = newest(pathways, lambda path: path.id)
    for base in bases.values():
        yield from _endless(base.steps, {step.key for step in base.steps})
    ordered = in_order(newest(layers, lambda layer: layer.id).values())
    for layer in ordered:
        own = {one.key for one in layer.steps} | {one.key for one in layer.tightenings}
        if own and layer.extends in bases:
            whole = resolved(bases[layer.extends], [*beside(layer, ordered), layer])
            yield from _endless(whole.steps, own)


def _endless(every: Sequence[Step], own: Collection[str]) -> Iterator[Finding]:
    circling = [step for step in every if step.satisfied_by]
    while left := [step for step in circling if not _always_on(step, circling)]:
        circling = [step for step in circling if step not in left]
    for step in circling:
        if step.key in own:
            way = " → ".join(_round(step, circling))
            yield Finding(
                origin=step.stands.get("satisfied_by", said_by(step, "satisfied_by")),
                key=f"{step.key}.satisfied_by",
                fault=Fault("pathways.step_circle", {"way": way}),
            )


def _always_on(step: Step, among: Sequence[Step]) -> bool:
    """Whether one of these is owed next, whatever ends the step."""
    return all(any(_makes(step, end, other) for other in among) for end in step.satisfied_by)


def _makes(step: Step, end: str, other: Step) -> bool:
    """Whether `end` of a step makes the other owed each time; the same step once more only by an
    answer: that it can be given again is no way out."""
    again = (other.after, other.given) == (step.after, step.given)
    if other.after != end or other.when or (again and end != ANSWERED):
        return False
    told = step.evidence
    return all(told.get(fact) and told[fact] <= values for fact, values in other.given.items())


def _round(step: Step, among: Sequence[Step]) -> list[str]:
    """The circle, from a step back to one that was there already."""
    way = [step]
    while way[-1] not in way[:-1]:
        last = way[-1]
        way.append(next(one for one in among if _makes(last, last.satisfied_by[0], one)))
    return [one.key for one in way]
