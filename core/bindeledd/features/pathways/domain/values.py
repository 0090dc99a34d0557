"""What a pathway is: which tasks are owed after which event, when, by whom, and why.

Frozen values only. Read `Pathway`; ladders and rules of the core stand in `ladder_values.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Self, TypeVar, cast

from bindeledd.features.pathways.domain.facts import Condition, answers, has_evidence
from bindeledd.foundation.calendars import Count, Period

T = TypeVar("T")


class Strength(StrEnum):
    """must blocks closing; should warns; may hints. (skal · bør · kan)"""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class AfterDeath(StrEnum):
    """What becomes of a rule when a death is confirmed: it ends with the person, or it stands."""

    ENDS = "ends"
    STANDS = "stands"


class BasisKind(StrEnum):
    """Where a rule comes from. A default is never shown as a rule."""

    LAW = "law"
    GUIDELINE = "guideline"
    REGION = "region"
    LOCAL = "local"
    DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Which distribution, file and line said it."""

    distribution: str = "bindeledd"
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.distribution}:{self.file}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Basis:
    """The source of one rule. `verified` is False for drafts and second-hand sources."""

    kind: BasisKind
    source: str
    verified: bool = False
    note: str = ""

    @property
    def shown_as_default(self) -> bool:
        """A default, or a rule whose source nobody has read in its final form."""
        return self.kind is BasisKind.DEFAULT or not self.verified


@dataclass(frozen=True, kw_only=True)
class Change:
    """One word of a layer about one field: what stood before, what stands now, who said it, why.

    `adjustable_before`: whether what stood before was marked so, and might be loosened.
    """

    field: str
    before: object
    before_said_by: Origin
    adjustable_before: bool
    after: object
    layer: str
    version: str
    level: str
    origin: Origin
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """When something is due after its anchor: `opens` is None unless it is a window.

    `within` is the end; a `within` of zero means at the event itself. `count` says in which
    days or hours both are counted. `end_of_day`: at the end of the local day on which `within`
    ends, for what is owed the same day. `of` names a moment recorded with the event (when the
    appointment is) to count from instead, `backwards` for what is owed before it; where that
    moment is unknown, `unknown` counts from the event. `never_earlier`: what is not done before the
    day that was named; where that day is closed, at the first staffed moment after it. `latest`: how
    long after the event the moment that a person names may lie.
    """

    within: Period
    opens: Period | None = None
    count: Count = Count.CALENDAR_DAYS
    end_of_day: bool = False
    of: str | None = None
    backwards: bool = False
    unknown: Period | None = None
    never_earlier: bool = False
    latest: Period | None = None

    @property
    def form(self) -> str:
        """Which kind of rule it is: before, end_of_day, window, within or at."""
        if self.backwards:
            return "before"
        if self.end_of_day:
            return "end_of_day"
        if self.opens is not None:
            return "window"
        return "within" if self.within else "at"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a routine has owed after an event: as much as a step and a gate share.

    `when` names facts and the values for which it applies; a fact that is unknown applies. `given`
    is asked of a rule that is counted from an answer: what that very answer has to say.
    `evidence`: the facts that what fulfils it has to carry. `contact` marks what reaches out to
    the patient or relatives: a reported death ends it. `after_death` says what a confirmed one does;
    None as of the core's own of its kind. `due_basis` is the basis of the deadline
    where it is another than that of the rule itself (a law without a time). `adjustable` names the
    fields that a layer may loosen with a reason, `rows` what it answers (`rows.py`), `letter` a
    letter of its file. `level` and `layer` say where it was added, `stands` on which line each
    field stands there; `said` keeps, for each field that a layer changed, who said it, and
    `changes` what stood before.
    """

    key: str
    task: str
    due: Due
    due_basis: Basis | None = None
    owner: str = "responsible_team"
    given: Condition = field(default_factory=dict)
    evidence: Condition = field(default_factory=dict)
    strength: Strength = Strength.SHOULD
    basis: Basis
    title: Mapping[str, str] = field(default_factory=dict)
    ladder: str = "standard"
    when: Condition = field(default_factory=dict)
    contact: bool = False
    after_death: AfterDeath | None = None
    letter: str = ""
    adjustable: frozenset[str] = frozenset()
    rows: tuple[str, ...] = ()
    level: str = "national"
    layer: str = ""
    agreed: bool = False
    origin: Origin = field(default_factory=Origin)
    stands: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    said: Mapping[str, Origin] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()

    @property
    def deadline_basis(self) -> Basis:
        """What the deadline rests on."""
        return self.due_basis or self.basis

    def kept(self, name: str, made: Callable[[Self], T]) -> T:
        """What `made` says of this rule, which never changes: worked out once, and kept with it."""
        if name not in self._kept:
            self._kept[name] = made(self)
        return cast(T, self._kept[name])

    @cached_property
    def _kept(self) -> dict[str, object]:
        return {}


@dataclass(frozen=True, kw_only=True)
class Step(Rule):
    """One thing owed after each event of the kind `after`; any of `satisfied_by` fulfils it."""

    after: str
    satisfied_by: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The kind of event that it is counted from."""
        return self.after

    @property
    def satisfying(self) -> tuple[str, ...]:
        """The kinds of events, any of which fulfils it."""
        return self.satisfied_by


