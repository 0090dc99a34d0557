"""The log of the person behind a follow-up, for whoever answers a person who asks who has looked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit import queries as logged
from bindeledd.features.audit import service as audit
from bindeledd.features.audit.domain import LogEntry
from bindeledd.features.casefile.domain.looking import AccessLog, Look
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.patients.service.duplicates import said_to_be_one
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

    Also of those whom somebody said to be the same person. For a privacy officer, who sees no
    patient by it, or a command; to everybody else there is no such page. The reading is written
    down before it leaves. Raises `OutOfSight`.
    """
    case = session.get(CaseRow, case_id)
    if case is None or case.tenant_id != by.tenant_id or not _answers_for_privacy(by):
        raise OutOfSight(case=case_id)
    person = said_to_be_one(session, case.patient_id)
    audit.record(
        session, "access_log.shown", by=by, at=at, subjects=person,
        facts={"case": case_id, "before": before}, purpose="admin",
    )  # fmt: skip
    entries = logged.subject_log(
        session,
        by.tenant_id,
        *person,
        before=before,
        limit=limit + 1,
        beside=ids_about(session, person),
    )
    return AccessLog(
        case_id=case_id,
        looks=_named(session, by.tenant_id, entries[:limit]),
        next=entries[limit - 1].id if len(entries) > limit else None,
        registrations=len(person),
    )


def _answers_for_privacy(by: Actor) -> bool:
    return by.sees_all or _PRIVACY in by.grants


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
