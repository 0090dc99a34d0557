"""What a ladder is, and what the product itself owes whichever pathway is used."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bindeledd.features.pathways.domain.values import Basis, Due, Origin
from bindeledd.foundation.calendars import Count, Period

# What a choice may ask for beside words: who answered, which relative, the day of the next try.
NEEDS = ("who", "relative", "date")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person may choose where the task is to decide, and the task that follows from it.

    `due`: its own clock; without one that of the kind of task. `needs`: see `NEEDS`; with `date`
    that day is when it is due, at most `latest` away. `satisfied_by` does the task, beside words.
    """

    key: str
    title: Mapping[str, str]
    task: str
    due: Due | None = None
    satisfied_by: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    latest: Period | None = None


@dataclass(frozen=True, kw_only=True)
class CoreRule:
    """What the product itself owes whichever pathway is used: its clock, ladder and basis.

    `due` is None where the clock comes from elsewhere (a review: the longest silence; a task of
    a person: the time that was chosen). `attempts` unanswered ones `inside` a period begin it.
    `choices`: what may be decided, where somebody decides. `later_at_most` goes before its ladder's.
    """

    kind: str
    due: Due | None = None
    owner: str = "responsible_team"
    ladder: str = "standard"
    attempts: int | None = None
    inside: Period | None = None
    choices: tuple[Choice, ...] = ()
    later_at_most: Period | None = None
    basis: Basis
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of a ladder: `offset` before (negative) or after the due time, to `audience`."""

    before: bool
    offset: Period
    count: Count
    audience: str


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Who hears of a late task, in which order, and how long an acknowledgement lasts.

    `at_once`: whom it names before the due time hears as a task is made, however soon that is.
    `later_at_most`: how far a person may put later what it watches; not at all where that is nothing.
    """

    key: str
    seen_for: Period
    seen_count: Count
    repeat_every: Period
    repeat_count: Count
    rungs: tuple[Rung, ...]
    ignores_hours: bool = False
    at_once: bool = False
    later_at_most: Period | None = None
    basis: Basis | None = None
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)
