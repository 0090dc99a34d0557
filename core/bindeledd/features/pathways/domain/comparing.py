"""What is another between two routines: steps that came, steps that went, fields that changed."""

from dataclasses import dataclass

from bindeledd.features.pathways.domain.explaining import Field, explain, plain
from bindeledd.features.pathways.domain.values import Gate, Pathway, Step


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that differs: a whole step or gate (`field` is empty), or one field of it.

    `before` is None for what came, `after` None for what went. A field with the same value and
    another basis differs as `basis`.
    """

    key: str
    gate: bool
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
