"""Who goes home today, and what is missing. Pure, over events and tasks of a follow-up."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bindeledd.features.cases.domain import (
    NOT_KNOWN,
    Event,
    EventKind,
    ahead,
    assumed,
    covering,
    last_of,
    last_told,
)
from bindeledd.features.cases.domain.replying import Reply, reply
from bindeledd.features.pathways.domain import Gate, Pathway, Strength, applies, satisfies
from bindeledd.features.patients.domain import Listed
from bindeledd.features.staff.domain import DutyKind
from bindeledd.features.tasks.domain import Task, TaskState

# The gates of a routine that ask what is in place when somebody goes home.
GOING_HOME = (EventKind.DISCHARGED.value, EventKind.READY_FOR_DISCHARGE.value)
LEAVING = (EventKind.READY_FOR_DISCHARGE, EventKind.DISCHARGED, EventKind.DISCHARGE_WITHDRAWN)


class Cell(StrEnum):
    """`owed`: the time has come and it is missing. `not_yet`: missing, and nobody owes it yet."""

    IN_PLACE = "in_place"
    OWED = "owed"
    NOT_YET = "not_yet"
    FELL_AWAY = "fell_away"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing of a row, a gate of its routine; `due_at` and `team_id` of the task that owes it.

    `reply`: what the person answered, where what is in place is that they were asked.
    """

    key: str
    need: str
    cell: Cell
    strength: Strength = Strength.SHOULD
    due_at: datetime | None = None
    team_id: UUID | None = None
    reply: Reply | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A gate that at least one row has; `strength` the strongest that a row gives it."""

    key: str
    need: str
    title: Mapping[str, str]
    strength: Strength


@dataclass(frozen=True, kw_only=True)
class Going:
    """One patient's row. `left`: has gone home already, at `at`; else is ready since then.

    `not_known`: nobody knows whether they have left; `at` is when it was assumed of them. `death`: what was said of a death that stands, and when it was said. `cover`: what was said
    last of who answers while nobody is at work; `cover_owed`: somebody owes the answer still.
    """

    case_id: UUID
    unit: str
    at: datetime
    date_only: bool
    left: bool
    not_known: bool = False
    who: Listed | None
    parts: tuple[Part, ...]
    death: Event | None = None
    cover: Event | None = None
    cover_owed: bool = False

    @property
    def covered(self) -> tuple[datetime, datetime] | None:
        """From when until when somebody answers, where that was said."""
        return None if self.cover is None else covering.time_of(self.cover.facts)

    @property
    def unanswered(self) -> bool:
        """It is asked who answers for this person while nobody is at work, and nobody has said, or
        whoever has said yes does not answer for all of it."""
        said = self.cover is not None and bool(self.cover.facts.get("cover"))
        return self.cover_owed and (not said or self.covered is not None)

    @property
    def dead(self) -> bool:
        """A second person has confirmed it: nobody is leaving any more."""
        return self.death is not None and self.death.kind is EventKind.DEATH_CONFIRMED

    def part(self, key: str) -> Part | None:
        """The part under this column; None where the person's routine does not ask for it."""
        return next((part for part in self.parts if part.key == key), None)

    @property
    def missing(self) -> int:
        return sum(part.cell in (Cell.OWED, Cell.NOT_YET) for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Somebody answers for a team for a time while it is closed."""

    name: str
    starts_at: datetime
    ends_at: datetime
    kind: DutyKind


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """Something that is owed before the team is back, and whose it is (None: the team's)."""

    task_id: UUID
    case_id: UUID | None
    subject_id: UUID | None
    kind: str
    due_at: datetime
    held_by: UUID | None
    step_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A team's time away: from `leaves` to `back`. `long`: 24 hours of it or more are unstaffed.

    `uncovered`: when nobody answers in between, neither by hours nor on call. `ahead`: what falls
    due from the moment it leaves, and what is owed until then to those who go home today or
    because nobody is at work afterwards, late or not. `late`: how much is overdue already.
    """

    team_id: UUID
    leaves: datetime
    back: datetime
    long: bool
    watches: tuple[Watch, ...]
    uncovered: tuple[tuple[datetime, datetime], ...]
    ahead: tuple[Ahead, ...]
    more: bool = False
    late: int = 0


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """The whole page: rows, and each team until it is back. `dead`: who was taken out of the rows
    today, because a second person has confirmed that they died."""

    rows: tuple[Going, ...]
    dead: tuple[Going, ...]
    teams: tuple[Closed, ...]
    names: Mapping[UUID, Listed]
    columns: tuple[Column, ...] = ()


def in_turn(ahead: Sequence[Ahead], members: Mapping[UUID, str], at: datetime) -> tuple[Ahead, ...]:
    """What is overdue at `at` first; then what nobody holds, then by name; inside each by time."""

    def turn(one: Ahead) -> tuple[bool, str, datetime, UUID]:
        name = "" if one.held_by is None else members.get(one.held_by, "?")
        return one.due_at >= at, name, one.due_at, one.task_id

    return tuple(sorted(ahead, key=turn))


def last_word(events: Sequence[Event], day: Callable[[datetime], date]) -> Event | None:
    """What was said last of going home; None where it was taken back or never said.

    `day` is the date on the wall. On a day of which something is known without a time, what was
    recorded last is the last word: it lies neither before nor after the hour of another.
    """
    valid = [
        event
        for event in events
        if not event.in_error and event.kind in LEAVING and not event.facts.get(NOT_KNOWN)
    ]
    if not valid:
        return None
    last_day = max(day(event.at) for event in valid)
    that_day = [event for event in valid if day(event.at) == last_day]
    if any(event.date_only for event in that_day):
        last = max(that_day, key=lambda event: (event.recorded_at, event.at))
    else:
        last = max(that_day, key=lambda event: (event.at, event.recorded_at))
    return None if last.kind is EventKind.DISCHARGE_WITHDRAWN else last


def not_known(
    events: tuple[Event, ...], day: Callable[[datetime], date], today: date
) -> Event | None:
    """The discharge of `today` of which nobody knows: assumed of that day, or on it; None where
    somebody has told better since, or that they are in hospital."""
    stand = [event for event in assumed.without_replaced(events) if not event.in_error]
    guess = last_of(tuple(event for event in stand if event.is_assumed), EventKind.DISCHARGED)
    if guess is None or today not in (day(guess.at), day(guess.recorded_at)):
        return None
    later = (one for one in stand if (one.recorded_at, one.at) > (guess.recorded_at, guess.at))
    return None if any(one.kind in _TELLS_WHERE for one in later) else guess


_TELLS_WHERE = frozenset({*LEAVING, EventKind.ADMITTED, EventKind.INDEX_EVENT})


def gates_of(pathway: Pathway, events: Sequence[Event]) -> list[Gate]:
    """What the routine asks for when this person goes home, in its order; the musts first."""
    known: dict[str, object] = {}
    for event in events:
        if not event.in_error:
            known |= {name: value for name, value in event.facts.items() if value is not None}
    asked = [gate for gate in pathway.gates if gate.at in GOING_HOME and applies(gate.when, known)]
    return sorted(asked, key=lambda gate: _ORDER.index(gate.strength))


_ORDER = (Strength.MUST, Strength.SHOULD, Strength.MAY)


def columns(asked: Sequence[Sequence[Gate]]) -> tuple[Column, ...]:
    """Every gate that one of these rows has, once: nothing that is missing is left out."""
    found: dict[str, Gate] = {}
    for gate in (gate for gates in asked for gate in gates):
        before = found.get(gate.key)
        if before is None or _ORDER.index(gate.strength) < _ORDER.index(before.strength):
            found[gate.key] = gate
    every = sorted(found.values(), key=lambda gate: _ORDER.index(gate.strength))
    return tuple(
        Column(key=gate.key, need=gate.need, title=gate.title, strength=gate.strength)
        for gate in every
    )


def parts(
    events: tuple[Event, ...], tasks: Sequence[Task], gates: Sequence[Gate], at: datetime
) -> tuple[Part, ...]:
    """What is in place and what is missing at `at`, of this stay: an earlier stay's does not count,
    but for an appointment that lies ahead of going home; one that was over by then does not."""
    since = {event.id for event in _this_stay(events)}
    wrong = frozenset(event.id for event in events if event.in_error) | ahead.taken_back(events)
    valid = [event for event in events if event.id not in wrong]
    stand = [event for event in valid if event.id in since]
    earlier = [event for event in valid if event.id not in since]
    found = []
    for gate in gates:
        counts = ahead.in_place(stand, gate.at, at, earlier=earlier)
        over = {event.id for event in valid} - {event.id for event in counts}
        found.append(_part(gate, counts, tasks, wrong | over))
    return tuple(found)


def cover_of(events: tuple[Event, ...], at: datetime) -> Event | None:
    """What was said last, in this stay, of who answers while nobody is at work; nothing where the
    time for which somebody said yes has passed."""
    last = last_told(_this_stay(events), EventKind.GAP_COVERED)
    return None if last is None or covering.is_over(last, at) else last


def owes_cover(tasks: Sequence[Task]) -> bool:
    """Whether somebody still owes an answer to who answers while nobody is at work."""
    return any(task.is_open and task.kind == "cover_gap" for task in tasks)


def _this_stay(events: tuple[Event, ...]) -> tuple[Event, ...]:
    began = last_of(events, EventKind.ADMITTED, EventKind.INDEX_EVENT)
    return tuple(
        event
        for event in events
        if not event.in_error and (began is None or event.recorded_at >= began.recorded_at)
    )


def _part(
    gate: Gate, events: Sequence[Event], tasks: Sequence[Task], wrong: Collection[UUID]
) -> Part:
    """`wrong`: the events that do not stand; what one of them ended is not in place, and what fell
    away with one of them is asked for when the person goes home."""
    own = [task for task in tasks if task.step_key == f"gate.{gate.key}"]
    task = max(own, key=lambda task: (task.is_open, task.made_at), default=None)
    part = Part(key=gate.key, need=gate.need, cell=Cell.NOT_YET, strength=gate.strength)
    if task is not None and task.is_open:
        return replace(part, cell=Cell.OWED, due_at=task.due_at, team_id=task.owner_team_id)
    if any(satisfies(gate, event.kind.value, event.facts) for event in events):
        return replace(part, cell=Cell.IN_PLACE, reply=reply(gate, events))
    if task is None:
        return part
    if task.state is not TaskState.DONE:
        return part if task.anchor_event_id in wrong else replace(part, cell=Cell.FELL_AWAY)
    return part if task.ended_by_event_id in wrong else replace(part, cell=Cell.IN_PLACE)
