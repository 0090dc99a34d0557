"""What now, when a person does not answer: one of the choices of the book, in words, and its task.

Each choice makes something owed, with an owner and a date: nobody is lost because somebody was told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.offering import on_its_day, open_from
from bindeledd.features.cases.domain.telling import ReasonNeeded
from bindeledd.features.pathways.domain import Book, Choice, Due, DueMoment, due_moment
from bindeledd.features.pathways.domain.bases import standing
from bindeledd.foundation.calendars import Calendar, Period
from bindeledd.foundation.errors import Conflict, Invalid

DECIDES = "clinician_decides"


class DecidedByChoice(Conflict):
    """What now is chosen, so that something is owed: words alone do not end the task."""

    code = "task.decided_by_choice"


class NothingToChoose(Conflict):
    """The task is none in which somebody decides what now."""

    code = "task.nothing_to_choose"


class UnknownChoice(Invalid):
    """The routine knows no such choice."""

    code = "task.unknown_choice"


class WhoAnsweredNeeded(Invalid):
    """Whoever was told of it has a name: who answered?"""

    code = "task.who_answered_needed"


class RelativeNeeded(Invalid):
    """Which of the relatives is to be asked."""

    code = "task.relative_needed"


class RelativeUnsafe(Invalid):
    """This relative is not contacted: it is unsafe, or they are near no more."""

    code = "task.relative_unsafe"


class RelativeObjected(Invalid):
    """The person does not want this relative to be told, and nobody has decided otherwise."""

    code = "task.relative_objected"


class NextDayNeeded(Invalid):
    """The next try has a day, today or later."""

    code = "task.next_day_needed"


class NextDayTooLate(Invalid):
    """The day lies further away than the routine allows."""

    code = "task.next_day_too_late"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was chosen, and why in words. `who` answered, `relative_id` and `on` where they are needed."""

    choice: str
    words: str
    who: str = ""
    relative_id: UUID | None = None
    on: date | None = None

    @property
    def note(self) -> dict[str, Any]:
        """As it is sealed, with the decision and with what it makes owed."""
        about = None if self.relative_id is None else str(self.relative_id)
        said = {"choice": self.choice, "words": self.words.strip(), "who": self.who.strip()}
        return {name: value for name, value in (said | {"relative_id": about}).items() if value}


def choice_of(book: Book, key: str) -> Choice:
    """The choice of that key. Raises `UnknownChoice`."""
    found = next((one for one in book.rule(DECIDES).choices if one.key == key), None)
    if found is None:
        raise UnknownChoice(choice=key)
    return found


def check(said: Decision, choice: Choice, calendar: Calendar, at: datetime) -> Decision:
    """The decision, with what its choice does not ask for left out. Raises what is missing."""
    if not said.words.strip():
        raise ReasonNeeded()
    if "who" in choice.needs and not said.who.strip():
        raise WhoAnsweredNeeded()
    if "relative" in choice.needs and said.relative_id is None:
        raise RelativeNeeded()
    if "date" in choice.needs:
        _check_day(said.on, choice, calendar, at)
    return Decision(
        choice=said.choice,
        words=said.words,
        who=said.who if "who" in choice.needs else "",
        relative_id=said.relative_id if "relative" in choice.needs else None,
        on=said.on if "date" in choice.needs else None,
    )


def _check_day(on: date | None, choice: Choice, calendar: Calendar, at: datetime) -> None:
    if on is None or on < calendar.local_date(at):
        raise NextDayNeeded()
    if choice.latest is None:
        return
    latest = latest_day(choice, calendar, at)
    if latest is not None and on > latest:
        raise NextDayTooLate(on=on.isoformat(), latest=latest.isoformat())


def latest_day(choice: Choice, calendar: Calendar, at: datetime) -> date | None:
    """The last day that may be chosen for the next try; None where the routine does not say."""
    if choice.latest is None:
        return None
    return calendar.local_date(at + choice.latest.length)


def falls_due(
    said: Decision, choice: Choice, book: Book, calendar: Calendar, at: datetime
) -> tuple[datetime, Mapping[str, Any]]:
    """When what was chosen is due, and why then. A closed day gives way to the next open one.

    What is done by reaching the person is contact: a reported death holds it, whatever its kind.
    """
    due = _moment(said, choice, book, calendar, at)
    basis = book.rule(DECIDES).basis
    why = {"basis": basis.kind.value, "source": basis.source, **standing(basis)}
    if gives_way(said, calendar, at):
        why["moved"] = "later"
    reaches_out = EventKind.REACHED in choice.satisfied_by
    return max(due.due_at, at), {**due.reason, "rule": DECIDES, "contact": reaches_out, **why}


def gives_way(said: Decision, calendar: Calendar, at: datetime) -> bool:
    """Whether the day that was chosen is closed, so that it is the next open one."""
    return said.on is not None and open_from(said.on, calendar, at) != said.on


def _moment(
    said: Decision, choice: Choice, book: Book, calendar: Calendar, at: datetime
) -> DueMoment:
    if said.on is not None:
        return on_its_day(said.on, calendar, at, of="next_on")
    rule = book.core.get(choice.task)
    due = choice.due or (None if rule is None else rule.due)
    hurried = rule is not None and book.ladder(rule.ladder).ignores_hours
    return due_moment(due or Due(within=Period()), at, False, calendar, ignores_hours=hurried)
