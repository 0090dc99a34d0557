"""What a layer is: a local routine on top of a pathway. What it may say stands in `layers.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from bindeledd.features.pathways.domain.values import Gate, Origin, Step


@dataclass(frozen=True)
class PathwayFolder:
    """A folder of pathway files and the distribution that it came with."""

    distribution: str
    folder: Traversable


@dataclass(frozen=True, kw_only=True)
class TaskKind:
    """A kind of task that a file declares, with its title in each language."""

    key: str
    title: Mapping[str, str]
    origin: Origin


LEVELS = ("national", "region", "trust", "municipality", "unit")


@dataclass(frozen=True, kw_only=True)
class Tightening:
    """What a layer says of a step or gate that stands above it: only the fields in `fields`.

    With a basis only it confirms what stands: a default becomes the site's own rule. `adjustable`:
    fields of those that the layers below may loosen with a reason, back to what stands above.
    """

    key: str
    gate: bool
    fields: Mapping[str, object]
    adjustable: frozenset[str] = frozenset()
    reason: str = ""
    rows: tuple[str, ...] = ()
    origin: Origin
    stands: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A local routine on top of a pathway: it adds and tightens, for some units or for all.

    `organisations` holds keys of organisations, `units` kinds of units or keys of units; where
    one is empty it means every one, where both are said both have to fit.
    """

    id: str
    version: str
    extends: str
    title: Mapping[str, str]
    level: str
    units: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()
    gates: tuple[Gate, ...] = ()
    tightenings: tuple[Tightening, ...] = ()
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)

    @property
    def added(self) -> tuple[Step | Gate, ...]:
        """Gates and steps that it adds."""
        return *self.gates, *self.steps

    @property
    def key(self) -> str:
        """Its name and version, as a case that follows it remembers them."""
        return f"{self.id}@{self.version}"

    def is_for(
        self, unit_key: str | None, unit_kind: str | None, organisation: str | None = None
    ) -> bool:
        """Does it apply to this unit of this organisation?"""
        return not any(self.asks_for(unit_key, unit_kind, organisation))

    def is_brought_by(self, organisation: str, units: frozenset[str]) -> bool:
        """Does a team of this organisation, that works for these units (keys and kinds), bring it?

        Only what names an organisation or a unit: what is for everybody is followed already.
        """
        if not (self.organisations or self.units):
            return False
        here = not self.organisations or organisation in self.organisations
        return here and (not self.units or bool(self.units & units))

    def asks_for(
        self, unit_key: str | None, unit_kind: str | None, organisation: str | None = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Which organisations, and which units, it is for where this is none of them."""
        here = not self.organisations or organisation in self.organisations
        fits = not self.units or bool(self.units & {unit_key, unit_kind})
        organisations = () if here else tuple(sorted(self.organisations))
        return organisations, () if fits else tuple(sorted(self.units))

    def may_meet(self, other: "Layer") -> bool:
        """Could there be a unit for which both are, by their own words?"""
        units = not self.units or not other.units or bool(self.units & other.units)
        theirs = other.organisations
        return units and (not self.organisations or not theirs or bool(self.organisations & theirs))


def in_order(layers: Iterable[Layer]) -> list[Layer]:
    """From the region down to the unit; inside a level by name."""
    return sorted(layers, key=lambda layer: (LEVELS.index(layer.level), layer.id))
