"""Keeping what a pack made of the numbers, showing it to a lead, and having it gone through.

All of it is written down.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases.queries import task_note_place
from bindeledd.features.cases.service import caseless
from bindeledd.features.pathways.domain import Book
from bindeledd.features.reports import queries
from bindeledd.features.reports.domain import (
    REVIEW,
    Declared,
    LeadsOnly,
    Made,
    Numbers,
    ReviewDone,
    ReviewSaysNothing,
    Table,
    as_json,
)
from bindeledd.features.reports.tables import ReportRow
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, system
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing import keyring

_STEP = "report."


def keep(
    session: Session, tenant_id: UUID, name: str, table: Table, *, numbers: Numbers, at: datetime
) -> None:
    """Keep the table in the place of the one before."""
    counted = {
        "since": numbers.since.isoformat(),
        "until": numbers.until.isoformat(),
        "least": numbers.least,
    }
    session.merge(
        ReportRow(
            tenant_id=tenant_id, name=name, made_at=at, counted=counted, content=as_json(table)
        )
    )
    facts = {"report": name, **counted}
    audit.record(session, "report.made", by=system(tenant_id), at=at, facts=facts)


def show(
    session: Session, declared: Sequence[Declared], *, by: Actor, at: datetime
) -> Mapping[str, Made]:
    """Report → what was made of it last, for a lead. Raises `LeadsOnly`."""
    if not by.sees_all and not by.leads:
        raise LeadsOnly()
    found = queries.made_last(session, by.tenant_id, [one.name for one in declared])
    facts = {"reports": sorted(found)}
    audit.record(session, "report.shown", by=by, at=at, facts=facts, purpose="admin")
    return found


# --- gone through, again and again ----------------------------------------------------------------


def owe_reviews(
    session: Session, tenant_id: UUID, declared: Declared, *, at: datetime, book: Book
) -> int:
    """Let the leads of each team that is meant owe going through the report; gives how many are new.

    Owed once, and again `review_every` days after it was done; never twice at a time.
    """
    step, by = f"{_STEP}{declared.name}", system(tenant_id)
    last = queries.reviews(session, tenant_id, step)
    made = 0
    for team_id in _meant(session, tenant_id, declared):
        before = last.get(team_id)
        if before is not None and not _is_over(before, declared, at):
            continue
        _owe_review(session, step, team_id, by=by, at=at, book=book)
        facts = {"report": declared.name, "team": team_id}
        audit.record(session, "report.review_owed", by=by, at=at, facts=facts)
        made += 1
    return made


def _owe_review(
    session: Session, step: str, team_id: UUID, *, by: Actor, at: datetime, book: Book
) -> None:
    subject = new_id()
    keyring.new_subject(session, tenant_id=by.tenant_id, subject_id=subject, at=at)
    caseless.owe(
        session,
        subject_id=subject,
        kind=REVIEW,
        step_key=step,
        team_id=team_id,
        clock=caseless.clock_of(session, REVIEW, team_id, at=at, book=book),
        strength="should",
        by=by,
        at=at,
        book=book,
    )


def review_of(session: Session, subject_id: UUID, *, by: Actor) -> tuple[Task, str]:
    """What is to be gone through, and the name of its report. Raises `ReviewNotFound`."""
    task = queries.get_review(session, subject_id, tenant_id=by.tenant_id, teams=by.leads)
    return task, task.step_key.removeprefix(_STEP)


def review(session: Session, subject_id: UUID, words: str, *, by: Actor, at: datetime) -> None:
    """A lead has gone through the report: what was seen and what will be done, sealed.

    Raises `ReviewNotFound`, `ReviewDone`, `ReviewSaysNothing`.
    """
    task, name = review_of(session, subject_id, by=by)
    if not task.is_open:
        raise ReviewDone(report=name)
    if not words.strip():
        raise ReviewSaysNothing(report=name)
    note = keyring.seal(session, task_note_place(task, subject_id), {"words": words.strip()})
    if not _settle(session, task.id, note, at=at):
        raise ReviewDone(report=name)
    facts = {"report": name, "team": task.owner_team_id}
    audit.record(session, "report.reviewed", by=by, at=at, facts=facts, purpose="admin")


def _settle(session: Session, task_id: UUID, note: bytes, *, at: datetime) -> bool:
    """Done with this note, where nobody was faster."""
    done = session.execute(
        sa.update(TaskRow)
        .where(TaskRow.id == task_id, IS_OPEN)
        .values(state="done", ended_at=at, note=note, version=TaskRow.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    return isinstance(done, sa.CursorResult) and done.rowcount == 1


def _meant(session: Session, tenant_id: UUID, declared: Declared) -> Sequence[UUID]:
    places = staff.team_places(session, tenant_id)
    return [
        team.id
        for team in staff.teams(session, tenant_id)
        if not declared.organisations or places[team.id][0] in declared.organisations
    ]


def _is_over(before: Task, declared: Declared, at: datetime) -> bool:
    again = timedelta(days=declared.review_every)
    return before.ended_at is not None and before.ended_at + again <= at
