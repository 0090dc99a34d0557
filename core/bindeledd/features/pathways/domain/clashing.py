"""What cannot stand together is found at start: a loosening, one key said twice, a lost base."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bindeledd.features.pathways.domain.layer_values import LEVELS, Layer, Tightening
from bindeledd.features.pathways.domain.layers import why_not, with_layer
from bindeledd.features.pathways.domain.values import Gate, Pathway, Step


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
                    wrong="er lagt til, men står der allerede",
                    right="gi det en egen nøkkel, eller la være å nevne oppgaven for å stramme inn det som står der",
                    line=added.origin.line,
                )
            )
    for word in layer.tightenings:
        found += _of_word(base, word)
    return found


def _of_word(base: Pathway, word: Tightening) -> list[Clash]:
    owed = base.find(word.key)
    if owed is None or isinstance(owed, Gate) != word.gate:
        kind = "sjekkpunkt" if word.gate else "steg"
        return [
            Clash(
                tightening=word,
                key=word.key,
                field="key",
                said_by=str(word.origin),
                against=str(base.origin),
                wrong=f"{base.id} {base.version} har ikke noe {kind} med denne nøkkelen å stramme inn",
                right="bruk en nøkkel som finnes, eller skriv hele, med oppgave",
            )
        ]
    return [
        _loosening(word, name, wrong, str(owed.said.get(name, owed.origin)))
        for name, value in word.fields.items()
        if (wrong := why_not(owed, name, value, word)) is not None
    ]


def _loosening(word: Tightening, name: str, wrong: str, against: str) -> Clash:
    return Clash(
        tightening=word,
        key=word.key,
        field=name,
        said_by=str(word.origin),
        against=against,
        wrong=f"{wrong}: et lag kan stramme inn, ikke løsne",
        right="skriv noe strengere, eller be om at feltet merkes adjustable i laget over",
    )


def _nothing_to_extend(layer: Layer, there: list[str]) -> Clash:
    return Clash(
        tightening=None,
        key="extends",
        field="extends",
        said_by=str(layer.origin),
        against="",
        wrong=f"{layer.extends} er ikke installert",
        right=f"en av: {', '.join(there)}" if there else "installer rutinen som laget legges på",
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
                        wrong="to lag legger til et steg eller sjekkpunkt med samme nøkkel",
                        right="sett navnet på tillegget foran nøkkelen",
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
                both = with_layer(base, above)
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
