"""Showing a person their day: written down before it leaves; a poll carries no patient."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import EventKind, last_told
from bindeledd.features.intake.service import show_heads, who_called
from bindeledd.features.patients.domain import Listed
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain.inbox import InboxItem, Place
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import CONTACT_KINDS
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import (
    ALL,
    OF_CALLS,
    PAGE,
    Counts,
    Cursor,
    Edges,
    Ends,
    Filter,
    Inbox,
    NoCover,
    NotYourTeam,
    Page,
    bucket,
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
    rows = queries.page_rows(session, teams, after, chosen)
    shown = rows[:PAGE]
    names = queries.names(session, by.tenant_id, shown)
    audit.record(
        session,
        "worklist.shown",
        by=by,
        at=at,
        subjects=[listed.id for listed in names if listed is not None],
        facts={"rows": len(shown), "teams": teams},
    )
    known = _ends(session, by.tenant_id, teams, at)
    return Page(
        rows=[_answer(row, listed, known) for row, listed in zip(shown, names, strict=True)],
        next=_goes_on(rows),
        token=_token(shown),
    )


def show_acute(session: Session, *, by: Actor, at: datetime) -> list[dict[str, Any]]:
    """What stands before everything else: acute concerns of the teams of `by`, by due time.

    By kind of duty, whatever is filtered. Rows as on a page; written down like one.
    """
    teams = sorted(by.teams)
    rows = queries.acute_rows(session, teams) if teams else ()
    if not rows:
        return []
    names = queries.names(session, by.tenant_id, rows)
    known = [listed.id for listed in names if listed is not None]
    facts = {"rows": len(rows), "teams": teams}
    audit.record(session, "worklist.acute_shown", by=by, at=at, subjects=known, facts=facts)
    ends = _ends(session, by.tenant_id, teams, at)
    return [_answer(row, listed, ends) for row, listed in zip(rows, names, strict=True)]


def said_not_now(
    session: Session, rows: Iterable[Mapping[str, Any]], *, at: datetime
) -> dict[UUID, datetime]:
    """Of rows that were shown: whoever does not want to be contacted before a day to come."""
    calls = {row["case_id"] for row in rows if row["kind"] in CONTACT_KINDS and row["patient"]}
    return {case: day for case, day in queries.not_before(session, calls).items() if day > at}


def _goes_on(rows: Sequence[queries.Row]) -> Cursor | None:
    """Where the next page begins, if there was one row more than a page."""
    if len(rows) <= PAGE:
        return None
    last = rows[PAGE - 1]
    return Cursor(last.due_at, last.id)


def show_inbox(session: Session, *, by: Actor, at: datetime, after: Place | None = None) -> Inbox:
    """A page of what `by` was told of, with the names that they may see.

    The alerts themselves name nobody; this answer does, and is written down.
    """
    if by.id is None:
        return Inbox(items=(), names={}, rang={}, next=None)
    page = reminders.inbox_page(session, by.tenant_id, by.id, at, after=after)
    cases = {item.case_id for item in page.items if item.case_id is not None}
    names = queries.names_of_cases(session, cases, by=by)
    if names:
        known = sorted({listed.id for listed in names.values()})
        facts = {"items": len(page.items)}
        audit.record(session, "inbox.shown", by=by, at=at, subjects=known, facts=facts)
    calls = {item.about for item in page.items if item.case_id is None and item.kind in OF_CALLS}
    rang = who_called(session, calls, by=by, at=at)
    loose = {item.about for item in page.items if item.case_id is None} - calls
    messages = show_heads(session, loose, by=by, at=at)
    said = _no_cover(session, {item.case_id for item in page.items if item.no_cover}, names, by)
    items = [_stands(item, said, names) for item in page.items]
    return Inbox(
        items=tuple(items),
        names=names,
        rang=rang,
        messages=messages,
        next=page.next,
        no_cover=said,
    )


def _stands(
    item: InboxItem, said: Mapping[UUID, NoCover], names: Mapping[UUID, Listed]
) -> InboxItem:
    """The item; that nobody can cover is told of it only as long as the answer stands."""
    if item.case_id in names and item.case_id not in said:
        return replace(item, no_cover=False)
    return item


def _no_cover(
    session: Session, asked: Collection[UUID | None], names: Mapping[UUID, Listed], by: Actor
) -> dict[UUID, NoCover]:
    """What was said last of these follow-ups, of those that `by` may see; only with what is shown."""
    seen = [one for one in asked if one is not None and one in names]
    last = {
        case_id: found
        for case_id, events in (cases.histories_of(session, seen) if seen else {}).items()
        if (found := last_told(events, EventKind.GAP_COVERED))
        and found.facts.get("cover") == "none"
    }
    whose = {
        event.id: cases.get_case(session, case_id, tenant_id=by.tenant_id)
        for case_id, event in last.items()
    }
    words = cases.words_of(session, whose)
    return {
        case_id: NoCover(
            by=event.recorded_by,
            at=event.recorded_at,
            words=str(words.get(event.id, {}).get("words", "")),
        )
        for case_id, event in last.items()
    }


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


def _ends(
    session: Session, tenant_id: UUID, teams: Iterable[UUID], at: datetime
) -> dict[UUID, Ends]:
    return {team: edge.ends(at) for team, edge in _edges(session, tenant_id, teams, at).items()}


def _calendars(session: Session, tenant_id: UUID, at: datetime) -> Mapping[UUID, Calendar]:
    with _lock:
        kept = _kept.get(tenant_id)
    if kept is not None and abs(at - kept[0]) < _KEPT_FOR:
        return kept[1]
    found = staff.calendars(session, tenant_id)
    with _lock:
        _kept[tenant_id] = (at, found)
    return found


def _answer(row: queries.Row, listed: Listed | None, known: Mapping[UUID, Ends]) -> dict[str, Any]:
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


def _token(rows: Sequence[queries.Row]) -> str:
    """What a page shows, told apart from any other, without saying what it is."""
    marks = [
        (row.id, row.version, row.due_at, row.owner_team_id, row.seen_until, row.held_by)
        for row in rows
    ]
    return hashlib.blake2b(orjson.dumps(marks), digest_size=12).hexdigest()
