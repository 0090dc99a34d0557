"""Away: from when to when, and who stands in. Duty is made anew at once."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.staff import queries
from bindeledd.features.staff.domain import (
    Absence,
    AbsenceBegun,
    AbsenceNotFound,
    Actor,
    AlreadyAway,
    Member,
    MemberNotFound,
    NotForwards,
    NotYours,
    StandInIsAway,
)
from bindeledd.features.staff.service.duty import materialise_duty
from bindeledd.features.staff.service.people import teams_touched
from bindeledd.features.staff.tables import (
    ABSENCE_STANDS,
    AbsenceRow,
    MemberRow,
    MembershipRow,
)
from bindeledd.foundation.ids import new_id


def may_say_away(session: Session, by: Actor, member_id: UUID, at: datetime) -> None:
    """Themselves, or a lead of a team of theirs. Raises `NotYours`."""
    if by.sees_all or by.id == member_id:
        return
    if not _works_for(session, member_id, at) & by.leads:
        raise NotYours(member=member_id)


def _works_for(session: Session, member_id: UUID, at: datetime) -> set[UUID]:
    """The teams in which the member has a place."""
    places = sa.select(MembershipRow.team_id).where(
        MembershipRow.member_id == member_id,
        sa.or_(MembershipRow.until.is_(None), MembershipRow.until > at),
    )
    return set(session.scalars(places))


def away(
    session: Session,
    member_id: UUID,
    *,
    since: datetime,
    until: datetime,
    stand_in_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Absence:
    """The member is away; duty is made anew at once. Said by themselves or a lead of theirs.

    What they hold goes back to the team by `tasks.service.let_go`, or waits for the stand-in.
    Refuses a stand-in who is away then, or who works in no team of theirs where no lead says so,
    and an absence that overlaps one that stands.
    """
    member: Member = queries.get_member(session, by.tenant_id, member_id)
    may_say_away(session, by, member_id, at)
    if until <= since:
        raise NotForwards(since=since, until=until)
    if _is_away(session, member_id, since, until):
        raise AlreadyAway(member=member_id)
    if stand_in_id is not None:
        _insist_stand_in(session, member_id, stand_in_id, since, until, by=by, at=at)
    absence_id = new_id()
    session.add(
        AbsenceRow(
            id=absence_id,
            tenant_id=by.tenant_id,
            member_id=member_id,
            stand_in_id=stand_in_id,
            since=since,
            until=until,
        )
    )
    session.flush()
    facts = {"member": member_id, "since": since, "until": until, "stand_in": stand_in_id}
    audit.record(session, "staff.away", by=by, at=at, facts=facts, purpose="admin")
    _duty_anew(session, by.tenant_id, member_id, at)
    return Absence(
        id=absence_id, member_id=member.id, since=since, until=until, stand_in_id=stand_in_id
    )


def cancel_absence(session: Session, absence_id: UUID, *, by: Actor, at: datetime) -> Absence:
    """An absence that has not begun is taken back; its row stays, with who took it back and when.

    What was made of it stays until a person answers. Said by themselves or a lead of theirs.
    Raises `AbsenceNotFound`, for that of somebody else too, and `AbsenceBegun`.
    """
    row = session.get(AbsenceRow, absence_id, with_for_update=True, populate_existing=True)
    if row is None or row.tenant_id != by.tenant_id or row.cancelled_at is not None:
        raise AbsenceNotFound(absence=absence_id)
    try:
        may_say_away(session, by, row.member_id, at)
    except NotYours:
        raise AbsenceNotFound(absence=absence_id) from None
    if row.since <= at:
        raise AbsenceBegun(absence=absence_id)
    row.cancelled_at, row.cancelled_by = at, by.id
    session.flush()
    facts = {"member": row.member_id, "absence": row.id, "since": row.since, "until": row.until}
    audit.record(session, "staff.away_cancelled", by=by, at=at, facts=facts, purpose="admin")
    _duty_anew(session, by.tenant_id, row.member_id, at)
    return queries.absence_of(row)


def _duty_anew(session: Session, tenant_id: UUID, member_id: UUID, at: datetime) -> None:
    materialise_duty(session, tenant_id, since=at, teams=teams_touched(session, member_id, at))


def _is_away(session: Session, member_id: UUID, since: datetime, until: datetime) -> bool:
    found = session.scalar(
        sa.select(AbsenceRow.id)
        .where(
            AbsenceRow.member_id == member_id,
            ABSENCE_STANDS,
            AbsenceRow.since < until,
            AbsenceRow.until > since,
        )
        .limit(1)
    )
    return found is not None


def _insist_stand_in(
    session: Session,
    member_id: UUID,
    stand_in_id: UUID,
    since: datetime,
    until: datetime,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Somebody who works here and is not away: a colleague of a team of theirs, or whom a lead
    names. Whoever stands in sees what the absent one sees."""
    stand_in = queries.get_member(session, by.tenant_id, stand_in_id)
    theirs = _works_for(session, member_id, at)
    colleague = bool(theirs & _works_for(session, stand_in_id, at))
    if not stand_in.active or not (colleague or by.sees_all or theirs & by.leads):
        raise MemberNotFound(member=stand_in_id)
    if stand_in_id == member_id or _is_away(session, stand_in_id, since, until):
        raise StandInIsAway(stand_in=stand_in_id)


