"""What is another between two routines: steps, grounds of sharing and letters that came, that went,
and fields that changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bindeledd.features.pathways.domain.explaining import Field, explain, plain
from bindeledd.features.pathways.domain.ground_values import Ground
from bindeledd.features.pathways.domain.layer_values import Layer, in_order
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.pathways.domain.values import Gate, Pathway, Step


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that differs: a whole step, gate, ground or letter (`field` is empty), or a field of it.

    `before` is None for what came, `after` None for what went. A field with the same value and
    another basis differs as `basis`. `owed` is the whole step or gate that came or went.
    """

    key: str
    gate: bool = False
    ground: bool = False
    letter: bool = False
    field: str = ""
    before: Field | None = None
    after: Field | None = None
    owed: Step | Gate | None = None

    @property
    def hard(self) -> bool:
        """Whether a gate that came or went knows no exception."""
        return isinstance(self.owed, Gate) and self.owed.hard

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
            "letter": self.letter,
            "what": self.what,
            "field": self.field,
            "strength": "" if self.owed is None else str(self.owed.strength),
            "hard": self.hard,
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
        return Difference(key=key, gate=gate, before=shown, owed=owed)
    return Difference(key=key, gate=gate, after=shown, owed=owed)


# --- grounds of sharing, and letters ---------------------------------------------------------------

_GROUND, _LETTER = ("title", "help", "reviewed"), ("title", "text")
# What of a ground or a letter is compared, by its key.
_Parts = dict[str, dict[str, Field]]


def ground_differences(one: Iterable[Layer], other: Iterable[Layer]) -> list[Difference]:
    """What has to be said of the grounds that the layers of `other` name, to somebody who knows
    those of `one`."""
    return [replace(found, ground=True) for found in _parts(_grounds(one), _grounds(other))]


def letter_differences(one: Iterable[Layer], other: Iterable[Layer]) -> list[Difference]:
    """The same of the letters that the layers bring: `LAYER/LETTER` is the key of each."""
    return [replace(found, letter=True) for found in _parts(_letters(one), _letters(other))]


def _grounds(layers: Iterable[Layer]) -> _Parts:
    """Each ground by its key, field by field; of two with one key the first stands."""
    found: _Parts = {}
    for layer in in_order(layers):
        for ground in layer.grounds:
            found.setdefault(ground.key, {name: _said(layer, ground, name) for name in _GROUND})
    return found


def _letters(layers: Iterable[Layer]) -> _Parts:
    return {
        f"{layer.id}/{letter.key}": {name: _said(layer, letter, name) for name in _LETTER}
        for layer in in_order(layers)
        for letter in layer.letters
    }


def _said(layer: Layer, part: Ground | Letter, name: str) -> Field:
    return Field(
        name=name,
        value=getattr(part, name),
        level=layer.level,
        layer=layer.key,
        said_by=part.origin,
        basis=part.basis,
    )


def _parts(before: _Parts, after: _Parts) -> list[Difference]:
    return [
        found
        for key in {**before, **after}
        for found in _of_part(key, before.get(key), after.get(key))
    ]


def _of_part(
    key: str, one: dict[str, Field] | None, other: dict[str, Field] | None
) -> list[Difference]:
    if one is None or other is None:
        before, after = (None if side is None else side["title"] for side in (one, other))
        return [Difference(key=key, before=before, after=after)]
    found = [(name, name) for name in one if one[name].value != other[name].value]
    if one["title"].basis != other["title"].basis:
        found.append(("basis", "title"))
    return [
        Difference(key=key, field=shown, before=one[name], after=other[name])
        for shown, name in found
    ]


def words_that_differ(text: Mapping[str, str], other: Mapping[str, str]) -> str:
    """Of a text in several languages: the lines that do not stand in `other`, each by its language."""
    return "\n".join(
        f"{code}: {line.strip()}"
        for code, said in text.items()
        for line in said.splitlines()
        if line.strip() and line.strip() not in map(str.strip, other.get(code, "").splitlines())
    )
