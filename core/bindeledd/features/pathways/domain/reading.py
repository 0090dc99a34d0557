"""From TOML text to pathways, layers, ladders and rules of the core; every fault with its line.

`read_file` never raises for what a person wrote: it gives what could be read and the findings,
so that `lint` can show all of them at once. `PathwayInvalid` carries findings out of a start.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bindeledd.features.pathways.domain.layers import TIGHTENED
from bindeledd.features.pathways.domain.table import Finding, Sheet, Table
from bindeledd.features.pathways.domain.values import (
    LEVELS,
    Basis,
    BasisKind,
    Condition,
    CoreRule,
    Due,
    Gate,
    Ladder,
    Layer,
    LongestSilence,
    Pathway,
    Rung,
    Step,
    Strength,
    Tightening,
    Unreachable,
)
from bindeledd.features.pathways.domain.words import AUDIENCES, INDEX_EVENTS, MOMENTS, OWNERS, Words
from bindeledd.foundation.calendars import Count, Period
from bindeledd.foundation.errors import Misconfigured


class PathwayInvalid(Misconfigured):
    """Pathway files that cannot be used. `findings` says each fault: where, what, what is right."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        more = len(self.findings) - 1
        also = f" (and {more} more: bindeledd pathways lint)" if more else ""
        super().__init__(
            f"{first.key}: {first.wrong}{also}", where=str(first.origin), do=first.right
        )


