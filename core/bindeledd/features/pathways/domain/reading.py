"""From TOML text to pathways, layers, ladders and rules of the core; every fault with its line.

`read_file` never raises for what a person wrote: it gives what could be read and the findings,
so that `lint` can show all of them at once. `PathwayInvalid` carries findings out of a start.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bindeledd.features.pathways.domain.kin_values import KinRules
from bindeledd.features.pathways.domain.ladder_values import CoreRule, Ladder
from bindeledd.features.pathways.domain.layer_values import LEVELS, Layer, TaskKind, Tightening
from bindeledd.features.pathways.domain.layers import TIGHTENED
from bindeledd.features.pathways.domain.reading_kin import read_kin
from bindeledd.features.pathways.domain.reading_ladders import read_core, read_ladders
from bindeledd.features.pathways.domain.reading_rules import (
    KEY,
    owed_key,
    read_basis,
    read_condition,
    read_due,
    read_gate,
    read_hard,
    read_owner,
    read_step,
    read_strength,
    read_words,
    stands,
)
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.table import Finding, Sheet, Table
from bindeledd.features.pathways.domain.values import (
    LongestSilence,
    Pathway,
    Unreachable,
)
from bindeledd.features.pathways.domain.words import INDEX_EVENTS, Words
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said


class PathwayInvalid(Misconfigured):
    """Pathway files that cannot be used. `findings` says each fault: where, what, what is right."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        more = len(self.findings) - 1
        also = said("pathways.lint.more", count=more) if more else ""
        super().__init__(
            "pathways.invalid", where=first.origin, name=first.key, fault=first.fault, more=also
        )


@dataclass(kw_only=True)
class Read:
    """What stood in one file, and what was wrong in it."""

    pathways: list[Pathway] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    ladders: list[Ladder] = field(default_factory=list)
    core: list[CoreRule] = field(default_factory=list)
    kinds: list[TaskKind] = field(default_factory=list)
    kin: list[KinRules] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


_VERSION = re.compile(r"\d+(\.\d+)*")


def read_file(text: str, *, distribution: str, file: str, words: Words | None = None) -> Read:
    """Read one TOML file: a pathway (`id`), a layer (`extends`), ladders, rules of the core or of kin."""
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
        root.only("ladder", "core", "task", "kin")
    read.ladders = read_ladders(root, words)
    read.core = read_core(root, words)
    read.kin = read_kin(root, words)
    return read


def _kept(found: list[Any], value: object) -> None:
    if value is not None:
        found.append(value)


def _declared(root: Table, words: Words, read: Read) -> Words:
    """Task kinds that this file declares, each with a title."""
    for table in root.named("task"):
        table.only("title")
        if table.name in words.tasks:
            table.wrong("", "pathways.task_of_the_core")
        read.kinds.append(
            TaskKind(key=table.name, title=read_words(table, "title"), origin=table.origin())
        )
    own = {kind.key for kind in read.kinds}
    return replace(words, tasks=words.tasks | own | words.beside)


def declared_kinds(text: str) -> frozenset[str]:
    """The kinds of tasks that a file declares; none where it cannot be read."""
    try:
        found = tomllib.loads(text).get("task", {})
    except tomllib.TOMLDecodeError:
        return frozenset()
    return frozenset(found) if isinstance(found, dict) else frozenset()


# --- a pathway ----------------------------------------------------------------------------------

