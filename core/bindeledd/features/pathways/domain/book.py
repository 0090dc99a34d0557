"""The book: every pathway, layer and ladder that was read at start, to be asked by key."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bindeledd.features.pathways.domain.layer_values import Layer
from bindeledd.features.pathways.domain.layers import resolved
from bindeledd.features.pathways.domain.values import CoreRule, Ladder, Pathway
from bindeledd.foundation.errors import NotFound


class PathwayUnknown(NotFound):
    """No pathway of that id and version, or none for that index event, is installed."""

    code = "pathway.unknown"


class LadderUnknown(NotFound):
    """No ladder of that key is installed."""

    code = "pathway.ladder_unknown"


def _version_order(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in version.split("."))


@dataclass(frozen=True, kw_only=True, eq=False)
class Book:
    """Everything that was read at start: pathways, layers, ladders, rules of the core.

    `task_titles` holds the task kinds that plugins declare, with a title for each language.
    """

    pathways: Mapping[tuple[str, str], Pathway] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    core: Mapping[str, CoreRule] = field(default_factory=dict)
    task_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _resolved: dict[tuple[str, str, str | None, str | None], Pathway] = field(
        default_factory=dict, repr=False
    )

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
        return max(found, key=lambda path: _version_order(path.version))

    def current(self, index_kind: str) -> Pathway:
        """The newest version of the pathway that an index event of this kind begins."""
        fitting = [path for path in self.pathways.values() if index_kind in path.index_events]
        if not fitting:
            raise PathwayUnknown(index_kind=index_kind)
        return max(fitting, key=lambda path: _version_order(path.version))

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

    def resolve(
        self,
        pathway_id: str,
        version: str,
        unit_key: str | None = None,
        unit_kind: str | None = None,
    ) -> Pathway:
        """The pathway with every layer that applies to this unit."""
        key = (pathway_id, version, unit_key, unit_kind)
        if key not in self._resolved:
            chosen = [
                layer
                for layer in self.layers
                if layer.extends == pathway_id and layer.is_for(unit_key, unit_kind)
            ]
            self._resolved[key] = resolved(self.pathway(pathway_id, version), chosen)
        return self._resolved[key]