@dataclass(frozen=True, kw_only=True)
class Gate(Rule):
    """What should be in place at the event `at`. What is missing becomes a task.

    `need` is the kind of event that must have happened, with the facts that `evidence` asks for.
    `hard`: its source knows no exception, so a breach is an event of its own, with its true time.
    """

    at: str
    need: str
    hard: bool = False

    @property
    def anchor(self) -> str:
        """The kind of event that it is counted from."""
        return self.at

    @property
    def satisfying(self) -> tuple[str, ...]:
        """The kinds of events, any of which fulfils it."""
        return (self.need,)


def said_by(owed: Step | Gate, name: str) -> Origin:
    """Who says what a field is now: the layer that changed it last, else the file that made it."""
    return owed.said.get(name) or owed.stands.get(name) or owed.origin


def begins(owed: Step | Gate, facts: Mapping[str, object]) -> bool:
    """Is it owed after an event with these facts? Of an answer: only if it is the one meant."""
    return has_evidence(owed.given, facts)


def satisfies(owed: Step | Gate, kind: str, facts: Mapping[str, object]) -> bool:
    """Does an event of this kind with these facts fulfil it?"""
    return kind in owed.satisfying and answers(kind, owed.evidence, facts)


@dataclass(frozen=True, kw_only=True)
class LongestSilence:
    """The longest time in which nothing need be owed, by phase of the follow-up."""

    first_30_days: Period
    later: Period
    basis: Basis | None = None


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """What it takes before "cannot be reached" may be asked for.

    `calls`: how many of the attempts are by voice or in person. `every`: how long at most between
    two attempts until then. `apart`: how long at least between two through the same channel, so that
    they are two; whatever counts attempts asks for it.
    """

    earliest: Period
    attempts: int
    days: int
    times_of_day: int
    channels: int
    calls: int = 0
    every: Period | None = None
    apart: Period | None = None
    basis: Basis | None = None


@dataclass(frozen=True, kw_only=True)
class Pathway:
    """A routine: versioned, with a source for each rule. A case keeps the version it began with."""

    id: str
    version: str
    title: Mapping[str, str]
    index_events: tuple[str, ...]
    longest_silence: LongestSilence
    reopen_within: Period
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...]
    unreachable: Unreachable
    level: str = "national"
    rows: tuple[str, ...] = ()
    reopen_basis: Basis | None = None
    origin: Origin = field(default_factory=Origin)
    stands: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    content: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.version

    @property
    def owed(self) -> tuple[Step | Gate, ...]:
        """Gates and steps, in the order of the file."""
        return *self.gates, *self.steps

    def find(self, key: str) -> Step | Gate | None:
        """The step or gate of that key."""
        return next((owed for owed in self.owed if owed.key == key), None)