def begin_absences(
    session: Session, *, at: datetime, member_id: UUID | None = None
) -> dict[UUID, set[UUID]]:
    """Whose absence without a stand-in has begun, by tenant: all, or those of one member.

    Each absence is given once, however late it is asked for. One whose stand-in has left, or is
    away too by now, has none.
    """
    whose = sa.true() if member_id is None else AbsenceRow.member_id == member_id
    theirs = sa.orm.aliased(AbsenceRow)
    stand_in_is_away = sa.exists().where(
        theirs.member_id == AbsenceRow.stand_in_id,
        theirs.cancelled_at.is_(None),
        theirs.since <= at,
        theirs.until > at,
    )
    stand_in_works = sa.and_(
        sa.exists().where(MemberRow.id == AbsenceRow.stand_in_id, MemberRow.active),
        sa.not_(stand_in_is_away),
    )
    begun = session.execute(
        sa.update(AbsenceRow)
        .where(
            AbsenceRow.let_go_at.is_(None),
            ABSENCE_STANDS,
            AbsenceRow.since <= at,
            AbsenceRow.until > at,
            sa.not_(stand_in_works),
            whose,
        )
        .values(let_go_at=at)
        .returning(AbsenceRow.tenant_id, AbsenceRow.member_id)
        .execution_options(synchronize_session="fetch")
    ).all()
    found: dict[UUID, set[UUID]] = {}
    for tenant, member in begun:
        found.setdefault(tenant, set()).add(member)
    return found


def end_unbegun(session: Session, *, at: datetime) -> dict[UUID, set[UUID]]:
    """Whose absence is over and let nothing go, by tenant: nobody saw it begin, nobody stood in.

    Each absence is given once. One with a stand-in who works here has been stood in for.
    """
    over = session.execute(
        sa.update(AbsenceRow)
        .where(AbsenceRow.let_go_at.is_(None), ABSENCE_STANDS, AbsenceRow.until <= at)
        .values(let_go_at=at)
        .returning(AbsenceRow.tenant_id, AbsenceRow.member_id, AbsenceRow.stand_in_id)
        .execution_options(synchronize_session="fetch")
    ).all()
    stand_ins = {row.stand_in_id for row in over if row.stand_in_id is not None}
    working = set(
        session.scalars(
            sa.select(MemberRow.id).where(MemberRow.id.in_(stand_ins), MemberRow.active)
        )
    )
    found: dict[UUID, set[UUID]] = {}
    for row in over:
        if row.stand_in_id not in working:
            found.setdefault(row.tenant_id, set()).add(row.member_id)
    return found


def back_again(session: Session, member_id: UUID, *, by: Actor, at: datetime) -> None:
    """The member is here: absences that run now end, those that come stand."""
    queries.get_member(session, by.tenant_id, member_id)
    may_say_away(session, by, member_id, at)
    session.execute(
        sa.update(AbsenceRow)
        .where(
            AbsenceRow.member_id == member_id,
            ABSENCE_STANDS,
            AbsenceRow.since < at,
            AbsenceRow.until > at,
        )
        .values(until=at)
    )
    audit.record(session, "staff.back", by=by, at=at, facts={"member": member_id}, purpose="admin")
    _duty_anew(session, by.tenant_id, member_id, at)
