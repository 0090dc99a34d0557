"""A course of follow-up in memory, for a pack's own tests: what is told, and what is owed after it.

The planner is the product's own; nothing here needs a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bindeledd.features.cases.domain import Case, CaseState, Event, EventKind, may_tell
from bindeledd.features.cases.domain.planning import Frame, plan
from bindeledd.features.pathways.domain import Book, Pathway
from bindeledd.features.tasks.domain import Task, TaskState
from bindeledd.foundation.calendars import Calendar
from bindeledd.plugin import answering


@dataclass
class Course:
    """One person who is followed up by `routine`. `now` is when the next thing is told."""

    book: Book
    routine: Pathway
    now: datetime
    calendar: Calendar = field(default_factory=Calendar)
    events: list[Event] = field(default_factory=list)
    tasks: dict[UUID, Task] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._team = uuid4()
        self._case = Case(
            id=uuid4(),
            tenant_id=uuid4(),
            patient_id=uuid4(),
            pathway_id=self.routine.id,
            pathway_version=self.routine.version,
            responsible_team_id=self._team,
            opened_at=self.now,
        )

    def begun(self, index_kind: str = "suicide_attempt", **facts: Any) -> "Course":
        """The follow-up begins with this, and these facts of it."""
        self.tell("index_event", index_kind=index_kind, **facts)
        return self

    def later(self, **time: float) -> "Course":
        """Let time pass: `course.later(days=3)`."""
        self.now += timedelta(**time)
        return self

    def tell(self, kind: str, *, words: str = "", **facts: Any) -> Event:
        """Something happened now, with these facts; then it is a minute later. `words`: what was
        said with it. Raises `CannotBeTold` where nobody asks for a fact with this event, or has no
        such answer, and `AnswerInWords` where an answer is given with words only."""
        answering.check_can_be_told(EventKind(kind), facts, self.book.fields)
        may_tell.check_in_words(facts, {"words": words}, self.book.fields)
        return self.write(kind, **facts)

    def write(self, kind: str, **facts: Any) -> Event:
        """The event as it stands once it is written down, whoever told it; then a minute passes."""
        event = Event(
            id=uuid4(),
            case_id=self._case.id,
            kind=EventKind(kind),
            at=self.now,
            recorded_at=self.now,
            recorded_by=uuid4(),
            facts=facts,
        )
        self.events.append(event)
        if event.kind in (EventKind.CLOSED, EventKind.REOPENED):
            self._opened_or_closed(event)
        frame = Frame(
            book=self.book,
            pathway=self.routine,
            teams={"responsible_team": self._team, "lead": self._team},
            holders={},
            calendars={self._team: self.calendar},
        )
        changes = plan(frame, self._case, self.events, self.tasks.values(), self.now)
        self.tasks |= {task.id: task for task in (*changes.new, *changes.changed)}
        self._case = replace(self._case, next_task_id=changes.next_task_id)
        self.later(minutes=1)
        return event

    def refuses(self, *, words: str = "", **facts: Any) -> bool:
        """Whether this cannot be told: one of the answers is given with words only, and has none.
        Raises `CannotBeTold` where there is no such question or answer."""
        answering.check_is_answer(facts, self.book.fields)
        try:
            may_tell.check_in_words(facts, {"words": words}, self.book.fields)
        except may_tell.AnswerInWords:
            return True
        return False

    def _opened_or_closed(self, event: Event) -> None:
        """The end takes away what was owed, and owes nothing itself, until it is opened again."""
        closed = event.kind is EventKind.CLOSED
        self._case = replace(self._case, state=CaseState.CLOSED if closed else CaseState.OPEN)
        for task in [task for task in self.tasks.values() if task.is_open and closed]:
            signed = task.kind == "sign_closing"
            self.tasks[task.id] = replace(
                task,
                state=TaskState.DONE if signed else TaskState.CANCELLED,
                ended_at=event.at,
                ended_by_event_id=event.id,
            )

    @property
    def owed(self) -> Mapping[str, Task]:
        """What is open now, by the key of its step or gate; of several the one due first."""
        still = sorted((t for t in self.tasks.values() if t.is_open), key=lambda t: t.due_at)
        return {task.step_key.removeprefix("gate."): task for task in reversed(still)}

    def owed_by(self, pack: str) -> set[str]:
        """What this pack's own steps and gates owe now, by key without the pack's name."""
        mine = f"{pack}."
        return {key.removeprefix(mine) for key in self.owed if key.startswith(mine)}
