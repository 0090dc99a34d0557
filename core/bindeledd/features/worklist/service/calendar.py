"""A team's week, written down with everybody on it; and a member's own, which carries nobody."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist import queries
from bindeledd.features.worklist.domain import Cursor, Filter
from bindeledd.features.worklist.domain.calendar import (
    MOST,
    WITHDRAWN,
    Chosen,
    Sight,
    Week,
    days_of,
    is_soft,
)
from bindeledd.features.worklist.queries.calendar import opened, own_week, slots_of
from bindeledd.features.worklist.service.reading import teams_of
from bindeledd.foundation.calendar_files import Entry
from bindeledd.foundation.texts import t


def show_calendar(
    session: Session,
    week: Week,
    chosen: Chosen,
    *,
    after: Cursor | None = None,
    by: Actor,
    at: datetime,
) -> Sight:
    """A week of the teams of `by`: one event in the log, with every patient on the page.

    As many statements for any number of rows. Raises `NotYourTeam`.
    """
    teams = teams_of(by, Filter(team=chosen.team))
    rows = slots_of(session, by, week, teams, chosen, after) if teams else ()
    shown = rows[:MOST]
    names = queries.names_of_cases(session, {row.case_id for row in shown}, by=by)
    slots = [
        replace(one, who=names.get(one.case_id), soft=is_soft(one.state, one.starts_at, at))
        for one in opened(session, shown)
    ]
    calendars = staff.calendars(session, by.tenant_id)
    absences = staff.absences(session, by.tenant_id, teams, week.since)
    audit.record(
        session,
        "calendar.shown",
        by=by,
        at=at,
        subjects=sorted({who.id for who in names.values()}),
        facts={"rows": len(shown), "week": str(week), "teams": teams},
    )
    more = len(rows) > MOST
    return Sight(
        week=week,
        days=days_of(week, slots, {team: calendars[team] for team in teams}, absences),
        next=Cursor(shown[-1].starts_at, shown[-1].id) if more else None,
    )


def member_week(
    session: Session, week: Week, *, link: Callable[[UUID], str], by: Actor
) -> Sequence[Entry]:
    """The week of `by` for a calendar: that there is an appointment, and `link` to the page of its
    follow-up, which asks for a log-in. Nobody's name, no place and no word of it."""
    rows = own_week(session, by, week.since, week.until)
    title = t("worklist.calendar.entry")
    return [
        Entry(
            uid=str(row.id),
            starts_at=row.starts_at,
            title=title,
            link=link(row.case_id),
            sequence=int(row.state in WITHDRAWN),
            withdrawn=row.state in WITHDRAWN,
        )
        for row in rows
    ]
