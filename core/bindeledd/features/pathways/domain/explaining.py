"""Who says what: each field of each step and gate, which layer set it, on which line, and why.

Plain values, for scripts and for tables alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from bindeledd.features.pathways.domain.ground_values import Ground
from bindeledd.features.pathways.domain.layer_values import Layer
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.pathways.domain.values import (
    Basis,
    Change,
    Due,
    Gate,
    Origin,
    Pathway,
    Step,
    said_by,
)
from bindeledd.foundation.calendars import Period

_STEP = (
    "task",
    "after",
    "given",
    "due",
    "owner",
    "strength",
    "satisfied_by",
    "evidence",
    "when",
    "ladder",
    "contact",
    "after_death",
)
_GATE = (
    "task",
    "at",
    "given",
    "need",
    "due",
    "owner",
    "strength",
    "hard",
    "evidence",
    "when",
    "ladder",
    "contact",
    "after_death",
)
_BASES = {"basis", "due_basis"}


@dataclass(frozen=True, kw_only=True)
class Was:
    """What a field was before a layer spoke, and who had said so."""

    value: object
    level: str
    said_by: Origin


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a step or gate: what it is, who says so, on what basis, and what stood before.

    `layer` is `id@version`, empty for the pathway itself; `reason` is what a layer wrote when it
    loosened something; `written` is False where nobody said it and the product's own habit holds.
    """

    name: str
    value: object
    level: str
    layer: str
    said_by: Origin
    basis: Basis
    reason: str = ""
    written: bool = True
    before: tuple[Was, ...] = ()

    @property
    def to_confirm(self) -> bool:
        """Whether it rests on nobody's rule, so that the site has to confirm it."""
        return self.basis.shown_as_default

    def as_json(self) -> dict[str, object]:
        return {
            "value": plain(self.value),
            "level": self.level,
            "layer": self.layer,
            "said_by": _place(self.said_by),
            "written": self.written,
            "reason": self.reason,
            **basis_json(self.basis),
            "to_confirm": self.to_confirm,
            "before": [
                {"value": plain(was.value), "level": was.level, "said_by": _place(was.said_by)}
                for was in self.before
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A step or gate of a unit's routine, field by field."""

    owed: Step | Gate
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(one for one in self.fields if one.name == name)

    def as_json(self) -> dict[str, object]:
        owed = self.owed
        return {
            "key": owed.key,
            "gate": isinstance(owed, Gate),
            "hard": isinstance(owed, Gate) and owed.hard,
            "title": dict(owed.title),
            "task": owed.task,
            "after": owed.anchor,
            "strength": str(owed.strength),
            "level": owed.level,
            "layer": owed.layer,
            "said_by": _place(owed.origin),
            "to_confirm": confirming(owed),
            "rows": list(owed.rows),
            "fields": {one.name: one.as_json() for one in self.fields},
        }


def explained(pathway: Pathway) -> list[Explained]:
    """Every gate and step, in the order of the routine, the layers' own after the pathway's."""
    return [explain(owed) for owed in pathway.owed]


def explain(owed: Step | Gate) -> Explained:
    """One step or gate, field by field."""
    names = _GATE if isinstance(owed, Gate) else _STEP
    return Explained(owed=owed, fields=tuple(_field(owed, name) for name in names))


def confirming(owed: Step | Gate) -> str:
    """What the site has to confirm: the `rule` itself, its `deadline`, or `nothing`."""
    if owed.basis.shown_as_default:
        return "rule"
    return "deadline" if owed.deadline_basis.shown_as_default else "nothing"


def _field(owed: Step | Gate, name: str) -> Field:
    spoken = [change for change in owed.changes if change.field == name]
    last = spoken[-1] if spoken else None
    return Field(
        name=name,
        value=getattr(owed, name),
        level=owed.level if last is None else last.level,
        layer=owed.layer if last is None else f"{last.layer}@{last.version}",
        said_by=said_by(owed, name),
        basis=owed.deadline_basis if name == "due" else _basis(owed, name),
        reason="" if last is None else last.reason,
        written=bool(spoken) or name in owed.stands or name in ("due", "task"),
        before=tuple(_was(change, place, spoken, owed) for place, change in enumerate(spoken)),
    )


def _basis(owed: Step | Gate, name: str) -> Basis:
    """What a field rests on: a layer's basis only where the layer spoke of it, or of nothing but
    the basis, which confirms all that stood."""
    spoken = [change.before for change in owed.changes if change.field == "basis"]
    basis = spoken[0] if spoken and isinstance(spoken[0], Basis) else owed.basis
    for _, said in groupby(owed.changes, key=lambda change: (change.layer, change.version)):
        words = {change.field: change.after for change in said}
        after = words.get("basis")
        if isinstance(after, Basis) and (name in words or not words.keys() - _BASES):
            basis = after
    return basis


def _was(change: Change, place: int, spoken: list[Change], owed: Step | Gate) -> Was:
    level = owed.level if place == 0 else spoken[place - 1].level
    return Was(value=change.before, level=level, said_by=change.before_said_by)


# --- plain values ---------------------------------------------------------------------------------


def plain(value: object) -> Any:
    """A value of a rule as JSON has it."""
    if isinstance(value, Due):
        return due_json(value)
    if isinstance(value, Mapping):
        return {
            str(name): some if isinstance(some, str) else sorted(some)
            for name, some in value.items()
        }
    if isinstance(value, tuple | list | frozenset | set):
        return list(value)
    return value if isinstance(value, bool | int) or value is None else str(value)


def due_json(due: Due) -> dict[str, object]:
    """A due time as its file says it."""
    return {
        "form": due.form,
        "within": str(due.within),
        "opens": _period(due.opens),
        "count": str(due.count),
        "of": due.of,
        "unknown": _period(due.unknown),
    }


def _period(period: Period | None) -> str | None:
    return None if period is None else str(period)


def basis_json(basis: Basis) -> dict[str, object]:
    """Where a rule comes from, and whether that was read."""
    return {
        "basis": str(basis.kind),
        "source": basis.source,
        "verified": basis.verified,
        "note": basis.note,
    }


def ground_json(ground: Ground) -> dict[str, object]:
    """A ground of sharing: who says so, on which source, and whether that was read."""
    return {
        "key": ground.key,
        "title": dict(ground.title),
        "reviewed": ground.reviewed,
        "said_by": _place(ground.origin),
        **basis_json(ground.basis),
        "rows": list(ground.rows),
    }


def letter_json(layer: Layer, letter: Letter) -> dict[str, object]:
    """A letter: which version of its layer it is of, who says so, on which source, and its text."""
    return {
        "key": letter.key,
        "layer": layer.key,
        "title": dict(letter.title),
        "text": dict(letter.text),
        "said_by": _place(letter.origin),
        **basis_json(letter.basis),
        "rows": list(letter.rows),
    }


def _place(origin: Origin) -> str:
    return str(origin)


def layer_said(layer: Layer, today: date) -> dict[str, object]:
    """A layer, and what was signed where it is an agreement."""
    said = {"id": layer.id, "version": layer.version, "level": layer.level}
    return {**said, "said_by": str(layer.origin), **paper_said(layer, today)}


def paper_said(layer: Layer, today: date) -> dict[str, object]:
    """What was signed, if the layer says so; that its last day has passed takes nothing away."""
    paper = layer.paper
    if paper is None:
        return {}
    days = {"begins": paper.begins, "ends": paper.ends}
    said = {name: None if day is None else day.isoformat() for name, day in days.items()}
    ended = paper.ends is not None and paper.ends < today
    return {"reference": paper.reference, **said, "ended": ended}
