"""Questions about cases. Nothing here changes anything."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.cases.domain import BEGINNINGS, Case, Event, EventKind
from bindeledd.features.cases.tables import (
    CaseRow,
    ClosureRow,
    EpjMarkRow,
    EventRow,
    read_event,
)
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import unseal_or_report

# A routine, its version, and the layers (`id@version`) that it is followed with.
Followed = tuple[str, str, tuple[str, ...]]


def get_case(session: Session, case_id: UUID, *, tenant_id: UUID) -> Case:
    """The case. Raises `NotFound` also when it is another tenant's."""
    row = session.get(CaseRow, case_id)
    if row is None or row.tenant_id != tenant_id:
        raise NotFound(case=case_id)
    return row.read()


_OF_PATIENT = sa.select(CaseRow).where(
    CaseRow.tenant_id == sa.bindparam("tenant", type_=sa.Uuid()),
    CaseRow.patient_id == sa.bindparam("patient", type_=sa.Uuid()),
)
_OPEN = _OF_PATIENT.where(CaseRow.state != sa.literal_column("'closed'"))
_LAST_CLOSED = (
    _OF_PATIENT.where(CaseRow.state == sa.literal_column("'closed'"))
    .order_by(CaseRow.closed_at.desc())
    .limit(1)
)


def find_open_case(session: Session, *, tenant_id: UUID, patient_id: UUID) -> Case | None:
    """The patient's case that is not closed, if there is one. At most one, says the database."""
    row = session.scalar(_OPEN, {"tenant": tenant_id, "patient": patient_id})
    return None if row is None else row.read()


def last_closed_case(session: Session, *, tenant_id: UUID, patient_id: UUID) -> Case | None:
    """The patient's case that was closed last."""
    row = session.scalar(_LAST_CLOSED, {"tenant": tenant_id, "patient": patient_id})
    return None if row is None else row.read()


def cases_of(session: Session, *, tenant_id: UUID, patient_id: UUID) -> list[Case]:
    """Every case of the patient, open and closed."""
    rows = session.scalars(_OF_PATIENT, {"tenant": tenant_id, "patient": patient_id})
    return [row.read() for row in rows]


def in_error(session: Session, case: Case) -> bool:
    """Whether the case was closed as registered in error: it was none, so nothing reopens it."""
    if case.closure_id is None:
        return False
    ending = session.scalar(sa.select(ClosureRow.ending).where(ClosureRow.id == case.closure_id))
    return ending == "registered_in_error"


_EVENTS = (
    sa.select(
        EventRow.id,
        EventRow.case_id,
        EventRow.kind,
        EventRow.at,
        EventRow.date_only,
        EventRow.recorded_at,
        EventRow.recorded_by,
        EventRow.source,
        EventRow.source_id,
        EventRow.facts,
        EventRow.in_error_at,
    )
    .where(EventRow.case_id == sa.bindparam("case"))
    .order_by(EventRow.at, EventRow.recorded_at)
)


def events_of(session: Session, case_id: UUID) -> tuple[Event, ...]:
    """The history without its words, the earliest first; events in error are in it, marked."""
    return tuple(read_event(row) for row in session.execute(_EVENTS, {"case": case_id}))


def in_the_epj(session: Session, event_ids: Collection[UUID]) -> list[UUID]:
    """Those of these events whose note stands in the EPJ."""
    stands = sa.select(EpjMarkRow.event_id).where(
        EpjMarkRow.event_id.in_(event_ids), EpjMarkRow.entered_at.is_not(None)
    )
    return sorted(session.scalars(stands))


def telling_of(
    session: Session, case_id: UUID, fact: str, about: UUID, kinds: Collection[EventKind]
) -> list[UUID]:
    """The events of these kinds that stand and tell of one thing: the id in this fact of theirs."""
    return [
        event.id
        for event in events_of(session, case_id)
        if event.kind in kinds and not event.in_error and event.facts.get(fact) == str(about)
    ]


def histories_of(
    session: Session, case_ids: Collection[UUID], *, kinds: Collection[EventKind] = ()
) -> dict[UUID, tuple[Event, ...]]:
    """The same of some cases, by case: one query. With `kinds` only events of these."""
    asked = sa.select(*_EVENTS.selected_columns).where(EventRow.case_id.in_(case_ids))
    if kinds:
        asked = asked.where(EventRow.kind.in_([kind.value for kind in kinds]))
    found: dict[UUID, list[Event]] = {case_id: [] for case_id in case_ids}
    for row in session.execute(asked.order_by(EventRow.at, EventRow.recorded_at)):
        found[row.case_id].append(read_event(row))
    return {case_id: tuple(events) for case_id, events in found.items()}


def tasks_of_all(session: Session, case_ids: Collection[UUID]) -> dict[UUID, tuple[Task, ...]]:
    """Every task of some cases, by case, each by due time: one query."""
    rows = session.scalars(
        sa.select(TaskRow)
        .where(TaskRow.case_id.in_(case_ids))
        .order_by(TaskRow.due_at, TaskRow.id)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[Task]] = {case_id: [] for case_id in case_ids}
    for row in rows:
        if row.case_id is not None:
            found[row.case_id].append(row.read())
    return {case_id: tuple(tasks) for case_id, tasks in found.items()}


