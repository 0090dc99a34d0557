"""Showing a person their day: written down before it leaves; a poll carries no patient."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.patients.domain import Listed
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import (
    ALL,
    PAGE,
    Counts,
    Cursor,
    Edges,
    Filter,
    NotYourTeam,
    Page,
    edges,
)
from bindeledd.foundation.calendars import Calendar

# Opening hours decide only under which heading a row stands: they may be a minute old.
_KEPT_FOR = timedelta(seconds=60)
_kept: dict[UUID, tuple[datetime, Mapping[UUID, Calendar]]] = {}
_lock = Lock()


def show_worklist(
    session: Session,
    *,
    by: Actor,
    at: datetime,
    after: Cursor | None = None,
    chosen: Filter = ALL,
) -> Page:
    """A page of what is owed for the teams of `by`, in the order of its due times.

    One event in the log, with every patient on the page. Raises `NotYourTeam`.
    """
    teams = _teams(by, chosen)
    if not teams:
        return Page(rows=[], next=None, token=_token(()))
    found = queries.page_rows(session, teams, after, chosen)
    rows = list({row.id: row for row in found}.values())
    shown = rows[:PAGE]
    names = queries.names(session, by.tenant_id, shown)
    facts = {"rows": len(shown), "teams": teams}
    audit.record(session, "worklist.shown", by=by, at=at, subjects=names, facts=facts)
    known = _edges(session, by.tenant_id, teams, at)
    last = shown[-1] if len(rows) > PAGE else None
    return Page(
        rows=[_answer(row, names, known, at) for row in shown],
        next=None if last is None else Cursor(last.due_at, last.id),
        token=_token(shown),
    )


def has_changed(
    session: Session,
    token: str,
    *,
    by: Actor,
    after: Cursor | None = None,
    chosen: Filter = ALL,
) -> bool:
    """Whether the page that gave `token` would be another one now. Carries no patient."""
    teams = _teams(by, chosen)
    marks = queries.page_marks(session, teams, after, chosen) if teams else ()
    return _token(marks[:PAGE]) != token


def count(session: Session, *, by: Actor, at: datetime, team: UUID | None = None) -> Counts:
    """How much is owed for the teams of `by`, by part of the list. Carries no patient."""
    teams = _teams(by, Filter(team=team))
    known = _edges(session, by.tenant_id, teams, at)
    return queries.count_by_bucket(session, teams, [known[one] for one in teams], at)


def _teams(by: Actor, chosen: Filter) -> list[UUID]:
    if chosen.team is None:
        return sorted(by.teams)
    if chosen.team not in by.teams:
        raise NotYourTeam(team=chosen.team)
    return [chosen.team]


def _edges(
    session: Session, tenant_id: UUID, teams: Iterable[UUID], at: datetime
) -> dict[UUID, Edges]:
    calendars = _calendars(session, tenant_id, at)
    ordinary = Calendar()
    return {team: edges(calendars.get(team, ordinary), at) for team in teams}


def _calendars(session: Session, tenant_id: UUID, at: datetime) -> Mapping[UUID, Calendar]:
    with _lock:
        kept = _kept.get(tenant_id)
    if kept is not None and abs(at - kept[0]) < _KEPT_FOR:
        return kept[1]
    found = staff.calendars(session, tenant_id)
    with _lock:
        _kept[tenant_id] = (at, found)
    return found


def _answer(
    row: queries.Row, names: Mapping[UUID, Listed], known: Mapping[UUID, Edges], at: datetime
) -> dict[str, Any]:
    team = row.owner_team_id
    patient = row.patient_id
    return {
        "id": row.id,
        "case_id": row.case_id,
        "subject_id": row.subject_id,
        "kind": row.kind,
        "due_at": row.due_at,
        "window_from": row.window_from,
        "bucket": known[team].bucket(row.due_at, at).value,
        "team_id": team,
        "held_by": row.held_by,
        "strength": row.strength,
        "origin": row.origin,
        "seen_until": row.seen_until,
        "version": row.version,
        "withheld": patient is None and row.case_id is not None,
        "patient": None if patient is None else _patient(names[patient]),
    }


def _patient(listed: Listed) -> dict[str, Any]:
    return {
        "id": listed.id,
        "name": listed.name,
        "born_on": listed.born_on,
        "interpreter": listed.interpreter,
        "protected": listed.protected_address,
        "unreadable": listed.unreadable,
    }


def _token(rows: Sequence[Any]) -> str:
    """What a page shows, told apart from any other, without saying what it is."""
    said = hashlib.blake2b(digest_size=12)
    for row in rows:
        said.update(row.id.bytes)
        said.update(b"%d|" % row.version)
        said.update(f"{row.due_at}{row.seen_until}{row.held_by}{row.owner_team_id}".encode())
    return said.hexdigest()
