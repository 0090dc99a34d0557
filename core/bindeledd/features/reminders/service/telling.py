"""Telling at once what cannot wait for the next sweep: an acute concern, as it is written down.

The same rungs, people and keys as the sweep's own. The alerts stay unaddressed, so that the
worker, which knows the channels, sends what leaves the building at its next sweep.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.ladders import read
from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import NO_COVER_RUNG, Audience, Rules
from bindeledd.features.reminders.domain.channels import INBOX
from bindeledd.features.reminders.domain.hearing import Group, who_hears
from bindeledd.features.reminders.service.beginning import lead_hears
from bindeledd.features.reminders.service.rounds import Rounds
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import upsert
from bindeledd.foundation.ids import ordered_id


def tell_now(session: Session, task_ids: Collection[UUID], *, at: datetime, book: Book) -> None:
    """Put what these tasks say now into the inboxes of those who are to hear it.

    Where nobody is on duty before they fall due, the lead hears as well. Raises nothing twice:
    the sweep that follows finds the alerts here.
    """
    if not task_ids:
        return
    rounds = Rounds(book=book, fallback_repeat=Rules().fallback_repeat)
    lead_hears(session, rounds, task_ids, at=at)
    rows = session.scalars(
        sa.select(TaskRow)
        .where(TaskRow.id.in_(task_ids), TaskRow.state == "open")
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    directory = queries.directory(session, at)
    for row in rows:
        for rung, audience in _reached(row, at):
            alert_id = _raise(session, row, rung, audience, at)
            group = Group(
                tenant_id=row.tenant_id,
                team_id=row.owner_team_id,
                audience=audience,
                held_by=row.held_by,
            )
            for member in sorted(who_hears(group, directory)):
                _put(session, row, alert_id, member, at)
    session.flush()


def no_cover(session: Session, case_id: UUID, *, at: datetime) -> bool | None:
    """Nobody answers until the team is back: the lead has it now, and the task stays owed.

    Told once in each round, outside the ladder. Whether there is a lead who has it; None where
    nobody owes that it is covered.
    """
    rows = session.scalars(
        sa.select(TaskRow).where(
            TaskRow.case_id == case_id, TaskRow.kind == "cover_gap", TaskRow.state == "open"
        )
    ).all()
    directory = queries.directory(session, at)
    heard: set[UUID] = set()
    for row in rows:
        lead = Group(tenant_id=row.tenant_id, team_id=row.owner_team_id, audience=Audience.LEAD)
        alert_id = _raise(session, row, NO_COVER_RUNG, Audience.LEAD.value, at)
        leads = who_hears(lead, directory)
        heard |= set(leads)
        for member in sorted(leads):
            _put(session, row, alert_id, member, at)
    return bool(heard) if rows else None


def _reached(row: TaskRow, at: datetime) -> list[tuple[int, str]]:
    """The rungs that have come by `at`, and the task moved past them."""
    found = []
    while row.next_rung < len(row.rung_plan):
        moment, audience = row.rung_plan[row.next_rung]
        row.next_rung_at = read(moment)
        if row.next_rung_at > at or audience == Audience.REPEAT:
            break
        found.append((row.next_rung, audience))
        row.next_rung += 1
    return found


def _raise(session: Session, row: TaskRow, rung: int, audience: str, at: datetime) -> UUID:
    key: dict[str, Any] = {
        "task_id": row.id,
        "due_at": row.due_at,
        "round": row.round,
        "rung": rung,
        "audience": audience,
    }
    session.execute(
        upsert(session, AlertRow)
        .values(
            id=ordered_id(),
            tenant_id=row.tenant_id,
            team_id=row.owner_team_id,
            held_by=row.held_by,
            raised_at=at,
            **key,
        )
        .on_conflict_do_nothing(index_elements=list(key))
    )
    return session.execute(sa.select(AlertRow.id).filter_by(**key)).scalar_one()


def _put(session: Session, row: TaskRow, alert_id: UUID, member: UUID, at: datetime) -> None:
    session.execute(
        upsert(session, DeliveryRow)
        .values(
            id=ordered_id(),
            tenant_id=row.tenant_id,
            alert_id=alert_id,
            task_id=row.id,
            member_id=member,
            channel=INBOX,
            state="delivered",
            made_at=at,
            next_at=at,
            settled_at=at,
        )
        .on_conflict_do_nothing(index_elements=["alert_id", "member_id", "channel"])
    )
