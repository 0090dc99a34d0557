"""An acute concern stands in the inboxes before saving ends; nobody on duty is no silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.intake import service
from bindeledd.features.intake.service import who_knows
from bindeledd.features.intake.tables import CallRow
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.staff.tables import DutyRow
from bindeledd.features.tasks.tables import TaskRow
from features.intake.builders import BOOK, NOW, Inbox, an_epikrise, an_inbox

MINUTE = timedelta(minutes=1)


def concern(inbox: Inbox, patient_id: UUID | None = None) -> TaskRow:
    """Somebody called, acute; gives the task."""
    service.call_in(
        inbox.session,
        words={"said": "Hun svarer ikke på telefonen."},
        acute=True,
        patient_id=patient_id,
        by=inbox.site.anna,
        at=NOW,
        book=BOOK,
    )
    return inbox.session.scalars(sa.select(TaskRow).where(TaskRow.kind == "acute_concern")).one()


def told(session: Session, task: TaskRow, channel: str = "inbox") -> list[UUID]:
    return sorted(
        session.scalars(
            sa.select(DeliveryRow.member_id)
            .where(DeliveryRow.task_id == task.id, DeliveryRow.channel == channel)
            .distinct()
        )
    )


@pytest.mark.parametrize("about_somebody", [True, False])
def test_whoever_is_on_duty_has_it_in_the_inbox_when_saving_ends(session, about_somebody):
    inbox = an_inbox(session)
    patient = inbox.receive(an_epikrise()).patient_id if about_somebody else None
    task = concern(inbox, patient)

    assert told(session, task) == sorted([inbox.site.anna.id, inbox.site.berit.id])
    known = who_knows(session, task.owner_team_id, task.id, by=inbox.site.anna, at=NOW)
    assert known.on_duty == ("Anna", "Berit")
    assert {(one.name, one.role) for one in known.told} == {("Anna", "on_duty"), ("Berit", "lead")}


@pytest.mark.parametrize("about_somebody", [True, False])
def test_where_nobody_is_on_duty_the_lead_has_it_when_saving_ends(session, about_somebody):
    inbox = an_inbox(session)
    patient = inbox.receive(an_epikrise()).patient_id if about_somebody else None
    session.execute(sa.delete(DutyRow))
    begins = NOW + timedelta(hours=60)
    on_duty(session, inbox, begins)
    task = concern(inbox, patient)

    assert told(session, task) == [inbox.site.berit.id]
    assert (task.round, task.uncovered_at) == (1, NOW)
    known = who_knows(session, task.owner_team_id, task.id, by=inbox.site.anna, at=NOW)
    assert (known.on_duty, known.next_duty) == ((), begins)
    assert [(one.name, one.role, one.at) for one in known.told] == [("Berit", "lead", NOW)]


def on_duty(session: Session, inbox: Inbox, begins: datetime) -> None:
    session.execute(
        sa.insert(DutyRow).values(
            team_id=inbox.site.team,
            member_id=inbox.site.anna.id,
            starts_at=begins,
            ends_at=begins + timedelta(hours=8),
            tenant_id=inbox.site.tenant,
            kind="hours",
        )
    )


@pytest.mark.parametrize("covered", [True, False])
def test_the_sweep_that_follows_says_nothing_twice_and_sends_the_e_mail(database, covered):
    with database.transaction() as session:
        inbox = an_inbox(session)
        if not covered:
            session.execute(sa.delete(DutyRow))
        task = concern(inbox).id
    for seconds in (1, 30, 60):
        jobs.sweep(
            database,
            BOOK,
            rules=Rules(),
            clock=lambda now=NOW + timedelta(seconds=seconds): now,
            channels=["email"],
        )

    with database.transaction() as session:
        row = session.get_one(TaskRow, task)
        alerts = session.scalars(sa.select(AlertRow).where(AlertRow.task_id == task)).all()
        assert [one.audience for one in alerts] == (["owner"] if covered else ["lead"])
        assert row.round == 1
        assert row.next_rung_at == NOW + 5 * MINUTE
        assert told(session, row) == told(session, row, "email")
        rows = session.scalars(sa.select(DeliveryRow.id).where(DeliveryRow.channel == "inbox"))
        assert len(rows.all()) == len(told(session, row))


def test_an_ordinary_call_waits_for_the_sweep(session):
    inbox = an_inbox(session)
    done = service.call_in(
        session, words={"said": "Ring tilbake."}, acute=False, by=inbox.site.anna, at=NOW, book=BOOK
    )
    task = session.get_one(TaskRow, session.get_one(CallRow, done.call_id).task_id)

    assert told(session, task) == []
