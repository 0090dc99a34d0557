"""Closings that wait for the signature of a lead, shown to one: who asked, why, and what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, Event, ahead, closing, correcting
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Listed
from bindeledd.features.staff.domain import Actor, LeadOnly
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow


@dataclass(frozen=True, kw_only=True)
class ToSign:
    """A case with the request that waits. `second_needed`: the asker cannot be the signer.

    `request` is None where what was asked for no longer stands: then it can only be refused.
    `owed` blocks closing; `ends` are all the open tasks that signing ends, by due time;
    `notes` are the own words of these, by task, where one of them is shown, `wrong` the marks of
    those whose words quote what was recorded in error. `appointments` stand:
    until each is settled it cannot be signed.
    """

    case: Case
    patient: Listed
    task: Task
    request: closing.Request | None
    owed: tuple[Task, ...] = ()
    ends: tuple[Task, ...] = ()
    appointments: tuple[ahead.Ahead, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict, repr=False)
    notes: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    wrong: Mapping[UUID, Event] = field(default_factory=dict)

    def second_needed(self, by: UUID | None) -> bool:
        return self.request is not None and closing.needs_second(self.request, by)

    @property
    def blocking(self) -> tuple[Task, ...]:
        """What has to be done before it can be signed: no override covers it."""
        asked = self.request
        if asked is None:
            return ()
        return tuple(closing.blocking(self.owed, asked.ending, asked.covers))


def show_requests(session: Session, *, by: Actor, at: datetime) -> Sequence[ToSign]:
    """What waits for a signature in the teams that `by` leads, what is due first. Written down."""
    if not by.leads:
        raise LeadOnly(actor=by.kind.value)
    rows = session.execute(
        sa.select(CaseRow, TaskRow)
        .join(TaskRow, TaskRow.case_id == CaseRow.id)
        .where(
            TaskRow.owner_team_id.in_(sorted(by.leads)),
            TaskRow.kind == sa.literal_column("'sign_closing'"),
            IS_OPEN,
            CaseRow.tenant_id == by.tenant_id,
            CaseRow.responsible_team_id.in_(sorted(by.leads)),
            CaseRow.id.in_(access.visible_cases(by)),
        )
        .order_by(TaskRow.due_at, TaskRow.id)
        .limit(100)
    ).all()
    return _shown(session, [(case.read(), task.read()) for case, task in rows], by=by, at=at)


def show_request(session: Session, case_id: UUID, *, by: Actor, at: datetime) -> ToSign:
    """One of them, for a lead of its team. Raises `OutOfSight`, `LeadOnly`, `NothingToSign`."""
    access.require_case(session, by, case_id)
    case = queries.get_case(session, case_id, tenant_id=by.tenant_id)
    access.require_lead(by, case.responsible_team_id)
    waiting = [
        task
        for task in queries.tasks_of(session, case_id)
        if task.is_open and task.kind == "sign_closing"
    ]
    if not waiting:
        raise closing.NothingToSign(case=case_id)
    shown = _shown(session, [(case, waiting[0])], by=by, at=at)[0]
    return replace(shown, notes=queries.task_notes(session, case, [t.id for t in shown.ends]))


def _shown(
    session: Session, waiting: Sequence[tuple[Case, Task]], *, by: Actor, at: datetime
) -> Sequence[ToSign]:
    ids = [case.id for case, _ in waiting]
    names = patients.get_names(session, [case.patient_id for case, _ in waiting])
    owed, histories = queries.tasks_of_all(session, ids), queries.histories_of(session, ids)
    asked = {case_id: closing.standing_request(told) for case_id, told in histories.items()}
    told = {
        request.event_id: case for case, _ in waiting if (request := asked[case.id]) is not None
    }
    words = queries.words_of(session, told)
    facts = {"cases": [case.id for case, _ in waiting]}
    audit.record(session, "closing.shown", by=by, at=at, subjects=names, facts=facts)
    return [
        ToSign(
            case=case,
            patient=names[case.patient_id],
            task=task,
            request=request,
            owed=tuple(closing.still_owed(owed[case.id])),
            ends=tuple(closing.ended_by_signing(owed[case.id])),
            wrong=_wrong(owed[case.id], histories[case.id]),
            appointments=ahead.standing(histories[case.id]),
            words={} if request is None else words.get(request.event_id, {}),
        )
        for case, task in waiting
        for request in (asked[case.id],)
    ]


def _wrong(tasks: Sequence[Task], history: Sequence[Event]) -> Mapping[UUID, Event]:
    """The mark of each task whose words quote what was recorded in error."""
    marks = {task.id: correcting.marked_wrong(task.anchor_event_id, history) for task in tasks}
    return {task: mark for task, mark in marks.items() if mark is not None}
