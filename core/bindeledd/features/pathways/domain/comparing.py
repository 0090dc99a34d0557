"""What is another between two routines: steps and grounds of sharing that came, that went, and
fields that changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from bindeledd.features.pathways.domain.explaining import Field, explain, plain
from bindeledd.features.pathways.domain.ground_values import Ground
from bindeledd.features.pathways.domain.layer_values import Layer, in_order
from bindeledd.features.pathways.domain.values import Gate, Pathway, Step


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that differs: a whole step, gate or ground (`field` is empty), or one field of it.

    `before` is None for what came, `after` None for what went. A field with the same value and
    another basis differs as `basis`.
    """

    key: str
    gate: bool = False
    ground: bool = False
    field: str = ""
    before: Field | None = None
    after: Field | None = None

    @property
    def what(self) -> str:
        """came, went or changed."""
        if self.field:
            return "changed"
        return "came" if self.before is None else "went"

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "gate": self.gate,
            "ground": self.ground,
            "what": self.what,
            "field": self.field,
            "before": None if self.before is None else self.before.as_json(),
            "after": None if self.after is None else self.after.as_json(),
        }


def differences(one: Pathway, other: Pathway) -> list[Difference]:
    """What has to be said of `other` to somebody who knows `one`."""
    keys = dict.fromkeys(owed.key for owed in (*one.owed, *other.owed))
    return [found for key in keys for found in _of(key, one.find(key), other.find(key))]


def _of(key: str, one: Step | Gate | None, other: Step | Gate | None) -> list[Difference]:
    if one is None or other is None or type(one) is not type(other):
        both = ((one, True), (other, False))
        return [_whole(key, owed, went) for owed, went in both if owed is not None]
    before, after = explain(one), explain(other)
    gate = isinstance(one, Gate)
    found = [
        Difference(key=key, gate=gate, field=was.name, before=was, after=after.field(was.name))
        for was in before.fields
        if plain(was.value) != plain(after.field(was.name).value)
    ]
    named = {each.field for each in found}
    for name, shown in (("strength", "basis"), ("due", "due_basis")):
        was, now = before.field(name), after.field(name)
        if was.basis != now.basis and name not in named:
            found.append(Difference(key=key, gate=gate, field=shown, before=was, after=now))
    return found


def _whole(key: str, owed: Step | Gate, went: bool) -> Difference:
    shown = explain(owed).field("due")
    gate = isinstance(owed, Gate)
    if went:
        return Difference(key=key, gate=gate, before=shown)
    return Difference(key=key, gate=gate, after=shown)


# --- grounds of sharing ---------------------------------------------------------------------------

_GROUND = ("title", "help", "reviewed")


def ground_differences(one: Iterable[Layer], other: Iterable[Layer]) -> list[Difference]:
    """What has to be said of the grounds that the layers of `other` name, to somebody who knows
    those of `one`."""
    before, after = _grounds(one), _grounds(other)
    return [
        found
        for key in {**before, **after}
        for found in _of_ground(key, before.get(key), after.get(key))
    ]


def _grounds(layers: Iterable[Layer]) -> dict[str, dict[str, Field]]:
    """Each ground by its key, field by field; of two with one key the first stands."""
    found: dict[str, dict[str, Field]] = {}
    for layer in in_order(layers):
        for ground in layer.grounds:
            found.setdefault(ground.key, {name: _said(layer, ground, name) for name in _GROUND})
    return found


def _said(layer: Layer, ground: Ground, name: str) -> Field:
    return Field(
        name=name,
        value=getattr(ground, name),
        level=layer.level,
        layer=layer.key,
        said_by=ground.origin,
        basis=ground.basis,
    )


def _of_ground(
    key: str, one: dict[str, Field] | None, other: dict[str, Field] | None
) -> list[Difference]:
    if one is None or other is None:
        before, after = (None if side is None else side["title"] for side in (one, other))
        return [Difference(key=key, ground=True, before=before, after=after)]
    changed = [name for name in _GROUND if one[name].value != other[name].value]
    found = [(name, name) for name in changed]
    if one["title"].basis != other["title"].basis:
        found.append(("basis", "title"))
    return [
        Difference(key=key, ground=True, field=shown, before=one[name], after=other[name])
        for shown, name in found
    ]
