"""What a site has to confirm, what it has confirmed, and where: over all its units. No patients.

A default is nobody's rule until a layer of the site says where it stands (docs/pathways.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.explaining import confirming
from bindeledd.features.pathways.domain.ground_values import Ground
from bindeledd.features.pathways.domain.layer_values import Layer
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.pathways.domain.script_values import Script, ScriptStep
from bindeledd.features.pathways.domain.values import (
    Basis,
    BasisKind,
    Change,
    Gate,
    Origin,
    Pathway,
    Step,
    said_by,
)
from bindeledd.foundation.errors import NotAllowed

_BASES = ("basis", "due_basis")


class LeadsOnly(NotAllowed):
    """What the site has confirmed is read by those who answer for it: leads, and administrators."""

    code = "pathway.leads_only"


@dataclass(frozen=True, kw_only=True)
class Point:
    """One step or gate as it stands in some units.

    `to_confirm`: the `rule`, its `deadline`, or `nothing`. `confirmed`: the words of layers that
    made a default the site's own; `own`: a layer brought the rule with a basis of its own.
    """

    owed: Step | Gate
    to_confirm: str
    confirmed: tuple[Change, ...] = ()
    own: bool = False
    units: tuple[str, ...] = ()

    @property
    def basis(self) -> Basis:
        """The basis that is to be confirmed; else that of the rule."""
        owed = self.owed
        return owed.deadline_basis if self.to_confirm == "deadline" else owed.basis

    @property
    def said_by(self) -> Origin:
        """On which line of which file that basis stands."""
        name = "due_basis" if self.to_confirm == "deadline" else "basis"
        return said_by(self.owed, name)

    @property
    def is_confirmed(self) -> bool:
        """Whether the site said that it is so, or brought it itself."""
        return self.own or bool(self.confirmed)

    @property
    def before(self) -> Basis | None:
        """What it rested on before the site said where it stands."""
        was = next((change.before for change in self.confirmed if change.before), None)
        return was if isinstance(was, Basis) else None


@dataclass(frozen=True, kw_only=True)
class Writes:
    """A letter, the layer (`id@version`) whose text it is, and the units whose routines have it."""

    layer: str
    letter: Letter
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Shares:
    """A ground of sharing, and the units whose routines name it."""

    ground: Ground
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Speaks:
    """A step of the script of a call as it stands in these units."""

    step: ScriptStep
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Ours:
    """A number of the product that no layer changes: what it is, what it rests on, where it stands."""

    kind: str
    key: str
    basis: Basis
    origin: Origin


def point(owed: Step | Gate) -> Point:
    """How one step or gate stands."""
    return Point(
        owed=owed,
        to_confirm=confirming(owed),
        confirmed=tuple(change for change in owed.changes if _confirms(change)),
        own=bool(owed.layer) and owed.basis.kind is BasisKind.LOCAL and owed.basis.verified,
    )


def _confirms(change: Change) -> bool:
    """Whether a layer put a basis that was read in the place of a default."""
    before, after = change.before, change.after
    was_ours = before is None or (isinstance(before, Basis) and before.shown_as_default)
    return (
        change.field in _BASES
        and was_ours
        and isinstance(after, Basis)
        and not after.shown_as_default
    )


def points(of_units: Mapping[str, Iterable[Pathway]]) -> list[Point]:
    """Every step and gate of the units' routines; the same word in several units stands once."""
    found: dict[object, Point] = {}
    for unit, pathways in of_units.items():
        for pathway in pathways:
            for owed in pathway.owed:
                name = (owed.key, owed.due, owed.strength, owed.basis, owed.deadline_basis)
                there = found.get(name) or point(owed)
                found[name] = replace(there, units=tuple(dict.fromkeys((*there.units, unit))))
    return list(found.values())


def grounds(of_units: Mapping[str, Iterable[Ground]]) -> list[Shares]:
    """Every ground of the units' routines; the same in several units stands once."""
    found: dict[str, Shares] = {}
    for unit, named in of_units.items():
        for one in named:
            units = found[one.key].units if one.key in found else ()
            found[one.key] = Shares(ground=one, units=tuple(dict.fromkeys((*units, unit))))
    return list(found.values())


def letters(of_units: Mapping[str, Iterable[tuple[Layer, Letter]]]) -> list[Writes]:
    """Every letter of the units' routines, in each version; the same in several units stands once."""
    found: dict[tuple[str, str], Writes] = {}
    for unit, named in of_units.items():
        for layer, letter in named:
            name = layer.key, letter.key
            units = found[name].units if name in found else ()
            units = tuple(dict.fromkeys((*units, unit)))
            found[name] = Writes(layer=layer.key, letter=letter, units=units)
    return list(found.values())


def calls(of_units: Mapping[str, Iterable[Script]]) -> list[Speaks]:
    """Every step of a call in the units' routines; the same in several units stands once."""
    found: dict[object, Speaks] = {}
    for unit, scripts in of_units.items():
        for step in chain.from_iterable(one.steps for one in scripts):
            name = step.key, step.basis
            units = (*(found[name].units if name in found else ()), unit)
            found[name] = Speaks(step=step, units=tuple(dict.fromkeys(units)))
    return list(found.values())


def ours(book: Book) -> list[Ours]:
    """The numbers of the product itself that rest on nobody's rule."""
    found: list[tuple[str, str, Basis | None, Origin]] = []
    for pathway in book.pathways.values():
        if pathway.key == book.newest(pathway.id).key:
            found += [
                ("silence", pathway.id, pathway.longest_silence.basis, pathway.origin),
                ("reopen", pathway.id, pathway.reopen_basis, pathway.origin),
                ("unreachable", pathway.id, pathway.unreachable.basis, pathway.origin),
            ]
    found += [("task", rule.kind, rule.basis, rule.origin) for rule in book.core.values()]
    found += [("ladder", one.key, one.basis, one.origin) for one in book.ladders.values()]
    return [
        Ours(kind=kind, key=key, basis=basis, origin=origin)
        for kind, key, basis, origin in found
        if basis is not None and basis.shown_as_default
    ]
