"""Cases as rows, each put where a test wants it: nothing here is planned by the product."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.tables import CaseRow, ClosureRow, EventRow
from bindeledd.features.handovers.tables import HandoverRow, OutsideRow, PackageRow
from bindeledd.features.reminders.tables import AlertRow, HeartbeatRow
from bindeledd.features.rollcall.domain import Silence
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.ids import new_id, ordered_id
from builders import MONDAY, RawCase, Site, a_case_row

PATHWAY = ("national.after-attempt", "2026.1")
SILENCES = {PATHWAY: Silence(first_30_days=timedelta(days=7), later=timedelta(days=31))}


def a_heartbeat(session: Session, at: datetime = MONDAY) -> None:
    """The sweep came to its end at `at`."""
    session.execute(
        sa.insert(HeartbeatRow).values(name="sweep", at=at, worker="test", took_ms=1, count=0)
    )


def an_alert(session: Session, site: Site, task: UUID, **more: object) -> UUID:
    """An alert of the round that runs, and somebody was told."""
    row = session.execute(sa.select(TaskRow.due_at, TaskRow.round).where(TaskRow.id == task)).one()
    values = {
        "id": ordered_id(),
        "tenant_id": site.tenant,
        "task_id": task,
        "team_id": site.team,
        "due_at": row.due_at,
        "round": row.round,
        "rung": 0,
        "audience": "owner",
        "raised_at": MONDAY,
        "addressed_at": MONDAY,
    }
    session.execute(sa.insert(AlertRow).values(**{**values, **more}))
    return values["id"]


def watch(session: Session, task: UUID, **values: object) -> None:
    """Change the running round of a task."""
    session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(**values))


def an_escalated(session: Session, site: Site, *, late: timedelta = timedelta(days=1)) -> RawCase:
    """A case that is late, with a round that runs: somebody heard, and the next rung is ahead."""
    case = a_case_row(session, site, due_at=MONDAY - late)
    an_alert(session, site, case.task)
    watch(session, case.task, next_rung=1, next_rung_at=MONDAY + timedelta(hours=3))
    return case


def a_closed(
    session: Session,
    site: Site,
    *,
    ending: str = "completed",
    second: UUID | None = None,
    at: datetime = MONDAY,
) -> RawCase:
    """A case that was closed by a closure of its own."""
    case = a_case_row(session, site)
    closure = new_id()
    session.execute(
        sa.insert(ClosureRow).values(
            id=closure,
            tenant_id=site.tenant,
            case_id=case.id,
            number=1,
            ending=ending,
            signed_by=site.anna.id,
            signed_at=at,
            second_signed_by=second,
            second_signed_at=at if second else None,
        )
    )
    session.execute(
        sa.update(CaseRow)
        .where(CaseRow.id == case.id)
        .values(state="closed", closed_at=at, closure_id=closure, next_task_id=None)
    )
    end_task(session, case.task, case.event, at)
    return case


def end_task(session: Session, task: UUID, event: UUID, at: datetime = MONDAY) -> None:
    session.execute(
        sa.update(TaskRow)
        .where(TaskRow.id == task)
        .values(state="done", ended_at=at, ended_by_event_id=event)
    )


def an_event(
    session: Session, site: Site, case: UUID, kind: str, at: datetime, **more: object
) -> None:
    session.execute(
        sa.insert(EventRow).values(
            id=new_id(),
            tenant_id=site.tenant,
            case_id=case,
            kind=kind,
            at=at.astimezone(UTC),
            date_only=False,
            recorded_at=at,
            source="person",
            facts={},
            **more,
        )
    )


def lift_guards(session: Session) -> None:
    """Let in what the product could never store; undone with the test's transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    for name in (
        "cases_owe_a_task_on_insert",
        "cases_close_by_signature_on_insert",
        "calls_wait_with_an_open_task_on_insert",
    ):
        session.execute(sa.text(f"DROP TRIGGER {name}"))


def a_handover_row(
    session: Session, site: Site, *, answer: str | None = None, state: str | None = None
) -> None:
    """A handover to a municipality outside, with its events; `state` where it says otherwise."""
    case, receiver, package, handover = a_case_row(session, site).id, new_id(), new_id(), new_id()
    said = {"handover_accepted": "accepted", "handover_returned": "returned", None: "sent"}[answer]
    stored = state or said
    sealed = b"\xc1" + bytes(40)
    ours = {"tenant_id": site.tenant, "made_at": MONDAY}
    session.execute(
        sa.insert(OutsideRow).values(
            id=receiver,
            organisation="Prøve kommune",
            unit=str(receiver),
            kind="municipality",
            phone="77 00 00 00",
            **ours,
        )
    )
    session.execute(
        sa.insert(PackageRow).values(
            id=package, case_id=case, outside_id=receiver, content=sealed, **ours
        )
    )
    answered = MONDAY if stored in ("accepted", "returned") else None
    session.execute(
        sa.insert(HandoverRow).values(
            id=handover,
            tenant_id=site.tenant,
            case_id=case,
            from_team_id=site.team,
            to_outside_id=receiver,
            package_id=package,
            way="letter",
            state=stored,
            sent_at=MONDAY,
            answered_at=answered,
            how_known=answered and "phone",
            first_at=answered,
            missing=[],
            answer=answered and sealed,
        )
    )
    for kind in filter(None, ("handover_sent", answer)):
        an_event(session, site, case, kind, MONDAY, source_id=handover)
