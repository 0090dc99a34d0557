"""What a pathway is: which tasks are owed after which event, when, by whom, and why.

Read `Pathway`, then `Ladder`. How they are read from TOML stands in `reading.py`, how a round of
a ladder becomes moments in `ladders.py`. Nothing here knows of files, database or clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bindeledd.foundation.calendars import Count, Period


class Strength(StrEnum):
    """must blocks closing; should warns; may hints. (skal · bør · kan)"""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


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
class Due:
    """When something is due after its anchor: `opens` is None unless it is a window.

    `within` is the end; a `within` of zero means at the event itself. `count` says in which
    days or hours both are counted.
    """

    within: Period
    opens: Period | None = None
    count: Count = Count.CALENDAR_DAYS


Condition = Mapping[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing owed after each event of the kind `after`.

    `when` names facts and the values for which it applies; a fact that is unknown applies.
    `contact` marks steps that reach out to the patient or relatives: a reported death ends them.
    """

    key: str
    task: str
    after: str
    due: Due
    owner: str = "responsible_team"
    satisfied_by: tuple[str, ...] = ()
    strength: Strength = Strength.SHOULD
    basis: Basis
    ladder: str = "standard"
    when: Condition = field(default_factory=dict)
    contact: bool = False
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What should be in place at an event. What is missing becomes a task (`task`, `due`)."""

    key: str
    at: str
    need: str
    task: str
    due: Due
    owner: str = "responsible_team"
    strength: Strength = Strength.SHOULD
    basis: Basis
    ladder: str = "standard"
    when: Condition = field(default_factory=dict)
    contact: bool = False
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, kw_only=True)
class LongestSilence:
    """The longest time in which nothing need be owed, by phase of the follow-up."""

    first_30_days: Period
    later: Period


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """What it takes before "cannot be reached" may be asked for."""

    earliest: Period
    attempts: int
    days: int
    times_of_day: int
    channels: int


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
    origin: Origin = field(default_factory=Origin)

    @property
    def key(self) -> tuple[str, str]:
        return self.id, self.version


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of a ladder: `offset` before (negative) or after the due time, to `audience`."""

    before: bool
    offset: Period
    count: Count
    audience: str


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Who hears of a late task, in which order, and how long an acknowledgement lasts."""

    key: str
    seen_for: Period
    seen_count: Count
    repeat_every: Period
    repeat_count: Count
    rungs: tuple[Rung, ...]
    ignores_hours: bool = False
    origin: Origin = field(default_factory=Origin)
