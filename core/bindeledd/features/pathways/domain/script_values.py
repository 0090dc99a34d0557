"""The script of a call: what whoever rings goes through, step by step, as the files say it.

A layer adds steps and says that the site stands for those that are there; it takes nothing away.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bindeledd.features.pathways.domain.values import Basis, Origin


@dataclass(frozen=True, kw_only=True)
class ScriptStep:
    """One step. `tasks`: the kinds of tasks for which it is; every call if none is said. `after`: the
    step of another file that it follows; else it stands last."""

    key: str
    title: Mapping[str, str]
    basis: Basis
    help: Mapping[str, str] = field(default_factory=dict)
    tasks: frozenset[str] = frozenset()
    after: str = ""
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)
    stands: Mapping[str, Origin] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, kw_only=True)
class Script:
    """The script as one file has it, or as all of them do together. `basis`: what a site says that
    the steps rest on of which it has brought none itself."""

    steps: tuple[ScriptStep, ...] = ()
    basis: Basis | None = None
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)

    def of(self, tasks: Collection[str]) -> tuple[ScriptStep, ...]:
        """The steps of a call about tasks of these kinds."""
        return tuple(one for one in self.steps if not one.tasks or one.tasks & set(tasks))

    def with_more(self, more: "Script") -> "Script":
        """The script with what a layer says of the steps there, and with the steps that it adds."""
        steps = [_confirmed(one, more.basis) for one in self.steps]
        for new in more.steps:
            keys = [one.key for one in steps]
            place = keys.index(new.after) + 1 if new.after in keys else len(steps)
            if new.key not in keys:
                steps.insert(place, new)
        return replace(self, steps=tuple(steps))


def _confirmed(one: ScriptStep, basis: Basis | None) -> ScriptStep:
    """A default is the site's own once the site says where it stands; a rule that was read stays."""
    if basis is None or basis.shown_as_default or not one.basis.shown_as_default:
        return one
    return replace(one, basis=basis)


def all_of(first: Script | None, layers: Iterable[Script | None]) -> Script:
    """The script with what the layers say, in their order."""
    script = first or Script()
    for more in layers:
        script = script if more is None else script.with_more(more)
    return script
