"""From TOML text to pathways, layers, ladders and rules of the core; every fault with its line.

`read_file` never raises for what a person wrote: it gives what could be read and the findings,
so that `lint` can show all of them at once. `PathwayInvalid` carries findings out of a start.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bindeledd.features.pathways.domain.contents import content_of
from bindeledd.features.pathways.domain.kin_values import KinRules
from bindeledd.features.pathways.domain.ladder_values import CoreRule, Ladder
from bindeledd.features.pathways.domain.layer_values import LEVELS, Layer, TaskKind
from bindeledd.features.pathways.domain.opening import Unsound, toml_of
from bindeledd.features.pathways.domain.plan_values import PlanForm
from bindeledd.features.pathways.domain.reading_kin import read_kin
from bindeledd.features.pathways.domain.reading_ladders import read_core, read_ladders
from bindeledd.features.pathways.domain.reading_layer import read_layer
from bindeledd.features.pathways.domain.reading_letters import check_named
from bindeledd.features.pathways.domain.reading_plan import read_plan
from bindeledd.features.pathways.domain.reading_rules import (
    KEY,
    VERSION,
    one_key,
    read_basis,
    read_gate,
    read_step,
    read_words,
    stands,
)
from bindeledd.features.pathways.domain.reading_script import read_script
from bindeledd.features.pathways.domain.rows import read_rows
from bindeledd.features.pathways.domain.script_values import Script
from bindeledd.features.pathways.domain.table import Finding, Sheet, Table
from bindeledd.features.pathways.domain.values import (
    LongestSilence,
    Pathway,
    Unreachable,
)
from bindeledd.features.pathways.domain.words import BEGINNINGS, Words
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

    @property
    def faults(self) -> tuple[Misconfigured, ...]:
        """Each finding by itself."""
        return tuple(
            Misconfigured(
                "pathways.invalid", where=one.origin, name=one.key, fault=one.fault, more=""
            )
            for one in self.findings
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
    plans: list[PlanForm] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_file(text: str, *, distribution: str, file: str, words: Words | None = None) -> Read:
    """Read one TOML file: a pathway (`id`), a layer (`extends`), ladders, rules of the core or of kin,
    what a plan asks or what a call goes through."""
    sheet = Sheet(text, distribution=distribution, file=file)
    read = Read(findings=sheet.findings)
    try:
        content = toml_of(text)
    except Unsound as wrong:
        sheet.broken(wrong)
        return read
    root = Table(sheet, content)
    words = _declared(root, words or Words(), read)
    if "extends" in content:
        _kept(read.layers, replace(read_layer(root, words), content=content_of(content)))
    elif "id" in content and not _OF_A_ROUTINE & content.keys():
        root.wrong("extends", "pathways.meant_a_layer")
    elif "id" in content or "step" in content or "gate" in content:
        _kept(read.pathways, _pathway(root, words))
    else:
        root.only("ladder", "core", "task", "kin", "plan", "script")
        _kept(read.plans, read_plan(root, words))
        _kept(read.scripts, read_script(root, words))
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


def unreadable(wrong: Unsound, *, distribution: str, file: str) -> Read:
    """A file of which nothing could be read."""
    sheet = Sheet("", distribution=distribution, file=file)
    sheet.broken(wrong)
    return Read(findings=sheet.findings)


def declared_kinds(text: str) -> frozenset[str]:
    """The kinds of tasks that a file declares; none where it cannot be read."""
    try:
        found = toml_of(text).get("task", {})
    except Unsound:
        return frozenset()
    return frozenset(found) if isinstance(found, dict) else frozenset()


# --- a pathway ----------------------------------------------------------------------------------

# What a routine of its own has and a layer never.
_OF_A_ROUTINE = {"applies", "longest_silence", "reopen", "unreachable"}
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
    one_key(root)
    check_named(root, ())
    return Pathway(
        id=root.matching("id", KEY, "national.after-attempt"),
        version=root.matching("version", VERSION, "2026.1"),
        level=root.choice("level", LEVELS, "national"),
        rows=read_rows(root, words.rows),
        title=read_words(root, "title"),
        index_events=applies.choices("index_event", BEGINNINGS, "index_events"),
        longest_silence=_silence(silence),
        reopen_within=reopen.period("within"),
        reopen_basis=read_basis(reopen),
        unreachable=_unreachable(unreachable),
        steps=tuple(steps),
        gates=tuple(gates),
        origin=root.origin(),
        stands=stands(root),
        content=content_of(root.content),
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
    table.only("earliest", *numbers, "every", "apart", "basis")
    return Unreachable(
        earliest=table.period("earliest"),
        attempts=table.number("attempts"),
        days=table.number("days"),
        times_of_day=table.number("times_of_day"),
        channels=table.number("channels"),
        calls=table.number("calls") if "calls" in table.content else 0,
        every=table.period("every") if "every" in table.content else None,
        apart=table.period("apart") if "apart" in table.content else None,
        basis=read_basis(table),
    )
