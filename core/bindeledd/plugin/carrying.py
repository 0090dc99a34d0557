"""What a rule asks for can be said with the event that is to do it: else nobody could ever do it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.may_tell import OWN, may_tell
from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.features.pathways.domain.facts import Condition
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.values import Gate, Origin, Step
from bindeledd.foundation.errors import Misconfigured


def insist_carried(fields: Iterable[CaseField], book: Book) -> None:
    """Raise `Misconfigured` where no event that does a step or gate can carry its evidence."""
    asked = {one.key: one for one in fields}
    for key, evidence, ends, origin in _asking(book):
        missing = [_never(evidence, end, asked) for end in ends]
        if evidence and ends and all(missing):
            fact = missing[0][0]
            raise Misconfigured(
                "plugin.evidence_never_carried",
                where=origin,
                rule=key,
                fact=fact,
                events=", ".join(ends),
                asked=", ".join(_asked_with(fact, asked)),
            )


def _asked_with(fact: str, asked: Mapping[str, CaseField]) -> Sequence[str]:
    core = [kind.value for kind, facts in OWN.items() if fact in facts]
    return asked[fact].asked_with if fact in asked else core


def _never(evidence: Condition, kind: str, asked: Mapping[str, CaseField]) -> list[str]:
    """What of this evidence is asked with other events, and never with one of this kind."""
    told = may_tell(EventKind(kind), asked.values())
    somewhere = asked.keys() | {fact for facts in OWN.values() for fact in facts}
    return [fact for fact in evidence if fact in somewhere and fact not in told]


def _of(place: Pathway | Layer) -> tuple[Step | Gate, ...]:
    return *place.gates, *place.steps


def _asking(book: Book) -> Iterator[tuple[str, Condition, Sequence[str], Origin]]:
    """Each evidence that a file asks for, with the events that do the step or gate."""
    places: list[Pathway | Layer] = [*book.pathways.values(), *book.layers]
    every: list[Step | Gate] = [rule for one in places for rule in _of(one)]
    for rule in every:
        yield (
            rule.key,
            rule.evidence,
            rule.satisfying,
            rule.stands.get("evidence", rule.origin),
        )
    ends = {(rule.key, isinstance(rule, Gate)): rule.satisfying for rule in every}
    for layer in book.layers:
        for word in layer.tightenings:
            evidence = word.fields.get("evidence")
            if isinstance(evidence, Mapping):
                said = word.fields.get("satisfied_by") or ends.get((word.key, word.gate), ())
                ways = said if isinstance(said, tuple) else ()
                yield word.key, evidence, ways, word.stands.get("evidence", word.origin)
