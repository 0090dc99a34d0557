"""Plain facts that stand from before there was a list of them: counted, and named by key alone.

What stands in them may be anything, so that no value leaves; a key that could be somebody's number
is not repeated.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bindeledd.features.cases.domain import NOT_KNOWN, EventKind
from bindeledd.features.cases.domain.joining import RECEIVER
from bindeledd.features.cases.domain.may_tell import OWN, may_tell, named
from bindeledd.features.cases.domain.telling import OURS
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.words import FACTS, YES_NO

# What the core writes with events that people tell over its own doors, with its values.
WRITTEN: Mapping[str, frozenset[str]] = {
    NOT_KNOWN: frozenset({"yes"}),
    "channel": FACTS["channel"] or frozenset(),
    "person_answered": frozenset({"yes"}),
    "how_known": frozenset({"person", "message"}),
    "why": frozenset({"registered_elsewhere"}),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """How often a fact stands with a kind of event. `word`: its value, of a fact whose answers are
    `listed`; of every other None, which nobody has read."""

    kind: EventKind
    name: str
    word: str | None
    in_error: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class Stray:
    """Facts of one key outside the list. `count`: in events that stand; `marked`: in events that
    were marked as entered in error."""

    name: str
    count: int
    marked: int


def listed(asked: Iterable[CaseField] = ()) -> frozenset[str]:
    """The facts whose answers are a closed list: the core's own, and what packs ask."""
    own = {name for names in OWN.values() for name in names} - {RECEIVER}
    return frozenset(own | WRITTEN.keys() | {one.key for one in asked})


def strays(told: Iterable[Told], asked: Iterable[CaseField] = ()) -> list[Stray]:
    """What nothing asks for with its kind of event, and what is none of the answers; by key."""
    fields = {one.key: one for one in asked}
    stand: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    for one in told:
        if not _is_listed(one, fields):
            (marked if one.in_error else stand)[named(one.name)] += one.count
    return [
        Stray(name=name, count=stand[name], marked=marked[name])
        for name in sorted({*stand, *marked})
    ]


def _is_listed(one: Told, fields: Mapping[str, CaseField]) -> bool:
    if one.name in OURS or (one.word or "") in WRITTEN.get(one.name, ()):
        return True
    if one.name not in may_tell(one.kind, fields.values()):
        return False
    if one.name in fields:
        return one.word in {option.value for option in fields[one.name].options}
    return one.name == RECEIVER or one.word in (FACTS.get(one.name) or YES_NO)
