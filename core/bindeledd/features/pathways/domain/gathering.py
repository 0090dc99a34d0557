"""One book out of many files: what cannot stand together is found before anything starts."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from typing import TypeVar

from bindeledd.features.pathways.domain.belonging import taken
from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.circling import circles, step_circles
from bindeledd.features.pathways.domain.clashing import OF_NOTHING, Clash, clashes
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.heard_in_time import too_late
from bindeledd.features.pathways.domain.ladder_values import CoreRule, Ladder
from bindeledd.features.pathways.domain.layer_values import Layer
from bindeledd.features.pathways.domain.plan_clashing import plan_findings
from bindeledd.features.pathways.domain.reading import Read
from bindeledd.features.pathways.domain.reading_grounds import ground_findings
from bindeledd.features.pathways.domain.script_clashing import script_findings
from bindeledd.features.pathways.domain.table import Finding, listed
from bindeledd.features.pathways.domain.values import Gate, Origin, Pathway, Step
from bindeledd.features.pathways.domain.versions import plain
from bindeledd.features.pathways.domain.words import TASKS
from bindeledd.foundation.texts import Fault, said

_Kept = TypeVar("_Kept")


def gathered(
    reads: Sequence[Read], ladders: Iterable[Ladder] = (), fields: Iterable[CaseField] = ()
) -> tuple[Book, list[Finding]]:
    """The book of these files and of ladders from elsewhere, and every fault in them."""
    findings = [finding for read in reads for finding in read.findings]
    pathways = [pathway for read in reads for pathway in read.pathways]
    layers = tuple(layer for read in reads for layer in read.layers)
    rules = [rule for read in reads for rule in read.core]
    all_ladders = [*(ladder for read in reads for ladder in read.ladders), *ladders]
    findings += [*taken(pathways, layers), *_one_version_twice(pathways, layers)]
    findings += _twice(rules, lambda each: each.kind, lambda each: each.origin, "core")
    findings += _not_the_cores(rules)
    findings += too_late(all_ladders, rules[0].origin.distribution if rules else "")
    findings += _twice(
        all_ladders, lambda each: each.key, lambda each: each.origin, "ladder", one_text=True
    )
    kin = [rules for read in reads for rules in read.kin]
    findings += _twice(kin, lambda _: "kin", lambda each: each.origin, "kin")
    plans = [plan for read in reads for plan in read.plans]
    findings += _twice(plans, lambda _: "plan", lambda each: each.origin, "plan")
    scripts = [script for read in reads for script in read.scripts]
    findings += _twice(scripts, lambda _: "script", lambda each: each.origin, "script")
    kinds = [kind for read in reads for kind in read.kinds]
    findings += _twice(
        kinds, lambda each: each.key, lambda each: each.origin, "task", one_text=True
    )
    book = Book(
        pathways={pathway.key: pathway for pathway in pathways},
        ladders={ladder.key: ladder for ladder in all_ladders},
        layers=layers,
        core={rule.kind: rule for rule in rules},
        kinds=tuple(kinds),
        task_titles={kind.key: kind.title for kind in kinds},
        fields=tuple(fields),
        kin=kin[0] if kin else None,
        plan=plans[0] if plans else None,
        script=scripts[0] if scripts else None,
    )
    findings += [_finding(clash, layers) for clash in clashes(pathways, layers)]
    findings += [*circles(pathways, layers), *step_circles(pathways, layers)]
    findings += [*_no_ladder(book), *_two_for_one_event(book), *_no_clock(book)]
    findings += [*plan_findings(book.plan, layers), *ground_findings(layers)]
    findings += script_findings(book.script, layers)
    return book, sorted(findings, key=_place)


def _place(finding: Finding) -> tuple[str, str, int, str]:
    where = finding.origin
    return where.distribution, where.file, where.line, finding.key


def _twice(
    every: Iterable[_Kept],
    key: Callable[[_Kept], Hashable],
    origin: Callable[[_Kept], Origin],
    what: str,
    *,
    one_text: bool = False,
    in_pack: bool = False,
) -> Iterator[Finding]:
    """What is said twice. `one_text`: two files of one pack, as a version and the one before it
    beside it, may both say it in the same words. `in_pack`: what two packs say is told elsewhere."""
    first: dict[Hashable, _Kept] = {}
    for each in every:
        there = first.setdefault(key(each), each)
        one_pack = origin(there).distribution == origin(each).distribution
        if in_pack and not one_pack:
            continue
        if there is not each and not (one_text and one_pack and _same(there, each)):
            named, code = key(each), _SAID_AGAIN.get(what, "pathways.twice")
            if one_pack:
                code = "pathways.twice_in_pack" if one_text else "pathways.version_twice"
            yield Finding(
                origin=origin(each),
                key=" ".join(named) if isinstance(named, tuple) else str(named),
                fault=Fault(code, {"what": said(f"pathways.files.{what}"), "there": origin(there)}),
            )


# What nobody else says again, where it is not a matter of an id.
_SAID_AGAIN = {"ladder": "pathways.ladder_twice", "core": "pathways.core_twice"}


def _one_version_twice(pathways: Iterable[Pathway], layers: Iterable[Layer]) -> Iterator[Finding]:
    """One version of a routine or a layer in two files of one distribution."""
    each_of: list[tuple[str, Sequence[Pathway | Layer]]] = [
        ("pathway", list(pathways)),
        ("layer", list(layers)),
    ]
    for what, every in each_of:
        yield from _twice(
            every,
            lambda each: (each.id, plain(each.version)),
            lambda each: each.stands.get("version", each.origin),
            what,
            in_pack=True,
        )


def _same(one: object, other: object) -> bool:
    """Whether the two are the same word for word, wherever they stand."""
    return _text(one) == _text(other)


def _text(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_text(each) for each in value)
    if is_dataclass(value):
        told = [(each.name, getattr(value, each.name)) for each in dataclass_fields(value)]
        return {name: _text(one) for name, one in told if name not in ("origin", "stands")}
    return value


def _finding(clash: Clash, layers: Iterable[Layer]) -> Finding:
    word, origin = clash.tightening, clash.stands
    if origin is None and word is not None:
        origin = word.stands.get(clash.field, word.origin)
    if origin is None:
        origin = next(
            (
                place
                for layer in layers
                for place in (layer.origin, *(added.origin for added in layer.added))
                if str(place) == clash.said_by
            ),
            Origin(),
        )
    against = said("pathways.lint.against", against=clash.against) if clash.against else ""
    key = clash.key if clash.field in ("key", clash.key) else f"{clash.key}.{clash.field}"
    fault = Fault("pathways.clash", {"fault": clash.fault, "against": against})
    return Finding(origin=origin, key=key, fault=fault)


def is_of_nothing(finding: Finding) -> bool:
    """Whether it only says that a layer tightens what is not there: its other words still stand."""
    inner = finding.fault.values.get("fault")
    return isinstance(inner, Fault) and inner.code in OF_NOTHING


def _no_ladder(book: Book) -> Iterator[Finding]:
    """Steps, gates and rules whose ladder is not there: nobody would be told."""
    owed: list[tuple[str, str, Origin]] = [
        (each.key, each.ladder, each.stands.get("ladder", each.origin))
        for group in _owed(book)
        for each in group
    ]
    owed += [(rule.kind, rule.ladder, rule.origin) for rule in book.core.values()]
    for layer in book.layers:
        for word in layer.tightenings:
            ladder = str(word.fields.get("ladder", "standard"))
            owed.append((word.key, ladder, word.stands.get("ladder", word.origin)))
    for key, ladder, origin in owed:
        if ladder not in book.ladders:
            fault = Fault(
                "pathways.no_ladder", {"ladder": ladder, "known": listed(book.ladders, ladder)}
            )
            yield Finding(origin=origin, key=f"{key}.ladder", fault=fault)


def _not_the_cores(rules: Sequence[CoreRule]) -> Iterator[Finding]:
    """A clock for a kind of the core's own tasks that the core gives none: those are owed before the
    team goes home, and whoever comes after the core, which is read first, cannot say later."""
    home = rules[0].origin.distribution if rules else ""
    known = {rule.kind for rule in rules if rule.origin.distribution == home}
    for rule in rules:
        if rule.kind in TASKS - known:
            fault = Fault("pathways.core_of_the_core", {"kind": rule.kind})
            yield Finding(origin=rule.origin, key=f"core.{rule.kind}", fault=fault)


def _no_clock(book: Book) -> Iterator[Finding]:
    """Choices whose task would be due at no moment."""
    for rule in book.core.values():
        for one in rule.choices:
            kind = book.core.get(one.task)
            clock = one.due is not None or (kind is not None and kind.due is not None)
            if not clock and "date" not in one.needs:
                yield Finding(
                    origin=rule.origin,
                    key=f"{rule.kind}.{one.key}",
                    fault=Fault("pathways.choice_without_clock", {"task": one.task}),
                )


def _owed(book: Book) -> Iterator[tuple[Step | Gate, ...]]:
    yield from (pathway.owed for pathway in book.pathways.values())
    yield from (layer.added for layer in book.layers)


def _two_for_one_event(book: Book) -> Iterator[Finding]:
    """Two pathways that one index event would begin: nobody could say which."""
    first: dict[str, tuple[str, Origin]] = {}
    for pathway in book.pathways.values():
        for kind in pathway.index_events:
            name, origin = first.setdefault(kind, (pathway.id, pathway.origin))
            if name != pathway.id:
                yield Finding(
                    origin=pathway.origin,
                    key=f"applies.{kind}",
                    fault=Fault("pathways.same_beginning", {"name": name, "origin": origin}),
                )
