"""What a rule asks for can be said with the event that is to do it: else nobody could ever do it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from bindeledd.features.cases.domain.carried import carriers
from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.features.pathways.domain.facts import Condition
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.values import Gate, Origin, Step
from bindeledd.foundation.errors import Misconfigured


def insist_carried(fields: Iterable[CaseField], book: Book) -> None:
    """Raise `Misconfigured` where no event that does a step or gate can carry its evidence."""
    asked = {one.key: one for one in fields}
    for key, evidence, ends, origin in _asking(book):
        missing = [never_carried(evidence, end, asked.values()) for end in ends]
        if evidence and ends and all(missing):
            fact = missing[0][0]
            raise Misconfigured(
                "plugin.evidence_never_carried" if fact in asked else "plugin.evidence_not_its_own",
                where=origin,
                rule=key,
                fact=fact,
                events=", ".join(ends),
                asked=", ".join(carriers(fact, asked.values()) or ()) or "-",
            )


def never_carried(evidence: Condition, kind: str, fields: Collection[CaseField]) -> list[str]:
    """What of this evidence stands with other events, or with none, and never with one of this kind."""
    known = {fact: carriers(fact, fields) for fact in evidence}
    return [fact for fact, kinds in known.items() if kinds is not None and kind not in kinds]


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
