"""Showing a person what is owed: written down before it leaves; a poll carries no patient.

My day as the page shows it stands in `day.py`; how a page of the list is read in `reading.py`.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import EventKind, last_told
from bindeledd.features.intake.service import show_heads, who_called
from bindeledd.features.patients.domain import Listed
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain.inbox import InboxItem, Place
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import (
    ALL,
    OF_CALLS,
    PAGE,
    Counts,
    Cursor,
    Filter,
    Inbox,
    NoCover,
    Page,
)
from bindeledd.features.worklist.queries.counting import count_by_bucket
from bindeledd.features.worklist.service.reading import (
    answer,
    edges_of,
    ends_of,
    goes_on,
    teams_of,
    token_of,
    write_down,
)


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
    teams = teams_of(by, chosen)
    if not teams:
        return Page(rows=[], next=None, token=token_of(()))
    rows = queries.page_rows(session, teams, after, chosen)
    shown = rows[:PAGE]
    names = queries.names(session, by.tenant_id, shown)
    write_down(session, names, by=by, at=at, facts={"rows": len(shown), "teams": teams})
    known = ends_of(session, by.tenant_id, teams, at)
    return Page(
        rows=[answer(row, listed, known) for row, listed in zip(shown, names, strict=True)],
        next=goes_on(rows),
        token=token_of(shown),
    )


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
    teams = teams_of(by, chosen)
    marks = queries.page_marks(session, teams, after, chosen) if teams else ()
    return token_of(marks[:PAGE]) != token


def count(session: Session, *, by: Actor, at: datetime, team: UUID | None = None) -> Counts:
    """How much is owed for the teams of `by`, by part of the list. Carries no patient."""
    teams = teams_of(by, Filter(team=team))
    known = edges_of(session, by.tenant_id, teams, at)
    return count_by_bucket(session, teams, [known[one] for one in teams], at)