def lock_cases(session: Session, case_ids: Collection[UUID]) -> None:
    """Nobody writes into these cases until the transaction ends. Always in the same order."""
    asked = sa.select(CaseRow.id).where(CaseRow.id.in_(case_ids)).order_by(CaseRow.id)
    session.execute(asked.with_for_update())


def tasks_of(session: Session, case_id: UUID) -> tuple[Task, ...]:
    """Every task of the case, whatever its state, by due time."""
    rows = session.scalars(
        sa.select(TaskRow)
        .where(TaskRow.case_id == case_id)
        .order_by(TaskRow.due_at, TaskRow.id)
        .execution_options(populate_existing=True)
    )
    return tuple(row.read() for row in rows)


def notes_of(session: Session, case: Case) -> Mapping[UUID, dict[str, Any]]:
    """The sealed words of the case's events, by event, those that can be opened.

    The caller writes down the read."""
    rows = session.scalars(
        sa.select(EventRow.id).where(EventRow.case_id == case.id, EventRow.note.is_not(None))
    )
    return words_of(session, dict.fromkeys(rows, case))


def words_of(session: Session, told: Mapping[UUID, Case]) -> Mapping[UUID, dict[str, Any]]:
    """The sealed words of these events (event → its case), those that can be opened.

    The caller writes down the read."""
    if not told:
        return {}
    rows = session.execute(
        sa.select(EventRow.id, EventRow.note).where(
            EventRow.id.in_(list(told)), EventRow.note.is_not(None)
        )
    )
    opened = {
        row.id: unseal_or_report(session, note_place(told[row.id], row.id), row.note)
        for row in rows
    }
    return {event: note for event, note in opened.items() if note is not None}


def task_notes(
    session: Session, case: Case, task_ids: Sequence[UUID]
) -> Mapping[UUID, dict[str, Any]]:
    """The sealed words of these tasks of the case, by task, those that can be opened."""
    if not task_ids:
        return {}
    rows = session.execute(
        sa.select(TaskRow.id, TaskRow.note).where(
            TaskRow.case_id == case.id, TaskRow.id.in_(task_ids), TaskRow.note.is_not(None)
        )
    )
    opened = {
        row.id: unseal_or_report(
            session, Place(case.tenant_id, "tasks", "note", row.id, case.patient_id), row.note
        )
        for row in rows
    }
    return {task: note for task, note in opened.items() if note is not None}


def note_place(case: Case, event_id: UUID) -> Place:
    """Where the sealed words of an event stand."""
    return Place(case.tenant_id, "events", "note", event_id, case.patient_id)


def task_note_place(task: Task, subject_id: UUID) -> Place:
    """Where the sealed words of a task stand; the subject is the patient (or message, or call)."""
    return Place(task.tenant_id, "tasks", "note", task.id, subject_id)


def followed(session: Session, tenant_id: UUID) -> list[Followed]:
    """What open follow-ups follow: routine, version and layers, each set of them once."""
    asked = sa.select(CaseRow.pathway_id, CaseRow.pathway_version, CaseRow.pathway_layers).where(
        CaseRow.tenant_id == tenant_id, CaseRow.state != "closed"
    )
    found = session.execute(asked.distinct()).all()
    return sorted((name, version, tuple(keys.split())) for name, version, keys in found)


def open_cases(
    session: Session, *, tenant_id: UUID, after: UUID | None = None, many: int = 500
) -> Sequence[Case]:
    """Open cases in pages by id, for work over all of them."""
    query = sa.select(CaseRow).where(CaseRow.tenant_id == tenant_id, CaseRow.state == "open")
    if after is not None:
        query = query.where(CaseRow.id > after)
    return [row.read() for row in session.scalars(query.order_by(CaseRow.id).limit(many))]


def registered_by(
    session: Session, by: Actor, *, since: datetime, limit: int
) -> Sequence[sa.Row[UUID, UUID, datetime]]:
    """The follow-ups of the teams of `by` whose index event they wrote down since then, the latest
    first; none that they may not see."""
    latest = sa.func.max(EventRow.recorded_at).label("recorded_at")
    return session.execute(
        sa.select(EventRow.case_id, CaseRow.patient_id, latest)
        .join(CaseRow, CaseRow.id == EventRow.case_id)
        .where(
            CaseRow.tenant_id == by.tenant_id,
            CaseRow.responsible_team_id.in_(sorted(by.teams)),
            CaseRow.state == "open",
            EventRow.kind.in_([kind.value for kind in BEGINNINGS]),
            EventRow.recorded_by == by.id,
            EventRow.recorded_at >= since,
            EventRow.in_error_at.is_(None),
            access.sees_case(by, EventRow.__table__.c.case_id),
        )
        .group_by(EventRow.case_id, CaseRow.patient_id)
        .order_by(latest.desc(), EventRow.case_id)
        .limit(limit)
    ).all()
