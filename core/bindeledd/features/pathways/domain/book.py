"""The book: every pathway, layer and ladder that was read at start, to be asked by key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bindeledd.features.pathways.domain.directory import Contact
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.kin_values import KinRules
from bindeledd.features.pathways.domain.ladder_values import CoreRule, Ladder
from bindeledd.features.pathways.domain.layer_values import Layer, in_order
from bindeledd.features.pathways.domain.layers import resolved
from bindeledd.features.pathways.domain.values import Gate, Pathway
from bindeledd.features.pathways.domain.versions import newest, version_order
from bindeledd.foundation.errors import NotFound


class PathwayUnknown(NotFound):
    """No pathway of that id and version, or none for that index event, is installed."""

    code = "pathway.unknown"


class LadderUnknown(NotFound):
    """No ladder of that key is installed."""

    code = "pathway.ladder_unknown"


@dataclass(frozen=True, kw_only=True, eq=False)
class Book:
    """Everything that was read at start: pathways, layers, ladders, rules of the core.

    `task_titles` holds the task kinds that plugins declare, with a title for each language;
    `fields` the extra facts that packs ask for; `contacts` who can be asked; `kin` who may be told what, by age.
    """

    pathways: Mapping[tuple[str, str], Pathway] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    core: Mapping[str, CoreRule] = field(default_factory=dict)
    task_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fields: tuple[CaseField, ...] = ()
    contacts: tuple[Contact, ...] = ()
    kin: KinRules | None = None
    _resolved: dict[tuple[str, str, tuple[str, ...]], Pathway] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def step_titles(self) -> Mapping[str, Mapping[str, str]]:
        """What steps and gates with words of their own are called, by `Task.step_key`."""
        owed = [
            *(one for pathway in self.pathways.values() for one in pathway.owed),
            *(one for layer in self.layers for one in layer.added),
        ]
        return {
            f"gate.{one.key}" if isinstance(one, Gate) else one.key: one.title
            for one in owed
            if one.title
        }

    def pathway(self, pathway_id: str, version: str) -> Pathway:
        """The pathway as its own file says it; refuses what is not installed."""
        found = self.pathways.get((pathway_id, version))
        if found is None:
            raise PathwayUnknown(pathway=pathway_id, version=version)
        return found

    def newest(self, pathway_id: str) -> Pathway:
        """The newest version of a pathway; refuses what is not installed."""
        found = [path for path in self.pathways.values() if path.id == pathway_id]
        if not found:
            raise PathwayUnknown(pathway=pathway_id)
        return max(found, key=lambda path: version_order(path.version))

    def is_newer(self, version: str, than: str) -> bool:
        """Whether this version of a routine comes after that one."""
        return version_order(version) > version_order(than)

    def current(self, index_kind: str) -> Pathway:
        """The newest version of the pathway that an index event of this kind begins."""
        fitting = [path for path in self.pathways.values() if index_kind in path.index_events]
        if not fitting:
            raise PathwayUnknown(index_kind=index_kind)
        return max(fitting, key=lambda path: version_order(path.version))

    @property
    def day_and_night(self) -> frozenset[str]:
        """The ladders that count plain minutes, whoever is at work: nothing makes them wait."""
        return frozenset(key for key, one in self.ladders.items() if one.ignores_hours)

    def ladder(self, key: str) -> Ladder:
        """The ladder of that key; refuses what is not installed."""
        found = self.ladders.get(key)
        if found is None:
            raise LadderUnknown(ladder=key)
        return found

    def rule(self, kind: str) -> CoreRule:
        """What the core itself says of a kind of task; refuses what is not written."""
        found = self.core.get(kind)
        if found is None:
            raise PathwayUnknown(rule=kind)
        return found

    def layers_for(
        self,
        pathway_id: str,
        unit_key: str | None = None,
        unit_kind: str | None = None,
        organisation: str | None = None,
    ) -> list[Layer]:
        """The newest version of every layer that is for this unit, in their order."""
        on = self._newest_on(pathway_id)
        return in_order(one for one in on if one.is_for(unit_key, unit_kind, organisation))

    def layers_brought(
        self, pathway_id: str, organisation: str, units: frozenset[str]
    ) -> list[Layer]:
        """The newest version of every layer that a team brings which takes a case over."""
        on = self._newest_on(pathway_id)
        return in_order(one for one in on if one.is_brought_by(organisation, units))

    def left_out(
        self,
        pathway_id: str,
        unit_key: str | None = None,
        unit_kind: str | None = None,
        organisation: str | None = None,
    ) -> list[Layer]:
        """The newest version of every layer on the pathway that is not for this unit."""
        on = self._newest_on(pathway_id)
        return in_order(one for one in on if not one.is_for(unit_key, unit_kind, organisation))

    def _newest_on(self, pathway_id: str) -> list[Layer]:
        newest_of_all = newest(self.layers, lambda layer: layer.id).values()
        return [layer for layer in newest_of_all if layer.extends == pathway_id]

    def resolve(
        self,
        pathway_id: str,
        version: str,
        unit_key: str | None = None,
        unit_kind: str | None = None,
        organisation: str | None = None,
    ) -> Pathway:
        """The pathway with every layer that applies to this unit today."""
        return self._with(
            pathway_id, version, self.layers_for(pathway_id, unit_key, unit_kind, organisation)
        )

    def followed(self, pathway_id: str, version: str, layers: Iterable[str]) -> Pathway:
        """The pathway with the layers that a case remembers, as `id@version`.

        A version that is not installed any more gives way to the newest of its layer; a layer
        that is gone altogether says nothing (a start has named it).
        """
        keys = {layer.key: layer for layer in self.layers}
        latest = newest(self.layers, lambda layer: layer.id)
        found = [keys.get(key) or latest.get(key.partition("@")[0]) for key in layers]
        return self._with(pathway_id, version, [layer for layer in found if layer is not None])

    def asked_with(self, kind: str, routine: Pathway | None) -> list[CaseField]:
        """The extra facts that people are asked for with an event of this kind, where something
        in the routine looks at them; `None` for any routine."""
        return [
            own
            for own in self.fields
            if kind in own.asked_with
            and (routine is None or any(routine.find(key) is not None for key in own.used_by))
        ]

    def _with(self, pathway_id: str, version: str, layers: Sequence[Layer]) -> Pathway:
        key = (pathway_id, version, tuple(layer.key for layer in layers))
        if key not in self._resolved:
            self._resolved[key] = resolved(self.pathway(pathway_id, version), layers)
        return self._resolved[key]
