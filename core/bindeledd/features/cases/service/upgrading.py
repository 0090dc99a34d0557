"""Moving open cases to another version of their routine: first seen, then done, batch by batch.

A case that follows the wanted version already is left alone, so that a run that was stopped goes
on where it was. Each case is locked, planned anew, and says in its history who moved it and why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import (
    Case,
    Event,
    EventKind,
    NewEvent,
    joining,
    planning,
    staying,
    telling,
)
from bindeledd.features.cases.domain.upgrading import Moved, Upgrade, upgraded
from bindeledd.features.cases.service.framing import Places, frame_of
from bindeledd.features.cases.service.writing import events_from, insert_events, lock, write_tasks
from bindeledd.features.cases.service.writing_tasks import held_in, keep_held
from bindeledd.features.pathways.domain import Book, PathwayUnknown
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as stored
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table
from bindeledd.foundation.ids import new_id

# Of a history: all that says which layers a case and its stays follow.
_SAYING = (*joining.SAYING, *staying.SAYING)


@dataclass(frozen=True, kw_only=True)
class Target:
    """The version that cases of a pathway are to follow, with today's layers of each unit, of each
    team that has taken a case over, and of what was agreed with a receiver: see `joining`."""

    pathway_id: str
    version: str
    book: Book
    units: Mapping[UUID, tuple[str, str, str]] = field(default_factory=dict)
    teams: Mapping[UUID, tuple[str, frozenset[str]]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)

    def meant(self, case: Case, history: Sequence[Event]) -> "Meant | None":
        """What the case would follow; None where it does already, or where the pathway is another
        one or its version a newer one."""
        if case.pathway_id != self.pathway_id or self.book.is_newer(
            case.pathway_version, self.version
        ):
            return None
        today = joining.followed_today(self.book, case, history, self._places(case, history))
        stays = self._stays(case, history)
        after = replace(case, pathway_version=self.version, layers=today.layers)
        if after == case and not stays:
            return None
        return Meant(before=case, case=after, facts={**today.facts, **staying.following(stays)})

    def _places(self, case: Case, history: Sequence[Event]) -> joining.Places:
        naming = joining.named(history)
        sender = None if naming is None else naming.facts.get(joining.SENDER)
        return joining.Places(
            unit=self.units.get(case.unit_id) if case.unit_id is not None else None,
            team=self.teams.get(case.responsible_team_id, ("", frozenset())),
            sender=None if sender is None else self.teams.get(UUID(str(sender))),
            kinds=self.kinds,
        )

    def _stays(self, case: Case, history: Sequence[Event]) -> Mapping[UUID, tuple[str, ...]]:
        """What stays in other units are to follow, by unit, where that is something else."""
        known = staying.stays(history)
        units = {stay.unit_id for stay in known}
        today = staying.for_units(self.book, case.pathway_id, units, self.units)
        return staying.behind(known, today)


@dataclass(frozen=True, kw_only=True)
class Meant:
    """A case as it is, and as it would follow a version; `facts`: what its history says of that."""

    before: Case
    case: Case
    facts: Mapping[str, Any]

    def planned(
        self,
        frame: planning.Frame,
        history: Sequence[Event],
        tasks: Sequence[Task],
        at: datetime,
        *,
        later: bool,
    ) -> Upgrade:
        """What becomes of it, with the frame in which it follows that (`_frame`)."""
        old = _as_it_stood(frame, self.before, history)
        return upgraded(old, frame, self.case, history, tasks, at, later=later)


def target(
    session: Session, tenant_id: UUID, *, pathway_id: str, version: str, book: Book
) -> Target:
    """What `--to VERSION` means here. Raises `PathwayUnknown` for what is not installed."""
    book.pathway(pathway_id, version)
    return Target(
        pathway_id=pathway_id,
        version=version,
        book=book,
        units=staff.unit_places(session, tenant_id),
        teams=staff.team_places(session, tenant_id),
        kinds=staff.organisation_kinds(session, tenant_id),
    )


def preview(
    session: Session, cases: Iterable[Case], to: Target, *, at: datetime, later: bool = False
) -> list[Upgrade]:
    """What the upgrade would do to those of these cases that are behind. Writes nothing."""
    every = list(cases)
    said = queries.histories_of(session, [case.id for case in every], kinds=_SAYING)
    found = (to.meant(case, said[case.id]) for case in every)
    behind = [meant for meant in found if meant is not None]
    ids = [meant.case.id for meant in behind]
    known: Places = {}
    histories, tasks = queries.histories_of(session, ids), queries.tasks_of_all(session, ids)
    planned = []
    for meant in behind:
        history = histories[meant.case.id]
        frame = _frame(session, meant, to.book, history, at, known)
        planned.append(meant.planned(frame, history, tasks[meant.case.id], at, later=later))
    return planned


def _frame(
    session: Session,
    meant: Meant,
    book: Book,
    history: Sequence[Event],
    at: datetime,
    known: Places | None = None,
) -> planning.Frame:
    """The frame of the case once its history says what it follows, as it is read ever after."""
    case = meant.case
    says = Event(
        id=new_id(),
        case_id=case.id,
        kind=EventKind.ROUTINE_CHANGED,
        at=at,
        recorded_at=at,
        facts=meant.facts,
    )
    return frame_of(session, case, book, (*history, says), known)


def _as_it_stood(
    frame: planning.Frame, before: Case, history: Sequence[Event]
) -> planning.Frame | None:
    """The same of the case as it is; None where its version is not installed any more."""
    try:
        own = frame.book.followed(before.pathway_id, before.pathway_version, before.layers)
    except PathwayUnknown:
        return None
    return replace(
        frame,
        pathway=own,
        layers=before.layers,
        joined=joining.joined(history),
        stays=staying.stays(history),
    )


def upgrade_case(
    session: Session,
    case_id: UUID,
    to: Target,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    later: bool = False,
) -> Upgrade | None:
    """Move one open case. None where it is closed by now, or follows the version already.

    What waits for the signature of a take-over goes on waiting: it raises nothing before.

    The reason is sealed with the case's own event. Raises `ReasonNeeded` without one.
    """
    telling.check_words({"reason": reason})
    row = lock(session, case_id)
    before = row.read()
    history = queries.events_of(session, case_id)
    meant = to.meant(before, history) if before.is_open else None
    if meant is None:
        return None
    frame = _frame(session, meant, to.book, history, at)
    tasks = queries.tasks_of(session, case_id)
    done = meant.planned(frame, history, tasks, at, later=later)
    said = _said(meant, done, reason, at, later=later)
    insert_events(session, before, events_from(before, said, by=by, at=at), said)
    changes, restated = _split(done.changes, tasks)
    held = held_in(session, case_id, changes.new, history)
    write_tasks(session, row, done.case, changes, frame, by=by, at=at, book=to.book)
    keep_held(session, held)
    _restate(session, restated)
    audit.record(
        session,
        "case.routine_changed",
        by=by,
        at=at,
        subjects=[before.patient_id],
        facts={"case": case_id, "to": to.version, **_counts(done, later=later)},
    )
    return done


def _counts(done: Upgrade, *, later: bool) -> dict[str, int]:
    return {
        "earlier": len(done.earlier),
        "later": len(done.later) if later else 0,
        "new": len(done.changes.new),
        "overdue_now": len(done.overdue_now),
    }


def _said(meant: Meant, done: Upgrade, reason: str, at: datetime, *, later: bool) -> list[NewEvent]:
    """That the routine changed, and each due time that this put later: the roll call counts them."""
    note = {"words": reason}
    changed = NewEvent(
        kind=EventKind.ROUTINE_CHANGED,
        at=at,
        facts={
            "from": meant.before.pathway_version,
            "to": meant.case.pathway_version,
            "layers_from": list(meant.before.layers),
            "layers_to": list(meant.case.layers),
            **meant.facts,
            **_counts(done, later=later),
        },
        note=note,
    )
    return [changed, *(_put_later(moved, at, note) for moved in done.later if later)]


def _put_later(moved: Moved, at: datetime, note: Mapping[str, str]) -> NewEvent:
    facts = {
        "task_id": str(moved.task.id),
        "from": moved.before.isoformat(),
        "to": moved.after.isoformat(),
    }
    return NewEvent(kind=EventKind.TASK_MOVED_LATER, at=at, facts=facts, note=note)


def _split(changes: planning.Changes, tasks: Sequence[Task]) -> tuple[planning.Changes, list[Task]]:
    """Tasks whose clock, owner or ladder stay are only told anew: nobody is alerted for a word."""
    before = {task.id: task for task in tasks}
    restated = [
        task
        for task in changes.changed
        if task.is_open and before[task.id].is_open and _watch(task) == _watch(before[task.id])
    ]
    rest = tuple(task for task in changes.changed if task not in restated)
    return replace(changes, changed=rest), restated


def _watch(task: Task) -> tuple[object, ...]:
    return task.due_at, task.owner_team_id, task.held_by, task.ladder


def _restate(session: Session, tasks: Iterable[Task]) -> None:
    for task in tasks:
        columns = stored.values(task)
        told = ("kind", "strength", "owner", "window_from", "due_reason", "satisfied_by")
        session.execute(
            sa.update(table(TaskRow))
            .where(TaskRow.id == task.id, TaskRow.state == "open")
            .values({name: columns[name] for name in told} | {"version": TaskRow.version + 1})
        )
