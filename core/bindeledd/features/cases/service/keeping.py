"""What has passed the term that the data controller decided: told of, and left where it is.

Ids, moments and endings only; nothing sealed is opened. It is read set by set, and the reading of
each is written in the log with whom it was about.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from bindeledd.features.audit import queries as log
from bindeledd.features.audit import service as audit
from bindeledd.features.cases.domain.keeping import years_before
from bindeledd.features.cases.tables import CaseRow, ClosureRow
from bindeledd.features.staff.domain import Actor

# How many follow-ups are read, and written in the log, at once.
SET = 500


@dataclass(frozen=True, kw_only=True)
class PastTerm:
    """A follow-up that was closed longer ago than it is to be kept."""

    case_id: UUID
    patient_id: UUID
    team_id: UUID
    closed_at: datetime
    ending: str


@dataclass(frozen=True, kw_only=True)
class Passed:
    """What has passed its term: a set of follow-ups, the earliest first, and with the first set how
    much of the log since when. `more`: there is another set after this one."""

    cases: tuple[PastTerm, ...] = ()
    more: bool = False
    log_events: int = 0
    log_from: datetime | None = None


def look(
    session: Session,
    *,
    cases_years: int,
    log_years: int,
    after: PastTerm | None = None,
    many: int = SET,
    by: Actor,
    at: datetime,
) -> Passed:
    """What of the tenant has passed its term at `at`; 0 years: nobody has decided, so nothing has.

    `after`: the last of the set before. Somebody who is followed up again, or was later, keeps what
    was before: it belongs together.
    """
    before = years_before(at, cases_years)
    found = _closed_before(session, by, before, after, many + 1) if cases_years else ()
    told, events, since = found[:many], 0, None
    if log_years and after is None:
        events, since = log.older_than(session, by.tenant_id, years_before(at, log_years))
    facts = {
        "cases": len(told),
        "log_events": events,
        "cases_years": cases_years,
        "log_years": log_years,
    }
    subjects = {one.patient_id for one in told}
    audit.record(session, "retention.listed", by=by, at=at, subjects=subjects, facts=facts)
    more = len(found) > many
    return Passed(cases=told, more=more, log_events=events, log_from=since)


def _closed_before(
    session: Session, by: Actor, before: datetime, after: PastTerm | None, many: int
) -> tuple[PastTerm, ...]:
    other = aliased(CaseRow)
    kept = sa.exists().where(
        other.tenant_id == CaseRow.tenant_id,
        other.patient_id == CaseRow.patient_id,
        sa.or_(other.state == "open", other.closed_at >= before),
    )
    asked = (
        sa.select(
            CaseRow.id.label("case_id"),
            CaseRow.patient_id,
            CaseRow.responsible_team_id.label("team_id"),
            CaseRow.closed_at,
            ClosureRow.ending,
        )
        .join(ClosureRow, ClosureRow.id == CaseRow.closure_id)
        .where(CaseRow.tenant_id == by.tenant_id, CaseRow.closed_at < before, ~kept)
        .order_by(CaseRow.closed_at, CaseRow.id)
        .limit(many)
    )
    if after is not None:
        asked = asked.where(
            sa.or_(
                CaseRow.closed_at > after.closed_at,
                sa.and_(CaseRow.closed_at == after.closed_at, CaseRow.id > after.case_id),
            )
        )
    return tuple(PastTerm(**row._mapping) for row in session.execute(asked))
