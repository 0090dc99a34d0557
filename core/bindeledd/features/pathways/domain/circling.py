"""Gates that wait for each other: none of them could ever be passed."""

from collections.abc import Iterable, Iterator, Sequence

from bindeledd.features.pathways.domain.clashing import beside
from bindeledd.features.pathways.domain.layer_values import Layer, in_order
from bindeledd.features.pathways.domain.layers import resolved
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.domain.values import Gate, Pathway
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
