"""What a layer is: a local routine on top of a pathway. What it may say stands in `layers.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib.resources.abc import Traversable

from bindeledd.features.pathways.domain.ground_values import Ground
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.pathways.domain.plan_values import PlanForm
from bindeledd.features.pathways.domain.script_values import Script
from bindeledd.features.pathways.domain.values import Gate, Origin, Step


@dataclass(frozen=True)
class PathwayFolder:
    """A folder of pathway files and the distribution that it came with.

    `held`: no link in it may lead out of it, as in what packs bring. `called`: what stands before
    the names of its files where they are told; said where a site has several folders.
    """

    distribution: str
    folder: Traversable
    held: bool = False
    called: str = ""

    def place_of(self, file: str) -> str:
        """What its file of this name is called where something is told of it."""
        return f"{self.called}/{file}" if self.called else file


@dataclass(frozen=True, kw_only=True)
class TaskKind:
    """A kind of task that a file declares, with its title in each language."""

    key: str
    title: Mapping[str, str]
    origin: Origin


# What an organisation may be: an agreement names its ends by key, or by one of these.
ORGANISATION_KINDS = frozenset({"trust", "municipality", "practice"})
LEVELS = ("national", "region", "trust", "municipality", "unit")


@dataclass(frozen=True, kw_only=True)
class Tightening:
    """What a layer says of a step or gate that stands above it: only the fields in `fields`.

    With a basis only it confirms what stands: a default becomes the site's own rule. `adjustable`:
    fields of those that the layers below may loosen with a reason, back to what stands above.
    `agreed`: it stands in an agreement, which loosens only what an agreement has added.
    """

    key: str
    gate: bool
    fields: Mapping[str, object]
    adjustable: frozenset[str] = frozenset()
    reason: str = ""
    agreed: bool = False
    rows: tuple[str, ...] = ()
    origin: Origin
    stands: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class End:
    """One end of an agreement: what an organisation is called (key and kind), and its units."""

    names: frozenset[str]
    units: frozenset[str] = frozenset()


def an_end(
    unit: str | None, kind: str | None, organisation: str | None, kinds: Mapping[str, str]
) -> End:
    """The end that a unit of an organisation is; `kinds`: what each organisation is."""
    names = {organisation or "", kinds.get(organisation or "", "")} - {""}
    return End(names=frozenset(names), units=frozenset({unit or "", kind or ""} - {""}))


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What was signed: its own number or name, and from and to which day it holds by its words."""

    reference: str = ""
    begins: date | None = None
    ends: date | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A local routine on top of a pathway: it adds and tightens, for some units or for all.

    `organisations` holds keys of organisations, `units` kinds of units or keys of units; where
    one is empty it means every one, where both are said both have to fit. With `to` it is an
    agreement: those of `organisations` (and `units`) with the receivers in `to`, each named by its
    key or its kind, a receiver outside the installation by its organisation number.
    """

    id: str
    version: str
    extends: str
    title: Mapping[str, str]
    level: str
    units: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    paper: Paper | None = None
    steps: tuple[Step, ...] = ()
    gates: tuple[Gate, ...] = ()
    tightenings: tuple[Tightening, ...] = ()
    plan: PlanForm | None = None
    script: Script | None = None
    grounds: tuple[Ground, ...] = ()
    letters: tuple[Letter, ...] = ()
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)
    stands: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    content: str = field(default="", compare=False)

    @property
    def added(self) -> tuple[Step | Gate, ...]:
        """Gates and steps that it adds."""
        return *self.gates, *self.steps

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of all gates and steps of which it says something."""
        return frozenset(one.key for one in (*self.added, *self.tightenings))

    def letter_of(self, step_key: str) -> Letter | None:
        """The letter that the step or gate of this key (as tasks carry it) names, if it is its own."""
        for one in self.added:
            own = f"gate.{one.key}" if isinstance(one, Gate) else one.key
            if own == step_key:
                return next((found for found in self.letters if found.key == one.letter), None)
        return None

    @property
    def key(self) -> str:
        """Its name and version, as a case that follows it remembers them."""
        return f"{self.id}@{self.version}"

    def is_for(
        self, unit_key: str | None, unit_kind: str | None, organisation: str | None = None
    ) -> bool:
        """Does it apply to this unit of this organisation?"""
        return not self.to and not any(self.asks_for(unit_key, unit_kind, organisation))

    def is_agreed(self, ends: Iterable[End], to: frozenset[str]) -> bool:
        """Is it the agreement of one of these with a receiver of these names?"""
        pair = bool(self.organisations and self.to)
        return pair and any(not any(self.asks_for_pair(end, to)) for end in ends)

    def is_brought_by(self, organisation: str, units: frozenset[str]) -> bool:
        """Does a team of this organisation, that works for these units (keys and kinds), bring it?

        Only what names an organisation or a unit: what is for everybody is followed already.
        """
        if self.to or not (self.organisations or self.units):
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

    def asks_for_pair(
        self, end: End, to: frozenset[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Which organisations, which units and which receivers the agreement is for, where this end
        and the receiver of these names are none of them."""
        fits = not self.units or bool(self.units & end.units)
        return (
            () if self.organisations & end.names else tuple(sorted(self.organisations)),
            () if fits else tuple(sorted(self.units)),
            () if self.to & to else tuple(sorted(self.to)),
        )

    def may_meet(self, other: "Layer") -> bool:
        """Could there be a unit for which both are, by their own words?"""
        units = not self.units or not other.units or bool(self.units & other.units)
        here = _may_be_one(self.organisations, other.organisations)
        return units and here and _may_be_one(self.to, other.to)


def _may_be_one(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Could one organisation be meant by both? Nothing said is every one, a kind any of them."""
    said = mine and theirs and not (mine | theirs) & ORGANISATION_KINDS
    return bool(mine & theirs) if said else True


def in_order(layers: Iterable[Layer]) -> list[Layer]:
    """From the region down to the unit; inside a level by name."""
    return sorted(layers, key=lambda layer: (LEVELS.index(layer.level), layer.id))
