"""Moving open cases to another version of their routine: first seen, then done, batch by batch.

A case that follows the wanted version already is left alone, so that a run that was stopped goes
on where it was. Each case is locked, planned anew, and says in its history who moved it and why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, EventKind, NewEvent, planning, telling
from bindeledd.features.cases.domain.joining import of_layer, with_brought
from bindeledd.features.cases.domain.upgrading import Moved, Upgrade, upgraded
from bindeledd.features.cases.service.writing import (
    Places,
    events_from,
    frame_of,
    held_in,
    insert_events,
    keep_held,
    lock,
    write_tasks,
)
from bindeledd.features.pathways.domain import Book, Pathway, PathwayUnknown
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks import tables as stored
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table


@dataclass(frozen=True, kw_only=True)
class Target:
    """The version that cases of a pathway are to follow, with today's layers of each unit, and of
    each team that has taken a case over: what it brought, it goes on bringing."""

    pathway_id: str
    version: str
    book: Book
    units: Mapping[UUID, tuple[str, str, str]] = field(default_factory=dict)
    teams: Mapping[UUID, tuple[str, frozenset[str]]] = field(default_factory=dict)

    def of(self, case: Case) -> Case:
        """The case as it would follow it; the same case where it does already, or where the
        pathway is another one or its version a newer one."""
        if case.pathway_id != self.pathway_id or self.book.is_newer(
            case.pathway_version, self.version
        ):
            return case
        unit = self.units.get(case.unit_id) if case.unit_id is not None else None
        layers = self.book.layers_for(self.pathway_id, *(unit or ()))
        keys = tuple(layer.key for layer in layers)
        return replace(
            case, pathway_version=self.version, layers=with_brought(keys, (), self._goes_on(case))
        )

    def _goes_on(self, case: Case) -> list[str]:
        """What its team has brought already; of a case without unit, all of its organisation."""
        organisation, units = self.teams.get(case.responsible_team_id, ("", frozenset()))
        followed = {of_layer(key) for key in case.layers}
        brought = self.book.layers_brought(self.pathway_id, organisation, units)
        return [
            layer.key
            for layer in brought
            if layer.id in followed or (case.unit_id is None and not layer.units)
        ]


def target(
    session: Session, tenant_id: UUID, *, pathway_id: str, version: str, book: Book
) -> Target:
    """What `--to VERSION` means here. Raises `PathwayUnknown` for what is not installed."""
    book.pathway(pathway_id, version)
    units, teams = staff.unit_places(session, tenant_id), staff.team_places(session, tenant_id)
    return Target(pathway_id=pathway_id, version=version, book=book, units=units, teams=teams)


def preview(
    session: Session, cases: Iterable[Case], to: Target, *, at: datetime, later: bool = False
) -> list[Upgrade]:
    """What the upgrade would do to those of these cases that are behind. Writes nothing."""
    behind = [case for case in cases if to.of(case) != case]
    ids = [case.id for case in behind]
    known: Places = {}
    histories, tasks = queries.histories_of(session, ids), queries.tasks_of_all(session, ids)
    return [
        upgraded(
            _followed(case, to.book),
            frame_of(session, to.of(case), to.book, histories[case.id], known),
            to.of(case),
            histories[case.id],
            tasks[case.id],
            at,
            later=later,
        )
        for case in behind
    ]


def _followed(case: Case, book: Book) -> Pathway | None:
    try:
        return book.followed(case.pathway_id, case.pathway_version, case.layers)
    except PathwayUnknown:
        return None


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
    if not before.is_open or to.of(before) == before:
        return None
    done = preview(session, [before], to, at=at, later=later)[0]
    said = _said(before, done, reason, at, later=later)
    insert_events(session, before, events_from(before, said, by=by, at=at), said)
    history = queries.events_of(session, case_id)
    frame = frame_of(session, done.case, to.book, history)
    changes, restated = _split(done.changes, queries.tasks_of(session, case_id))
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


def _said(before: Case, done: Upgrade, reason: str, at: datetime, *, later: bool) -> list[NewEvent]:
    """That the routine changed, and each due time that this put later: the roll call counts them."""
    note = {"words": reason}
    changed = NewEvent(
        kind=EventKind.ROUTINE_CHANGED,
        at=at,
        facts={
            "from": before.pathway_version,
            "to": done.case.pathway_version,
            "layers_from": list(before.layers),
            "layers_to": list(done.case.layers),
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
