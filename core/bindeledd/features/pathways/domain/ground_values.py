"""On what ground something about a person is shared, as layers say it: they add, none takes away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bindeledd.features.pathways.domain.values import Basis, Origin


@dataclass(frozen=True, kw_only=True)
class Ground:
    """One ground of a closed list, with its source. Whether it holds is the person's judgement.

    `reviewed`: what was shared on it is looked at afterwards by somebody else, and says why.
    """

    key: str
    title: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    reviewed: bool = False
    basis: Basis
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)


def all_of(layers: Iterable[tuple[Ground, ...]]) -> tuple[Ground, ...]:
    """The grounds that layers give, in their order; of two with one key the first stands."""
    found: dict[str, Ground] = {}
    for grounds in layers:
        for one in grounds:
            found.setdefault(one.key, one)
    return tuple(found.values())
