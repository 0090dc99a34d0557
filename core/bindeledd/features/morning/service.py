"""Showing a lead the morning, and the lists behind its numbers: written down before they leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.morning import queries
from bindeledd.features.morning.domain import (
    Away,
    Escalation,
    Morning,
    TeamLoad,
    Today,
    Unreached,
    away_today,
    first_page,
    team_load,
)
from bindeledd.features.patients.domain import Listed
from bindeledd.features.rollcall import service as rollcall
from bindeledd.features.rollcall.domain import Kept, LeadReads, StatementNotFound
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist.domain import Cursor
from bindeledd.features.worklist.queries import names_of_cases
from bindeledd.foundation.calendars import Calendar


@dataclass(frozen=True, kw_only=True)
class Came:
    """A page of what came to a lead; `names` of those whom the asker may see."""

    rows: Sequence[Escalation]
    names: Mapping[UUID, Listed]
    next: Cursor | None


@dataclass(frozen=True, kw_only=True)
class NotReached:
    """A page of those whom nobody has reached since their discharge."""

    rows: Sequence[Unreached]
    names: Mapping[UUID, Listed]
    next: Cursor | None


def show_morning(session: Session, *, by: Actor, at: datetime) -> Morning:
    """The morning of the teams that `by` leads. It names no patient; as many statements for any
    caseload. Raises `LeadReads`."""
    _insist_lead(by)
    statement, unread = _roll_call(session, by, at)
    counted = queries.numbers(session, by, at)
    teams, away = _people(session, by, at)
    facts = {
        "teams": sorted(by.leads),
        "unanswered": counted.unanswered,
        "unreached": counted.unreached,
    }
    audit.record(session, "morning.shown", by=by, at=at, facts=facts, purpose="admin")
    return Morning(
        at=at, statement=statement, unread=unread, numbers=counted, teams=teams, away=away
    )


def _roll_call(session: Session, by: Actor, at: datetime) -> tuple[Kept | None, Kept | None]:
    """What the roll said last, and a morning's statement that nobody has read."""
    mornings = rollcall.show_mornings(session, by=by, at=at)
    unread = next((one for one in mornings if one.read_at is None), None)
    try:
        return rollcall.show_latest(session, by=by, at=at), unread
    except StatementNotFound:
        return None, unread


def _people(
    session: Session, by: Actor, at: datetime
) -> tuple[tuple[TeamLoad, ...], tuple[Away, ...]]:
    """The teams with their people and what they hold, and who of them is away today."""
    begins, ends = _today(at)
    members = queries.places(session, by.leads, at)
    everybody = {one for found in members.values() for one in found}
    absences = staff.absences(session, by.tenant_id, by.leads, at)
    away = away_today(absences, staff.unstood(session, by.tenant_id, absences), ends)
    held = queries.loads(session, by.leads, at)
    today = Today(
        works=queries.at_work(session, by.leads, begins, ends),
        away={one.absence.member_id for one in away if one.absence.since <= at},
        opened=queries.opened(session, by.tenant_id, everybody, begins),
    )
    names = staff.member_names(session, by.tenant_id)
    teams = [
        team_load(team, name, members=members[team], names=names, held=held, today=today)
        for team, name in staff.team_names(session, by.tenant_id).items()
        if team in by.leads
    ]
    teams.sort(key=lambda one: (one.name.casefold(), one.id))
    return tuple(teams), tuple(
        sorted(away, key=lambda one: names.get(one.absence.member_id, "").casefold())
    )


def _today(at: datetime) -> tuple[datetime, datetime]:
    """When the day of `at` begins and ends, where people work."""
    calendar = Calendar()
    day = calendar.local_date(at)
    return calendar.start_of_day(day), calendar.start_of_day(day + timedelta(days=1))


def show_escalations(
    session: Session, *, answered: bool, after: Cursor | None = None, by: Actor, at: datetime
) -> Came:
    """A page of what came to a lead in the teams that `by` leads, with whom it is about. Raises
    `LeadReads`."""
    _insist_lead(by)
    found = queries.escalations(session, by, at, answered=answered, after=after)
    rows, next_ = first_page(found)
    names = names_of_cases(session, {one.case_id for one in rows if one.case_id}, by=by)
    _shown(session, "morning.escalations_shown", names, len(rows), by=by, at=at)
    return Came(rows=rows, names=names, next=next_)


def show_unreached(
    session: Session, *, after: Cursor | None = None, by: Actor, at: datetime
) -> NotReached:
    """A page of those whom nobody has reached since their discharge, in the teams that `by` leads.

    In the order of the discharges and nothing else. Raises `LeadReads`.
    """
    _insist_lead(by)
    rows, next_ = first_page(queries.unreached(session, by, after=after))
    names = names_of_cases(session, {one.case_id for one in rows}, by=by)
    _shown(session, "morning.unreached_shown", names, len(rows), by=by, at=at)
    return NotReached(rows=rows, names=names, next=next_)


def _shown(
    session: Session,
    act: str,
    names: Mapping[UUID, Listed],
    rows: int,
    *,
    by: Actor,
    at: datetime,
) -> None:
    subjects = sorted({one.id for one in names.values()})
    facts = {"rows": rows, "teams": sorted(by.leads)}
    audit.record(session, act, by=by, at=at, subjects=subjects, facts=facts)


def _insist_lead(by: Actor) -> None:
    if by.id is None or not by.leads:
        raise LeadReads()
