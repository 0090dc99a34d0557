"""What a layer is: a local routine on top of a pathway. What it may say stands in `layers.py`."""

from collections.abc import Mapping
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
    """What a layer says of a step or gate that stands above it: only the fields in `fields`."""

    key: str
    gate: bool
    fields: Mapping[str, object]
    reason: str = ""
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A local routine on top of a pathway: it adds and tightens, for some units or for all.

    `units` holds kinds of units or keys of units; empty means every unit.
    """

    id: str
    version: str
    extends: str
    title: Mapping[str, str]
    level: str
    units: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()
    gates: tuple[Gate, ...] = ()
    tightenings: tuple[Tightening, ...] = ()
    origin: Origin = field(default_factory=Origin)

    @property
    def added(self) -> tuple[Step | Gate, ...]:
        """Gates and steps that it adds."""
        return *self.gates, *self.steps

    def is_for(self, unit_key: str | None, unit_kind: str | None) -> bool:
        """Does it apply to this unit?"""
        return not self.units or bool(self.units & {unit_key, unit_kind})