_PATHWAY = [
    "id",
    "version",
    "level",
    "title",
    "rows",
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
    steps = [read_step(table, words) for table in root.tables("step")]
    gates = [read_gate(table, words) for table in root.tables("gate")]
    _one_key(root)
    return Pathway(
        id=root.matching("id", KEY, "national.after-attempt"),
        version=root.matching("version", _VERSION, "2026.1"),
        level=root.choice("level", LEVELS, "national"),
        rows=read_rows(root, words.rows),
        title=read_words(root, "title"),
        index_events=applies.choices("index_event", INDEX_EVENTS, "index_events"),
        longest_silence=_silence(silence),
        reopen_within=reopen.period("within"),
        reopen_basis=read_basis(reopen),
        unreachable=_unreachable(unreachable),
        steps=tuple(steps),
        gates=tuple(gates),
        origin=root.origin(),
    )


def _silence(table: Table) -> LongestSilence:
    table.only("first_30_days", "later", "basis")
    for key in ("first_30_days", "later"):
        if key in table.content and not table.period(key):
            table.wrong(key, "pathways.no_time")
    return LongestSilence(
        first_30_days=table.period("first_30_days"),
        later=table.period("later"),
        basis=read_basis(table),
    )


def _unreachable(table: Table) -> Unreachable:
    numbers = ("attempts", "days", "times_of_day", "channels", "calls")
    table.only("earliest", *numbers, "every", "basis")
    return Unreachable(
        earliest=table.period("earliest"),
        attempts=table.number("attempts"),
        days=table.number("days"),
        times_of_day=table.number("times_of_day"),
        channels=table.number("channels"),
        calls=table.number("calls") if "calls" in table.content else 0,
        every=table.period("every") if "every" in table.content else None,
        basis=read_basis(table),
    )


def _one_key(root: Table) -> None:
    """Steps and gates share their keys: whoever tightens has to know which is meant."""
    seen: dict[str, int] = {}
    for table in (*root.tables("step"), *root.tables("gate")):
        key = owed_key(table)
        if key in seen:
            table.wrong("key", "pathways.key_twice", name=key, seen=seen[key])
        seen.setdefault(key, table.line("key"))


# --- a layer ------------------------------------------------------------------------------------


def _layer(root: Table, words: Words) -> Layer | None:
    root.only(
        *[
            "id",
            "version",
            "extends",
            "level",
            "title",
            "rows",
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
        for_units.only("units", "organisations")
    steps, gates = root.tables("step"), root.tables("gate")
    _one_key(root)
    return Layer(
        id=root.matching("id", KEY, "region.after-attempt"),
        version=root.matching("version", _VERSION, "2026.1"),
        extends=root.text("extends"),
        level=root.choice("level", LEVELS),
        title=read_words(root, "title"),
        rows=read_rows(root, words.rows),
        units=_named(for_units, "units"),
        organisations=_named(for_units, "organisations"),
        steps=tuple(read_step(table, words) for table in steps if "task" in table.content),
        gates=tuple(read_gate(table, words) for table in gates if "task" in table.content),
        tightenings=tuple(
            _tightening(table, words, gate="gate" in table.path)
            for table in (*steps, *gates)
            if "task" not in table.content
        ),
        origin=root.origin(),
    )


def _named(table: Table | None, key: str) -> frozenset[str]:
    return frozenset(table.texts(key, missing=()) if table is not None else ())


def _tightening(table: Table, words: Words, *, gate: bool) -> Tightening:
    table.call(owed_key(table))
    mine = {"key", "reason", "basis", "adjustable", "rows"} | ({"need"} if gate else set())
    table.only(*sorted(mine | TIGHTENED - {"satisfied_by" if gate else "hard"}))
    basis = read_basis(table)
    if basis is None:
        table.wrong(
            "basis",
            "pathways.no_reason",
        )
    given: dict[str, object] = {
        name: _said(table, name, words) for name in sorted(TIGHTENED & table.content.keys())
    }
    if not given and basis is not None and basis.shown_as_default:
        table.wrong("key", "pathways.tightens_nothing")
    if basis is not None:
        given["basis"] = basis
    return Tightening(
        key=owed_key(table),
        gate=gate,
        fields={name: value for name, value in given.items() if value is not None},
        adjustable=frozenset(table.choices("adjustable", given.keys(), "fields", missing=())),
        reason=table.text("reason", ""),
        rows=read_rows(table, words.rows),
        origin=table.origin(),
        stands=stands(table),
    )


def _said(table: Table, name: str, words: Words) -> object:
    if name == "due":
        return read_due(table)
    if name == "strength":
        return read_strength(table)
    if name == "satisfied_by":
        return table.choices("satisfied_by", words.events, "events")
    if name in ("when", "evidence"):
        return read_condition(table, name, words)
    if name == "hard":
        return read_hard(table)
    return read_owner(table) if name == "owner" else table.text(name)
