"""Seeing to it that nothing ends silently: what happened leaves something owed.

A pathway usually owes it already. Where it does not, the task is made here, with the clock that
the book gives its kind, or before the team goes home; the task says which of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, Event, EventKind, planning
from bindeledd.features.cases.service.adding import Wanted, add_tasks
from bindeledd.features.cases.service.framing import frame_of
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import CHOSEN, Book, Clock, begins, core_clock
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task


def see_that_it_is_owed(
    session: Session,
    done: Recorded,
    kind: str,
    *,
    words: Mapping[str, Any],
    satisfied_by: tuple[str, ...] = (),
    after: EventKind | None = None,
    about: Mapping[str, UUID] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Make an open task of this kind, unless the case has one (by its pathway, or from before).

    One that only words end has to be due no later, and a free one to be owed for the same reason.
    With `after`: one for each event of that kind, unless the pathway owes it after them itself.
    `about` one appointment (`appointment_id`): what is owed for another one
    is not owed for this.
    """
    clock = clock_of(session, done.case, kind, at=at, book=book)
    wanted = _by_rule(clock, kind, words, satisfied_by, about)
    if after is None:
        return owe_what_is_not(session, done, [wanted], by=by, at=at, book=book)
    frame = frame_of(session, done.case, book, queries.events_of(session, done.case.id))
    planned = (
        rule.task == kind and begins(rule, event.facts)
        for event in done.events
        if event.kind is after
        for rule in planning.rules_after(frame, event)
    )
    if any(planned):
        return done
    return owe_all(session, done, [wanted], by=by, at=at, book=book)


def see_that_each_is_owed(
    session: Session,
    done: Recorded,
    kind: str,
    *,
    each: Sequence[tuple[Mapping[str, UUID], Mapping[str, Any]]],
    satisfied_by: tuple[str, ...] = (),
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """The same for several appointments at once: `about` and words of each."""
    if not each:
        return done
    clock = clock_of(session, done.case, kind, at=at, book=book)
    wanted = [_by_rule(clock, kind, words, satisfied_by, about) for about, words in each]
    return owe_what_is_not(session, done, wanted, by=by, at=at, book=book)


def owe_what_is_not(
    session: Session,
    done: Recorded,
    wanted: Sequence[Wanted],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Owe those of these that nobody owes yet, as `see_that_it_is_owed` does."""
    tasks = [task for task in queries.tasks_of(session, done.case.id) if task.is_open]
    added: Sequence[Event] = ()
    if any(one.about for one in wanted):
        events = queries.events_of(session, done.case.id)
        added = [event for event in events if event.kind is EventKind.TASK_ADDED]
    missing = [one for one in wanted if not _is_owed(session, done, one, tasks, added)]
    return owe_all(session, done, missing, by=by, at=at, book=book) if missing else done


def _is_owed(
    session: Session,
    done: Recorded,
    wanted: Wanted,
    tasks: Sequence[Task],
    added: Sequence[Event],
) -> bool:
    same = [task for task in tasks if task.kind == wanted.kind]
    tie = (wanted.about or {}).get("appointment_id")
    if tie is not None:
        others = {e.id for e in added if e.facts.get("appointment_id") not in (None, str(tie))}
        same = [task for task in same if task.anchor_event_id not in others]
    if not wanted.satisfied_by:
        same = [task for task in same if task.due_at <= wanted.due_at]
    if wanted.kind != "free":
        return bool(same)
    reasons = queries.task_notes(session, done.case, [task.id for task in same])
    return any(said.get("because") == wanted.words.get("because") for said in reasons.values())


def owe(
    session: Session,
    done: Recorded,
    kind: str,
    *,
    due_at: datetime,
    words: Mapping[str, Any],
    satisfied_by: tuple[str, ...] = (),
    team_id: UUID | None = None,
    about: Mapping[str, UUID] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Make a task of this kind beside what was recorded, due when a person chose."""
    wanted = Wanted(
        kind=kind,
        due_at=due_at,
        words=words,
        satisfied_by=satisfied_by,
        team_id=team_id,
        about=about,
        reason=CHOSEN,
    )
    return owe_all(session, done, [wanted], by=by, at=at, book=book)


def owe_all(
    session: Session,
    done: Recorded,
    wanted: Sequence[Wanted],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Make these tasks beside what was recorded."""
    more = add_tasks(session, done.case.id, wanted, by=by, at=at, book=book)
    return replace(more.after(done), how=done.how)


def owe_by_rule(
    session: Session,
    case: Case,
    kind: str,
    *,
    rule: str | None = None,
    words: Mapping[str, Any],
    about: Mapping[str, UUID] | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Make a task of this kind with the clock of its rule in the book, or of another `rule`."""
    clock = clock_of(session, case, rule or kind, at=at, book=book)
    wanted = _by_rule(clock, kind, words, (), about)
    return add_tasks(session, case.id, [wanted], by=by, at=at, book=book)


def clock_of(session: Session, case: Case, kind: str, *, at: datetime, book: Book) -> Clock:
    """When a task of this kind is due by the clock that the book gives it, for the case's team."""
    return core_clock(book, kind, at, staff.team_calendar(session, case.responsible_team_id))


def _by_rule(
    clock: Clock,
    kind: str,
    words: Mapping[str, Any],
    satisfied_by: tuple[str, ...],
    about: Mapping[str, UUID] | None,
) -> Wanted:
    return Wanted(
        kind=kind,
        due_at=clock.due_at,
        reason=clock.reason,
        words=words,
        satisfied_by=satisfied_by,
        about=about,
    )
