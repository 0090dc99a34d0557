"""A person says: I have seen it. Explicit and personal; it pauses the ladder, it ends nothing."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.audit.service import record
from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.reminders.domain import PersonalOnly, Rules
from bindeledd.features.reminders.domain.channels import INBOX
from bindeledd.features.reminders.domain.inbox import InboxItem
from bindeledd.features.reminders.queries.answering import answers, holds, manages
from bindeledd.features.reminders.service.raising import raise_for_lead
from bindeledd.features.reminders.service.rounds import Rounds
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.staff.domain import Actor, ActorKind
from bindeledd.features.tasks import service as tasks
from bindeledd.features.tasks.domain import Seen, Task, TaskNotFound
from bindeledd.features.tasks.queries import get_task
from bindeledd.features.tasks.tables import TaskRow

# The third acknowledgement in a row goes to the lead at once (design 2, 5).
TOLD_AT = 3


def acknowledge(
    session: Session,
    task_id: UUID,
    *,
    by: Actor,
    at: datetime,
    book: Book,
    rules: Rules | None = None,
) -> Seen:
    """`by` has seen that the task is late: the ladder waits until what comes back, then goes on.

    The task stays owed. Before its due time the acknowledgement lasts until then at most. From
    the third in a row on, the lead hears at once. Whoever sees the task now may: of the team,
    standing in, on call, or holding it; and who was told because the team had nobody. For others,
    also those who were told and answer for the team no more, it is not there.
    """
    if by.kind is not ActorKind.MEMBER or by.id is None:
        raise PersonalOnly(task=task_id)
    task = get_task(session, task_id, tenant_id=by.tenant_id, for_update=True)
    if not _may(session, task, by):
        raise TaskNotFound(task=task_id)
    rounds = Rounds(book=book, fallback_repeat=(rules or Rules()).fallback_repeat)
    until, pause = rounds.acknowledge(
        session, task.ladder, task.owner_team_id, due_at=task.due_at, at=at
    )
    seen = tasks.see(session, task, by=by.id, at=at, until=until, plan=pause.plan)
    if seen.in_a_row >= TOLD_AT:
        raise_for_lead(session, {task_id}, rung=-seen.in_a_row, at=at)
    record(
        session,
        "task.acknowledged",
        by=by,
        at=at,
        subjects=_subjects(session, task),
        facts={"task": task_id, "until": until, "in_a_row": seen.in_a_row},
    )
    return seen


def lasts_until(
    session: Session,
    items: Iterable[InboxItem],
    *,
    at: datetime,
    book: Book,
    rules: Rules | None = None,
) -> dict[UUID, datetime]:
    """Until when each would be left in peace if it were acknowledged at `at`, by task."""
    rounds = Rounds(book=book, fallback_repeat=(rules or Rules()).fallback_repeat)
    return {
        item.task_id: rounds.acknowledge(
            session, item.ladder, item.team_id, due_at=item.due_at, at=at
        )[0]
        for item in items
    }


def answerable(session: Session, items: Collection[InboxItem], *, by: Actor) -> set[UUID]:
    """The tasks among those in somebody's inbox that they may acknowledge now; others were told of
    while they answered for the team, and wait for it."""
    ids = {item.task_id for item in items}
    if not ids:
        return set()
    return set(session.scalars(sa.select(TaskRow.id).where(TaskRow.id.in_(ids), answers(by))))


def _may(session: Session, task: Task, by: Actor) -> bool:
    """Being told opens nothing by itself: one sees the task now, or answers where no team does."""
    if task.owner_team_id in by.teams:
        return True
    one = sa.select(TaskRow.id).where(TaskRow.id == task.id)
    if session.scalar(one.where(holds(by))) is not None:
        return True
    return session.scalar(one.where(manages(by))) is not None and _was_told(session, task, by)


def _was_told(session: Session, task: Task, by: Actor) -> bool:
    told = session.scalar(
        sa.select(sa.literal(1))
        .select_from(DeliveryRow)
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .where(
            DeliveryRow.member_id == by.id,
            DeliveryRow.task_id == task.id,
            DeliveryRow.channel == INBOX,
            AlertRow.team_id == task.owner_team_id,
        )
        .limit(1)
    )
    return told is not None


def _subjects(session: Session, task: Task) -> list[UUID]:
    if task.case_id is None:
        return [task.subject_id] if task.subject_id else []
    patient = session.scalar(
        sa.select(CareRelationRow.patient_id)
        .where(CareRelationRow.case_id == task.case_id)
        .limit(1)
    )
    return [patient] if patient else []
