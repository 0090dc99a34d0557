"""How a page of the list is read and answered: whose teams, the edges of its parts, its rows."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.patients.domain import Listed
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import (
    PAGE,
    Cursor,
    Edges,
    Ends,
    Filter,
    NotYourTeam,
    bucket,
    edges,
)
from bindeledd.foundation.calendars import Calendar

# Opening hours decide only under which heading a row stands: they may be a minute old.
_KEPT_FOR = timedelta(seconds=60)
_kept: dict[UUID, tuple[datetime, Mapping[UUID, Calendar]]] = {}
_lock = Lock()


def write_down(
    session: Session,
    names: Iterable[Listed | None],
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, object],
) -> None:
    """That a page of the list leaves: one event, with every patient who is on it."""
    known = [listed.id for listed in names if listed is not None]
    audit.record(session, "worklist.shown", by=by, at=at, subjects=known, facts=facts)


def goes_on(rows: Sequence[queries.Row]) -> Cursor | None:
    """Where the next page begins, if there was one row more than a page."""
    if len(rows) <= PAGE:
        return None
    last = rows[PAGE - 1]
    return Cursor(last.due_at, last.id)


def teams_of(by: Actor, chosen: Filter) -> list[UUID]:
    if chosen.team is None:
        return sorted(by.teams)
    if chosen.team not in by.teams:
        raise NotYourTeam(team=chosen.team)
    return [chosen.team]


def edges_of(
    session: Session, tenant_id: UUID, teams: Iterable[UUID], at: datetime
) -> dict[UUID, Edges]:
    calendars = _calendars(session, tenant_id, at)
    ordinary = Calendar()
    return {team: edges(calendars.get(team, ordinary), at) for team in teams}


def ends_of(
    session: Session, tenant_id: UUID, teams: Iterable[UUID], at: datetime
) -> dict[UUID, Ends]:
    return {team: edge.ends(at) for team, edge in edges_of(session, tenant_id, teams, at).items()}


def _calendars(session: Session, tenant_id: UUID, at: datetime) -> Mapping[UUID, Calendar]:
    with _lock:
        kept = _kept.get(tenant_id)
    if kept is not None and abs(at - kept[0]) < _KEPT_FOR:
        return kept[1]
    found = staff.calendars(session, tenant_id)
    with _lock:
        _kept[tenant_id] = (at, found)
    return found


def answer(row: queries.Row, listed: Listed | None, known: Mapping[UUID, Ends]) -> dict[str, Any]:
    (
        task,
        due_at,
        case_id,
        subject_id,
        kind,
        opens,
        team,
        held,
        strength,
        origin,
        seen,
        version,
        step,
    ) = row[: queries.PATIENT]
    return {
        "id": task,
        "case_id": case_id,
        "subject_id": subject_id,
        "kind": kind,
        "due_at": due_at,
        "window_from": opens,
        "bucket": bucket(known[team], due_at),
        "team_id": team,
        "held_by": held,
        "strength": strength,
        "origin": origin,
        "seen_until": seen,
        "version": version,
        "step_key": step,
        "withheld": listed is None and case_id is not None,
        "patient": None if listed is None else _patient(listed),
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


def token_of(rows: Sequence[queries.Row]) -> str:
    """What a page shows, told apart from any other, without saying what it is."""
    marks = [
        (row.id, row.version, row.due_at, row.owner_team_id, row.seen_until, row.held_by)
        for row in rows
    ]
    return hashlib.blake2b(orjson.dumps(marks), digest_size=12).hexdigest()
