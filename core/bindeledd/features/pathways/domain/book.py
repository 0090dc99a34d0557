"""The book: every pathway, layer and ladder that was read at start, to be asked by key."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Protocol

from bindeledd.features.pathways.domain.directory import Contact
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.ground_values import Ground, all_of
from bindeledd.features.pathways.domain.kin_values import KinRules
from bindeledd.features.pathways.domain.ladder_values import CoreRule, Ladder
from bindeledd.features.pathways.domain.layer_values import End, Layer, TaskKind, in_order
from bindeledd.features.pathways.domain.layers import resolved
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.pathways.domain.past import Past
from bindeledd.features.pathways.domain.plan_values import PlanForm, together
from bindeledd.features.pathways.domain.script_values import Script
from bindeledd.features.pathways.domain.values import Gate, Pathway, Step
from bindeledd.features.pathways.domain.versions import newest, version_order
from bindeledd.foundation.errors import NotFound


class PathwayUnknown(NotFound):
    """No pathway of that id and version, or none for that index event, is installed."""

    code = "pathway.unknown"


class LadderUnknown(NotFound):
    """No ladder of that key is installed."""

    code = "pathway.ladder_unknown"


class Finds(Protocol):
    """A routine, or several: what has its rules by key."""

    def find(self, key: str) -> Step | Gate | None:
        """The rule of that key, if there is one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Book:
    """Everything that was read at start: pathways, layers, ladders, rules of the core.

    `task_titles` holds the task kinds that plugins declare, by language, `kinds` where each was;
    `fields` the extra facts that packs ask for; `contacts` who can be asked; `kin` who may be told
    what, by age; `plan` what a plan asks and `script` what a call goes through, before the layers;
    `resting` the site's own layers that are left out, resting on packs that are not there; `past`
    what packs that are gone called things.
    """

    pathways: Mapping[tuple[str, str], Pathway] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    core: Mapping[str, CoreRule] = field(default_factory=dict)
    task_titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: tuple[TaskKind, ...] = ()
    fields: tuple[CaseField, ...] = ()
    contacts: tuple[Contact, ...] = ()
    kin: KinRules | None = None
    plan: PlanForm | None = None
    script: Script | None = None
    resting: tuple[Layer, ...] = ()
    past: Past = field(default_factory=Past)
    _resolved: dict[tuple[str, str, tuple[str, ...]], Pathway] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def step_titles(self) -> Mapping[str, Mapping[str, str]]:
        """What steps and gates with words of their own are called, by `Task.step_key`."""
        return {key: one.title for key, one in self._owed() if one.title}

    @cached_property
    def step_tasks(self) -> Mapping[str, str]:
        """The kind of task that each step and gate makes, by `Task.step_key`."""
        return {key: one.task for key, one in self._owed()}

    def _owed(self) -> Iterator[tuple[str, Step | Gate]]:
        """Every step and gate of the pathways and layers, by `Task.step_key`."""
        own = (path.owed for path in self.pathways.values())
        for one in chain.from_iterable((*own, *(layer.added for layer in self.layers))):
            yield (f"gate.{one.key}" if isinstance(one, Gate) else one.key), one

    @cached_property
    def told_apart(self) -> frozenset[str]:
        """The kinds of tasks that several rules of one routine make: each says which rule it is of."""
        made = [Counter(one.task for one in path.owed) for path in self.pathways.values()]
        return frozenset(kind for counts in made for kind, rules in counts.items() if rules > 1)

    @cached_property
    def gates_at(self) -> Mapping[str, str]:
        """At which event each gate of a routine stands, by `Task.step_key`."""
        gates = chain.from_iterable(path.gates for path in self.pathways.values())
        return {f"gate.{gate.key}": gate.at for gate in gates}

    @cached_property
    def before_a_gap(self) -> frozenset[str]:
        """What is asked for only because nobody is at work afterwards, by `Task.step_key`."""
        return frozenset(key for key, one in self._owed() if "next_day_unstaffed" in one.when)

    @cached_property
    def owed_keys(self) -> frozenset[str]:
        """Every key of a step or gate, as tasks carry it: a gate's has a word before it."""
        return frozenset(key for key, _ in self._owed())

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

    def layers_agreed(
        self, pathway_id: str, ends: Iterable[End], to: frozenset[str]
    ) -> list[Layer]:
        """The newest version of every agreement of one of these with a receiver of these names."""
        known = tuple(ends)
        return in_order(one for one in self._newest_on(pathway_id) if one.is_agreed(known, to))

    def receivers(self, pathway_id: str, end: End) -> list[frozenset[str]]:
        """With whom this end has agreed something: by each name that an agreement gives."""
        on = [one for one in self._newest_on(pathway_id) if one.to]
        named = {name for one in on if one.is_agreed([end], one.to) for name in one.to}
        return [frozenset({name}) for name in sorted(named)]

    @cached_property
    def agreements(self) -> tuple[Layer, ...]:
        """Every layer that is an agreement between two organisations."""
        return tuple(layer for layer in self.layers if layer.to)

    def left_out(
        self,
        pathway_id: str,
        unit_key: str | None = None,
        unit_kind: str | None = None,
        organisation: str | None = None,
    ) -> list[Layer]:
        """The newest version of every layer on the pathway that is not for this unit."""
        on = (one for one in self._newest_on(pathway_id) if not one.to)
        return in_order(one for one in on if not one.is_for(unit_key, unit_kind, organisation))

    def agreements_left_out(
        self, pathway_id: str, end: End, to: frozenset[str] = frozenset()
    ) -> list[Layer]:
        """The newest version of every agreement that is not of this end with this receiver."""
        on = (one for one in self._newest_on(pathway_id) if one.to)
        return in_order(one for one in on if not one.is_agreed([end], to))

    def _newest_on(self, pathway_id: str) -> tuple[Layer, ...]:
        return self._newest.get(pathway_id, ())

    @cached_property
    def _newest(self) -> Mapping[str, tuple[Layer, ...]]:
        """The newest version of every layer, by the pathway that it is on."""
        every = newest(self.layers, lambda layer: layer.id).values()
        on = {layer.extends for layer in every}
        return {name: tuple(one for one in every if one.extends == name) for name in on}

    def resolve(
        self,
        pathway_id: str,
        version: str,
        unit_key: str | None = None,
        unit_kind: str | None = None,
        organisation: str | None = None,
        *,
        ends: Iterable[End] = (),
        to: frozenset[str] = frozenset(),
    ) -> Pathway:
        """The pathway with every layer that applies to this unit today; with `to` also what `ends`
        have agreed with a receiver of these names."""
        layers = self.layers_for(pathway_id, unit_key, unit_kind, organisation)
        agreed = self.layers_agreed(pathway_id, ends, to) if to else []
        return self._with(pathway_id, version, [*layers, *agreed])

    def followed(self, pathway_id: str, version: str, layers: Iterable[str]) -> Pathway:
        """The pathway with the layers that a case remembers, as `id@version`.

        A version that is not installed gives way to the newest of its layer; a layer that is gone says
        nothing. Of open cases and their stays a start names both before (`plugin/leaving.py`).
        """
        return self._with(pathway_id, version, self.remembered(layers))

    def remembered(self, layers: Iterable[str]) -> list[Layer]:
        """The layers that a case names, as they stand now (see `followed`)."""
        keys = {layer.key: layer for layer in self.layers}
        latest = newest(self.layers, lambda layer: layer.id)
        found = [keys.get(key) or latest.get(key.partition("@")[0]) for key in layers]
        return [layer for layer in found if layer is not None]

    def plan_form(self, layers: Iterable[str], elsewhere: Iterable[Iterable[str]] = ()) -> PlanForm:
        """What a plan is called and asks, with the layers that a case remembers.

        `elsewhere`: the layers of each unit of its stays, the latest first: they add sections, and
        name the plan where no layer of the case does, the latest of them.
        """
        own = [one.plan for one in in_order(self.remembered(layers))]
        there = [one.plan for some in elsewhere for one in in_order(self.remembered(some))[::-1]]
        named = next((one.title for one in own[::-1] if one and one.title), None)
        form = together(self.plan, [*own, *there[::-1]])
        return form if named is None else replace(form, title=named)

    def grounds(
        self, layers: Iterable[str], elsewhere: Iterable[Iterable[str]] = ()
    ) -> tuple[Ground, ...]:
        """On what grounds something may be shared, by the layers that a case remembers and those of
        each unit of its stays (`elsewhere`); none where no routine of them asks for one."""
        every = chain(layers, *elsewhere)
        return all_of(layer.grounds for layer in in_order(self.remembered(dict.fromkeys(every))))

    def letters(
        self, layers: Iterable[str], elsewhere: Iterable[Iterable[str]] = ()
    ) -> list[tuple[Layer, Letter]]:
        """Every letter of the layers that a case remembers, and of its stays, with the layer it is of."""
        every = in_order(self.remembered(dict.fromkeys(chain(layers, *elsewhere))))
        return [(layer, letter) for layer in every for letter in layer.letters]

    def letter_of(self, layers: Iterable[str], step_key: str) -> tuple[Layer, Letter] | None:
        """The letter that a task's rule names, and the layer that has it, by the layers that a case
        remembers; None where no layer has one for it."""
        found = ((layer, layer.letter_of(step_key)) for layer in self.remembered(layers))
        return next(((layer, letter) for layer, letter in found if letter is not None), None)

    def asked_with(self, kind: str, routine: Finds | None) -> list[CaseField]:
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
