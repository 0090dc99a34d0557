"""Counting: by month, team and kind, from plain columns only. Nothing sealed is opened."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.reports.domain import REVIEW, Count, Made, Numbers, ReviewNotFound
from bindeledd.features.reports.domain.few import said_of_teams, with_wholes
from bindeledd.features.reports.domain.months import Month, months_before, periods, years_before
from bindeledd.features.reports.domain.waiting import Wait, counted_waits
from bindeledd.features.reports.queries.counting import of_answers, questions, waits_of
from bindeledd.features.reports.tables import ReportRow
from bindeledd.features.staff.tables import TeamRow
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.calendars import Calendar

NO_GOALS: Mapping[str, int] = MappingProxyType({})
NO_ANSWERS: Mapping[str, Sequence[str]] = MappingProxyType({})

# Team and month → measure → how many, as they were counted: told nobody like this.
Counted = defaultdict[tuple[str, str], dict[str, int]]


def count(
    session: Session,
    tenant_id: UUID,
    *,
    months: int,
    least: int,
    at: datetime,
    years: int = 0,
    waits: Mapping[str, int] = NO_GOALS,
    answers: Mapping[str, Sequence[str]] = NO_ANSWERS,
) -> Numbers:
    """The numbers of the whole months before `at`; what is fewer than `least` is not said.

    With `years`, of running periods of so many whole years within those months, from the first in
    January of which something was counted here: before it there was nobody to count. `waits`: days until
    something has begun, by the key of a team; `*` for every other. `answers`: fields of packs, with the
    values that are counted.
    """
    every = years_before(at, months // 12) if years else months_before(at, months)
    day = Calendar().local_date
    asked = [*questions(tenant_id, every, at), *of_answers(tenant_id, every, answers)]
    counted = _counted_of(session, asked)
    if waits:
        _add_waits(session, tenant_id, counted, months=every, goals=waits, at=at)
    begun = min((month for _, month in counted), default="") if years else ""
    return Numbers(
        since=day(every[0].begins),
        until=day(every[-1].ends) - timedelta(days=1),
        least=least,
        years=years,
        counts=tuple(
            Count(month=period, team=team, measure=measure, many=many)
            for period, of in periods(every, years).items()
            if begun <= of[0]
            for team, said in _said(counted, of, least, years)
            for measure, many in said
        ),
    )


def _counted_of(session: Session, every: Iterable[sa.Select[tuple[str, str, str, int]]]) -> Counted:
    counted: Counted = defaultdict(dict)
    for asked in every:
        for row in session.execute(asked):
            counted[row.team, row.month][row.measure] = row.many
    return counted


def _add_waits(
    session: Session,
    tenant_id: UUID,
    counted: Counted,
    *,
    months: Sequence[Month],
    goals: Mapping[str, int],
    at: datetime,
) -> None:
    teams = {str(key): name for key, name in session.execute(_teams(tenant_id))}
    asked = [row._mapping for row in session.execute(waits_of(tenant_id, months))]
    found = [Wait(**{**one, "team": teams[one["team"]]}) for one in asked if one["team"] in teams]
    for month, team, measure, many in counted_waits(found, goals, at):
        counted[team, month][measure] = many


def _teams(tenant_id: UUID) -> sa.Select[UUID, str]:
    return sa.select(TeamRow.id, TeamRow.key).where(TeamRow.tenant_id == tenant_id)


def _said(
    counted: Counted, months: Sequence[str], least: int, years: int
) -> Iterator[tuple[str, list[tuple[str, int | None]]]]:
    """Each team, with what may be said of it, in order."""
    teams = {
        team: [with_wholes(counted[team, month]) for month in months]
        for team in sorted({team for team, _ in counted})
    }
    for team, said in said_of_teams(teams, least, years=bool(years)).items():
        yield team, sorted(said.items(), key=lambda one: one[0])


def made_last(session: Session, tenant_id: UUID, names: Sequence[str]) -> Mapping[str, Made]:
    """Report → what was made of it last."""
    rows = session.scalars(
        sa.select(ReportRow).where(ReportRow.tenant_id == tenant_id, ReportRow.name.in_(names))
    )
    return {row.name: row.read() for row in rows}


def reviews(session: Session, tenant_id: UUID, step_key: str) -> Mapping[UUID, Task]:
    """Team → the newest task of going through this report, open or done."""
    rows = session.scalars(
        sa.select(TaskRow)
        .where(
            TaskRow.tenant_id == tenant_id,
            TaskRow.kind == REVIEW,
            TaskRow.step_key == step_key,
        )
        .order_by(TaskRow.made_at, TaskRow.id)
    )
    return {row.owner_team_id: row.read() for row in rows}


def get_review(
    session: Session, subject_id: UUID, *, tenant_id: UUID, teams: Collection[UUID]
) -> Task:
    """A report to be gone through by one of these teams. Raises `ReviewNotFound`."""
    row = session.scalar(
        sa.select(TaskRow).where(
            TaskRow.tenant_id == tenant_id,
            TaskRow.kind == REVIEW,
            TaskRow.subject_id == subject_id,
            TaskRow.owner_team_id.in_(list(teams)),
        )
    )
    if row is None:
        raise ReviewNotFound()
    return row.read()