@dataclass(kw_only=True)
class Read:
    """What stood in one file, and what was wrong in it."""

    pathways: list[Pathway] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    ladders: list[Ladder] = field(default_factory=list)
    core: list[CoreRule] = field(default_factory=list)
    task_titles: dict[str, Mapping[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


_KEY = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*")
_VERSION = re.compile(r"\d+(\.\d+)*")


def read_file(text: str, *, distribution: str, file: str, words: Words | None = None) -> Read:
    """Read one TOML file: a pathway (`id`), a layer (`extends`), ladders or rules of the core."""
    sheet = Sheet(text, distribution=distribution, file=file)
    read = Read(findings=sheet.findings)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        sheet.broken(wrong)
        return read
    root = Table(sheet, content)
    words = _declared(root, words or Words(), read)
    if "extends" in content:
        _kept(read.layers, _layer(root, words))
    elif "id" in content or "step" in content or "gate" in content:
        _kept(read.pathways, _pathway(root, words))
    else:
        root.only("ladder", "core", "task")
    _ladders(root, read)
    _core(root, words, read)
    return read


def _kept(found: list[Any], value: object) -> None:
    if value is not None:
        found.append(value)


def _declared(root: Table, words: Words, read: Read) -> Words:
    """Task kinds that this file declares, each with a title."""
    for table in root.named("task"):
        table.only("title")
        if table.name in words.tasks:
            table.wrong("", "is a kind of task of the core", "choose a name of your own")
        read.task_titles[table.name] = _title(table)
    return Words(
        events=words.events, tasks=words.tasks | read.task_titles.keys(), facts=words.facts
    )


def _title(table: Table) -> Mapping[str, str]:
    title = table.table("title")
    if title is None:
        return {}
    found = {lang: title.text(lang) for lang in title.content}
    if not found.get("nb"):
        title.wrong("nb", "has no Norwegian title", 'nb = "…"')
    return found


# --- a pathway ----------------------------------------------------------------------------------

_PATHWAY = [
    "id",
    "version",
    "level",
    "title",
    "applies",
    "longest_silence",
    "reopen",
    "unreachable",
    "step",
    "gate",
    "ladder",
    "core",
    "task",
]


def _pathway(root: Table, words: Words) -> Pathway | None:
    root.only(*_PATHWAY)
    silence, unreachable = root.table("longest_silence"), root.table("unreachable")
    applies, reopen = root.table("applies"), root.table("reopen")
    if silence is None or unreachable is None or applies is None or reopen is None:
        return None
    applies.only("index_event")
    reopen.only("within", "basis")
    steps = [_step(table, words) for table in root.tables("step")]
    gates = [_gate(table, words) for table in root.tables("gate")]
    _one_key(root)
    return Pathway(
        id=root.matching("id", _KEY, "national.after-attempt"),
        version=root.matching("version", _VERSION, "2026.1"),
        level=root.choice("level", LEVELS, "national"),
        title=_title(root),
        index_events=applies.choices("index_event", INDEX_EVENTS, "index events"),
        longest_silence=_silence(silence),
        reopen_within=reopen.period("within"),
        reopen_basis=_basis(reopen),
        unreachable=_unreachable(unreachable),
        steps=tuple(steps),
        gates=tuple(gates),
        origin=root.origin(),
    )


def _silence(table: Table) -> LongestSilence:
    table.only("first_30_days", "later", "basis")
    for key in ("first_30_days", "later"):
        if key in table.content and not table.period(key):
            table.wrong(key, "is no time at all", 'a period like "P7D"')
    return LongestSilence(
        first_30_days=table.period("first_30_days"),
        later=table.period("later"),
        basis=_basis(table),
    )


def _unreachable(table: Table) -> Unreachable:
    table.only("earliest", "attempts", "days", "times_of_day", "channels", "basis")
    return Unreachable(
        earliest=table.period("earliest"),
        attempts=table.number("attempts"),
        days=table.number("days"),
        times_of_day=table.number("times_of_day"),
        channels=table.number("channels"),
        basis=_basis(table),
    )


def _one_key(root: Table) -> None:
    """Steps and gates share their keys: whoever tightens has to know which is meant."""
    seen: dict[str, int] = {}
    for table in (*root.tables("step"), *root.tables("gate")):
        key = _owed_key(table)
        if key in seen:
            table.wrong("key", f'"{key}" stands already in line {seen[key]}', "a key of its own")
        seen.setdefault(key, table.line("key"))


def _owed_key(table: Table) -> str:
    return str(table.content.get("key", table.content.get("need", "")))


# --- steps and gates ----------------------------------------------------------------------------

_COMMON = [
    "key",
    "task",
    "due",
    "due_basis",
    "owner",
    "strength",
    "basis",
    "ladder",
    "when",
    "evidence",
    "contact",
    "adjustable",
]


def _step(table: Table, words: Words) -> Step:
    table.only(*_COMMON, "after", "satisfied_by")
    table.call(str(table.content.get("key", "")))
    after = table.choice("after", words.events)
    return Step(
        key=table.matching("key", _KEY, "first-contact"),
        after=after,
        satisfied_by=table.choices("satisfied_by", words.events, "kinds of events", missing=()),
        **_common(table, words, after),
    )


def _gate(table: Table, words: Words) -> Gate:
    table.only(*_COMMON, "at", "need")
    table.call(_owed_key(table))
    at, need = table.choice("at", words.events), table.choice("need", words.events)
    key = table.matching("key", _KEY, "appointment-given") if "key" in table.content else need
    return Gate(key=key, at=at, need=need, **_common(table, words, at))


def _common(table: Table, words: Words, anchor: str) -> dict[str, Any]:
    strength = _strength(table)
    basis = _basis(table)
    if basis is None and strength is Strength.MUST:
        table.wrong("basis", "a must needs a basis", 'basis = { kind = "law", source = "…" }')
    elif basis is None:
        table.wrong("basis", "is missing", 'basis = { kind = "default", source = "…" }')
    return {
        "task": table.choice("task", words.tasks),
        "due": _due(table, anchor) or Due(within=Period()),
        "due_basis": _basis(table, "due_basis"),
        "owner": _owner(table),
        "strength": strength,
        "basis": basis or Basis(kind=BasisKind.DEFAULT, source=""),
        "ladder": table.text("ladder", "standard"),
        "when": _condition(table, "when", words),
        "evidence": _condition(table, "evidence", words),
        "contact": table.flag("contact"),
        "adjustable": frozenset(table.choices("adjustable", TIGHTENED, "fields", missing=())),
        "origin": table.origin(),
    }


def _strength(table: Table) -> Strength:
    return Strength(table.choice("strength", [str(value) for value in Strength], "should"))


def _owner(table: Table, missing: str = "responsible_team") -> str:
    owner = table.text("owner", missing)
    if owner not in OWNERS and owner.removeprefix("team:") == owner:
        table.wrong("owner", f'"{owner}" is no owner', f"{' · '.join(OWNERS)} · team:<key>")
    return owner


def _basis(table: Table, key: str = "basis") -> Basis | None:
    """Where the rule comes from; law, guideline and region need a source."""
    if key not in table.content:
        return None
    inner = table.table(key)
    if inner is None:
        return None
    inner.only("kind", "source", "verified", "note")
    kind = BasisKind(inner.choice("kind", [str(value) for value in BasisKind], "default"))
    source = inner.text("source", "")
    sourced = kind in (BasisKind.LAW, BasisKind.GUIDELINE, BasisKind.REGION)
    if sourced and not source.strip():
        inner.wrong("source", f"a {kind} needs its source", 'source = "which text, which place"')
    return Basis(
        kind=kind,
        source=source,
        verified=inner.flag("verified"),
        note=inner.text("note", ""),
    )


def _due(table: Table, anchor: str = "") -> Due | None:
    inner = table.table("due")
    if inner is None:
        return None
    inner.only("within", "from", "to", "at", "count", "end_of_day", "of", "before", "unknown")
    forms = [form for form in ("within", "to", "at", "before") if form in inner.content]
    if len(forms) != 1:
        right = 'one of within = "P3D" · from and to · at = "<event>" · before and of'
        inner.wrong("", "says not when", right)
        return None
    count = Count(inner.choice("count", [str(value) for value in Count], "calendar_days"))
    if forms == ["at"]:
        _same_anchor(inner, anchor)
        return Due(within=Period(), count=count)
    opens = inner.period("from") if "from" in inner.content else None
    within = inner.period(forms[0])
    _window(inner, forms[0], opens, within)
    _counted(inner, forms[0], within, count)
    of, unknown = _counted_of(inner, forms[0])
    return Due(
        within=within,
        opens=opens,
        count=count,
        end_of_day=inner.flag("end_of_day"),
        of=of,
        backwards=forms[0] == "before",
        unknown=unknown,
    )


def _counted_of(inner: Table, form: str) -> tuple[str | None, Period | None]:
    """The recorded moment that it is counted from, and what holds where that is unknown."""
    if form != "before" and "of" not in inner.content:
        return None, None
    return inner.choice("of", MOMENTS), inner.period("unknown")


def _same_anchor(inner: Table, anchor: str) -> None:
    at = inner.text("at")
    if anchor and at != anchor:
        inner.wrong("at", f'"{at}" is not what it is counted from', f'at = "{anchor}"')


def _window(inner: Table, form: str, opens: Period | None, within: Period) -> None:
    if opens is None and form == "to":
        inner.wrong("from", "is missing: a window opens and closes", 'from = "P10D", to = "P21D"')
    if opens is not None and form == "within":
        inner.wrong("from", "needs a to, not a within", 'from = "P10D", to = "P21D"')
    elif opens is not None and form == "before":
        if opens.length < within.length:
            inner.wrong("from", f"opens {opens} before, after it is due {within} before", "earlier")
    elif opens is not None and opens.length > within.length:
        inner.wrong(form, f"the window closes at {within}, before it opens at {opens}", "to ≥ from")


def _counted(inner: Table, form: str, within: Period, count: Count) -> None:
    if count is Count.STAFFED_HOURS and within.days:
        inner.wrong(form, "staffed hours are not counted in days", 'hours, as in "PT8H"')


def _condition(table: Table, key: str, words: Words) -> Condition:
    if key not in table.content:
        return {}
    inner = table.table(key)
    if inner is None:
        return {}
    found = {}
    for fact in inner.content:
        if fact not in words.facts:
            known = ", ".join(sorted(words.facts))
            inner.wrong(fact, f'"{fact}" is no fact that is recorded', f"one of: {known}")
            continue
        found[fact] = frozenset(inner.fact_values(fact, words.facts[fact]))
    return found


# --- a layer ------------------------------------------------------------------------------------


def _layer(root: Table, words: Words) -> Layer | None:
    root.only(
        *[
            "id",
            "version",
            "extends",
            "level",
            "title",
            "applies_to",
            "step",
            "gate",
            "ladder",
            "core",
            "task",
        ]
    )
    for_units = root.table("applies_to") if "applies_to" in root.content else None
    if for_units is not None:
        for_units.only("units")
    steps, gates = root.tables("step"), root.tables("gate")
    _one_key(root)
    return Layer(
        id=root.matching("id", _KEY, "region.after-attempt"),
        version=root.matching("version", _VERSION, "2026.1"),
        extends=root.text("extends"),
        level=root.choice("level", LEVELS[1:]),
        title=_title(root),
        units=frozenset(for_units.texts("units") if for_units is not None else ()),
        steps=tuple(_step(table, words) for table in steps if "task" in table.content),
        gates=tuple(_gate(table, words) for table in gates if "task" in table.content),
        tightenings=tuple(
            _tightening(table, words, gate="gate" in table.path)
            for table in (*steps, *gates)
            if "task" not in table.content
        ),
        origin=root.origin(),
    )


def _tightening(table: Table, words: Words, *, gate: bool) -> Tightening:
    table.call(_owed_key(table))
    mine = {"key", "need", "reason", "basis"} if gate else {"key", "reason", "basis"}
    table.only(*sorted(mine | TIGHTENED - ({"satisfied_by"} if gate else set())))
    basis = _basis(table)
    if basis is None:
        table.wrong(
            "basis", "whoever tightens says why", 'basis = { kind = "region", source = "…" }'
        )
    given: dict[str, object] = {
        name: _said(table, name, words) for name in sorted(TIGHTENED & table.content.keys())
    }
    if not given:
        table.wrong("key", "tightens nothing", "say due, strength, when, evidence, satisfied_by …")
    if basis is not None:
        given["basis"] = basis
    return Tightening(
        key=_owed_key(table),
        gate=gate,
        fields={name: value for name, value in given.items() if value is not None},
        reason=table.text("reason", ""),
        origin=table.origin(),
    )


def _said(table: Table, name: str, words: Words) -> object:
    if name == "due":
        return _due(table)
    if name == "strength":
        return _strength(table)
    if name == "satisfied_by":
        return table.choices("satisfied_by", words.events, "kinds of events")
    if name in ("when", "evidence"):
        return _condition(table, name, words)
    return _owner(table) if name == "owner" else table.text(name)


# --- ladders and the core's own rules -----------------------------------------------------------


def _ladders(root: Table, read: Read) -> None:
    for table in root.named("ladder"):
        _kept(read.ladders, _ladder(table))


def _ladder(table: Table) -> Ladder | None:
    table.only(
        *[
            "seen_for",
            "seen_count",
            "repeat_every",
            "repeat_count",
            "rungs",
            "ignores_hours",
            "basis",
        ]
    )
    rungs = tuple(_rung(rung) for rung in table.tables("rungs"))
    ignores = table.flag("ignores_hours")
    if not rungs:
        table.wrong("rungs", "is empty", 'at least { after = "PT0S", to = "lead" }')
        return None
    if rungs[-1].audience != "lead" or rungs[-1].before:
        table.wrong("rungs", "the last rung is not a lead after the due time", 'to = "lead"')
    if ignores and any(rung.count is not Count.HOURS for rung in rungs):
        table.wrong("ignores_hours", "its rungs count staffed time", 'count = "hours" in each rung')
    counts, missing = [str(value) for value in Count], "hours" if ignores else "working_days"
    return Ladder(
        key=table.name,
        seen_for=_some(table, "seen_for"),
        seen_count=Count(table.choice("seen_count", counts, missing)),
        repeat_every=_some(table, "repeat_every"),
        repeat_count=Count(table.choice("repeat_count", counts, missing)),
        rungs=rungs,
        ignores_hours=ignores,
        basis=_basis(table),
        origin=table.origin(),
    )


def _some(table: Table, key: str) -> Period:
    period = table.period(key)
    if key in table.content and not period:
        table.wrong(key, "is no time at all", 'a period like "P1D" or "PT15M"')
    return period


def _rung(table: Table) -> Rung:
    table.only("before", "after", "count", "to")
    forms = [form for form in ("before", "after") if form in table.content]
    if len(forms) != 1:
        table.wrong("", "says not when", 'one of before = "P1D" · after = "PT4H"')
    form = forms[0] if forms else "after"
    count = Count(table.choice("count", [str(value) for value in Count], "hours"))
    offset = table.period(form) if forms else Period()
    _counted(table, form, offset, count)
    return Rung(
        before=form == "before",
        offset=offset,
        count=count,
        audience=table.choice("to", AUDIENCES),
    )


def _core(root: Table, words: Words, read: Read) -> None:
    for table in root.named("core"):
        table.only("due", "owner", "ladder", "attempts", "inside", "basis")
        if table.name not in words.tasks:
            table.wrong("", "is no kind of task", f"one of: {', '.join(sorted(words.tasks))}")
        basis = _basis(table)
        if basis is None:
            table.wrong("basis", "is missing", 'basis = { kind = "default", source = "…" }')
        read.core.append(
            CoreRule(
                kind=table.name,
                due=_due(table) if "due" in table.content else None,
                owner=_owner(table),
                ladder=table.text("ladder", "standard"),
                attempts=table.number("attempts") if "attempts" in table.content else None,
                inside=table.period("inside") if "inside" in table.content else None,
                basis=basis or Basis(kind=BasisKind.DEFAULT, source=""),
                origin=table.origin(),
            )
        )
