"""What cannot stand together is found at start: a loosening, one key said twice, a lost base."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bindeledd.features.pathways.domain.layer_values import LEVELS, Layer, Tightening, in_order
from bindeledd.features.pathways.domain.layers import resolved, why_not
from bindeledd.features.pathways.domain.sooner import why_later
from bindeledd.features.pathways.domain.values import Due, Gate, Origin, Pathway, Step, said_by
from bindeledd.features.pathways.domain.versions import newest
from bindeledd.foundation.texts import Fault, Said, said


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Two things that cannot both stand: the layer's word, whose word it clashes with, and why.

    `covered`: the word counts otherwise than what stands, and what stands is after every event at
    least as early: without the word nothing is later than it asked.
    """

    tightening: Tightening | None
    key: str
    field: str
    said_by: str
    against: str
    fault: Fault
    line: int = 0
    stands: Origin | None = None
    covered: bool = False

    @property
    def wrong(self) -> str:
        return self.fault.what

    @property
    def right(self) -> str:
        return self.fault.do


def clashes(pathways: Iterable[Pathway], layers: Sequence[Layer]) -> list[Clash]:
    """Whatever in these layers cannot stand: an unknown base, a loosening, one key said twice.

    Each layer's newest version is tried on the newest pathway with everything above it that may
    be for the same units; layers of its own level must agree with it.
    """
    bases = newest(pathways, lambda path: path.id)
    ordered = in_order(newest(layers, lambda layer: layer.id).values())
    found: list[Clash] = []
    for layer in ordered:
        base = bases.get(layer.extends)
        if base is None:
            found.append(_nothing_to_extend(layer, sorted(bases)))
            continue
        found += _added_there(base, layer)
        found += _of_words(resolved(base, beside(layer, ordered)), layer)
    return found + _added_twice(ordered)


def clashes_in(base: Pathway, layers: Sequence[Layer]) -> list[Clash]:
    """What clashes among layers that are for one unit, as it was set up.

    Only who says something of what a layer tightens is put on the pathway: what others say of the
    rest decides nothing here, and a whole installation has thousands of such sets.
    """
    return [
        clash
        for layer in in_order(layers)
        if layer.tightenings
        for clash in _of_words(resolved(base, _of_the_same(base, layer, layers)), layer)
    ]


def _of_the_same(base: Pathway, layer: Layer, layers: Sequence[Layer]) -> list[Layer]:
    """Those it has to agree with that say something of what it tightens; all of them where nobody
    has one of its keys, so that what was meant is found among everything that there is."""
    others = _others(layer, layers)
    keys = {word.key for word in layer.tightenings}
    touching = [other for other in others if not keys.isdisjoint(other.keys)]
    known = {one.key for other in touching for one in other.added}
    return touching if all(key in known or base.find(key) for key in keys) else others


def beside(layer: Layer, ordered: Sequence[Layer]) -> list[Layer]:
    """The layers whose word this one has to keep, as far as their own words tell."""
    return [other for other in _others(layer, ordered) if layer.may_meet(other)]


def _others(layer: Layer, layers: Iterable[Layer]) -> list[Layer]:
    """Those of the same pathway that stand above it, or beside it on its own level."""
    mine = LEVELS.index(layer.level)
    return [
        other
        for other in layers
        if other is not layer
        and other.extends == layer.extends
        and LEVELS.index(other.level) <= mine
    ]


def _added_there(base: Pathway, layer: Layer) -> list[Clash]:
    return [
        _there_already(
            added,
            there.origin,
            "pathways.there_already",
        )
        for added in layer.added
        if (there := base.find(added.key)) is not None
    ]


def _there_already(added: Step | Gate, there: Origin, code: str) -> Clash:
    return Clash(
        tightening=None,
        key=added.key,
        field="key",
        said_by=str(added.origin),
        against=str(there),
        fault=Fault(code),
        line=added.origin.line,
        stands=added.stands.get("key"),
    )


def _of_words(base: Pathway, layer: Layer) -> list[Clash]:
    return [clash for word in layer.tightenings for clash in _of_word(base, word)]


def _of_word(base: Pathway, word: Tightening) -> list[Clash]:
    owed = base.find(word.key)
    if owed is None or isinstance(owed, Gate) != word.gate:
        code = "pathways.no_such_gate" if word.gate else "pathways.no_such_step"
        return [
            Clash(
                tightening=word,
                key=word.key,
                field="key",
                said_by=str(word.origin),
                against=str(base.origin),
                fault=Fault(
                    code, {"pathway": base.id, "version": base.version, "near": _near(base, word)}
                ),
            )
        ]
    return [
        replace(
            _loosening(word, name, wrong, str(said_by(owed, name))),
            covered=name == "due" and _covered(owed.due, value, wrong),
        )
        for name, value in word.fields.items()
        if (wrong := why_not(owed, name, value, word)) is not None
    ]


def _covered(stands: Due, said: object, wrong: Said) -> bool:
    """Are the two counted in ways that cannot be measured, and what stands earlier all the same?"""
    measured = wrong.key != "pathways.loosening.maybe_later"
    return not measured and isinstance(said, Due) and why_later(said, stands) is None


def _near(base: Pathway, word: Tightening) -> Said | str:
    """The key of the same kind that somebody may have meant."""
    known = [one.key for one in base.owed if isinstance(one, Gate) == word.gate]
    near = get_close_matches(word.key, known, n=1)
    return said("pathways.lint.near_one", near=near[0]) if near else ""


# A word about a step or gate that is not there.
OF_NOTHING = frozenset({"pathways.no_such_gate", "pathways.no_such_step"})


# What is to be done where it is another thing than to tighten.
_CURES = {"pathways.loosening.no_reason": "pathways.loosens_unsaid"}


def _loosening(word: Tightening, name: str, wrong: Said, against: str) -> Clash:
    plainly = "pathways.loosens_due" if name == "due" else "pathways.loosens"
    return Clash(
        tightening=word,
        key=word.key,
        field=name,
        said_by=str(word.stands.get(name, word.origin)),
        against=against,
        fault=Fault(_CURES.get(wrong.key, plainly), {"wrong": wrong}),
    )


def _nothing_to_extend(layer: Layer, there: list[str]) -> Clash:
    return Clash(
        tightening=None,
        key="extends",
        field="extends",
        said_by=str(layer.origin),
        against="",
        fault=Fault(
            "pathways.other_base" if there else "pathways.no_base",
            {"base": layer.extends, "known": ", ".join(there)},
        ),
        line=layer.origin.line,
        stands=layer.stands.get("extends"),
    )


def _added_twice(layers: Sequence[Layer]) -> list[Clash]:
    first: dict[tuple[str, str], tuple[Layer, Step | Gate]] = {}
    found = []
    for layer in layers:
        for added in layer.added:
            other, there = first.setdefault((layer.extends, added.key), (layer, added))
            if other is not layer:  # twice in one layer was told where it was read
                found.append(
                    _there_already(
                        added,
                        there.origin,
                        "pathways.added_twice",
                    )
                )
    return found
