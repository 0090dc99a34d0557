"""The log of the person behind a follow-up, for whoever answers a person who asks who has looked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit import queries as logged
from bindeledd.features.audit import service as audit
from bindeledd.features.audit.domain import LogEntry
from bindeledd.features.casefile.domain.looking import AccessLog, LogWithheld, Look
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.restricted.queries import ids_about
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor

PAGE = 50
_PRIVACY = "privacy"


def show_access_log(
    session: Session,
    case_id: UUID,
    *,
    by: Actor,
    at: datetime,
    before: UUID | None = None,
    limit: int = PAGE,
) -> AccessLog:
    """A page of the log of the person whose follow-up it is, over all their follow-ups.

    For a privacy officer or a command, and for whoever leads the team that answers and sees every
    follow-up of the person. The reading is written down before it leaves. Raises `OutOfSight`,
    `LogWithheld`.
    """
    whole = by.sees_all or _PRIVACY in by.grants
    case = session.get(CaseRow, case_id)
    if case is None or case.tenant_id != by.tenant_id:
        raise OutOfSight(case=case_id)
    if not whole:
        access.require_case(session, by, case_id)
        if case.responsible_team_id not in by.leads or _hides_some(session, case.patient_id, by):
            raise LogWithheld(case=case_id)
    audit.record(
        session, "access_log.shown", by=by, at=at, subjects=[case.patient_id],
        facts={"case": case_id, "before": before}, purpose="admin",
    )  # fmt: skip
    entries = logged.subject_log(
        session,
        by.tenant_id,
        case.patient_id,
        before=before,
        limit=limit + 1,
        beside=ids_about(session, case.patient_id) if whole else (),
    )
    return AccessLog(
        case_id=case_id,
        looks=_named(session, by.tenant_id, entries[:limit]),
        next=entries[limit - 1].id if len(entries) > limit else None,
        whole=whole,
    )


def _hides_some(session: Session, patient_id: UUID, by: Actor) -> bool:
    """Whether the person has a follow-up that the one who asks does not see."""
    hidden = sa.select(CaseRow.id).where(
        CaseRow.patient_id == patient_id,
        CaseRow.tenant_id == by.tenant_id,
        sa.not_(access.sees_case(by, CaseRow.__table__.c.id)),
    )
    return session.scalar(hidden.limit(1)) is not None


def _named(session: Session, tenant_id: UUID, entries: Sequence[LogEntry]) -> list[Look]:
    members = {one.actor_id for one in entries if one.actor_id is not None}
    names = staff.member_names(session, tenant_id) if members else {}
    places = staff.teams_through_time(session, members) if members else {}
    return [_look(one, names, places) for one in entries]


def _look(
    entry: LogEntry,
    names: Mapping[UUID, str],
    places: Mapping[UUID, Sequence[tuple[str, datetime, datetime | None]]],
) -> Look:
    if entry.actor_id is None:
        return Look(entry=entry)
    then = (
        team
        for team, since, until in places.get(entry.actor_id, ())
        if since <= entry.at and (until is None or entry.at < until)
    )
    return Look(entry=entry, name=names.get(entry.actor_id, ""), teams=tuple(dict.fromkeys(then)))
