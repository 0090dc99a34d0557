"""What is said of a basis: ours, a source that was read, or one that is named and was not."""

from collections.abc import Mapping

from bindeledd.features.pathways.domain.values import Basis, BasisKind, Gate, Step


def unread(basis: Basis) -> str:
    """The source that is named and that nobody has read in its final form; else empty."""
    ours = basis.kind is BasisKind.DEFAULT
    return "" if ours or basis.verified else basis.source.strip()


def standing(basis: Basis) -> Mapping[str, object]:
    """What a reason says of it: whether it is only a default, and from what unread source."""
    found: dict[str, object] = {"default": basis.shown_as_default}
    return found | {"unread": unread(basis)} if unread(basis) else found


def resting(owed: Step | Gate) -> Mapping[str, str]:
    """What the due time rests on, where that is another than what the rule itself rests on: a layer
    made it earlier, or a law gives no time."""
    basis = owed.deadline_basis
    if basis == owed.basis:
        return {}
    return {"due_basis": basis.kind.value, "due_source": basis.source}
